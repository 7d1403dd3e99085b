// The chart's scales: evaluations on a logarithmic axis across; upwards a true logarithmic axis for what falls to zero,
// else linear or, where the values span decades, logarithmic on both sides of zero.

import type { Frame } from "./curvedrawing";
import {
  type FallingDomain,
  fallingDomain,
  linearScale,
  linearTicks,
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

export function chartAxes(scene: ChartScene, series: readonly Series[], frame: Frame): ChartAxes {
  let last = scene.maxEvaluations ?? 0;
  if (!last) for (const { evaluations } of series) last = Math.max(last, evaluations.at(-1) ?? 1);
  const end = Math.max(10, 1.05 * last);
  const across = linearScale(0, Math.log10(end), frame.left, frame.right);
  const wide = frame.right - frame.left;
  const common = {
    frame,
    x: (value: number) => across(Math.log10(value)),
    xTicks: logTicks(0, Math.log10(end), Math.max(2, Math.floor(wide / 55)), true).map((tick) => ({
      ...tick,
      label: tick.label && tick.value < 1e5 ? String(tick.value) : tick.label,
    })),
  };
  const count = Math.max(2, Math.floor((frame.bottom - frame.top) / 30));
  if (isFalling(scene)) {
    const runs = series.map(({ values }) => ({ values, start: values[0] ?? Number.NaN }));
    const domain = fallingDomain(runs) ?? { low: -1, high: 1, zeros: false };
    return { ...common, ...fallingAxis(domain, frame, count) };
  }
  return { ...common, ...valueAxis(series, frame, count), floor: null };
}

type Vertical = Pick<ChartAxes, "y" | "yTicks" | "floor">;

function fallingAxis(domain: FallingDomain, frame: Frame, count: number): Vertical {
  const up = linearScale(domain.low, domain.high, frame.bottom, frame.top);
  const floor = domain.zeros ? frame.bottom : null;
  const y = (value: number): number => {
    if (value > 0) return up(Math.log10(value));
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : frame.bottom;
  };
  const yTicks = logTicks(domain.low, domain.high, count).map((tick) =>
    // The floor stands for zero, and must not be read as a power of ten.
    domain.zeros && Math.log10(tick.value) < domain.low + 0.5 ? { ...tick, label: "0" } : tick,
  );
  if (domain.zeros && !yTicks.some((tick) => tick.label === "0")) {
    yTicks.push({ value: 10 ** domain.low, label: "0" });
  }
  return { y, yTicks, floor };
}

function valueAxis(series: readonly Series[], frame: Frame, count: number): Omit<Vertical, "floor"> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let start = Number.NEGATIVE_INFINITY;
  let smallest = Number.POSITIVE_INFINITY;
  for (const { values } of series) {
    start = Math.max(start, values[0] ?? start);
    for (const v of values) {
      if (!Number.isFinite(v)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
      if (v !== 0) smallest = Math.min(smallest, Math.abs(v));
    }
  }
  if (!(high >= low)) [low, high, start, smallest] = [0, 1, 1, 1];
  const largest = Math.max(Math.abs(low), Math.abs(start));
  // A run that explodes leaves at the top; the others keep their room.
  const spanBelow = Math.max(start - low, 1e-12 * largest);
  if (high > start + 1e3 * spanBelow) high = start + 2 * spanBelow;
  const isWide =
    Math.max(Math.abs(low), Math.abs(high)) > 1e3 * Math.max(smallest, 1e-300) && high - low > 1e3 * smallest;
  if (isWide) {
    // The picture of a fall towards zero has zero in it.
    if (low > 0) low = 0;
    const unit =
      10 ** Math.floor(Math.log10(Math.max(smallest, Math.max(Math.abs(low), Math.abs(high)) * 1e-6)));
    const [a, b] = [symlog(low, unit), symlog(high, unit)];
    const pad = 0.04 * (b - a);
    const up = linearScale(a - pad, b + pad, frame.bottom, frame.top);
    return { y: finite((v) => up(symlog(v, unit))), yTicks: symlogTicks(low, high, unit, count) };
  }
  const pad = high > low ? 0.06 * (high - low) : Math.max(1e-12, 0.1 * Math.abs(high));
  const up = linearScale(low - pad, high + pad, frame.bottom, frame.top);
  return { y: finite(up), yTicks: linearTicks(low - pad, high + pad, count) };
}

/** What is not a number has left at the top, as a path does that overflows. */
function finite(scale: Scale): Scale {
  return (value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : scale(value));
}
