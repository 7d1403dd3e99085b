// What Python has computed for the page, as it is kept here.
import type { RunInfo } from "../messages";

export interface DataSet {
  abscissa: Float64Array;
  response: Float64Array;
  at: Float64Array;
}

export interface RunResult {
  info: RunInfo;
  path: Float64Array;
  curve: Float64Array | null;
  /** The prediction for each row of data that is drawn. */
  fitted: Float64Array | null;
}

export interface Runs {
  revision: number;
  seq: number;
  n: number;
  results: RunResult[];
}

/** A path's columns behind the coordinates: f, gradient norm, step length, evaluations. */
export const columnsBehindX = 4;

/** The iterate of a path in n variables, or its last one where it is shorter. */
export function iterate(path: Float64Array, n: number, k: number): { iteration: number; x: number[] } {
  const columns = n + columnsBehindX;
  const iteration = Math.min(k, path.length / columns - 1);
  return { iteration, x: [...path.subarray(iteration * columns, iteration * columns + n)] };
}
