import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FragmentMemory } from "./memory";
import { emptyState } from "./state";

/** As much of a window as an address needs. */
function windowAt(hash: string) {
  const page = {
    location: { hash },
    history: {
      state: null,
      replaceState: (_: unknown, __: string, address: string) => {
        page.location.hash = address.trim();
      },
    },
    listeners: new Map<string, () => void>(),
    addEventListener: (kind: string, listener: () => void) => page.listeners.set(kind, listener),
    removeEventListener: () => {},
  };
  return page;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the address", () => {
  it("is written a moment after the state has changed", () => {
    const page = windowAt("#problem=saddle");
    const memory = new FragmentMemory(page as never);
    expect(memory.read().problem).toBe("saddle");
    memory.write({ ...emptyState(), problem: "beale" });
    expect(page.location.hash).toBe("#problem=saddle");
    vi.advanceTimersByTime(300);
    expect(page.location.hash).toBe("#problem=beale");
    memory.write({ ...emptyState(), problem: "ackley" });
    vi.advanceTimersByTime(300);
    expect(page.location.hash).toBe("#problem=ackley");
  });
  it("is left alone where a person has just put a link there, though the page goes", () => {
    const page = windowAt("#problem=saddle");
    const memory = new FragmentMemory(page as never);
    memory.read();
    memory.watch(() => {});
    memory.write({ ...emptyState(), problem: "beale" });
    page.location.hash = "#shared=abc";
    page.listeners.get("pagehide")?.();
    vi.advanceTimersByTime(300);
    expect(page.location.hash).toBe("#shared=abc");
  });
});
