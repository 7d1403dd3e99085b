// The laboratory's own server, over a WebSocket that comes back by itself.
import type { Request } from "../messages";
import type { Connection, LineState, ReplyHandler } from "./connection";
import { Listeners } from "./connection";
import { packFrame, unpackFrame } from "./frame";

const firstWait = 250;
const longestWait = 4000;
/** Failed attempts after which the page says that the program was stopped (about three seconds). */
const attemptsBeforeStopped = 4;
/** Close codes by which a server says that it is going away. */
const goingAway = new Set([1001, 1012]);

export class SocketConnection implements Connection {
  private socket: WebSocket | null = null;
  private attempts = 0;
  private timer = 0;
  private closed = false;
  private state: LineState = "connecting";
  private readonly replies = new Listeners<Parameters<ReplyHandler>>();
  private readonly lines = new Listeners<[LineState]>();

  constructor(private readonly url: string) {
    this.connect();
  }

  send(request: Request): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(packFrame(request));
    return true;
  }

  on(handler: ReplyHandler): () => void {
    return this.replies.add(handler);
  }

  onLine(handler: (state: LineState) => void): () => void {
    handler(this.state);
    return this.lines.add(handler);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.replies.clear();
    this.lines.clear();
    this.socket?.close();
  }

  private connect(): void {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.attempts = 0;
      this.tell("open");
    };
    socket.onmessage = (event) => this.replies.tell(...unpackFrame(event.data as ArrayBuffer));
    socket.onclose = (event) => this.retry(event.code);
    this.socket = socket;
  }

  private retry(code: number): void {
    if (this.closed) return;
    const wait = Math.min(longestWait, firstWait * 2 ** this.attempts);
    this.attempts += 1;
    const stopped = this.state === "stopped" || goingAway.has(code) || this.attempts >= attemptsBeforeStopped;
    this.tell(stopped ? "stopped" : "lost");
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  private tell(state: LineState): void {
    if (state === this.state) return;
    this.state = state;
    this.lines.tell(state);
  }
}
