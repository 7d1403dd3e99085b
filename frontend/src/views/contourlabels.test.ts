import { describe, expect, it } from "vitest";
import { contourLines, footprint, placeContourLabels } from "./contourlabels";
import { lineValue } from "./contours";
import { Field } from "./field";
import { isolines } from "./isolines";
import { overlap, Placement } from "./placement";
import { type Box, Viewport } from "./viewport";

const box: Box = [-2.25, 2.25, -0.8, 2.2];
const rosenbrock = (x: number, y: number): number => (1 - x) ** 2 + 20 * (y - x * x) ** 2;
const view = new Viewport(box, 640, 427);

function fieldOf(f: (x: number, y: number) => number): Field {
  const [columns, rows] = [256, 171];
  const values = Float32Array.from({ length: columns * rows }, (_, k) =>
    f(
      box[0] + ((k % columns) / (columns - 1)) * (box[1] - box[0]),
      box[2] + (Math.floor(k / columns) / (rows - 1)) * (box[3] - box[2]),
    ),
  );
  return new Field({ values, shape: [columns, rows], box, reference: 0, highest: 1 });
}

describe("isolines", () => {
  it("are closed round a minimum and lie at their level", () => {
    const n = 41;
    const values = Float64Array.from(
      { length: n * n },
      (_, k) => ((k % n) - 20) ** 2 + (Math.floor(k / n) - 20) ** 2,
    );
    const lines = isolines(values, n, n, 100);
    expect(lines).toHaveLength(1);
    const line = lines[0] as number[];
    expect(line.slice(0, 2)).toEqual(line.slice(-2));
    for (let i = 0; i < line.length; i += 2) {
      expect(Math.hypot((line[i] as number) - 20, (line[i + 1] as number) - 20)).toBeCloseTo(10, 1);
    }
  });
});

describe("contour labels", () => {
  const width = (text: string): number => 6 * text.length;
  const lines = contourLines(fieldOf(rosenbrock), view, width);

  it("name decades, on their line", () => {
    expect(lines.length).toBeGreaterThan(3);
    for (const { places } of lines) {
      for (const { x, y, value } of places) {
        expect(Math.log10(value) % 1).toBeCloseTo(0, 9);
        const here = rosenbrock(view.fromX(x), view.fromY(y));
        expect(Math.abs(here / value - 1)).toBeLessThan(0.05);
      }
    }
    expect(lineValue(0, fieldOf(rosenbrock).summary.scheme)).toBe(1);
  });

  it("are never upside down", () => {
    for (const { places } of lines) {
      for (const { angle } of places) expect(Math.abs(angle)).toBeLessThan(Math.PI / 2 + 0.06);
    }
  });

  it("meet neither each other, nor what was there before, nor a path, nor the border", () => {
    const placement = new Placement(view.width, view.height);
    const path = [100, 380, 320, 300, 520, 60];
    placement.ink.addLine(path);
    const before = { x: 200, y: 100, width: 80, height: 30 };
    placement.taken.push(before);
    const labels = placeContourLabels(lines, placement);
    expect(labels.length).toBeGreaterThan(2);
    const prints = labels.map(footprint);
    prints.forEach((print, i) => {
      for (const rect of print) {
        expect(overlap(rect, before)).toBe(false);
        expect(rect.x).toBeGreaterThan(0);
        expect(rect.y + rect.height).toBeLessThan(view.height);
        expect(placement.ink.under(rect)).toBe(0);
        for (const other of prints.slice(i + 1).flat()) expect(overlap(rect, other)).toBe(false);
      }
    });
  });
});
