// A native range input over any scale, with the marks that theory puts on it.
import { setting } from "../numbers/format";
import { nextStop, type Range, toPosition, toValue } from "../numbers/scale";
import { Prose } from "./prose";

interface Properties {
  label: string;
  range: Range;
  value: number;
  onValue: (value: number, phase: "move" | "end") => void;
  marks?: { value: number; label: string }[];
  testid?: string;
}

const directionOfKey: Record<string, { direction: 1 | -1; coarse: boolean }> = {
  ArrowRight: { direction: 1, coarse: false },
  ArrowUp: { direction: 1, coarse: false },
  ArrowLeft: { direction: -1, coarse: false },
  ArrowDown: { direction: -1, coarse: false },
  PageUp: { direction: 1, coarse: true },
  PageDown: { direction: -1, coarse: true },
};

export function Slider({ label, range, value, onValue, marks = [], testid }: Properties) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = directionOfKey[event.key];
    const end = event.key === "Home" ? range.low : event.key === "End" ? range.high : null;
    if (!step && end === null) return;
    event.preventDefault();
    const next = step
      ? nextStop(range, value, step.direction, step.coarse || event.shiftKey)
      : (end as number);
    onValue(next, "end");
  };
  const shown = marks.filter((mark) => mark.value >= range.low && mark.value <= range.high);
  return (
    <div class={shown.length > 0 ? "slider marked" : "slider"}>
      {shown.map((mark) => (
        <span
          key={mark.label}
          class="slider-mark"
          style={{ "--at": toPosition(range, mark.value) }}
          title={`${mark.label} = ${setting(Number(mark.value.toPrecision(3)))}`}
        >
          <span>
            <Prose markup={mark.label} />
          </span>
        </span>
      ))}
      <input
        type="range"
        min="0"
        max="1"
        step="any"
        aria-label={label}
        aria-valuetext={setting(value)}
        data-testid={testid}
        data-value={value}
        value={toPosition(range, value)}
        onInput={(event) => onValue(toValue(range, event.currentTarget.valueAsNumber), "move")}
        onChange={(event) => onValue(toValue(range, event.currentTarget.valueAsNumber), "end")}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
