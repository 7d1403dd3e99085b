// Puts the laboratory into an element: shadow root, style sheet, state, line, page; and takes it away again.
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { h, render } from "preact";
import type { Connection } from "./connection/connection";
import { registerFonts } from "./drawing/fonts";
import { App } from "./panels/app";
import { Exchange } from "./state/exchange";
import { Laboratory } from "./state/laboratory";
import type { Memory } from "./state/memory";
import { Scenes } from "./state/scenes";
import { Stopwatch } from "./state/stopwatch";
import styleSheet from "./styles/lab.css?inline";
import { type Mode, palettes, tokenSheet } from "./styles/tokens";

export interface Host {
  connection: Connection;
  memory: Memory;
  /** The mode of what is around the page, for the theme "system". */
  surroundings: ReadonlySignal<Mode>;
  /** A page of its own fills the window, and listens for keys everywhere. */
  page: boolean;
}

export function mount(element: HTMLElement, host: Host): () => void {
  const shadow = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet(`${tokenSheet()}\n${styleSheet}`)];
  // Notebooks have keys of their own; this asks JupyterLab for none while the focus is in here.
  element.dataset.lmSuppressShortcuts = "true";
  const root = document.createElement("div");
  root.className = host.page ? "lab page" : "lab";
  root.dataset.testid = "lab";
  shadow.replaceChildren(root);

  const initial = host.memory.read();
  const stopwatch = new Stopwatch(initial.measure);
  const lab = new Laboratory(initial);
  const exchange = new Exchange(lab, host.connection, viewIdentity(), stopwatch);
  const mode = computed<Mode>(() =>
    lab.theme.value === "system" ? host.surroundings.value : lab.theme.value,
  );
  const scenes = new Scenes(lab, mode);

  const leave = [
    effect(() => {
      root.dataset.mode = mode.value;
    }),
    effect(() => {
      const revision = lab.opened.value?.revision;
      return revision === undefined ? undefined : scenes.waitNoLongerFor(revision);
    }),
    effect(() => host.memory.write(lab.linked.value)),
    host.memory.watch((state) => lab.restore(state)),
    keepKeysInside(root),
    capture(root, (event) => stopwatch.touched(event.timeStamp)),
  ];
  if (host.page) leave.push(dressPage(lab, mode));

  const onUpdate = announceDrawn(root, lab, stopwatch);
  render(h(App, { lab, exchange, scenes, mode, onUpdate, keys: host.page ? window : root }), root);
  // The views draw their text anew when the document tells that fonts have come.
  registerFonts().then(
    () => {
      root.dataset.fonts = "ready";
    },
    () => {}, // without them the page is set in the system's fonts
  );

  return () => {
    render(null, root);
    for (const off of leave) off?.();
    exchange.close();
    shadow.replaceChildren();
  };
}

function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** Two views of one widget hear each other's replies, and tell them apart by this. */
function viewIdentity(): string {
  return Math.random().toString(36).slice(2, 12);
}

/** Keys that are typed or handled in here do not reach the notebook around. */
function keepKeysInside(root: HTMLElement): () => void {
  const keep = (event: Event) => {
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLInputElement && target.type === "text";
    if (typing || event.defaultPrevented) event.stopPropagation();
  };
  const kinds = ["keydown", "keypress", "keyup"];
  for (const kind of kinds) root.addEventListener(kind, keep);
  return () => {
    for (const kind of kinds) root.removeEventListener(kind, keep);
  };
}

function capture(root: HTMLElement, touched: (event: Event) => void): () => void {
  const kinds = ["pointerdown", "pointermove"];
  for (const kind of kinds) root.addEventListener(kind, touched, true);
  return () => {
    for (const kind of kinds) root.removeEventListener(kind, touched, true);
  };
}

/** After every scene: once its frame is drawn, says on the root which runs and which field stand on the page. */
function announceDrawn(root: HTMLElement, lab: Laboratory, stopwatch: Stopwatch): () => void {
  let drawn = 0;
  let pending = false;
  let last: unknown[] = [];
  return () => {
    const now = [lab.runs.peek(), lab.field.peek()];
    if (pending || now.every((part, i) => part === last[i])) return;
    pending = true;
    // The view has asked for its frame already, so this comes after its drawing, in the same frame.
    requestAnimationFrame(() => {
      pending = false;
      const runs = lab.runs.peek();
      last = [runs, lab.field.peek()];
      drawn += 1;
      root.dataset.drawn = String(drawn);
      root.dataset.revision = String(lab.field.peek()?.revision ?? "");
      if (!runs) return;
      root.dataset.seq = String(runs.seq);
      stopwatch.drawn(runs.seq);
    });
  };
}

/** A page of its own: the window's ground and title are the laboratory's. */
function dressPage(lab: Laboratory, mode: ReadonlySignal<Mode>): () => void {
  document.body.style.margin = "0";
  const leave = [
    effect(() => {
      const title = lab.opened.value?.title;
      document.title = title ? `${title} · Thalweg` : "Thalweg";
    }),
    effect(() => {
      document.documentElement.style.background = palettes[mode.value].paper;
    }),
  ];
  return () => {
    for (const off of leave) off();
  };
}
