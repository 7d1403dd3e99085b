// Where the runs start, one number for each variable; of more than two, also where the selected run is.
import { coordinate, figure, withError } from "../numbers/format";
import { clean, roundStep } from "../numbers/scale";
import type { Laboratory } from "../state/laboratory";
import { NumberField } from "./number-field";
import { Letter } from "./parameter-row";

/** An arrow key in a field of the start moves by this share of what the map shows of the variable. */
const nudges = 200;

export function Variables({ lab }: { lab: Laboratory }) {
  const names = lab.opened.value?.variables ?? [];
  if (names.length > 2 || lab.opened.value?.estimates) return <VariableTable lab={lab} names={names} />;
  return (
    <div class="start">
      <span>Start</span>
      {names.map((name, i) => (
        <span class="coordinate" key={name}>
          <Letter text={name} />
          <StartField lab={lab} name={name} place={i} />
        </span>
      ))}
    </div>
  );
}

function VariableTable({ lab, names }: { lab: Laboratory; names: string[] }) {
  const now = lab.current.value;
  const { bounds, estimates } = lab.opened.value ?? {};
  return (
    <section class="variables" tabIndex={names.length > 8 ? 0 : undefined} aria-label="Variables">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">Variable</span>
            </th>
            <th scope="col">start</th>
            {estimates && <th scope="col">fit ± s.e.</th>}
            <th scope="col">{now?.iteration == null ? "at the end" : `at iteration ${now.iteration}`}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => {
            const [low, high] = bounds?.[i] ?? [null, null];
            const isFixed = low !== null && low === high;
            return (
              <tr key={name}>
                <th scope="row">
                  <Letter text={name} />
                </th>
                <td>
                  {isFixed ? (
                    <span class="fixed">fixed</span>
                  ) : (
                    <StartField lab={lab} name={name} place={i} />
                  )}
                </td>
                {estimates && <td>{withError(...(estimates[i] ?? [Number.NaN, null]))}</td>}
                <td>{figure(now?.x[i] ?? null, estimates ? 5 : 6)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function StartField({ lab, name, place }: { lab: Laboratory; name: string; place: number }) {
  const length = lab.lengthOf(place);
  const step = roundStep(length / nudges);
  return (
    <NumberField
      label={`Start, ${name}`}
      value={lab.start.value[place] ?? 0}
      show={(value) => coordinate(value, length)}
      next={(from, direction, coarse) => clean(from + direction * step * (coarse ? 10 : 1))}
      onValue={(value) => lab.setStart(place, value)}
      testid={["start-x", "start-y"][place] ?? `start-${place}`}
    />
  );
}
