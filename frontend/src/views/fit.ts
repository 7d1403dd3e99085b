// The data and every method's fitted curve.  The data set the scales: a curve that has gone astray leaves the picture.

import { fade } from "./colour";
import { type Curve, curve } from "./curve";
import { drawCurveNames, drawCurves, type Frame, gutterFor } from "./curvedrawing";
import { drawText, textWidth, tickFont } from "./lettering";
import { Stage } from "./stage";
import { linearScale, linearTicks, type Scale } from "./ticks";
import type { FitScene, Palette, Track, View } from "./types";

type Context = CanvasRenderingContext2D;

const top = 22;
const bottom = 34;
const mostPoints = 6000;

/** Range of the finite values, a little widened. */
export function paddedExtent(values: Float64Array, share: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (!(high >= low)) return [0, 1];
  const pad = high > low ? share * (high - low) : Math.max(1, Math.abs(high)) * share;
  return [low - pad, high + pad];
}

/** Radius and opacity of the points: the more there are, the smaller and fainter each is. */
export function pointLook(count: number, area: number): { radius: number; strength: number } {
  const crowding = count / Math.max(1, area / 400);
  const radius = Math.max(0.9, Math.min(2.3, 2.3 / Math.max(1, crowding) ** 0.25));
  return { radius, strength: Math.max(0.16, Math.min(0.9, 0.9 / Math.max(1, crowding) ** 0.45)) };
}

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
    this.element.setAttribute("aria-label", `${up} against ${across}: the data and the fitted curves`);
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
    const [y0, y1] = paddedExtent(scene.response, 0.08);
    const [a0, a1] = paddedExtent(scene.abscissa, 0.04);
    const first = scene.at.at(0) ?? a0;
    const last = scene.at.at(-1) ?? a1;
    const [x0, x1] = [Math.min(a0, first, last), Math.max(a1, first, last)];
    const ticks = linearTicks(y0, y1, Math.max(2, Math.round((stage.height - top - bottom) / 45)));
    const labels = Math.max(0, ...ticks.map((tick) => textWidth(context, tick.label, tickFont)));
    const right = stage.width - gutterFor(context, scene.tracks, stage.width);
    const frame: Frame = { left: Math.max(36, labels + 12), right, top, bottom: stage.height - bottom };
    if (frame.right - frame.left < 40 || frame.bottom - frame.top < 30) return;
    const x = linearScale(x0, x1, frame.left, frame.right);
    const y = linearScale(y0, y1, frame.bottom, frame.top);
    drawAxes(context, frame, x, y, [x0, x1], ticks, scene.names, palette);
    this.drawPoints(context, scene, frame, x, y);
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

  private drawPoints(context: Context, scene: FitScene, frame: Frame, x: Scale, y: Scale): void {
    const { stage, points } = this;
    const key = [
      scene.abscissa,
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
      scatter(layer, scene, frame, x, y);
    }
    context.drawImage(points, 0, 0, stage.width, stage.height);
  }
}

function scatter(context: Context, scene: FitScene, frame: Frame, x: Scale, y: Scale): void {
  const { abscissa, response, palette } = scene;
  const stride = Math.max(1, Math.ceil(abscissa.length / mostPoints));
  const area = (frame.right - frame.left) * (frame.bottom - frame.top);
  const { radius, strength } = pointLook(abscissa.length / stride, area);
  context.fillStyle = fade(palette.ink, strength);
  for (let i = 0; i < abscissa.length; i += stride) {
    const [px, py] = [x(abscissa[i] as number), y(response[i] as number)];
    if (!Number.isFinite(px + py)) continue;
    // One fill for each, so that overlapping points add up.
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
    context.fill();
  }
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

function drawAxes(
  context: Context,
  frame: Frame,
  x: Scale,
  y: Scale,
  [x0, x1]: [number, number],
  upTicks: ReturnType<typeof linearTicks>,
  names: readonly [string, string],
  palette: Palette,
): void {
  const crisp = (v: number): number => Math.round(v) + 0.5;
  const faint = fade(palette.muted, 0.65);
  context.setLineDash([]);
  context.lineWidth = 1;
  context.lineCap = "butt";
  context.strokeStyle = palette.hairline;
  context.beginPath();
  for (const tick of upTicks) {
    const py = crisp(y(tick.value));
    context.moveTo(frame.left, py);
    context.lineTo(frame.right, py);
    drawText(context, tick.label, frame.left - 7, py + 3.5, {
      font: tickFont,
      fill: palette.muted,
      align: "right",
    });
  }
  context.stroke();
  context.strokeStyle = faint;
  context.beginPath();
  context.moveTo(frame.left, crisp(frame.bottom));
  context.lineTo(frame.right, crisp(frame.bottom));
  for (const tick of linearTicks(x0, x1, Math.max(2, Math.round((frame.right - frame.left) / 60)))) {
    const px = x(tick.value);
    context.moveTo(crisp(px), frame.bottom);
    context.lineTo(crisp(px), frame.bottom + 5);
    drawText(context, tick.label, px, frame.bottom + 17, {
      font: tickFont,
      fill: palette.muted,
      align: "center",
    });
  }
  context.stroke();
  const style = { font: tickFont, fill: palette.muted };
  drawText(context, names[0], (frame.left + frame.right) / 2, frame.bottom + 31, {
    ...style,
    align: "center",
  });
  drawText(context, names[1], frame.left, frame.top - 8, style);
}
