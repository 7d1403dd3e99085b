// What is said beside the work: the line's state, a spoken summary of the runs, the list of keys.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LineState } from "../connection/connection";
import { plainText } from "../numbers/markup";
import type { Laboratory } from "../state/laboratory";

/** A connection that opens at once is not announced. */
const quietly = 600;
/** The summary speaks once the runs have rested for this long. */
const rest = 900;

const words: Record<Exclude<LineState, "open">, string> = {
  connecting: "Connecting to Thalweg …",
  lost: "The connection was lost; trying again …",
  stopped:
    "Thalweg has stopped. Start it again and open the address that it prints: this page then goes on where it was.",
};

export function Banner({ lab }: { lab: Laboratory }) {
  const shown = useSignal<Exclude<LineState, "open"> | null>(null);
  useSignalEffect(() => {
    // A notebook's line is always open, even before anyone answers.
    const answered = lab.welcome.value !== null;
    const state = lab.line.value === "open" && !answered ? "connecting" : lab.line.value;
    if (state === "open") {
      shown.value = null;
      return;
    }
    const timer = setTimeout(
      () => {
        shown.value = state;
      },
      state === "stopped" ? 0 : quietly,
    );
    return () => clearTimeout(timer);
  });
  return (
    <div class="banner-place" role="status">
      {shown.value && (
        <p class="banner" data-testid="line" data-line={shown.value}>
          {words[shown.value]}
        </p>
      )}
    </div>
  );
}

/** For those who hear the page: how the runs ended, once the picture rests. */
export function Summary({ lab }: { lab: Laboratory }) {
  const spoken = useSignal("");
  useSignalEffect(() => {
    const results = lab.runs.value?.results ?? [];
    const titles = lab.comparison.titles.value;
    const text = results
      .map(({ info }) => `${titles.get(info.id)}: ${info.headline}. ${plainText(info.verdict)}`)
      .join(" ");
    const timer = setTimeout(() => {
      spoken.value = text;
    }, rest);
    return () => clearTimeout(timer);
  });
  return (
    <div class="unseen" aria-live="polite" data-testid="summary">
      {spoken.value}
    </div>
  );
}

const keys: [string, string[], string][] = [
  ["On the map", ["←", "→", "↑", "↓"], "nudge the start"],
  ["", ["Shift", "arrow"], "nudge it ten times as far"],
  ["", ["+", "−"], "zoom"],
  ["", ["0"], "back to the whole view"],
  ["", ["Esc"], "cancel a drag"],
  ["On a slider", ["←", "→"], "next value"],
  ["", ["Page ↑", "Page ↓"], "next of 1, 2, 5"],
  ["In a field", ["↑", "↓"], "next value"],
  ["", ["Esc"], "back to the value before"],
  ["Anywhere", ["Space"], "play the iterations, or pause"],
  ["", [",", "."], "one iteration back, or on"],
  ["", ["Home"], "back to the start"],
  ["", ["?"], "this list"],
];

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <table>
        <tbody>
          {keys.map(([where, caps, what]) => (
            <tr key={where + caps.join() + what}>
              {where ? <th scope="row">{where}</th> : <td />}
              <td>
                {caps.map((cap) => (
                  <kbd key={cap}>{cap}</kbd>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        Drag the start, or the background to move the view; wheel and pinch zoom to the pointer. Share makes a
        link that brings the same picture back anywhere; what is set stands in the page’s address, too.
      </p>
      <button type="button" class="link" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
