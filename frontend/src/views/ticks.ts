// Where ticks stand, and the scales they stand on: linear, logarithmic, and logarithmic on both sides of zero.

import { ticks as niceTicks } from "d3-array";
import { power, tickFormat } from "./format";

export interface Tick {
  value: number;
  /** Empty for a minor tick. */
  label: string;
}

/** Decades from one labelled tick to the next. */
const strides = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200];

/** Maps data to pixels. */
export type Scale = (value: number) => number;

export function linearScale(d0: number, d1: number, p0: number, p1: number): Scale {
  const slope = (p1 - p0) / (d1 - d0);
  return (value) => p0 + (value - d0) * slope;
}

/** What is not positive has no finite place: the caller decides where it is drawn. */
export function logScale(d0: number, d1: number, p0: number, p1: number): Scale {
  const position = linearScale(Math.log10(d0), Math.log10(d1), p0, p1);
  return (value) => position(Math.log10(value));
}

/** Linear within `unit` of zero, logarithmic beyond. */
export function symlog(value: number, unit: number): number {
  const size = Math.abs(value);
  // Far out the one is lost anyway, and the quotient might overflow.
  const position = size > 1e17 * unit ? Math.log10(size) - Math.log10(unit) : Math.log10(1 + size / unit);
  return Math.sign(value) * position;
}

/** About `count` ticks at 1, 2 or 5 times a power of ten; or at the step given, where it leaves two or more. */
export function linearTicks(low: number, high: number, count: number, wanted = 0): Tick[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [];
  const forced = wanted > 0 ? stepsOf(wanted, low, high) : [];
  const values = forced.length > 1 ? forced : niceTicks(low, high, Math.max(1, count));
  const step = values.length > 1 ? (values[1] as number) - (values[0] as number) : high - low;
  const label = tickFormat(Number(step.toPrecision(3)), Math.max(Math.abs(low), Math.abs(high)));
  return values.map((value) => ({ value, label: label(value) }));
}

function stepsOf(step: number, low: number, high: number): number[] {
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  if (last - first > 50) return [];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(15)),
  );
}

/**
 * Ticks at powers of ten between the exponents `low` and `high`: at most about `count` labelled, the first at the top so
 * that the highest decade always has its label.  Decades between are minor; where every decade has its
 * label and there is room, so are their multiples 2 to 9.
 */
export function logTicks(low: number, high: number, count: number, multiples = false): Tick[] {
  const first = Math.ceil(low - 1e-9);
  const last = Math.floor(high + 1e-9);
  const decades = last - first;
  const stride = strides.find((n) => decades / n <= count) ?? 300;
  const minor = stride <= 10 ? 1 : stride / 10;
  const result: Tick[] = [];
  for (let e = last; e >= first; e -= 1) {
    const major = (last - e) % stride === 0;
    if (major || (last - e) % minor === 0) result.push({ value: 10 ** e, label: major ? power(e) : "" });
  }
  if (multiples && stride === 1) {
    for (let e = first - 1; e <= last; e += 1) {
      for (let m = 2; m < 10; m += 1) {
        const position = e + Math.log10(m);
        if (position >= low - 1e-9 && position <= high + 1e-9) result.push({ value: m * 10 ** e, label: "" });
      }
    }
  }
  return result;
}

/** Ticks of a `symlog` axis: zero, and powers of ten on the sides that are in use. */
export function symlogTicks(low: number, high: number, unit: number, count: number): Tick[] {
  const reach = Math.max(-low, high);
  const decades = symlog(Math.max(0, high), unit) - symlog(Math.min(0, low), unit);
  const stride = strides.find((n) => decades / n <= count) ?? 300;
  const result: Tick[] = low <= 0 && high >= 0 ? [{ value: 0, label: "0" }] : [];
  const first = stride * Math.ceil(Math.log10(unit) / stride - 1e-9);
  for (let e = first; e <= Math.log10(reach) + 1e-9; e += stride) {
    const value = 10 ** e;
    // Too near to zero to have a label of its own.
    if (symlog(value, unit) < 0.6 * stride) continue;
    if (value <= high && value >= low) result.push({ value, label: power(e, 2) });
    if (-value >= low && -value <= high) result.push({ value: -value, label: `−${power(e, 2)}` });
  }
  if (result.length < 2) return linearTicks(low, high, count);
  return result.sort((a, b) => a.value - b.value);
}

/** The domain of a logarithmic axis of values that should fall, and what lies outside it. */
export interface FallingDomain {
  /** Exponents of ten. */
  low: number;
  high: number;
  /** Something is exactly at or below the reference, and is drawn at the floor. */
  zeros: boolean;
}

const lowestExponent = -40;

/**
 * Whole decades that hold every converging run.  Growth is shown while it stays comparable with
 * the fall; a run that explodes leaves at the top, and the others keep their room.
 */
export function fallingDomain(runs: { values: ArrayLike<number>; start: number }[]): FallingDomain | null {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  let start = 0;
  let zeros = false;
  for (const run of runs) {
    if (run.start > start && Number.isFinite(run.start)) start = run.start;
    for (let i = 0; i < run.values.length; i += 1) {
      const v = run.values[i] as number;
      if (v <= 0) zeros = true;
      else if (v < Number.POSITIVE_INFINITY) {
        if (v < smallest) smallest = v;
        if (v > largest) largest = v;
      }
    }
  }
  if (largest === 0) return zeros ? { low: -2, high: 1, zeros } : null;
  if (start === 0) start = largest;
  const top = Math.log10(largest);
  const from = Math.log10(start);
  const bottom = Math.max(Math.log10(smallest), lowestExponent);
  const cut = top - from > Math.max(8, from - bottom);
  const high = Math.ceil((cut ? from + 1.5 : top) + 1e-9);
  // A curve that ends exactly on the axis could not be told from it.
  let low = Math.floor(bottom - 0.1);
  if (zeros) low -= Math.max(1, Math.round((high - low) / 8));
  return { low: Math.min(low, high - 2), high, zeros };
}
