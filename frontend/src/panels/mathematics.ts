// MathML from the Python side, as elements of this page.  Only presentation elements come in, and no attributes beyond
// a few harmless ones, whatever a link may have made the text say.

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

/** Brackets of one size, where nothing stands upright inside that they would have to span. */
function keepBracketsSmall(math: Element): void {
  if (math.querySelector("mfrac, mroot, msqrt, mtable, munder, munderover")) return;
  for (const sign of math.querySelectorAll("mo")) sign.setAttribute("stretchy", "false");
}

/** `f(x, y) =` before an expression. */
function heading(variables: string[]): Element[] {
  const inside = variables.flatMap((name, i) => [
    ...(i > 0 ? [element("mo", ",")] : []),
    element("mi", name),
  ]);
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
  keepBracketsSmall(math);
  return math;
}
