// A verdict as it is read: figures in bold, quantities in the mathematical italic.
import type { Failed } from "../messages";
import { parseMarkup, printed, type Segment } from "../numbers/markup";

function Piece({ segment }: { segment: Segment }) {
  if (!segment.math) return <>{segment.text}</>;
  const norm = /^‖∇(.*)‖$/.exec(segment.text);
  if (norm)
    return (
      <span class="m upright">
        ‖∇<i>{norm[1]}</i>‖
      </span>
    );
  const starred = /^(.*)\*$/.exec(segment.text);
  if (starred)
    return (
      <span class="m upright">
        <i>{starred[1]}</i>*
      </span>
    );
  return <i class="m">{segment.text}</i>;
}

export function Prose({ markup }: { markup: string }) {
  return (
    <>
      {parseMarkup(markup).map((segment, i) => {
        const key = `${i}`;
        if (!segment.bold) return <Piece key={key} segment={segment} />;
        return (
          <b key={key}>
            <Piece segment={segment} />
          </b>
        );
      })}
    </>
  );
}

/** Python's errors are clauses; on the page they stand as sentences. */
export function asSentence(clause: string): string {
  const text = printed(clause.trim());
  if (text === "") return "";
  // A parameter's name (c1, shrink_max) keeps its letters.
  const first = /^\w*[\d_]/.test(text) ? text.charAt(0) : text.charAt(0).toUpperCase();
  return first + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".");
}

/** What Python would not do, beside what it was asked for. */
export function Notice({ failure }: { failure: Failed | null }) {
  if (!failure) return null;
  return (
    <p class="notice" role="alert">
      {asSentence(failure.message)} {asSentence(failure.hint ?? "")}
    </p>
  );
}
