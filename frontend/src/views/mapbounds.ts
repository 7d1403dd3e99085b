// Where variables are bounded: what lies outside is veiled, and the bound itself is a line.

import { fade } from "./colour";
import type { MapScene, Palette } from "./types";
import type { Viewport } from "./viewport";

export function drawBounds(
  context: CanvasRenderingContext2D,
  view: Viewport,
  bounds: NonNullable<MapScene["bounds"]>,
  palette: Palette,
): void {
  const { width, height } = view;
  const [[left, right], [bottom, top]] = bounds;
  const clamp = (value: number, size: number): number => Math.min(size + 2, Math.max(-2, value));
  const x0 = left === null ? -2 : clamp(view.toX(left), width);
  const x1 = right === null ? width + 2 : clamp(view.toX(right), width);
  const y0 = top === null ? -2 : clamp(view.toY(top), height);
  const y1 = bottom === null ? height + 2 : clamp(view.toY(bottom), height);
  context.beginPath();
  context.rect(-2, -2, width + 4, height + 4);
  context.rect(x0, y0, x1 - x0, y1 - y0);
  context.fillStyle = fade(palette.paper, 0.62);
  context.fill("evenodd");
  context.setLineDash([]);
  context.lineWidth = 1.2;
  context.strokeStyle = fade(palette.ink, 0.55);
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
}
