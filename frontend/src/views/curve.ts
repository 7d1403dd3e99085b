// A curve on a chart: thinned to pixels without losing its extremes, and cut where it leaves the picture.

import type { Scale } from "./ticks";

/** A curve in pixels, and where it leaves at the top or the bottom for good. */
export interface Curve {
  /** Polylines x, y, x, y, ... */
  lines: number[][];
  /** The last point inside, and its index. */
  last: { x: number; y: number; index: number } | null;
  leaves: { x: number; side: "top" | "bottom" } | null;
}

/**
 * Keeps of every pixel column the first point, the lowest, the highest and the last, in their order; so thousands of
 * points cost no more than the picture is wide, and no spike is lost.
 */
export function thinColumns(xs: Float64Array, ys: Float64Array): number[] {
  const kept: number[] = [];
  const n = xs.length;
  let from = 0;
  while (from < n) {
    const column = Math.floor(xs[from] as number);
    let to = from;
    let lowest = from;
    let highest = from;
    while (to + 1 < n && Math.floor(xs[to + 1] as number) === column) {
      to += 1;
      if ((ys[to] as number) < (ys[lowest] as number)) lowest = to;
      if ((ys[to] as number) > (ys[highest] as number)) highest = to;
    }
    const [a, b] = lowest < highest ? [lowest, highest] : [highest, lowest];
    let before = -1;
    for (const index of [from, a, b, to]) {
      if (index !== before) kept.push(index);
      before = index;
    }
    from = to + 1;
  }
  return kept;
}

/** The curve through (x, y) within top <= pixel <= bottom; infinite pixels are far outside. */
export function curve(
  evaluations: Float64Array,
  values: Float64Array,
  x: Scale,
  y: Scale,
  top: number,
  bottom: number,
): Curve {
  const far = 1e6;
  const xs = evaluations.map(x);
  const ys = values.map((v) => Math.min(far, Math.max(-far, y(v))));
  const kept = thinColumns(xs, ys);
  const lines: number[][] = [];
  const isInside = (py: number): boolean => py >= top - 0.5 && py <= bottom + 0.5;
  let last: Curve["last"] = null;
  let leaves: Curve["leaves"] = null;
  let goesOn = false;
  kept.forEach((index, position) => {
    const px = xs[index] as number;
    const py = ys[index] as number;
    const before = kept[position - 1];
    if (before !== undefined) {
      const part = cut(xs[before] as number, ys[before] as number, px, py, top - 0.5, bottom + 0.5);
      const open = goesOn ? lines.at(-1) : undefined;
      if (part && open) open.push(part[2], part[3]);
      else if (part) lines.push(part);
      goesOn = part !== null && isInside(py);
      if (part && !isInside(py) && isInside(ys[before] as number)) {
        leaves = { x: part[2], side: py < top ? "top" : "bottom" };
      }
    }
    if (isInside(py)) {
      last = { x: px, y: py, index };
      leaves = null;
    }
  });
  return { lines, last, leaves };
}

/** The part of a segment between two heights. */
function cut(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  top: number,
  bottom: number,
): [number, number, number, number] | null {
  let [t0, t1] = [0, 1];
  const dy = by - ay;
  if (dy === 0) return ay >= top && ay <= bottom ? [ax, ay, bx, by] : null;
  const [ta, tb] = [(top - ay) / dy, (bottom - ay) / dy];
  t0 = Math.max(t0, Math.min(ta, tb));
  t1 = Math.min(t1, Math.max(ta, tb));
  if (t0 >= t1) return null;
  const at = (t: number): [number, number] => [ax + (bx - ax) * t, ay + dy * t];
  return [...at(t0), ...at(t1)] as [number, number, number, number];
}
