// Where the heavier contour lines carry their value: on straight, uncrowded stretches, away from the border.
// The candidates depend on field and box alone, so labels stay put while paths move.

import { contourLabel, isMajor, levelOf, lineValue } from "./contours";
import type { Field } from "./field";
import { isolines } from "./isolines";
import { grown, type Placement, type Rect } from "./placement";
import type { Viewport } from "./viewport";

export interface ContourLabel {
  x: number;
  y: number;
  /** Radians, clockwise on the screen; text is never upside down. */
  angle: number;
  text: string;
  value: number;
  width: number;
}

/** The places one label can have, best first. */
export interface ContourLine {
  length: number;
  places: ContourLabel[];
}

const spacing = 10;
const border = 16;
const height = 11;
const apart = 46;
const tooClose = 5.5;
const shortest = 100;
const placesKept = 8;

/** All labelled lines in the picture, longest first. */
export function contourLines(field: Field, view: Viewport, widthOf: (text: string) => number): ContourLine[] {
  const columns = Math.max(3, Math.ceil(view.width / spacing) + 1);
  const rows = Math.max(3, Math.ceil(view.height / spacing) + 1);
  const [dx, dy] = [view.width / (columns - 1), view.height / (rows - 1)];
  const { scheme, least } = field.summary;
  const levels = new Float64Array(columns * rows);
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < rows; j += 1) {
    const y = view.fromY(j * dy);
    for (let i = 0; i < columns; i += 1) {
      const level = levelOf(Math.max(least, field.at(view.fromX(i * dx), y)), scheme);
      levels[j * columns + i] = level;
      if (level < lowest) lowest = level;
      if (level > highest) highest = level;
    }
  }
  const result: ContourLine[] = [];
  const first = Math.ceil(Math.max(lowest, scheme.kind === "linear" ? 1 : Number.NEGATIVE_INFINITY));
  // Fields of great depth have many lines about the minimum that are too close to be drawn, let alone labelled.
  for (let k = Math.floor(highest); k >= first && highest - k < 60; k -= 1) {
    if (!isMajor(k, scheme)) continue;
    const value = lineValue(k, scheme);
    // Neither is a label wanted where the line has faded into the deepest water.
    if (value < least || (scheme.kind !== "linear" && Math.log10(value) < field.summary.low + 0.3)) break;
    const text = contourLabel(value);
    const width = widthOf(text);
    for (const line of isolines(levels, columns, rows, k)) {
      for (let i = 0; i < line.length; i += 2) {
        line[i] = (line[i] as number) * dx;
        line[i + 1] = (line[i + 1] as number) * dy;
      }
      const length = lengthOf(line);
      if (length < shortest) continue;
      const places = placesOn(line, width, view)
        .filter((place) => lineSpacing(field, view, place) >= tooClose)
        .slice(0, placesKept)
        .map((place) => ({ ...settle(field, view, place, k), text, value, width }));
      if (places.length > 0) result.push({ length, places });
    }
  }
  return result.sort((a, b) => b.length - a.length);
}

type Place = Pick<ContourLabel, "x" | "y" | "angle">;

function lengthOf(line: number[]): number {
  let length = 0;
  for (let i = 2; i < line.length; i += 2) {
    length += Math.hypot(
      (line[i] as number) - (line[i - 2] as number),
      (line[i + 1] as number) - (line[i - 1] as number),
    );
  }
  return length;
}

