// The chart's scales: evaluations on a logarithmic axis across; upwards a true logarithmic axis for what falls to zero,
// else linear or, where the values span decades, logarithmic on both sides of zero.

import type { Frame } from "./curvedrawing";
import {
  type FallingDomain,
  fallingDomain,
  linearScale,
  linearTicks,
  logScale,
  logTicks,
  type Scale,
  symlog,
  symlogTicks,
  type Tick,
} from "./ticks";
import type { ChartScene, Track } from "./types";

export interface ChartAxes {
  frame: Frame;
  x: Scale;
  /** Pixels; -Infinity above the picture, +Infinity below it; what is at or below the reference is at the floor. */
  y: Scale;
  xTicks: Tick[];
  yTicks: Tick[];
  /** Height of the floor for what is exactly at the reference, where there is such a thing. */
  floor: number | null;
}

export interface Series {
  track: Track;
  evaluations: Float64Array;
  values: Float64Array;
}

/** The columns that a chart of this kind shows. */
export function seriesOf(scene: ChartScene): Series[] {
  const isGap = scene.yKind === "gap" && scene.reference !== null;
  const shift = isGap ? (scene.reference ?? 0) : 0;
  return scene.tracks.map((track) => {
    const { path, columns, rows, n } = track;
    const column = scene.yKind === "gradient" ? n + 1 : n;
    const evaluations = new Float64Array(rows);
    const values = new Float64Array(rows);
    for (let k = 0; k < rows; k += 1) {
      evaluations[k] = Math.max(1, path[k * columns + n + 3] as number);
      values[k] = (path[k * columns + column] as number) - shift;
    }
    return { track, evaluations, values };
  });
}

export function isFalling(scene: ChartScene): boolean {
  return scene.yKind === "gradient" || (scene.yKind === "gap" && scene.reference !== null);
}

/** Whether there is anything to draw: a run from where f is not defined has nothing. */
export function hasValues(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.some(Number.isFinite));
}

export function chartAxes(scene: ChartScene, series: readonly Series[], frame: Frame): ChartAxes {
  let last = scene.maxEvaluations ?? 0;
  if (!last) for (const { evaluations } of series) last = Math.max(last, evaluations.at(-1) ?? 1);
  const end = Math.max(10, 1.05 * last);
  const wide = frame.right - frame.left;
  const common = {
    frame,
    x: logScale(1, end, frame.left, frame.right),
    xTicks: logTicks(0, Math.log10(end), Math.max(2, Math.floor(wide / 55)), true).map((tick) => ({
      ...tick,
      label: tick.label && tick.value < 1e5 ? String(tick.value) : tick.label,
    })),
  };
  if (!hasValues(series)) return { ...common, y: () => Number.NEGATIVE_INFINITY, yTicks: [], floor: null };
  const count = Math.max(2, Math.floor((frame.bottom - frame.top) / 30));
  if (isFalling(scene)) {
    const runs = series.map(({ values }) => ({ values, start: values[0] ?? Number.NaN }));
    const domain = fallingDomain(runs) ?? { low: -1, high: 1, zeros: false };
    return { ...common, ...fallingAxis(domain, frame, count) };
  }
  return { ...common, ...valueAxis(series, frame, count) };
}

type Vertical = Pick<ChartAxes, "y" | "yTicks" | "floor">;

function fallingAxis(domain: FallingDomain, frame: Frame, count: number): Vertical {
  const up = logScale(10 ** domain.low, 10 ** domain.high, frame.bottom, frame.top);
  const floor = domain.zeros ? frame.bottom : null;
  const y = (value: number): number => {
    if (value > 0) return up(value);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : frame.bottom;
  };
  const hasFew = domain.high - domain.low <= 4;
  const yTicks = logTicks(domain.low, domain.high, count, hasFew).map((tick) =>
    // The floor stands for zero, and must not be read as a power of ten.
    domain.zeros && tick.label && Math.log10(tick.value) < domain.low + 0.5 ? { ...tick, label: "0" } : tick,
  );
  if (domain.zeros && !yTicks.some((tick) => tick.label === "0")) {
    yTicks.push({ value: 10 ** domain.low, label: "0" });
  }
  return { y, yTicks, floor };
}

/** What the values of all runs are like, as far as they are finite. */
interface Extent {
  low: number;
  high: number;
  /** Highest value at a start. */
  start: number;
  /** Median of the magnitudes. */
  typical: number;
}

const sampled = 2000;

function extentOf(series: readonly Series[]): Extent {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let start = Number.NEGATIVE_INFINITY;
  const magnitudes: number[] = [];
  for (const { values } of series) {
    const first = values[0] ?? Number.NaN;
    if (Number.isFinite(first)) start = Math.max(start, first);
    const stride = Math.ceil(values.length / sampled);
    values.forEach((v, k) => {
      if (!Number.isFinite(v)) return;
      low = Math.min(low, v);
      high = Math.max(high, v);
      if (k % stride === 0) magnitudes.push(Math.abs(v));
    });
  }
  if (!(high >= low)) return { low: 0, high: 1, start: 1, typical: 1 };
  magnitudes.sort((p, q) => p - q);
  const typical = magnitudes[magnitudes.length >> 1] as number;
  return { low, high, start: Number.isFinite(start) ? start : high, typical };
}

const decadesApart = 1e3;

/** Linear; logarithmic where all values are positive and span decades; on both sides of zero where only some are. */
function valueAxis(series: readonly Series[], frame: Frame, count: number): Vertical {
  const { low, start, typical, ...extent } = extentOf(series);
  let { high } = extent;
  // A run that explodes leaves at the top; the others keep their room.
  const below = Math.max(start - low, 1e-12 * Math.abs(start));
  if (high > start + decadesApart * below) high = start + 2 * below;
  if (low > 0 && high > decadesApart * low) {
    const domain = {
      low: Math.floor(Math.log10(low) - 0.1),
      high: Math.ceil(Math.log10(high)),
      zeros: false,
    };
    return fallingAxis(domain, frame, count);
  }
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (largest > decadesApart * typical) {
    const unit = 10 ** Math.floor(Math.log10(1e-4 * Math.min(largest, Math.max(Math.abs(start), 1e-290))));
    const [a, b] = [symlog(low, unit), symlog(high, unit)];
    const pad = 0.04 * (b - a);
    const up = linearScale(a - pad, b + pad, frame.bottom, frame.top);
    const yTicks = symlogTicks(low, high, unit, count);
    return { y: finite((v) => up(symlog(v, unit))), yTicks, floor: null };
  }
  const pad = high > low ? 0.06 * (high - low) : Math.max(1e-12, 0.1 * Math.abs(high));
  const up = linearScale(low - pad, high + pad, frame.bottom, frame.top);
  return { y: finite(up), yTicks: linearTicks(low - pad, high + pad, count), floor: null };
}

/** What is not a number has left at the top, as a path does that overflows. */
function finite(scale: Scale): Scale {
  return (value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : scale(value));
}
