// What the views draw, derived from the page's state and Python's answers.
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Mode, palettes, styleOf } from "../styles/tokens";
import type { ChartScene, FitScene, MapScene, Track } from "../views/types";
import type { Laboratory } from "./laboratory";
import { columnsBehindX, type RunResult, type Runs } from "./results";

/** A new problem's field and runs are shown together; should one take longer, it is not waited for. */
const patience = 400;

export class Scenes {
  /** What the map shows: every answer as it comes. */
  readonly tracks: ReadonlySignal<Track[]>;
  /** What charts, tables and sentences show: at a pace that can be read. */
  readonly steadyTracks: ReadonlySignal<Track[]>;
  readonly steadyRuns: ReadonlySignal<Runs | null>;
  readonly map: ReadonlySignal<MapScene | null>;
  readonly chart: ReadonlySignal<ChartScene>;
  readonly fit: ReadonlySignal<FitScene | null>;
  /** A problem was opened and its picture is not complete: the last one stays. */
  readonly waiting: ReadonlySignal<boolean>;
  private readonly impatient = signal(-1);

  constructor(
    private readonly lab: Laboratory,
    private readonly mode: ReadonlySignal<Mode>,
  ) {
    this.tracks = computed(() => this.allTracks(lab.runs.value));
    this.steadyRuns = lab.steadyRuns;
    this.steadyTracks = computed(() => this.allTracks(this.steadyRuns.value));
    this.map = computed(() => this.mapScene());
    this.chart = computed(() => this.chartScene());
    this.fit = computed(() => this.fitScene());
    this.waiting = computed(() => {
      const revision = lab.opened.value?.revision;
      if (revision === undefined || revision === this.impatient.value) return false;
      return lab.field.value?.revision !== revision || lab.runs.value?.revision !== revision;
    });
  }

  /** Shows what there is of this revision if it is still incomplete after a while. */
  waitNoLongerFor(revision: number): () => void {
    const timer = setTimeout(() => {
      this.impatient.value = revision;
    }, patience);
    return () => clearTimeout(timer);
  }

  private allTracks(runs: Runs | null): Track[] {
    const results = new Map(runs?.results.map((result) => [result.info.id, result]));
    const mode = this.mode.value;
    return this.lab.comparison.rows.value.flatMap((row) => {
      const result = results.get(row.id);
      if (!row.visible || !runs || !result) return [];
      const style = styleOf(this.lab.comparison.styles.value, row.id);
      const columns = runs.n + columnsBehindX;
      return [
        {
          id: row.id,
          title: this.lab.comparison.titles.value.get(row.id) ?? row.method,
          color: style.line[mode],
          dash: style.dash,
          selected: row.id === this.lab.comparison.selected.value,
          info: result.info,
          path: result.path,
          columns,
          rows: Math.floor(result.path.length / columns),
          n: runs.n,
          axes: this.lab.axes.value,
          curve: result.curve,
          fitted: result.fitted,
        },
      ];
    });
  }

  private mapScene(): MapScene | null {
    const { lab } = this;
    const opened = lab.opened.value;
    if (!opened) return null;
    const axes = lab.axes.value;
    const names = [...opened.variables, "f"];
    const along = <T>(values: readonly T[] | null, otherwise: T): [T, T] => [
      values?.[axes[0]] ?? otherwise,
      values?.[axes[1]] ?? otherwise,
    ];
    const field = lab.field.value?.data ?? null;
    return {
      box: lab.shownBox.value,
      equalScale: opened.equal_scale,
      isCurve: opened.variables.length === 1,
      bounds: opened.bounds ? along(opened.bounds, [null, null]) : null,
      // The values of another pair of variables say nothing here.
      field: field?.axes.every((axis, i) => axis === axes[i]) ? field : null,
      tracks: this.tracks.value,
      start: along(lab.start.value, 0),
      variables: along(names, ""),
      minimisers: opened.minimisers.map((point) => along(point, Number.NaN)),
      highlight: lab.timeline.highlight.value,
      palette: palettes[this.mode.value],
      busy: this.waiting.value,
    };
  }

  private chartScene(): ChartScene {
    const reference = lowestKnown(
      this.lab.opened.value?.minimum ?? null,
      this.steadyRuns.value?.results ?? [],
    );
    return {
      tracks: this.steadyTracks.value,
      reference,
      yKind: reference === null ? "value" : "gap",
      highlight: this.lab.timeline.highlight.value,
      palette: palettes[this.mode.value],
      title: reference === null ? "f" : "f − f*",
    };
  }

  private fitScene(): FitScene | null {
    const data = this.lab.data.value;
    const info = this.lab.opened.value?.data;
    if (!data || !info) return null;
    const palette = palettes[this.mode.value];
    const predicted = this.lab.predicted.value;
    const tracks = this.steadyTracks.value.map((track) => ({ ...track, ...predicted?.get(track.id) }));
    return { ...data, tracks, names: [info.abscissa, info.response], palette };
  }
}

/**
 * f*: the known minimum; else, once a run has converged, the lowest value that any bounded run reached; else null.
 */
export function lowestKnown(minimum: number | null, results: RunResult[]): number | null {
  if (minimum !== null) return minimum;
  if (!results.some(({ info }) => info.mark === "converged")) return null;
  const bounded = results.filter(({ info }) => info.mark === "converged" || info.mark === "limit");
  return Math.min(...bounded.flatMap(({ info }) => info.fun ?? []));
}
