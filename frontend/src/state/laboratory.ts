// The page's state as signals, what follows from it, and what a person can do to it.
// Not here: the line to Python (exchange.ts), how requests are put (requests.ts), what the views draw (scenes.ts).
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LineState } from "../connection/connection";
import type {
  Failed,
  MethodInfo,
  Opened,
  ParameterInfo,
  Preset,
  Reading,
  RunInfo,
  Welcome,
} from "../messages";
import { roundedTo, roundStep } from "../numbers/scale";
import type { FieldData } from "../views/types";
import { drift, isSameBox, parameterValues, type Values, withEqualScale } from "./requests";
import { type Box, type PageState, type Row, rowId, type ThemeChoice } from "./state";

/** Methods that a fresh page compares. */
const freshRows = 2;
/** A dragged start keeps as many digits as tell neighbouring pixels apart. */
const startsAcross = 4000;

export interface DataSet {
  abscissa: Float64Array;
  response: Float64Array;
  at: Float64Array;
}

export interface RunResult {
  info: RunInfo;
  path: Float64Array;
  curve: Float64Array | null;
}

export interface Runs {
  revision: number;
  seq: number;
  n: number;
  results: RunResult[];
}

/** What the problem itself suggests; kept while only its parameters change, so that nothing jumps under a slider. */
interface Suggestion {
  start: number[];
  box: Box;
  options: Record<string, Values>;
  maxIterations: number | null;
}

export class Laboratory {
  readonly state: Signal<PageState>;

  readonly line = signal<LineState>("connecting");
  readonly welcome = signal<Welcome | null>(null);
  readonly opened = signal<Opened | null>(null);
  readonly data = signal<DataSet | null>(null);
  readonly field = signal<{ revision: number; data: FieldData } | null>(null);
  readonly runs = signal<Runs | null>(null);
  readonly reading = signal<Reading | null>(null);
  readonly formulaFailure = signal<Failed | null>(null);
  readonly runFailure = signal<Failed | null>(null);
  readonly mapFailure = signal<Failed | null>(null);

  readonly highlight = signal<number | null>(null);
  readonly hovering = signal(false);
  /** Width over height of the map, once it has a size. */
  readonly aspect = signal<number | null>(null);
  /** Something is moving under a hand: coarse grids answer sooner. */
  readonly moving = signal(false);
  /** Parameter values at rest: what the problem is opened with; while a slider moves, requests carry the rest. */
  readonly settled: Signal<Values>;

  /** The variables that start and view were set for; null before a link's, or a problem's, own are known. */
  private placedFor: string | null = null;

  private readonly suggestion = signal<Suggestion>({
    start: [0, 0],
    box: [-5, 5, -5, 5],
    options: {},
    maxIterations: null,
  });

  readonly rows = this.slice((state) => state.rows);
  readonly selected = this.slice((state) => state.selected ?? state.rows[0]?.id ?? null);
  readonly theme = this.slice((state) => state.theme);
  readonly problem = this.slice((state) => state.problem);
  readonly typed = this.slice((state) => state.text);
  readonly methods = computed<MethodInfo[]>(() => this.welcome.value?.methods ?? []);
  readonly suggested = computed(() => this.suggestion.value.options);
  private readonly ownStart = this.slice((state) => state.start);
  private readonly ownBox = this.slice((state) => state.box);
  private readonly ownParameters = this.slice((state) => state.parameters);
  private readonly ownIterations = this.slice((state) => state.maxIterations);
  private readonly ownTolerance = this.slice((state) => state.gtol);

  readonly start = computed(() => {
    const own = this.ownStart.value;
    return own && own.length === this.suggestion.value.start.length ? own : this.suggestion.value.start;
  });
  readonly box = computed<Box>(() => this.ownBox.value ?? this.suggestion.value.box);
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
    () =>
      this.ownIterations.value ?? this.suggestion.value.maxIterations ?? this.limit("max_iterations", 100),
  );
  readonly gtol = computed(() => this.ownTolerance.value ?? this.limit("gtol", 1e-8));

  /** The state as a link has to say it: what was suggested before a parameter changed would not be so again. */
  readonly linked = computed<PageState>(() => {
    const state = this.state.value;
    const opened = this.opened.value;
    const { start, options } = this.suggestion.value;
    if (!opened) return state;
    const rows = state.rows.map((row) => {
      const method = this.methods.value.find((known) => known.name === row.method);
      const before = drift(method?.parameters ?? [], options[row.method], opened.options[row.method]);
      return { ...row, options: { ...before, ...row.options } };
    });
    const stays = start.every((value, i) => value === opened.start[i]);
    return { ...state, rows, start: state.start ?? (stays ? null : start) };
  });

  constructor(initial: PageState) {
    this.state = signal(initial);
    this.settled = signal(initial.parameters);
  }

  // ------------------------------------------------------------------------------------------ what a person does

  chooseProblem(problem: string): void {
    batch(() => {
      const rows = this.state.peek().rows.map((row) => ({ ...row, options: {} }));
      const nothing = { text: null, parameters: {}, start: null, box: null, maxIterations: null };
      this.change({ problem, rows, ...nothing });
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
    const rest = this.start.peek().slice(2);
    const place = (value: number, length: number) => roundedTo(value, roundStep(length / startsAcross));
    this.change({ start: [place(x, x1 - x0), place(y, y1 - y0), ...rest] });
  }

  setStart(index: number, value: number): void {
    this.change({ start: this.start.peek().map((old, i) => (i === index ? value : old)) });
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

  setOption(row: Row, name: string, value: number): void {
    this.changeRow(row.id, { options: { ...row.options, [name]: value } });
  }

  applyPreset(row: Row, preset: Preset | null): void {
    this.changeRow(row.id, { options: preset ? { ...preset.options } : {} });
  }

  setVisible(row: Row, visible: boolean): void {
    this.changeRow(row.id, { visible });
  }

  select(id: string): void {
    this.change({ selected: id });
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
      if (this.placedFor !== null && this.placedFor !== variables) this.change({ start: null, box: null });
      this.placedFor = variables;
    });
  }

  // ------------------------------------------------------------------------------------------ inside

  private followSuggestion({ start, box, options, max_iterations: maxIterations }: Opened): void {
    this.suggestion.value = { start, box, options, maxIterations };
  }

  private slice<T>(pick: (state: PageState) => T): ReadonlySignal<T> {
    return computed(() => pick(this.state.value));
  }

  private change(part: Partial<PageState>): void {
    this.state.value = { ...this.state.peek(), ...part };
  }

  private changeRow(id: string, part: Partial<Row>): void {
    this.change({ rows: this.state.peek().rows.map((row) => (row.id === id ? { ...row, ...part } : row)) });
  }

  /** The rows of this state that the welcome knows, or those of a fresh page; and a problem to open. */
  private withRows(state: PageState): PageState {
    const welcome = this.welcome.peek();
    if (!welcome) return state;
    const known = state.rows.filter((row) => welcome.methods.some((method) => method.name === row.method));
    const fresh = welcome.methods.slice(0, freshRows).map((method, place) => ({
      id: rowId(place),
      method: method.name,
      options: {},
      visible: true,
    }));
    const problem = state.problem === null && state.text === null ? welcome.first : state.problem;
    return { ...state, problem, rows: known.length > 0 ? known : fresh };
  }

  private limit(name: string, otherwise: number): number {
    return this.limits.find((info) => info.name === name)?.default ?? otherwise;
  }

  get limits(): ParameterInfo[] {
    return this.welcome.value?.limits ?? [];
  }
}
