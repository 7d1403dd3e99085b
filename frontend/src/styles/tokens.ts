// The colours, once: as custom properties for the style sheet, and resolved for the canvases.
// Contrasts against paper are at least 4.5 (text), 3 (lines and thumbs); rule, hair and track are decorative.
import type { Palette } from "../views/types";

export type Mode = "light" | "dark";

const ground = {
  light: {
    paper: "#fdfdfb",
    sunk: "#f3f4f2",
    raised: "#ffffff",
    ink: "#1a2130",
    soft: "#566072",
    faint: "#8a93a1",
    rule: "#e2e5e8",
    hair: "#eceeef",
    track: "#cfd4da",
    accent: "#4a48c4",
    "accent-ink": "#ffffff",
    "accent-wash": "#ededfa",
    bad: "#b3261e",
    shade: "rgb(26 33 48 / 14%)",
  },
  dark: {
    paper: "#12161c",
    sunk: "#1a2029",
    raised: "#1a2029",
    ink: "#e8ebf0",
    soft: "#a0aaba",
    faint: "#6f7a8a",
    rule: "#2a313b",
    hair: "#1f262f",
    track: "#3d4653",
    accent: "#a9a8ff",
    "accent-ink": "#14151f",
    "accent-wash": "#24264a",
    bad: "#ff8f85",
    shade: "rgb(0 0 0 / 50%)",
  },
} as const;

export const palettes: Record<Mode, Palette> = {
  light: {
    dark: false,
    paper: ground.light.paper,
    ink: ground.light.ink,
    muted: ground.light.soft,
    hairline: ground.light.rule,
    accent: ground.light.accent,
    halo: "rgba(253,253,251,0.82)",
    low: "#6f9cd0",
    high: "#fafbfa",
  },
  dark: {
    dark: true,
    paper: ground.dark.paper,
    ink: ground.dark.ink,
    muted: ground.dark.soft,
    hairline: ground.dark.rule,
    accent: ground.dark.accent,
    halo: "rgba(12,16,22,0.82)",
    low: "#3d7fb8",
    high: "#12181f",
  },
};

/** A method's colour is never its only sign: the dash pattern goes with it everywhere. */
export interface MethodStyle {
  line: Record<Mode, string>;
  /** Darker (lighter on dark paper), so that it can be read as text. */
  text: Record<Mode, string>;
  dash: number[];
}

const vermillion: MethodStyle = {
  line: { light: "#d55e00", dark: "#ff8a47" },
  text: { light: "#a94800", dark: "#ff9f68" },
  dash: [],
};
const blue: MethodStyle = {
  line: { light: "#0072b2", dark: "#56b4e9" },
  text: { light: "#00629b", dark: "#7cc6f0" },
  dash: [8, 3],
};
const purple: MethodStyle = {
  line: { light: "#b65a90", dark: "#e597c4" },
  text: { light: "#9a3f76", dark: "#eeb0d3" },
  dash: [0.1, 4.2],
};
const orange: MethodStyle = {
  line: { light: "#c98500", dark: "#f0b63a" },
  text: { light: "#855600", dark: "#f3c35c" },
  dash: [9, 3.5, 0.1, 3.5],
};
const green: MethodStyle = {
  line: { light: "#00916a", dark: "#2fc99c" },
  text: { light: "#00714f", dark: "#56d6b0" },
  dash: [14, 3],
};

const grey: MethodStyle = {
  line: { light: "#5c6672", dark: "#aeb7c4" },
  text: { light: "#4d5662", dark: "#bcc4cf" },
  dash: [4, 2.5],
};
const brown: MethodStyle = {
  line: { light: "#8a5a33", dark: "#cf9a6b" },
  text: { light: "#764a27", dark: "#d9ab82" },
  dash: [12, 3, 4, 3],
};
const violet: MethodStyle = {
  line: { light: "#6a51c7", dark: "#a794f5" },
  text: { light: "#5841ae", dark: "#b8a8f8" },
  dash: [6, 2.5, 0.1, 2.5, 0.1, 2.5],
};

const styleOfMethod: Record<string, MethodStyle> = { "gradient descent": vermillion, armijo: blue };
const inOrder = [vermillion, blue, purple, orange, green, grey, brown, violet];

/** A style for each row, by its identity: no two of up to eight are alike, and none changes when another row goes. */
export function methodStyles(rows: readonly { id: string; method: string }[]): Map<string, MethodStyle> {
  const styles = new Map<string, MethodStyle>();
  const take = (id: string, wished: MethodStyle | undefined): void => {
    if (wished && ![...styles.values()].includes(wished)) styles.set(id, wished);
  };
  for (const { id, method } of rows) take(id, styleOfMethod[method]);
  for (const { id } of rows) if (!styles.has(id)) take(id, inOrder[Number(id.slice(1)) - 1]);
  for (const { id } of rows)
    if (!styles.has(id))
      take(
        id,
        inOrder.find((style) => ![...styles.values()].includes(style)),
      );
  return styles;
}

/** The style of a row among those of all, were there more than are compared. */
export function styleOf(styles: Map<string, MethodStyle>, id: string): MethodStyle {
  return styles.get(id) ?? vermillion;
}

function declarations(mode: Mode): string {
  return Object.entries(ground[mode])
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

/** The custom properties of both modes, as the head of the style sheet. */
export function tokenSheet(): string {
  return (["light", "dark"] as const)
    .map((mode) => `.lab[data-mode=${mode}]{color-scheme:${mode};${declarations(mode)}}`)
    .join("\n");
}
