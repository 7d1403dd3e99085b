// The problems, in groups: a button that opens a list box.  Arrow keys move, letters find, Enter takes, Escape leaves.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ProblemInfo } from "../messages";
import type { Laboratory } from "../state/laboratory";
import { ChevronIcon } from "./icons";

/** Letters typed within this time are one word to look for. */
const wordPause = 700;

function inGroups(problems: ProblemInfo[]): [string, ProblemInfo[]][] {
  const groups = new Map<string, ProblemInfo[]>();
  for (const problem of problems) groups.set(problem.group, [...(groups.get(problem.group) ?? []), problem]);
  return [...groups];
}

export function ProblemMenu({ lab }: { lab: Laboratory }) {
  const problems = lab.welcome.value?.problems ?? [];
  const opened = lab.opened.value;
  const chosen = lab.typed.value === null ? lab.problem.value : (opened?.problem ?? null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const word = useRef({ text: "", until: 0 });

  const show = () => {
    if (problems.length === 0) return;
    setActive(chosen ?? problems[0]?.id ?? null);
    setOpen(true);
  };
  const hide = (refocus = true) => {
    setOpen(false);
    if (refocus) button.current?.focus();
  };
  const take = (id: string) => {
    lab.chooseProblem(id);
    hide();
  };

  useEffect(() => {
    if (!open) return;
    list.current?.focus({ preventScroll: true });
    const leave = (event: Event) => {
      if (!event.composedPath().some((target) => target === list.current || target === button.current))
        hide(false);
    };
    document.addEventListener("pointerdown", leave, true);
    return () => document.removeEventListener("pointerdown", leave, true);
  });
  useEffect(() => {
    if (open) list.current?.querySelector(".option.active")?.scrollIntoView({ block: "nearest" });
  }, [open, active]);

  const move = (to: number) => {
    const problem = problems[Math.min(problems.length - 1, Math.max(0, to))];
    if (problem) setActive(problem.id);
  };
  const find = (letter: string) => {
    const now = performance.now();
    word.current = {
      text: (now < word.current.until ? word.current.text : "") + letter.toLowerCase(),
      until: now + wordPause,
    };
    const found = problems.find((problem) => problem.title.toLowerCase().startsWith(word.current.text));
    if (found) setActive(found.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = problems.findIndex((problem) => problem.id === active);
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(problems.length - 1);
    else if (event.key === "Escape") hide();
    else if (event.key === "Tab") {
      setOpen(false);
      return;
    } else if ((event.key === "Enter" || event.key === " ") && active) take(active);
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) find(event.key);
    else return;
    event.preventDefault();
  };

  return (
    <div class="menu">
      <button
        type="button"
        ref={button}
        class="menu-button"
        data-testid="problem-menu"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`Problem: ${opened?.title ?? "none"}`}
        onClick={() => (open ? hide() : show())}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          show();
        }}
      >
        <span>{opened?.title ?? "Problems"}</span>
        <ChevronIcon />
      </button>
      {open && (
        <div
          ref={list}
          class="options"
          role="listbox"
          tabIndex={-1}
          aria-label="Problems"
          aria-activedescendant={active ? `problem-${active}` : undefined}
          onKeyDown={onKeyDown}
        >
          {inGroups(problems).map(([group, members]) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a list box
            <div key={group} role="group" aria-label={group}>
              <div class="group-name" aria-hidden="true">
                {group}
              </div>
              {members.map((problem) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the list box holds the focus, and answers the keys
                <div
                  key={problem.id}
                  id={`problem-${problem.id}`}
                  class={problem.id === active ? "option active" : "option"}
                  role="option"
                  tabIndex={-1}
                  aria-selected={problem.id === chosen}
                  data-testid="problem"
                  data-problem={problem.id}
                  onPointerMove={() => setActive(problem.id)}
                  onClick={() => take(problem.id)}
                >
                  <span>{problem.title}</span>
                  <code>{problem.text}</code>
                </div>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
