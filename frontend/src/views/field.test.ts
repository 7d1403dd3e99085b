import { describe, expect, it } from "vitest";
import { catmullRom, Field } from "./field";
import { withNeighbours } from "./ground";
import type { Box } from "./viewport";

const box: Box = [-1, 1, -2, 2];

function fieldOf(f: (x: number, y: number) => number, columns = 21, rows = 41, reference = 0): Field {
  const values = Float32Array.from({ length: columns * rows }, (_, k) => {
    const x = box[0] + ((k % columns) / (columns - 1)) * (box[1] - box[0]);
    const y = box[2] + (Math.floor(k / columns) / (rows - 1)) * (box[3] - box[2]);
    return f(x, y) - reference;
  });
  return new Field({ values, shape: [columns, rows], box, reference, highest: 1 });
}

describe("reading a field between its points", () => {
  it("is exact for quadratics away from the border", () => {
    const field = fieldOf((x, y) => 3 + x * x + 2 * x * y + 2 * y * y);
    for (const [x, y] of [
      [0.123, 0.456],
      [-0.5, 1.3],
      [0.77, -1.61],
    ] as const) {
      expect(field.at(x, y)).toBeCloseTo(3 + x * x + 2 * x * y + 2 * y * y, 5);
    }
  });

  it("weighs the neighbours by one in all", () => {
    for (const t of [0, 0.1, 0.5, 0.9]) {
      expect([-1, 0, 1, 2].reduce((sum, k) => sum + catmullRom(k, t), 0)).toBeCloseTo(1, 12);
    }
  });

  it("knows nothing outside its box or beside undefined values", () => {
    const field = fieldOf((x) => Math.log(x) + 10);
    expect(field.at(5, 0)).toBeNaN();
    expect(field.at(-0.5, 0)).toBeNaN();
    expect(field.at(0.5, 0)).toBeCloseTo(Math.log(0.5) + 10, 2);
    expect(field.holes).toBe(true);
  });

  it("takes overflow for high and rounding below the reference for zero", () => {
    const values = Float32Array.of(Number.POSITIVE_INFINITY, -1e-9, Number.NEGATIVE_INFINITY, Number.NaN);
    const field = new Field({ values, shape: [2, 2], box, reference: 0, highest: 1 });
    expect([...field.values]).toEqual([Math.fround(1e37), 0, -1, -1]);
  });
});

describe("the texture", () => {
  it("holds with each value its neighbours along the row, and stops at the ends", () => {
    const texels = withNeighbours({ columns: 3, rows: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect([...texels.slice(0, 12)]).toEqual([1, 1, 2, 3, 1, 2, 3, 3, 2, 3, 3, 3]);
    expect([...texels.slice(12, 16)]).toEqual([4, 4, 5, 6]);
  });
});
