// A link to what is on the page, to be copied; or, in a sentence, why there can be none.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { port } from "../messages";
import { writeFragment } from "../state/fragment";
import type { Laboratory } from "../state/laboratory";
import { asSentence } from "./prose";

/** Where a laboratory is, seen from a notebook. */
const usual = `http://127.0.0.1:${port}/`;

/** The link, without what is only for this person's eyes; or the reason why there is none. */
export function linkTo(lab: Laboratory, address: string): { link: string } | { reason: string } {
  const state = lab.shareable.value;
  if (typeof state === "string") return { reason: state };
  return { link: `${address}#${writeFragment({ ...state, theme: "system", measure: false })}` };
}

export function Share({ lab, isPage }: { lab: Laboratory; isPage: boolean }) {
  const open = useSignal(false);
  const copied = useSignal(false);
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const hide = () => {
    open.value = false;
    button.current?.focus();
  };
  useEffect(() => {
    if (!open.value) return;
    field.current?.select();
    const leave = (event: Event) => {
      if (!event.composedPath().includes(place.current as EventTarget)) open.value = false;
    };
    document.addEventListener("pointerdown", leave, true);
    return () => document.removeEventListener("pointerdown", leave, true);
  }, [open.value]);
  const found = open.value ? linkTo(lab, isPage ? `${location.origin}/` : usual) : null;
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(field.current?.value ?? "");
      copied.value = true;
    } catch {
      // Where the browser does not let a page copy, the link is selected, and the person's keys copy it.
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what its own button opened
    <div
      class="share"
      ref={place}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.preventDefault();
        hide();
      }}
    >
      <button
        type="button"
        ref={button}
        class="word"
        data-testid="share"
        aria-expanded={open.value}
        onClick={() => {
          copied.value = false;
          open.value = !open.value;
        }}
      >
        Share
      </button>
      {found && (
        <div class="share-sheet" role="dialog" aria-label="Share">
          {"link" in found ? (
            <>
              <p>
                Opens this page as it is, wherever a laboratory runs
                {lab.shareable.value !== lab.linked.value && lab.data.value ? "; the data are in it" : ""}.
              </p>
              <div class="share-line">
                <input
                  type="text"
                  ref={field}
                  readOnly
                  value={found.link}
                  aria-label="Link to this page"
                  data-testid="share-link"
                />
                <button type="button" class="link" onClick={copy}>
                  {copied.value ? "Copied" : "Copy"}
                </button>
              </div>
              <p class="aside">
                In a terminal: <code>thalweg --open LINK</code>
              </p>
            </>
          ) : (
            <p role="status" data-testid="share-reason">
              {asSentence(found.reason)}
            </p>
          )}
        </div>
      )}
      <span class="unseen" aria-live="polite">
        {copied.value ? "The link is copied" : ""}
      </span>
    </div>
  );
}
