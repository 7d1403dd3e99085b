// How a variable's name is written: what stands behind its letters, or in brackets, is an index.

/** A name as its letters and its index: x1, x_1 and x[1] are x with the index 1. */
export function letterAndIndex(name: string): [string, string] {
  const found = /^(\p{L}+?)(?:_?(\d+|[₀-₉]+)|\[(.+)\])$/u.exec(name);
  return found ? [found[1] ?? name, found[2] ?? found[3] ?? ""] : [name, ""];
}
