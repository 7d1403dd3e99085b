// Puts an imperative view into the page and hands it every new scene.
import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { View } from "../views/types";

interface Properties<S> {
  make: () => View<S>;
  scene: ReadonlySignal<S | null>;
  /** While true, the picture stays as it is. */
  waiting: ReadonlySignal<boolean>;
  class: string;
  /** Called after a scene was handed over; the view draws it in the next frame. */
  onUpdate?: (scene: S) => void;
  onSize?: (width: number, height: number) => void;
}

export function ViewHost<S>({ make, scene, waiting, class: name, onUpdate, onSize }: Properties<S>) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = host.current;
    if (!place) return;
    const view = make();
    place.append(view.element);
    const sized = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = place;
      if (width > 0 && height > 0) onSize?.(width, height);
    });
    sized.observe(place);
    const leave = effect(() => {
      const present = scene.value;
      if (present === null || waiting.value) return;
      view.update(present);
      onUpdate?.(present);
    });
    return () => {
      leave();
      sized.disconnect();
      view.dispose();
      view.element.remove();
    };
  }, []);
  return <div class={name} ref={host} />;
}
