// Colours for canvases: parsing, mixing, contrast, and the ramp of the ground.

export type Rgb = readonly [number, number, number];

/** `#rgb`, `#rrggbb`, `rgb()` or `rgba()` as channels from 0 to 255; anything else is mid grey. */
export function parseColour(text: string): Rgb {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
    const value = Number.parseInt(full, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  }
  const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [];
  const [r = 128, g = 128, b = 128] = numbers;
  return [r, g, b];
}

export function rgba(colour: Rgb, alpha: number): string {
  return `rgba(${colour.map((c) => Math.round(c)).join(",")},${alpha})`;
}

/** `text` with another opacity. */
export function fade(text: string, alpha: number): string {
  return rgba(parseColour(text), alpha);
}

export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const readableCache = new Map<string, string>();

/** The line colour, moved away from the paper until text in it can be read (5.7:1; 4.5 is the least allowed). */
export function readable(colour: string, paper: string): string {
  const key = `${colour}|${paper}`;
  const known = readableCache.get(key);
  if (known) return known;
  const ground = parseColour(paper);
  const away: Rgb = luminance(ground) > 0.4 ? [0, 0, 0] : [255, 255, 255];
  let result = parseColour(colour);
  for (let step = 0; step < 40 && contrast(result, ground) < 5.7; step += 1) {
    result = mix(result, away, 0.05);
  }
  const text = rgba(result, 1);
  if (readableCache.size > 200) readableCache.clear();
  readableCache.set(key, text);
  return text;
}

/** Colour of the ground at t = 0 (water) to 1 (paper): falls off quickly, so that the paper stays quiet. */
export function rampAt(low: Rgb, high: Rgb, t: number): Rgb {
  const u = 1 - Math.min(1, Math.max(0, t));
  return mix(high, low, u * u * (0.62 + 0.38 * u));
}

/** The ramp as `size` RGB triples. */
export function rampTable(low: string, high: string, size = 256): Uint8Array {
  const [a, b] = [parseColour(low), parseColour(high)];
  const table = new Uint8Array(size * 3);
  for (let i = 0; i < size; i += 1) table.set(rampAt(a, b, i / (size - 1)).map(Math.round), 3 * i);
  return table;
}
