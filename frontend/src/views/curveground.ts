// The map of a function of one variable: f as a curve over it, read and drawn from values along a line.

import { thinColumns } from "./curve";
import type { FieldData, Palette } from "./types";
import type { Viewport } from "./viewport";

export class CurveGround {
  private readonly values: Float64Array;

  constructor(private readonly data: FieldData) {
    this.values = Float64Array.from(data.values, (v) => v + data.reference);
  }

  /** f at x, between the values that are known; NaN outside them and where f is undefined. */
  at(x: number): number {
    const [x0, x1] = this.data.box;
    const u = ((x - x0) / (x1 - x0)) * (this.values.length - 1);
    const i = Math.floor(u);
    const [a, b] = [this.values[i], this.values[i + 1]];
    if (a === undefined) return Number.NaN;
    return u === i ? a : a + ((b ?? Number.NaN) - a) * (u - i);
  }

  /** The curve in pixels, cut where f is undefined. */
  lines(view: Viewport): number[][] {
    const [x0, x1] = this.data.box;
    const step = (x1 - x0) / (this.values.length - 1);
    const far = 4 * view.height;
    const xs = this.values.map((_, i) => view.toX(x0 + i * step));
    const ys = this.values.map((v) => Math.min(far, Math.max(-far, view.toY(v))));
    const lines: number[][] = [];
    let open: number[] | null = null;
    for (const i of thinColumns(xs, ys)) {
      const [x, y] = [xs[i] as number, ys[i] as number];
      if (Number.isNaN(y)) open = null;
      else if (open) open.push(x, y);
      else {
        open = [x, y];
        lines.push(open);
      }
    }
    return lines;
  }
}

/** The curve over a water-coloured floor, as the map's valleys are. */
export function drawCurveGround(
  context: CanvasRenderingContext2D,
  lines: readonly number[][],
  view: Viewport,
  palette: Palette,
): void {
  context.setLineDash([]);
  context.lineJoin = "round";
  for (const line of lines) {
    context.beginPath();
    for (let i = 0; i < line.length; i += 2) context.lineTo(line[i] as number, line[i + 1] as number);
    context.strokeStyle = palette.low;
    context.lineWidth = 2;
    context.stroke();
    context.lineTo(line.at(-2) as number, view.height);
    context.lineTo(line[0] as number, view.height);
    context.closePath();
    context.globalAlpha = 0.12;
    context.fillStyle = palette.low;
    context.fill();
    context.globalAlpha = 1;
  }
}
