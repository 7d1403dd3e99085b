import { describe, expect, it } from "vitest";
import { trace } from "./trace";
import { Viewport } from "./viewport";

const view = new Viewport([-5, 5, -5, 5], 500, 500);

function pathOf(points: [number, number][]): Float64Array {
  return Float64Array.from(points.flatMap(([x, y]) => [x, y, 0, 0, 0, 0]));
}

const traced = (points: [number, number][]) => trace(pathOf(points), 6, 0, points.length - 1, view);

describe("a path in screen space", () => {
  it("goes through every iterate that can be told apart", () => {
    const { clear, end, exit } = traced([
      [-4, 0],
      [0, 2],
      [4, 0],
    ]);
    expect(clear).toEqual([[50, 250, 250, 150, 450, 250]]);
    expect(end).toEqual([450, 250]);
    expect(exit).toBeNull();
  });

  it("merges steps too small to see but keeps the last point", () => {
    const points = Array.from({ length: 5001 }, (_, i): [number, number] => [-4 + (8 * i) / 5000, 0]);
    const { clear, crowded } = traced(points);
    expect(crowded).toEqual([]);
    expect(clear).toHaveLength(1);
    expect((clear[0] as number[]).length / 2).toBeLessThan(700);
    expect(clear[0]?.slice(-2)).toEqual([450, 250]);
  });

  it("loses no excursion of more than a pixel", () => {
    const points = Array.from({ length: 2001 }, (_, i): [number, number] => [
      -4 + (8 * i) / 2000,
      i === 777 ? 3 : 0,
    ]);
    const heights = traced(points).clear.flatMap((line) => line.filter((_, i) => i % 2 === 1));
    expect(Math.min(...heights)).toBeCloseTo(100, 6);
  });

  it("sets crowded oscillations apart, in a number bounded by the picture", () => {
    const points = Array.from({ length: 10_000 }, (_, i): [number, number] => [
      -4 + (8 * i) / 10_000,
      i % 2 === 0 ? 3 : -3,
    ]);
    const { clear, crowded } = traced(points);
    const segments = [...clear, ...crowded].reduce((sum, line) => sum + line.length / 2 - 1, 0);
    expect(crowded.length).toBeGreaterThan(0);
    expect(segments).toBeLessThan(2000);
    const widest = crowded.flat().filter((_, i) => i % 2 === 1);
    expect([Math.min(...widest), Math.max(...widest)]).toEqual([100, 400]);
  });

  it("leaves an open zigzag clear", () => {
    const points = Array.from({ length: 40 }, (_, i): [number, number] => [
      -4 + 0.2 * i,
      i % 2 === 0 ? 2 : -2,
    ]);
    expect(traced(points).crowded).toEqual([]);
  });

  it("marks where a diverging path leaves for good, with its direction", () => {
    const { exit, end, clear } = traced([
      [0, 0],
      [1, 1],
      [1e80, 1e80],
      [-1e200, 3e200],
    ]);
    expect(end).toBeNull();
    expect(exit?.angle).toBeCloseTo(-Math.PI / 4, 12);
    expect(exit?.x).toBeCloseTo(500 - 9, 6);
    expect(exit?.y).toBeCloseTo(9, 6);
    for (const v of clear.flat()) expect(Math.abs(v)).toBeLessThan(700);
  });

  it("does not take an excursion for the end", () => {
    const { exit, end } = traced([
      [0, 0],
      [50, 0],
      [1, 1],
    ]);
    expect(exit).toBeNull();
    expect(end).toEqual([300, 200]);
  });

  it("points to a path that is nowhere in the picture", () => {
    const { exit, clear, end } = traced([
      [100, 0],
      [200, 0],
    ]);
    expect(clear).toEqual([]);
    expect(end).toBeNull();
    expect([exit?.x, exit?.y]).toEqual([491, 250]);
    expect(exit?.angle).toBeCloseTo(0, 12);
  });

  it("draws lines across between two points outside as passing", () => {
    const { passing } = traced([
      [-50, 0],
      [50, 0],
    ]);
    expect(passing.map((line) => line.map(Math.round))).toEqual([[-60, 250, 560, 250]]);
  });

  it("marks iterates only where they stand apart", () => {
    const spaced = traced(Array.from({ length: 9 }, (_, i): [number, number] => [-4 + i, 0]));
    expect(spaced.dots.length / 2).toBe(7);
    const dense = traced(Array.from({ length: 400 }, (_, i): [number, number] => [-4 + 0.02 * i, 0]));
    expect(dense.dots).toEqual([]);
  });
});
