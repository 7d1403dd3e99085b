import { describe, expect, it } from "vitest";
import { isOverStart, wheelFactor } from "./gestures";
import { fitEqual, pan, sameBox, Viewport, zoom } from "./viewport";

const view = new Viewport([-2, 2, -1, 1], 400, 200);

describe("a box on the screen", () => {
  it("has y upwards, and projects back", () => {
    expect([view.toX(0), view.toY(0), view.toY(1)]).toEqual([200, 100, 0]);
    expect(view.fromX(view.toX(1.3))).toBeCloseTo(1.3, 12);
    expect(view.fromY(view.toY(-0.4))).toBeCloseTo(-0.4, 12);
  });

  it("keeps the point under the pointer while zooming", () => {
    const box = zoom(view.box, 0.5, 1, 0.5);
    const after = new Viewport(box, 400, 200);
    expect(after.toX(1)).toBeCloseTo(view.toX(1), 9);
    expect(after.toY(0.5)).toBeCloseTo(view.toY(0.5), 9);
    expect(box[1] - box[0]).toBeCloseTo(2, 12);
  });

  it("zooms no further than float64 can tell points apart", () => {
    let box = view.box;
    for (let i = 0; i < 200; i += 1) box = zoom(box, 0.5, 1, 0.5);
    expect(box[1] - box[0]).toBeGreaterThan(1e-12);
    for (let i = 0; i < 400; i += 1) box = zoom(box, 2, 1, 0.5);
    expect(box[1] - box[0]).toBeLessThan(1e17);
  });

  it("follows the hand when panned", () => {
    const after = new Viewport(pan(view, 30, -20), 400, 200);
    expect(after.toX(0)).toBeCloseTo(230, 9);
    expect(after.toY(0)).toBeCloseTo(80, 9);
  });

  it("fits equal scales by growing one side about the centre", () => {
    expect(fitEqual([-1, 1, -1, 1], 400, 200)).toEqual([-2, 2, -1, 1]);
    const fitted = fitEqual([0, 10, 0, 1], 300, 300);
    expect(fitted).toEqual([0, 10, -4.5, 5.5]);
    expect(sameBox(fitEqual(fitted, 300, 300), fitted)).toBe(true);
  });
});

describe("hands", () => {
  it("take the start within reach, from further with a finger", () => {
    expect(isOverStart(view, [0, 0], 210, 108, false)).toBe(true);
    expect(isOverStart(view, [0, 0], 218, 108, false)).toBe(false);
    expect(isOverStart(view, [0, 0], 218, 108, true)).toBe(true);
  });

  it("zoom in upwards and out downwards, alike in pixels and lines", () => {
    expect(wheelFactor(-100, 0, false)).toBeLessThan(1);
    expect(wheelFactor(100, 0, false) * wheelFactor(-100, 0, false)).toBeCloseTo(1, 12);
    expect(wheelFactor(3, 1, false)).toBe(wheelFactor(48, 0, false));
  });
});
