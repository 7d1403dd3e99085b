// The map's axes: short ticks on the left and lower border with their numbers on the ground, no frame.

import { drawRuns, drawText, nameRuns, textWidth, tickFont } from "./lettering";
import { overlap, type Placement, type Rect } from "./placement";
import { linearTicks, type Tick } from "./ticks";
import type { Palette } from "./types";
import type { Viewport } from "./viewport";

type Context = CanvasRenderingContext2D;

interface PlacedTick {
  tick: Tick;
  at: number;
  box: Rect;
}

const inset = 24;
const nameSize = 13.5;

function ticksAcross(context: Context, view: Viewport, taken: Rect[]): PlacedTick[] {
  const [x0, x1] = view.box;
  for (let count = Math.max(4, Math.round(view.width / 105)); count >= 1; count -= 1) {
    const placed = linearTicks(x0, x1, count).map((tick) => {
      const width = textWidth(context, tick.label, tickFont);
      const at = view.toX(tick.value);
      return { tick, at, box: { x: at - width / 2, y: view.height - 20, width, height: 14 } };
    });
    const crowded = placed.some((p, i) => {
      const next = placed[i + 1];
      return next !== undefined && overlap(p.box, next.box, 14);
    });
    if (!crowded || count === 1) {
      return placed.filter(
        ({ at, box }) =>
          at > inset &&
          at < view.width - inset &&
          box.x > 4 &&
          taken.every((other) => !overlap(box, other, 6)),
      );
    }
  }
  return [];
}

/** Places and draws both axes; their labels are taken. */
export function drawMapAxes(
  context: Context,
  view: Viewport,
  variables: readonly [string, string],
  palette: Palette,
  placement: Placement,
): void {
  const [, , y0, y1] = view.box;
  const halo = palette.halo;
  const names = [nameRuns(variables[0], nameSize), nameRuns(variables[1], nameSize)] as const;
  const nameWidth = names.map((runs) =>
    runs.reduce((sum, run) => sum + textWidth(context, run.text, run.font), 0),
  );
  const [right = 0, top = 0] = nameWidth;
  placement.taken.push(
    { x: view.width - 10 - right, y: view.height - 22, width: right, height: 16 },
    { x: 9, y: 4, width: top, height: 16 },
  );
  const across = ticksAcross(context, view, placement.taken);
  // Where the scales are equal, so are the steps.
  const [a, b] = across;
  const isEqual = Math.abs(view.sx / view.sy - 1) < 1e-6;
  const step = isEqual && a && b ? Number((b.tick.value - a.tick.value).toPrecision(6)) : 0;
  const up = linearTicks(y0, y1, Math.max(2, Math.round(view.height / 85)), step)
    .map((tick) => {
      const at = view.toY(tick.value);
      const width = textWidth(context, tick.label, tickFont);
      return { tick, at, box: { x: 9, y: at - 7, width, height: 14 } };
    })
    .filter(
      ({ at, box }) =>
        at > inset && at < view.height - 28 && placement.taken.every((other) => !overlap(box, other, 2)),
    );
  placement.taken.push(...across.map((p) => p.box), ...up.map((p) => p.box));

  context.globalAlpha = 0.55;
  context.strokeStyle = palette.ink;
  context.lineWidth = 1;
  context.lineCap = "butt";
  context.setLineDash([]);
  context.beginPath();
  for (const { at } of across) {
    context.moveTo(at, view.height);
    context.lineTo(at, view.height - 5);
  }
  for (const { at } of up) {
    context.moveTo(0, at);
    context.lineTo(5, at);
  }
  context.stroke();
  context.globalAlpha = 1;

  const style = { font: tickFont, fill: palette.ink, halo };
  for (const { tick, at } of across)
    drawText(context, tick.label, at, view.height - 9, { ...style, align: "center" });
  for (const { tick, at } of up) drawText(context, tick.label, 9, at + 4, style);
  drawRuns(context, names[0], view.width - 10, view.height - 9, { fill: palette.ink, halo, align: "right" });
  drawRuns(context, names[1], 9, 16, { fill: palette.ink, halo });
}
