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

const styleOfMethod: Record<string, MethodStyle> = { "gradient descent": vermillion, armijo: blue };
const inOrder = [vermillion, blue, purple, orange, green];

/** The style of a method: its own, or that of its place in the list. */
export function methodStyle(method: string, place: number): MethodStyle {
  return styleOfMethod[method] ?? (inOrder[place % inOrder.length] as MethodStyle);
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
