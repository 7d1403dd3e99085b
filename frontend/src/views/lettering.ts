// Text on canvases: the page's typefaces, halos, and formulas in which single letters are italic.

import { letterAndIndex } from "../numbers/names";

const sans = '"Thalweg Inter", Inter, system-ui, sans-serif';
export const serif = '"Thalweg STIX", "Thalweg STIX Greek", "STIX Two Text", Georgia, serif';
const upright = '"Thalweg Math", "STIX Two Math", Georgia, serif';

export const tickFont = `400 11px ${sans}`;
export const contourFont = `400 10.5px ${sans}`;
export const startFont = `400 12px ${sans}`;
export const labelFont = `600 12.5px ${sans}`;
export const chartLabelFont = `560 11.5px ${sans}`;
export const noteFont = `400 11px ${sans}`;

type Context = CanvasRenderingContext2D;

const widths = new Map<string, number>();

/** Forget measured widths: a typeface has arrived. */
export function forgetWidths(): void {
  widths.clear();
}

export function textWidth(context: Context, text: string, font: string): number {
  const key = `${font}|${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context.font = font;
  const width = context.measureText(text).width;
  if (widths.size > 2000) widths.clear();
  widths.set(key, width);
  return width;
}

export interface TextStyle {
  font: string;
  fill: string;
  halo?: string;
  /** 4 pixels unless told. */
  haloWidth?: number;
  align?: CanvasTextAlign;
}

/** Text on its baseline, with the halo behind. */
export function drawText(context: Context, text: string, x: number, y: number, style: TextStyle): void {
  context.font = style.font;
  context.textAlign = style.align ?? "left";
  context.textBaseline = "alphabetic";
  if (style.halo) {
    context.lineJoin = "round";
    context.setLineDash([]);
    context.lineWidth = style.haloWidth ?? 4;
    context.strokeStyle = style.halo;
    context.strokeText(text, x, y);
  }
  context.fillStyle = style.fill;
  context.fillText(text, x, y);
}

interface Run {
  text: string;
  font: string;
  rise?: number;
  /** Space before it, as after a slanting letter. */
  before?: number;
}

/** Single letters italic, longer words in the text face, signs upright; an asterisk is raised. */
export function mathRuns(text: string, size: number): Run[] {
  const parts = text.match(/\p{L}+|\*|[^\p{L}*]+/gu) ?? [];
  return parts.map((part) => {
    if (part === "*")
      return { text: part, font: `400 ${size}px ${upright}`, rise: size * 0.12, before: size * 0.14 };
    if (!/\p{L}/u.test(part)) return { text: part, font: `400 ${size}px ${upright}` };
    if ([...part].length === 1) return { text: part, font: `italic 400 ${size}px ${serif}` };
    return { text: part, font: `400 ${size * 0.9}px ${sans}` };
  });
}

/** Names of variables are italic whatever their length. */
export function nameRuns(text: string, size: number): Run[] {
  const [letter, index] = letterAndIndex(text);
  const runs: Run[] = [{ text: letter, font: `italic 400 ${size}px ${serif}` }];
  if (index) runs.push({ text: index, font: `400 ${0.72 * size}px ${serif}`, rise: -0.2 * size });
  return runs;
}

/** Draws runs one after the other; returns their width. */
export function drawRuns(
  context: Context,
  runs: Run[],
  x: number,
  y: number,
  style: Omit<TextStyle, "font">,
): number {
  const total = runs.reduce(
    (sum, run) => sum + (run.before ?? 0) + textWidth(context, run.text, run.font),
    0,
  );
  let at = style.align === "right" ? x - total : style.align === "center" ? x - total / 2 : x;
  for (const run of runs) {
    at += run.before ?? 0;
    drawText(context, run.text, at, y - (run.rise ?? 0), { ...style, font: run.font, align: "left" });
    at += textWidth(context, run.text, run.font);
  }
  return total;
}

/** The text, shortened with an ellipsis until it fits. */
export function fitted(context: Context, text: string, font: string, room: number): string {
  if (textWidth(context, text, font) <= room) return text;
  for (let n = text.length - 1; n > 1; n -= 1) {
    const shorter = `${text.slice(0, n).trimEnd()}…`;
    if (textWidth(context, shorter, font) <= room) return shorter;
  }
  return "…";
}
