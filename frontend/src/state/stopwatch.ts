// How long a drag takes: from the pointer event to the end of the frame in which the reply to it was drawn.
// Runs only when the link says `measure=1`; browser tests and the benchmark read `globalThis.__thalweg.latency`.

export interface Measurement {
  /** Number of the `Paths` request. */
  seq: number;
  /** Milliseconds from the pointer event to the picture. */
  latency: number;
  /** When the picture stood, on the page's clock. */
  drawn: number;
}

export class Stopwatch {
  readonly latency: Measurement[] = [];
  private pointer: number | null = null;
  private readonly waiting = new Map<number, number>();

  constructor(readonly running: boolean) {
    if (running) (globalThis as { __thalweg?: unknown }).__thalweg = { latency: this.latency };
  }

  /** A pointer moved; the next request answers it. */
  touched(timeStamp: number): void {
    if (this.running) this.pointer = timeStamp;
  }

  asked(seq: number): void {
    if (this.pointer === null) return;
    this.waiting.set(seq, this.pointer);
    this.pointer = null;
  }

  drawn(seq: number): void {
    const pointer = this.waiting.get(seq);
    for (const old of this.waiting.keys()) if (old <= seq) this.waiting.delete(old);
    if (pointer === undefined) return;
    const now = performance.now();
    this.latency.push({ seq, latency: now - pointer, drawn: now });
  }
}
