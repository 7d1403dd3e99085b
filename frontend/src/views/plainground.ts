// The ground without WebGL: the same colours and lines, computed at one sample a CSS pixel.  Simple, not fast.

import { rampTable } from "./colour";
import { levelOf, rampPlace, type Scheme } from "./contours";
import type { Field } from "./field";
import type { Ground } from "./ground";
import { type GroundColours, groundInk } from "./groundcolours";
import type { Viewport } from "./viewport";

export class PlainGround implements Ground {
  readonly isSlow = true;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly small = document.createElement("canvas");
  private field: Field | null = null;
  private colours: GroundColours | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext("2d", { alpha: false });
  }

  setColours(colours: GroundColours): void {
    this.colours = colours;
  }

  setField(field: Field | null): void {
    this.field = field;
  }

  draw(view: Viewport): void {
    const { context, colours, field, small, canvas } = this;
    if (!context || !colours) return;
    const width = Math.max(1, Math.round(view.width));
    const height = Math.max(1, Math.round(view.height));
    small.width = width;
    small.height = height;
    const inner = small.getContext("2d");
    if (!inner) return;
    const image = inner.createImageData(width, height);
    paint(image.data, width, height, view, field, colours);
    inner.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
  }

  dispose(): void {
    this.small.width = 0;
  }
}

/** RGBA bytes of the picture, row 0 at the top. */
function paint(
  bytes: Uint8ClampedArray,
  width: number,
  height: number,
  view: Viewport,
  field: Field | null,
  colours: GroundColours,
): void {
  const ink = groundInk(colours);
  const ramp = rampTable(colours.low, colours.high);
  const set = (at: number, r: number, g: number, b: number): void => {
    bytes[at] = r;
    bytes[at + 1] = g;
    bytes[at + 2] = b;
    bytes[at + 3] = 255;
  };
  const values = field ? sampleAll(field, view, width, height) : null;
  const summary = field?.summary;
  for (let j = 0; j < height; j += 1) {
    for (let i = 0; i < width; i += 1) {
      const at = 4 * (j * width + i);
      const o = j * (width + 1) + i;
      const value = values ? (values[o] as number) : Number.NaN;
      if (!summary || Number.isNaN(value)) {
        const isHatch = field?.holes === true && (i - j + 7 * height) % 7 === 0;
        const k = isHatch ? ink.hatchStrength : 0;
        const mixed = ink.paper.map((p, c) => 255 * (p + ((ink.hatch[c] as number) - p) * k));
        set(at, ...(mixed as [number, number, number]));
        continue;
      }
      const v = Math.max(value, 1e-37);
      const c = 3 * Math.round(255 * rampPlace(Math.log10(v), summary));
      const cover =
        v < summary.least ? 0 : lineCover(values as Float64Array, o, width + 1, summary.scheme, summary.top);
      const k = cover > 0 ? cover * ink.heavy : cover < 0 ? -cover * ink.light : 0;
      const channel = (n: number): number => {
        const base = ramp[c + n] as number;
        return base + (255 * (ink.line[n] as number) - base) * k;
      };
      set(at, channel(0), channel(1), channel(2));
    }
  }
}

function sampleAll(field: Field, view: Viewport, width: number, height: number): Float64Array {
  const values = new Float64Array((width + 1) * (height + 1));
  for (let j = 0; j <= height; j += 1) {
    const y = view.fromY(j + 0.5);
    for (let i = 0; i <= width; i += 1) values[j * (width + 1) + i] = field.at(view.fromX(i + 0.5), y);
  }
  return values;
}

/** Coverage by a contour line: positive for heavy lines, negative for light ones. */
function lineCover(values: Float64Array, o: number, stride: number, scheme: Scheme, top: number): number {
  const level = levelOf(Math.max(values[o] as number, 1e-37), scheme);
  const right = levelOf(Math.max(values[o + 1] as number, 1e-37), scheme);
  const below = levelOf(Math.max(values[o + stride] as number, 1e-37), scheme);
  const slope = Math.hypot(right - level, below - level) + 1e-9;
  if (!Number.isFinite(slope)) return 0;
  const nearest = Math.round(level);
  if (nearest > top || (scheme.kind === "linear" && nearest < 0.5)) return 0;
  const heavy = ((nearest % scheme.major) + scheme.major) % scheme.major === 0;
  const cover = Math.min(1, Math.max(0, (heavy ? 1.15 : 0.8) / 2 + 0.5 - Math.abs(level - nearest) / slope));
  const s = Math.min(1, Math.max(0, (1 / slope - 2.2) / 4.8));
  const shown = cover * s * s * (3 - 2 * s);
  return heavy ? shown : -shown;
}
