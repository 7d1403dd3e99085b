// Latest wins: at most two requests of a kind in flight, only the newest pending one kept, one request a frame.
// The first request of a frame goes out at once: pointer events come just before a frame, and waiting would cost one.
// What waited for the frame goes out in it and does not count: else a request asked later in that frame would wait for
// the next one, which would send it as what had waited, and every request from then on would be a frame late.
// Not here: what the requests say (state/requests.ts) and how they travel.

/** Replies that never come (a kernel restarted) must not block the line for ever. */
const lostAfter = 15_000;

export interface Clock {
  now(): number;
  nextFrame(task: () => void): void;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  nextFrame: (task) => requestAnimationFrame(task),
};

export class Latest<T> {
  private pending: T | null = null;
  private readonly inFlight = new Map<number, number>();
  /** A request has gone out in this frame. */
  private spent = false;
  /** Newest request whose reply was taken; older replies are stale. */
  private taken = 0;

  constructor(
    private readonly send: (body: T) => number | null,
    private readonly clock: Clock = browserClock,
    private readonly depth = 2,
  ) {}

  ask(body: T): void {
    this.pending = body;
    this.flush();
  }

  /** Tells that request `seq` was answered; true if the answer is the newest so far. */
  answered(seq: number): boolean {
    this.inFlight.delete(seq);
    this.flush();
    if (seq < this.taken) return false;
    this.taken = seq;
    return true;
  }

  /** Wants no answer to what is in flight, and sends nothing that waits: it has become another question. */
  forget(): void {
    this.pending = null;
    for (const seq of this.inFlight.keys()) this.taken = Math.max(this.taken, seq + 1);
  }

  /** Forgets what is in flight, and what waits: after a lost line everything is asked anew. */
  reset(): void {
    this.inFlight.clear();
    this.pending = null;
  }

  get idle(): boolean {
    return this.inFlight.size === 0 && this.pending === null;
  }

  private flush(): void {
    if (this.spent || !this.sendPending()) return;
    this.spent = true;
    this.clock.nextFrame(() => {
      this.spent = false;
      this.sendPending();
    });
  }

  /** True where a request went out. */
  private sendPending(): boolean {
    if (this.pending === null) return false;
    const now = this.clock.now();
    for (const [seq, sent] of this.inFlight) if (now - sent > lostAfter) this.inFlight.delete(seq);
    if (this.inFlight.size >= this.depth) return false;
    const seq = this.send(this.pending);
    if (seq === null) return false;
    this.pending = null;
    this.inFlight.set(seq, now);
    return true;
  }
}
