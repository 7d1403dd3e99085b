// A signal that follows another at a pace that eyes can read: figures and charts need not change sixty times a second,
// and while a hand drags, the frame belongs to the map.
import { effect, type ReadonlySignal, signal } from "@preact/signals";

/** Milliseconds between two changes while the source keeps changing. */
const pace = 100;

/**
 * Follows `source`: at once when it has rested, or where the change is `urgent`, else at most every 100 ms; the last
 * value always arrives.
 */
export function steady<T>(
  source: ReadonlySignal<T>,
  urgent: (value: T, shown: T) => boolean = () => false,
): { signal: ReadonlySignal<T>; stop: () => void } {
  const follower = signal(source.peek());
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (): void => {
    timer = undefined;
    last = performance.now();
    follower.value = source.peek();
  };
  const leave = effect(() => {
    const value = source.value;
    const rest = last + pace - performance.now();
    if (rest <= 0 || urgent(value, follower.peek())) {
      clearTimeout(timer);
      follow();
    } else timer ??= setTimeout(follow, rest);
  });
  return {
    signal: follower,
    stop: () => {
      leave();
      clearTimeout(timer);
    },
  };
}
