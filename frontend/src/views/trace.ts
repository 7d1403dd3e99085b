// A path of iterates in screen space: clipped in float64, thinned to what the eye can tell apart, crowded stretches set
// apart.  Its cost is bounded by pixels, not by iterations.

import { clipSegment, exitPoint, inside } from "./clip";
import type { Box, Viewport } from "./viewport";

/** Where a path leaves the picture for good; `angle` is the direction of travel on the screen, clockwise from +x. */
export interface Exit {
  x: number;
  y: number;
  angle: number;
}

export interface Trace {
  /** Polylines x, y, x, y, ... in pixels. */
  clear: number[][];
  /** Stretches that cover their own ink: oscillations too close to be told apart. */
  crowded: number[][];
  /** Lines across the picture between two points outside it. */
  passing: number[][];
  /** Iterates far enough apart to be marked: x, y, x, y, ... */
  dots: number[];
  /** The last point, where it is inside the picture. */
  end: [number, number] | null;
  exit: Exit | null;
}

const margin = 60;
const arrowInset = 9;
const sameSpot = 0.7;
const sameSegment = 1.5;
const dotSpacing = 10;
const sparse = 7;
const cell = 8;
const crowdedInk = 3.4;

interface Vertices {
  x: number[];
  y: number[];
  iteration: number[];
  /** True where the vertex starts a new polyline. */
  starts: boolean[];
}

/** Rows `from` to `to` (both included) of a row-major path, of which two columns are the coordinates. */
export function trace(
  path: Float64Array,
  columns: number,
  from: number,
  to: number,
  view: Viewport,
  [across, up]: readonly [number, number] = [0, 1],
): Trace {
  const vertices: Vertices = { x: [], y: [], iteration: [], starts: [] };
  const passing: number[][] = [];
  const frame = view.grown(margin);
  let lastInside = -1;
  let ax = Number.NaN;
  let ay = Number.NaN;
  let aIn = false;
  for (let i = from; i <= to; i += 1) {
    const x = path[i * columns + across] as number;
    const y = path[i * columns + up] as number;
    const bIn = inside(frame, x, y);
    if (bIn && inside(view.box, x, y)) lastInside = i;
    if (i === from) {
      if (bIn) push(vertices, view, x, y, i, true);
    } else if (aIn && bIn) {
      pushIfApart(vertices, view, x, y, i, i === to);
    } else {
      const part = clipSegment(frame, ax, ay, x, y);
      if (part && !aIn && !bIn) {
        passing.push([view.toX(part[0]), view.toY(part[1]), view.toX(part[2]), view.toY(part[3])]);
      } else if (part) {
        if (!aIn) push(vertices, view, part[0], part[1], -1, true);
        push(vertices, view, part[2], part[3], bIn ? i : -1, false);
      }
    }
    [ax, ay, aIn] = [x, y, bIn];
  }
  const split = separate(vertices, view);
  const ended = lastInside === to && to >= from;
  return {
    ...split,
    passing,
    end: ended ? [view.toX(ax), view.toY(ay)] : null,
    exit: ended ? null : exitOf(path, columns, lastInside, to, view, [across, up]),
  };
}

function push(v: Vertices, view: Viewport, x: number, y: number, iteration: number, starts: boolean): void {
  v.x.push(view.toX(x));
  v.y.push(view.toY(y));
  v.iteration.push(iteration);
  v.starts.push(starts);
}

function pushIfApart(
  v: Vertices,
  view: Viewport,
  x: number,
  y: number,
  iteration: number,
  last: boolean,
): void {
  const n = v.x.length - 1;
  const dx = view.toX(x) - (v.x[n] as number);
  const dy = view.toY(y) - (v.y[n] as number);
  if (last || dx * dx + dy * dy >= sameSpot * sameSpot) push(v, view, x, y, iteration, false);
}

/** Clear and crowded polylines, and the dots; segments that repeat an earlier one are left out. */
function separate(v: Vertices, view: Viewport): Pick<Trace, "clear" | "crowded" | "dots"> {
  const count = v.x.length;
  const repeats = count > 200 ? findRepeats(v) : null;
  const crowds = count > 24 ? findCrowds(v, repeats, view) : null;
  const clear: number[][] = [];
  const crowded: number[][] = [];
  const dots: number[] = [];
  const taken = new Map<number, number>();
  let open: number[] | null = null;
  let openIn = clear;
  for (let i = 0; i < count; i += 1) {
    const isCrowded = crowds !== null && crowds[i] === 1;
    if (v.starts[i] || repeats?.[i] === 1) {
      open = null;
    } else {
      const into = isCrowded ? crowded : clear;
      if (!open || into !== openIn) {
        open = [v.x[i - 1] as number, v.y[i - 1] as number];
        into.push(open);
        openIn = into;
      }
      open.push(v.x[i] as number, v.y[i] as number);
    }
    if (i > 0 && i < count - 1 && !isCrowded && repeats?.[i] !== 1 && isSparse(v, i)) {
      addDot(dots, taken, v.x[i] as number, v.y[i] as number, view);
    }
  }
  return { clear, crowded, dots };
}

/** An iterate that stands apart from the one before it. */
function isSparse(v: Vertices, i: number): boolean {
  if ((v.iteration[i] as number) < 0) return false;
  const dx = (v.x[i] as number) - (v.x[i - 1] as number);
  const dy = (v.y[i] as number) - (v.y[i - 1] as number);
  return dx * dx + dy * dy >= sparse * sparse;
}

