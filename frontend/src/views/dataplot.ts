// What the plots of data share: scales that the data set, axes, and points that stay readable however many there are.

import { fade } from "./colour";
import type { Frame } from "./curvedrawing";
import { drawText, textWidth, tickFont } from "./lettering";
import { linearTicks, type Scale } from "./ticks";
import type { FitScene, Palette } from "./types";

type Context = CanvasRenderingContext2D;

const mostPoints = 6000;
const top = 22;
const bottom = 34;

/** Ticks from bottom to top, and the frame that leaves room for their numbers; none in a plot that is too small. */
export function frameFor(
  context: Context,
  [low, high]: readonly [number, number],
  right: number,
  height: number,
): { frame: Frame; ticks: ReturnType<typeof linearTicks> } | null {
  const ticks = linearTicks(low, high, Math.max(2, Math.round((height - top - bottom) / 45)));
  const labels = Math.max(0, ...ticks.map((tick) => textWidth(context, tick.label, tickFont)));
  const frame = { left: Math.max(36, labels + 12), right, top, bottom: height - bottom };
  return frame.right - frame.left < 40 || frame.bottom - frame.top < 30 ? null : { frame, ticks };
}

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

/** Points within the frame. */
export function scatter(
  context: Context,
  abscissa: Float64Array,
  response: Float64Array,
  color: string,
  frame: Frame,
  x: Scale,
  y: Scale,
): void {
  const stride = Math.max(1, Math.ceil(abscissa.length / mostPoints));
  const area = (frame.right - frame.left) * (frame.bottom - frame.top);
  const { radius, strength } = pointLook(abscissa.length / stride, area);
  context.fillStyle = fade(color, strength);
  for (let i = 0; i < abscissa.length; i += stride) {
    const [px, py] = [x(abscissa[i] as number), y(response[i] as number)];
    if (!Number.isFinite(px + py) || px < frame.left - 3 || px > frame.right + 3) continue;
    // One fill for each, so that overlapping points add up.
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Hairlines with numbers up, ticks with numbers across, and the names of both. */
export function drawAxes(
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

/** The track whose numbers are shown: the selected one, else the first. */
export function selectedOf(scene: FitScene): FitScene["tracks"][number] | undefined {
  return scene.tracks.find((track) => track.selected) ?? scene.tracks[0];
}
