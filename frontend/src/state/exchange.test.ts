import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Exchange } from "./exchange";
import { Laboratory } from "./laboratory";
import { emptyState, type PageState } from "./state";
import { Stopwatch } from "./stopwatch";
import { FakeConnection, ManualClock, runInfo } from "./testing";

let connection: FakeConnection;
let clock: ManualClock;
let lab: Laboratory;
let exchange: Exchange;

function begin(state: Partial<PageState> = {}): void {
  connection = new FakeConnection();
  clock = new ManualClock();
  lab = new Laboratory({ ...emptyState(), ...state });
  exchange = new Exchange(lab, connection, "view", new Stopwatch(false), clock);
}

/** A page on which the first problem stands, map and paths included. */
function beginOpen(state: Partial<PageState> = {}): void {
  begin(state);
  lab.aspect.value = 1;
  connection.welcome();
  connection.open();
  connection.field();
  connection.runs();
  clock.frame();
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  exchange.close();
  vi.useRealTimers();
});

describe("the beginning", () => {
  it("greets, opens the first problem, then asks for map and paths", () => {
    begin();
    lab.aspect.value = 2;
    expect(connection.sent.map((request) => request.kind)).toEqual(["hello"]);
    connection.welcome();
    expect(connection.last("open")).toMatchObject({ problem: "paraboloid", text: null, parameters: {} });
    connection.open();
    expect(connection.last("paths")).toMatchObject({
      revision: 1,
      start: [3, 4],
      max_iterations: 100,
      gtol: 1e-8,
    });
    expect(connection.last("paths").runs).toEqual([
      { id: "r1", method: "gradient descent", options: { alpha: 0.2 } },
      { id: "r2", method: "armijo", options: {} },
    ]);
    expect(connection.last("grid")).toMatchObject({ revision: 1, box: [-10, 10, -5, 5], shape: [448, 224] });
  });
  it("opens what the link says instead", () => {
    begin({ text: "a*x^2 + y^2", parameters: { a: 7 }, start: [1, 2] });
    connection.welcome();
    expect(connection.last("open")).toMatchObject({
      problem: null,
      text: "a*x^2 + y^2",
      parameters: { a: 7 },
    });
    connection.open();
    expect(connection.last("paths").start).toEqual([1, 2]);
  });
  it("greets again as long as nobody answers", () => {
    begin();
    vi.advanceTimersByTime(4500);
    expect(connection.count("hello")).toBe(3);
    connection.welcome();
    vi.advanceTimersByTime(10_000);
    expect(connection.count("hello")).toBe(3);
  });
});

describe("a drag", () => {
  it("asks for paths once a frame, for the newest place, and never for a map", () => {
    beginOpen();
    const [paths, grids] = [connection.count("paths"), connection.count("grid")];
    for (const x of [1, 1.1, 1.2]) lab.dragStart(x, 1);
    expect(connection.count("paths")).toBe(paths + 1);
    clock.frame();
    expect(connection.count("paths")).toBe(paths + 2);
    expect(connection.last("paths").start).toEqual([1.2, 1]);
    expect(connection.count("grid")).toBe(grids);
  });
  it("rounds the start to what the map can show", () => {
    beginOpen();
    lab.dragStart(1.23456789, -0.000001);
    expect(lab.start.value).toEqual([1.235, 0]);
  });
  it("draws the newest answer and drops older ones that come late", () => {
    beginOpen();
    lab.dragStart(1, 1);
    const first = connection.last("paths");
    clock.frame();
    lab.dragStart(2, 1);
    const second = connection.last("paths");
    connection.runs({ headline: "second" }, second);
    connection.runs({ headline: "first" }, first);
    expect(lab.runs.value?.seq).toBe(second.seq);
  });
  it("does not take the empty answer to an overtaken request for a picture", () => {
    beginOpen();
    const before = lab.runs.value;
    lab.dragStart(1, 1);
    const { revision, start } = connection.last("paths");
    connection.answer(connection.last("paths"), { kind: "runs", revision, start, runs: [] });
    expect(lab.runs.value).toBe(before);
  });
});

describe("a view that moves", () => {
  it("asks for coarse maps, and for a fine one when it rests", () => {
    beginOpen();
    lab.setBox([-1, 1, -1, 1], "move");
    expect(connection.last("grid").shape).toEqual([160, 160]);
    clock.frame();
    lab.setBox([-1, 1, -1, 1], "end");
    expect(connection.last("grid")).toMatchObject({ shape: [448, 448], box: [-1, 1, -1, 1] });
  });
});

