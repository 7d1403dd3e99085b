// Generated from src/thalweg/lab/messages.py by `python -m thalweg.lab.typescript`; edit that file, not this one.

/** Runs that are compared at once. */
export const mostRuns = 8;

/** Where a laboratory listens, unless the port is taken. */
export const port = 8765;

/** Common root: which view, and which request. */
export interface Message {
  kind: "Message";
  view: string;
  seq: number;
}

/** One adjustable number, as a slider needs it; generated from a parameter table. */
export interface ParameterInfo {
  name: string;
  /** Short mathematical symbol, for example `α`; equals the name where there is none. */
  symbol: string;
  default: number;
  low: number;
  high: number;
  /** Of a choice, every value is a place in `choices`. */
  scale: "choice" | "integer" | "linear" | "log";
  help: string;
  choices: string[];
}

/** One method of the family with its adjustable parameters and presets. */
export interface MethodInfo {
  name: string;
  title: string;
  summary: string;
  /** All that can be set; those that matter most come first. */
  parameters: ParameterInfo[];
  /** How many matter most: the others are shown where they are asked for. */
  main: number;
  /** Whether it works on residuals, which only a fit to data has. */
  residuals: boolean;
  presets: Preset[];
}

/** Named option values of a method, for example the origin's Armijo setting. */
export interface Preset {
  name: string;
  title: string;
  help: string;
  options: Record<string, number>;
}

/** One line of the problem menu. */
export interface ProblemInfo {
  id: string;
  title: string;
  group: string;
  text: string;
}

/** A value that theory puts on a slider, for example 2/L on the step length. */
export interface Mark {
  parameter: string;
  value: number;
  label: string;
}

/** A method that a problem is first shown with, and the values that are set for it. */
export interface Suggestion {
  method: string;
  options: Record<string, number>;
}

/** The page is there; answered by `Welcome`. */
export interface Hello {
  kind: "hello";
  view: string;
  seq: number;
}

/** Open a problem of the catalogue, what a link holds, or the given text; answered by `Opened` or `Failed`. */
export interface Open {
  kind: "open";
  /** Identity in the catalogue; its text is used unless `text` is given, its data in any case. */
  problem?: string | null;
  /** A packed problem, as a link carries it (`Opened.link`). */
  shared?: string | null;
  text?: string | null;
  parameters?: Record<string, number>;
  view: string;
  seq: number;
}

/** Values of the function over a box; answered by `Field`. */
export interface Grid {
  kind: "grid";
  revision: number;
  /** x0, x1, y0, y1. */
  box: [number, number, number, number];
  /** Columns (along x), rows (along y); one row where there is one variable, and y0, y1 say nothing. */
  shape: [number, number];
  /** Which variables run along x and y. */
  axes?: [number, number];
  /** The point (n,) through which the map is a slice; of no more than two variables it may be left out. */
  at?: number[];
  parameters?: Record<string, number>;
  view: string;
  seq: number;
}

/** One run of a comparison. */
export interface RunRequest {
  id: string;
  method: string;
  options: Record<string, number>;
}

/** Runs from one start: what `Paths` and `Advise` have in common. */
export interface RunsAsked {
  kind: "RunsAsked";
  revision: number;
  start: number[];
  runs: RunRequest[];
  max_iterations: number;
  gtol: number;
  parameters: Record<string, number>;
  view: string;
  seq: number;
}

/** Run these methods from this start; answered by `Runs`. */
export interface Paths {
  kind: "paths";
  revision: number;
  start: number[];
  runs: RunRequest[];
  max_iterations: number;
  gtol: number;
  parameters?: Record<string, number>;
  view: string;
  seq: number;
}

/** What helps those of these runs that do not arrive; answered by `Advice`.  A page asks it once a hand rests. */
export interface Advise {
  kind: "advise";
  revision: number;
  start: number[];
  runs: RunRequest[];
  max_iterations: number;
  gtol: number;
  parameters?: Record<string, number>;
  view: string;
  seq: number;
}

/** A point (n,) at which a run is shown. */
export interface RunPoint {
  id: string;
  x: number[];
}

/** The model of a problem with data at these points; answered by `Predicted`. */
export interface Predict {
  kind: "predict";
  revision: number;
  points: RunPoint[];
  view: string;
  seq: number;
}

/** Value and gradient norm at a point, for the read-out; answered by `Reading`. */
export interface Probe {
  kind: "probe";
  revision: number;
  point: number[];
  parameters?: Record<string, number>;
  view: string;
  seq: number;
}

/** What there is: problems, methods, the limits every run has; and what to open first. */
export interface Welcome {
  kind: "welcome";
  version: string;
  problems: ProblemInfo[];
  methods: MethodInfo[];
  /** `max_iterations` and `gtol`, with their ranges. */
  limits: ParameterInfo[];
  /** Identity of the problem to open first. */
  first: string;
  view: string;
  seq: number;
}

/** Data behind a least-squares problem, for the plots of the fit. */
export interface DataInfo {
  /** The one column that predicts; None where there are several, or groups of rows: then no curve is drawn. */
  abscissa: string | null;
  response: string;
  /** Rows that are drawn. */
  rows: number;
  /** Rows that are fitted. */
  total: number;
  /** The loss, the model and the data in words. */
  description: string;
}

