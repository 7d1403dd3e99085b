// The head of the page: its name, the problem, the formula with its parameters, help and theme.
import type { ParameterInfo } from "../messages";
import type { Laboratory } from "../state/laboratory";
import type { ThemeChoice } from "../state/state";
import { FormulaBar } from "./formula";
import { HelpIcon, Sign, ThemeIcon } from "./icons";
import { ParameterRow } from "./parameter-row";
import { ProblemMenu } from "./problem-menu";
import { Share } from "./share";

const nextTheme: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };

interface Properties {
  lab: Laboratory;
  onHelp: () => void;
  isPage: boolean;
}

export function Header({ lab, onHelp, isPage }: Properties) {
  const theme = lab.theme.value;
  const parameters = lab.opened.value?.parameters ?? [];
  return (
    <header class="head">
      <div class="brand">
        <Sign />
        <h1>Thalweg</h1>
        <ProblemMenu lab={lab} />
      </div>
      <FormulaBar lab={lab} />
      {parameters.length > 0 && (
        <div class={parameters.length === 1 ? "parameters one" : "parameters"}>
          {parameters.map((info) => (
            <FormulaParameter key={info.name} lab={lab} info={info} />
          ))}
        </div>
      )}
      <div class="actions">
        <Share lab={lab} isPage={isPage} />
        <button type="button" class="icon" aria-label="Keys" title="Keys (?)" onClick={onHelp}>
          <HelpIcon />
        </button>
        <button
          type="button"
          class="icon"
          data-testid="theme-toggle"
          data-theme={theme}
          aria-label={`Theme: ${theme}`}
          title={`Theme: ${theme}`}
          onClick={() => lab.setTheme(nextTheme[theme])}
        >
          <ThemeIcon theme={theme} />
        </button>
      </div>
    </header>
  );
}

function FormulaParameter({ lab, info }: { lab: Laboratory; info: ParameterInfo }) {
  return (
    <ParameterRow
      info={info}
      owner={`Parameter ${info.name}`}
      label=""
      value={lab.parameters.value[info.name] ?? info.default}
      onValue={(value, phase) => lab.setParameter(info.name, value, phase)}
    />
  );
}
