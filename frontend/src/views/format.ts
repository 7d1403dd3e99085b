// Numbers as they stand in the pictures: true minus signs, powers of ten with superscripts.

import { raised, trueMinus } from "../numbers/format";

/** `10ⁿ`, with 1 and, where asked, the plain decimals near it. */
export function power(exponent: number, plainWithin = 0): string {
  if (exponent === 0) return "1";
  if (Math.abs(exponent) <= plainWithin) return String(10 ** exponent);
  return `10${raised(exponent)}`;
}

/** Exponent e with 1 <= |v| / 10^e < 10, right for denormals and at powers of ten too. */
export function exponentOf(v: number): number {
  return Number(v.toExponential().split("e")[1]);
}

/** A read-out: `digits` significant ones, scientific outside 0.001 to 99999. */
export function short(v: number, digits = 3): string {
  if (v === 0) return "0";
  if (Number.isNaN(v)) return "undefined";
  if (!Number.isFinite(v)) return v > 0 ? "∞" : "−∞";
  const magnitude = Math.abs(v);
  if (magnitude >= 1e-3 && magnitude < 99999.5) {
    const whole = Math.floor(Math.log10(magnitude)) + 1;
    return trueMinus(v.toPrecision(Math.max(digits, whole)));
  }
  const [mantissa, exponent] = v.toExponential(1).split("e");
  return trueMinus(`${mantissa} × 10`) + raised(Number(exponent));
}

/** The order of magnitude alone: `10⁷²` for 4.1e72, the number itself where it is short. */
export function magnitude(v: number): string {
  if (!Number.isFinite(v) || v === 0) return short(v);
  const size = Math.abs(v);
  if (size >= 1e-3 && size < 1e5) return short(v, 2);
  return `${v < 0 ? "−" : ""}10${raised(exponentOf(v))}`;
}

/** Labels for evenly spaced ticks: as many decimals as their step needs, no more. */
export function tickFormat(step: number, largest: number): (v: number) => string {
  const decimals = Math.max(0, -exponentOf(step));
  if (largest >= 1e6 || (decimals > 4 && largest < 1e-2)) {
    const digits = Math.max(0, exponentOf(largest) - exponentOf(step));
    return (v) => {
      if (Math.abs(v) < step / 2) return "0";
      const [mantissa = "", exponent] = v.toExponential(Math.min(digits, 15)).split("e");
      const head =
        digits === 0 && Math.abs(Number(mantissa)) === 1 ? mantissa.replace("1", "") : `${mantissa}×`;
      return `${trueMinus(head)}10${raised(Number(exponent))}`;
    };
  }
  return (v) => trueMinus((Math.abs(v) < step / 2 ? 0 : v).toFixed(Math.min(decimals, 20)));
}
