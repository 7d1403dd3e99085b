// What hands do on the map, told apart: dragging the start, panning, pinching, the wheel, keys.
// It knows boxes and points, not what they mean; the map decides what is drawn.

import { type Box, pan, Viewport, zoom } from "./viewport";

export interface GestureTarget {
  view(): Viewport;
  /** The start, in data coordinates. */
  start(): [number, number];
  equalScale(): boolean;
  moveStart(x: number, y: number, phase: "move" | "end" | "cancel"): void;
  moveBox(box: Box, phase: "move" | "end"): void;
  /** The pointer rests over this pixel (and over the start's handle), or nowhere. */
  hover(at: [number, number] | null, overStart: boolean): void;
  reset(): void;
  changed(): void;
}

export type Gesture = "none" | "start" | "pan" | "pinch";

const mouseReach = 16;
const touchReach = 24;
const panThreshold = 3;
const wheelRest = 180;
const nudge = 1 / 200;
const keyZoom = 0.8;

export function isOverStart(
  view: Viewport,
  start: [number, number],
  x: number,
  y: number,
  touch: boolean,
): boolean {
  return Math.hypot(view.toX(start[0]) - x, view.toY(start[1]) - y) <= (touch ? touchReach : mouseReach);
}

/** Zoom factor of a wheel event; lines and pages are turned into pixels, pinches on a trackpad count more. */
export function wheelFactor(deltaY: number, deltaMode: number, isPinch: boolean): number {
  const pixels = deltaY * (deltaMode === 1 ? 16 : deltaMode === 2 ? 400 : 1);
  return Math.exp(Math.max(-300, Math.min(300, pixels)) * (isPinch ? 0.01 : 0.0016));
}

interface Pointer {
  x: number;
  y: number;
}

export class Gestures {
  gesture: Gesture = "none";
  /** Where the start was when its drag began. */
  private origin: [number, number] = [0, 0];
  private offset: [number, number] = [0, 0];
  private first: { view: Viewport; at: Pointer; moved: boolean } | null = null;
  private pinched: { box: Box; distance: number; x: number; y: number } | null = null;
  private readonly pointers = new Map<number, Pointer>();
  private wheelTimer: ReturnType<typeof setTimeout> | undefined;
  private keyMoved = false;
  private readonly listeners: [string, (event: never) => void][] = [];

  constructor(
    private readonly element: HTMLElement,
    private readonly target: GestureTarget,
  ) {
    element.style.touchAction = "none";
    this.listen("pointerdown", this.onDown);
    this.listen("pointermove", this.onMove);
    this.listen("pointerup", this.onUp);
    this.listen("pointercancel", this.onCancel);
    this.listen("pointerleave", this.onLeave);
    this.listen("dblclick", this.onDouble);
    this.listen("wheel", this.onWheel);
    this.listen("keydown", this.onKeyDown);
    this.listen("keyup", this.onKeyUp);
    this.listen("blur", this.onBlur);
  }

  private listen<E extends Event>(type: string, handler: (event: E) => void): void {
    this.element.addEventListener(type, handler as EventListener, { passive: false });
    this.listeners.push([type, handler as (event: never) => void]);
  }

  dispose(): void {
    clearTimeout(this.wheelTimer);
    for (const [type, handler] of this.listeners) {
      this.element.removeEventListener(type, handler as unknown as EventListener);
    }
  }

