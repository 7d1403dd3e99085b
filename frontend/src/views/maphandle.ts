// The start's handle, the ghosts of the known minimisers, and the pointer to a start that is out of sight.

import { fade } from "./colour";
import { drawText, startFont, textWidth } from "./lettering";
import { drawArrow } from "./pathlines";
import { alongBorder, around, type Placement, type Rect } from "./placement";
import type { Palette } from "./types";
import type { Viewport } from "./viewport";

type Context = CanvasRenderingContext2D;

export type HandleState = "rest" | "hover" | "focus" | "drag";

const looks: Record<HandleState, { ring: number; width: number; strength: number }> = {
  rest: { ring: 13, width: 2.5, strength: 0.45 },
  hover: { ring: 13, width: 2.5, strength: 0.8 },
  focus: { ring: 13, width: 3, strength: 1 },
  drag: { ring: 15, width: 2.5, strength: 0.9 },
};

/** Known minimisers are a dashed circle and a cross, under the paths. */
export function drawMinimisers(
  context: Context,
  view: Viewport,
  minimisers: readonly number[][],
  palette: Palette,
  placement: Placement,
): void {
  for (const point of minimisers) {
    const [x, y] = [view.toX(point[0] ?? Number.NaN), view.toY(point[1] ?? 0)];
    if (!(x > -10 && y > -10 && x < view.width + 10 && y < view.height + 10)) continue;
    placement.taken.push({ x: x - 7, y: y - 7, width: 14, height: 14 });
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.fillStyle = fade(palette.halo, 0.35);
    context.fill();
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.1;
    context.lineCap = "butt";
    context.setLineDash([2.4, 2]);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - 3, y);
    context.lineTo(x + 3, y);
    context.moveTo(x, y - 3);
    context.lineTo(x, y + 3);
    context.stroke();
  }
}

/** The handle, and its name; or, when the start is out of sight, an arrowhead at the border that points to it. */
export class Handle {
  private x = 0;
  private y = 0;
  private angle: number | null = null;
  private box: Rect | null = null;
  /** The candidate that the name had last, so that it stays put. */
  private kept = -1;

  /** Takes the handle's own place. */
  mark(view: Viewport, start: readonly [number, number], placement: Placement): void {
    const [x, y] = [view.toX(start[0]), view.toY(start[1])];
    const inside = x >= 0 && y >= 0 && x <= view.width && y <= view.height;
    this.x = inside ? x : Math.min(view.width - 10, Math.max(10, x || 0));
    this.y = inside ? y : Math.min(view.height - 10, Math.max(10, y || 0));
    this.angle = inside ? null : Math.atan2(y - this.y, x - this.x);
    const r = inside ? 13 : 10;
    placement.taken.push({ x: this.x - r, y: this.y - r, width: 2 * r, height: 2 * r });
  }

  /** Places the name. */
  place(context: Context, placement: Placement): void {
    const width = textWidth(context, "start", startFont);
    if (this.angle !== null) {
      const candidates = alongBorder(this.x, this.y, width, 14, placement);
      this.box = candidates[placement.choose(candidates)] ?? null;
      return;
    }
    const candidates = around(this.x, this.y, width, 14, 11);
    // Below first: the path leaves upwards or sideways more often than not.
    const ordered = [5, 0, 1, 2, 6, 7, 3, 4].map((i) => candidates[i] as Rect);
    this.kept = placement.choose(ordered, this.kept);
    this.box = ordered[this.kept] ?? null;
  }

  draw(context: Context, state: HandleState, palette: Palette): void {
    const { x, y, box } = this;
    if (this.angle !== null) {
      drawArrow(context, x, y, this.angle, palette.ink, palette.halo);
    } else {
      const { ring, width, strength } = looks[state];
      context.setLineDash([]);
      context.beginPath();
      context.arc(x, y, ring, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = fade(palette.accent, strength);
      context.stroke();
      context.beginPath();
      context.arc(x, y, 7.5, 0, 2 * Math.PI);
      context.fillStyle = palette.ink;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = palette.paper;
      context.stroke();
    }
    if (!box) return;
    const halo = fade(palette.halo, 0.85);
    drawText(context, "start", box.x, box.y + 11, { font: startFont, fill: palette.ink, halo });
  }
}
