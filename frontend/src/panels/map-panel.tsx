// The map, and the read-out in its title row: no box ever floats over the paths.

import { figure, place } from "../numbers/format";
import { letterAndIndex } from "../numbers/names";
import type { Exchange } from "../state/exchange";
import type { Laboratory } from "../state/laboratory";
import { isSameBox, withEqualScale } from "../state/requests";
import type { Scenes } from "../state/scenes";
import type { Box } from "../state/state";
import type { Mode } from "../styles/tokens";
import { MapView } from "../views/map";
import type { MapScene } from "../views/types";
import { Letter } from "./parameter-row";
import { asSentence, Notice, Prose } from "./prose";
import { Timeline } from "./timeline";
import { ViewHost } from "./view-host";

/** Held variables that are told one by one. */
const mostHeld = 4;

interface Properties {
  lab: Laboratory;
  exchange: Exchange;
  scenes: Scenes;
  mode: Mode;
  onUpdate: () => void;
}

export function MapPanel({ lab, exchange, scenes, mode, onUpdate }: Properties) {
  const measure = (width: number, height: number) => {
    lab.aspect.value = width / height;
  };
  /** The scene that the view has now. */
  let shown: MapScene | null = null;
  const make = () => {
    const view = new MapView({
      onStart: (x, y) => lab.dragStart(x, y),
      onBox: (box, phase) => {
        const { clientWidth: width, clientHeight: height } = view.element;
        if (shown && isRefit(box, shown, width / height)) return;
        lab.setBox(box, phase);
      },
      onProbe: (x, y) => exchange.probe([x, y]),
      onLeave: () => exchange.probe(null),
      onReset: () => lab.resetView(),
    });
    return view;
  };
  return (
    <section class="map-panel" aria-label="Map">
      <div class="title">
        <h2>{lab.opened.value?.variables.length === 1 ? "Curve" : "Map"}</h2>
        <AxisMenus lab={lab} />
        <Warnings warnings={lab.opened.value?.warnings ?? []} />
        <ReadOut lab={lab} />
      </div>
      <Slice lab={lab} />
      <Notice failure={lab.mapFailure.value} />
      {lab.mapTrouble.value !== null && (
        <p class="notice" role="alert" data-testid="map-trouble">
          {asSentence(lab.mapTrouble.value)} The map is hatched there.
        </p>
      )}
      <ViewHost
        class="map"
        make={make}
        scene={scenes.map}
        waiting={scenes.waiting}
        onUpdate={(scene) => {
          shown = scene;
          onUpdate();
        }}
        onSize={measure}
      />
      <Timeline lab={lab} scenes={scenes} mode={mode} />
    </section>
  );
}

/** After a change of size the map tells how it fitted the box it was given: that is no one's wish. */
function isRefit(box: Box, { box: given, equalScale }: MapScene, aspect: number): boolean {
  return isSameBox(box, equalScale ? withEqualScale(given, aspect) : given);
}

/** x, y, f and the gradient's norm under the pointer; with none there, at the start. */
function ReadOut({ lab }: { lab: Laboratory }) {
  const variables = lab.opened.value?.variables ?? [];
  const axes = variables.length === 1 ? [0] : lab.axes.value;
  const reading = lab.hovering.value ? lab.reading.value : null;
  const at = reading ?? atStart(lab);
  if (!at || variables.length === 0) return null;
  return (
    <dl class="read-out" aria-label={reading ? "Under the pointer" : "At the start"}>
      {axes.map((axis) => (
        <div key={axis}>
          <dt>
            <Letter text={variables[axis] ?? ""} />
          </dt>
          <dd>{place(at.point[axis] ?? Number.NaN, lab.lengthOf(axis))}</dd>
        </div>
      ))}
      <div>
        <dt>
          <i class="m">f</i>
        </dt>
        <dd>{figure(at.value, 4)}</dd>
      </div>
      <div>
        <dt class="m upright">
          ‖∇<i>f</i>‖
        </dt>
        <dd>{figure(at.gradient_norm, 4)}</dd>
      </div>
    </dl>
  );
}

function atStart(lab: Laboratory): { point: number[]; value: number; gradient_norm: number } | null {
  const runs = lab.runs.value;
  const path = runs?.results[0]?.path;
  if (!runs || !path || path.length < runs.n + 2) return null;
  const { n } = runs;
  return {
    point: [...path.slice(0, n)],
    value: path[n] ?? Number.NaN,
    gradient_norm: path[n + 1] ?? Number.NaN,
  };
}

/** A name in plain text, an index of digits lowered. */
function lowered(name: string): string {
  const [letter, index] = letterAndIndex(name);
  if (!/^\d+$/.test(index)) return name;
  return letter + [...index].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join("");
}

/** Which variables run along the map, where there are more than two. */
function AxisMenus({ lab }: { lab: Laboratory }) {
  const variables = lab.opened.value?.variables ?? [];
  if (variables.length <= 2) return null;
  return (
    <span class="axes">
      {(["across", "up"] as const).map((where, side) => (
        <label key={where}>
          <select
            aria-label={`The variable ${where}`}
            data-testid={`axis-${where}`}
            onChange={(event) => lab.setAxis(side as 0 | 1, event.currentTarget.selectedIndex)}
          >
            {variables.map((name, place) => (
              <option key={name} value={place} selected={place === lab.axes.value[side]}>
                {lowered(name)}
              </option>
            ))}
          </select>
          <span aria-hidden="true">{where}</span>
        </label>
      ))}
    </span>
  );
}

/** Where the variables are held that are on no axis. */
function Slice({ lab }: { lab: Laboratory }) {
  const variables = lab.opened.value?.variables ?? [];
  if (variables.length <= 2) return null;
  const axes = lab.axes.value;
  const held = variables.flatMap((name, i) =>
    axes.includes(i) ? [] : [{ name, value: lab.slice.value?.[i] }],
  );
  const iteration = lab.current.value?.iteration ?? null;
  const end = iteration === null ? "the end" : `iteration ${iteration}`;
  return (
    <div class="slice" data-testid="slice">
      <span>Slice through</span>
      <span class="choices">
        {(["end", "start"] as const).map((through) => (
          <button
            key={through}
            type="button"
            aria-pressed={lab.through.value === through}
            onClick={() => lab.setThrough(through)}
          >
            {through === "end" ? end : "the start"}
          </button>
        ))}
      </span>
      <span
        class="held"
        title={held.map(({ name, value }) => `${name} = ${figure(value ?? null, 6)}`).join(", ")}
      >
        {held.slice(0, mostHeld).map(({ name, value }) => (
          <span key={name}>
            <Letter text={name} /> = {figure(value ?? null, 4)}
          </span>
        ))}
        {held.length > mostHeld && <span>and {held.length - mostHeld} more</span>}
      </span>
    </div>
  );
}

/** The first warning, and how many more there are: a line that stays a line, whatever is typed. */
function Warnings({ warnings }: { warnings: string[] }) {
  const [first, ...others] = warnings;
  if (first === undefined) return null;
  return (
    <span class="aside" title={warnings.join("\n")} data-testid="warnings">
      <Prose markup={first} />
      {others.length > 0 && `, and ${others.length} more`}
      <span class="unseen">{others.join("; ")}</span>
    </span>
  );
}
