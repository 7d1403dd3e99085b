import { expect, it } from "vitest";
import { WidgetConnection, type WidgetModel } from "./widget";

class FakeModel implements WidgetModel {
  sent: unknown[] = [];
  handlers = new Set<(...args: never[]) => void>();
  send(content: unknown): void {
    this.sent.push(content);
  }
  on(_event: string, handler: (...args: never[]) => void): void {
    this.handlers.add(handler);
  }
  off(_event: string, handler: (...args: never[]) => void): void {
    this.handlers.delete(handler);
  }
  say(...message: unknown[]): void {
    for (const handler of this.handlers) handler(...(message as never[]));
  }
}

it("speaks by custom messages, whatever kind of buffer a notebook hands over", () => {
  const model = new FakeModel();
  const connection = new WidgetConnection(model);
  const heard: number[][] = [];
  connection.on((_reply, buffers) => heard.push(buffers.map((buffer) => buffer.getUint8(0))));
  const bytes = new Uint8Array([9, 7]);
  model.say({ kind: "runs" }, [new DataView(bytes.buffer), bytes.subarray(1), bytes.buffer]);
  model.say({ kind: "failed" });
  expect(heard).toEqual([[9, 7, 9], []]);
  expect(connection.send({ kind: "hello", view: "v", seq: 1 })).toBe(true);
  connection.close();
  model.say({ kind: "runs" }, []);
  expect(heard).toHaveLength(2);
});
