import { describe, expect, it } from "vitest";
import { nextStop, type Range, roundedTo, roundStep, toPosition, toValue } from "./scale";

const log: Range = { low: 1e-5, high: 10, scale: "log" };
const linear: Range = { low: -5, high: 5, scale: "linear" };
const integer: Range = { low: 1, high: 1000, scale: "integer" };
const wide: Range = { low: 1, high: 1e6, scale: "integer" };

describe("positions", () => {
  it("puts equal ratios at equal distances on a logarithmic track", () => {
    expect(toPosition(log, 1e-5)).toBe(0);
    expect(toPosition(log, 10)).toBe(1);
    expect(toPosition(log, 0.01)).toBeCloseTo(0.5, 12);
  });
  it("puts equal differences at equal distances on a linear track", () => {
    expect(toPosition(linear, 0)).toBe(0.5);
    expect(toPosition(linear, 2.5)).toBe(0.75);
  });
  it("keeps what lies outside at the ends, zero on a logarithmic track included", () => {
    expect(toPosition(log, 0)).toBe(0);
    expect(toPosition(log, 1e9)).toBe(1);
    expect(toPosition(linear, -70)).toBe(0);
  });
  it("stands at the beginning where there is no range", () => {
    expect(toPosition({ low: 2, high: 2, scale: "linear" }, 2)).toBe(0);
  });
  it("gives back the value's place for every value it stops at", () => {
    for (const range of [log, linear, integer, wide])
      for (let i = 0; i <= 100; i++) {
        const value = toValue(range, i / 100);
        expect(Math.abs(toValue(range, toPosition(range, value)) - value)).toBeLessThan(
          1e-12 * Math.abs(value) + 1e-15,
        );
      }
  });
  it("begins a logarithmic track twelve decades below its end where its low is zero", () => {
    expect(toPosition({ low: 0, high: 1, scale: "log" }, 1e-6)).toBeCloseTo(0.5, 12);
  });
});

describe("values", () => {
  it("have two figures on a logarithmic track", () => {
    expect(toValue(log, 0.5)).toBe(0.01);
    expect(String(toValue(log, 0.4321))).toMatch(/^0\.00\d{1,2}$/);
  });
  it("are multiples of a round step on a linear track, without binary tails", () => {
    expect(toValue(linear, 0.53)).toBe(0.3);
    expect(toValue(linear, 0.5299)).toBe(0.3);
  });
  it("are whole and within the range on an integer track", () => {
    expect(toValue(integer, 0)).toBe(1);
    expect(toValue(integer, 1)).toBe(1000);
    expect(toValue(wide, 0.5)).toBe(1000);
  });
});

describe("keys", () => {
  it("always move, also where two positions would round to one value", () => {
    for (const range of [log, linear, integer, wide])
      for (const direction of [1, -1] as const) {
        let value = toValue(range, 0.5);
        for (let i = 0; i < 50; i++) {
          const next = nextStop(range, value, direction);
          const atEnd = next === (direction > 0 ? range.high : range.low);
          expect(atEnd || Math.sign(next - value) === direction).toBe(true);
          value = next;
        }
      }
  });
  it("go to the neighbouring figure, and back", () => {
    expect(nextStop(log, 0.1, 1)).toBe(0.11);
    expect(nextStop(log, 0.11, -1)).toBe(0.1);
    expect(nextStop(log, 0.1, -1)).toBe(0.099);
    expect(nextStop(linear, 0.3, 1)).toBe(0.35);
    expect(nextStop(integer, 41, -1)).toBe(40);
  });
  it("go through 1, 2, 5 in coarse steps", () => {
    expect(nextStop(log, 0.1, 1, true)).toBe(0.2);
    expect(nextStop(log, 0.3, 1, true)).toBe(0.5);
    expect(nextStop(log, 0.1, -1, true)).toBe(0.05);
  });
  it("stop at the ends", () => {
    expect(nextStop(log, 10, 1)).toBe(10);
    expect(nextStop(linear, -5, -1)).toBe(-5);
    expect(nextStop(log, 0, -1)).toBe(1e-5);
  });
});

describe("steps", () => {
  it("are 1, 2 or 5 times a power of ten", () => {
    expect([0.0012, 0.05, 3, 7, 10].map(roundStep)).toEqual([0.002, 0.05, 5, 10, 10]);
  });
  it("round to their multiples", () => {
    expect(roundedTo(-1.23456, 0.01)).toBe(-1.23);
    expect(roundedTo(0.1 + 0.2, 0.1)).toBe(0.3);
  });
});
