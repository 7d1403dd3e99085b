// The line between the page's shell and its views: plain scenes go in, a few hooks come out.

import type { RunInfo } from "../messages";

/** One method's run, as every view draws it. */
export interface Track {
  id: string;
  title: string;
  color: string;
  dash: number[];
  selected: boolean;
  info: RunInfo;
  /** Row-major, `rows` by `columns`: x[0..n-1], f, gradient norm, step length, evaluations so far. */
  path: Float64Array;
  columns: number;
  rows: number;
  n: number;
  /** The columns of `path` that the map draws, across and up. */
  axes: [number, number];
  /** Fitted curve, and prediction for each point, where the problem has data. */
  curve: Float64Array | null;
  fitted: Float64Array | null;
}

/** Resolved colours: canvases cannot read custom properties. */
export interface Palette {
  dark: boolean;
  paper: string;
  ink: string;
  muted: string;
  hairline: string;
  accent: string;
  halo: string;
  low: string;
  high: string;
}

/** Sizes itself by a ResizeObserver; draws at most once a frame. */
export interface View<S> {
  readonly element: HTMLElement;
  update(scene: S): void;
  dispose(): void;
}

/** Values of f - `reference` over `box` (x0, x1, y0, y1); `shape` is columns, rows; row 0 lies at y0. */
export interface FieldData {
  values: Float32Array;
  shape: [number, number];
  box: [number, number, number, number];
  /** The variables along x and y. */
  axes: [number, number];
  reference: number;
  highest: number;
}

/** Lowest and highest value; null where there is none. */
export type Bounds = [number | null, number | null];

export interface MapScene {
  box: [number, number, number, number];
  equalScale: boolean;
  /** There is one variable: the map shows f as a curve over it. */
  isCurve: boolean;
  /** Of the variables along x and y. */
  bounds: [Bounds, Bounds] | null;
  field: FieldData | null;
  tracks: Track[];
  start: [number, number];
  variables: [string, string];
  minimisers: number[][];
  /** Iteration marked in every view at once. */
  highlight: number | null;
  palette: Palette;
  busy: boolean;
}

export interface MapHooks {
  onStart(x: number, y: number, phase: "move" | "end" | "cancel"): void;
  onBox(box: [number, number, number, number], phase: "move" | "end"): void;
  onProbe(x: number, y: number): void;
  onLeave(): void;
  onReset(): void;
}

export interface ChartScene {
  tracks: Track[];
  /** The known minimum, subtracted where `yKind` is "gap". */
  reference: number | null;
  /** "gap": f - reference on a true log axis; "value": f, linear or symlog, where no reference is known. */
  yKind: "gap" | "value" | "gradient";
  highlight: number | null;
  maxEvaluations?: number;
  palette: Palette;
  title: string;
}

export interface ChartHooks {
  onHover(iteration: number | null): void;
}

export interface FitScene {
  abscissa: Float64Array;
  response: Float64Array;
  /** Abscissae at which every track's `curve` is sampled. */
  at: Float64Array;
  tracks: Track[];
  /** Names of abscissa and response; no abscissa where several columns predict, or rows come in groups. */
  names: [string | null, string];
  palette: Palette;
}
