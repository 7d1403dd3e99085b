// @vitest-environment happy-dom
// The whole page, with the Python side played by the test: what a person types, presses and sees.
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount } from "./mount";
import type { Memory } from "./state/memory";
import { emptyState, type PageState } from "./state/state";
import { FakeConnection } from "./state/testing";

vi.mock("virtual:fonts", () => ({ default: [] }));
vi.mock("./styles/lab.css?inline", () => ({ default: "" }));

class TestMemory implements Memory {
  written: PageState = emptyState();
  restore: (state: PageState) => void = () => {};
  constructor(private readonly initial: PageState) {}
  read(): PageState {
    return this.initial;
  }
  write(state: PageState): void {
    this.written = state;
  }
  watch(changed: (state: PageState) => void): () => void {
    this.restore = changed;
    return () => {};
  }
}

let element: HTMLElement;
let connection: FakeConnection;
let memory: TestMemory;
let leave: () => void;

/** Lets frames, effects and rendering pass. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 60));

async function begin(state: Partial<PageState> = {}): Promise<void> {
  element = document.createElement("div");
  document.body.append(element);
  connection = new FakeConnection();
  memory = new TestMemory({ ...emptyState(), ...state });
  leave = mount(element, { connection, memory, surroundings: signal("light"), page: false });
  connection.welcome();
  connection.open({ mathml: "<math><mi>x</mi><mo>+</mo><mi>a</mi></math>" });
  connection.runs();
  await settle();
}

function all<E extends HTMLElement = HTMLElement>(selector: string): E[] {
  return [...(element.shadowRoot?.querySelectorAll<E>(selector) ?? [])];
}
function one<E extends HTMLElement = HTMLElement>(selector: string): E {
  const [found] = all<E>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}
function type(selector: string, text: string): void {
  const input = one<HTMLInputElement>(selector);
  input.focus();
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
}
function press(selector: string, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", {
    key,
    bubbles: true,
    composed: true,
    cancelable: true,
    ...more,
  });
  one(selector).dispatchEvent(event);
  return event;
}

beforeEach(async () => {
  await begin();
});
afterEach(() => {
  leave();
  element.remove();
});

describe("the page", () => {
  it("has a row for each method, with its verdict and its sliders", () => {
    expect(all("[data-testid=method-row]").map((row) => row.dataset.method)).toEqual([
      "gradient descent",
      "armijo",
    ]);
    expect(one("[data-testid=verdict]").textContent).toBe("f = 0 after 3 evaluations.");
    expect(all("[data-method=armijo] [data-testid^=slider-]").map((slider) => slider.dataset.testid)).toEqual(
      ["slider-c1", "slider-initial"],
    );
  });
  it("asks JupyterLab for none of its shortcuts", () => {
    expect(element.dataset.lmSuppressShortcuts).toBe("true");
  });
  it("leaves nothing behind", () => {
    leave();
    expect(element.shadowRoot?.childNodes).toHaveLength(0);
    leave = () => {};
  });
});

describe("the start's fields", () => {
  it("move the start with every digit", async () => {
    type("[data-testid=start-x]", "-1.5");
    expect(connection.last("paths").start).toEqual([-1.5, 4]);
    await settle();
    expect(one<HTMLInputElement>("[data-testid=start-x]").value).toBe("-1.5");
    expect(memory.written.start).toEqual([-1.5, 4]);
  });
  it("keep what is no number yet, and say so", async () => {
    type("[data-testid=start-x]", "-");
    await settle();
    const field = one<HTMLInputElement>("[data-testid=start-x]");
    expect([field.value, field.getAttribute("aria-invalid")]).toEqual(["-", "true"]);
    expect(memory.written.start).toBeNull();
  });
  it("go back with Escape", async () => {
    type("[data-testid=start-y]", "7");
    await settle();
    press("[data-testid=start-y]", "Escape");
    expect(memory.written.start).toEqual([3, 4]);
  });
});

describe("sliders", () => {
  it("answer keys with the next value, and keep the keys from the notebook", () => {
    const heard: string[] = [];
    const listen = (event: KeyboardEvent) => heard.push(event.key);
    document.addEventListener("keydown", listen);
    press("[data-testid=slider-alpha]", "ArrowRight");
    press("[data-testid=slider-alpha]", "a");
    document.removeEventListener("keydown", listen);
    expect(memory.written.rows[0]?.options).toEqual({ alpha: 0.21 });
    expect(heard).toEqual(["a"]);
  });
  it("show the suggested value, then the one that was set", async () => {
    const slider = () => one<HTMLInputElement>("[data-testid=slider-alpha]");
    expect(slider().getAttribute("aria-valuetext")).toBe("0.2");
    slider().value = "0.5";
    slider().dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    expect(slider().dataset.value).toBe("0.01");
  });
});

describe("the formula bar", () => {
  it("opens what is typed", () => {
    type("[data-testid=formula]", "x^2 + 3");
    expect(connection.last("open")).toMatchObject({ text: "x^2 + 3", problem: null });
  });
  it("underlines the wrong character and says what is wrong", async () => {
    type("[data-testid=formula]", "x^2 + )");
    connection.answer(connection.last("open"), {
      kind: "failed",
      request: "open",
      message: "expected a number",
      hint: "remove ')'",
      position: 6,
      length: 1,
      reopen: false,
    });
    await settle();
    expect(one(".source-mirror u").textContent).toBe(")");
    expect(one("[data-testid=formula-error]").textContent).toContain("Expected a number.Remove ')'.");
    expect(one("[data-testid=formula]").getAttribute("aria-invalid")).toBe("true");
  });
  it("sets the formula as mathematics, with its head", () => {
    expect(one(".reading math").textContent?.replace(/\s/g, "")).toBe("f(x,y)=x+a");
  });
});

describe("the problem menu", () => {
  it("is worked by the keyboard", async () => {
    press("[data-testid=problem-menu]", "ArrowDown");
    await settle();
    expect(all("[data-testid=problem]")).toHaveLength(2);
    press("[role=listbox]", "s");
    await settle();
    expect(one(".option.active").dataset.problem).toBe("saddle");
    press("[role=listbox]", "Enter");
    await settle();
    expect(connection.last("open").problem).toBe("saddle");
    expect(all("[role=listbox]")).toHaveLength(0);
  });
});

describe("rows", () => {
  it("are hidden by their swatch, and not run then", () => {
    one("[data-method=armijo] .swatch").click();
    expect(connection.last("paths").runs.map((run) => run.id)).toEqual(["r1"]);
  });
  it("take a preset, and go back", async () => {
    one("[data-preset=origin]").click();
    expect(connection.last("paths").runs[1]?.options).toEqual({ c1: 0.5, shrink_max: 0.9 });
    await settle();
    one('[data-preset=""]').click();
    await settle();
    expect(connection.last("paths").runs[1]?.options).toEqual({});
  });
});

describe("the theme", () => {
  it("goes from the system's to light, to dark, and back", async () => {
    const modes: (string | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      one("[data-testid=theme-toggle]").click();
      await settle();
      modes.push(`${memory.written.theme} ${one(".lab").dataset.mode}`);
    }
    expect(modes).toEqual(["light light", "dark dark", "system light"]);
  });
});

describe("a lost line", () => {
  it("is said at once where the program has stopped, and unsaid when it is back", async () => {
    connection.line("stopped");
    await settle();
    expect(one("[data-testid=line]").dataset.line).toBe("stopped");
    connection.line("open");
    await settle();
    expect(all("[data-testid=line]")).toHaveLength(0);
  });
});
