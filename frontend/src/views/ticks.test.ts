import { describe, expect, it } from "vitest";
import { fallingDomain, linearTicks, logScale, logTicks, symlog, symlogTicks } from "./ticks";

const labels = (ticks: { label: string }[]): string[] => ticks.map((tick) => tick.label).filter(Boolean);

describe("linear ticks", () => {
  it("have true minus signs and the decimals of their step", () => {
    expect(labels(linearTicks(-2.25, 2.25, 6))).toEqual(["−2", "−1", "0", "1", "2"]);
    expect(labels(linearTicks(0, 1, 5))).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  });

  it("still tell neighbours apart when zoomed in by ten million", () => {
    const ticks = labels(linearTicks(1 - 1e-7, 1 + 1e-7, 4));
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(ticks).toContain("1.00000005");
  });

  it("use powers of ten for large numbers", () => {
    expect(labels(linearTicks(0, 4e7, 4))).toEqual(["0", "10⁷", "2×10⁷", "3×10⁷", "4×10⁷"]);
  });

  it("follow a step that is asked for where two ticks or more remain", () => {
    expect(linearTicks(-0.8, 2.2, 5, 1).map((tick) => tick.value)).toEqual([0, 1, 2]);
    expect(linearTicks(0.1, 0.9, 4, 1).length).toBeGreaterThan(2);
  });

  it("are none for an empty or infinite range", () => {
    expect(linearTicks(1, 1, 4)).toEqual([]);
    expect(linearTicks(0, Number.POSITIVE_INFINITY, 4)).toEqual([]);
  });
});

describe("logarithmic ticks", () => {
  it("label whole decades and always the highest", () => {
    expect(labels(logTicks(-5, 4, 4))).toEqual(["10⁴", "10¹", "10⁻²", "10⁻⁵"]);
    expect(labels(logTicks(0, 2, 4))).toEqual(["10²", "10¹", "1"]);
  });

  it("stay few over three hundred decades", () => {
    expect(labels(logTicks(-300, 10, 5)).length).toBeLessThanOrEqual(6);
    expect(logTicks(-300, 10, 5).length).toBeLessThan(60);
  });

  it("show the multiples where there is room", () => {
    const values = logTicks(0, 2, 4, true).map((tick) => tick.value);
    expect(values).toEqual(expect.arrayContaining([2, 3, 9, 20, 90]));
  });

  it("put decades at even distances", () => {
    const scale = logScale(1, 1e4, 0, 400);
    expect([1, 10, 100, 1e4].map(scale)).toEqual([0, 100, 200, 400]);
    expect(scale(0)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("an axis on both sides of zero", () => {
  it("is odd and has zero among its ticks", () => {
    expect(symlog(-50, 0.1)).toBe(-symlog(50, 0.1));
    const ticks = labels(symlogTicks(-100, 1000, 1, 6));
    expect(ticks).toContain("0");
    expect(ticks.some((label) => label.startsWith("−"))).toBe(true);
  });

  it("keeps its ticks apart, and reaches to the end of the number range", () => {
    const [low, high, unit] = [-1.6e307, 2, 1e-4];
    expect(Number.isFinite(symlog(low, unit))).toBe(true);
    const places = symlogTicks(low, high, unit, 8).map((tick) => symlog(tick.value, unit));
    expect(places.length).toBeGreaterThan(3);
    const least = (symlog(high, unit) - symlog(low, unit)) / 20;
    places.forEach((place, i) => {
      if (i > 0) expect(place - (places[i - 1] as number)).toBeGreaterThan(least);
    });
  });
});

describe("the domain of what falls", () => {
  const run = (values: number[]) => ({ values, start: values[0] as number });

  it("holds whole decades, and the curve does not end on the axis", () => {
    expect(fallingDomain([run([194, 3, 0.02])])).toEqual({ low: -2, high: 3, zeros: false });
    expect(fallingDomain([run([100, 1e-20])])?.low).toBe(-21);
  });

  it("shows growth that is comparable with the fall", () => {
    expect(fallingDomain([run([200, 2e5]), run([200, 1e-3])])?.high).toBe(6);
  });

  it("lets an explosion leave at the top", () => {
    const domain = fallingDomain([run([194, 4e7, 4e72]), run([194, 1e-3])]);
    expect(domain?.high).toBeLessThan(6);
    expect(domain?.low).toBe(-4);
  });

  it("shows 1e-30, and gives zeros a floor of their own below it", () => {
    expect(fallingDomain([run([10, 1e-30])])?.low).toBe(-31);
    const domain = fallingDomain([run([10, 1e-8, 0])]);
    expect(domain?.zeros).toBe(true);
    expect(domain?.low).toBeLessThan(-9);
    expect(fallingDomain([run([1, 1e-300])])?.low).toBeGreaterThanOrEqual(-42);
  });

  it("is none without values", () => {
    expect(fallingDomain([])).toBeNull();
    expect(fallingDomain([run([0, 0])])).not.toBeNull();
  });
});
