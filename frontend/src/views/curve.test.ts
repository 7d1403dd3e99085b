import { describe, expect, it } from "vitest";
import { curve, thinColumns } from "./curve";

const same = (v: number): number => v;

describe("thinning to pixel columns", () => {
  it("keeps the extremes of every column, in order", () => {
    const n = 20_000;
    const xs = Float64Array.from({ length: n }, (_, i) => (300 * i) / n);
    const ys = Float64Array.from(
      { length: n },
      (_, i) => 50 + 40 * Math.sin(i * 1.7) + (i === 12_345 ? 500 : 0),
    );
    const kept = thinColumns(xs, ys);
    expect(kept.length).toBeLessThanOrEqual(4 * 300);
    expect(kept).toContain(12_345);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(n - 1);
    expect(kept.every((index, i) => i === 0 || index > (kept[i - 1] as number))).toBe(true);
    for (let column = 0; column < 300; column += 1) {
      const all = [...ys].filter((_, i) => Math.floor(xs[i] as number) === column);
      const some = kept.filter((i) => Math.floor(xs[i] as number) === column).map((i) => ys[i] as number);
      expect(Math.max(...some)).toBe(Math.max(...all));
      expect(Math.min(...some)).toBe(Math.min(...all));
    }
  });

  it("keeps every point that has a column of its own", () => {
    expect(thinColumns(Float64Array.of(0, 10, 20), Float64Array.of(1, 2, 3))).toEqual([0, 1, 2]);
  });
});

describe("a curve within its picture", () => {
  const through = (ys: number[]) =>
    curve(
      Float64Array.from(ys, (_, i) => 10 * i),
      Float64Array.from(ys),
      same,
      same,
      0,
      100,
    );

  it("is one line where it stays inside", () => {
    const { lines, last, leaves } = through([10, 90, 40]);
    expect(lines).toEqual([[0, 10, 10, 90, 20, 40]]);
    expect(last).toEqual({ x: 20, y: 40, index: 2 });
    expect(leaves).toBeNull();
  });

  it("leaves at the top when it explodes, and says where", () => {
    const { lines, leaves } = through([50, -1e9, Number.NEGATIVE_INFINITY]);
    expect(leaves?.side).toBe("top");
    expect(leaves?.x).toBeCloseTo(0, 2);
    for (const v of lines.flat()) expect(v).toBeGreaterThanOrEqual(-0.5);
  });

  it("comes back in two pieces after an excursion, and has not left", () => {
    const { lines, leaves, last } = through([50, -50, 50]);
    expect(lines).toHaveLength(2);
    expect(leaves).toBeNull();
    expect(last?.index).toBe(2);
  });
});
