// Which iteration is shown: the one under the pointer, the one where the timeline stands, or the ends of all runs.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Runs } from "./results";

export class Timeline {
  /** The iteration under the pointer in a chart. */
  readonly pointed = signal<number | null>(null);
  readonly playing = signal(false);
  /** Where the timeline stands; null at the end. */
  private readonly playhead = signal<number | null>(null);
  /** The iteration that every view shows; null for the ends of all runs. */
  readonly highlight = computed(() => this.pointed.value ?? this.playhead.value);
  /** Iterations of the longest run. */
  readonly last: ReadonlySignal<number>;

  constructor(runs: ReadonlySignal<Runs | null>) {
    this.last = computed(() =>
      Math.max(0, ...(runs.value?.results.map(({ info }) => info.iterations) ?? [])),
    );
  }

  /** Shows the runs up to this iteration; from the last one on, their ends. */
  seek(iteration: number): void {
    this.playing.value = false;
    this.playhead.value = iteration >= this.last.peek() ? null : Math.max(0, iteration);
  }

  /** So many iterations on from the one that is shown, or back. */
  step(by: number): void {
    this.seek(Math.min(this.highlight.peek() ?? this.last.peek(), this.last.peek()) + by);
  }

  /** Plays from where the timeline stands, from the start where it stands at the end. */
  togglePlay(): void {
    batch(() => {
      this.playing.value = !this.playing.peek() && this.last.peek() > 0;
      if (this.playing.peek() && this.playhead.peek() === null) this.playhead.value = 0;
    });
  }

  /** Goes on by so many iterations, and pauses at the end. */
  play(step: number): void {
    const next = (this.playhead.peek() ?? 0) + step;
    batch(() => {
      if (next < this.last.peek()) this.playhead.value = next;
      else this.seek(next);
    });
  }
}
