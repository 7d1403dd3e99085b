// Progress of the runs against evaluations: curves with their names at the end, and iteration k marked on all of them.

import { type ChartAxes, chartAxes, hasValues, isFalling, type Series, seriesOf } from "./chartaxes";
import { fade, readable } from "./colour";
import { type Curve, curve } from "./curve";
import { drawCurveNames, drawCurves, type Frame, gutterFor } from "./curvedrawing";
import { magnitude, short } from "./format";
import { drawRuns, drawText, mathRuns, noteFont, textWidth, tickFont } from "./lettering";
import { Stage } from "./stage";
import type { ChartHooks, ChartScene, Palette, View } from "./types";

type Context = CanvasRenderingContext2D;

const leastLeft = 36;
const top = 22;
const bottom = 34;
const near = 40;

interface Drawn {
  series: Series;
  curve: Curve;
}

export class ChartView implements View<ChartScene> {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private readonly reading = document.createElement("div");
  private scene: ChartScene | null = null;
  private series: Series[] = [];
  private axes: ChartAxes | null = null;
  /** The track whose curve the pointer is nearest to. */
  private hovered: string | null = null;

  constructor(private readonly hooks: ChartHooks) {
    this.stage = new Stage("chart", () => this.draw());
    this.element = this.stage.element;
    this.element.setAttribute("role", "img");
    this.reading.setAttribute("aria-hidden", "true");
    this.reading.style.cssText =
      "position:absolute;top:0;right:0;font-size:11.5px;line-height:16px;font-variant-numeric:tabular-nums;pointer-events:none;white-space:nowrap";
    this.element.append(this.reading);
    this.element.addEventListener("pointermove", this.onMove);
    this.element.addEventListener("pointerleave", this.onLeave);
  }

  update(scene: ChartScene): void {
    const before = this.scene;
    this.scene = scene;
    const isSame =
      before?.tracks === scene.tracks && before.reference === scene.reference && before.yKind === scene.yKind;
    if (!isSame) this.series = seriesOf(scene);
    this.element.setAttribute("aria-label", `${scene.title} against evaluations of f`);
    this.stage.invalidate();
  }

  dispose(): void {
    this.element.removeEventListener("pointermove", this.onMove);
    this.element.removeEventListener("pointerleave", this.onLeave);
    this.stage.dispose();
  }

  // ---------------------------------------------------------------------------------------------- the pointer

  private readonly onMove = (event: PointerEvent): void => {
    const frame = this.element.getBoundingClientRect();
    const hit = nearestIterate(this.series, this.axes, event.clientX - frame.left, event.clientY - frame.top);
    this.hovered = hit?.id ?? null;
    this.hooks.onHover(hit?.iteration ?? null);
    this.stage.invalidate();
  };

  private readonly onLeave = (): void => {
    this.hovered = null;
    this.hooks.onHover(null);
    this.stage.invalidate();
  };

  // ---------------------------------------------------------------------------------------------- drawing

  private draw(): void {
    const { scene, stage, series } = this;
    const context = scene && stage.begin();
    if (!scene || !context) return;
    const { palette } = scene;
    const room = gutterFor(context, scene.tracks, stage.width);
    const frame: Frame = { left: leastLeft, right: stage.width - room, top, bottom: stage.height - bottom };
    if (frame.right - frame.left < 40 || frame.bottom - frame.top < 30) return;
    let axes = chartAxes(scene, series, frame);
    const widest = Math.max(...axes.yTicks.map((tick) => textWidth(context, tick.label, tickFont)));
    if (widest + 11 > leastLeft) {
      frame.left = widest + 11;
      axes = chartAxes(scene, series, frame);
    }
    this.axes = axes;
    drawAxes(context, axes, scene.title, palette);
    if (!hasValues(series)) {
      if (series.length > 0) drawEmpty(context, frame, palette);
      return;
    }
    const drawn = series.map((one) => ({
      series: one,
      curve: curve(one.evaluations, one.values, axes.x, axes.y, frame.top, frame.bottom),
    }));
    drawCurves(
      context,
      drawn.map(({ series: { track }, curve: one }) => ({ track, curve: one })),
      palette.paper,
    );
    this.drawFloorMarks(context, drawn, axes, palette);
    const names = drawn.map(({ series: { track, ...rest }, curve: one }) => ({
      title: track.title,
      color: track.color,
      curve: one,
      destination: one.leaves?.side === "top" ? destination({ track, ...rest }) : "",
    }));
    drawCurveNames(context, names, frame, palette, stage.width, stage.height);
    this.drawHighlight(context, scene, axes);
  }

  /** What is exactly at the reference stands at the floor as a small open triangle. */
  private drawFloorMarks(context: Context, drawn: readonly Drawn[], axes: ChartAxes, palette: Palette): void {
    if (axes.floor === null) return;
    for (const { series } of drawn) {
      const first = series.values.findIndex((v) => v <= 0);
      if (first < 0) continue;
      const [x, y] = [axes.x(series.evaluations[first] as number), axes.floor];
      context.beginPath();
      context.moveTo(x - 4, y - 6.5);
      context.lineTo(x + 4, y - 6.5);
      context.lineTo(x, y - 0.5);
      context.closePath();
      context.fillStyle = palette.paper;
      context.fill();
      context.setLineDash([]);
      context.lineWidth = 1.6;
      context.strokeStyle = series.track.color;
      context.stroke();
    }
  }

