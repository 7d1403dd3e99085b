// Colours of the ground, shared by its WebGL and its plain drawing.

import { parseColour } from "./colour";
import type { Palette } from "./types";

export type GroundColours = Pick<Palette, "dark" | "paper" | "muted" | "low" | "high">;

type Unit = [number, number, number];

/** Channels from 0 to 1, opacities of light and heavy lines. */
export interface GroundInk {
  low: Unit;
  high: Unit;
  line: Unit;
  paper: Unit;
  hatch: Unit;
  hatchStrength: number;
  light: number;
  heavy: number;
}

const unit = (text: string): Unit => parseColour(text).map((c) => c / 255) as Unit;

export function groundInk(colours: GroundColours): GroundInk {
  return {
    low: unit(colours.low),
    high: unit(colours.high),
    line: unit(colours.dark ? "#c9dcf0" : "#20344e"),
    paper: unit(colours.paper),
    hatch: unit(colours.muted),
    hatchStrength: 0.3,
    light: 0.2,
    heavy: colours.dark ? 0.42 : 0.4,
  };
}
