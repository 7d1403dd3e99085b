// Keeps Python's answers in step with the page's state: asks whenever what would be asked has changed (latest wins),
// takes in what is newest, drops what is stale, and asks everything anew when a lost line comes back.
import { batch, computed, effect, signal } from "@preact/signals";
import type { Connection, LineState } from "../connection/connection";
import { float32, float64 } from "../connection/frame";
import { browserClock, type Clock, Latest } from "../connection/latest";
import type {
  Advise,
  Failed,
  Field,
  Grid,
  Open,
  Opened,
  Paths,
  Predict,
  Probe,
  Reply,
  Request,
  Runs,
} from "../messages";
import type { Laboratory } from "./laboratory";
import {
  adviseBody,
  type Body,
  coarseGrid,
  fineGrid,
  gridBody,
  openBody,
  pathsBody,
  pointOn,
  probeBody,
} from "./requests";
import type { Stopwatch } from "./stopwatch";

/** A greeting that nobody heard (a kernel still starting) is said again. */
const greetAgainAfter = 2000;
/** Milliseconds without a change after which it is asked what would help. */
const restBeforeAdvice = 250;
/** One and the same, so that nothing is drawn anew where there was none before. */
const noAdvice = {};

export class Exchange {
  private seq = 0;
  /** The revision that each request in flight speaks of. */
  private readonly revisions = new Map<number, number>();
  /** Python has opened the present problem on the present line. */
  private readonly ready = signal(false);
  private readonly point = signal<number[] | null>(null);
  private readonly leave: (() => void)[] = [];
  private greeting: ReturnType<typeof setInterval> | undefined;

  private readonly open: Latest<Body<Open>>;
  private readonly grid: Latest<Body<Grid>>;
  private readonly paths: Latest<Body<Paths>>;
  private readonly advice: Latest<Body<Advise>>;
  private readonly predictions: Latest<Body<Predict>>;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private readonly probes: Latest<Body<Probe>>;

  constructor(
    private readonly lab: Laboratory,
    private readonly connection: Connection,
    private readonly view: string,
    private readonly stopwatch: Stopwatch,
    clock: Clock = browserClock,
  ) {
    this.open = new Latest((body) => this.send(body), clock);
    this.grid = new Latest((body) => this.send(body), clock);
    this.paths = new Latest((body) => {
      const seq = this.send(body);
      if (seq !== null) this.stopwatch.asked(seq);
      return seq;
    }, clock);
    this.advice = new Latest((body) => this.send(body), clock);
    this.predictions = new Latest((body) => this.send(body), clock);
    this.probes = new Latest((body) => this.send(body), clock);
    this.leave.push(
      connection.on((reply, buffers) => this.take(reply, buffers)),
      connection.onLine((state) => this.lineIs(state)),
      ...this.asking(),
    );
  }

  /** What is under the pointer, for the read-out; null where there is none. */
  probe(point: number[] | null): void {
    this.point.value = point;
    this.lab.hovering.value = point !== null;
  }

  close(): void {
    clearInterval(this.greeting);
    clearTimeout(this.resting);
    for (const off of this.leave) off();
    this.connection.close();
  }

  // ------------------------------------------------------------------------------------------ asking

  private asking(): (() => void)[] {
    const { lab } = this;
    const open = computed(() => (lab.welcome.value ? this.openBody() : null));
    const opened = computed(() => (this.ready.value ? lab.opened.value : null));
    const grid = computed(() => {
      const problem = opened.value;
      const aspect = lab.aspect.value;
      if (!problem || !aspect) return null;
      const longest = lab.moving.value ? coarseGrid : fineGrid;
      const at = lab.slice.value;
      if (!at) return null;
      const slice = { axes: lab.axes.value, at };
      return gridBody(problem, lab.shownBox.value, aspect, longest, lab.parameters.value, slice);
    });
    const paths = computed(() => {
      const problem = opened.value;
      if (!problem) return null;
      return pathsBody({
        opened: problem,
        start: lab.start.value,
        rows: lab.comparison.rows.value,
        methods: lab.methods.value,
        suggested: lab.suggested.value,
        maxIterations: lab.maxIterations.value,
        gtol: lab.gtol.value,
        parameters: lab.parameters.value,
      });
    });
    const probe = computed(() => {
      const problem = opened.value;
      const point = this.point.value;
      if (!problem || !point) return null;
      const [x = 0, y = 0] = point;
      const held = lab.slice.value?.length ? lab.slice.value : lab.start.value;
      return probeBody(problem, pointOn(lab.axes.value, held, x, y), lab.parameters.value);
    });
    return [
      whenever(() => open.value, this.open),
      whenever(() => paths.value, this.paths),
      effect(() => this.adviseOn(paths.value)),
      whenever(() => grid.value, this.grid),
      effect(() => this.predict(opened.value, lab.points.value)),
      whenever(() => probe.value, this.probes),
    ];
  }

  /** The curves of an iteration are asked for while one is shown; else the ends' own are. */
  private predict(opened: Opened | null, points: Predict["points"] | null): void {
    if (opened && points) this.predictions.ask({ kind: "predict", revision: opened.revision, points });
    else {
      this.predictions.forget();
      this.lab.predicted.value = null;
    }
  }

  /** What helps is asked once the runs have rested; what helped others is forgotten at once. */
  private adviseOn(paths: Body<Paths> | null): void {
    clearTimeout(this.resting);
    this.lab.advice.value = noAdvice;
    this.advice.forget();
    if (paths && paths.runs.length > 0)
      this.resting = setTimeout(() => this.advice.ask(adviseBody(paths)), restBeforeAdvice);
  }

