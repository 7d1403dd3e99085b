// The page's state as signals, what follows from it, and what a person can do to it.
// Not here: the line to Python (exchange.ts), how requests are put (requests.ts), what the views draw (scenes.ts).
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LineState } from "../connection/connection";
import type {
  Failed,
  MethodInfo,
  Opened,
  ParameterInfo,
  Reading,
  Remedy,
  RunPoint,
  Suggestion,
  Welcome,
} from "../messages";
import { roundedTo, roundStep } from "../numbers/scale";
import type { FieldData } from "../views/types";
import { Comparison } from "./comparison";
import {
  drift,
  heldPoint,
  isSameBox,
  parameterValues,
  pointOn,
  type Values,
  withEqualScale,
} from "./requests";
import { type DataSet, iterate, type Runs } from "./results";
import type { Axes, Box, PageState, Row, ThemeChoice, Through } from "./state";
import { steady } from "./steady";
import { Timeline } from "./timeline";

/** A dragged start keeps as many digits as tell neighbouring pixels apart. */
const startsAcross = 4000;

/** What the problem itself suggests; kept while only its parameters change, so that nothing jumps under a slider. */
interface Suggested {
  start: number[];
  ranges: [number, number][];
  axes: Axes;
  options: Record<string, Values>;
  methods: Suggestion[];
  maxIterations: number | null;
  gtol: number | null;
}

export class Laboratory {
  readonly state: Signal<PageState>;
  readonly comparison: Comparison;

  readonly line = signal<LineState>("connecting");
  readonly welcome = signal<Welcome | null>(null);
  readonly opened = signal<Opened | null>(null);
  readonly data = signal<DataSet | null>(null);
  readonly field = signal<{ revision: number; data: FieldData } | null>(null);
  readonly runs = signal<Runs | null>(null);
  readonly reading = signal<Reading | null>(null);
  readonly formulaFailure = signal<Failed | null>(null);
  /** What would help each run, by its row; nothing while things move. */
  readonly advice = signal<Record<string, Remedy[]>>({});
  readonly runFailure = signal<Failed | null>(null);
  /** What the function raised at points that the map shows as undefined. */
  readonly mapTrouble = signal<string | null>(null);
  readonly mapFailure = signal<Failed | null>(null);

  readonly hovering = signal(false);
  /** Width over height of the map, once it has a size. */
  readonly aspect = signal<number | null>(null);
  /** Something is moving under a hand: coarse grids answer sooner. */
  readonly moving = signal(false);
  /** Parameter values at rest: what the problem is opened with; while a slider moves, requests carry the rest. */
  readonly settled: Signal<Values>;

  /** The variables that start and view were set for; null before a link's, or a problem's, own are known. */
  private placedFor: string | null = null;

  private readonly suggestion = signal<Suggested>({
    start: [0, 0],
    ranges: [
      [-5, 5],
      [-5, 5],
    ],
    axes: [0, 1],
    options: {},
    methods: [],
    maxIterations: null,
    gtol: null,
  });

  readonly theme = this.part((state) => state.theme);
  readonly problem = this.part((state) => state.problem);
  readonly typed = this.part((state) => state.text);
  readonly shared = this.part((state) => state.shared);
  readonly through = this.part((state) => state.through);
  private readonly ownAxes = this.part((state) => state.axes);
  readonly methods = computed<MethodInfo[]>(() => this.welcome.value?.methods ?? []);
  readonly suggested = computed(() => this.suggestion.value.options);
  private readonly ownStart = this.part((state) => state.start);
  private readonly ownBox = this.part((state) => state.box);
  private readonly ownParameters = this.part((state) => state.parameters);
  private readonly ownIterations = this.part((state) => state.maxIterations);
  private readonly ownTolerance = this.part((state) => state.gtol);

