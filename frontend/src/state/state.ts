// What the page owns: everything a person can set.  Null means "as the problem itself suggests".
// The Python side keeps none of it; each request says all that it needs.

export type Box = [number, number, number, number];
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
  /** What is typed in the formula bar; null while the problem's own text stands there. */
  text: string | null;
  parameters: Record<string, number>;
  start: number[] | null;
  box: Box | null;
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
    text: null,
    parameters: {},
    start: null,
    box: null,
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
