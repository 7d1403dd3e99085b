// A box of the plane on a rectangle of pixels: projecting, fitting, panning, zooming.  All in float64.

/** x0, x1, y0, y1. */
export type Box = [number, number, number, number];

export class Viewport {
  readonly sx: number;
  readonly sy: number;

  constructor(
    readonly box: Box,
    readonly width: number,
    readonly height: number,
  ) {
    this.sx = width / (box[1] - box[0]);
    this.sy = height / (box[3] - box[2]);
  }

  toX(x: number): number {
    return (x - this.box[0]) * this.sx;
  }

  toY(y: number): number {
    return this.height - (y - this.box[2]) * this.sy;
  }

  fromX(px: number): number {
    return this.box[0] + px / this.sx;
  }

  fromY(py: number): number {
    return this.box[2] + (this.height - py) / this.sy;
  }

  /** The box grown by `margin` pixels on every side. */
  grown(margin: number): Box {
    const [x0, x1, y0, y1] = this.box;
    const [mx, my] = [margin / this.sx, margin / this.sy];
    return [x0 - mx, x1 + mx, y0 - my, y1 + my];
  }
}

/** The smallest box of the rectangle's proportions about the same centre that holds `box`. */
export function fitEqual(box: Box, width: number, height: number): Box {
  const [x0, x1, y0, y1] = box;
  const unit = Math.max((x1 - x0) / width, (y1 - y0) / height);
  const [cx, cy, rx, ry] = [(x0 + x1) / 2, (y0 + y1) / 2, (unit * width) / 2, (unit * height) / 2];
  return [cx - rx, cx + rx, cy - ry, cy + ry];
}

/** Moves the box under a drag of (dx, dy) pixels. */
export function pan(view: Viewport, dx: number, dy: number): Box {
  const [x0, x1, y0, y1] = view.box;
  const [mx, my] = [dx / view.sx, dy / view.sy];
  return [x0 - mx, x1 - mx, y0 + my, y1 + my];
}

const widest = 1e15;
const finest = 1e-11;

/** Shrinks (factor < 1) or grows the box about a point that stays where it is; within float64's reach. */
export function zoom(box: Box, factor: number, x: number, y: number): Box {
  const [x0, x1, y0, y1] = box;
  const size = Math.max(Math.abs(x), Math.abs(y), 1e-3);
  const span = Math.min(x1 - x0, y1 - y0);
  const wide = Math.max(x1 - x0, y1 - y0);
  const least = Math.min(1, (finest * size) / span);
  const most = Math.max(1, widest / wide);
  const f = Math.min(most, Math.max(least, factor));
  return [x + (x0 - x) * f, x + (x1 - x) * f, y + (y0 - y) * f, y + (y1 - y) * f];
}

export function sameBox(a: Box, b: Box): boolean {
  const slack = 1e-9 * Math.max(a[1] - a[0], a[3] - a[2]);
  return a.every((v, i) => Math.abs(v - (b[i] as number)) <= slack);
}
