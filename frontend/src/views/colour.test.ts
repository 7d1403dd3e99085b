import { describe, expect, it } from "vitest";
import { contrast, parseColour, rampTable, readable } from "./colour";

describe("colours", () => {
  it("reads the forms that style sheets give", () => {
    expect(parseColour("#fff")).toEqual([255, 255, 255]);
    expect(parseColour("#1a2130")).toEqual([26, 33, 48]);
    expect(parseColour("rgb(253,253,251)")).toEqual([253, 253, 251]);
    expect(parseColour("rgba(12, 16, 22, .85)")).toEqual([12, 16, 22]);
  });

  it("ramps from water to paper, monotonically", () => {
    const table = rampTable("#6f9cd0", "#fafbfa");
    expect([...table.slice(0, 3)]).toEqual([0x6f, 0x9c, 0xd0]);
    expect([...table.slice(-3)]).toEqual([0xfa, 0xfb, 0xfa]);
    for (let i = 3; i < table.length; i += 1) expect(table[i]).toBeGreaterThanOrEqual(table[i - 3] as number);
  });

  it("makes line colours readable as text on either paper", () => {
    for (const [paper, colours] of [
      ["#fdfdfb", ["#d55e00", "#0072b2", "#b65a90", "#c98500", "#00916a"]],
      ["#12161c", ["#ff8a47", "#56b4e9", "#e597c4", "#f0b63a", "#2fc99c"]],
    ] as const) {
      for (const colour of colours) {
        const text = parseColour(readable(colour, paper));
        expect(contrast(text, parseColour(paper))).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});