/**
 * A problem is open.  Buffers, where `data` is given: abscissa (empty where there is none), response (float64,
 * `data.rows` each; a sample when there are many), then the abscissae at which every run's curve is sampled
 * (float64).
 */
export interface Opened {
  kind: "opened";
  /** Number of this state; requests name it, and replies to an older one are stale. */
  revision: number;
  problem: string | null;
  title: string;
  text: string;
  /** False for a Python function, whose text cannot be typed. */
  editable: boolean;
  mathml: string;
  variables: string[];
  /** The formula's own parameters, with their present value as default. */
  parameters: ParameterInfo[];
  /** What the map shows of each variable; of one variable alone, followed by what it shows of f. */
  ranges: [number, number][];
  /** Which of the ranges the map shows first, across and up. */
  axes: [number, number];
  /** Lowest and highest value of each variable; both are the same where it is fixed. */
  bounds: ([number | null, number | null])[] | null;
  /** Equal scale on both axes of the map (formulas); a fit's parameters need not have it. */
  equal_scale: boolean;
  start: number[];
  /** Suggested option values by method name (a step length that fits this problem). */
  options: Record<string, Record<string, number>>;
  /** The comparison that is shown first. */
  methods: Suggestion[];
  max_iterations: number;
  /** None for the tolerance that every run has. */
  gtol: number | null;
  /** Whether methods that work on residuals can be run. */
  residuals: boolean;
  /** The problem, packed for a link; None where its identity or its text says it, or where none can (`unlinked`). */
  link: string | null;
  /** Why a link cannot carry it. */
  unlinked: string | null;
  minimisers: number[][];
  minimum: number | null;
  /** Of a fit that was made: each parameter with its standard error, None where it has none. */
  estimates: ([number, number | null])[] | null;
  data: DataInfo | null;
  warnings: string[];
  view: string;
  seq: number;
}

/**
 * Values over a box, its edges included.  Buffer: float32 (rows, columns) of f - `reference`; column i stands at
 * x0 + i (x1 - x0) / (columns - 1), row 0 at y0; non-finite stays so.
 */
export interface Field {
  kind: "field";
  revision: number;
  box: [number, number, number, number];
  axes: [number, number];
  /** Columns, rows; fewer than were asked for where the function is slow. */
  shape: [number, number];
  /** The known minimum, or the smallest finite value seen. */
  reference: number;
  /** Largest finite value of f - reference; 0 where there is none. */
  highest: number;
  /** What a Python function raised at some of the points, which are drawn as undefined. */
  trouble: string | null;
  view: string;
  seq: number;
}

/** What would help a run that did not arrive, and was tried out from its start. */
export interface Remedy {
  label: string;
  result: string;
  method: string;
  options: Record<string, number>;
  /** Another start, where that is the remedy. */
  start: number[] | null;
}

/** How one run ended. */
export interface RunInfo {
  id: string;
  mark: "converged" | "diverged" | "failed" | "limit";
  /** A few words, for example `diverged at step 4`. */
  headline: string;
  /** One or two sentences with figures; `**` encloses what is set in bold. */
  verdict: string;
  reason: string;
  success: boolean;
  iterations: number;
  evaluations: number;
  gradient_evaluations: number;
  x: number[];
  /** Value at `x`; None where it is not finite (the function is undefined at the start). */
  fun: number | null;
  milliseconds: number;
  marks: Mark[];
}

/**
 * The runs, in the order asked.  Buffers: for each run its path, float64 (k+1, n+4) with columns x[0..n-1], f,
 * gradient norm, step length, evaluations so far; where the problem has data, followed by the run's fitted curve
 * (float64) at the abscissae given in `Opened`, and its prediction (float64) for each row that is drawn.
 */
export interface Runs {
  kind: "runs";
  revision: number;
  start: number[];
  runs: RunInfo[];
  view: string;
  seq: number;
}

/** Buffers: for each run its curve and its predictions, as behind `Runs`. */
export interface Predicted {
  kind: "predicted";
  revision: number;
  ids: string[];
  view: string;
  seq: number;
}

/** Remedies by the identity of the run, none where it arrived or where nothing helps. */
export interface Advice {
  kind: "advice";
  revision: number;
  remedies: Record<string, Remedy[]>;
  view: string;
  seq: number;
}

/** Value and gradient norm at a point; None where they are not finite. */
export interface Reading {
  kind: "reading";
  revision: number;
  point: number[];
  value: number | null;
  gradient_norm: number | null;
  view: string;
  seq: number;
}

/** A request that cannot be met, in one sentence; what was shown before stays. */
export interface Failed {
  kind: "failed";
  /** The kind of the request: `open`, `grid`, `paths`, `advise`, `predict`, `probe` or `message`. */
  request: string;
  message: string;
  hint: string | null;
  /** 0-based character of the text, where the error has one. */
  position: number | null;
  length: number;
  /** The revision is not open here (the program was started again, or much has been opened since): open it again. */
  reopen: boolean;
  view: string;
  seq: number;
}

/** What the page sends. */
export type Request = Hello | Open | Grid | Paths | Advise | Predict | Probe;

/** What the Python side answers. */
export type Reply = Welcome | Opened | Field | Runs | Advice | Predicted | Reading | Failed;
