// Where labels go: rectangles that must not meet, ink that had better not be covered, and columns of labels kept apart.

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function overlap(a: Rect, b: Rect, gap = 0): boolean {
  return (
    a.x < b.x + b.width + gap &&
    b.x < a.x + a.width + gap &&
    a.y < b.y + b.height + gap &&
    b.y < a.y + a.height + gap
  );
}

export function grown({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

export function within(inner: Rect, width: number, height: number, edge = 2): boolean {
  return (
    inner.x >= edge &&
    inner.y >= edge &&
    inner.x + inner.width <= width - edge &&
    inner.y + inner.height <= height - edge
  );
}

const cell = 6;

/** Which small squares of the picture have lines in them. */
export class Ink {
  private readonly columns: number;
  private readonly rows: number;
  private readonly cells: Uint8Array;

  constructor(width: number, height: number) {
    this.columns = Math.max(1, Math.ceil(width / cell));
    this.rows = Math.max(1, Math.ceil(height / cell));
    this.cells = new Uint8Array(this.columns * this.rows);
  }

  private mark(x: number, y: number): void {
    const i = Math.floor(x / cell);
    const j = Math.floor(y / cell);
    if (i >= 0 && j >= 0 && i < this.columns && j < this.rows) this.cells[j * this.columns + i] = 1;
  }

  /** A polyline x, y, x, y, ... */
  addLine(points: readonly number[]): void {
    for (let k = 2; k + 1 < points.length; k += 2) {
      const x = points[k - 2] as number;
      const y = points[k - 1] as number;
      const dx = (points[k] as number) - x;
      const dy = (points[k + 1] as number) - y;
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) / cell));
      for (let s = 0; s <= steps; s += 1) this.mark(x + (dx * s) / steps, y + (dy * s) / steps);
    }
  }

  /** Share of the rectangle's squares that have ink, 0 to 1. */
  under(rect: Rect): number {
    const i0 = Math.max(0, Math.floor(rect.x / cell));
    const j0 = Math.max(0, Math.floor(rect.y / cell));
    const i1 = Math.min(this.columns - 1, Math.floor((rect.x + rect.width) / cell));
    const j1 = Math.min(this.rows - 1, Math.floor((rect.y + rect.height) / cell));
    if (i1 < i0 || j1 < j0) return 0;
    let marked = 0;
    for (let j = j0; j <= j1; j += 1) {
      for (let i = i0; i <= i1; i += 1) marked += this.cells[j * this.columns + i] as number;
    }
    return marked / ((i1 - i0 + 1) * (j1 - j0 + 1));
  }
}

/** What has been placed so far, within a picture of a given size. */
export class Placement {
  readonly taken: Rect[] = [];
  readonly ink: Ink;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.ink = new Ink(width, height);
  }

  isFree(rect: Rect, gap = 2): boolean {
    return within(rect, this.width, this.height) && this.taken.every((other) => !overlap(rect, other, gap));
  }

  /**
   * The candidate that covers the least ink, earlier ones preferred, `kept` (the one used in the last picture, so that
   * labels stay put) most of all; -1 where all of them would meet something.  The winner is taken.
   */
  choose(candidates: readonly Rect[], kept = -1): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    candidates.forEach((rect, i) => {
      if (!this.isFree(rect)) return;
      const cost = 6 * this.ink.under(rect) + 0.02 * i - (i === kept ? 0.1 : 0);
      if (cost < least) [best, least] = [i, cost];
    });
    if (best >= 0) this.taken.push(candidates[best] as Rect);
    return best;
  }
}

/** Rectangles for a label of the given size round a mark of radius `r`: beside it first, then the corners, then further. */
export function around(x: number, y: number, width: number, height: number, r: number): Rect[] {
  const result: Rect[] = [];
  for (const d of [r + 5, r + 15, r + 30]) {
    const k = d * 0.72;
    const at: [number, number][] = [
      [x + d, y - height / 2],
      [x - width / 2, y - d - height],
      [x - d - width, y - height / 2],
      [x + k, y - k - height],
      [x - k - width, y - k - height],
      [x - width / 2, y + d],
      [x + k, y + k],
      [x - k - width, y + k],
    ];
    for (const [left, top] of at) result.push({ x: left, y: top, width, height });
  }
  return result;
}

/** Rectangles for a label near the border: above, below and beside the mark, pushed inwards where they would stick out. */
export function alongBorder(
  x: number,
  y: number,
  width: number,
  height: number,
  picture: { width: number; height: number },
): Rect[] {
  const edge = 9;
  const clamp = (value: number, size: number, most: number): number =>
    Math.max(edge, Math.min(most - edge - size, value));
  const result: Rect[] = [];
  for (const d of [10, 18, 28, 40, 56]) {
    const at: [number, number][] = [
      [x - width / 2, y - d - height],
      [x - width / 2, y + d],
      [x - d - width, y - height / 2],
      [x + d, y - height / 2],
      [x + 10, y + d],
      [x - 10 - width, y + d],
      [x + 10, y - d - height],
      [x - 10 - width, y - d - height],
    ];
    for (const [left, top] of at) {
      result.push({
        x: clamp(left, width, picture.width),
        y: clamp(top, height, picture.height),
        width,
        height,
      });
    }
  }
  return result;
}

/**
 * Positions at least `gap` apart, as near as possible to the targets (least squares) and in their order, within
 * [low, high] while they fit there.
 */
export function spread(targets: readonly number[], gap: number, low: number, high: number): number[] {
  const order = targets.map((_, i) => i).sort((a, b) => (targets[a] as number) - (targets[b] as number));
  const blocks: { sum: number; size: number }[] = [];
  order.forEach((index, rank) => {
    blocks.push({ sum: (targets[index] as number) - rank * gap, size: 1 });
    for (let b = blocks.length - 1; b > 0; b -= 1) {
      const [before, after] = [blocks[b - 1], blocks[b]] as [(typeof blocks)[0], (typeof blocks)[0]];
      if (before.sum / before.size <= after.sum / after.size) break;
      before.sum += after.sum;
      before.size += after.size;
      blocks.pop();
    }
  });
  const result = new Array<number>(targets.length);
  const room = Math.max(low, high - (targets.length - 1) * gap);
  let rank = 0;
  for (const block of blocks) {
    const base = Math.min(room, Math.max(low, block.sum / block.size));
    for (let i = 0; i < block.size; i += 1, rank += 1) result[order[rank] as number] = base + rank * gap;
  }
  return result;
}
