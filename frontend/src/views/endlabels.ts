// The marks and names at the ends of the map's paths: a ring where a path stands, an arrowhead where it has left.

import { fade, readable } from "./colour";
import { short } from "./format";
import { drawText, labelFont, noteFont, textWidth } from "./lettering";
import { type DrawnPath, drawArrow, drawRing } from "./pathlines";
import { alongBorder, around, type Placement, type Rect } from "./placement";
import type { Palette } from "./types";

type Context = CanvasRenderingContext2D;

const lineHeight = 15;
const ring = 5;
const ringStep = 3.4;

interface Mark {
  path: DrawnPath;
  x: number;
  y: number;
  radius: number;
  angle: number | null;
  note: string;
}

/** Where it went: the coordinate that left the picture furthest, in widths of the picture. */
function destination(
  { track, upTo }: DrawnPath,
  variables: readonly [string, string],
  spans: [number, number],
): string {
  const [x, y] = track.axes.map((column) => track.path[upTo * track.columns + column]) as [number, number];
  const first = Math.abs(x) / spans[0] >= Math.abs(y) / spans[1];
  const value = first ? x : y;
  const size = Math.abs(value);
  return `to ${variables[first ? 0 : 1]} = ${short(value, size >= 10 && size < 1e5 ? 2 : 3)}`;
}

function marksOf(
  paths: readonly DrawnPath[],
  variables: readonly [string, string],
  spans: [number, number],
): Mark[] {
  const marks: Mark[] = [];
  for (const path of paths) {
    const { end, exit } = path.shown;
    if (end) {
      const [x, y] = end;
      const below = marks.filter((m) => m.angle === null && Math.hypot(m.x - x, m.y - y) < 3);
      marks.push({ path, x, y, radius: ring + ringStep * below.length, angle: null, note: "" });
    } else if (exit) {
      marks.push({
        path,
        ...exit,
        radius: ring,
        angle: exit.angle,
        note: destination(path, variables, spans),
      });
    }
  }
  return marks;
}

/** A thin line to a label that had to go some way off. */
function drawLeader(context: Context, mark: Mark, box: Rect, color: string): void {
  const x = Math.min(box.x + box.width, Math.max(box.x, mark.x));
  const y = Math.min(box.y + box.height - 2, Math.max(box.y + 3, mark.y));
  const distance = Math.hypot(x - mark.x, y - mark.y);
  if (distance < mark.radius + 18) return;
  const from = (mark.radius + 3) / distance;
  const to = 1 - 4 / distance;
  context.beginPath();
  context.moveTo(mark.x + (x - mark.x) * from, mark.y + (y - mark.y) * from);
  context.lineTo(mark.x + (x - mark.x) * to, mark.y + (y - mark.y) * to);
  context.lineWidth = 0.9;
  context.setLineDash([]);
  context.strokeStyle = fade(color, 0.7);
  context.stroke();
}

export class EndLabels {
  private marks: Mark[] = [];
  private placed: { mark: Mark; box: Rect; onRight: boolean; note: string }[] = [];
  /** Which candidate each track's label used, so that labels do not jump about while the paths move. */
  private kept = new Map<string, number>();

  /** Takes the places of the marks themselves. */
  mark(
    paths: readonly DrawnPath[],
    variables: readonly [string, string],
    spans: [number, number],
    placement: Placement,
  ): void {
    this.marks = marksOf(paths, variables, spans);
    for (const { x, y, radius, angle } of this.marks) {
      const r = angle === null ? radius : 10;
      placement.taken.push({ x: x - r, y: y - r, width: 2 * r, height: 2 * r });
    }
  }

  /** Places the names: those at the border first, which have the fewest places. */
  place(context: Context, placement: Placement): void {
    const kept = new Map<string, number>();
    this.placed = [];
    const inOrder = [...this.marks].sort((a, b) => Number(a.angle === null) - Number(b.angle === null));
    for (const mark of inOrder) {
      const { id, title } = mark.path.track;
      const name = textWidth(context, title, labelFont);
      const noteWidth = mark.note ? textWidth(context, mark.note, noteFont) : 0;
      // In a narrow picture the name alone may fit where name and note do not.
      for (const note of mark.note ? [mark.note, ""] : [""]) {
        const width = note ? Math.max(name, noteWidth) : name;
        const height = note ? 2 * lineHeight : lineHeight;
        const candidates =
          mark.angle === null
            ? around(mark.x, mark.y, width, height, mark.radius)
            : alongBorder(mark.x, mark.y, width, height, placement);
        const index = placement.choose(candidates, this.kept.get(id) ?? -1);
        const box = candidates[index];
        if (!box) continue;
        kept.set(id, index);
        this.placed.push({ mark, box, onRight: box.x + box.width / 2 < mark.x - 4, note });
        break;
      }
    }
    this.kept = kept;
  }

  draw(context: Context, palette: Palette): void {
    for (const { mark, box } of this.placed) {
      if (mark.angle === null) drawLeader(context, mark, box, mark.path.track.color);
    }
    for (const { path, x, y, radius, angle } of [...this.marks].reverse()) {
      if (angle === null) drawRing(context, x, y, radius, path.track.color, palette.paper);
      else drawArrow(context, x, y, angle, path.track.color, palette.halo);
    }
    const halo = fade(palette.halo, 0.85);
    for (const { mark, box, onRight, note } of this.placed) {
      const { title, color } = mark.path.track;
      const x = onRight ? box.x + box.width : box.x;
      const align = onRight ? "right" : "left";
      const fill = readable(color, palette.paper);
      drawText(context, title, x, box.y + 12, { font: labelFont, fill, halo, align });
      if (!note) continue;
      drawText(context, note, x, box.y + 12 + lineHeight, {
        font: noteFont,
        fill: palette.ink,
        halo,
        haloWidth: 6,
        align,
      });
    }
  }
}
