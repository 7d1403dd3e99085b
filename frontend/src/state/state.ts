// What the page owns: everything a person can set.  Null means "as the problem itself suggests".
// The Python side keeps none of it; each request says all that it needs.

export type Box = [number, number, number, number];
export type Axes = [number, number];
export type Through = "end" | "start";
export type ThemeChoice = "system" | "light" | "dark";

/** One method of the comparison. */
export interface Row {
  id: string;
  method: string;
  /** Only what a person has set; the problem's suggestions and the defaults stand behind it. */
  options: Record<string, number>;
  visible: boolean;
}

export interface PageState {
  /** Identity in the catalogue; null for a formula of one's own. */
  problem: string | null;
  /** A packed problem, as a link brings it: it is opened in place of the others. */
  shared: string | null;
  /** What is typed in the formula bar; null while the problem's own text stands there. */
  text: string | null;
  parameters: Record<string, number>;
  start: number[] | null;
  box: Box | null;
  /** The variables that run along the map, across and up. */
  axes: Axes | null;
  /** Where the other variables are held: at the end of the selected run, or at the start. */
  through: Through;
  /** Empty: the methods that the problem is first shown with. */
  rows: Row[];
  selected: string | null;
  maxIterations: number | null;
  gtol: number | null;
  theme: ThemeChoice;
  /** Records how long each drag takes from the pointer to the picture (`globalThis.__thalweg`). */
  measure: boolean;
}

export function emptyState(): PageState {
  return {
    problem: null,
    shared: null,
    text: null,
    parameters: {},
    start: null,
    box: null,
    axes: null,
    through: "end",
    rows: [],
    selected: null,
    maxIterations: null,
    gtol: null,
    theme: "system",
    measure: false,
  };
}

export function rowId(place: number): string {
  return `r${place + 1}`;
}
