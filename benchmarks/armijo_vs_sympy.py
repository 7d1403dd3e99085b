"""A hundred Armijo steps, against the same steps in NumPy on what SymPy's `lambdify` makes.

All derivatives are made and all methods translated beforehand.  Trials of the NumPy loop ask for the value alone, and
for the gradient where they are accepted.  `lambdify` is timed with NumPy's functions, as people have it, and with
those of `math`, which are quicker at one point at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import thalweg as tw
from benchmarks._formulas import ACKLEY, BEALE, HIMMELBLAU, ROSENBROCK, rastrigin, rosenbrock
from benchmarks._peers import HAS_JAX, armijo, with_jax, with_sympy
from benchmarks._timing import alternate, at_least, ratio, seconds, table, times_faster
from thalweg.drive import warm

STEPS = 100
ROUNDS = 9
SURFACES = (ROSENBROCK, HIMMELBLAU, BEALE, ACKLEY, rosenbrock(10), rastrigin(10))


def main() -> str:
    warm()
    rows: list[list[object]] = []
    least = float("inf")
    for surface in SURFACES:
        text = surface.new()
        formula = tw.Formula(text, variables=surface.names)
        peers = {
            "SymPy, NumPy": with_sympy(text, surface.names),
            "SymPy, math": with_sympy(text, surface.names, "math"),
        }
        if HAS_JAX:
            peers["JAX"] = with_jax(text, surface.names)
        path = tw.descend(formula, surface.start, "armijo", max_iterations=STEPS).points
        calls: dict[str, Callable[[], Any]] = {
            "Thalweg": partial(tw.descend, formula, surface.start, "armijo", max_iterations=STEPS)
        }
        for name, peer in peers.items():
            calls[name] = partial(armijo, peer, surface.start, STEPS, apart=name != "JAX")
            np.testing.assert_allclose(calls[name]()[:10], path[:10], rtol=1e-6, atol=1e-9)
        times = alternate(calls, ROUNDS)
        if len(path) > STEPS:
            least = min(least, times["SymPy, NumPy"].median / times["Thalweg"].median)
        rows.append(
            [surface.title, len(path) - 1, times["Thalweg"]]
            + [
                f"{seconds(times[name].median)} ({times_faster(times[name], times['Thalweg'])})"
                for name in peers
            ]
        )
    at_least("100 Armijo steps against NumPy on SymPy's lambdify", least, 50.0, ratio)
    names = ["SymPy, NumPy", "SymPy, math", *(["JAX"] if HAS_JAX else [])]
    return table(["", "iterations", "Thalweg", *names], rows)


if __name__ == "__main__":
    print(main())
