"""Functions that lead methods astray: whatever a run ends at, it claims no success that it does not have.

Each case says which end points pass as minimisers, by what is known of the function; every method meets every case.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import thalweg as tw
from thalweg.descent.methods import METHODS

Ok = Callable[[tw.Trajectory], bool]
R = "(1-x)^2 + 100*(y-x^2)^2"


class Case(NamedTuple):
    name: str
    f: Callable[[], Any]
    start: Any
    ok: Ok
    bounds: Any = None


def never(_run: tw.Trajectory) -> bool:
    return False


def near(*x: float, within: float = 1e-2) -> Ok:
    """Within such a share of each coordinate, or of the largest one where it is 0."""
    size = np.where(np.array(x) == 0.0, np.abs(x).max() or 1.0, np.abs(x))
    return lambda run: bool((np.abs(run.x - x) <= within * size).all())


def rosen(x: Any) -> Any:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def text(formula: str, start: list[float], ok: Ok, bounds: Any = None) -> Case:
    within = "" if bounds is None else f" in {bounds}"
    return Case(f"{formula} from {start}{within}", lambda: formula, start, ok, bounds)


def noisy() -> tw.Function:
    random = np.random.default_rng(1)
    return tw.Function(lambda x: float(x @ x) + 1e-4 * random.standard_normal())


def noisy_gradient() -> tw.Function:
    random = np.random.default_rng(2)
    return tw.Function(
        lambda x: float(x @ x) + 1e-6 * random.standard_normal(),
        lambda x: 2 * x + 1e-3 * random.standard_normal(x.size),
    )


CASES = [
    # saddles and maxima
    text("x^2 - y^2", [0, 0], never),
    text("x^2 - y^2 + 0.25*y^4", [1, 0], never),
    text("x^2 - y^2 + 0.25*y^4", [1, 1e-3], lambda run: abs(abs(run.x[1]) - math.sqrt(2)) < 1e-3),
    text("x^2 - 1e-9*y^2", [1, 0], never),
    text("x^3 - 3*x*y^2", [0, 0], never),
    text("x^3", [1], never),
    text("x^3", [0], never),
    text("x^5 + y^2", [1, 1], never),
    text("x^2*y^2 - y", [0, 0], never),
    text("-x^2 - y^2", [0, 0], never),
    text("-x^4 - y^4", [0, 0], never),
    text("cos(x) + cos(y)", [0, 0], never),
    text("sin(x)*cos(y)", [math.pi / 2, 0], never),
    # flat regions and plateaus
    text("floor(x)^2 + floor(y)^2", [3.5, 2.5], never),
    text("-exp(-x^2-y^2)", [30, 30], never),
    text("1 - exp(-x^2)", [10], never),
    text("tanh(x)^2 + 1e-12*x", [15], never),
    text("1/(1+exp(-x))", [5], never),
    text("x^2 + (exp(-y) - 1)^2", [1, 50], never),
    # no minimum at all
    text("exp(-x) + y^2", [1, 1], never),
    text("atan(x)", [1], never),
    text("1/x + y^2", [1, 1], never),
    text("-log(x)", [1], never),
    text("x + 2*y", [1, 1], never),
    text("x^3 - x", [-2], never),
    text("-x^4", [1], never),
    text("x^2 - exp(y)", [1, 1], never),
    # where scales or a constant mislead
    text(f"1e10*({R})", [-1.2, 1], near(1, 1)),
    text(f"1e-10*({R})", [-1.2, 1], near(1, 1)),
    text(f"1e300*({R})", [-1.2, 1], near(1, 1)),
    text(f"1e-300*({R})", [-1.2, 1], near(1, 1)),
    text(f"{R} + 1e10", [-1.2, 1], near(1, 1, within=5e-2)),
    text(f"{R} + 1e10", [-120, 100], near(1, 1, within=5e-2)),
    text(f"{R} - 1e10", [-1.2, 1], near(1, 1, within=5e-2)),
    text("(x/1e8-1)^2 + (y*1e8-1)^2", [0, 0], near(1e8, 1e-8)),
    text("(1-x*1e4)^2 + 100*(y/1e4-x^2*1e8)^2", [-1.2e-4, 1e4], near(1e-4, 1e4)),
    text("1e-16*(x-1e8)^2 + 1e16*(y-1e-8)^2 + 1", [0, 0], near(1e8, 1e-8)),
    text("(x-2)^4", [0], near(2, within=5e-2)),
    # kinks and jumps
    text("abs(x) + abs(y)", [1, 2.3], near(0, 0, within=1e-3)),
    text("abs(x-1.3) + 2*abs(y+0.7)", [3, 2.3], near(1.3, -0.7, within=1e-3)),
    text("max(abs(x), abs(y))", [1, 0.4], near(0, 0, within=1e-3)),
    text("where(x>=abs(y), 5*sqrt(9*x^2+16*y^2), 9*x+16*abs(y))", [5, 4], never),
    text("floor(x) + x^2", [3.2], lambda run: run.fun < -0.99),
    # edges of a domain
    text("where(x>0, x^2-2*x, sqrt(x))", [3], near(1)),
    text("x - log(x)", [1e-9], near(1)),
    text("-log(x) - log(1-x)", [1e-6], near(0.5)),
    text("x*log(x)", [0.9], near(math.exp(-1))),
    text("sqrt(x)", [1], never),
    text("exp(x) - x*exp(1)", [-5], near(1)),
    # callables
    Case("noise in f", noisy, [1.0, 1.0], near(0, 0, within=5e-2)),
    Case("noise in f and gradient", noisy_gradient, [1.0, 1.0], near(0, 0, within=5e-2)),
    Case("gradient of another f", lambda: tw.Function(rosen, lambda x: 2 * (x - 3)), [-1.2, 1], near(1, 1)),
    Case("gradient 0", lambda: tw.Function(rosen, np.zeros_like), [-1.2, 1], never),
    Case("gradient of -f", lambda: tw.Function(lambda x: float(x @ x), lambda x: -2 * x), [1, 2], never),
    Case("steps", lambda: lambda x: float(np.floor(4 * x[0]) ** 2 + x[1] ** 2), [2.3, 1.0], never),
    Case("three decimals", lambda: lambda x: float(round(rosen(x), 3)), [-1.2, 1], near(1, 1, within=0.1)),
    Case(
        "single precision",
        lambda: lambda x: np.float32(rosen(x.astype(np.float32))),
        np.array([-1.2, 1], np.float32),
        near(1, 1, within=5e-2),
    ),
    Case("integers", lambda: R, np.array([-1, 1]), near(1, 1)),
    Case("nan", lambda: lambda _: math.nan, [1.0, 2.0], never),
    Case("inf", lambda: lambda _: math.inf, [1.0, 2.0], never),
    Case("-inf", lambda: lambda x: -math.inf if x[0] < 0 else float(x[0]), [1.0], never),
    Case("nan beyond", lambda: lambda x: np.log(x[0]) ** 2 if x[0] > 0 else math.nan, [5.0], near(1)),
    # bounds
    text(R, [0.5, 0.5], near(0.5, 0.25), [(0.5, 0.5), (None, None)]),
    text(R, [5, 5], near(0.5, 0.25), [(-1, 0.5), (-1, 2)]),
    text(R, [-1.2, 1], near(1, 1), [(-math.inf, math.inf), (None, math.inf)]),
    text("x^2 - y^2", [1, 0], lambda run: abs(run.x[1]) == 1.0, [(-1, 1), (-1, 1)]),
    text("-x^2", [0], lambda run: abs(run.x[0]) == 1.0, [(-1, 1)]),
    text("-log(x)", [0.5], near(2, within=1e-9), [(0, 2)]),
    text("x - y", [0, 0], near(-3, 4, within=1e-9), [(-3, 9), (-9, 4)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_method_claims_a_success_that_it_does_not_have(case: Case) -> None:
    wrong: list[str] = []
    for method in METHODS:
        if case.bounds is not None and method.name == "nesterov":  # which has none
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful gradients and starts outside
            run = tw.descend(case.f(), case.start, method.name, bounds=case.bounds, max_iterations=300)
        if run.success and not case.ok(run):
            wrong.append(f"{method.name}: {run!r}")
    assert wrong == []


def test_every_variable_at_a_bound_is_a_success_at_once() -> None:
    for method in METHODS:
        if method.name != "nesterov":
            run = tw.descend(R, [0.5, 0.2], method.name, bounds=[(0.5, 0.5), (0.2, 0.2)])
            assert (run.success, run.nit) == (True, 0)


def test_a_start_at_the_minimum_is_one() -> None:
    for method in METHODS:
        run = tw.descend(R, [1, 1], method.name)
        assert (run.success, run.nit) == (True, 0)
