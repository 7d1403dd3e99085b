// The left column: where the runs start, what ends them, and each method with its verdict and its numbers.
import type { ReadonlySignal } from "@preact/signals";
import type { MethodInfo, ParameterInfo, Preset, RunInfo } from "../messages";
import { coordinate } from "../numbers/format";
import { printed } from "../numbers/markup";
import { clean, roundStep } from "../numbers/scale";
import type { Laboratory, Runs } from "../state/laboratory";
import { optionValue } from "../state/requests";
import type { Row } from "../state/state";
import { type Mode, methodStyle } from "../styles/tokens";
import { MarkIcon, Swatch } from "./icons";
import { NumberField } from "./number-field";
import { Letter, ParameterRow } from "./parameter-row";
import { Notice, Prose } from "./prose";

/** An arrow key in a field of the start moves by this share of the view. */
const nudges = 200;
const names: Record<string, string> = { max_iterations: "iterations", gtol: "tolerance" };

interface Properties {
  lab: Laboratory;
  runs: ReadonlySignal<Runs | null>;
  mode: ReadonlySignal<Mode>;
}

export function Methods({ lab, runs, mode }: Properties) {
  const results = new Map(runs.value?.results.map(({ info }) => [info.id, info]));
  return (
    <section class="methods" aria-label="Methods">
      <div class="title">
        <h2>Methods</h2>
      </div>
      <StartFields lab={lab} />
      <div class="limits">
        {lab.limits.map((info) => (
          <Limit key={info.name} lab={lab} info={info} />
        ))}
      </div>
      <Notice failure={lab.runFailure.value} />
      <ol class="rows">
        {lab.rows.value.map((row, place) => {
          const method = lab.methods.value.find((known) => known.name === row.method);
          if (!method) return null;
          const run = results.get(row.id);
          return (
            <MethodRow
              key={row.id}
              lab={lab}
              row={row}
              place={place}
              method={method}
              run={run}
              mode={mode.value}
            />
          );
        })}
      </ol>
    </section>
  );
}

function StartFields({ lab }: { lab: Laboratory }) {
  const variables = lab.opened.value?.variables ?? ["x", "y"];
  const [x0, x1, y0, y1] = lab.shownBox.value;
  const lengths = [x1 - x0, y1 - y0];
  return (
    <div class="start">
      <span>Start</span>
      {variables.slice(0, 2).map((name, i) => {
        const length = lengths[i] ?? 1;
        const step = roundStep(length / nudges);
        return (
          <span class="coordinate" key={name}>
            <Letter text={name} />
            <NumberField
              label={`Start, ${name}`}
              value={lab.start.value[i] ?? 0}
              show={(value) => coordinate(value, length)}
              next={(from, direction, coarse) => clean(from + direction * step * (coarse ? 10 : 1))}
              onValue={(value) => lab.setStart(i, value)}
              testid={i === 0 ? "start-x" : "start-y"}
            />
          </span>
        );
      })}
    </div>
  );
}

function Limit({ lab, info }: { lab: Laboratory; info: ParameterInfo }) {
  const value = info.name === "max_iterations" ? lab.maxIterations.value : lab.gtol.value;
  return (
    <ParameterRow
      info={info}
      owner="All runs"
      label={names[info.name]}
      value={value}
      onValue={(next) => lab.setLimit(info.name, next)}
    />
  );
}

interface RowProperties {
  lab: Laboratory;
  row: Row;
  place: number;
  method: MethodInfo;
  run: RunInfo | undefined;
  mode: Mode;
}

function MethodRow({ lab, row, place, method, run, mode }: RowProperties) {
  const style = methodStyle(row.method, place);
  const selected = lab.selected.value === row.id;
  const shown = row.visible ? run : undefined;
  const bad = shown?.mark === "diverged" || shown?.mark === "failed";
  return (
    <li
      class={`method${selected ? " selected" : ""}${row.visible ? "" : " off"}`}
      data-testid="method-row"
      data-method={row.method}
      data-run={row.id}
    >
      <div class="method-head">
        <button
          type="button"
          class="swatch"
          aria-pressed={row.visible}
          aria-label={`Show the path of ${method.title}`}
          title={row.visible ? "Hide this path" : "Show this path"}
          onClick={() => lab.setVisible(row, !row.visible)}
        >
          <Swatch color={style.line[mode]} dash={style.dash} />
        </button>
        <h3>
          <button
            type="button"
            aria-pressed={selected}
            title={method.summary}
            onClick={() => lab.select(row.id)}
          >
            {method.title}
          </button>
        </h3>
        {shown && (
          <span class="ending" data-mark={shown.mark} style={bad ? { color: style.text[mode] } : undefined}>
            <MarkIcon mark={shown.mark} /> {shown.headline}
          </span>
        )}
        {!row.visible && <span class="ending">hidden</span>}
      </div>
      <p class="verdict" data-testid="verdict" data-mark={shown?.mark}>
        {shown ? <Prose markup={shown.verdict} /> : row.visible ? "" : printed(method.summary)}
      </p>
      {method.parameters.map((info) => (
        <ParameterRow
          key={info.name}
          info={info}
          owner={method.title}
          value={optionValue(info, row, lab.suggested.value)}
          marks={shown?.marks}
          onValue={(value) => lab.setOption(row, info.name, value)}
        />
      ))}
      <Presets lab={lab} row={row} method={method} />
    </li>
  );
}

/** Settings under a name; and the way back, once something has been set. */
function Presets({ lab, row, method }: { lab: Laboratory; row: Row; method: MethodInfo }) {
  const changed = Object.keys(row.options).length > 0;
  const others = method.presets.filter((preset) => !isSet(row, preset));
  if (others.length === 0 && !changed) return null;
  return (
    <div class="presets">
      {others.map((preset) => (
        <button
          key={preset.name}
          type="button"
          class="link"
          title={preset.help}
          data-preset={preset.name}
          onClick={() => lab.applyPreset(row, preset)}
        >
          {printed(preset.title)}
        </button>
      ))}
      {changed && (
        <button type="button" class="link" data-preset="" onClick={() => lab.applyPreset(row, null)}>
          As suggested
        </button>
      )}
    </div>
  );
}

function isSet(row: Row, preset: Preset): boolean {
  return Object.entries(preset.options).every(([name, value]) => row.options[name] === value);
}