  private drawHighlight(context: Context, scene: ChartScene, axes: ChartAxes): void {
    const k = scene.highlight;
    if (k === null) {
      this.reading.textContent = "";
      return;
    }
    const { frame } = axes;
    const { palette } = scene;
    const lead = this.series.find(({ track }) => track.id === this.hovered) ?? this.series[0];
    if (lead) {
      const at = Math.min(k, lead.values.length - 1);
      const x = Math.round(axes.x(lead.evaluations[at] as number)) + 0.5;
      context.beginPath();
      context.moveTo(x, frame.top);
      context.lineTo(x, frame.bottom);
      context.setLineDash([]);
      context.lineWidth = 1;
      context.strokeStyle = fade(palette.ink, 0.35);
      context.stroke();
      this.showReading(scene, lead, at, palette);
    }
    for (const { track, evaluations, values } of this.series) {
      const at = Math.min(k, values.length - 1);
      const y = axes.y(values[at] as number);
      if (!(y >= frame.top - 1 && y <= frame.bottom + 1)) continue;
      context.beginPath();
      context.arc(axes.x(evaluations[at] as number), y, 3.3, 0, 2 * Math.PI);
      context.fillStyle = palette.paper;
      context.fill();
      context.lineWidth = 1.8;
      context.setLineDash([]);
      context.strokeStyle = track.color;
      context.stroke();
    }
  }

  private showReading(
    scene: ChartScene,
    { track, evaluations, values }: Series,
    at: number,
    palette: Palette,
  ): void {
    const name = document.createElement("b");
    name.textContent = track.title;
    name.style.cssText = `font-weight:560;color:${readable(track.color, palette.paper)}`;
    const what = isFalling(scene) ? scene.title : "f";
    const text = ` iteration ${at}, ${evaluations[at]} evaluations, ${what} = ${short(values[at] as number)}`;
    this.reading.style.color = palette.muted;
    this.reading.replaceChildren(name, text);
    // A narrow chart has room for the number alone.
    if (this.reading.offsetWidth > this.stage.width - leastLeft - 60) {
      this.reading.replaceChildren(name, `  k = ${at}: ${short(values[at] as number)}`);
    }
  }
}

/** The iterate nearest to a pixel: by evaluations along each curve, then the nearest of the curves. */
export function nearestIterate(
  series: readonly Series[],
  axes: ChartAxes | null,
  px: number,
  py: number,
): { id: string; iteration: number } | null {
  if (!axes) return null;
  const { frame } = axes;
  if (px < frame.left - near || px > frame.right + near) return null;
  let best: { id: string; iteration: number } | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { track, evaluations, values } of series) {
    const n = evaluations.length;
    if (n === 0) continue;
    let [a, b] = [0, n - 1];
    while (b - a > 1) {
      const middle = (a + b) >> 1;
      if (axes.x(evaluations[middle] as number) <= px) a = middle;
      else b = middle;
    }
    const iteration = px - axes.x(evaluations[a] as number) <= axes.x(evaluations[b] as number) - px ? a : b;
    const y = Math.min(frame.bottom, Math.max(frame.top, axes.y(values[iteration] as number)));
    const distance = Math.abs(y - py) + 2 * Math.max(0, px - axes.x(evaluations[n - 1] as number));
    if (distance < least) [best, least] = [{ id: track.id, iteration }, distance];
  }
  return best;
}

function drawAxes(context: Context, axes: ChartAxes, title: string, palette: Palette): void {
  const { frame, x, y, xTicks, yTicks, floor } = axes;
  const line = (x0: number, y0: number, x1: number, y1: number, color: string): void => {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.strokeStyle = color;
    context.stroke();
  };
  const crisp = (v: number): number => Math.round(v) + 0.5;
  const faint = fade(palette.muted, 0.65);
  const quiet = fade(palette.muted, 0.35);
  context.setLineDash([]);
  context.lineWidth = 1;
  context.lineCap = "butt";
  for (const tick of yTicks) {
    const py = tick.label === "0" && floor !== null ? floor : y(tick.value);
    if (!(py >= frame.top - 1 && py <= frame.bottom + 1)) continue;
    if (tick.label) {
      line(frame.left, crisp(py), frame.right, crisp(py), palette.hairline);
      drawText(context, tick.label, frame.left - 7, py + 4, {
        font: tickFont,
        fill: palette.muted,
        align: "right",
      });
    } else {
      line(frame.left - 4, crisp(py), frame.left, crisp(py), quiet);
    }
  }
  for (const tick of xTicks) {
    const px = x(tick.value);
    if (px > frame.right + 1) continue;
    const length = tick.label ? 5 : 3;
    line(crisp(px), frame.bottom, crisp(px), frame.bottom + length, tick.label ? faint : quiet);
    if (tick.label) {
      drawText(context, tick.label, px, frame.bottom + 17, {
        font: tickFont,
        fill: palette.muted,
        align: "center",
      });
    }
  }
  line(frame.left, crisp(frame.bottom), frame.right, crisp(frame.bottom), faint);
  drawRuns(context, mathRuns(title, 13.5), frame.left, frame.top - 8, { fill: palette.ink });
  const middle = (frame.left + frame.right) / 2;
  const words = textWidth(context, "evaluations of ", tickFont);
  const f = mathRuns("f", 13.5);
  drawText(context, "evaluations of ", middle - words / 2 - 3, frame.bottom + 31, {
    font: tickFont,
    fill: palette.muted,
  });
  drawRuns(context, f, middle + words / 2 - 3, frame.bottom + 31, { fill: palette.muted });
}

function drawEmpty(context: Context, frame: Frame, palette: Palette): void {
  drawText(context, "no finite value", (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, {
    font: noteFont,
    fill: palette.muted,
    align: "center",
  });
}

/** Where a diverged run went: `10⁷² at 4` (its largest value, and at which evaluation). */
function destination({ values, evaluations }: Series): string {
  const last = values.length - 1;
  return `${magnitude(values[last] as number)} at ${evaluations[last]}`;
}
