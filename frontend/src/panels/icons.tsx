// The few drawn signs of the page.  All are decorative: the words stand beside them or in a label.
import type { ComponentChildren } from "preact";

function Icon({ size = 16, children }: { size?: number; children: ComponentChildren }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const ChevronIcon = () => (
  <Icon>
    <path d="M4 6.5L8 10.5L12 6.5" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon>
    <path d="M5.5 3.4L12 8L5.5 12.6Z" fill="currentColor" />
  </Icon>
);

export const PauseIcon = () => (
  <Icon>
    <path d="M5.4 4V12M10.6 4V12" stroke-width="2.4" />
  </Icon>
);

export const RewindIcon = () => (
  <Icon>
    <path d="M4 3.6V12.4M12 4L6 8L12 12Z" fill="currentColor" />
  </Icon>
);

export const StepBackIcon = () => (
  <Icon>
    <path d="M9.6 4L5.6 8L9.6 12" />
  </Icon>
);

export const StepIcon = () => (
  <Icon>
    <path d="M6.4 4L10.4 8L6.4 12" />
  </Icon>
);

export const HelpIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M6.2 6.4A1.9 1.9 0 1 1 8.6 8.2C8.2 8.4 8 8.7 8 9.2" />
    <path d="M8 11.4V11.5" />
  </Icon>
);

export function ThemeIcon({ theme }: { theme: "system" | "light" | "dark" }) {
  if (theme === "light")
    return (
      <Icon>
        <circle cx="8" cy="8" r="3" />
        <path d="M8 1.4V2.8M8 13.2V14.6M1.4 8H2.8M13.2 8H14.6M3.3 3.3L4.3 4.3M11.7 11.7L12.7 12.7M3.3 12.7L4.3 11.7M11.7 4.3L12.7 3.3" />
      </Icon>
    );
  if (theme === "dark")
    return (
      <Icon>
        <path d="M13.6 9.6A6 6 0 1 1 6.4 2.4A4.8 4.8 0 0 0 13.6 9.6Z" />
      </Icon>
    );
  return (
    <Icon>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 1.8A6.2 6.2 0 0 1 8 14.2Z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

/** How a run ended: a tick, a cross, an arrow (it would go on), a bar (it could not). */
export function MarkIcon({ mark }: { mark: "converged" | "diverged" | "limit" | "failed" }) {
  const shape = {
    converged: "M3 8.5L6.5 12L13 4",
    diverged: "M4 4L12 12M12 4L4 12",
    limit: "M2.5 8H13M9.5 4.5L13 8L9.5 11.5",
    failed: "M8 3V9M8 12.6V12.7",
  }[mark];
  return (
    <svg
      class="mark-icon"
      width="12"
      height="12"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="2.2"
      aria-hidden="true"
    >
      <path d={shape} stroke-linecap={mark === "failed" ? "round" : "butt"} />
    </svg>
  );
}

/** A piece of the method's line: colour and dash pattern, as on the map. */
export function Swatch({ color, dash }: { color: string; dash: number[] }) {
  const round = dash.includes(0.1);
  return (
    <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
      <line
        x1="1"
        x2="25"
        y1="4"
        y2="4"
        stroke={color}
        stroke-width={round ? 2.8 : 2.4}
        stroke-dasharray={dash.join(" ")}
        stroke-linecap={round ? "round" : "butt"}
      />
    </svg>
  );
}

/** The name's sign: two valley sides and the point at the bottom. */
export const Sign = () => (
  <svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke-linecap="round" aria-hidden="true">
    <path d="M2 3C4 13 8 18 11 18S18 13 20 3" stroke="var(--track)" stroke-width="1.6" />
    <path d="M5.6 3C6.6 10 9 14 11 14S15.4 10 16.4 3" stroke="var(--faint)" stroke-width="1.4" />
    <circle cx="11" cy="18" r="2.6" fill="var(--accent)" />
  </svg>
);