  readonly start = computed(() => {
    const own = this.ownStart.value;
    return own && own.length === this.suggestion.value.start.length ? own : this.suggestion.value.start;
  });
  /** The ranges that the map shows, across and up. */
  readonly axes = computed<Axes>(() => {
    const own = this.ownAxes.value;
    const { axes, ranges } = this.suggestion.value;
    return own?.every((axis) => axis < ranges.length) ? own : axes;
  });
  readonly box = computed<Box>(() => {
    const { ranges } = this.suggestion.value;
    const [[x0, x1], [y0, y1]] = this.axes.value.map((axis) => ranges[axis] ?? [-5, 5]) as [
      [number, number],
      [number, number],
    ];
    return this.ownBox.value ?? [x0, x1, y0, y1];
  });
  readonly parameters = computed<Values>(() =>
    parameterValues(this.opened.value?.parameters ?? [], this.ownParameters.value),
  );
  /** The box that the map shows: widened to the map's aspect where both axes have one scale. */
  readonly shownBox = computed<Box>(() => {
    const aspect = this.aspect.value;
    const equal = this.opened.value?.equal_scale ?? true;
    return equal && aspect ? withEqualScale(this.box.value, aspect) : this.box.value;
  });
  readonly maxIterations = computed(
    () => this.ownIterations.value ?? this.suggestion.value.maxIterations ?? this.limit("max_iterations"),
  );
  readonly gtol = computed(() => this.ownTolerance.value ?? this.suggestion.value.gtol ?? this.limit("gtol"));
  /** The runs at a pace that can be read. */
  readonly steadyRuns = steady(this.runs, (runs, shown) => runs?.revision !== shown?.revision).signal;
  readonly timeline = new Timeline(this.steadyRuns);
  /** Where each shown run is at the iteration that is shown, where the problem has data and it is not the end. */
  readonly points = computed<RunPoint[] | null>(() => {
    const runs = this.steadyRuns.value;
    const highlight = this.timeline.highlight.value;
    if (highlight === null || !runs || !this.data.value || runs.revision !== this.opened.value?.revision)
      return null;
    return runs.results.map(({ info, path }) => ({ id: info.id, x: iterate(path, runs.n, highlight).x }));
  });
  /** What is predicted there, by run; null where the ends are shown. */
  readonly predicted = signal<Map<string, { curve: Float64Array; fitted: Float64Array }> | null>(null);
  /** Where the selected run is: at the iteration under the pointer, else at its end. */
  readonly current = computed<{ iteration: number | null; x: number[] } | null>(() => {
    const runs = this.steadyRuns.value;
    const rows = this.comparison.rows.value;
    const shown =
      rows.find((row) => row.id === this.comparison.selected.value && row.visible) ??
      rows.find((row) => row.visible);
    const result = runs?.results.find(({ info }) => info.id === shown?.id);
    if (!runs || !result || runs.revision !== this.opened.value?.revision) return null;
    const highlight = this.timeline.highlight.value;
    return highlight === null
      ? { iteration: null, x: result.info.x }
      : iterate(result.path, runs.n, highlight);
  });
  /** The point that the map is a slice through, as text, so that what stays the same is asked for once. */
  private readonly sliceText = computed<string | null>(() => {
    const start = this.start.value;
    if (start.length <= 2) return "[]";
    const at = this.through.value === "start" ? start : (this.current.value?.x ?? null);
    if (!at || at.length !== start.length) return null;
    const usable = at.every(Number.isFinite) ? at : start;
    return JSON.stringify(heldPoint(usable, this.suggestion.value.ranges, this.axes.value));
  });
  /** Where the variables are held that are on no axis; empty where there are none, null until it is known. */
  readonly slice = computed<number[] | null>(() => {
    const text = this.sliceText.value;
    return text === null ? null : JSON.parse(text);
  });

