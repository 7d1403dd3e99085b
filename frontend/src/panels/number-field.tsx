// A field for one number: shows it as a person writes it (10⁻⁴), takes it as a person types it (1e-4), at once.
import { useState } from "preact/hooks";
import { parseNumber } from "../numbers/format";

interface Properties {
  label: string;
  value: number;
  /** The value at rest; while it is edited, its plain digits are shown. */
  show: (value: number) => string;
  onValue: (value: number) => void;
  /** The value one arrow key further, where keys step. */
  next?: (value: number, direction: 1 | -1, coarse: boolean) => number;
  testid?: string;
  plain?: boolean;
}

interface Draft {
  text: string;
  /** What the text means; the draft is dropped once the value moves from elsewhere. */
  value: number;
  before: number;
}

export function NumberField({ label, value, show, onValue, next, testid, plain = false }: Properties) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const editing = draft !== null && Object.is(draft.value, value) ? draft : null;
  const wrong = editing !== null && parseNumber(editing.text) === null;

  const set = (text: string, number: number) => {
    setDraft({ text, value: number, before: editing?.before ?? value });
    if (!Object.is(number, value)) onValue(number);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const input = event.currentTarget as HTMLInputElement;
    if (event.key === "Enter") {
      setDraft(null);
      input.select();
    } else if (event.key === "Escape" && editing) {
      if (!Object.is(editing.before, value)) onValue(editing.before);
      setDraft(null);
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && next) {
      const number = next(value, event.key === "ArrowUp" ? 1 : -1, event.shiftKey);
      set(String(number), number);
    } else return;
    event.preventDefault();
  };

  return (
    <input
      class={plain ? "number plain" : "number"}
      type="text"
      inputMode="decimal"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      aria-invalid={wrong}
      data-testid={testid}
      value={editing ? editing.text : show(value)}
      onFocus={(event) => {
        setDraft({ text: String(value), value, before: value });
        const input = event.currentTarget;
        queueMicrotask(() => input.select());
      }}
      onInput={(event) => {
        const { value: text } = event.currentTarget;
        const number = parseNumber(text);
        set(text, number !== null && Number.isFinite(number) ? number : value);
      }}
      onBlur={() => setDraft(null)}
      onKeyDown={onKeyDown}
    />
  );
}