describe("a parameter's slider", () => {
  it("moves map and paths without opening anew, and opens once it rests", () => {
    begin({ text: "a*x^2 + y^2" });
    lab.aspect.value = 1;
    connection.welcome();
    const info = {
      name: "a",
      symbol: "a",
      default: 1,
      low: -5,
      high: 5,
      scale: "linear",
      help: "",
      choices: [] as string[],
    } as const;
    connection.open({ parameters: [info] });
    clock.frame();
    const opens = connection.count("open");
    lab.setParameter("a", 3, "move");
    expect(connection.last("paths").parameters).toEqual({ a: 3 });
    expect(connection.last("grid")).toMatchObject({ parameters: { a: 3 }, shape: [160, 160] });
    expect(connection.count("open")).toBe(opens);
    lab.setParameter("a", 3, "end");
    expect(connection.last("open").parameters).toEqual({ a: 3 });
    const step = lab.suggested.value;
    connection.open({ revision: 2, parameters: [{ ...info, default: 3 }], options: { armijo: { c1: 0.3 } } });
    expect(lab.suggested.value).toBe(step);
  });
});

describe("typing", () => {
  it("opens each text, keeps start and view, and leaves the catalogue", () => {
    beginOpen();
    lab.dragStart(1, 1);
    clock.frame();
    lab.type("x^2 + 2y^2");
    expect(connection.last("open")).toMatchObject({ problem: null, text: "x^2 + 2y^2" });
    connection.open({
      revision: 2,
      start: [9, 9],
      ranges: [
        [0, 1],
        [0, 1],
      ],
    });
    expect(connection.last("paths")).toMatchObject({ revision: 2, start: [1, 1] });
    expect(connection.last("grid").box).toEqual([-5, 5, -5, 5]);
  });
  it("takes the problem's own start where the variables are others", () => {
    beginOpen();
    lab.type("u^2 + v^2");
    connection.open({
      revision: 2,
      variables: ["u", "v"],
      start: [9, 9],
      ranges: [
        [0, 1],
        [0, 1],
      ],
    });
    expect(lab.start.value).toEqual([9, 9]);
    expect(lab.box.value).toEqual([0, 1, 0, 1]);
  });
  it("shows what is wrong, and keeps the last good picture", () => {
    beginOpen();
    const [opened, runs] = [lab.opened.value, lab.runs.value];
    lab.type("x^2 +");
    const failed = {
      kind: "failed",
      request: "open",
      message: "m",
      hint: null,
      position: 5,
      length: 0,
      reopen: false,
    };
    connection.answer(connection.last("open"), failed);
    expect(lab.formulaFailure.value?.position).toBe(5);
    expect(lab.opened.value).toBe(opened);
    expect(lab.runs.value).toBe(runs);
    clock.frame();
    lab.type("x^2 + y");
    connection.open({ revision: 2 });
    expect(lab.formulaFailure.value).toBeNull();
  });
  it("does not complain of a text that is being typed over", () => {
    beginOpen();
    lab.type("x^2 +");
    const first = connection.last("open");
    clock.frame();
    lab.type("x^2 + y");
    const failed = {
      kind: "failed",
      request: "open",
      message: "m",
      hint: null,
      position: 5,
      length: 0,
      reopen: false,
    };
    connection.answer(first, failed);
    expect(lab.formulaFailure.value).toBeNull();
  });
});

describe("answers to an older state", () => {
  it("are dropped", () => {
    beginOpen();
    const [paths, grid] = [connection.last("paths"), connection.last("grid")];
    lab.chooseProblem("saddle");
    connection.open({ revision: 2, problem: "saddle", text: "x^2 - y^2" });
    const [field, runs] = [lab.field.value, lab.runs.value];
    connection.answer(
      grid,
      { kind: "field", revision: 1, box: grid.box, axes: [0, 1], shape: [2, 2], reference: 0, highest: 0 },
      [new Float32Array(4)],
    );
    connection.runs({}, paths);
    expect(lab.field.value).toBe(field);
    expect(lab.runs.value).toBe(runs);
  });
  it("are no failures either", () => {
    beginOpen();
    lab.dragStart(1, 1);
    const paths = connection.last("paths");
    lab.chooseProblem("saddle");
    connection.open({ revision: 2, problem: "saddle", text: "x^2 - y^2" });
    const failed = {
      kind: "failed",
      request: "paths",
      message: "old",
      hint: null,
      position: null,
      length: 0,
      reopen: false,
    };
    connection.answer(paths, failed);
    expect(lab.runFailure.value).toBeNull();
  });
  it("of another view of the same widget are not ours", () => {
    beginOpen();
    connection.answer(
      { ...connection.last("paths"), view: "other" },
      { kind: "runs", revision: 1, start: [0, 0], runs: [] },
    );
    expect(lab.runs.value?.results).toHaveLength(2);
  });
});

