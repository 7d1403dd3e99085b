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

const row = (lab: Laboratory, place: number) => lab.comparison.rows.value[place] as never;

describe("rows", () => {
  it("of a link are kept where their method is known, and made fresh where none is", () => {
    const rows = [
      { id: "r1", method: "gone", options: {}, visible: true },
      { id: "r2", method: "armijo", options: { c1: 0.2 }, visible: true },
    ];
    expect(fresh({ rows }).comparison.rows.value.map(({ id }) => id)).toEqual(["r2"]);
    expect(fresh({ rows: rows.slice(0, 1) }).comparison.rows.value.map(({ method }) => method)).toEqual([
      "gradient descent",
      "armijo",
    ]);
  });
  it("take presets whole, and go back to what is suggested", () => {
    const lab = fresh();
    lab.comparison.setOption(row(lab, 1), "initial", 3);
    lab.comparison.applyPreset(row(lab, 1), armijo.presets[0] ?? null);
    expect(lab.comparison.rows.value[1]?.options).toEqual({ c1: 0.5, shrink_max: 0.9 });
    lab.comparison.applyPreset(row(lab, 1), null);
    expect(lab.comparison.rows.value[1]?.options).toEqual({});
  });
  it("are forgotten as to their numbers, not as to what is shown, with another problem", () => {
    const lab = fresh();
    lab.comparison.setOption(row(lab, 0), "alpha", 3);
    lab.comparison.setVisible(row(lab, 1), false);
    lab.chooseProblem("saddle");
    expect(lab.comparison.rows.value.map(({ options, visible }) => [options, visible])).toEqual([
      [{}, true],
      [{}, false],
    ]);
    expect(lab.state.value).toMatchObject({ problem: "saddle", text: null, start: null, box: null });
  });
});

describe("the comparison", () => {
  const own = { methods: [{ method: "levenberg-marquardt", options: { damping: 0.01 } }], residuals: true };
  it("is first the problem's own, with its numbers, and says nothing in a link", () => {
    const lab = fresh();
    lab.acceptOpened(openedOf({ revision: 2, text: "m*t + b", ...own }), null);
    expect(lab.comparison.rows.value).toEqual([
      { id: "r1", method: "levenberg-marquardt", options: { damping: 0.01 }, visible: true },
    ]);
    expect(lab.linked.value.rows).toEqual([]);
    lab.comparison.setOption(row(lab, 0), "damping", 1);
    expect(lab.comparison.isChanged(row(lab, 0))).toBe(true);
    expect(lab.linked.value.rows).toHaveLength(1);
    lab.comparison.applyPreset(row(lab, 0), null);
    expect(lab.comparison.rows.value[0]?.options).toEqual({ damping: 0.01 });
    expect(lab.comparison.isChanged(row(lab, 0))).toBe(false);
  });
  it("grows by any method up to eight, and shrinks down to one", () => {
    const lab = fresh();
    lab.comparison.addRow("levenberg-marquardt");
    lab.comparison.setOption(row(lab, 1), "c1", 0.3);
    lab.comparison.addRow("armijo", lab.comparison.rows.value[1]);
    expect(lab.comparison.rows.value.map(({ id, method }) => `${id} ${method}`)).toEqual([
      "r1 gradient descent",
      "r2 armijo",
      "r4 armijo",
      "r3 levenberg-marquardt",
    ]);
    expect(lab.comparison.rows.value[2]?.options).toEqual({ c1: 0.3 });
    expect(lab.comparison.selected.value).toBe("r4");
    expect([...lab.comparison.titles.value.values()]).toEqual([
      "Fixed step",
      "Armijo",
      "Armijo 2",
      "Levenberg-Marquardt",
    ]);
    for (let i = 0; i < 9; i += 1) lab.comparison.addRow("armijo");
    expect(lab.comparison.rows.value).toHaveLength(8);
    for (const each of lab.comparison.rows.value) lab.comparison.removeRow(each);
    expect(lab.comparison.rows.value).toHaveLength(1);
    expect(lab.comparison.selected.value).toBe(lab.comparison.rows.value[0]?.id);
  });
  it("takes up a remedy: a value, a method, or a start", () => {
    const lab = fresh();
    const remedy = { label: "", result: "", method: "armijo", options: { c1: 0.2 }, start: null };
    lab.apply(row(lab, 0), remedy);
    expect(lab.comparison.rows.value[0]).toMatchObject({ id: "r1", method: "armijo", options: { c1: 0.2 } });
    lab.apply(row(lab, 1), { ...remedy, start: [7, 8] });
    expect(lab.start.value).toEqual([7, 8]);
    expect(lab.comparison.rows.value[1]).toMatchObject({ method: "armijo", options: {} });
  });
});

