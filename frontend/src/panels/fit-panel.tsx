// The data, and the curve that each run fitted to them; only where the problem has data.
import type { Laboratory } from "../state/laboratory";
import type { Scenes } from "../state/scenes";
import { FitView } from "../views/fit";
import { ViewHost } from "./view-host";

export function FitPanel({ lab, scenes }: { lab: Laboratory; scenes: Scenes }) {
  const data = lab.opened.value?.data;
  if (!data) return null;
  return (
    <section class="fit-panel" aria-label="Data and fit">
      <div class="title">
        <h2>Data and fit</h2>
        <span class="aside">{data.rows} points</span>
      </div>
      <ViewHost class="fit" make={() => new FitView()} scene={scenes.fit} waiting={scenes.waiting} />
    </section>
  );
}