  /** The state as a link has to say it: what was suggested before a parameter changed would not be so again. */
  readonly linked = computed<PageState>(() => {
    const state = this.state.value;
    const opened = this.opened.value;
    const { start, options } = this.suggestion.value;
    if (!opened) return state;
    let isFresh =
      state.rows.length === 0 && this.comparison.selected.value === this.comparison.rows.value[0]?.id;
    const rows = this.comparison.rows.value.map((row) => {
      const method = this.methods.value.find((known) => known.name === row.method);
      const before = drift(method?.parameters ?? [], options[row.method], opened.options[row.method]);
      if (Object.keys(before).length > 0) isFresh = false;
      return { ...row, options: { ...before, ...row.options } };
    });
    const stays = start.every((value, i) => value === opened.start[i]);
    return { ...state, rows: isFresh ? [] : rows, start: state.start ?? (stays ? null : start) };
  });
  /** The same, to be opened anywhere: with the problem itself, where only this program knows it by its name. */
  readonly shareable = computed<PageState | string>(() => {
    const { link, unlinked } = this.opened.value ?? {};
    const state = this.linked.value;
    if (state.shared !== null || state.text !== null || !this.opened.value) return state;
    if (unlinked) return unlinked;
    return link ? { ...state, problem: null, shared: link } : state;
  });

  constructor(initial: PageState) {
    this.state = signal(initial);
    this.settled = signal(initial.parameters);
    const first = computed(() => this.suggestion.value.methods);
    this.comparison = new Comparison(this.state, first, this.methods);
  }

  // ------------------------------------------------------------------------------------------ what a person does

  chooseProblem(problem: string): void {
    batch(() => {
      const rows = this.state.peek().rows.map((row) => ({ ...row, options: {} }));
      const place = { start: null, box: null, axes: null };
      const nothing = { text: null, shared: null, parameters: {}, maxIterations: null, gtol: null, ...place };
      this.change({ problem, rows, ...nothing });
      this.timeline.seek(Number.POSITIVE_INFINITY);
      this.settled.value = {};
      this.placedFor = null;
      this.formulaFailure.value = null;
    });
  }

  /** Typing keeps start and view as they are: only the function changes under them. */
  type(text: string): void {
    const opened = this.opened.peek();
    const { start, box, problem } = this.state.peek();
    batch(() => {
      this.change({
        text,
        problem: opened === null || opened.data ? problem : null,
        ...(opened && { start: start ?? this.start.peek(), box: box ?? this.box.peek() }),
      });
    });
  }

  setParameter(name: string, value: number, phase: "move" | "end"): void {
    batch(() => {
      const parameters = { ...this.state.peek().parameters, [name]: value };
      this.change({ parameters });
      this.moving.value = phase === "move";
      if (phase === "end") this.settled.value = parameters;
    });
  }

  /** A dragged start is rounded to what the map can show, which keeps the fields and the link short. */
  dragStart(x: number, y: number): void {
    const [x0, x1, y0, y1] = this.shownBox.peek();
    const place = (value: number, length: number) => roundedTo(value, roundStep(length / startsAcross));
    const point = pointOn(this.axes.peek(), this.start.peek(), place(x, x1 - x0), place(y, y1 - y0));
    this.change({ start: point.map((value, i) => this.within(i, value)) });
  }

  setStart(index: number, value: number): void {
    const start = this.start.peek().map((old, i) => (i === index ? this.within(i, value) : old));
    this.change({ start });
  }

  /** Chooses the variable that runs across (0) or up (1); where it is on the other axis, the two change places. */
  setAxis(side: 0 | 1, variable: number): void {
    const axes: Axes = [...this.axes.peek()];
    const before = axes[side];
    if (variable === before) return;
    if (axes[1 - side] === variable) axes[1 - side] = before;
    axes[side] = variable;
    this.change({ axes, box: null });
  }

  setThrough(through: Through): void {
    this.change({ through });
  }

  /** A box that the map shows already changes nothing. */
  setBox(box: Box, phase: "move" | "end"): void {
    batch(() => {
      if (!isSameBox(box, this.shownBox.peek())) this.change({ box });
      this.moving.value = phase === "move";
    });
  }

