import { describe, expect, it } from "vitest";
import { parseMarkup, plainText } from "./markup";

const bold = (markup: string) =>
  parseMarkup(markup)
    .filter((s) => s.bold)
    .map((s) => s.text);
const math = (markup: string) =>
  parseMarkup(markup)
    .filter((s) => s.math)
    .map((s) => s.text);

describe("markup", () => {
  it("sets bold what stands between double asterisks", () => {
    expect(bold("Step **0.1** is **34 times** the limit.")).toEqual(["0.1", "34 times"]);
    expect(bold("**all of it**")).toEqual(["all of it"]);
  });
  it("takes an unclosed mark for text", () => {
    expect(bold("2 ** 3")).toEqual([]);
    expect(plainText("2 ** 3")).toBe("2 ** 3");
    expect(plainText("**a** and ** b")).toBe("a and ** b");
  });
  it("sets quantities as mathematics, but no words and no names", () => {
    expect(math("the limit 2/L = 0.0029, f = 1.2 and ‖∇f‖ = 3; f* is 0")).toEqual(["L", "f", "‖∇f‖", "f*"]);
    expect(math("Life of a fall; x_f, L2, f1")).toEqual([]);
  });
  it("writes a norm as the rest of the page does", () => {
    expect(math("a minimum: |∇f| = 0")).toEqual(["‖∇f‖"]);
  });
  it("loses nothing", () => {
    const text = "Step **0.1** is **34 times** 2/L; f fell.";
    expect(plainText(text)).toBe(text.replaceAll("**", ""));
    expect(plainText("")).toBe("");
  });
  it("prints powers of ten and apostrophes as print does", () => {
    expect(plainText("f = -1.5 (-2) in 3-5 steps")).toBe("f = −1.5 (−2) in 3-5 steps");
    expect(plainText("‖∇f‖ = 8.63e-09 at Beale's 1e+20; e2, 3em")).toBe(
      "‖∇f‖ = 8.63 × 10⁻⁹ at Beale’s 1 × 10²⁰; e2, 3em",
    );
  });
});
