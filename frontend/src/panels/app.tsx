// The page: which panel stands where is the style sheet's business (styles/lab.css).
import type { ReadonlySignal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Exchange } from "../state/exchange";
import type { Laboratory } from "../state/laboratory";
import type { Scenes } from "../state/scenes";
import type { Mode } from "../styles/tokens";
import { FitPanel } from "./fit-panel";
import { Header } from "./header";
import { MapPanel } from "./map-panel";
import { Methods } from "./methods";
import { Progress } from "./progress";
import { Banner, Help, Summary } from "./status";

interface Properties {
  lab: Laboratory;
  exchange: Exchange;
  scenes: Scenes;
  mode: ReadonlySignal<Mode>;
  onUpdate: () => void;
  /** Where the key `?` is listened for: the window of a page of its own, the widget in a notebook. */
  keys: EventTarget;
}

export function App({ lab, exchange, scenes, mode, onUpdate, keys }: Properties) {
  const help = useSignal(false);
  const actions: Record<string, () => void> = {
    "?": () => {
      help.value = !help.value;
    },
    " ": () => lab.timeline.togglePlay(),
    ",": () => lab.timeline.step(-1),
    ".": () => lab.timeline.step(1),
    Home: () => lab.timeline.seek(0),
  };
  useEffect(() => {
    const listen = (event: Event) => {
      const { key, ctrlKey, metaKey, altKey } = event as KeyboardEvent;
      const act = actions[key];
      if (!act || ctrlKey || metaKey || altKey || event.defaultPrevented || isTaken(event, key)) return;
      event.preventDefault();
      act();
    };
    keys.addEventListener("keydown", listen);
    return () => keys.removeEventListener("keydown", listen);
  }, [keys, help]);
  const problem = lab.opened.value;
  // A notebook has a main part of its own.
  const Panels = keys === window ? "main" : "div";
  const isSliced = (problem?.variables.length ?? 0) > 2;
  return (
    <div class={`frame${problem?.data ? " with-data" : ""}${isSliced ? " sliced" : ""}`}>
      <Header
        lab={lab}
        isPage={keys === window}
        onHelp={() => {
          help.value = true;
        }}
      />
      <Banner lab={lab} />
      <Panels class="panels">
        <Methods lab={lab} runs={scenes.steadyRuns} mode={mode} />
        <MapPanel lab={lab} exchange={exchange} scenes={scenes} mode={mode.value} onUpdate={onUpdate} />
        <FitPanel lab={lab} scenes={scenes} />
        <Progress lab={lab} scenes={scenes} mode={mode.value} />
      </Panels>
      <Summary lab={lab} />
      <Help
        open={help.value}
        onClose={() => {
          help.value = false;
        }}
      />
    </div>
  );
}

/** Whether the key is for what has the focus: a field that is typed in, a button that Space presses, a slider. */
function isTaken(event: Event, key: string): boolean {
  const target = event.composedPath()[0];
  if (target instanceof HTMLInputElement) return target.type === "text" || key === "Home";
  const isPressed = target instanceof HTMLButtonElement || target instanceof HTMLSelectElement;
  return isPressed && key !== "?";
}
