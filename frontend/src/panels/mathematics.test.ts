// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { formulaElement } from "./mathematics";

const text = (mathml: string) => formulaElement(mathml, ["x", "y"], [])?.textContent;

describe("a formula", () => {
  it("gets its head, unless it is an equation", () => {
    expect(text("<math><mi>x</mi></math>")).toBe("f(x,y)=x");
    expect(text("<mi>x</mi>")).toBe("f(x,y)=x");
    expect(text("<math><mi>y</mi><mo>=</mo><mi>x</mi></math>")).toBe("y=x");
  });
  it("lowers the index of a variable in its head, as the formula does", () => {
    const math = formulaElement("<math><mn>0</mn></math>", ["x1", "θ"], []);
    expect([...(math?.querySelectorAll("msub > *") ?? [])].map((part) => part.textContent)).toEqual([
      "x",
      "1",
    ]);
    expect(math?.textContent).toBe("f(x1,θ)=0");
  });
  it("marks the letters that have a slider", () => {
    const math = formulaElement("<math><mi>a</mi><mi>x</mi></math>", ["x", "y"], ["a"]);
    expect([...(math?.querySelectorAll(".own") ?? [])].map((letter) => letter.textContent)).toEqual(["a"]);
  });
  it("brings in nothing but mathematics", () => {
    const hostile =
      '<math><mi onclick="steal()">x</mi><script>steal()</script><mtext><img src=x onerror="steal()"></mtext></math>';
    const math = formulaElement(hostile, ["x", "y"], []);
    expect(math?.querySelector("script, img, [onclick], [onerror]")).toBeNull();
    expect(math?.textContent).toBe("f(x,y)=x");
  });
  it("is null where there is none", () => {
    expect(formulaElement("", ["x"], [])).toBeNull();
    expect(formulaElement("<b>x</b>", ["x"], [])?.textContent).toBe("f(x)=");
  });
  it("keeps brackets small where nothing between them stands tall", () => {
    const math = formulaElement(
      "<math><mo>(</mo><mo>−</mo><mi>x</mi><mo>)</mo><mo>(</mo><mfrac><mn>1</mn><mi>x</mi></mfrac><mo>)</mo></math>",
      ["x"],
      [],
    );
    const brackets = [...(math?.querySelectorAll("mo") ?? [])].filter((sign) => sign.textContent === "(");
    expect(brackets.map((bracket) => bracket.getAttribute("stretchy"))).toEqual(["false", "false", null]);
    expect(math?.querySelector("[form=prefix]")?.textContent).toBe("−");
  });
});
