// Binary frames: u32 header length (little-endian), JSON header with `lens`, padding to 8, buffers each padded to 8.
import type { Reply, Request } from "../messages";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function paddedTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

export function packFrame(request: Request, buffers: ArrayBufferView[] = []): ArrayBuffer {
  const header = encoder.encode(JSON.stringify({ ...request, lens: buffers.map((b) => b.byteLength) }));
  let length = paddedTo8(4 + header.length);
  const offsets = buffers.map((buffer) => {
    const offset = length;
    length = paddedTo8(length + buffer.byteLength);
    return offset;
  });
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  buffers.forEach((b, i) => {
    bytes.set(new Uint8Array(b.buffer, b.byteOffset, b.byteLength), offsets[i]);
  });
  return bytes.buffer;
}

export function unpackFrame(frame: ArrayBuffer): [Reply, DataView[]] {
  const headerLength = new DataView(frame).getUint32(0, true);
  if (4 + headerLength > frame.byteLength) throw new Error("The frame ends inside its header.");
  const { lens, ...reply } = JSON.parse(decoder.decode(new Uint8Array(frame, 4, headerLength))) as Reply & {
    lens?: number[];
  };
  let offset = paddedTo8(4 + headerLength);
  const buffers = (lens ?? []).map((length) => {
    const view = new DataView(frame, offset, length);
    offset = paddedTo8(offset + length);
    return view;
  });
  return [reply as Reply, buffers];
}

/** Typed view without a copy where alignment allows (a notebook's buffers may start anywhere). */
export function float64(view: DataView | undefined): Float64Array {
  if (!view) return new Float64Array(0);
  const bytes = view.byteLength - (view.byteLength % 8);
  if (view.byteOffset % 8 === 0)
    return new Float64Array(view.buffer as ArrayBuffer, view.byteOffset, bytes / 8);
  return new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + bytes) as ArrayBuffer);
}

export function float32(view: DataView | undefined): Float32Array<ArrayBuffer> {
  if (!view) return new Float32Array(0);
  const bytes = view.byteLength - (view.byteLength % 4);
  if (view.byteOffset % 4 === 0)
    return new Float32Array(view.buffer as ArrayBuffer, view.byteOffset, bytes / 4);
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + bytes) as ArrayBuffer);
}