  private local(event: MouseEvent): Pointer {
    const frame = this.element.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  private readonly onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || this.pointers.size >= 2) return;
    const at = this.local(event);
    this.capture(event.pointerId);
    this.pointers.set(event.pointerId, at);
    if (this.gesture === "start") return;
    if (this.pointers.size === 2) {
      this.beginPinch();
      return;
    }
    const view = this.target.view();
    const start = this.target.start();
    if (isOverStart(view, start, at.x, at.y, event.pointerType !== "mouse")) {
      this.gesture = "start";
      this.origin = start;
      this.offset = [view.toX(start[0]) - at.x, view.toY(start[1]) - at.y];
    } else {
      this.gesture = "pan";
      this.first = { view, at, moved: false };
    }
    this.target.hover(null, this.gesture === "start");
    this.target.changed();
  };

  private capture(pointerId: number): void {
    try {
      this.element.setPointerCapture(pointerId);
    } catch {
      // The pointer has gone already (or is a test's): the drag works while it stays over the map.
    }
  }

  private readonly onMove = (event: PointerEvent): void => {
    const at = this.local(event);
    if (!this.pointers.has(event.pointerId)) {
      if (event.pointerType !== "touch" && this.gesture === "none") this.reportHover(at);
      return;
    }
    this.pointers.set(event.pointerId, at);
    if (this.gesture === "start") this.dragStart(at, "move");
    else if (this.gesture === "pan") this.dragBox(at, "move");
    else if (this.gesture === "pinch") this.pinch("move");
  };

  private reportHover(at: Pointer): void {
    const view = this.target.view();
    const over = isOverStart(view, this.target.start(), at.x, at.y, false);
    this.target.hover([at.x, at.y], over);
  }

  private readonly onUp = (event: PointerEvent): void => {
    if (!this.pointers.has(event.pointerId)) return;
    const at = this.local(event);
    const gesture = this.gesture;
    if (gesture === "start") this.dragStart(at, "end");
    else if (gesture === "pan" && this.first?.moved) this.dragBox(at, "end");
    else if (gesture === "pinch") this.pinch("end");
    this.pointers.delete(event.pointerId);
    this.finish();
    // After a pinch the finger that stays goes on panning.
    const left = [...this.pointers.values()][0];
    if (gesture === "pinch" && left) {
      this.gesture = "pan";
      this.first = { view: this.target.view(), at: left, moved: true };
    }
    if (event.pointerType === "mouse") this.reportHover(at);
  };

  private readonly onCancel = (event: PointerEvent): void => {
    if (this.pointers.delete(event.pointerId)) this.cancel();
  };

  private readonly onLeave = (): void => {
    if (this.gesture === "none") this.target.hover(null, false);
  };

  private finish(): void {
    this.gesture = "none";
    this.first = null;
    this.pinched = null;
    this.target.changed();
  }

  /** Ends a drag as if it had not been. */
  cancel(): boolean {
    const gesture = this.gesture;
    const first = this.first;
    if (gesture === "none") return false;
    this.pointers.clear();
    this.finish();
    if (gesture === "start") this.target.moveStart(...this.origin, "cancel");
    else if (first?.moved) this.target.moveBox(first.view.box, "end");
    return true;
  }

  private dragStart(at: Pointer, phase: "move" | "end"): void {
    const view = this.target.view();
    const x = view.fromX(at.x + this.offset[0]);
    const y = view.fromY(at.y + this.offset[1]);
    this.target.moveStart(x, y, phase);
  }

  private dragBox(at: Pointer, phase: "move" | "end"): void {
    if (!this.first) return;
    const [dx, dy] = [at.x - this.first.at.x, at.y - this.first.at.y];
    if (!this.first.moved && Math.hypot(dx, dy) < panThreshold) return;
    if (!this.first.moved) {
      this.first.moved = true;
      this.target.changed();
    }
    this.target.moveBox(pan(this.first.view, dx, dy), phase);
  }

  private beginPinch(): void {
    const [a, b] = [...this.pointers.values()] as [Pointer, Pointer];
    const view = this.target.view();
    this.gesture = "pinch";
    this.first = { view, at: a, moved: true };
    this.pinched = {
      box: view.box,
      distance: Math.max(8, Math.hypot(a.x - b.x, a.y - b.y)),
      x: view.fromX((a.x + b.x) / 2),
      y: view.fromY((a.y + b.y) / 2),
    };
  }

  private pinch(phase: "move" | "end"): void {
    const [a, b] = [...this.pointers.values()];
    const from = this.pinched;
    if (!a || !b || !from) return;
    const factor = from.distance / Math.max(8, Math.hypot(a.x - b.x, a.y - b.y));
    const { width, height } = this.target.view();
    const zoomed = new Viewport(zoom(from.box, factor, from.x, from.y), width, height);
    // The point that was between the fingers stays between them.
    const dx = (a.x + b.x) / 2 - zoomed.toX(from.x);
    const dy = (a.y + b.y) / 2 - zoomed.toY(from.y);
    this.target.moveBox(pan(zoomed, dx, dy), phase);
  }

  private readonly onDouble = (event: MouseEvent): void => {
    const { x, y } = this.local(event);
    if (!isOverStart(this.target.view(), this.target.start(), x, y, false)) this.target.reset();
  };

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (this.gesture !== "none" || event.deltaY === 0) return;
    const at = this.local(event);
    const view = this.target.view();
    const factor = wheelFactor(event.deltaY, event.deltaMode, event.ctrlKey);
    this.target.moveBox(zoom(view.box, factor, view.fromX(at.x), view.fromY(at.y)), "move");
    clearTimeout(this.wheelTimer);
    this.wheelTimer = setTimeout(() => this.target.moveBox(this.target.view().box, "end"), wheelRest);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.key(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  private key(key: string, shift: boolean): boolean {
    if (key === "Escape") return this.cancel();
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowDown: [0, -1],
      ArrowUp: [0, 1],
    };
    const step = steps[key];
    const view = this.target.view();
    const [x0, x1, y0, y1] = view.box;
    if (step) {
      const times = (shift ? 10 : 1) * nudge;
      const [sx, sy] = this.target.start();
      // One step is the same on both axes where their scales are.
      const [wx, wy] = [x1 - x0, this.target.equalScale() ? x1 - x0 : y1 - y0];
      this.keyMoved = true;
      this.target.moveStart(sx + step[0] * times * wx, sy + step[1] * times * wy, "move");
      return true;
    }
    if (key === "+" || key === "=" || key === "-" || key === "_") {
      const factor = key === "+" || key === "=" ? keyZoom : 1 / keyZoom;
      this.target.moveBox(zoom(view.box, factor, (x0 + x1) / 2, (y0 + y1) / 2), "end");
      return true;
    }
    if (key !== "0") return false;
    this.target.reset();
    return true;
  }

  private readonly onKeyUp = (event: KeyboardEvent): void => {
    if (event.key.startsWith("Arrow")) this.endKeys();
  };

  private readonly onBlur = (): void => {
    this.endKeys();
    this.target.changed();
  };

  private endKeys(): void {
    if (!this.keyMoved) return;
    this.keyMoved = false;
    this.target.moveStart(...this.target.start(), "end");
  }
}
