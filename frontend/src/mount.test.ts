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

/** Frames, effects and rendering take their time. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 4000, interval: 5 });

async function begin(state: Partial<PageState> = {}): Promise<void> {
  element = document.createElement("div");
  document.body.append(element);
  connection = new FakeConnection();
  memory = new TestMemory({ ...emptyState(), ...state });
  leave = mount(element, { connection, memory, surroundings: signal("light"), page: false });
  connection.welcome();
  connection.open({ mathml: "<math><mi>x</mi><mo>+</mo><mi>a</mi></math>" });
  connection.runs();
  await soon(() => expect(one("[data-testid=verdict]").textContent).not.toBe(""));
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
  const field = () => one<HTMLInputElement>("[data-testid=start-x]");

  it("move the start with every digit", async () => {
    type("[data-testid=start-x]", "-1.5");
    await soon(() => expect(connection.last("paths").start).toEqual([-1.5, 4]));
    expect(field().value).toBe("-1.5");
    expect(memory.written.start).toEqual([-1.5, 4]);
  });
  it("keep what is no number yet, and say so", async () => {
    type("[data-testid=start-x]", "-");
    await soon(() => expect(field().getAttribute("aria-invalid")).toBe("true"));
    expect(field().value).toBe("-");
    expect(memory.written.start).toBeNull();
  });
  it("go back with Escape", async () => {
    type("[data-testid=start-x]", "7");
    await soon(() => expect(memory.written.start).toEqual([7, 4]));
    await soon(() => {
      press("[data-testid=start-x]", "Escape");
      expect(memory.written.start).toEqual([3, 4]);
    });
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
    await soon(() => expect(slider().dataset.value).toBe("0.01"));
  });
});

describe("the formula bar", () => {
  it("opens what is typed", async () => {
    type("[data-testid=formula]", "x^2 + 3");
    await soon(() => expect(connection.last("open")).toMatchObject({ text: "x^2 + 3", problem: null }));
  });
  it("underlines the wrong character and says what is wrong", async () => {
    type("[data-testid=formula]", "x^2 + )");
    await soon(() => expect(connection.last("open").text).toBe("x^2 + )"));
    connection.answer(connection.last("open"), {
      ...{ kind: "failed", request: "open", message: "expected a number", hint: "remove ')'" },
      ...{ position: 6, length: 1, reopen: false },
    });
    await soon(() => expect(one(".source-mirror u").textContent).toBe(")"));
    expect(one("[data-testid=formula-error]").textContent).toContain("Expected a number.Remove ')'.");
    expect(one("[data-testid=formula]").getAttribute("aria-invalid")).toBe("true");
  });
  it("sets the formula as mathematics, with its head", async () => {
    await soon(() => expect(one(".reading math").textContent?.replace(/\s/g, "")).toBe("f(x,y)=x+a"));
  });
});

describe("the problem menu", () => {
  it("is worked by the keyboard", async () => {
    press("[data-testid=problem-menu]", "ArrowDown");
    await soon(() => expect(all("[data-testid=problem]")).toHaveLength(2));
    press("[role=listbox]", "s");
    await soon(() => expect(one(".option.active").dataset.problem).toBe("saddle"));
    press("[role=listbox]", "Enter");
    await soon(() => expect(connection.last("open").problem).toBe("saddle"));
    await soon(() => expect(all("[role=listbox]")).toHaveLength(0));
  });
});

describe("rows", () => {
  it("are hidden by their swatch, and not run then", async () => {
    one("[data-method=armijo] .swatch").click();
    await soon(() => expect(connection.last("paths").runs.map((run) => run.id)).toEqual(["r1"]));
  });
  it("take a preset, and go back", async () => {
    const options = () => connection.last("paths").runs[1]?.options;
    one("[data-preset=origin]").click();
    await soon(() => expect(options()).toEqual({ c1: 0.5, shrink_max: 0.9 }));
    connection.runs();
    await soon(() => expect(all('[data-preset=""]')).toHaveLength(1));
    one('[data-preset=""]').click();
    await soon(() => expect(options()).toEqual({}));
  });
});

describe("the theme", () => {
  it("goes from the system's to light, to dark, and back", async () => {
    for (const [choice, mode] of [
      ["light", "light"],
      ["dark", "dark"],
      ["system", "light"],
    ]) {
      one("[data-testid=theme-toggle]").click();
      await soon(() => expect(one("[data-testid=theme-toggle]").dataset.theme).toBe(choice));
      expect(one(".lab").dataset.mode).toBe(mode);
    }
  });
});

describe("a lost line", () => {
  it("is said at once where the program has stopped, and unsaid when it is back", async () => {
    connection.line("stopped");
    await soon(() => expect(one("[data-testid=line]").dataset.line).toBe("stopped"));
    connection.line("open");
    await soon(() => expect(all("[data-testid=line]")).toHaveLength(0));
  });
});
