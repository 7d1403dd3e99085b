import { describe, expect, it } from "vitest";
import { CurveGround } from "./curveground";
import { Viewport } from "./viewport";

const box: [number, number, number, number] = [0, 4, 0, 10];
const ground = (values: number[]) =>
  new CurveGround({
    values: Float32Array.from(values),
    shape: [values.length, 1],
    box,
    axes: [0, 1],
    reference: 1,
    highest: 9,
  });

describe("f over one variable", () => {
  it("is read between its points, and nowhere else", () => {
    const one = ground([0, 2, 4, 6, 8]);
    expect([0, 0.5, 3.25, 4].map((x) => one.at(x))).toEqual([1, 2, 7.5, 9]);
    expect(one.at(-0.1)).toBeNaN();
    expect(one.at(4.1)).toBeNaN();
  });
  it("is a line in pixels, cut where it is undefined", () => {
    const view = new Viewport(box, 400, 100);
    expect(ground([1, 1, Number.NaN, 3, 3]).lines(view)).toEqual([
      [0, 80, 100, 80],
      [300, 60, 400, 60],
    ]);
    expect(ground([Number.NaN, Number.NaN]).lines(view)).toEqual([]);
    const [line = []] = ground([0, Number.POSITIVE_INFINITY]).lines(view);
    expect(line.every(Number.isFinite)).toBe(true);
  });
});