  private openBody(): Body<Open> {
    const { problem, typed, settled, shared } = this.lab;
    return openBody(problem.value, typed.value, settled.value, shared.value);
  }

  private send(
    body: Body<Open> | Body<Grid> | Body<Paths> | Body<Advise> | Body<Predict> | Body<Probe>,
  ): number | null {
    const seq = this.seq + 1;
    if (!this.connection.send({ ...body, view: this.view, seq } as Request)) return null;
    this.seq = seq;
    if ("revision" in body) this.revisions.set(seq, body.revision);
    return seq;
  }

  private lineIs(state: LineState): void {
    this.lab.line.value = state;
    this.ready.value = false;
    clearInterval(this.greeting);
    if (state !== "open") return;
    for (const channel of [this.open, this.grid, this.paths, this.advice, this.predictions, this.probes])
      channel.reset();
    this.revisions.clear();
    this.greet();
    this.greeting = setInterval(() => this.greet(), greetAgainAfter);
  }

  private greet(): void {
    this.seq += 1;
    this.connection.send({ kind: "hello", view: this.view, seq: this.seq });
  }

  // ------------------------------------------------------------------------------------------ answers

  private take(reply: Reply, buffers: DataView[]): void {
    if (reply.view !== this.view) return;
    const revision = this.revisions.get(reply.seq);
    this.revisions.delete(reply.seq);
    switch (reply.kind) {
      case "welcome":
        clearInterval(this.greeting);
        this.lab.accept(reply);
        break;
      case "opened":
        if (this.open.answered(reply.seq)) this.takeOpened(reply, buffers);
        break;
      case "field":
        if (this.grid.answered(reply.seq) && this.isCurrent(reply.revision)) this.takeField(reply, buffers);
        break;
      case "runs":
        if (this.paths.answered(reply.seq) && this.isCurrent(reply.revision)) this.takeRuns(reply, buffers);
        break;
      case "advice":
        if (this.advice.answered(reply.seq) && this.isCurrent(reply.revision))
          this.lab.advice.value = reply.remedies;
        break;
      case "predicted":
        if (this.predictions.answered(reply.seq) && this.isCurrent(reply.revision))
          this.takePredicted(reply.ids, buffers);
        break;
      case "reading":
        if (this.probes.answered(reply.seq) && this.isCurrent(reply.revision)) this.lab.reading.value = reply;
        break;
      case "failed":
        this.takeFailure(reply, revision);
        break;
    }
  }

  private isCurrent(revision: number): boolean {
    return revision === this.lab.opened.peek()?.revision;
  }

  private takeOpened(opened: Opened, buffers: DataView[]): void {
    const [abscissa, response, at] = buffers.map(float64);
    const data = opened.data && abscissa && response && at ? { abscissa, response, at } : null;
    batch(() => {
      this.lab.acceptOpened(opened, data);
      this.ready.value = true;
    });
  }

  private takeField(reply: Field, buffers: DataView[]): void {
    const { revision, box, axes, shape, reference, highest } = reply;
    const values = float32(buffers[0]);
    // The answer to a request that a newer one has overtaken is empty.
    if (values.length === 0 || values.length !== shape[0] * shape[1]) return;
    this.lab.mapFailure.value = null;
    this.lab.mapTrouble.value = reply.trouble;
    this.lab.field.value = { revision, data: { values, shape, box, axes, reference, highest } };
  }

  private takeRuns(reply: Runs, buffers: DataView[]): void {
    const each = this.lab.data.peek() ? 3 : 1;
    // Empty, too, is the answer to a request that a newer one has overtaken; asked for nothing, it is the truth.
    if (reply.runs.length === 0 && this.lab.comparison.rows.peek().some((row) => row.visible)) return;
    batch(() => {
      this.lab.runFailure.value = null;
      this.lab.runs.value = {
        revision: reply.revision,
        seq: reply.seq,
        n: reply.start.length,
        results: reply.runs.map((info, i) => ({
          info,
          path: float64(buffers[i * each]),
          curve: each === 3 ? float64(buffers[i * each + 1]) : null,
          fitted: each === 3 ? float64(buffers[i * each + 2]) : null,
        })),
      };
    });
  }

  private takePredicted(ids: string[], buffers: DataView[]): void {
    if (ids.length === 0) return;
    const each = ids.map(
      (id, i) => [id, { curve: float64(buffers[2 * i]), fitted: float64(buffers[2 * i + 1]) }] as const,
    );
    this.lab.predicted.value = new Map(each);
  }

  private takeFailure(failed: Failed, revision: number | undefined): void {
    const channel = {
      open: this.open,
      grid: this.grid,
      paths: this.paths,
      advise: this.advice,
      predict: this.predictions,
      probe: this.probes,
    }[failed.request];
    const newest = channel?.answered(failed.seq) ?? true;
    if (failed.reopen && this.ready.peek()) {
      this.ready.value = false;
      this.open.ask(this.openBody());
      return;
    }
    if (!newest || (revision !== undefined && !this.isCurrent(revision))) return;
    // While a newer text is under way, what was wrong with an older one is nobody's concern.
    if (failed.request === "open" && this.open.idle) this.lab.formulaFailure.value = failed;
    if (failed.request === "grid") this.lab.mapFailure.value = failed;
    if (failed.request === "paths" || failed.request === "message") this.lab.runFailure.value = failed;
  }
}

/** Asks as soon as there is something to ask, and whenever it has changed. */
function whenever<T>(body: () => T | null, channel: Latest<T>): () => void {
  return effect(() => {
    const present = body();
    if (present !== null) channel.ask(present);
  });
}
