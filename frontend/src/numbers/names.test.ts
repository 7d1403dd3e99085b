import { describe, expect, it } from "vitest";
import { letterAndIndex } from "./names";

describe("a name", () => {
  it("has what stands behind its letters, or in brackets, for an index", () => {
    expect(["x", "b1", "φ_1", "α₀", "x[10]", "a[cold]", "speed"].map(letterAndIndex)).toEqual([
      ["x", ""],
      ["b", "1"],
      ["φ", "1"],
      ["α", "₀"],
      ["x", "10"],
      ["a", "cold"],
      ["speed", ""],
    ]);
  });
});
