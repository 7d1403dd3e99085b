// The data with the curve that each run fitted to them, and what the selected one leaves; only where there are data.
import type { Laboratory } from "../state/laboratory";
import type { Scenes } from "../state/scenes";
import { FitView } from "../views/fit";
import { ResidualsView } from "../views/residuals";
import { ViewHost } from "./view-host";

export function FitPanel({ lab, scenes }: { lab: Laboratory; scenes: Scenes }) {
  const data = lab.opened.value?.data;
  if (!data) return null;
  const shown = data.rows === data.total ? "" : `, of which ${data.rows.toLocaleString("en")} are drawn`;
  return (
    <section class="fit-panel" aria-label="Data and fit">
      <div>
        <div class="title">
          <h2>Data and fit</h2>
          <span class="aside" title={data.description}>
            {data.total.toLocaleString("en")} points{shown}
          </span>
        </div>
        <ViewHost class="fit" make={() => new FitView()} scene={scenes.fit} waiting={scenes.waiting} />
      </div>
      <div>
        <div class="title">
          <h2>Residuals</h2>
          <span class="aside">{lab.comparison.titles.value.get(lab.comparison.selected.value ?? "")}</span>
        </div>
        <ViewHost class="fit" make={() => new ResidualsView()} scene={scenes.fit} waiting={scenes.waiting} />
      </div>
    </section>
  );
}
