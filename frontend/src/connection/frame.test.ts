import { describe, expect, it } from "vitest";
import type { Request } from "../messages";
import { float32, float64, packFrame, unpackFrame } from "./frame";

const hello: Request = { kind: "hello", view: "v", seq: 7 };

/** A frame laid out by hand, from the description of the format. */
function frameOf(header: string, buffers: Uint8Array[]): ArrayBuffer {
  const text = new TextEncoder().encode(header);
  const pad = (n: number) => n + ((8 - (n % 8)) % 8);
  const bytes = new Uint8Array(buffers.reduce((n, b) => n + pad(b.length), pad(4 + text.length)));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = pad(4 + text.length);
  for (const buffer of buffers) {
    bytes.set(buffer, at);
    at += pad(buffer.length);
  }
  return bytes.buffer;
}

describe("frames", () => {
  it("are read as the format says: header, padding to eight, buffers", () => {
    const doubles = new Uint8Array(new Float64Array([1.5, -2]).buffer);
    const singles = new Uint8Array(new Float32Array([0.25, 0.5, 1]).buffer);
    const frame = frameOf('{"kind":"runs","view":"é","seq":3,"lens":[16,12]}', [doubles, singles]);
    const [reply, buffers] = unpackFrame(frame);
    expect(reply).toEqual({ kind: "runs", view: "é", seq: 3 });
    expect([...float64(buffers[0])]).toEqual([1.5, -2]);
    expect([...float32(buffers[1])]).toEqual([0.25, 0.5, 1]);
    expect(buffers.every((buffer) => buffer.byteOffset % 8 === 0)).toBe(true);
  });
  it("are written so that they can be read", () => {
    const [message, buffers] = unpackFrame(
      packFrame(hello, [new Float64Array([3]), new Uint8Array([1, 2, 3])]),
    );
    expect(message).toEqual(hello);
    expect([...float64(buffers[0])]).toEqual([3]);
    expect(buffers[1]?.byteLength).toBe(3);
    expect(packFrame(hello).byteLength % 8).toBe(0);
  });
  it("may come without buffers", () => {
    expect(unpackFrame(frameOf('{"kind":"failed"}', []))).toEqual([{ kind: "failed" }, []]);
  });
  it("are refused where they end inside their header", () => {
    const frame = packFrame(hello);
    expect(() => unpackFrame(frame.slice(0, 16))).toThrow("header");
  });
});

describe("typed views", () => {
  it("share memory where alignment allows, and copy where it does not", () => {
    const bytes = new Uint8Array(24);
    bytes.set(new Uint8Array(new Float64Array([2.5]).buffer), 4);
    const odd = new DataView(bytes.buffer, 4, 8);
    expect([...float64(odd)]).toEqual([2.5]);
    expect(float64(new DataView(bytes.buffer, 8, 16)).buffer).toBe(bytes.buffer);
    expect([...float32(new DataView(bytes.buffer, 2, 0))]).toEqual([]);
    expect(float64(undefined)).toHaveLength(0);
  });
});