describe("a lost line", () => {
  it("loses nothing: what was done meanwhile is asked for when it comes back", () => {
    beginOpen();
    connection.line("lost");
    lab.dragStart(-1, 2);
    lab.comparison.setOption(lab.comparison.rows.value[0] as never, "alpha", 0.7);
    expect(lab.line.value).toBe("lost");
    const before = connection.sent.length;
    connection.line("open");
    clock.frame();
    expect(connection.sent.slice(before).map((request) => request.kind)).toEqual(["hello"]);
    connection.welcome();
    connection.open({ revision: 90 });
    expect(connection.last("paths")).toMatchObject({ revision: 90, start: [-1, 2] });
    expect(connection.last("paths").runs[0]?.options).toEqual({ alpha: 0.7 });
  });
  it("opens again where Python no longer knows the problem", () => {
    beginOpen();
    const opens = connection.count("open");
    lab.dragStart(1, 1);
    const failed = {
      kind: "failed",
      request: "paths",
      message: "gone",
      hint: null,
      position: null,
      length: 0,
      reopen: true,
    };
    connection.answer(connection.last("paths"), failed);
    expect(connection.count("open")).toBe(opens + 1);
    connection.open({ revision: 2 });
    clock.frame();
    expect(connection.last("paths")).toMatchObject({ revision: 2, start: [1, 1] });
  });
});

describe("the read-out", () => {
  it("asks for the point under the pointer", () => {
    beginOpen();
    exchange.probe([0.5, 0.25]);
    expect(connection.last("probe").point).toEqual([0.5, 0.25]);
    connection.answer(connection.last("probe"), {
      kind: "reading",
      revision: 1,
      point: [0.5, 0.25],
      value: 1,
      gradient_norm: null,
    });
    expect(lab.reading.value?.value).toBe(1);
    exchange.probe(null);
    expect(lab.hovering.value).toBe(false);
  });
});

describe("advice", () => {
  const remedy = { label: "Use BFGS", result: "", method: "bfgs", options: {}, start: null };
  it("is asked of the runs that stand, once they have rested, and forgotten when they change", () => {
    beginOpen();
    expect(connection.count("advise")).toBe(0);
    vi.advanceTimersByTime(300);
    const first = connection.last("advise");
    expect({ ...first, kind: "paths", seq: 0 }).toEqual({ ...connection.last("paths"), seq: 0 });
    connection.answer(first, { kind: "advice", revision: 1, remedies: { r1: [remedy] } });
    expect(lab.advice.value.r1).toEqual([remedy]);
    lab.dragStart(1, 1);
    expect(lab.advice.value).toEqual({});
    vi.advanceTimersByTime(200);
    lab.dragStart(2, 1);
    clock.frame();
    vi.advanceTimersByTime(200);
    expect(connection.count("advise")).toBe(1);
    vi.advanceTimersByTime(100);
    expect(connection.last("advise").start).toEqual([2, 1]);
  });
  it("on runs that have changed meanwhile is not taken", () => {
    beginOpen();
    vi.advanceTimersByTime(300);
    const late = connection.last("advise");
    lab.dragStart(1, 1);
    connection.answer(late, { kind: "advice", revision: 1, remedies: { r1: [remedy] } });
    expect(lab.advice.value).toEqual({});
  });
});

describe("a slice of many variables", () => {
  const three = {
    variables: ["a", "b", "c"],
    start: [1, 2, 3],
    ranges: [
      [0, 1],
      [0, 1],
      [0, 1],
    ] as [number, number][],
  };
  it("is asked once it is known where the selected run ended", () => {
    begin();
    lab.aspect.value = 1;
    connection.welcome();
    connection.open(three);
    expect(connection.count("grid")).toBe(0);
    connection.runs({ x: [7, 8, 9] });
    expect(connection.last("grid")).toMatchObject({ axes: [0, 1], at: [0, 0, 9] });
    exchange.probe([0.25, 0.5]);
    expect(connection.last("probe").point).toEqual([0.25, 0.5, 9]);
  });
});

describe("the curves of an iteration", () => {
  it("are asked for while one is shown, and forgotten at the end", () => {
    begin();
    lab.aspect.value = 1;
    connection.welcome();
    const data = { abscissa: "t", response: "y", rows: 2, total: 2, description: "" };
    const buffers = [
      [0, 1],
      [2, 3],
      [0, 1, 2],
    ].map((values) => Float64Array.from(values));
    connection.open({ data }, buffers);
    connection.field();
    const { revision, start, runs } = connection.last("paths");
    const path = Float64Array.of(...start, 25, 10, 0, 1, 5, 6, 0, 0, 0.5, 2);
    connection.answer(
      connection.last("paths"),
      { kind: "runs", revision, start, runs: runs.map(({ id }) => runInfo({ id })) },
      runs.flatMap(() => [path, new Float64Array(3), new Float64Array(2)]),
    );
    expect(connection.count("predict")).toBe(0);
    lab.timeline.seek(0);
    expect(connection.last("predict").points).toEqual([
      { id: "r1", x: [3, 4] },
      { id: "r2", x: [3, 4] },
    ]);
    const curve = Float64Array.of(7, 8, 9);
    connection.answer(connection.last("predict"), { kind: "predicted", revision, ids: ["r1"] }, [
      curve,
      Float64Array.of(1, 2),
    ]);
    expect(lab.predicted.value?.get("r1")?.curve).toEqual(curve);
    lab.timeline.seek(1);
    expect(lab.predicted.value).toBeNull();
  });
});