describe("of three variables", () => {
  const three = {
    revision: 3,
    text: "three",
    variables: ["a", "b", "c"],
    start: [1, 2, 3],
    axes: [2, 0] as [number, number],
    ranges: [
      [0, 10],
      [-1, 4],
      [2, 4],
    ] as [number, number][],
    bounds: [
      [null, 5],
      [null, null],
      [2.5, null],
    ] as [number | null, number | null][],
  };
  const opened = (): Laboratory => {
    const lab = fresh();
    lab.acceptOpened(openedOf(three), null);
    return lab;
  };
  const ended = (lab: Laboratory, x: number[], path: number[] = []) => {
    const result = {
      info: runInfo({ id: "r1", x }),
      path: Float64Array.from(path),
      curve: null,
      fitted: null,
    };
    lab.runs.value = { revision: 3, seq: 9, n: 3, results: [result] };
  };
  it("two run along the map, which can be changed, and change places", () => {
    const lab = opened();
    expect(lab.box.value).toEqual([2, 4, 0, 10]);
    lab.setBox([2.4, 3, 1, 2], "end");
    lab.setAxis(0, 1);
    expect([lab.axes.value, lab.box.value]).toEqual([
      [1, 0],
      [-1, 4, 0, 10],
    ]);
    lab.setAxis(1, 1);
    expect(lab.axes.value).toEqual([0, 1]);
    expect(lab.lengthOf(0)).toBe(lab.shownBox.value[1] - lab.shownBox.value[0]);
    expect(lab.lengthOf(2)).toBe(2);
  });
  it("a drag moves these two, within their bounds", () => {
    const lab = opened();
    lab.dragStart(2.7, 4);
    expect(lab.start.value).toEqual([4, 2, 2.7]);
    lab.dragStart(1, 8);
    expect(lab.start.value).toEqual([5, 2, 2.5]);
    lab.setStart(2, -1);
    expect(lab.start.value).toEqual([5, 2, 2.5]);
  });
  it("the map is a slice through the end of the selected run, its iteration, or the start", () => {
    const lab = opened();
    expect(lab.slice.value).toBeNull();
    ended(lab, [7, 0.5, 3], [1, 2, 3, 9, 1, 0, 1, 7, 0.5, 3, 1, 0, 1, 2]);
    expect(lab.slice.value).toEqual([0, 0.5, 0]);
    const slice = lab.slice.value;
    // Rounding is no other slice.
    ended(lab, [7, 0.5 + 1e-12, 3], [1, 2, 3, 9, 1, 0, 1, 7, 0.5, 3, 1, 0, 1, 2]);
    expect(lab.slice.value).toBe(slice);
    lab.timeline.pointed.value = 0;
    expect(lab.current.value).toEqual({ iteration: 0, x: [1, 2, 3] });
    expect(lab.slice.value).toEqual([0, 2, 0]);
    lab.timeline.pointed.value = null;
    lab.setThrough("start");
    lab.setStart(1, -0.25);
    expect(lab.slice.value).toEqual([0, -0.25, 0]);
  });
  it("an end that is nowhere gives way to the start", () => {
    const lab = opened();
    ended(lab, [Number.NaN, Number.NaN, Number.NaN], []);
    expect(lab.slice.value).toEqual([0, 2, 0]);
  });
});

describe("the timeline", () => {
  const played = (): Laboratory => {
    const lab = fresh();
    const result = { info: runInfo({ iterations: 10 }), path: new Float64Array(), curve: null, fitted: null };
    lab.runs.value = { revision: 1, seq: 9, n: 2, results: [result] };
    return lab;
  };
  it("shows the ends until it is moved, and again from the last iteration on", () => {
    const lab = played();
    expect([lab.timeline.last.value, lab.timeline.highlight.value]).toEqual([10, null]);
    lab.timeline.seek(4);
    expect(lab.timeline.highlight.value).toBe(4);
    lab.timeline.seek(-1);
    expect(lab.timeline.highlight.value).toBe(0);
    lab.timeline.seek(10);
    expect(lab.timeline.highlight.value).toBeNull();
  });
  it("gives way to the pointer in a chart", () => {
    const lab = played();
    lab.timeline.seek(4);
    lab.timeline.pointed.value = 7;
    expect(lab.timeline.highlight.value).toBe(7);
    lab.timeline.pointed.value = null;
    expect(lab.timeline.highlight.value).toBe(4);
  });
  it("plays from where it stands to the end, and from the start where it is there", () => {
    const lab = played();
    lab.timeline.togglePlay();
    expect([lab.timeline.playing.value, lab.timeline.highlight.value]).toEqual([true, 0]);
    for (let i = 0; i < 9; i += 1) lab.timeline.play(1);
    expect([lab.timeline.playing.value, lab.timeline.highlight.value]).toEqual([true, 9]);
    lab.timeline.play(1);
    expect([lab.timeline.playing.value, lab.timeline.highlight.value]).toEqual([false, null]);
    lab.timeline.seek(3);
    lab.timeline.togglePlay();
    lab.timeline.togglePlay();
    expect([lab.timeline.playing.value, lab.timeline.highlight.value]).toEqual([false, 3]);
    lab.chooseProblem("saddle");
    expect(lab.timeline.highlight.value).toBeNull();
  });
});

describe("what can be shared", () => {
  it("is the state, with the problem itself where only this program knows it by name", () => {
    const lab = fresh();
    expect(lab.shareable.value).toMatchObject({ problem: "paraboloid", shared: null });
    lab.acceptOpened(openedOf({ problem: "own", text: "m*t", link: "eJy" }), null);
    expect(lab.shareable.value).toMatchObject({ problem: null, shared: "eJy" });
    lab.acceptOpened(openedOf({ problem: "own", text: "f", unlinked: "a function does not" }), null);
    expect(lab.shareable.value).toBe("a function does not");
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
    lab.comparison.setOption(row(lab, 0), "alpha", 3);
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