/** Straight stretches as long as the label, best first, each some way from the better ones. */
function placesOn(line: number[], width: number, view: Viewport): Place[] {
  const reach = Math.max(1, Math.round((width / 2 + 12) / spacing));
  const last = line.length / 2 - 1;
  const scored: { place: Place; cost: number }[] = [];
  for (let i = reach; i <= last - reach; i += 1) {
    const [x, y] = [line[2 * i] as number, line[2 * i + 1] as number];
    const edge = Math.min(x, y, view.width - x, view.height - y);
    if (edge < border + width / 3) continue;
    const ax = line[2 * (i - reach)] as number;
    const ay = line[2 * (i - reach) + 1] as number;
    const bx = line[2 * (i + reach)] as number;
    const by = line[2 * (i + reach) + 1] as number;
    const chord = Math.hypot(bx - ax, by - ay);
    if (chord < 1) continue;
    const bend = Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / chord;
    if (bend > 3.5) continue;
    let angle = Math.atan2(by - ay, bx - ax);
    // Upright labels read upwards, all of them.
    if (angle > Math.PI / 2 - 0.05) angle -= Math.PI;
    if (angle < -Math.PI / 2 - 0.05) angle += Math.PI;
    // Straight, rather level than upright, rather inside than by the border.
    const cost = bend + 1.2 * Math.abs(angle) + 30 / edge;
    scored.push({ place: { x, y, angle }, cost });
  }
  scored.sort((a, b) => a.cost - b.cost);
  const result: Place[] = [];
  for (const { place } of scored) {
    if (result.length >= 2 * placesKept) break;
    if (result.every((other) => Math.hypot(other.x - place.x, other.y - place.y) > 30)) result.push(place);
  }
  return result;
}

function levelAt(field: Field, view: Viewport, x: number, y: number): number {
  const value = field.at(view.fromX(x), view.fromY(y));
  return levelOf(Math.max(field.summary.least, value), field.summary.scheme);
}

/** Pixels between neighbouring lines here. */
function lineSpacing(field: Field, view: Viewport, { x, y, angle }: Place): number {
  const [nx, ny] = [-Math.sin(angle) * 3, Math.cos(angle) * 3];
  const rise = levelAt(field, view, x + nx, y + ny) - levelAt(field, view, x - nx, y - ny);
  return 6 / Math.max(1e-9, Math.abs(rise));
}

/** Two Newton steps across the line: the coarse grid is off by a pixel where it curves. */
function settle(field: Field, view: Viewport, place: Place, k: number): Place {
  const [nx, ny] = [-Math.sin(place.angle), Math.cos(place.angle)];
  let [x, y] = [place.x, place.y];
  for (let step = 0; step < 2; step += 1) {
    const here = levelAt(field, view, x, y);
    const slope = (levelAt(field, view, x + nx, y + ny) - levelAt(field, view, x - nx, y - ny)) / 2;
    const move = (k - here) / slope;
    if (!Number.isFinite(move) || Math.abs(move) > 6) break;
    x += nx * move;
    y += ny * move;
  }
  return { x, y, angle: place.angle };
}

/** A turned label as small squares along its line. */
export function footprint(label: Pick<ContourLabel, "x" | "y" | "angle" | "width">): Rect[] {
  const count = Math.max(2, Math.ceil(label.width / height));
  const reach = (label.width - height) / 2;
  return Array.from({ length: count }, (_, i) => {
    const d = reach <= 0 ? 0 : -reach + (2 * reach * i) / (count - 1);
    const [x, y] = [label.x + d * Math.cos(label.angle), label.y + d * Math.sin(label.angle)];
    return { x: x - height / 2, y: y - height / 2, width: height, height };
  });
}

/** One place for each line where nothing is in the way; long lines in open ground come first. */
export function placeContourLabels(lines: readonly ContourLine[], placement: Placement): ContourLabel[] {
  const most = Math.max(2, Math.round((placement.width * placement.height) / 24000));
  const chosen: ContourLabel[] = [];
  for (const line of lines) {
    if (chosen.length >= most) break;
    const place = line.places.find(
      (candidate) =>
        chosen.every((other) => {
          const distance = Math.hypot(other.x - candidate.x, other.y - candidate.y);
          return distance > (other.text === candidate.text ? 4 * apart : apart);
        }) &&
        footprint(candidate).every(
          (rect) => placement.isFree(rect, 3) && placement.ink.under(grown(rect, 3)) === 0,
        ),
    );
    if (!place) continue;
    chosen.push(place);
    placement.taken.push(...footprint(place));
  }
  return chosen;
}
