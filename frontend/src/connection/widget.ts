// A notebook's kernel, through anywidget: custom messages with buffers, never synced traits.
import type { Reply, Request } from "../messages";
import type { Connection, LineState, ReplyHandler } from "./connection";

/** The part of anywidget's model that is used here. */
export interface WidgetModel {
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBufferView[]): void;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
}

type Delivered = DataView | ArrayBufferView | ArrayBuffer;

function asView(buffer: Delivered): DataView {
  if (buffer instanceof DataView) return buffer;
  if (buffer instanceof ArrayBuffer) return new DataView(buffer);
  return new DataView(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}

export class WidgetConnection implements Connection {
  private readonly leave: (() => void)[] = [];

  constructor(private readonly model: WidgetModel) {}

  send(request: Request): boolean {
    this.model.send(request, undefined, []);
    return true;
  }

  on(handler: ReplyHandler): () => void {
    const receive = (content: Reply, buffers?: Delivered[]) => handler(content, (buffers ?? []).map(asView));
    this.model.on("msg:custom", receive);
    const off = () => this.model.off("msg:custom", receive);
    this.leave.push(off);
    return off;
  }

  onLine(handler: (state: LineState) => void): () => void {
    handler("open");
    return () => {};
  }

  close(): void {
    for (const off of this.leave) off();
    this.leave.length = 0;
  }
}
