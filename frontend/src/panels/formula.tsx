// The formula bar: what is typed, and beside it how it reads; an error takes the reading's place, so nothing moves.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Failed, Opened } from "../messages";
import type { Laboratory } from "../state/laboratory";
import { formulaElement } from "./mathematics";
import { asSentence } from "./prose";

/** A long formula is set smaller, down to this share; what is longer still can be scrolled. */
const smallest = 0.55;
/** What stands in the head of the page at most, in pixels. */
const tallest = 60;

export function FormulaBar({ lab }: { lab: Laboratory }) {
  const opened = lab.opened.value;
  const failure = lab.formulaFailure.value;
  const text = lab.typed.value ?? opened?.text ?? "";
  const readOnly = opened?.editable === false && lab.typed.value === null;
  const mirror = useRef<HTMLDivElement>(null);
  const follow = (input: HTMLInputElement) => {
    if (mirror.current) mirror.current.scrollLeft = input.scrollLeft;
  };
  return (
    <div class="formula">
      <div class={failure ? "source wrong" : "source"}>
        <div class="source-mirror" ref={mirror} aria-hidden="true">
          {failure && <Underlined text={text} failure={failure} />}
        </div>
        <input
          type="text"
          data-testid="formula"
          aria-label="Formula"
          aria-invalid={failure !== null}
          aria-describedby={failure ? "formula-error" : undefined}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          readOnly={readOnly}
          value={text}
          placeholder="x^2 + y^2"
          onInput={(event) => {
            lab.type(event.currentTarget.value);
            follow(event.currentTarget);
          }}
          onScroll={(event) => follow(event.currentTarget)}
          onKeyUp={(event) => follow(event.currentTarget)}
        />
      </div>
      {failure ? <Wrong failure={failure} opened={opened} /> : <Reading opened={opened} />}
    </div>
  );
}

/** The text once more, behind the field, with a line under what is wrong. */
function Underlined({ text, failure }: { text: string; failure: Failed }) {
  if (failure.position === null) return null;
  const characters = [...text];
  const at = Math.min(failure.position, characters.length);
  const end = Math.min(characters.length, at + Math.max(1, failure.length));
  return (
    <>
      {characters.slice(0, at).join("")}
      <u>{at === end ? " " : characters.slice(at, end).join("")}</u>
      {characters.slice(end).join("")}
    </>
  );
}

function Wrong({ failure, opened }: { failure: Failed; opened: Opened | null }) {
  return (
    <div class="wrong-message" id="formula-error" role="alert" data-testid="formula-error">
      <b>{asSentence(failure.message)}</b>
      <span>
        {asSentence(failure.hint ?? "")}{" "}
        {opened && (
          <>
            Still showing <MathOf opened={opened} />
          </>
        )}
      </span>
    </div>
  );
}

function Reading({ opened }: { opened: Opened | null }) {
  return <div class="reading">{opened && <MathOf opened={opened} fitted />}</div>;
}

function MathOf({ opened, fitted = false }: { opened: Opened; fitted?: boolean }) {
  const host = useRef<HTMLSpanElement>(null);
  const { mathml, variables, parameters } = opened;
  const names = parameters.map((info) => info.symbol).join();
  useLayoutEffect(() => {
    const math = formulaElement(mathml, variables, names === "" ? [] : names.split(","));
    host.current?.replaceChildren(...(math ? [math] : []));
  }, [mathml, variables.join(), names]);
  useLayoutEffect(() => {
    const element = host.current;
    const frame = element?.parentElement;
    if (!fitted || !element || !frame) return;
    const scale = () => {
      element.style.fontSize = "";
      const share = Math.min(frame.clientWidth / element.scrollWidth, tallest / element.offsetHeight);
      if (share < 1) element.style.fontSize = `${Math.max(smallest, share * 0.99)}em`;
    };
    scale();
    const observer = new ResizeObserver(scale);
    observer.observe(frame);
    observer.observe(element);
    return () => observer.disconnect();
  }, [mathml, fitted]);
  return <span class="math" ref={host} />;
}
