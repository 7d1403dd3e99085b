import { describe, expect, it } from "vitest";
import { Laboratory } from "./laboratory";
import { lowestKnown } from "./scenes";
import { emptyState } from "./state";
import { armijo, openedOf, runInfo, welcome } from "./testing";

function fresh(state = {}): Laboratory {
  const lab = new Laboratory({ ...emptyState(), ...state });
  lab.accept({ kind: "welcome", view: "", seq: 1, ...welcome });
  lab.acceptOpened(openedOf(), null);
  return lab;
}

const row = (lab: Laboratory, place: number) => lab.rows.value[place] as never;

describe("rows", () => {
  it("of a link are kept where their method is known, and made fresh where none is", () => {
    const rows = [
      { id: "r1", method: "gone", options: {}, visible: true },
      { id: "r2", method: "armijo", options: { c1: 0.2 }, visible: true },
    ];
    expect(fresh({ rows }).rows.value.map(({ id }) => id)).toEqual(["r2"]);
    expect(fresh({ rows: rows.slice(0, 1) }).rows.value.map(({ method }) => method)).toEqual([
      "gradient descent",
      "armijo",
    ]);
  });
  it("take presets whole, and go back to what is suggested", () => {
    const lab = fresh();
    lab.setOption(row(lab, 1), "initial", 3);
    lab.applyPreset(row(lab, 1), armijo.presets[0] ?? null);
    expect(lab.rows.value[1]?.options).toEqual({ c1: 0.5, shrink_max: 0.9 });
    lab.applyPreset(row(lab, 1), null);
    expect(lab.rows.value[1]?.options).toEqual({});
  });
  it("are forgotten as to their numbers, not as to what is shown, with another problem", () => {
    const lab = fresh();
    lab.setOption(row(lab, 0), "alpha", 3);
    lab.setVisible(row(lab, 1), false);
    lab.chooseProblem("saddle");
    expect(lab.rows.value.map(({ options, visible }) => [options, visible])).toEqual([
      [{}, true],
      [{}, false],
    ]);
    expect(lab.state.value).toMatchObject({ problem: "saddle", text: null, start: null, box: null });
  });
});

describe("the state for a link", () => {
  const formula = { problem: null, text: "a*x^2 + y^2", options: { "gradient descent": { alpha: 0.5 } } };
  it("holds what was suggested before a parameter changed", () => {
    const lab = fresh({ text: formula.text });
    lab.acceptOpened(openedOf(formula), null);
    expect(lab.linked.value).toEqual(lab.state.value);
    const options = { "gradient descent": { alpha: 0.1 }, armijo: { initial: 2 } };
    lab.acceptOpened(openedOf({ ...formula, options, start: [1, 1] }), null);
    expect(lab.linked.value.rows.map((row) => row.options)).toEqual([{ alpha: 0.5 }, { initial: 1 }]);
    expect(lab.linked.value.start).toEqual([3, 4]);
    expect(lab.state.value.rows).toEqual([]);
  });
  it("prefers what a person has set", () => {
    const lab = fresh({ text: formula.text, start: [7, 7] });
    lab.acceptOpened(openedOf(formula), null);
    lab.setOption(row(lab, 0), "alpha", 3);
    lab.acceptOpened(openedOf({ ...formula, options: {}, start: [1, 1] }), null);
    expect(lab.linked.value).toEqual(lab.state.value);
  });
  it("is that of a link put over the page, with the suggestions of its own parameters", () => {
    const lab = fresh({ text: formula.text });
    lab.acceptOpened(openedOf(formula), null);
    lab.acceptOpened(openedOf({ ...formula, options: { "gradient descent": { alpha: 0.1 } } }), null);
    lab.restore({ ...emptyState(), text: formula.text });
    expect(lab.suggested.value).toEqual({ "gradient descent": { alpha: 0.1 } });
  });
});

describe("limits", () => {
  it("are the person's, else the problem's, else the default", () => {
    const lab = fresh();
    expect(lab.maxIterations.value).toBe(100);
    lab.setLimit("max_iterations", 12.6);
    expect(lab.maxIterations.value).toBe(13);
    expect(lab.gtol.value).toBe(1e-8);
    lab.setLimit("gtol", -1);
    expect(lab.gtol.value).toBe(0);
  });
});

describe("the view", () => {
  it("does not become a person's wish by being fitted to the map's size", () => {
    const lab = fresh();
    lab.aspect.value = 1.5;
    lab.setBox([...lab.shownBox.value], "end");
    expect(lab.state.value.box).toBeNull();
    lab.setBox([0, 3, 0, 2], "end");
    expect(lab.state.value.box).toEqual([0, 3, 0, 2]);
    lab.resetView();
    expect(lab.box.value).toEqual([-5, 5, -5, 5]);
  });
  it("need not have equal scales for a fit", () => {
    const lab = fresh();
    lab.aspect.value = 2;
    lab.acceptOpened(
      openedOf({
        text: "m*t + b",
        equal_scale: false,
        ranges: [
          [0, 1],
          [0, 9],
        ],
      }),
      null,
    );
    expect(lab.shownBox.value).toEqual([0, 1, 0, 9]);
  });
});

describe("f*", () => {
  const result = (part: object) => ({
    info: runInfo(part),
    path: new Float64Array(),
    curve: null,
    fitted: null,
  });
  it("is the known minimum", () => {
    expect(lowestKnown(-1, [result({ fun: 3 })])).toBe(-1);
  });
  it("is else the lowest value of a bounded run, once one has converged", () => {
    expect(
      lowestKnown(null, [
        result({ fun: 3 }),
        result({ fun: 2, mark: "limit" }),
        result({ fun: -9, mark: "diverged" }),
      ]),
    ).toBe(2);
    expect(lowestKnown(null, [result({ fun: 2, mark: "limit" })])).toBeNull();
    expect(lowestKnown(null, [])).toBeNull();
  });
});
