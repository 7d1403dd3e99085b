// Isolines of a small grid as polylines (marching squares).  For placing labels; the picture's lines come from the shader.

/** A polyline x, y, x, y, ... in the grid's units; the ends of a closed one coincide. */
export type Isoline = number[];

// For each of the 16 cases the pairs of cell edges that a line joins: 0 bottom, 1 right, 2 top, 3 left.
const cases: readonly (readonly number[])[] = [
  [],
  [3, 0],
  [0, 1],
  [3, 1],
  [1, 2],
  [3, 2, 0, 1],
  [0, 2],
  [3, 2],
  [2, 3],
  [2, 0],
  [2, 1, 3, 0],
  [2, 1],
  [1, 3],
  [1, 0],
  [0, 3],
  [],
];

/** Where `values` (row-major, `columns` wide) pass through `level`; cells with a NaN corner have no line. */
export function isolines(values: Float64Array, columns: number, rows: number, level: number): Isoline[] {
  const at = (i: number, j: number): number => values[j * columns + i] as number;
  const points = new Map<number, [number, number]>();
  const links = new Map<number, number[]>();
  const crossing = (i: number, j: number, edge: number): number => {
    const horizontal = edge === 0 || edge === 2;
    const [a, b] = [edge === 1 ? i + 1 : i, edge === 2 ? j + 1 : j];
    const key = 2 * (b * columns + a) + (horizontal ? 0 : 1);
    if (!points.has(key)) {
      const from = at(a, b);
      const to = horizontal ? at(a + 1, b) : at(a, b + 1);
      const t = (level - from) / (to - from);
      points.set(key, horizontal ? [a + t, b] : [a, b + t]);
    }
    return key;
  };
  const link = (p: number, q: number): void => {
    const known = links.get(p);
    if (known) known.push(q);
    else links.set(p, [q]);
  };
  for (let j = 0; j + 1 < rows; j += 1) {
    for (let i = 0; i + 1 < columns; i += 1) {
      const [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      if (!Number.isFinite(a + b + c + d)) continue;
      const index = (a >= level ? 1 : 0) + (b >= level ? 2 : 0) + (c >= level ? 4 : 0) + (d >= level ? 8 : 0);
      const edges = cases[index] as readonly number[];
      for (let e = 0; e < edges.length; e += 2) {
        const p = crossing(i, j, edges[e] as number);
        const q = crossing(i, j, edges[e + 1] as number);
        link(p, q);
        link(q, p);
      }
    }
  }
  return chain(points, links);
}

function chain(points: Map<number, [number, number]>, links: Map<number, number[]>): Isoline[] {
  const result: Isoline[] = [];
  const walk = (from: number): void => {
    const line: Isoline = [];
    let here: number | undefined = from;
    while (here !== undefined) {
      line.push(...(points.get(here) as [number, number]));
      const next: number | undefined = links.get(here)?.pop();
      if (next !== undefined) {
        const back = links.get(next);
        back?.splice(back.indexOf(here), 1);
      }
      here = next;
    }
    if (line.length >= 4) result.push(line);
  };
  // Open lines from their ends first; what is left is closed.
  for (const [key, ends] of links) if (ends.length === 1) walk(key);
  for (const [key, ends] of links) if (ends.length > 0) walk(key);
  return result;
}
