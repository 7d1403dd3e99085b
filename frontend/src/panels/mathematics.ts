// MathML from the Python side, as elements of this page.  Only presentation elements come in, and no attributes beyond
// a few harmless ones, whatever a link may have made the text say.

import { letterAndIndex } from "../numbers/names";

const allowed = new Set(
  (
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover " +
    "mpadded mphantom mstyle mtable mtr mtd"
  ).split(" "),
);
const harmless = new Set([
  "mathvariant",
  "stretchy",
  "fence",
  "separator",
  "form",
  "displaystyle",
  "lspace",
  "rspace",
  "display",
]);
const namespace = "http://www.w3.org/1998/Math/MathML";

function copy(source: Element, parameters: Set<string>): Element | null {
  const name = source.localName.toLowerCase();
  if (!allowed.has(name)) return null;
  const target = document.createElementNS(namespace, name);
  for (const attribute of source.attributes)
    if (harmless.has(attribute.name)) target.setAttribute(attribute.name, attribute.value);
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) target.append(child.textContent ?? "");
    else if (child instanceof Element) {
      const copied = copy(child, parameters);
      if (copied) target.append(copied);
    }
  }
  if (name === "mi" && parameters.has(target.textContent ?? "")) target.setAttribute("class", "own");
  return target;
}

function element(name: string, text: string): Element {
  const made = document.createElementNS(namespace, name);
  made.textContent = text;
  return made;
}

/** A name with its index lowered, as the formula has it: x1 is x₁. */
function letter(name: string): Element {
  const [stem, index] = letterAndIndex(name);
  if (index === "") return element("mi", name);
  const lowered = document.createElementNS(namespace, "msub");
  lowered.append(element("mi", stem), element(/^\d+$/.test(index) ? "mn" : "mi", index));
  return lowered;
}

/** Variables that are named one by one. */
const mostNamed = 6;

const tall = "mfrac, mroot, msqrt, mtable, munder, munderover";

/** Brackets stay small where nothing between them stands tall; a minus just after one belongs to what follows. */
function tidyBrackets(row: Element): void {
  const opened: { bracket: Element; isTall: boolean }[] = [];
  for (const child of row.children) {
    const sign = child.localName === "mo" ? child.textContent : null;
    if (sign === "(") opened.push({ bracket: child, isTall: false });
    else if (sign === ")") {
      const { bracket, isTall } = opened.pop() ?? {};
      if (!bracket || isTall) continue;
      for (const side of [bracket, child]) side.setAttribute("stretchy", "false");
    } else if (child.matches(tall) || child.querySelector(tall))
      for (const pair of opened) pair.isTall = true;
    if (sign === "−" && child.previousElementSibling?.textContent === "(")
      child.setAttribute("form", "prefix");
    tidyBrackets(child);
  }
}

/** `f(x, y) =` before an expression; of many variables the first two and the last. */
function heading(variables: string[]): Element[] {
  const [first = "", second = ""] = variables;
  const named = variables.length > mostNamed ? [first, second, "…", variables.at(-1) ?? ""] : variables;
  const inside = named.flatMap((name, i) => [...(i > 0 ? [element("mo", ",")] : []), letter(name)]);
  return [element("mi", "f"), element("mo", "("), ...inside, element("mo", ")"), element("mo", "=")];
}

/** The formula as a `math` element, letters that have a slider marked by a class; null where there is nothing to set. */
export function formulaElement(mathml: string, variables: string[], parameters: string[]): Element | null {
  if (mathml.trim() === "") return null;
  const template = document.createElement("template");
  template.innerHTML = /^\s*<math[\s>]/.test(mathml) ? mathml : `<math>${mathml}</math>`;
  const source = template.content.firstElementChild;
  const math = source && copy(source, new Set(parameters));
  if (!math) return null;
  const isEquation = [...math.children].some((child) => child.textContent?.trim() === "=");
  if (!isEquation) math.prepend(...heading(variables));
  tidyBrackets(math);
  return math;
}