/**
 * Segments between the same two spots as an earlier one.  Short ones count only when they come again and again: a slow
 * path has several between neighbouring spots, and must not be torn.
 */
function findRepeats(v: Vertices): Uint8Array {
  const seen = new Map<number, number>();
  const repeats = new Uint8Array(v.x.length);
  const spot = (i: number): number => {
    const column = Math.round(((v.x[i] as number) + margin) / sameSegment) & 4095;
    const row = Math.round(((v.y[i] as number) + margin) / sameSegment) & 4095;
    return column * 4096 + row;
  };
  let a = spot(0);
  for (let i = 1; i < v.x.length; i += 1) {
    const b = spot(i);
    if (!v.starts[i]) {
      const key = a < b ? a * 16777216 + b : b * 16777216 + a;
      const times = seen.get(key) ?? 0;
      seen.set(key, times + 1);
      const dx = (v.x[i] as number) - (v.x[i - 1] as number);
      const dy = (v.y[i] as number) - (v.y[i - 1] as number);
      if (times >= (dx * dx + dy * dy > 16 ? 1 : 4)) repeats[i] = 1;
    }
    a = b;
  }
  return repeats;
}

/** For each segment (by its end vertex) whether the ink in its cells is more than a few passes. */
function findCrowds(v: Vertices, repeats: Uint8Array | null, view: Viewport): Uint8Array {
  const nx = Math.ceil((view.width + 2 * margin) / cell) + 1;
  const ny = Math.ceil((view.height + 2 * margin) / cell) + 1;
  const ink = new Float32Array(nx * ny);
  const crowds = new Uint8Array(v.x.length);
  const walk = (i: number, visit: (at: number, length: number) => void): void => {
    const x0 = ((v.x[i - 1] as number) + margin) / cell;
    const y0 = ((v.y[i - 1] as number) + margin) / cell;
    const dx = ((v.x[i] as number) + margin) / cell - x0;
    const dy = ((v.y[i] as number) + margin) / cell - y0;
    const length = Math.hypot(dx, dy);
    const steps = Math.max(1, Math.ceil(length));
    for (let s = 0; s < steps; s += 1) {
      const t = (s + 0.5) / steps;
      visit(Math.floor(y0 + dy * t) * nx + Math.floor(x0 + dx * t), length / steps);
    }
  };
  for (let i = 1; i < v.x.length; i += 1) {
    if (v.starts[i] || repeats?.[i] === 1) continue;
    walk(i, (at, length) => {
      ink[at] = (ink[at] as number) + length;
    });
  }
  for (let i = 1; i < v.x.length; i += 1) {
    if (v.starts[i] || repeats?.[i] === 1) continue;
    let weighted = 0;
    let total = 0;
    walk(i, (at, length) => {
      weighted += (ink[at] as number) * length;
      total += length;
    });
    if (weighted > crowdedInk * total) crowds[i] = 1;
  }
  return crowds;
}

function addDot(dots: number[], taken: Map<number, number>, x: number, y: number, view: Viewport): void {
  if (x < 0 || y < 0 || x > view.width || y > view.height) return;
  const column = Math.floor(x / dotSpacing);
  const row = Math.floor(y / dotSpacing);
  for (let j = -1; j <= 1; j += 1) {
    for (let i = -1; i <= 1; i += 1) {
      const other = taken.get((row + j) * 65536 + column + i);
      if (other === undefined) continue;
      const dx = (dots[other] as number) - x;
      const dy = (dots[other + 1] as number) - y;
      if (dx * dx + dy * dy < dotSpacing * dotSpacing) return;
    }
  }
  taken.set(row * 65536 + column, dots.length);
  dots.push(x, y);
}

function exitOf(
  path: Float64Array,
  columns: number,
  lastInside: number,
  to: number,
  view: Viewport,
  [across, up]: readonly [number, number],
): Exit | null {
  const [x0, x1, y0, y1] = view.box;
  const inset = view.grown(-arrowInset) as Box;
  const next = Math.min(lastInside + 1, to);
  const towards = lastInside < 0 ? to : next;
  const bx = path[towards * columns + across] as number;
  const by = path[towards * columns + up] as number;
  if (!Number.isFinite(bx) || !Number.isFinite(by)) return null;
  const ax = lastInside < 0 ? (x0 + x1) / 2 : (path[lastInside * columns + across] as number);
  const ay = lastInside < 0 ? (y0 + y1) / 2 : (path[lastInside * columns + up] as number);
  const clampTo = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  const fromX = clampTo(ax, inset[0], inset[1]);
  const fromY = clampTo(ay, inset[2], inset[3]);
  const [ex, ey] = exitPoint(inset, fromX, fromY, bx, by) ?? [fromX, fromY];
  // Quarters keep the difference finite; the common factor drops out of the angle.
  const dx = (bx / 4 - ax / 4) * view.sx;
  const dy = (by / 4 - ay / 4) * view.sy;
  const size = Math.max(Math.abs(dx), Math.abs(dy));
  const angle = Number.isFinite(size) && size > 0 ? Math.atan2(-dy / size, dx / size) : 0;
  return { x: view.toX(ex), y: view.toY(ey), angle };
}
