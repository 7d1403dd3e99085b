// What the page knows of its host: messages go out, messages with buffers come in, and the line is up or down.
import type { Reply, Request } from "../messages";

export type ReplyHandler = (reply: Reply, buffers: DataView[]) => void;
/** `open`: messages flow; `lost`: trying again; `stopped`: the other side has ended, or does not answer. */
export type LineState = "connecting" | "open" | "lost" | "stopped";
export type LineHandler = (state: LineState) => void;

export interface Connection {
  /** Sends when the line is open; false when it is not (the page asks anew once it is). */
  send(request: Request): boolean;
  on(handler: ReplyHandler): () => void;
  onLine(handler: LineHandler): () => void;
  close(): void;
}

/** A plain set of listeners, for both implementations. */
export class Listeners<A extends unknown[]> {
  private readonly handlers = new Set<(...args: A) => void>();

  add(handler: (...args: A) => void): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  tell(...args: A): void {
    for (const handler of this.handlers) handler(...args);
  }

  clear(): void {
    this.handlers.clear();
  }
}
