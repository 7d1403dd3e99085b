import { describe, expect, it } from "vitest";
import { alongBorder, around, overlap, Placement, spread, within } from "./placement";

describe("placing labels", () => {
  it("never lets two labels meet, nor leave the picture", () => {
    const placement = new Placement(400, 300);
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    for (let i = 0; i < 60; i += 1) {
      placement.choose(around(400 * random(), 300 * random(), 40 + 40 * random(), 15, 5));
    }
    expect(placement.taken.length).toBeGreaterThan(20);
    placement.taken.forEach((a, i) => {
      expect(within(a, 400, 300)).toBe(true);
      for (const b of placement.taken.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    });
  });

  it("prefers ground without lines", () => {
    const placement = new Placement(400, 300);
    placement.ink.addLine([200, 150, 400, 150]);
    const candidates = around(200, 150, 60, 15, 5);
    const chosen = candidates[placement.choose(candidates)];
    expect(chosen && placement.ink.under(chosen)).toBe(0);
  });

  it("keeps the place it had while that is about as good", () => {
    const candidates = around(200, 150, 60, 15, 5);
    expect(new Placement(400, 300).choose(candidates)).toBe(0);
    expect(new Placement(400, 300).choose(candidates, 2)).toBe(2);
  });

  it("gives no place where there is none", () => {
    const placement = new Placement(50, 20);
    expect(placement.choose(around(25, 10, 80, 15, 5))).toBe(-1);
  });

  it("pushes labels at the border inwards", () => {
    for (const rect of alongBorder(395, 150, 120, 30, { width: 400, height: 300 })) {
      expect(within(rect, 400, 300)).toBe(true);
    }
  });
});

describe("keeping a column of labels apart", () => {
  it("leaves labels that do not meet where they are", () => {
    expect(spread([10, 40, 80], 14, 0, 100)).toEqual([10, 40, 80]);
  });

  it("moves meeting ones symmetrically, and keeps their order", () => {
    expect(spread([50, 50], 14, 0, 100)).toEqual([43, 57]);
    expect(spread([52, 50], 14, 0, 100)).toEqual([58, 44]);
  });

  it("has the gap everywhere and stays within its bounds", () => {
    const targets = [3, 99, 98, 97, 50, 52, 49, 2];
    const places = spread(targets, 12, 0, 100);
    const sorted = [...places].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i += 1) {
      expect((sorted[i] as number) - (sorted[i - 1] as number)).toBeGreaterThanOrEqual(12 - 1e-9);
    }
    expect(sorted[0]).toBeGreaterThanOrEqual(0);
    expect(sorted.at(-1)).toBeLessThanOrEqual(100);
  });

  it("overflows downwards rather than overlap when there is no room", () => {
    const places = spread([1, 2, 3, 4], 20, 0, 30);
    expect(places).toEqual([0, 20, 40, 60]);
  });
});
