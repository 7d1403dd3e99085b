"""The methods beside SciPy's, torch's and optax's.

SciPy's `minimize` gets the same compiled value and gradient, or the same Python callables, and the same tolerance on
the gradient. What is timed is the whole call, its path included; the methods have been translated before. The Python
callable is `scipy.optimize.rosen` with `rosen_der` in 100 variables. Adam goes 1,000 steps on Rosenbrock's function: by
`torch.optim` with torch's own derivatives, by optax with JAX's, jitted step by step and as one loop.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize, rosen, rosen_der

import thalweg as tw
from benchmarks._formulas import ROSENBROCK
from benchmarks._timing import Times, alternate, at_least, at_most, ratio, table, times_faster
from thalweg.drive import warm

GTOL = 1e-5
STEPS = 1_000
ALPHA = 1e-2
ROUNDS = 15


def compiled() -> str:
    """Rosenbrock's function as a formula, from the usual start to the minimum."""
    formula = tw.Formula(ROSENBROCK.new(), variables=ROSENBROCK.names)
    start = list(ROSENBROCK.start)
    calls: dict[str, Callable[[], Any]] = {
        "BFGS": lambda: tw.descend(formula, start, "bfgs", gtol=GTOL),
        "minimize, BFGS": lambda: tw.minimize(formula, start, method="BFGS"),
        "SciPy BFGS": lambda: minimize(formula.value_and_gradient, start, jac=True, method="BFGS"),
        "L-BFGS": lambda: tw.descend(formula, start, "l-bfgs", gtol=GTOL),
        "SciPy L-BFGS-B": lambda: minimize(formula.value_and_gradient, start, jac=True, method="L-BFGS-B"),
        "conjugate gradient": lambda: tw.descend(formula, start, "conjugate gradient", gtol=GTOL),
        "SciPy CG": lambda: minimize(formula.value_and_gradient, start, jac=True, method="CG"),
    }
    times = alternate(calls, ROUNDS)
    faster = times["SciPy BFGS"].median / times["BFGS"].median
    at_least(
        "compiled Rosenbrock with BFGS, against SciPy's BFGS with the same gradient", faster, 50.0, ratio
    )
    return _table("Rosenbrock's function, compiled", calls, times, "BFGS")


def plain() -> str:
    """SciPy's own Rosenbrock function in 100 variables, as a Python callable with its gradient."""
    start = np.tile([-1.2, 1.0], 50)
    function = tw.Function(rosen, rosen_der)
    scipys = {"gtol": GTOL, "ftol": 0.0, "maxiter": 15_000, "maxfun": 10**6}
    ours = {"gtol": GTOL, "max_iterations": 15_000}
    calls: dict[str, Callable[[], Any]] = {
        "L-BFGS": lambda: tw.descend(function, start, "l-bfgs", **ours),
        "minimize, L-BFGS-B": lambda: tw.minimize(rosen, start, jac=rosen_der, method="L-BFGS-B"),
        "SciPy L-BFGS-B": lambda: minimize(rosen, start, jac=rosen_der, method="L-BFGS-B", options=scipys),
        "BFGS": lambda: tw.descend(function, start, "bfgs", **ours),
        "SciPy BFGS": lambda: minimize(rosen, start, jac=rosen_der, method="BFGS"),
    }
    for name in ("l-bfgs", "bfgs"):
        tw.descend(function, start, name, max_iterations=3000)
    times = alternate(calls, ROUNDS)
    slower = times["L-BFGS"].median / times["SciPy L-BFGS-B"].median
    at_most("L-BFGS on a plain callable of 100 variables, against SciPy's L-BFGS-B", slower, 1.0, ratio)
    return _table("A Python callable of 100 variables", calls, times, "L-BFGS")


def adam() -> str:
    """1,000 steps of Adam; all of them end at the same point."""
    formula = tw.Formula(ROSENBROCK.new(), variables=ROSENBROCK.names)
    start = list(ROSENBROCK.start)
    calls: dict[str, Callable[[], Any]] = {
        "Adam": lambda: tw.descend(
            formula, start, "adam", options={"alpha": ALPHA}, max_iterations=STEPS, gtol=0.0
        ).points[-1],
    }
    if importlib.util.find_spec("torch") is not None:
        calls["torch.optim.Adam"] = lambda: torch_adam(start)
    if importlib.util.find_spec("optax") is not None:
        calls["optax.adam, jitted step"] = optax_adam(start, whole=False)
        calls["optax.adam, jitted loop"] = optax_adam(start, whole=True)
    expected = calls["Adam"]()
    for call in calls.values():
        np.testing.assert_allclose(call(), expected, rtol=1e-9)
    times = alternate(calls, 5)
    rows = [[name, times[name], times_faster(times[name], times["Adam"])] for name in calls]
    return table([f"Adam, {STEPS:,} steps", "", "/ Adam"], rows)


def torch_adam(start: list[float]) -> Any:
    import torch

    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([x], lr=ALPHA)
    for _ in range(STEPS):
        optimiser.zero_grad()
        ((1.0 - x[0]) ** 2 + 100.0 * (x[1] - x[0] ** 2) ** 2).backward()
        optimiser.step()
    return x.detach().numpy()


def optax_adam(start: list[float], *, whole: bool) -> Callable[[], Any]:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    optimiser = optax.adam(ALPHA)
    gradient = jax.grad(lambda x: (1.0 - x[0]) ** 2 + 100.0 * (x[1] - x[0] ** 2) ** 2)

    def step(_: Any, carried: Any) -> Any:
        x, state = carried
        updates, state = optimiser.update(gradient(x), state)
        return optax.apply_updates(x, updates), state

    one = jax.jit(step)
    loop = jax.jit(lambda carried: jax.lax.fori_loop(0, STEPS, step, carried))

    def run() -> Any:
        x = jax.numpy.array(start)
        carried = (x, optimiser.init(x))
        if whole:
            return np.asarray(loop(carried)[0])
        for i in range(STEPS):
            carried = one(i, carried)
        return np.asarray(carried[0])

    return run


def _table(title: str, calls: dict[str, Callable[[], Any]], times: dict[str, Times], ours: str) -> str:
    rows: list[list[object]] = []
    for name, call in calls.items():
        result = call()
        rows.append([name, result.nit, result.nfev, times[name], times_faster(times[name], times[ours])])
    return table([title, "iterations", "evaluations", "", f"/ {ours}"], rows)


def main() -> str:
    warm("bfgs", "l-bfgs", "conjugate gradient", "adam")
    return "\n\n".join([compiled(), plain(), adam()])


if __name__ == "__main__":
    print(main())
