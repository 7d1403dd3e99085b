"""From the text of a new formula to its first path.

Every call gets a formula that nobody has seen before (a constant differs in its last digits), and ends with the path
of 100 iterations of steepest descent with Armijo's search.  SciPy's `minimize` runs its own methods, 100 iterations
at most, with SymPy's gradient.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import thalweg as tw
from benchmarks._formulas import PLANE, ROSENBROCK, Surface, rastrigin
from benchmarks._peers import HAS_JAX, armijo, with_jax, with_sympy
from benchmarks._timing import Times, alternate, alternate_processes, at_most, seconds, table, times_faster
from thalweg.drive import warm
from thalweg.expression import derivative
from thalweg.expression.parse import parse
from thalweg.kernel import build, emit

ITERATIONS = 100
ROUNDS = 5
LIMITS = {2: 10e-3, 10: 50e-3}


def ours(text: str, surface: Surface) -> Any:
    formula = tw.Formula(text, variables=surface.names)
    return tw.descend(formula, surface.start, "armijo", max_iterations=ITERATIONS).points


def by_sympy(text: str, surface: Surface) -> Any:
    return armijo(with_sympy(text, surface.names), surface.start, ITERATIONS, apart=True)


def by_jax(text: str, surface: Surface) -> Any:
    return armijo(with_jax(text, surface.names), surface.start, ITERATIONS)


def by_scipy(text: str, surface: Surface, method: str) -> Any:
    from scipy.optimize import minimize

    derived = with_sympy(text, surface.names)
    options = {"maxiter": ITERATIONS}
    return minimize(derived.together, surface.start, jac=True, method=method, options=options).x


def contenders(surface: Surface) -> dict[str, Callable[[], Any]]:
    found: dict[str, Callable[[], Any]] = {
        "Thalweg": lambda: ours(surface.new(), surface),
        "SymPy": lambda: by_sympy(surface.new(), surface),
        "SciPy BFGS": lambda: by_scipy(surface.new(), surface, "BFGS"),
        "SciPy CG": lambda: by_scipy(surface.new(), surface, "CG"),
    }
    if HAS_JAX:
        found["JAX"] = lambda: by_jax(surface.new(), surface)
    return found


def check(surface: Surface) -> int:
    """The peers' loops must take the same path; returns how many iterations it has."""
    text = surface.new()
    path = ours(text, surface)
    for peer in (by_sympy, by_jax) if HAS_JAX else (by_sympy,):
        other = peer(text, surface)
        np.testing.assert_allclose(path[:10], other[:10], rtol=1e-6, atol=1e-9)
        # roundings differ, and a narrow valley makes them grow
        np.testing.assert_allclose(path[-1], other[-1], rtol=2e-2, atol=1e-6)
    return len(path) - 1


def warmed() -> str:
    warm()
    rows: list[list[object]] = []
    names: list[str] = []
    planar: list[Times] = []
    for surface in (*PLANE, rastrigin(10)):
        iterations = check(surface)
        times = alternate(contenders(surface), ROUNDS)
        names = [name for name in times if name != "Thalweg"]
        mine = times["Thalweg"]
        rows.append(
            [surface.title, iterations, mine]
            + [f"{seconds(times[name].median)} ({times_faster(times[name], mine)})" for name in names]
        )
        n = len(surface.names)
        if n == 2:
            planar.append(mine)
        else:
            at_most("text of a new 10-D formula (Rastrigin) to first path", mine.median, LIMITS[n])
    slowest = max(planar, key=lambda each: each.median)
    at_most(f"text of a new 2-D formula to first path, slowest of {len(planar)}", slowest.median, LIMITS[2])
    return table(["In a warm process", "iterations", "Thalweg", *names], rows)


def stages(surface: Surface) -> list[float]:
    """Seconds for parsing, derivatives, IR, machine code, and the run."""
    text = surface.new()
    n = len(surface.names)
    clock = [perf_counter()]
    parsed = parse(text, variables=surface.names)
    clock.append(perf_counter())
    gradient = derivative.gradient(parsed.graph, parsed.root, n)
    clock.append(perf_counter())
    module = build.host().module()
    emit.point(module, "point", parsed.graph, [parsed.root, *gradient])
    module.text()
    clock.append(perf_counter())
    library = build.host().build(module)
    clock.append(perf_counter())
    assert library["point"]
    formula = tw.Formula(text, variables=surface.names)
    assert formula.native.point
    begun = perf_counter()
    tw.descend(formula, surface.start, "armijo", max_iterations=ITERATIONS)
    return [*np.diff(clock), perf_counter() - begun]


def breakdown() -> str:
    rows: list[list[object]] = []
    for surface in (*PLANE, rastrigin(10)):
        measured = np.median([stages(surface) for _ in range(2 * ROUNDS)], axis=0)
        rows.append([surface.title, *(seconds(float(each)) for each in measured)])
    return table(["Where Thalweg's time goes", "reading", "derivative", "IR", "machine code", "run"], rows)


COLD = {
    "Python with NumPy": "import numpy",
    "Thalweg": """
import thalweg
thalweg.descend({text!r}, {start}, "armijo", max_iterations=100)
""",
    "SymPy": """
from benchmarks._peers import armijo, with_sympy
armijo(with_sympy({text!r}, {names}), {start}, 100, apart=True)
""",
    "SciPy CG": """
from scipy.optimize import minimize
from benchmarks._peers import with_sympy
minimize(with_sympy({text!r}, {names}).together, {start}, jac=True, method="CG", options=dict(maxiter=100))
""",
    "JAX": """
from benchmarks._peers import armijo, with_jax
armijo(with_jax({text!r}, {names}), {start}, 100)
""",
}


def cold() -> str:
    commands = {
        name: [
            sys.executable,
            "-c",
            code.format(text=ROSENBROCK.new(), names=ROSENBROCK.names, start=ROSENBROCK.start),
        ]
        for name, code in COLD.items()
        if name != "JAX" or HAS_JAX
    }
    times = alternate_processes(commands, 3)
    return table(
        ["A whole process, Rosenbrock", "time", "/ Thalweg"],
        [[name, each, times_faster(each, times["Thalweg"])] for name, each in times.items()],
    )


def main() -> str:
    parts = [warmed(), breakdown(), cold()]
    if not HAS_JAX:
        parts.append("JAX is not installed here.")
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(main())
