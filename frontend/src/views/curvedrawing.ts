// Curves of a chart and their names: paper-coloured halos first, then the lines; names at the ends, kept apart.

import { fade, readable } from "./colour";
import type { Curve } from "./curve";
import { chartLabelFont, drawText, fitted, textWidth } from "./lettering";
import { setPen, solidFirst } from "./pathlines";
import { Placement, type Rect, spread } from "./placement";
import type { Palette, Track } from "./types";

type Context = CanvasRenderingContext2D;

/** The part of a chart that curves are drawn on, in pixels. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface NamedCurve {
  title: string;
  color: string;
  curve: Curve;
  /** Where it went, if it left at the top; empty for none. */
  destination: string;
}

const gutter = 84;
const lineHeight = 14;

/** Width of the column of names on the right: the same for all charts where the names allow. */
export function gutterFor(context: Context, tracks: readonly Track[], width: number): number {
  const widest = Math.max(0, ...tracks.map((track) => textWidth(context, track.title, chartLabelFont)));
  return Math.min(140, Math.max(gutter, widest + 18), width * 0.4);
}

export function drawCurves(
  context: Context,
  drawn: readonly { track: Track; curve: Curve }[],
  /** Colour of the halo; none over data, which it would cut. */
  halo: string | null,
): void {
  const inOrder = solidFirst(drawn, ({ track }) => track);
  const stroke = (lines: readonly number[][]): void => {
    context.beginPath();
    for (const line of lines) {
      context.moveTo(line[0] as number, line[1] as number);
      for (let i = 2; i < line.length; i += 2) context.lineTo(line[i] as number, line[i + 1] as number);
    }
    context.stroke();
  };
  context.setLineDash([]);
  context.lineJoin = "round";
  context.lineWidth = 4;
  if (halo) {
    context.strokeStyle = fade(halo, 0.8);
    for (const { curve: one } of inOrder) stroke(one.lines);
  }
  for (const { track, curve: one } of inOrder) {
    setPen(context, track, 1.7, 2.2);
    stroke(one.lines);
    if (one.leaves?.side === "top") {
      context.setLineDash([]);
      context.lineWidth = 1.8;
      const { x } = one.leaves;
      const tip = one.lines.at(-1)?.at(-1) ?? 0;
      stroke([[x - 4, tip + 6.5, x, tip, x + 4, tip + 6.5]]);
    }
    // A run of one point has no line.
    if (one.lines.length === 0 && one.last) {
      context.beginPath();
      context.arc(one.last.x, one.last.y, 2.6, 0, 2 * Math.PI);
      context.fillStyle = track.color;
      context.fill();
    }
  }
}

/** Names at the ends: in the gutter for curves that reach it, else beside the end, where nothing is in the way. */
export function drawCurveNames(
  context: Context,
  named: readonly NamedCurve[],
  frame: Frame,
  palette: Palette,
  width: number,
  height: number,
): void {
  const placement = new Placement(width, height);
  for (const { curve } of named) for (const line of curve.lines) placement.ink.addLine(line);
  const reach = frame.left + 0.72 * (frame.right - frame.left);
  const outer = named.filter(({ curve }) => curve.last && !curve.leaves && curve.last.x >= reach);
  drawOuter(context, outer, frame, palette, width, placement);
  const style = { font: chartLabelFont, halo: fade(palette.halo, 0.9) };
  placement.taken.push(
    { x: 0, y: frame.bottom - 1, width, height: height - frame.bottom },
    { x: 0, y: 0, width: frame.left - 2, height },
  );
  for (const item of named) {
    if (outer.includes(item)) continue;
    const anchor = anchorOf(item.curve, frame);
    if (!anchor) continue;
    const full = item.destination ? [`${item.title}, ${item.destination}`] : [];
    for (const text of [...full, item.title]) {
      const places = besides(anchor.x, anchor.y, textWidth(context, text, chartLabelFont));
      const box = places[placement.choose(places)];
      if (!box) continue;
      drawText(context, text, box.x, box.y + 11, { ...style, fill: readable(item.color, palette.paper) });
      break;
    }
  }
}

function anchorOf(curve: Curve, frame: Frame): { x: number; y: number } | null {
  if (!curve.leaves) return curve.last;
  return { x: curve.leaves.x, y: curve.leaves.side === "top" ? frame.top + 4 : frame.bottom - 8 };
}

function drawOuter(
  context: Context,
  outer: readonly NamedCurve[],
  frame: Frame,
  palette: Palette,
  width: number,
  placement: Placement,
): void {
  const ends = outer.map(({ curve }) => curve.last as { x: number; y: number });
  const heights = spread(
    ends.map(({ y }) => y),
    lineHeight,
    frame.top,
    frame.bottom,
  );
  outer.forEach(({ title, color }, i) => {
    const end = ends[i] as { x: number; y: number };
    const y = heights[i] as number;
    context.beginPath();
    context.moveTo(end.x + 3, end.y);
    context.lineTo(Math.max(end.x + 3, frame.right - 4), end.y);
    context.lineTo(frame.right + 5, y);
    context.lineWidth = 0.8;
    context.setLineDash([]);
    context.strokeStyle = fade(color, 0.6);
    context.stroke();
    const text = fitted(context, title, chartLabelFont, width - frame.right - 9);
    const x = frame.right + 8;
    const halo = fade(palette.halo, 0.9);
    drawText(context, text, x, y + 4, { font: chartLabelFont, halo, fill: readable(color, palette.paper) });
    placement.taken.push({
      x,
      y: y - 7,
      width: textWidth(context, text, chartLabelFont),
      height: lineHeight,
    });
  });
}

function besides(x: number, y: number, width: number): Rect[] {
  const result: Rect[] = [];
  for (const d of [0, 14, 28, 42, 60]) {
    result.push(
      { x: x + 8, y: y - 7 + d, width, height: lineHeight },
      { x: x + 8, y: y - 7 - d, width, height: lineHeight },
      { x: x - 8 - width, y: y - 7 + d, width, height: lineHeight },
      { x: x - 8 - width, y: y - 7 - d, width, height: lineHeight },
    );
  }
  return result;
}
