// The iterations under the map: played, stepped through, scrubbed.  What is shown ends at the chosen one, everywhere.
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Laboratory } from "../state/laboratory";
import type { Scenes } from "../state/scenes";
import { type Mode, styleOf } from "../styles/tokens";
import { PauseIcon, PlayIcon, RewindIcon, StepBackIcon, StepIcon } from "./icons";

/** Milliseconds between two steps of the play, and how many steps it has at most. */
const beat = 60;
const beats = 120;

interface Properties {
  lab: Laboratory;
  scenes: Scenes;
  mode: Mode;
}

interface ControlProperties {
  does: string;
  press: string;
  kind?: string;
  onClick: () => void;
  children: ComponentChildren;
}

/** A button that says what it does, and which key does the same. */
function Control({ does, press, kind, onClick, children }: ControlProperties) {
  const title = `${does} (${press})`;
  return (
    <button
      type="button"
      class={kind ? `icon ${kind}` : "icon"}
      data-testid={kind}
      aria-label={does}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

export function Timeline({ lab, scenes, mode }: Properties) {
  const { last } = lab.timeline;
  const shown = useComputed(() => Math.min(lab.timeline.highlight.value ?? last.value, last.value));
  const isPlaying = lab.timeline.playing.value;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => lab.timeline.play(Math.max(1, Math.round(last.peek() / beats))), beat);
    return () => clearInterval(timer);
  }, [isPlaying]);
  const ends = scenes.steadyTracks.value.filter(({ info }) => info.iterations > 0);
  return (
    <section class="timeline" aria-label="Iterations">
      <Control does="To the start" press="Home" onClick={() => lab.timeline.seek(0)}>
        <RewindIcon />
      </Control>
      <Control does="Step back" press="," onClick={() => lab.timeline.step(-1)}>
        <StepBackIcon />
      </Control>
      <Control
        does={isPlaying ? "Pause" : "Play"}
        press="Space"
        kind="play"
        onClick={() => lab.timeline.togglePlay()}
      >
        {isPlaying ? <PauseIcon /> : <PlayIcon />}
      </Control>
      <Control does="Step on" press="." onClick={() => lab.timeline.step(1)}>
        <StepIcon />
      </Control>
      <div class="slider scrub">
        {ends.map(({ id, title, info }) => (
          <span
            key={id}
            class="run-end"
            title={`${title}: ${info.headline}`}
            style={{
              "--at": last.value > 0 ? info.iterations / last.value : 0,
              background: styleOf(lab.comparison.styles.value, id).line[mode],
            }}
          />
        ))}
        <input
          type="range"
          min="0"
          max={last.value}
          step="1"
          data-testid="timeline"
          aria-label="Iteration"
          aria-valuetext={`iteration ${shown.value} of ${last.value}`}
          value={shown.value}
          onInput={(event) => lab.timeline.seek(event.currentTarget.valueAsNumber)}
        />
      </div>
      <span class="where" data-testid="iteration">
        iteration <b>{shown.value.toLocaleString("en")}</b> of {last.value.toLocaleString("en")}
      </span>
    </section>
  );
}
