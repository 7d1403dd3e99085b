// Paths on the map: halos of all paths first, then all lines, then their iterates; and the marks at their ends.

import { fade } from "./colour";
import { type Trace, trace } from "./trace";
import type { Palette, Track } from "./types";
import type { Viewport } from "./viewport";

type Context = CanvasRenderingContext2D;

const lineWidth = 2.1;
const dottedWidth = 2.6;
const haloWidth = 5.2;
const haloStrength = 0.82;
const faint = 0.38;
const band = 0.5;

/** One track as it is drawn: up to the highlighted iteration, and what comes after. */
export interface DrawnPath {
  track: Track;
  shown: Trace;
  rest: Trace | null;
  /** Last iteration of `shown`. */
  upTo: number;
}

/** Traces, remembered until path, view or highlight change. */
export class Traces {
  private known = new Map<string, { path: Float64Array; view: Viewport; drawn: DrawnPath }>();

  of(tracks: readonly Track[], view: Viewport, highlight: number | null): DrawnPath[] {
    const kept = new Map<string, { path: Float64Array; view: Viewport; drawn: DrawnPath }>();
    const result = tracks.map((track) => {
      const upTo = Math.min(highlight ?? Number.POSITIVE_INFINITY, track.rows - 1);
      const before = this.known.get(track.id);
      if (
        before &&
        before.path === track.path &&
        before.view === view &&
        isAlike(before.drawn, track, upTo)
      ) {
        const drawn = { ...before.drawn, track };
        kept.set(track.id, { ...before, drawn });
        return drawn;
      }
      const drawn: DrawnPath = {
        track,
        shown: trace(track.path, track.columns, 0, upTo, view, track.axes),
        rest:
          upTo < track.rows - 1
            ? trace(track.path, track.columns, upTo, track.rows - 1, view, track.axes)
            : null,
        upTo,
      };
      kept.set(track.id, { path: track.path, view, drawn });
      return drawn;
    });
    this.known = kept;
    return result;
  }
}

function isAlike({ track: { axes }, upTo }: DrawnPath, track: Track, now: number): boolean {
  return upTo === now && axes.every((column, i) => column === track.axes[i]);
}

function isDotted(dash: readonly number[]): boolean {
  return dash.length > 0 && (dash[0] as number) < 1;
}

/** Pen for a track's line: dash patterns with points in them need round ends. */
export function setPen(context: Context, track: Track, width = lineWidth, dotted = dottedWidth): void {
  context.setLineDash(track.dash);
  context.lineCap = track.dash.some((d) => d < 1) ? "round" : "butt";
  context.lineJoin = "round";
  context.lineWidth = isDotted(track.dash) ? dotted : width;
  context.strokeStyle = track.color;
}

function stroke(context: Context, lines: readonly (readonly number[])[]): void {
  if (lines.length === 0) return;
  context.beginPath();
  for (const line of lines) {
    context.moveTo(line[0] as number, line[1] as number);
    for (let i = 2; i < line.length; i += 2) context.lineTo(line[i] as number, line[i + 1] as number);
  }
  context.stroke();
}

/** Patterns go over solid lines, so that paths that coincide are all seen; the selected one over its like. */
export function solidFirst<T>(items: readonly T[], trackOf: (item: T) => Track): T[] {
  const rank = (item: T): number =>
    2 * Number(trackOf(item).dash.length > 0) + Number(trackOf(item).selected);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

export function drawPaths(context: Context, paths: readonly DrawnPath[], palette: Palette): void {
  const inOrder = solidFirst(paths, ({ track }) => track);
  context.setLineDash([]);
  context.lineJoin = "round";
  context.lineCap = "round";
  context.lineWidth = 1;
  for (const { track, shown, rest } of inOrder) {
    context.strokeStyle = fade(track.color, faint);
    stroke(context, shown.passing);
    if (rest) stroke(context, [...rest.clear, ...rest.crowded, ...rest.passing]);
    context.strokeStyle = fade(track.color, band);
    stroke(context, shown.crowded);
  }
  context.strokeStyle = fade(palette.halo, haloStrength);
  context.lineWidth = haloWidth;
  for (const { shown } of inOrder) stroke(context, shown.clear);
  for (const { track, shown } of inOrder) {
    setPen(context, track);
    stroke(context, shown.clear);
  }
  context.setLineDash([]);
  context.lineWidth = 1;
  context.strokeStyle = palette.halo;
  for (const { track, shown } of inOrder) {
    context.fillStyle = track.color;
    context.beginPath();
    for (let i = 0; i < shown.dots.length; i += 2) {
      const [x, y] = [shown.dots[i] as number, shown.dots[i + 1] as number];
      context.moveTo(x + 2.3, y);
      context.arc(x, y, 2.3, 0, 2 * Math.PI);
    }
    context.stroke();
    context.fill();
  }
}

/** The ring at the current end; rings at the same place lie round each other. */
export function drawRing(
  context: Context,
  x: number,
  y: number,
  radius: number,
  color: string,
  paper: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  if (radius <= 5) {
    context.fillStyle = paper;
    context.fill();
  }
  context.lineWidth = radius <= 5 ? 2.4 : 1.8;
  context.strokeStyle = color;
  context.setLineDash([]);
  context.stroke();
}

/** The arrowhead where a path leaves. */
export function drawArrow(
  context: Context,
  x: number,
  y: number,
  angle: number,
  color: string,
  halo: string,
): void {
  const tip = (size: number): void => {
    context.beginPath();
    for (const side of [-1, 0, 1]) {
      const along = side === 0 ? size * 0.2 : -size;
      const across = side * size * 0.6;
      const px = x + along * Math.cos(angle) - across * Math.sin(angle);
      const py = y + along * Math.sin(angle) + across * Math.cos(angle);
      if (side === -1) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
    context.stroke();
  };
  context.setLineDash([]);
  context.lineJoin = "round";
  context.lineCap = "round";
  context.strokeStyle = fade(halo, haloStrength);
  context.lineWidth = 5;
  tip(9);
  context.strokeStyle = color;
  context.lineWidth = 2.2;
  tip(9);
}
