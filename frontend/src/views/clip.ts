// Clipping in float64 data space, before anything reaches a canvas: a diverging path goes to 1e80, where pixel
// coordinates overflow and canvases draw nothing or nonsense.

import type { Box } from "./viewport";

/** Two points in data space: ax, ay, bx, by. */
export type Segment = [number, number, number, number];

// A segment this many times longer than the box, with both ends outside, crosses it at a place that rounding decides.
const longest = 1e12;

export function inside(box: Box, x: number, y: number): boolean {
  return x >= box[0] && x <= box[1] && y >= box[2] && y <= box[3];
}

/** The part of the segment from a to b within the box (Liang and Barsky), or null. */
export function clipSegment(box: Box, ax: number, ay: number, bx: number, by: number): Segment | null {
  // Quarters, so that the difference of two numbers near the end of the range does not overflow.
  const dx = bx / 4 - ax / 4;
  const dy = by / 4 - ay / 4;
  if (!Number.isFinite(dx + dy)) return null;
  let t0 = 0;
  let t1 = 1;
  let side0 = -1;
  let side1 = -1;
  for (let side = 0; side < 4; side += 1) {
    const d = side < 2 ? dx : dy;
    const p = side % 2 === 0 ? -d : d;
    const edge = box[side] as number;
    const from = side < 2 ? ax : ay;
    const q = side % 2 === 0 ? from / 4 - edge / 4 : edge / 4 - from / 4;
    if (p === 0) {
      if (q < 0) return null;
      continue;
    }
    const t = q / p;
    if (p < 0) {
      if (t > t1) return null;
      if (t > t0) [t0, side0] = [t, side];
    } else {
      if (t < t0) return null;
      if (t < t1) [t1, side1] = [t, side];
    }
  }
  if (side0 >= 0 && side1 >= 0) {
    const size = Math.max(Math.abs(dx) / (box[1] - box[0]), Math.abs(dy) / (box[3] - box[2]));
    if (size > longest) return null;
  }
  const at = (t: number, side: number): [number, number] => [
    side === 0 || side === 1 ? box[side] : ax + 4 * t * dx,
    side === 2 || side === 3 ? box[side] : ay + 4 * t * dy,
  ];
  const a = side0 < 0 ? [ax, ay] : at(t0, side0);
  const b = side1 < 0 ? [bx, by] : at(t1, side1);
  return [...a, ...b] as Segment;
}

/** Where the ray from a point inside the box towards (x, y) meets the border, or null if (x, y) is inside. */
export function exitPoint(
  box: Box,
  fromX: number,
  fromY: number,
  x: number,
  y: number,
): [number, number] | null {
  if (inside(box, x, y)) return null;
  const clipped = clipSegment(box, fromX, fromY, x, y);
  return clipped && [clipped[2], clipped[3]];
}
