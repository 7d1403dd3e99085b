import { describe, expect, it } from "vitest";
import { clipSegment, exitPoint, inside } from "./clip";
import type { Box } from "./viewport";

const box: Box = [-2, 2, -1, 1];

describe("clipping in float64", () => {
  it("leaves a segment inside the box as it is", () => {
    expect(clipSegment(box, -1, 0.5, 1.5, -0.25)).toEqual([-1, 0.5, 1.5, -0.25]);
  });

  it("drops a segment that passes by", () => {
    expect(clipSegment(box, 3, -5, 3, 5)).toBeNull();
    expect(clipSegment(box, -3, 0.9, 0, 3)).toBeNull();
  });

  it("cuts at the border, on the line", () => {
    expect(clipSegment(box, 0, 0, 4, 1)).toEqual([0, 0, 2, 0.5]);
    expect(clipSegment(box, -4, 0, 4, 0)).toEqual([-2, 0, 2, 0]);
  });

  it("keeps the direction of a segment that goes to 1e80", () => {
    const part = clipSegment(box, 0, 0, 1e80, 2.5e79);
    expect(part?.[2]).toBe(2);
    expect(part?.[3]).toBeCloseTo(0.5, 12);
  });

  it("does not overflow between the two ends of the number range", () => {
    const huge = Number.MAX_VALUE;
    expect(clipSegment(box, 0.5, 0.5, huge, -huge)?.every(Number.isFinite)).toBe(true);
    expect(clipSegment(box, -huge, 5, huge, 5)).toBeNull();
  });

  it("draws nothing where rounding would decide the place of the crossing", () => {
    expect(clipSegment(box, -1e80, -1e80, 1e80, 1e80)).toBeNull();
  });

  it("returns points on the segment and in the box, whatever the segment", () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    for (let i = 0; i < 2000; i += 1) {
      const [ax, ay, bx, by] = [0, 0, 0, 0].map(() => 8 * random() - 4) as [number, number, number, number];
      const part = clipSegment(box, ax, ay, bx, by);
      const crosses = Array.from({ length: 401 }, (_, k) => k / 400).some((t) =>
        inside(box, ax + t * (bx - ax), ay + t * (by - ay)),
      );
      if (crosses) expect(part).not.toBeNull();
      for (const [x, y] of part ? [part.slice(0, 2), part.slice(2)] : []) {
        expect(inside([-2 - 1e-9, 2 + 1e-9, -1 - 1e-9, 1 + 1e-9], x as number, y as number)).toBe(true);
        const cross = (bx - ax) * ((y as number) - ay) - (by - ay) * ((x as number) - ax);
        expect(Math.abs(cross)).toBeLessThan(1e-9);
      }
    }
  });

  it("finds where a path leaves, and nothing for one that stays", () => {
    expect(exitPoint(box, 0, 0, 1e300, 0)).toEqual([2, 0]);
    expect(exitPoint(box, 0, 0, 1, 0.5)).toBeNull();
  });
});
