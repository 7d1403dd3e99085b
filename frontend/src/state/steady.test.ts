import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { steady } from "./steady";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first change after a rest is followed at once", () => {
  const source = signal(0);
  const { signal: follower } = steady(source);
  vi.advanceTimersByTime(1000);
  source.value = 1;
  expect(follower.value).toBe(1);
});

test("changes in quick succession are followed at a readable pace, and the last one always", () => {
  const source = signal(0);
  const { signal: follower } = steady(source);
  vi.advanceTimersByTime(1000);
  const seen: number[] = [];
  follower.subscribe((value) => seen.push(value));
  for (let k = 1; k <= 60; k += 1) {
    source.value = k;
    vi.advanceTimersByTime(16);
  }
  vi.advanceTimersByTime(1000);
  expect(seen.length).toBeLessThan(14);
  expect(seen.at(-1)).toBe(60);
});

test("stopped, it follows no more", () => {
  const source = signal(0);
  const { signal: follower, stop } = steady(source);
  source.value = 1;
  stop();
  vi.advanceTimersByTime(1000);
  source.value = 2;
  expect(follower.value).toBe(0);
});

test("an urgent change is followed at once", () => {
  const source = signal(0);
  const { signal: follower } = steady(source, (value) => value === 7);
  source.value = 1;
  source.value = 2;
  source.value = 7;
  expect(follower.value).toBe(7);
});
