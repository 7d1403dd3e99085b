import { describe, expect, it } from "vitest";
import {
  coarseGrid,
  gridBody,
  gridShape,
  openBody,
  optionValue,
  parameterValues,
  pathsBody,
  pointOn,
  withEqualScale,
} from "./requests";
import type { Row } from "./state";
import { armijo, gradientDescent, openedOf } from "./testing";

const opened = openedOf({ revision: 4 });

describe("the box with equal scales", () => {
  it("holds the box asked for, about the same middle, in the map's proportions", () => {
    expect(withEqualScale([-1, 1, -1, 1], 2)).toEqual([-2, 2, -1, 1]);
    expect(withEqualScale([-1, 1, -1, 1], 0.5)).toEqual([-1, 1, -2, 2]);
    expect(withEqualScale([0, 4, 0, 1], 2)).toEqual([0, 4, -0.5, 1.5]);
  });
  it("does not grow when it is fitted again", () => {
    let box = withEqualScale([-1.7, 2.3, 0.1, 0.9], 1.3337);
    const first = box;
    for (let i = 0; i < 100; i++) box = withEqualScale(box, 1.3337);
    expect(box).toEqual(first);
  });
});

describe("a slice", () => {
  it("is asked for with its axes and what is held; of one variable it is a line", () => {
    const slice = { axes: [2, 0] as [number, number], at: [0, 5, 0] };
    const three = openedOf({ revision: 4, variables: ["a", "b", "c"] });
    expect(gridBody(three, [0, 1, 2, 3], 2, 100, {}, slice)).toMatchObject({ ...slice, shape: [100, 50] });
    const one = openedOf({ revision: 4, variables: ["t"] });
    expect(gridBody(one, [0, 1, 2, 3], 2, 100, {}, { axes: [0, 1], at: [] }).shape).toEqual([100, 1]);
  });
  it("has a point for every place of the map", () => {
    expect(pointOn([2, 0], [1, 2, 3], 7, 8)).toEqual([8, 2, 7]);
    expect(pointOn([0, 1], [1], 7, 8)).toEqual([7]);
  });
});

describe("a packed problem", () => {
  it("is opened as it is, unless another text is typed over it", () => {
    expect(openBody("own", null, {}, "eJy")).toEqual({ kind: "open", shared: "eJy", parameters: {} });
    expect(openBody(null, "x^2", {}, "eJy")).toEqual({
      kind: "open",
      problem: null,
      text: "x^2",
      parameters: {},
    });
  });
});

describe("the grid's shape", () => {
  it("has the longest side along the longer side of the map", () => {
    expect(gridShape(2, coarseGrid)).toEqual([160, 80]);
    expect(gridShape(0.5, 400)).toEqual([200, 400]);
    expect(gridShape(1e-9, 400)).toEqual([2, 400]);
  });
});

describe("values", () => {
  it("are what a person set, else what the problem suggests, else the default", () => {
    const info = gradientDescent.parameters[0] as (typeof gradientDescent.parameters)[0];
    const row = { id: "r1", method: "gradient descent", options: {}, visible: true };
    expect(optionValue(info, row, {})).toBe(0.1);
    expect(optionValue(info, row, { "gradient descent": { alpha: 0.01 } })).toBe(0.01);
    expect(
      optionValue(info, { ...row, options: { alpha: 3 } }, { "gradient descent": { alpha: 0.01 } }),
    ).toBe(3);
  });
  it("are sent for the formula's own parameters only", () => {
    const infos = [{ ...(gradientDescent.parameters[0] as object), name: "a", default: 20 }] as never;
    expect(parameterValues(infos, {})).toEqual({ a: 20 });
    expect(parameterValues(infos, { a: 3, b: 4 })).toEqual({ a: 3 });
  });
});

describe("a request for paths", () => {
  it("names the visible rows with all that they need, and no method that is not there", () => {
    const rows: Row[] = [
      { id: "r1", method: "gradient descent", options: { alpha: 0.5 }, visible: true },
      { id: "r2", method: "armijo", options: {}, visible: false },
      { id: "r3", method: "armijo", options: {}, visible: true },
      { id: "r4", method: "unheard of", options: {}, visible: true },
    ];
    const suggested = { armijo: { c1: 0.1 }, "gradient descent": { alpha: 1 } };
    const methods = [gradientDescent, armijo];
    const input = {
      opened,
      start: [1, 2],
      rows,
      methods,
      suggested,
      maxIterations: 50,
      gtol: 1e-6,
      parameters: { a: 1 },
    };
    expect(pathsBody(input)).toEqual({
      kind: "paths",
      revision: 4,
      start: [1, 2],
      runs: [
        { id: "r1", method: "gradient descent", options: { alpha: 0.5 } },
        { id: "r3", method: "armijo", options: { c1: 0.1 } },
      ],
      max_iterations: 50,
      gtol: 1e-6,
      parameters: { a: 1 },
    });
  });
});
