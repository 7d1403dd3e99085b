// A verdict's markup: `**` encloses bold text; letters that stand for quantities are set as mathematics.

import { raised } from "./format";

export interface Segment {
  text: string;
  bold: boolean;
  /** Set in the mathematical italic. */
  math: boolean;
}

/** Quantities by their usual letters; `a`, `x` and the like could be words or names, and stay as they are. */
const quantity = /(‖∇f‖|(?<![\p{L}\p{N}_])(?:f\*|[fLκμαβε])(?![\p{L}\p{N}_]))/u;

export function parseMarkup(markup: string): Segment[] {
  const parts = markup.split("**");
  // A lone `**` at the end encloses nothing: it is text.
  if (parts.length % 2 === 0) {
    const [last = "", before = ""] = [parts.pop(), parts.pop()];
    parts.push(`${before}**${last}`);
  }
  return parts.flatMap((part, i) => setMathematics(printed(part), i % 2 === 1));
}

/** As print has it: `1.4 × 10⁻⁸` for `1.4e-08`, and the minus and the apostrophe of print for those of the keyboard. */
export function printed(text: string): string {
  return text
    .replace(
      /(\d)e([+-]?\d+)(?![\p{L}\d])/gu,
      (_, digit, exponent) => `${digit} × 10${raised(Number(exponent))}`,
    )
    .replace(/(?<=^|[\s(=])-(?=\d)/g, "−")
    .replace(/\|∇f\|/g, "‖∇f‖")
    .replace(/(?<=\p{L})'(?=\p{L})/gu, "’");
}

function setMathematics(text: string, bold: boolean): Segment[] {
  return text
    .split(quantity)
    .map((piece, i) => ({ text: piece, bold, math: i % 2 === 1 }))
    .filter((segment) => segment.text !== "");
}

export function plainText(markup: string): string {
  return parseMarkup(markup)
    .map((segment) => segment.text)
    .join("");
}
