import { describe, expect, it } from "vitest";
import type { RunInfo } from "../messages";
import { nearestIterate } from "./chart";
import { chartAxes, seriesOf } from "./chartaxes";
import { paddedExtent, pointLook } from "./dataplot";
import { magnitude, short } from "./format";
import type { ChartScene, Palette, Track } from "./types";

function track(id: string, values: number[], evaluations = values.map((_, k) => k + 1)): Track {
  const path = Float64Array.from(
    values.flatMap((f, k) => [0, 0, f, Math.abs(f), 0.1, evaluations[k] as number]),
  );
  return {
    id,
    title: id,
    color: "#000",
    dash: [],
    selected: false,
    info: {} as RunInfo,
    path,
    columns: 6,
    rows: values.length,
    n: 2,
    axes: [0, 1],
    curve: null,
    fitted: null,
  };
}

const frame = { left: 36, right: 300, top: 20, bottom: 180 };

function scene(tracks: Track[], rest: Partial<ChartScene> = {}): ChartScene {
  const palette = {} as Palette;
  return { tracks, reference: 0, yKind: "gap", highlight: null, palette, title: "f − f*", ...rest };
}

const axesOf = (s: ChartScene) => chartAxes(s, seriesOf(s), frame);

describe("the chart's axes", () => {
  it("subtract the reference and put decades at even distances", () => {
    const s = scene([track("a", [105, 6, 5.01])], { reference: 5 });
    expect([...(seriesOf(s)[0]?.values ?? [])].map((v) => Number(v.toFixed(6)))).toEqual([100, 1, 0.01]);
    const { y } = axesOf(s);
    expect(y(1) - y(100)).toBeCloseTo(y(0.01) - y(1), 9);
  });

  it("put what is exactly at the reference on the floor, labelled zero", () => {
    const axes = axesOf(scene([track("a", [100, 1, 0])]));
    expect(axes.floor).toBe(frame.bottom);
    expect(axes.y(0)).toBe(frame.bottom);
    expect(axes.y(0.1)).toBeLessThan(frame.bottom - 5);
    expect(axes.yTicks.map((tick) => tick.label)).toContain("0");
  });

  it("send what is not finite out at the top", () => {
    const axes = axesOf(scene([track("a", [100, 1e-3])]));
    expect(axes.y(Number.NaN)).toBe(Number.NEGATIVE_INFINITY);
    expect(axes.y(Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("start at one evaluation and hold the longest run", () => {
    const axes = axesOf(scene([track("a", [3, 2, 1], [1, 5, 191])]));
    expect(axes.x(1)).toBe(frame.left);
    expect(axes.x(191)).toBeLessThanOrEqual(frame.right);
    expect(axes.xTicks.map((tick) => tick.label).filter(Boolean)).toEqual(["100", "10", "1"]);
  });

  it("are linear for values without a reference, and symmetric-logarithmic where they span decades", () => {
    const linear = axesOf(scene([track("a", [0.5, -0.2, -1])], { yKind: "value", reference: null }));
    expect(linear.y(0) - linear.y(0.5)).toBeCloseTo(linear.y(-0.5) - linear.y(0), 9);
    const wide = axesOf(scene([track("a", [1e6, 10, -1e-3])], { yKind: "value", reference: null }));
    expect(wide.y(1) - wide.y(1e6)).toBeLessThan(frame.bottom - frame.top);
    expect(wide.y(10)).toBeGreaterThan(wide.y(1e6) + 20);
  });

  it("show both of two runs that fall without bound at different paces", () => {
    const slow = Array.from({ length: 50 }, (_, k) => 2 - 1.5 ** k);
    const fast = Array.from({ length: 50 }, (_, k) => 2 - 80 ** k);
    const { y } = axesOf(scene([track("a", slow), track("b", fast)], { yKind: "value", reference: null }));
    expect(y(slow.at(-1) as number) - y(2)).toBeGreaterThan(10);
    expect(y(fast.at(-1) as number)).toBeLessThanOrEqual(frame.bottom);
  });

  it("are not bent by a value that happens to be near zero", () => {
    const values = [0.5, 0.2, 1e-9, -0.4, -0.9, -1];
    const { y } = axesOf(scene([track("a", values)], { yKind: "value", reference: null }));
    expect(y(0) - y(0.5)).toBeCloseTo(y(-0.5) - y(0), 9);
  });
});

describe("the pointer on the chart", () => {
  const s = scene([track("a", [100, 10, 1, 0.1]), track("b", [100, 50, 20, 10, 5, 2, 1])]);
  const axes = axesOf(s);

  it("finds the nearest curve and its iteration", () => {
    expect(nearestIterate(seriesOf(s), axes, axes.x(3), axes.y(1))).toEqual({ id: "a", iteration: 2 });
    expect(nearestIterate(seriesOf(s), axes, axes.x(6.1), axes.y(2))).toEqual({ id: "b", iteration: 5 });
  });

  it("finds nothing far outside", () => {
    expect(nearestIterate(seriesOf(s), axes, -100, 50)).toBeNull();
    expect(nearestIterate([], axes, 100, 50)).toBeNull();
  });
});

describe("numbers in the pictures", () => {
  it("are short, with true minus signs and powers", () => {
    expect([0, 0.62, -0.34, 47.06, 1477.3, 4.4e-10, -2.5e54].map((v) => short(v))).toEqual([
      "0",
      "0.620",
      "−0.340",
      "47.1",
      "1477",
      "4.4 × 10⁻¹⁰",
      "−2.5 × 10⁵⁴",
    ]);
    expect(short(Number.NaN)).toBe("undefined");
  });

  it("give the order of magnitude of what exploded", () => {
    expect([4.1e72, 1e5, 38, Number.POSITIVE_INFINITY].map(magnitude)).toEqual(["10⁷²", "10⁵", "38", "∞"]);
  });
});

describe("the data", () => {
  it("set the scale, whatever is not finite", () => {
    expect(paddedExtent(Float64Array.of(0, 10, Number.NaN), 0.1)).toEqual([-1, 11]);
    expect(paddedExtent(Float64Array.of(3, 3), 0.1).every(Number.isFinite)).toBe(true);
    expect(paddedExtent(new Float64Array(0), 0.1)).toEqual([0, 1]);
  });

  it("are smaller and fainter the more there are", () => {
    const few = pointLook(50, 40_000);
    const many = pointLook(6000, 40_000);
    expect(many.radius).toBeLessThan(few.radius);
    expect(many.strength).toBeLessThan(few.strength);
  });
});

describe("a chart without a finite value", () => {
  const undefinedAtStart = scene([track("a", [Number.NaN])]);
  it("has no scale that would mean something", () => {
    expect(chartAxes(undefinedAtStart, seriesOf(undefinedAtStart), frame).yTicks).toEqual([]);
    const some = scene([track("a", [Number.NaN]), track("b", [3, 2])], { reference: null, yKind: "value" });
    expect(chartAxes(some, seriesOf(some), frame).yTicks.length).toBeGreaterThan(1);
  });
});
