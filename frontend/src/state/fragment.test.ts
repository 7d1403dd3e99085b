import { describe, expect, it } from "vitest";
import { readFragment, writeFragment } from "./fragment";
import { emptyState, type PageState, rowId } from "./state";

const full: PageState = {
  problem: "noisy-line",
  text: "(1-x)^2 + a*(y-x^2)^2 & β=%",
  parameters: { a: 20, β: -1e-7 },
  start: [-1.6, -0.5],
  box: [-2.25, 2.25, -1, 3],
  shared: "eJyrVkrL_-_g",
  axes: [2, 0],
  through: "start",
  rows: [
    { id: rowId(0), method: "gradient descent", options: { alpha: 0.1 }, visible: false },
    { id: rowId(1), method: "armijo", options: {}, visible: true },
  ],
  selected: rowId(1),
  maxIterations: 250,
  gtol: 1e-6,
  theme: "dark",
  measure: true,
};

describe("a link", () => {
  it("brings the whole state back", () => {
    expect(readFragment(`#${writeFragment(full)}`)).toEqual(full);
  });
  it("says nothing of what is as the problem suggests", () => {
    expect(writeFragment(emptyState())).toBe("");
    expect(readFragment("")).toEqual(emptyState());
    expect(writeFragment({ ...emptyState(), problem: "saddle", selected: rowId(0) })).toBe("problem=saddle");
  });
  it("tells the edges of a deeply zoomed view apart", () => {
    const box: [number, number, number, number] = [0.0078223163836, 0.0078223163837, 1e12, 1e12 + 4];
    const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = readFragment(writeFragment({ ...full, box })).box ?? [];
    expect(x1 - x0).toBeCloseTo(1e-13, 14);
    expect(y1 - y0).toBeCloseTo(4, 5);
  });
  it("has only characters that a fragment may have", () => {
    expect(writeFragment(full)).toMatch(/^[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/);
  });
  it("is read though parts of it make no sense", () => {
    const state = readFragment(
      "#start=1,x&box=2,1,0,1&axes=1,1&through=what&n=1.5&gtol=-1&theme=pink&set=a:,b:2,:3&f=%&what&run=&=3",
    );
    expect(state).toEqual({ ...emptyState(), parameters: { b: 2 }, text: "%" });
  });
  it("keeps an emptied formula apart from an untouched one", () => {
    expect(readFragment(writeFragment({ ...emptyState(), text: "" })).text).toBe("");
    expect(readFragment("#problem=saddle").text).toBeNull();
  });
});
