// The left column: where the runs start, what ends them, and each method with its verdict and its numbers.
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { type MethodInfo, mostRuns, type ParameterInfo, type Preset, type RunInfo } from "../messages";
import { printed } from "../numbers/markup";
import type { Laboratory } from "../state/laboratory";
import { optionValue } from "../state/requests";
import type { Runs } from "../state/results";
import type { Row } from "../state/state";
import { type Mode, styleOf } from "../styles/tokens";
import { MarkIcon, Swatch } from "./icons";
import { ParameterRow } from "./parameter-row";
import { Notice, Prose } from "./prose";
import { Variables } from "./variables";

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
        <AddMethod lab={lab} />
      </div>
      <Variables lab={lab} />
      <div class="limits">
        {lab.limits.map((info) => (
          <Limit key={info.name} lab={lab} info={info} />
        ))}
      </div>
      <Notice failure={lab.runFailure.value} />
      <ol class="rows">
        {lab.comparison.rows.value.map((row) => {
          const method = lab.methods.value.find((known) => known.name === row.method);
          if (!method) return null;
          const run = results.get(row.id);
          return <MethodRow key={row.id} lab={lab} row={row} method={method} run={run} mode={mode.value} />;
        })}
      </ol>
    </section>
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
  method: MethodInfo;
  run: RunInfo | undefined;
  mode: Mode;
}

function MethodRow({ lab, row, method, run, mode }: RowProperties) {
  const style = styleOf(lab.comparison.styles.value, row.id);
  const title = lab.comparison.titles.value.get(row.id) ?? method.title;
  const selected = lab.comparison.selected.value === row.id;
  const shown = row.visible ? run : undefined;
  const bad = shown?.mark === "diverged" || shown?.mark === "failed";
  // What is compared already is no news.
  const remedies = (lab.advice.value[row.id] ?? []).filter(
    ({ method: other }) =>
      other === row.method || !lab.comparison.rows.value.some((known) => known.method === other),
  );
  const more = useSignal(false);
  const parameters = more.value ? method.parameters : method.parameters.slice(0, method.main);
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
          aria-label={`Show the path of ${title}`}
          title={row.visible ? "Hide this path" : "Show this path"}
          onClick={() => lab.comparison.setVisible(row, !row.visible)}
        >
          <Swatch color={style.line[mode]} dash={style.dash} />
        </button>
        <h3>
          <button
            type="button"
            aria-pressed={selected}
            title={method.summary}
            onClick={() => lab.comparison.select(row.id)}
          >
            {title}
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
      {remedies.map((remedy) => (
        <p key={remedy.label} class="remedy">
          <button type="button" class="link" data-testid="remedy" onClick={() => lab.apply(row, remedy)}>
            {remedy.label}
          </button>{" "}
          <Prose markup={remedy.result} />
        </p>
      ))}
      {parameters.map((info) => (
        <ParameterRow
          key={info.name}
          info={info}
          owner={title}
          value={optionValue(info, row, lab.suggested.value)}
          marks={shown?.marks}
          onValue={(value) => lab.comparison.setOption(row, info.name, value)}
        />
      ))}
      <div class="presets">
        <Presets lab={lab} row={row} method={method} />
        {selected && (
          <RowActions
            lab={lab}
            row={row}
            method={method}
            more={more.value}
            onMore={() => {
              more.value = !more.value;
            }}
          />
        )}
      </div>
    </li>
  );
}

/** Settings under a name; and the way back, once something has been set. */
function Presets({ lab, row, method }: { lab: Laboratory; row: Row; method: MethodInfo }) {
  const others = method.presets.filter((preset) => !isSet(row, preset));
  return (
    <>
      {others.map((preset) => (
        <button
          key={preset.name}
          type="button"
          class="link"
          title={preset.help}
          data-preset={preset.name}
          onClick={() => lab.comparison.applyPreset(row, preset)}
        >
          {printed(preset.title)}
        </button>
      ))}
      {lab.comparison.isChanged(row) && (
        <button
          type="button"
          class="link"
          data-preset=""
          onClick={() => lab.comparison.applyPreset(row, null)}
        >
          As suggested
        </button>
      )}
    </>
  );
}

function isSet(row: Row, preset: Preset): boolean {
  return Object.entries(preset.options).every(([name, value]) => row.options[name] === value);
}

interface ActionProperties {
  lab: Laboratory;
  row: Row;
  method: MethodInfo;
  more: boolean;
  onMore: () => void;
}

/** What can be done with the selected row. */
function RowActions({ lab, row, method, more, onMore }: ActionProperties) {
  const others = method.parameters.length - method.main;
  const rows = lab.comparison.rows.value.length;
  return (
    <>
      {others > 0 && (
        <button type="button" class="link quiet" aria-expanded={more} onClick={onMore}>
          {more ? "Fewer parameters" : `${others} more parameter${others === 1 ? "" : "s"}`}
        </button>
      )}
      {rows < mostRuns && (
        <button
          type="button"
          class="link quiet"
          title={`Compare ${method.title} with other numbers`}
          onClick={() => lab.comparison.addRow(row.method, row)}
        >
          Duplicate
        </button>
      )}
      {rows > 1 && (
        <button type="button" class="link quiet" onClick={() => lab.comparison.removeRow(row)}>
          Remove
        </button>
      )}
    </>
  );
}

/** Every method that goes with the problem; those that work on residuals only where there are some. */
function AddMethod({ lab }: { lab: Laboratory }) {
  const isFull = lab.comparison.rows.value.length >= mostRuns;
  const offered = lab.methods.value.filter(
    ({ residuals }) => !residuals || (lab.opened.value?.residuals ?? false),
  );
  return (
    <select
      class="add"
      aria-label="Add a method to the comparison"
      title={isFull ? `At most ${mostRuns} methods are compared` : "Add a method to the comparison"}
      data-testid="add-method"
      disabled={isFull}
      onChange={(event) => {
        lab.comparison.addRow(event.currentTarget.value);
        event.currentTarget.selectedIndex = 0;
      }}
    >
      <option value="" selected disabled hidden>
        Add
      </option>
      {offered.map(({ name, title, summary }) => (
        <option key={name} value={name} title={printed(summary)}>
          {title}
        </option>
      ))}
    </select>
  );
}
