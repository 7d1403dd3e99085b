import { describe, expect, it } from "vitest";
import { coordinate, decimalsFor, figure, fixed, parseNumber, place, setting, withError } from "./format";

describe("measured numbers", () => {
  it("have as many significant figures as asked for", () => {
    expect(figure(0.024012)).toBe("0.0240");
    expect(figure(47.061, 4)).toBe("47.06");
    expect(figure(1234.5)).toBe("1235");
  });
  it("are written with a true minus and powers of ten", () => {
    expect(figure(-1.5)).toBe("−1.50");
    expect(figure(4.4e-10)).toBe("4.4 × 10⁻¹⁰");
    expect(figure(-2e72)).toBe("−2.0 × 10⁷²");
  });
  it("say where there is none", () => {
    expect(figure(null)).toBe("–");
    expect(figure(Number.NaN)).toBe("–");
    expect(figure(-Infinity)).toBe("−∞");
  });
});

describe("a coordinate of the start", () => {
  it("has the decimals that its axis asks for", () => {
    expect([coordinate(3, 10), coordinate(-1.2, 4), coordinate(9.525, 10), coordinate(0, 80)]).toEqual([
      "3.00",
      "−1.200",
      "9.53",
      "0.00",
    ]);
  });
  it("stays readable on an axis far longer or far shorter", () => {
    expect([coordinate(9.525, 5e12), coordinate(9.525, 1e-11), coordinate(4e-7, 50)]).toEqual([
      "9.525",
      "9.525",
      "0.00",
    ]);
    expect(coordinate(1.23456789, 1e-6)).toBe("1.23456789");
  });
  it("is a power of ten where decimals would only be zeros", () => {
    expect([coordinate(-1e-5, 1e-5), coordinate(1e-7, 1e-6), coordinate(0, 1e-6)]).toEqual([
      "−10⁻⁵",
      "10⁻⁷",
      "0.000",
    ]);
    expect([place(-1e-5, 1e-5), place(0.25, 10)]).toEqual(["−1.00 × 10⁻⁵", "0.25"]);
  });
});

describe("set numbers", () => {
  it("are written whole", () => {
    expect([0.1, 1e-4, 2.5e-8, -1e6, 0, 1000].map(setting)).toEqual([
      "0.1",
      "10⁻⁴",
      "2.5×10⁻⁸",
      "−10⁶",
      "0",
      "1000",
    ]);
  });
  it("are read back as they were written", () => {
    for (const value of [0.1, 1e-4, 2.5e-8, -1e6, 0, -0.003, 3.2e-4, 1e300, Number.MIN_VALUE])
      expect(parseNumber(setting(value))).toBe(value);
  });
});

describe("coordinates", () => {
  it("have the decimals that tell points of the view apart", () => {
    expect([0.01, 4.5, 10, 100, 1e5].map(decimalsFor)).toEqual([5, 3, 2, 1, 0]);
    expect(fixed(-1.6, 3)).toBe("−1.600");
    expect(fixed(-1e-9, 3)).toBe("0.000");
    expect(fixed(3e9, 1)).toBe("3.000 × 10⁹");
  });
});

describe("typed numbers", () => {
  it("are understood in the forms people use", () => {
    const forms = {
      "1e-4": 1e-4,
      "10^-4": 1e-4,
      "10⁻⁴": 1e-4,
      "-2.5*10^3": -2500,
      "−3": -3,
      " 0,5 ": 0.5,
      ".5": 0.5,
      "2.": 2,
    };
    for (const [text, value] of Object.entries(forms)) expect(parseNumber(text)).toBe(value);
    expect(parseNumber("∞")).toBe(Infinity);
  });
  it("are null where they are none", () => {
    for (const text of ["", "-", "1e", "1.2.3", "abc", "1e400", "10^", "0x10"])
      expect(parseNumber(text)).toBeNull();
  });
});

describe("an estimate with its error", () => {
  it("is written to the second figure of the error", () => {
    expect(withError(213.8094, 12.35)).toBe("214 ± 12");
    expect(withError(238.94, 2.7)).toBe("238.9 ± 2.7");
    expect(withError(-3.0248, 0.021)).toBe("−3.025 ± 0.021");
    expect(withError(0.01, 5)).toBe("0.0 ± 5.0");
  });
  it("has one power of ten for both where they are small or large", () => {
    expect(withError(5.5016e-4, 7.27e-6)).toBe("(5.502 ± 0.073)×10⁻⁴");
    expect(withError(-1.2314e-7, 1.3e-8)).toBe("(−1.23 ± 0.13)×10⁻⁷");
    expect(withError(2.5e7, 1.2e5)).toBe("(2.500 ± 0.012)×10⁷");
  });
  it("stands alone where it has none", () => {
    expect(withError(1.2, null)).toBe("1.200");
    expect(withError(1.2, 0)).toBe("1.200");
  });
});
