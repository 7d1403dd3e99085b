// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Gestures, type GestureTarget } from "./gestures";
import { type Box, Viewport } from "./viewport";

let element: HTMLElement;
let gestures: Gestures;
let heard: unknown[];
let view: Viewport;
let start: [number, number];

beforeEach(() => {
  element = document.createElement("div");
  document.body.append(element);
  heard = [];
  view = new Viewport([-2, 2, -1, 1], 400, 200);
  start = [0, 0];
  const target: GestureTarget = {
    view: () => view,
    start: () => start,
    equalScale: () => true,
    moveStart: (x, y, phase) => {
      start = [x, y];
      heard.push([phase, Number(x.toFixed(6)), Number(y.toFixed(6))]);
    },
    moveBox: (box: Box, phase) => {
      view = new Viewport(box, 400, 200);
      heard.push([`box ${phase}`, ...box.map((v) => Number(v.toFixed(6)))]);
    },
    hover: () => undefined,
    reset: () => heard.push("reset"),
    changed: () => undefined,
  };
  gestures = new Gestures(element, target);
});

afterEach(() => {
  gestures.dispose();
  element.remove();
  vi.useRealTimers();
});

function pointer(type: string, x: number, y: number, pointerId = 1): void {
  const init = { clientX: x, clientY: y, pointerId, pointerType: "mouse", button: 0, bubbles: true };
  element.dispatchEvent(new PointerEvent(type, init));
}

function key(name: string, shiftKey = false): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key: name, shiftKey, bubbles: true, cancelable: true });
  element.dispatchEvent(event);
  return event;
}

describe("hands on the map", () => {
  it("drag the start by where it was taken", () => {
    pointer("pointerdown", 203, 102);
    pointer("pointermove", 253, 52);
    pointer("pointerup", 253, 52);
    expect(heard).toEqual([
      ["move", 0.5, 0.5],
      ["end", 0.5, 0.5],
    ]);
  });

  it("restore the start on Escape, and do not move it after", () => {
    pointer("pointerdown", 200, 100);
    pointer("pointermove", 300, 100);
    key("Escape");
    pointer("pointermove", 350, 100);
    pointer("pointerup", 350, 100);
    expect(heard).toEqual([
      ["move", 1, 0],
      ["cancel", 0, 0],
    ]);
  });

  it("restore the start when the pointer is taken away", () => {
    pointer("pointerdown", 200, 100);
    pointer("pointermove", 300, 100);
    pointer("pointercancel", 300, 100);
    expect(heard.at(-1)).toEqual(["cancel", 0, 0]);
  });

  it("pan the ground, but not by trembling", () => {
    pointer("pointerdown", 50, 50);
    pointer("pointermove", 51, 50);
    expect(heard).toEqual([]);
    pointer("pointermove", 90, 30);
    pointer("pointerup", 90, 30);
    expect(heard).toEqual([
      ["box move", -2.4, 1.6, -1.2, 0.8],
      ["box end", -2.4, 1.6, -1.2, 0.8],
    ]);
  });

  it("pinch about the point between two fingers", () => {
    pointer("pointerdown", 100, 50, 1);
    pointer("pointerdown", 200, 50, 2);
    pointer("pointermove", 250, 50, 2);
    pointer("pointermove", 50, 50, 1);
    expect(view.box[1] - view.box[0]).toBeCloseTo(2, 9);
    expect(view.fromX(150)).toBeCloseTo(-0.5, 9);
  });

  it("turn the wheel: the box moves at once, and ends when the wheel rests", () => {
    vi.useFakeTimers();
    const wheel = new MouseEvent("wheel", { clientX: 200, clientY: 100 });
    element.dispatchEvent(Object.assign(wheel, { deltaY: -100, deltaMode: 0 }));
    expect((heard.at(-1) as unknown[])[0]).toBe("box move");
    vi.advanceTimersByTime(500);
    expect((heard.at(-1) as unknown[])[0]).toBe("box end");
    expect(view.fromX(200)).toBeCloseTo(0, 9);
  });

  it("nudge with arrows, ten times as far with Shift, and end when the key is let go", () => {
    key("ArrowRight");
    key("ArrowUp", true);
    element.dispatchEvent(new KeyboardEvent("keyup", { key: "ArrowUp" }));
    expect(heard).toEqual([
      ["move", 0.02, 0],
      ["move", 0.02, 0.2],
      ["end", 0.02, 0.2],
    ]);
  });

  it("zoom and reset by key, and leave other keys to the page", () => {
    key("+");
    expect(view.box[1] - view.box[0]).toBeLessThan(4);
    expect(key("0").defaultPrevented).toBe(true);
    expect(heard.at(-1)).toBe("reset");
    expect(key("a").defaultPrevented).toBe(false);
    expect(key("Escape").defaultPrevented).toBe(false);
  });
});