  /** Back to the view that the problem suggests. */
  resetView(): void {
    this.change({ box: null });
  }

  /** Does what was tried out and helped. */
  apply(row: Row, { method, options, start }: Remedy): void {
    batch(() => {
      if (start) this.change({ start });
      else this.comparison.setMethod(row, method, options);
    });
  }

  setLimit(name: string, value: number): void {
    if (name === "max_iterations") this.change({ maxIterations: Math.max(0, Math.round(value)) });
    else this.change({ gtol: Math.max(0, value) });
  }

  setTheme(theme: ThemeChoice): void {
    this.change({ theme });
  }

  /** Takes over a link's state. */
  restore(state: PageState): void {
    batch(() => {
      this.state.value = this.withRows(state);
      this.settled.value = state.parameters;
      this.placedFor = null;
      // Where the link asks for what is open already, nothing is opened.
      const opened = this.opened.peek();
      if (opened) this.followSuggestion(opened);
    });
  }

  /** How much the map shows, or would show, of a variable. */
  lengthOf(variable: number): number {
    const side = this.axes.value.indexOf(variable);
    const [x0, x1, y0, y1] = this.shownBox.value;
    const [low, high] = this.suggestion.value.ranges[variable] ?? [0, 1];
    return side === 0 ? x1 - x0 : side === 1 ? y1 - y0 : high - low;
  }

  // ------------------------------------------------------------------------------------------ what Python answers

  accept(welcome: Welcome): void {
    batch(() => {
      this.welcome.value = welcome;
      this.state.value = this.withRows(this.state.peek());
    });
  }

  acceptOpened(opened: Opened, data: DataSet | null): void {
    const before = this.opened.peek();
    const sameText = before?.text === opened.text && before.problem === opened.problem;
    const variables = opened.variables.join();
    batch(() => {
      this.opened.value = opened;
      this.data.value = data;
      this.formulaFailure.value = null;
      // A link that was put over this page brings no suggestion along.
      if (sameText && this.placedFor !== null) return;
      this.followSuggestion(opened);
      // A start set for (x, y) means nothing for (m, b).
      if (this.placedFor !== null && this.placedFor !== variables)
        this.change({ start: null, box: null, axes: null });
      this.placedFor = variables;
    });
  }

  // ------------------------------------------------------------------------------------------ inside

  private followSuggestion({ start, ranges, axes, options, methods, ...limits }: Opened): void {
    const { max_iterations: maxIterations, gtol } = limits;
    this.suggestion.value = { start, ranges, axes, options, methods, maxIterations, gtol };
  }

  private within(index: number, value: number): number {
    const [low, high] = this.opened.peek()?.bounds?.[index] ?? [null, null];
    return Math.min(high ?? Number.POSITIVE_INFINITY, Math.max(low ?? Number.NEGATIVE_INFINITY, value));
  }

  private part<T>(pick: (state: PageState) => T): ReadonlySignal<T> {
    return computed(() => pick(this.state.value));
  }

  private change(part: Partial<PageState>): void {
    this.state.value = { ...this.state.peek(), ...part };
  }

  /** The rows of this state that the welcome knows; and a problem to open. */
  private withRows(state: PageState): PageState {
    const welcome = this.welcome.peek();
    if (!welcome) return state;
    const rows = state.rows.filter((row) => welcome.methods.some((method) => method.name === row.method));
    const isEmpty = state.problem === null && state.text === null && state.shared === null;
    return { ...state, problem: isEmpty ? welcome.first : state.problem, rows };
  }

  /** Python's own default; until it has told one, nothing is run. */
  private limit(name: string): number {
    return this.limits.find((info) => info.name === name)?.default ?? 0;
  }

  get limits(): ParameterInfo[] {
    return this.welcome.value?.limits ?? [];
  }
}
