// Which contour lines a field gets, and how its colours are spread: 1-2-5 per decade of f - reference, decades heavier.
// Not here: drawing them (ground.ts) and labelling them (contourlabels.ts).

import { exponentOf, power, short } from "./format";

/**
 * `log`: three lines a decade at 1, 2 and 5.  `fine`: six, at 1, 1.5, 2, 3, 5 and 7, where half of the picture would
 * otherwise have none.  `decades`: a line every `step` decades, for fields of enormous range.  `linear`: a line every
 * `step`, for views in which f hardly changes.  Lines lie where `levelOf` is a whole number, and every `major`-th is
 * heavier.
 */
export interface Scheme {
  kind: "log" | "fine" | "decades" | "linear";
  step: number;
  major: number;
}

/** What a field's values are like. */
export interface Summary {
  /** Exponents of ten between which the colours are spread. */
  low: number;
  high: number;
  /** Exponent at which the ramp has come to `kneeAt` of its length: deep basins of fields of great range keep some of it. */
  knee: number;
  kneeAt: number;
  scheme: Scheme;
  /** No line below this value: there is only rounding, or nothing but the minimum. */
  least: number;
  /** Nor from this level on, lest a maximum be speckled. */
  top: number;
}

const mantissas = { log: [1, 2, 5, 10], fine: [1, 1.5, 2, 3, 5, 7, 10] };
const logs = { log: mantissas.log.map(Math.log10), fine: mantissas.fine.map(Math.log10) };

/** Whole numbers at the lines; increasing and continuous in the value. */
export function levelOf(value: number, scheme: Scheme): number {
  if (scheme.kind === "linear") return value / scheme.step;
  const l = Math.log10(value);
  if (scheme.kind === "decades") return l / scheme.step;
  const marks = logs[scheme.kind];
  const e = Math.floor(l);
  let i = 1;
  while (i < scheme.major && l - e >= (marks[i] as number)) i += 1;
  const [below, above] = [marks[i - 1] as number, marks[i] as number];
  return scheme.major * e + i - 1 + (l - e - below) / (above - below);
}

/** The value of the k-th line. */
export function lineValue(k: number, scheme: Scheme): number {
  if (scheme.kind === "linear") return k * scheme.step;
  if (scheme.kind === "decades") return 10 ** (k * scheme.step);
  const e = Math.floor(k / scheme.major);
  const mantissa = mantissas[scheme.kind][k - scheme.major * e] as number;
  // Through text, so that the line at 0.2 is at the double nearest to 0.2.
  return Number(`${mantissa}e${e}`);
}

export function isMajor(k: number, scheme: Scheme): boolean {
  return k % scheme.major === 0;
}

export function contourLabel(value: number): string {
  const e = exponentOf(value);
  const isPower = Math.abs(value / 10 ** e - 1) < 1e-9;
  if (isPower && (e > 3 || e < -2)) return power(e);
  return isPower ? String(Number(value.toPrecision(3))) : short(value, 3).replace(/\.0+$/, "");
}

const linearLines = 9;

const log: Scheme = { kind: "log", step: 1, major: 3 };
const fine: Scheme = { kind: "fine", step: 1, major: 6 };

/** From quantiles of the values: nearly the least and the most, and the two between which half of them lie. */
function chooseScheme(least: number, most: number, lower: number, upper: number): Scheme {
  const decades = Math.log10(most / least);
  if (decades > 14) {
    const step = [1, 2, 5, 10, 20, 50].find((n) => decades / n <= 25) ?? 100;
    return { kind: "decades", step, major: 5 };
  }
  if (levelOf(most, log) - levelOf(least, log) >= 4) {
    return upper < 2.7 * lower ? fine : log;
  }
  const raw = (most - least) / linearLines;
  const e = Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => Number(`${m}e${e}`)).find((s) => s >= raw) ?? raw;
  return { kind: "linear", step, major: 5 };
}

const bins = 1024;
const sampleSize = 65536;
/** Decades that the ramp spans at most, where it is even. */
const span = 4.5;
const basinShare = 0.22;

/** `values`: f - reference, with anything negative standing for "undefined" (see field.ts). */
export function summarise(values: Float32Array): Summary {
  const stride = Math.max(1, Math.floor(values.length / sampleSize));
  const exponents = new Float32Array(Math.ceil(values.length / stride));
  let n = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i += stride) {
    const v = values[i] as number;
    if (!(v > 0)) continue;
    const l = Math.log10(v);
    exponents[n] = l;
    n += 1;
    if (l < first) first = l;
    if (l > last) last = l;
  }
  if (n === 0) {
    return { low: -1, high: 0, knee: -0.5, kneeAt: 0.5, scheme: log, least: 1, top: 0 };
  }
  const histogram = new Uint32Array(bins);
  const scale = (bins - 1) / Math.max(1e-9, last - first);
  for (let i = 0; i < n; i += 1) {
    const bin = Math.floor(((exponents[i] as number) - first) * scale);
    histogram[bin] = (histogram[bin] as number) + 1;
  }
  const quantile = (q: number): number => {
    let passed = 0;
    for (let b = 0; b < bins; b += 1) {
      passed += histogram[b] as number;
      if (passed >= q * n) return first + (b + 0.5) / scale;
    }
    return last;
  };
  const high = quantile(0.995);
  const bottom = Math.min(quantile(0.001), high - 1e-6);
  const basin = quantile(0.05);
  // A thin valley floor needs no colours of its own, a basin does.
  const isDeep = high - basin > span && basin > bottom + 0.1;
  const low = isDeep ? bottom : Math.max(bottom, high - span);
  const [knee, kneeAt] = isDeep ? [basin, basinShare] : [(low + high) / 2, 0.5];
  const scheme = chooseScheme(
    ...([0.004, 0.98, 0.25, 0.75].map((q) => 10 ** quantile(q)) as [number, number, number, number]),
  );
  return {
    low,
    high,
    knee,
    kneeAt,
    scheme,
    least: 10 ** (Math.max(first, low - 8) - 0.3),
    top: levelOf(0.99 * 10 ** last, scheme),
  };
}

/** Place on the ramp, 0 to 1, of a value with this exponent of ten. */
export function rampPlace(exponent: number, { low, high, knee, kneeAt }: Summary): number {
  const t =
    exponent < knee
      ? (kneeAt * (exponent - low)) / (knee - low)
      : kneeAt + ((1 - kneeAt) * (exponent - knee)) / (high - knee);
  return Math.min(1, Math.max(0, t));
}
