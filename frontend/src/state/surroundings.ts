// Is what surrounds the page light or dark?  On a page of its own the system says so; in a notebook, the notebook's
// own ground, which need not follow the system.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Mode } from "../styles/tokens";

export interface Surroundings {
  mode: ReadonlySignal<Mode>;
  close(): void;
}

export function systemSurroundings(page: Window = window): Surroundings {
  const dark = page.matchMedia("(prefers-color-scheme: dark)");
  const mode = signal<Mode>(dark.matches ? "dark" : "light");
  const listen = () => {
    mode.value = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", listen);
  return { mode, close: () => dark.removeEventListener("change", listen) };
}

/** The notebook's ground behind `element`; looked at again whenever the notebook changes its theme. */
export function notebookSurroundings(element: HTMLElement): Surroundings {
  const system = systemSurroundings();
  const look = (): Mode => groundBehind(element) ?? system.mode.peek();
  const mode = signal<Mode>(look());
  const observer = new MutationObserver(() => {
    mode.value = look();
  });
  const options = {
    attributes: true,
    attributeFilter: ["class", "style", "data-theme", "data-jp-theme-name"],
  };
  for (const root of [document.documentElement, document.body]) observer.observe(root, options);
  // The element is not in the document yet when the notebook asks for it.
  const frame = requestAnimationFrame(() => {
    mode.value = look();
  });
  return {
    mode,
    close: () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      system.close();
    },
  };
}

function groundBehind(element: HTMLElement): Mode | null {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const parts =
      getComputedStyle(at)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    const [red = 0, green = 0, blue = 0, opacity = 1] = parts;
    if (parts.length < 3 || opacity < 0.5) continue;
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }
  return null;
}
