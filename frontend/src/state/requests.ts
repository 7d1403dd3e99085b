// From the page's state to what is asked of the Python side.  Plain functions; nothing here knows of signals or lines.
import type { Advise, Grid, MethodInfo, Open, Opened, ParameterInfo, Paths, Probe } from "../messages";
import { roundedTo, roundStep } from "../numbers/scale";
import type { Axes, Box, Row } from "./state";

/** A request without what the line adds to it. */
export type Body<R> = Omit<R, "view" | "seq">;
export type Values = Record<string, number>;

/** Slices whose held values differ by less than this share of what the map shows of them are one. */
const sameSlice = 1e-6;
/** Longest side of the grid of values: while something moves, and at rest. */
export const coarseGrid = 160;
export const fineGrid = 448;

export function openBody(
  problem: string | null,
  text: string | null,
  parameters: Values,
  shared: string | null = null,
): Body<Open> {
  return shared === null || text !== null
    ? { kind: "open", problem, text, parameters }
    : { kind: "open", shared, parameters };
}

/** The present value of each of the formula's own parameters. */
export function parameterValues(infos: ParameterInfo[], set: Values): Values {
  return Object.fromEntries(infos.map((info) => [info.name, set[info.name] ?? info.default]));
}

/** What a row's run is given: the problem's suggestions, and over them what a person has set. */
export function optionsOf(row: Row, suggested: Record<string, Values>): Values {
  return { ...suggested[row.method], ...row.options };
}

/** The suggestions that are in force and have since changed, by the names of their parameters. */
export function drift(infos: ParameterInfo[], inForce: Values = {}, now: Values = {}): Values {
  const changed = infos.filter(({ name }) => inForce[name] !== now[name]);
  return Object.fromEntries(changed.map((info) => [info.name, inForce[info.name] ?? info.default]));
}

/** The value a slider shows. */
export function optionValue(info: ParameterInfo, row: Row, suggested: Record<string, Values>): number {
  return optionsOf(row, suggested)[info.name] ?? info.default;
}

/** The box widened in one direction about its middle, so that both axes have the same scale on the map. */
export function withEqualScale(box: Box, aspect: number): Box {
  const [x0, x1, y0, y1] = box;
  const width = x1 - x0;
  const height = y1 - y0;
  const byHeight = Math.max(0, height * aspect - width) / 2;
  const byWidth = Math.max(0, width / aspect - height) / 2;
  // A difference within rounding would make each fit widen the last.
  if (Math.max(byHeight / width, byWidth / height) < 1e-9) return box;
  return [x0 - byHeight, x1 + byHeight, y0 - byWidth, y1 + byWidth];
}

/** The same but for rounding. */
export function isSameBox(a: Box, b: Box): boolean {
  const slack = 1e-9 * Math.max(a[1] - a[0], a[3] - a[2]);
  return a.every((edge, i) => Math.abs(edge - (b[i] as number)) <= slack);
}

/** Columns and rows of a grid on a map of this aspect (width over height). */
export function gridShape(aspect: number, longest: number): [number, number] {
  const side = (share: number) => Math.max(2, Math.round(longest * Math.min(1, share)));
  return [side(aspect), side(1 / aspect)];
}

export function gridBody(
  opened: Opened,
  box: Box,
  aspect: number,
  longest: number,
  parameters: Values,
  slice: { axes: Axes; at: number[] },
): Body<Grid> {
  const shape =
    opened.variables.length === 1 ? ([longest, 1] as [number, number]) : gridShape(aspect, longest);
  return { kind: "grid", revision: opened.revision, box, shape, ...slice, parameters };
}

/** A point through which the map is a slice: ends that differ by rounding are one, and what is on an axis is 0. */
export function heldPoint(at: number[], ranges: [number, number][], axes: Axes): number[] {
  const rounded = at.map((value, i) => {
    const [low, high] = ranges[i] ?? [-5, 5];
    return roundedTo(value, roundStep((high - low) * sameSlice));
  });
  return pointOn(axes, rounded, 0, 0);
}

/** The point with the values (x, y) along the axes; of one variable, whose other axis is f, x alone. */
export function pointOn(axes: Axes, point: number[], x: number, y: number): number[] {
  if (point.length === 1) return [x];
  return point.map((value, i) => (i === axes[0] ? x : i === axes[1] ? y : value));
}

export interface PathsInput {
  opened: Opened;
  start: number[];
  rows: Row[];
  methods: MethodInfo[];
  suggested: Record<string, Values>;
  maxIterations: number;
  gtol: number;
  parameters: Values;
}

export function pathsBody(input: PathsInput): Body<Paths> {
  const known = new Set(input.methods.map((method) => method.name));
  return {
    kind: "paths",
    revision: input.opened.revision,
    start: input.start,
    runs: input.rows
      .filter((row) => row.visible && known.has(row.method))
      .map((row) => ({ id: row.id, method: row.method, options: optionsOf(row, input.suggested) })),
    max_iterations: input.maxIterations,
    gtol: input.gtol,
    parameters: input.parameters,
  };
}

export function adviseBody(paths: Body<Paths>): Body<Advise> {
  return { ...paths, kind: "advise" };
}

export function probeBody(opened: Opened, point: number[], parameters: Values): Body<Probe> {
  return { kind: "probe", revision: opened.revision, point, parameters };
}
