// The start's handle, the ghosts of the known minimisers, and the pointer to a start that is out of sight.

import { fade } from "./colour";
import { drawText, startFont, textWidth } from "./lettering";
import { drawArrow } from "./pathlines";
import { around, type Placement } from "./placement";
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

/** Takes the handle's place, then its name's; the returned function draws both. */
export function placeHandle(
  context: Context,
  view: Viewport,
  start: readonly [number, number],
  state: HandleState,
  palette: Palette,
  placement: Placement,
  kept: number,
): { draw: () => void; kept: number } {
  const [x, y] = [view.toX(start[0]), view.toY(start[1])];
  const style = { font: startFont, fill: palette.ink, halo: fade(palette.halo, 0.85) };
  const width = textWidth(context, "start", startFont);
  if (!(x >= 0 && y >= 0 && x <= view.width && y <= view.height)) {
    return { draw: () => drawAway(context, view, x, y, palette, style, width), kept };
  }
  const { ring, width: stroke, strength } = looks[state];
  placement.taken.push({ x: x - ring, y: y - ring, width: 2 * ring, height: 2 * ring });
  const candidates = around(x, y, width, 14, 11);
  // Below first: the path leaves upwards or sideways more often than not.
  const order = [5, 0, 1, 2, 6, 7, 3, 4];
  const ordered = order.map((i) => candidates[i] as (typeof candidates)[0]);
  const index = placement.choose(ordered, kept);
  const box = ordered[index];
  const draw = (): void => {
    context.setLineDash([]);
    context.beginPath();
    context.arc(x, y, ring, 0, 2 * Math.PI);
    context.lineWidth = stroke;
    context.strokeStyle = fade(palette.accent, strength);
    context.stroke();
    context.beginPath();
    context.arc(x, y, 7.5, 0, 2 * Math.PI);
    context.fillStyle = palette.ink;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = palette.paper;
    context.stroke();
    if (box) drawText(context, "start", box.x, box.y + 11, style);
  };
  return { draw, kept: index };
}

/** The start is out of sight: an arrowhead at the border points to it. */
function drawAway(
  context: Context,
  view: Viewport,
  x: number,
  y: number,
  palette: Palette,
  style: { font: string; fill: string; halo: string },
  width: number,
): void {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  const px = Math.min(view.width - 10, Math.max(10, x));
  const py = Math.min(view.height - 10, Math.max(10, y));
  drawArrow(context, px, py, Math.atan2(y - py, x - px), palette.ink, palette.halo);
  const tx = Math.min(view.width - 14 - width, Math.max(14, px - width / 2));
  const ty = py < view.height / 2 ? py + 22 : py - 16;
  drawText(context, "start", tx, ty, style);
}
