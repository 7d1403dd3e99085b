// Numbers as a person reads them (true minus, powers of ten), and back from what a person types.

const superscript: Record<string, string> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};
const fromSuperscript = new Map(Object.entries(superscript).map(([plain, raised]) => [raised, plain]));

export function raised(exponent: number): string {
  return String(exponent).replace(/./g, (c) => superscript[c] ?? c);
}

export function trueMinus(text: string): string {
  return text.replace(/-/g, "−");
}

/** A measured number: `digits` significant figures, `4.4 × 10⁻¹⁰` beyond five places. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [mantissa = "", exponent = "0"] = value.toExponential(Math.max(0, digits - 2)).split("e");
    return `${trueMinus(mantissa)} × 10${raised(Number(exponent))}`;
  }
  const wholeDigits = Math.floor(Math.log10(size)) + 1;
  return trueMinus(value.toPrecision(Math.max(digits, wholeDigits)));
}

/** An estimate to the second figure of its error, as it is published; without one where it has none. */
export function withError(value: number, error: number | null): string {
  if (error === null || !(error > 0) || !Number.isFinite(error) || !Number.isFinite(value))
    return figure(value, 4);
  const size = Math.max(Math.abs(value), error);
  const last = Math.floor(Math.log10(error)) - 1;
  const isPlain = size < 1e5 && last >= -6;
  const power = isPlain ? 0 : Math.floor(Math.log10(size));
  const both = [value, error].map((each) =>
    trueMinus((each / 10 ** power).toFixed(Math.max(0, power - last))),
  );
  return isPlain ? both.join(" ± ") : `(${both.join(" ± ")})×10${raised(power)}`;
}

/** A set value, whole: `0.1`, `10⁻⁴`, `2.5×10⁻⁸`. */
export function setting(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : trueMinus(String(value));
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return trueMinus(String(value));
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  const power = `10${raised(Number(exponent))}`;
  return mantissa === "1" ? power : mantissa === "-1" ? `−${power}` : `${trueMinus(mantissa)}×${power}`;
}

/** Decimals that tell points apart on an axis of this length. */
export function decimalsFor(length: number): number {
  if (!(length > 0) || !Number.isFinite(length)) return 3;
  return Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(length) + 1e-9)));
}

/** A start on an axis of this length: no zeros that only a deep zoom asks for, no more than 1 % off in a wide view. */
export function coordinate(value: number, length: number): string {
  const usual = decimalsFor(length);
  if (usual > 3 && value !== 0 && Math.abs(value) < 1e-3) return setting(Number(value.toPrecision(4)));
  const own = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;
  if (usual > 3) return fixed(value, Math.min(usual, Math.max(own, 3)));
  const isFar = Math.abs(Number(value.toFixed(usual)) - value) > 0.01 * Math.abs(value);
  return isFar && Math.abs(value) >= 1e-3 ? fixed(value, Math.min(own, 3)) : fixed(value, usual);
}

/** A place under the pointer, on an axis of this length. */
export function place(value: number, length: number): string {
  const decimals = decimalsFor(length);
  return decimals > 5 ? figure(value, 4) : fixed(value, decimals);
}

export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return figure(value);
  if (Math.abs(value) >= 1e7) return figure(value, 5);
  const text = value.toFixed(decimals);
  return trueMinus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** The number a person typed, or null: `1e-4`, `10^-4`, `10⁻⁴`, `2.5×10⁻⁸`, `−3`, `0,5`, `∞`. */
export function parseNumber(typed: string): number | null {
  let text = typed.trim().replace(/\s+/g, "").replace(/[−–]/g, "-");
  text = text.replace(/[⁻⁰¹²³⁴-⁹]+/g, (s) => `^${[...s].map((c) => fromSuperscript.get(c) ?? c).join("")}`);
  text = text.replace(
    /^([+-]?)(?:([\d.]+)[×*])?10\^\(?([+-]?\d+)\)?$/,
    (_, sign, m, e) => `${sign}${m ?? 1}e${e}`,
  );
  if (/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text)) text = text.replace(",", ".");
  if (/^[+-]?(∞|inf|infinity)$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
