import { describe, expect, it } from "vitest";
import { contourLabel, isMajor, levelOf, lineValue, rampPlace, type Scheme, summarise } from "./contours";

const log: Scheme = { kind: "log", step: 1, major: 3 };
const fine: Scheme = { kind: "fine", step: 1, major: 6 };

function grid(f: (x: number, y: number) => number, n = 120): Float32Array {
  return Float32Array.from({ length: n * n }, (_, i) =>
    f(((i % n) / (n - 1)) * 4 - 2, (Math.floor(i / n) / (n - 1)) * 4 - 2),
  );
}

describe("levels of contour lines", () => {
  it("stand at 1, 2 and 5 of every decade, decades heavier", () => {
    const values = Array.from({ length: 7 }, (_, i) => lineValue(i - 3, log));
    expect(values).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
    expect([-3, -2, -1, 0, 1].map((k) => isMajor(k, log))).toEqual([true, false, false, true, false]);
  });

  it("give back their own numbers", () => {
    for (const scheme of [
      log,
      fine,
      { kind: "decades", step: 2, major: 5 },
      { kind: "linear", step: 0.25, major: 5 },
    ] as Scheme[]) {
      for (let k = 1; k < 40; k += 1) expect(levelOf(lineValue(k, scheme), scheme)).toBeCloseTo(k, 6);
    }
  });

  it("increase with the value without a jump", () => {
    for (const scheme of [log, fine]) {
      let before = levelOf(1e-3, scheme);
      for (let l = -3; l < 3; l += 0.001) {
        const now = levelOf(10 ** l, scheme);
        expect(now - before).toBeGreaterThanOrEqual(-1e-9);
        expect(now - before).toBeLessThan(0.05);
        before = now;
      }
    }
  });

  it("are labelled with round numbers", () => {
    expect([0.1, 1, 100, 1000, 1e4, 1e-3, 1e10, 525].map(contourLabel)).toEqual([
      "0.1",
      "1",
      "100",
      "1000",
      "10⁴",
      "10⁻³",
      "10¹⁰",
      "525",
    ]);
  });
});

describe("what a field is like", () => {
  it("has three lines a decade for a bowl and never one at the minimum", () => {
    const { scheme, least, low, high } = summarise(grid((x, y) => x * x + y * y));
    expect(scheme.kind).toBe("log");
    expect(least).toBeGreaterThan(0);
    expect(high).toBeCloseTo(Math.log10(8), 0);
    expect(low).toBeLessThan(high - 2);
  });

  it("has more lines where half of the picture would have next to none", () => {
    expect(summarise(grid((x, y) => 1 + Math.sin(4 * x) * Math.cos(4 * y))).scheme.kind).toBe("fine");
  });

  it("has lines at even distances where f hardly changes", () => {
    const { scheme } = summarise(grid((x, y) => 1000 + x + 2 * y));
    expect(scheme.kind).toBe("linear");
    expect(scheme.step).toBe(2);
  });

  it("has whole decades where f spans dozens of them", () => {
    const { scheme } = summarise(grid((x, y) => Math.exp(10 * (x * x + y * y))));
    expect(scheme.kind).toBe("decades");
  });

  it("keeps colours for a basin below a great range", () => {
    const deep = summarise(grid((x, y) => (x * x + y * y) ** 8));
    expect(deep.kneeAt).toBeLessThan(0.3);
    expect(rampPlace(deep.low, deep)).toBe(0);
    expect(rampPlace(deep.knee, deep)).toBeCloseTo(deep.kneeAt, 12);
    expect(rampPlace(deep.high, deep)).toBe(1);
    const even = summarise(grid((x, y) => x * x + y * y));
    expect(rampPlace((even.low + even.high) / 2, even)).toBeCloseTo(0.5, 12);
  });

  it("speckles neither a maximum nor the rounding at the bottom", () => {
    const { top, scheme } = summarise(grid((x, y) => 1 + Math.sin(4 * x) * Math.cos(4 * y)));
    expect(levelOf(2, scheme)).toBeGreaterThan(top);
  });

  it("is answered for a field without any values", () => {
    expect(summarise(new Float32Array(16).fill(-1)).scheme.kind).toBe("log");
    expect(summarise(new Float32Array(16)).low).toBeLessThan(summarise(new Float32Array(16)).high);
  });
});
