import { beforeEach, describe, expect, it } from "vitest";
import { type Clock, Latest } from "./latest";

class ManualClock implements Clock {
  time = 0;
  private tasks: (() => void)[] = [];
  now(): number {
    return this.time;
  }
  nextFrame(task: () => void): void {
    this.tasks.push(task);
  }
  frame(): void {
    this.time += 16;
    const due = this.tasks;
    this.tasks = [];
    for (const task of due) task();
  }
}

describe("latest wins", () => {
  let clock: ManualClock;
  let sent: string[];
  let up: boolean;
  let latest: Latest<string>;
  beforeEach(() => {
    clock = new ManualClock();
    sent = [];
    up = true;
    latest = new Latest((body) => (up ? sent.push(body) : null), clock);
  });

  it("sends the first at once, then one a frame, the newest", () => {
    for (const body of ["a", "b", "c"]) latest.ask(body);
    expect(sent).toEqual(["a"]);
    clock.frame();
    expect(sent).toEqual(["a", "c"]);
  });
  it("falls behind for one frame only", () => {
    for (const body of ["a", "b"]) latest.ask(body);
    clock.frame();
    expect(sent).toEqual(["a", "b"]);
    for (const seq of [1, 2]) latest.answered(seq);
    for (const body of ["c", "d", "e"]) {
      latest.ask(body);
      expect(sent.at(-1)).toBe(body);
      latest.answered(sent.length);
      clock.frame();
    }
  });
  it("has at most two in flight", () => {
    for (const body of ["a", "b", "c", "d"]) {
      latest.ask(body);
      clock.frame();
    }
    expect(sent).toEqual(["a", "b"]);
    latest.answered(1);
    expect(sent).toEqual(["a", "b", "d"]);
  });
  it("takes a reply only where none to a newer request was taken", () => {
    latest.ask("a");
    clock.frame();
    latest.ask("b");
    expect(latest.answered(2)).toBe(true);
    expect(latest.answered(1)).toBe(false);
    expect(latest.idle).toBe(true);
  });
  it("keeps what could not be sent, and asks anew after a reset", () => {
    up = false;
    latest.ask("a");
    expect(latest.idle).toBe(false);
    latest.reset();
    up = true;
    clock.frame();
    expect(sent).toEqual([]);
    latest.ask("b");
    expect(sent).toEqual(["b"]);
  });
  it("is not blocked for ever by replies that never come", () => {
    latest.ask("a");
    clock.frame();
    latest.ask("b");
    clock.frame();
    clock.time += 20_000;
    latest.ask("c");
    expect(sent).toEqual(["a", "b", "c"]);
  });
});
