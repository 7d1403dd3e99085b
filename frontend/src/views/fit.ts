// The data and every method's fitted curve.  The data set the scales: a curve that has gone astray leaves the picture.
// Where no one column predicts, the response stands against the selected method's prediction.

import { fade } from "./colour";
import { type Curve, curve } from "./curve";
import { drawCurveNames, drawCurves, type Frame, gutterFor } from "./curvedrawing";
import { drawAxes, frameFor, paddedExtent, scatter, selectedOf } from "./dataplot";
import { Stage } from "./stage";
import { linearScale, type Scale } from "./ticks";
import type { FitScene, Palette, Track, View } from "./types";

type Context = CanvasRenderingContext2D;

export class FitView implements View<FitScene> {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private scene: FitScene | null = null;
  /** The points, drawn once: they stay while the curves move. */
  private readonly points = document.createElement("canvas");
  private pointsKey: readonly unknown[] = [];

  constructor() {
    this.stage = new Stage("fit", () => this.draw());
    this.element = this.stage.element;
    this.element.setAttribute("role", "img");
  }

  update(scene: FitScene): void {
    this.scene = scene;
    const [across, up] = scene.names;
    const what =
      across === null ? "its prediction by the selected method" : `${across}: the data and the fitted curves`;
    this.element.setAttribute("aria-label", `${up} against ${what}`);
    this.stage.invalidate();
  }

  dispose(): void {
    this.stage.dispose();
  }

  private draw(): void {
    const { scene, stage } = this;
    const context = scene && stage.begin();
    if (!scene || !context) return;
    const { palette } = scene;
    const isAgainstFitted = scene.names[0] === null;
    const along = isAgainstFitted ? (selectedOf(scene)?.fitted ?? scene.abscissa) : scene.abscissa;
    const [y0, y1] = paddedExtent(scene.response, 0.08);
    const [a0, a1] = isAgainstFitted ? [y0, y1] : paddedExtent(along, 0.04);
    const first = scene.at.at(0) ?? a0;
    const last = scene.at.at(-1) ?? a1;
    const [x0, x1] = [Math.min(a0, first, last), Math.max(a1, first, last)];
    const right = stage.width - (isAgainstFitted ? 8 : gutterFor(context, scene.tracks, stage.width));
    const room = frameFor(context, [y0, y1], right, stage.height);
    if (!room) return;
    const { frame, ticks } = room;
    const x = linearScale(x0, x1, frame.left, frame.right);
    const y = linearScale(y0, y1, frame.bottom, frame.top);
    const names = [scene.names[0] ?? "fitted", scene.names[1]] as const;
    drawAxes(context, frame, x, y, [x0, x1], ticks, names, palette);
    if (isAgainstFitted) drawDiagonal(context, frame, palette);
    this.drawPoints(context, scene, along, frame, x, y);
    const drawn = scene.tracks.flatMap((track) => {
      const one = fittedCurve(scene.at, track, x, y, frame);
      return one ? [{ track, curve: one }] : [];
    });
    drawCurves(context, drawn, null);
    const named = drawn.map(({ track, curve: one }) => ({
      title:
        one.lines.length > 0 ? track.title : `${track.title} ${one.leaves?.side === "bottom" ? "↓" : "↑"}`,
      color: track.color,
      curve: one,
      destination: "",
    }));
    drawCurveNames(context, named, frame, palette, stage.width, stage.height);
  }

  private drawPoints(
    context: Context,
    scene: FitScene,
    along: Float64Array,
    frame: Frame,
    x: Scale,
    y: Scale,
  ): void {
    const { stage, points } = this;
    const key = [
      along,
      scene.response,
      scene.palette,
      stage.width,
      stage.height,
      stage.ratio,
      frame.left,
      frame.right,
    ];
    if (key.some((part, i) => part !== this.pointsKey[i])) {
      this.pointsKey = key;
      stage.resize(points, stage.ratio);
      const layer = points.getContext("2d");
      if (!layer) return;
      layer.setTransform(stage.ratio, 0, 0, stage.ratio, 0, 0);
      layer.clearRect(0, 0, stage.width, stage.height);
      scatter(layer, along, scene.response, scene.palette.ink, frame, x, y);
    }
    context.drawImage(points, 0, 0, stage.width, stage.height);
  }
}

/** Where prediction and response are the same. */
function drawDiagonal(context: Context, frame: Frame, palette: Palette): void {
  context.setLineDash([]);
  context.lineWidth = 1;
  context.strokeStyle = fade(palette.muted, 0.65);
  context.beginPath();
  context.moveTo(frame.left, frame.bottom);
  context.lineTo(frame.right, frame.top);
  context.stroke();
}

/** The curve in pixels; one that is nowhere in the picture still says on which side it is. */
function fittedCurve(at: Float64Array, track: Track, x: Scale, y: Scale, frame: Frame): Curve | null {
  const values = track.curve;
  if (!values || values.length === 0 || values.length !== at.length) return null;
  const one = curve(at, values, x, y, frame.top, frame.bottom);
  if (one.lines.length > 0) return one;
  const middle = values[values.length >> 1] as number;
  const side = y(middle) > frame.bottom ? "bottom" : "top";
  return { ...one, leaves: { x: (frame.left + frame.right) / 2, side } };
}
