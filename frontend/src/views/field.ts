// A grid of values as the pictures use it: cleaned of what is not finite, summarised, and read between its points.

import { type Summary, summarise } from "./contours";
import type { FieldData } from "./types";
import type { Box } from "./viewport";

const biggest = 1e37;

export class Field {
  readonly columns: number;
  readonly rows: number;
  readonly box: Box;
  readonly reference: number;
  /**
   * f - reference as the drawing wants it: undefined is -1, rounding below the reference 0, overflow a large finite
   * number (it is known to be high), so that neither shader nor interpolation meets a NaN.
   */
  readonly values: Float32Array;
  /** Some values are undefined. */
  readonly holes: boolean;
  readonly summary: Summary;

  constructor(data: Omit<FieldData, "axes">) {
    [this.columns, this.rows] = data.shape;
    this.box = data.box;
    this.reference = data.reference;
    this.values = new Float32Array(data.values.length);
    let holes = false;
    for (let i = 0; i < data.values.length; i += 1) {
      const v = data.values[i] as number;
      if (v >= 0) this.values[i] = v > biggest ? biggest : v;
      else if (v > Number.NEGATIVE_INFINITY) this.values[i] = 0;
      else {
        this.values[i] = -1;
        holes = true;
      }
    }
    this.holes = holes;
    this.summary = summarise(this.values);
  }

  private node(i: number, j: number): number {
    const column = Math.min(this.columns - 1, Math.max(0, i));
    const row = Math.min(this.rows - 1, Math.max(0, j));
    return this.values[row * this.columns + column] as number;
  }

  /** f - reference by Catmull-Rom interpolation; NaN outside the grid and next to undefined values. */
  at(x: number, y: number): number {
    const [x0, x1, y0, y1] = this.box;
    const u = ((x - x0) / (x1 - x0)) * (this.columns - 1);
    const v = ((y - y0) / (y1 - y0)) * (this.rows - 1);
    if (!(u >= -0.5 && v >= -0.5 && u <= this.columns - 0.5 && v <= this.rows - 0.5)) return Number.NaN;
    const i = Math.floor(u);
    const j = Math.floor(v);
    const [s, t] = [u - i, v - j];
    let sum = 0;
    for (let b = -1; b <= 2; b += 1) {
      const weight = catmullRom(b, t);
      for (let a = -1; a <= 2; a += 1) {
        const value = this.node(i + a, j + b);
        if (value < 0) return Number.NaN;
        sum += weight * catmullRom(a, s) * value;
      }
    }
    return Math.max(0, sum);
  }
}

/** Weight of the neighbour `k` = -1, 0, 1, 2 for a point the fraction `t` beyond neighbour 0. */
export function catmullRom(k: number, t: number): number {
  if (k === -1) return ((-0.5 * t + 1) * t - 0.5) * t;
  if (k === 0) return (1.5 * t - 2.5) * t * t + 1;
  if (k === 1) return ((-1.5 * t + 2) * t + 0.5) * t;
  return (0.5 * t - 0.5) * t * t;
}
