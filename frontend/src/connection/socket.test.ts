import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LineState } from "./connection";
import { packFrame } from "./frame";
import { SocketConnection } from "./socket";

class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: ArrayBuffer[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(frame: ArrayBuffer): void {
    this.sent.push(frame);
  }
  close(): void {
    this.drop(1000);
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const newest = () => FakeSocket.made.at(-1) as FakeSocket;

describe("a socket's line", () => {
  let connection: SocketConnection;
  let states: LineState[];
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("window", globalThis);
    FakeSocket.made = [];
    states = [];
    connection = new SocketConnection("ws://127.0.0.1:1/socket");
    connection.onLine((state) => states.push(state));
  });
  afterEach(() => {
    connection.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("comes back by itself after a loss", () => {
    newest().open();
    newest().drop(1006);
    vi.advanceTimersByTime(300);
    newest().open();
    expect(FakeSocket.made).toHaveLength(2);
    expect(states).toEqual(["connecting", "open", "lost", "open"]);
  });
  it("is stopped once the server says that it goes, and still comes back with it", () => {
    newest().open();
    newest().drop(1001);
    expect(states.at(-1)).toBe("stopped");
    vi.advanceTimersByTime(10_000);
    newest().open();
    expect(states.at(-1)).toBe("open");
  });
  it("is stopped after a few attempts without an answer", () => {
    newest().open();
    for (let i = 0; i < 4; i++) {
      newest().drop(1006);
      vi.advanceTimersByTime(10_000);
    }
    expect(states.at(-1)).toBe("stopped");
  });
  it("sends only while it is open", () => {
    const hello = { kind: "hello", view: "v", seq: 1 } as const;
    expect(connection.send(hello)).toBe(false);
    newest().open();
    expect(connection.send(hello)).toBe(true);
    expect(newest().sent).toHaveLength(1);
  });
  it("hands on what arrives, and nothing once it is closed", () => {
    const heard: unknown[] = [];
    connection.on((reply) => heard.push(reply));
    newest().open();
    const message = { kind: "hello", view: "v", seq: 1 } as const;
    newest().onmessage?.({ data: packFrame(message) });
    connection.close();
    vi.advanceTimersByTime(60_000);
    expect(heard).toEqual([message]);
    expect(FakeSocket.made).toHaveLength(1);
  });
});
