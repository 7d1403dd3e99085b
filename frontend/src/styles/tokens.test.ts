import { describe, expect, it } from "vitest";
import { methodStyles } from "./tokens";

const rows = (...methods: string[]) => methods.map((method, i) => ({ id: `r${i + 1}`, method }));

describe("the styles of a comparison", () => {
  it("are all different, for eight rows of the same method too", () => {
    const styles = [...methodStyles(rows(...Array(8).fill("armijo"))).values()];
    expect(new Set(styles.map(({ line, dash }) => `${line.light} ${dash}`)).size).toBe(8);
    expect(new Set(styles.map(({ dash }) => `${dash}`)).size).toBe(8);
    const mixed = methodStyles(rows("levenberg-marquardt", "gradient descent", "armijo", "bfgs"));
    expect(new Set(mixed.values()).size).toBe(4);
  });
  it("keep what a method is known by, and stay when another row goes", () => {
    const all = rows("gradient descent", "bfgs", "adam", "sr1");
    const before = methodStyles(all);
    const after = methodStyles(all.filter(({ id }) => id !== "r2"));
    for (const id of ["r1", "r3", "r4"]) expect(after.get(id)).toBe(before.get(id));
    expect(methodStyles(rows("armijo")).get("r1")?.line.light).toBe("#0072b2");
  });
});
