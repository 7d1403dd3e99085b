// The iterations under the map: played, stepped through, scrubbed.  What is shown ends at the chosen one, everywhere.
import { useComputed } from "@preact/signals";
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
      <button
        type="button"
        class="icon"
        aria-label="To the start"
        title="To the start (Home)"
        onClick={() => lab.timeline.seek(0)}
      >
        <RewindIcon />
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Step back"
        title="Step back (,)"
        onClick={() => lab.timeline.step(-1)}
      >
        <StepBackIcon />
      </button>
      <button
        type="button"
        class="icon play"
        data-testid="play"
        aria-label={isPlaying ? "Pause" : "Play"}
        title={isPlaying ? "Pause (Space)" : "Play (Space)"}
        onClick={() => lab.timeline.togglePlay()}
      >
        {isPlaying ? <PauseIcon /> : <PlayIcon />}
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Step on"
        title="Step on (.)"
        onClick={() => lab.timeline.step(1)}
      >
        <StepIcon />
      </button>
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
