// The marks and names at the ends of the map's paths: a ring where a path stands, an arrowhead where it has left.

import { fade, readable } from "./colour";
import { short } from "./format";
import { drawText, labelFont, noteFont, textWidth } from "./lettering";
import { type DrawnPath, drawArrow, drawRing } from "./pathlines";
import { around, type Placement, type Rect } from "./placement";
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
  const x = track.path[upTo * track.columns] as number;
  const y = track.path[upTo * track.columns + 1] as number;
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

export class EndLabels {
  /** Which candidate each track's label used, so that labels do not jump about while the paths move. */
  private kept = new Map<string, number>();

  /** Places all labels; the returned function draws them. */
  place(
    context: Context,
    paths: readonly DrawnPath[],
    variables: readonly [string, string],
    spans: [number, number],
    palette: Palette,
    placement: Placement,
  ): () => void {
    const marks = marksOf(paths, variables, spans);
    for (const { x, y, radius, angle } of marks) {
      const r = angle === null ? radius : 7;
      placement.taken.push({ x: x - r, y: y - r, width: 2 * r, height: 2 * r });
    }
    const kept = new Map<string, number>();
    const placed: { mark: Mark; box: Rect; onRight: boolean }[] = [];
    for (const mark of marks) {
      const { id, title } = mark.path.track;
      const name = textWidth(context, title, labelFont);
      const note = mark.note ? textWidth(context, mark.note, noteFont) : 0;
      const candidates = around(
        mark.x,
        mark.y,
        Math.max(name, note),
        mark.note ? 2 * lineHeight : lineHeight,
        mark.angle === null ? mark.radius : 6,
      );
      const index = placement.choose(candidates, this.kept.get(id) ?? -1);
      const box = candidates[index];
      if (!box) continue;
      kept.set(id, index);
      placed.push({ mark, box, onRight: box.x + box.width / 2 < mark.x });
    }
    this.kept = kept;
    return () => {
      for (const { path, x, y, radius, angle } of [...marks].reverse()) {
        if (angle === null) drawRing(context, x, y, radius, path.track.color, palette.paper);
        else drawArrow(context, x, y, angle, path.track.color, palette.halo);
      }
      for (const { mark, box, onRight } of placed) {
        const x = onRight ? box.x + box.width : box.x;
        const halo = fade(palette.halo, 0.85);
        const align = onRight ? "right" : "left";
        const fill = readable(mark.path.track.color, palette.paper);
        drawText(context, mark.path.track.title, x, box.y + 12, { font: labelFont, fill, halo, align });
        if (!mark.note) continue;
        drawText(context, mark.note, x, box.y + 12 + lineHeight, {
          font: noteFont,
          fill: palette.ink,
          halo,
          align,
        });
      }
    };
  }
}
