// Slider mathematics: where a value stands on its track, and which values the track and the keys stop at.
// A number field beside each slider takes any value, so a value may lie outside the track's range.

export interface Range {
  low: number;
  high: number;
  scale: "linear" | "log" | "integer";
}

/** Decades from which whole numbers, too, stand better on a logarithmic track. */
const wideIntegers = 1e4;
/** A logarithmic track that would begin at zero begins this far below its end. */
const smallestShare = 1e-12;
/** Positions a linear track is divided into, before rounding to a round step. */
const linearStops = 200;

/** Smallest of 1, 2, 5 times a power of ten that is at least `value`. */
export function roundStep(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5]) if (step * decade >= value * (1 - 1e-9)) return clean(step * decade);
  return clean(10 * decade);
}

/** Without the last digits that decimal steps leave in binary. */
export function clean(value: number): number {
  return Number(value.toPrecision(12));
}

export function roundedTo(value: number, step: number): number {
  return clean(Math.round(value / step) * step);
}

function isLogarithmic(range: Range): boolean {
  return range.scale === "log" || (range.scale === "integer" && range.high / range.low >= wideIntegers);
}

function logBounds(range: Range): [number, number] {
  return [Math.log10(range.low > 0 ? range.low : range.high * smallestShare), Math.log10(range.high)];
}

function linearStep(range: Range): number {
  const step = roundStep((range.high - range.low) / linearStops || 1);
  return range.scale === "integer" ? Math.max(1, step) : step;
}

/** Place of `value` on the track, 0 to 1; values outside the range stand at its ends. */
export function toPosition(range: Range, value: number): number {
  if (!(range.high > range.low)) return 0;
  let position: number;
  if (isLogarithmic(range)) {
    const [first, last] = logBounds(range);
    position = value > 0 ? (Math.log10(value) - first) / (last - first) : 0;
  } else {
    position = (value - range.low) / (range.high - range.low);
  }
  return Math.min(1, Math.max(0, position));
}

/** The value at a place on the track, rounded to two figures (logarithmic) or to a round step (linear). */
export function toValue(range: Range, position: number): number {
  const at = Math.min(1, Math.max(0, position));
  if (isLogarithmic(range)) {
    const [first, last] = logBounds(range);
    const value = Number((10 ** (first + at * (last - first))).toPrecision(2));
    return range.scale === "integer" ? Math.max(1, Math.round(value)) : value;
  }
  const value = roundedTo(range.low + at * (range.high - range.low), linearStep(range));
  return Math.min(range.high, Math.max(range.low, value));
}

/** The stop next to `value` upwards (1) or downwards (-1), by fine stops or by coarse ones. */
export function nextStop(range: Range, value: number, direction: 1 | -1, coarse = false): number {
  const next = isLogarithmic(range)
    ? nextOnLog(range, value, direction, coarse)
    : nextOnLine(range, value, direction, coarse);
  return Math.min(range.high, Math.max(range.low, next));
}

function nextOnLine(range: Range, value: number, direction: 1 | -1, coarse: boolean): number {
  const fine = range.scale === "integer" ? 1 : linearStep(range);
  const step = coarse ? linearStep(range) * 10 : fine;
  const index = value / step;
  const nudged = direction > 0 ? Math.floor(index + 1e-9) + 1 : Math.ceil(index - 1e-9) - 1;
  return clean(nudged * step);
}

function nextOnLog(range: Range, value: number, direction: 1 | -1, coarse: boolean): number {
  if (!(value > 0)) return range.low;
  const whole = range.scale === "integer";
  const mantissas = coarse ? [1, 2, 5] : Array.from({ length: 90 }, (_, i) => (10 + i) / 10);
  const decade = Math.floor(Math.log10(value) + 1e-12);
  const near = [decade - 1, decade, decade + 1].flatMap((d) =>
    mantissas.map((m) => Number((m * 10 ** d).toPrecision(2))),
  );
  const stops = whole ? near.filter((stop) => Number.isInteger(stop)) : near;
  const beyond = stops.filter((stop) =>
    direction > 0 ? stop > value * (1 + 1e-9) : stop < value * (1 - 1e-9),
  );
  return direction > 0 ? Math.min(...beyond) : Math.max(...beyond);
}
