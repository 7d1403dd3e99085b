// What the tests of the page's state share: a catalogue of two methods, and a Python side that answers when told to.
import type { Connection, LineState } from "../connection/connection";
import { Listeners } from "../connection/connection";
import type { Clock } from "../connection/latest";
import type { MethodInfo, Opened, ParameterInfo, Reply, Request, RunInfo, Welcome } from "../messages";

function parameter(name: string, symbol: string, value: number, low: number, high: number): ParameterInfo {
  return { name, symbol, default: value, low, high, scale: "log", help: `${name}, for a test`, choices: [] };
}

export const gradientDescent: MethodInfo = {
  name: "gradient descent",
  title: "Fixed step",
  summary: "The same step at every iteration.",
  parameters: [parameter("alpha", "α", 0.1, 1e-5, 10)],
  main: 1,
  residuals: false,
  presets: [],
};

export const armijo: MethodInfo = {
  name: "armijo",
  title: "Armijo",
  summary: "Backtracking.",
  parameters: [
    parameter("c1", "c₁", 1e-4, 1e-6, 0.5),
    parameter("initial", "α₀", 1, 1e-4, 1e3),
    { ...parameter("first_trial", "", 0, 0, 1), scale: "choice", choices: ["last step", "slope ratio"] },
  ],
  main: 2,
  residuals: false,
  presets: [{ name: "origin", title: "Origin's setting", help: "", options: { c1: 0.5, shrink_max: 0.9 } }],
};

export const levenbergMarquardt: MethodInfo = {
  name: "levenberg-marquardt",
  title: "Levenberg-Marquardt",
  summary: "Damped.",
  parameters: [parameter("damping", "τ", 1e-12, 1e-15, 1)],
  main: 1,
  residuals: true,
  presets: [],
};

type Loose<T> = Omit<T, "kind" | "view" | "seq">;

export const welcome: Loose<Welcome> = {
  version: "0",
  problems: [
    { id: "paraboloid", title: "Paraboloid", group: "First", text: "x^2 + y^2" },
    { id: "saddle", title: "Saddle", group: "Second", text: "x^2 - y^2" },
  ],
  methods: [gradientDescent, armijo, levenbergMarquardt],
  limits: [
    { ...parameter("max_iterations", "k", 1000, 1, 1000), scale: "integer" },
    parameter("gtol", "ε", 1e-8, 1e-12, 1),
  ],
  first: "paraboloid",
};

export function openedOf(part: Partial<Opened> = {}): Opened {
  return {
    kind: "opened",
    view: "",
    seq: 0,
    revision: 1,
    problem: "paraboloid",
    title: "Paraboloid",
    text: "x^2 + y^2",
    editable: true,
    mathml: "<math><mi>x</mi></math>",
    variables: ["x", "y"],
    parameters: [],
    ranges: [
      [-5, 5],
      [-5, 5],
    ],
    axes: [0, 1],
    bounds: null,
    equal_scale: true,
    start: [3, 4],
    options: { "gradient descent": { alpha: 0.2 } },
    methods: [
      { method: "gradient descent", options: {} },
      { method: "armijo", options: {} },
    ],
    max_iterations: 100,
    gtol: null,
    residuals: false,
    link: null,
    unlinked: null,
    minimisers: [[0, 0]],
    minimum: 0,
    estimates: null,
    data: null,
    warnings: [],
    ...part,
  };
}

export function runInfo(part: Partial<RunInfo> = {}): RunInfo {
  return {
    id: "r1",
    mark: "converged",
    headline: "converged in 2",
    verdict: "f = **0** after **3** evaluations.",
    reason: "GRADIENT_TOLERANCE",
    success: true,
    iterations: 1,
    evaluations: 2,
    gradient_evaluations: 2,
    x: [0, 0],
    fun: 0,
    milliseconds: 0.1,
    marks: [],
    ...part,
  };
}

/** Answers nothing by itself: a test says what comes back. */
export class FakeConnection implements Connection {
  readonly sent: Request[] = [];
  up = true;
  private readonly replies = new Listeners<[Reply, DataView[]]>();
  private readonly lines = new Listeners<[LineState]>();

  send(request: Request): boolean {
    if (this.up) this.sent.push(request);
    return this.up;
  }
  on(handler: (reply: Reply, buffers: DataView[]) => void): () => void {
    return this.replies.add(handler);
  }
  onLine(handler: (state: LineState) => void): () => void {
    handler("open");
    return this.lines.add(handler);
  }
  close(): void {
    this.replies.clear();
  }

  line(state: LineState): void {
    this.up = state === "open";
    this.lines.tell(state);
  }
  last<K extends Request["kind"]>(kind: K): Extract<Request, { kind: K }> {
    const found = this.sent.filter((request) => request.kind === kind).at(-1);
    if (!found) throw new Error(`no ${kind} was sent`);
    return found as Extract<Request, { kind: K }>;
  }
  count(kind: Request["kind"]): number {
    return this.sent.filter((request) => request.kind === kind).length;
  }
  /** Answers a request. */
  answer(request: Request, reply: object, buffers: ArrayBufferView[] = []): void {
    const views = buffers.map((b) => new DataView(b.buffer as ArrayBuffer, b.byteOffset, b.byteLength));
    this.replies.tell({ view: request.view, seq: request.seq, ...reply } as Reply, views);
  }
  welcome(): void {
    this.answer(this.last("hello"), { kind: "welcome", ...welcome });
  }
  open(part: Partial<Opened> = {}, buffers: ArrayBufferView[] = []): void {
    const request = this.last("open");
    const { view, seq } = request;
    this.answer(
      request,
      openedOf({ text: request.text ?? "x^2 + y^2", problem: request.problem ?? null, ...part, view, seq }),
      buffers,
    );
  }
  field(reference = 0): void {
    const request = this.last("grid");
    const { revision, box, shape, axes = [0, 1] } = request;
    const values = new Float32Array(shape[0] * shape[1]).fill(1);
    this.answer(
      request,
      { kind: "field", revision, box, axes, shape, reference, highest: 1, trouble: null },
      [values],
    );
  }
  runs(part: Partial<RunInfo> = {}, request = this.last("paths")): void {
    const { revision, start, runs } = request;
    const end = start.map(() => 0);
    const path = new Float64Array([...start, 25, 10, 0, 1, ...end, 0, 0, 0.5, 2]);
    const infos = runs.map(({ id }) => runInfo({ id, ...part }));
    this.answer(
      request,
      { kind: "runs", revision, start, runs: infos },
      runs.map(() => path),
    );
  }
}

/** Frames pass when a test says so. */
export class ManualClock implements Clock {
  private tasks: (() => void)[] = [];
  now(): number {
    return 0;
  }
  nextFrame(task: () => void): void {
    this.tasks.push(task);
  }
  frame(): void {
    const due = this.tasks;
    this.tasks = [];
    for (const task of due) task();
  }
}
