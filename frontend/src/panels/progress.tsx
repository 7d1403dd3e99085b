// The right column: how far each run came for what it cost, as a chart, or as the table behind it.
import { useSignal } from "@preact/signals";
import { figure } from "../numbers/format";
import type { Laboratory } from "../state/laboratory";
import type { Scenes } from "../state/scenes";
import { type Mode, styleOf } from "../styles/tokens";
import { ChartView } from "../views/chart";
import type { Track } from "../views/types";
import { Swatch } from "./icons";
import { Letter } from "./parameter-row";
import { ViewHost } from "./view-host";

type Shown = "Chart" | "Table" | "Values";

export function Progress({ lab, scenes, mode }: { lab: Laboratory; scenes: Scenes; mode: Mode }) {
  const shown = useSignal<Shown>("Chart");
  const { title, reference } = scenes.chart.value;
  const tracks = scenes.steadyTracks.value;
  return (
    <section class="progress" aria-label="Progress">
      <div class="title">
        <h2>Progress</h2>
        <span class="choices">
          {(["Chart", "Table", "Values"] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={shown.value === kind}
              onClick={() => {
                shown.value = kind;
              }}
            >
              {kind}
            </button>
          ))}
        </span>
      </div>
      {shown.value === "Chart" ? (
        <ViewHost
          class="chart"
          make={() =>
            new ChartView({
              onHover: (iteration) => {
                lab.timeline.pointed.value = iteration;
              },
            })
          }
          scene={scenes.chart}
          waiting={scenes.waiting}
        />
      ) : (
        <section
          class="tables"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
          tabIndex={0}
          aria-label={`Iterates, ${shown.value === "Table" ? title : "values"}`}
        >
          {tracks.map((track) =>
            shown.value === "Table" ? (
              <PathTable key={track.id} track={track} reference={reference} />
            ) : (
              <ValueTable key={track.id} track={track} names={lab.opened.value?.variables ?? []} />
            ),
          )}
        </section>
      )}
      <Costs lab={lab} mode={mode} tracks={tracks} />
    </section>
  );
}

function Costs({ lab, mode, tracks }: { lab: Laboratory; mode: Mode; tracks: Track[] }) {
  if (tracks.length === 0) {
    const isHidden =
      lab.comparison.rows.value.length > 0 && lab.comparison.rows.value.every((row) => !row.visible);
    return isHidden ? (
      <p class="aside">Every path is hidden; the samples of line beside the names show them.</p>
    ) : null;
  }
  return (
    <table class="costs">
      <caption class="unseen">What each run cost, and how far it came</caption>
      <thead>
        <tr>
          <th scope="col">Cost</th>
          <th scope="col">iterations</th>
          <th scope="col">evaluations</th>
          <th scope="col">gradients</th>
          <th scope="col">
            lowest <i class="m">f</i>
          </th>
        </tr>
      </thead>
      <tbody>
        {tracks.map(({ id, title, info }) => {
          const style = styleOf(lab.comparison.styles.value, id);
          return (
            <tr key={id}>
              <th scope="row">
                <Swatch color={style.line[mode]} dash={style.dash} /> {title}
              </th>
              <td>{info.iterations}</td>
              <td>{info.evaluations}</td>
              <td>{info.gradient_evaluations}</td>
              <td>{figure(info.fun, 4)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The iterations that a table shows: all of the first ten, then 1-2-5 to a decade, and the last. */
export function listedIterations(rows: number): number[] {
  const listed = Array.from({ length: Math.min(rows, 11) }, (_, k) => k);
  for (let decade = 10; decade < rows; decade *= 10)
    for (const k of [2 * decade, 5 * decade, 10 * decade]) if (k < rows) listed.push(k);
  if (rows > 0 && listed.at(-1) !== rows - 1) listed.push(rows - 1);
  return listed;
}

function PathTable({ track, reference }: { track: Track; reference: number | null }) {
  const { path, columns, n, rows } = track;
  const cell = (k: number, column: number) => path[k * columns + column] ?? Number.NaN;
  return (
    <table class="path">
      <caption>{track.title}</caption>
      <thead>
        <tr>
          <th scope="col">iteration</th>
          <th scope="col">evaluations</th>
          <th scope="col" class="m upright">
            <i>f</i>
            {reference !== null && (
              <>
                {" − "}
                <i>f</i>*
              </>
            )}
          </th>
          <th scope="col" class="m upright">
            ‖∇<i>f</i>‖
          </th>
          <th scope="col">
            step <i class="m">α</i>
          </th>
        </tr>
      </thead>
      <tbody>
        {listedIterations(rows).map((k) => (
          <tr key={k}>
            <th scope="row">{k}</th>
            <td>{cell(k, n + 3)}</td>
            <td>{figure(cell(k, n) - (reference ?? 0))}</td>
            <td>{figure(cell(k, n + 1))}</td>
            <td>{k === 0 ? "" : figure(cell(k, n + 2))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Every variable, iteration by iteration. */
function ValueTable({ track, names }: { track: Track; names: string[] }) {
  const { path, columns, rows } = track;
  return (
    <table class="path">
      <caption>{track.title}</caption>
      <thead>
        <tr>
          <th scope="col">iteration</th>
          {names.map((name) => (
            <th scope="col" key={name}>
              <Letter text={name} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {listedIterations(rows).map((k) => (
          <tr key={k}>
            <th scope="row">{k}</th>
            {names.map((name, i) => (
              <td key={name}>{figure(path[k * columns + i] ?? Number.NaN, 6)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
