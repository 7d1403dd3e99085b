"""A run of ten steps from Python, with its path.

What a user's call costs when the formula has been met before: arguments read, ten iterations, path and trials handed
over.  "Plain" is the same call while the method has not been translated yet.  SciPy's `minimize` gets the same
compiled value and gradient and ten iterations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import thalweg as tw
from benchmarks._formulas import ROSENBROCK, rosenbrock
from benchmarks._timing import Times, alternate, at_most, table, times_faster
from thalweg.descent.compose import compose
from thalweg.drive.compiled import machine_for

ITERATIONS = 10
ROUNDS = 25
LIMIT = 20e-6


def plain(formula: tw.Formula, call: Callable[[], Any], method: str) -> Callable[[], Any]:
    """The call as it is before its method is translated."""
    machine = machine_for(compose(method), formula.n)

    def without() -> Any:
        held, machine._run, machine.plain_turns = machine._run, None, 0
        try:
            return call()
        finally:
            machine._run = held

    return without


def contenders(formula: tw.Formula, start: list[float]) -> dict[str, Callable[[], Any]]:
    from scipy.optimize import minimize

    alpha = {"alpha": 1e-3}

    def fixed() -> Any:
        return tw.descend(formula, start, "gradient descent", options=alpha, max_iterations=ITERATIONS)

    def armijo() -> Any:
        return tw.descend(formula, start, "armijo", max_iterations=ITERATIONS)

    def scipy(method: str) -> Any:
        return minimize(
            formula.value_and_gradient, start, jac=True, method=method, options={"maxiter": ITERATIONS}
        )

    return {
        "fixed step": fixed,
        "fixed step, plain": plain(formula, fixed, "gradient descent"),
        "Armijo": armijo,
        "Armijo, plain": plain(formula, armijo, "armijo"),
        "SciPy CG": lambda: scipy("CG"),
        "SciPy BFGS": lambda: scipy("BFGS"),
        "SciPy L-BFGS-B": lambda: scipy("L-BFGS-B"),
    }


def main() -> str:
    for method in ("gradient descent", "armijo"):
        for n in (2, 10):
            assert machine_for(compose(method), n).run(now=True) is not None
    measured: dict[str, dict[str, Times]] = {}
    for surface in (ROSENBROCK, rosenbrock(10)):
        formula = tw.Formula(surface.new(), variables=surface.names)
        calls = contenders(formula, list(surface.start))
        for name in ("fixed step", "Armijo"):
            np.testing.assert_array_equal(calls[name]().path, calls[f"{name}, plain"]().path)
        measured[surface.title] = alternate(calls, ROUNDS)
    two, ten = measured.values()
    rows: list[list[object]] = [
        [
            name,
            two[name],
            times_faster(two[name], two["Armijo"]),
            ten[name],
            times_faster(ten[name], ten["Armijo"]),
        ]
        for name in two
    ]
    slowest = max(two["fixed step"].median, two["Armijo"].median)
    at_most("ten-step run from Python with its path", slowest, LIMIT)
    columns = ["", *(f"{title}{extra}" for title in measured for extra in ("", ", / Armijo"))]
    return table(columns, rows)


if __name__ == "__main__":
    print(main())
