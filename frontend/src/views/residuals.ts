// What the selected run's curve leaves of the data: response minus prediction, along the predictor or the prediction.

import { drawAxes, frameFor, paddedExtent, scatter, selectedOf } from "./dataplot";
import { Stage } from "./stage";
import { linearScale } from "./ticks";
import type { FitScene, View } from "./types";

export class ResidualsView implements View<FitScene> {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private scene: FitScene | null = null;

  constructor() {
    this.stage = new Stage("residuals", () => this.draw());
    this.element = this.stage.element;
    this.element.setAttribute("role", "img");
  }

  update(scene: FitScene): void {
    this.scene = scene;
    const across = scene.names[0] ?? "the prediction";
    this.element.setAttribute("aria-label", `Residuals of the selected method against ${across}`);
    this.stage.invalidate();
  }

  dispose(): void {
    this.stage.dispose();
  }

  private draw(): void {
    const { scene, stage } = this;
    const context = scene && stage.begin();
    const track = scene && selectedOf(scene);
    if (!scene || !context || !track?.fitted) return;
    const { palette, response } = scene;
    const along = scene.names[0] === null ? track.fitted : scene.abscissa;
    const residuals = response.map((value, i) => value - (track.fitted?.[i] ?? Number.NaN));
    const [low, high] = paddedExtent(residuals, 0.1);
    const far = Math.max(Math.abs(low), Math.abs(high));
    const [x0, x1] = scene.names[0] === null ? paddedExtent(response, 0.08) : paddedExtent(along, 0.04);
    const room = frameFor(context, [-far, far], stage.width - 8, stage.height);
    if (!room) return;
    const { frame, ticks } = room;
    const x = linearScale(x0, x1, frame.left, frame.right);
    const y = linearScale(-far, far, frame.bottom, frame.top);
    drawAxes(context, frame, x, y, [x0, x1], ticks, [scene.names[0] ?? "fitted", "residual"], palette);
    context.strokeStyle = palette.ink;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(frame.left, Math.round(y(0)) + 0.5);
    context.lineTo(frame.right, Math.round(y(0)) + 0.5);
    context.stroke();
    context.globalAlpha = 1;
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 8);
    context.clip();
    scatter(context, along, residuals, track.color, frame, x, y);
    context.restore();
  }
}
