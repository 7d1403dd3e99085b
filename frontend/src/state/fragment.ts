// The page's state as the `#` fragment of its address, so that a link reproduces the page.  No secret goes in.
//   #problem=rosenbrock&f=(1-x)^2…&set=a:20&start=-1.6,-0.5&box=…&run=armijo,c1:0.1,selected&n=100&gtol=1e-8&theme=dark
// A packed problem (`shared=`) is carried as it is: Python packs and unpacks it.
// Whatever is as the problem itself suggests is left out.  Unreadable parts are passed over.
import { type Axes, type Box, emptyState, type PageState, type Row, rowId, type ThemeChoice } from "./state";

const themes: ThemeChoice[] = ["system", "light", "dark"];
/** A link tells the edges of the view to this share of its length, however deep it is zoomed. */
const finest = 1e-6;

/** Percent-encoding that leaves what RFC 3986 allows in a fragment and a reader wants to read. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%2C/g, ",")
    .replace(/%3A/g, ":")
    .replace(/%2B/g, "+")
    .replace(/%2F/g, "/");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function numbersIn(text: string, count: number): number[] | null {
  const numbers = text.split(",").map((part) => (part === "" ? Number.NaN : Number(part)));
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : null;
}

function writeValues(values: Record<string, number>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}:${value}`);
}

function readValues(items: string[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const item of items) {
    const at = item.lastIndexOf(":");
    const value = Number(item.slice(at + 1));
    if (at > 0 && at < item.length - 1 && Number.isFinite(value)) values[item.slice(0, at)] = value;
  }
  return values;
}

function writeRow(row: Row, selected: boolean): string {
  const flags = [...(row.visible ? [] : ["hidden"]), ...(selected ? ["selected"] : [])];
  return [row.method, ...writeValues(row.options), ...flags].join(",");
}

function readRow(text: string, place: number): { row: Row; selected: boolean } | null {
  const [method = "", ...items] = text.split(",");
  if (method === "") return null;
  return {
    row: { id: rowId(place), method, options: readValues(items), visible: !items.includes("hidden") },
    selected: items.includes("selected"),
  };
}

function writeBox([x0, x1, y0, y1]: Box): number[] {
  const along = (low: number, high: number) => {
    const digits = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low) / finest));
    return [low, high].map((edge) => Number(edge.toPrecision(Math.min(17, digits))));
  };
  return [...along(x0, x1), ...along(y0, y1)];
}

export function writeFragment(state: PageState): string {
  const parts: [string, string][] = [];
  if (state.problem !== null) parts.push(["problem", state.problem]);
  if (state.shared !== null) parts.push(["shared", state.shared]);
  if (state.text !== null) parts.push(["f", state.text]);
  const set = writeValues(state.parameters);
  if (set.length > 0) parts.push(["set", set.join(",")]);
  if (state.start) parts.push(["start", state.start.join(",")]);
  if (state.box) parts.push(["box", writeBox(state.box).join(",")]);
  if (state.axes) parts.push(["axes", state.axes.join(",")]);
  if (state.through !== "end") parts.push(["through", state.through]);
  for (const row of state.rows) parts.push(["run", writeRow(row, row.id === state.selected)]);
  if (state.maxIterations !== null) parts.push(["n", String(state.maxIterations)]);
  if (state.gtol !== null) parts.push(["gtol", String(state.gtol)]);
  if (state.theme !== "system") parts.push(["theme", state.theme]);
  if (state.measure) parts.push(["measure", "1"]);
  return parts.map(([name, value]) => `${name}=${encode(value)}`).join("&");
}

export function readFragment(fragment: string): PageState {
  const state = emptyState();
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) read(state, decode(part.slice(0, at)), decode(part.slice(at + 1)));
  }
  return state;
}

function read(state: PageState, name: string, value: string): void {
  const number = value === "" ? Number.NaN : Number(value);
  if (name === "problem" && value !== "") state.problem = value;
  else if (name === "shared" && value !== "") state.shared = value;
  else if (name === "f") state.text = value;
  else if (name === "set") state.parameters = readValues(value.split(","));
  else if (name === "start") state.start = numbersIn(value, value.split(",").length);
  else if (name === "box") state.box = readBox(value);
  else if (name === "axes") state.axes = readAxes(value);
  else if (name === "through") state.through = value === "start" ? "start" : "end";
  else if (name === "n" && Number.isInteger(number) && number >= 0) state.maxIterations = number;
  else if (name === "gtol" && number >= 0) state.gtol = number;
  else if (name === "theme") state.theme = themes.find((theme) => theme === value) ?? "system";
  else if (name === "measure") state.measure = value === "1";
  else if (name === "run") {
    const read = readRow(value, state.rows.length);
    if (read) state.rows.push(read.row);
    if (read?.selected) state.selected = read.row.id;
  }
}

function readBox(value: string): Box | null {
  const box = numbersIn(value, 4) as Box | null;
  return box && box[0] < box[1] && box[2] < box[3] ? box : null;
}

function readAxes(value: string): Axes | null {
  const axes = numbersIn(value, 2) as Axes | null;
  const areTwo = axes?.every((axis) => Number.isInteger(axis) && axis >= 0) && axes[0] !== axes[1];
  return axes && areTwo ? axes : null;
}
