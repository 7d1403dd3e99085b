// The methods that are compared, a row each: which, with what numbers, under what names and in what colours.
import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import { type MethodInfo, mostRuns, type Preset, type Suggestion } from "../messages";
import { methodStyles } from "../styles/tokens";
import type { Values } from "./requests";
import { type PageState, type Row, rowId } from "./state";

export class Comparison {
  /** A person's own rows, else those that the problem is first shown with. */
  readonly rows: ReadonlySignal<Row[]>;
  /** What each row is called: a method that is compared with itself has a number from its second row on. */
  readonly titles: ReadonlySignal<Map<string, string>>;
  readonly styles = computed(() => methodStyles(this.rows.value));
  readonly selected: ReadonlySignal<string | null>;

  constructor(
    private readonly state: Signal<PageState>,
    private readonly first: ReadonlySignal<Suggestion[]>,
    methods: ReadonlySignal<MethodInfo[]>,
  ) {
    const own = computed(() => state.value.rows);
    const chosen = computed(() => state.value.selected);
    this.rows = computed(() => {
      if (own.value.length > 0) return own.value;
      return first.value
        .filter(({ method }) => methods.value.some((known) => known.name === method))
        .map(({ method, options }, place) => ({ id: rowId(place), method, options, visible: true }));
    });
    this.titles = computed(() => {
      const times = new Map<string, number>();
      const titled = this.rows.value.map(({ id, method }) => {
        const title = methods.value.find(({ name }) => name === method)?.title ?? method;
        const time = (times.get(method) ?? 0) + 1;
        times.set(method, time);
        return [id, time === 1 ? title : `${title} ${time}`] as const;
      });
      return new Map(titled);
    });
    this.selected = computed(() => {
      const { value: rows } = this.rows;
      return (rows.find((row) => row.id === chosen.value) ?? rows[0])?.id ?? null;
    });
  }

  setOption(row: Row, name: string, value: number): void {
    this.changeRow(row.id, { options: { ...row.options, [name]: value } });
  }

  applyPreset(row: Row, preset: Preset | null): void {
    this.changeRow(row.id, { options: preset ? { ...preset.options } : this.firstOptions(row) });
  }

  /** Whether a row's numbers are not those that it is first shown with. */
  isChanged(row: Row): boolean {
    const first = this.firstOptions(row);
    const names = new Set([...Object.keys(first), ...Object.keys(row.options)]);
    return [...names].some((name) => first[name] !== row.options[name]);
  }

  setMethod(row: Row, method: string, options: Values): void {
    this.changeRow(row.id, { method, options });
  }

  setVisible(row: Row, visible: boolean): void {
    this.changeRow(row.id, { visible });
  }

  /** Compares one method more: with other numbers, one that is there already. */
  addRow(method: string, like: Row | null = null): void {
    const rows = this.rows.peek();
    if (rows.length >= mostRuns) return;
    let place = 0;
    while (rows.some((row) => row.id === rowId(place))) place += 1;
    const row = { id: rowId(place), method, options: { ...like?.options }, visible: true };
    const at = like ? rows.indexOf(like) + 1 : rows.length;
    this.change({ rows: [...rows.slice(0, at), row, ...rows.slice(at)], selected: row.id });
  }

  /** One method stays, since a comparison of none shows nothing. */
  removeRow(row: Row): void {
    const rows = this.rows.peek().filter(({ id }) => id !== row.id);
    if (rows.length > 0) this.change({ rows });
  }

  select(id: string): void {
    this.change({ selected: id });
  }

  private firstOptions(row: Row): Values {
    return { ...this.first.value.find(({ method }) => method === row.method)?.options };
  }

  private changeRow(id: string, part: Partial<Row>): void {
    this.change({ rows: this.rows.peek().map((row) => (row.id === id ? { ...row, ...part } : row)) });
  }

  private change(part: Partial<PageState>): void {
    this.state.value = { ...this.state.peek(), ...part };
  }
}
