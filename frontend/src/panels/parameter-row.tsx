// One adjustable number: its name, its slider, and a field that takes any value.
import type { Mark, ParameterInfo } from "../messages";
import { setting } from "../numbers/format";
import { letterAndIndex } from "../numbers/names";
import { nextStop, type Range } from "../numbers/scale";
import { NumberField } from "./number-field";
import { Slider } from "./slider";

interface Properties {
  info: ParameterInfo;
  /** Whose number it is, for those who hear the page: "Armijo", "formula". */
  owner: string;
  label?: string;
  value: number;
  marks?: Mark[];
  onValue: (value: number, phase: "move" | "end") => void;
}

/** The first words of a parameter's help are its name: "first trial of every search". */
export function shortName(info: ParameterInfo): string {
  const name = info.help.split(/[,:;(]| of /)[0]?.trim() ?? "";
  return name !== "" && name.length <= 22 ? name : info.name.replace(/_/g, " ");
}

export function ParameterRow({
  info,
  owner,
  label = shortName(info),
  value,
  marks = [],
  onValue,
}: Properties) {
  const spoken = `${owner}: ${label}`;
  if (info.choices.length > 0) return <Choice {...{ info, label, spoken, value, onValue }} />;
  const range = info as Range;
  const symbol = info.symbol !== info.name || label === "" ? info.symbol : "";
  return (
    <div class="parameter" title={info.help}>
      <span class="parameter-name" aria-hidden="true">
        {label} {symbol && <Letter text={symbol} />}
      </span>
      <Slider
        label={spoken}
        range={range}
        value={value}
        marks={marks.filter((mark) => mark.parameter === info.name)}
        onValue={onValue}
        testid={`slider-${info.name}`}
      />
      <NumberField
        label={`${spoken}, value`}
        value={value}
        show={setting}
        next={(from, direction, coarse) => nextStop(range, from, direction, coarse)}
        onValue={(number) => onValue(number, "end")}
        testid={`value-${info.name}`}
        plain
      />
    </div>
  );
}

/** One of a few words. */
function Choice({ info, label, spoken, value, onValue }: Omit<Properties, "owner"> & { spoken: string }) {
  return (
    <div class="parameter choice" title={info.help}>
      <span class="parameter-name" aria-hidden="true">
        {label}
      </span>
      <select
        aria-label={spoken}
        data-testid={`choice-${info.name}`}
        onChange={(event) => onValue(event.currentTarget.selectedIndex, "end")}
      >
        {info.choices.map((choice, place) => (
          <option key={choice} value={place} selected={place === value}>
            {choice}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Letters of a name from which on it may be cut where room is short; it is then told in full under the pointer. */
const longName = 12;

/** A symbol in the mathematical italic; its index stands lower. */
export function Letter({ text }: { text: string }) {
  const [letter, index] = letterAndIndex(text);
  return (
    <i class="m" title={text.length > longName ? text : undefined}>
      {letter}
      {index && <span class={/^[₀-₉]/.test(index) ? "upright" : "index"}>{index}</span>}
    </i>
  );
}
