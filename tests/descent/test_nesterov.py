"""Nesterov's method against a textbook's loop, its rates, and its restarts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import thalweg as tw
from tests.descent.test_quadratic import quadratic
from thalweg.errors import ParameterError


def textbook(
    f: Any, x: np.ndarray, alpha: float, steps: int, schedule: str, beta: float, restart: str
) -> list[np.ndarray]:
    """The iterates x_k of the method as the papers write it."""
    points = [x]
    last, t, k, y_gradient = x, 1.0, 0, np.zeros_like(x)
    for step in range(steps):
        again = step > 0 and (
            (restart == "function" and f.value(x) > f.value(last))
            or (restart == "gradient" and y_gradient @ (x - last) > 0)
        )
        if step == 0 or again:
            k, t, share = 0, 1.0, 0.0
        else:
            k += 1
            following = (1 + math.sqrt(1 + 4 * t * t)) / 2
            share = {"t_k": (t - 1) / following, "k": (k - 1) / (k + 2), "constant": beta}[schedule]
            t = following
        y = x + share * (x - last)
        y_gradient = f.gradient(y)
        last, x = x, y - alpha * y_gradient
        points.append(x)
    return points


@pytest.mark.parametrize("restart", ["none", "function", "gradient"])
@pytest.mark.parametrize("schedule", ["t_k", "k", "constant"])
def test_the_path_is_the_textbooks(schedule: str, restart: str) -> None:
    f = tw.Formula("(1-x)^2 + 10*(y-x^2)^2 + z^2 + 0.1*x*z")
    start = np.array([-0.5, 0.8, 1.0])
    options: dict[str, Any] = {"alpha": 5e-3, "schedule": schedule, "beta": 0.95, "restart": restart}
    run = tw.descend(f, start, "nesterov", options=options, max_iterations=60, gtol=0)
    expected = textbook(f, start, 5e-3, 60, schedule, 0.95, restart)
    assert_allclose(run.points, expected, rtol=1e-9, atol=1e-10)
    assert_allclose(run.values, [f.value(x) for x in run.points], rtol=1e-13)


@pytest.mark.parametrize("schedule", ["t_k", "k"])
def test_the_bound_for_convex_functions_holds(schedule: str) -> None:
    """The gap to f* is at most 2 L |x_0 - x*|^2 / (k + 1)^2 (Beck & Teboulle 2009, theorem 4.4)."""
    for condition, seed in ((10.0, 0), (1e3, 1), (1e6, 2)):
        H, b, f = quadratic(12, condition, seed)
        best = np.linalg.solve(H, b)
        lowest = -0.5 * b @ best
        run = tw.descend(
            f,
            best + 10.0,
            "nesterov",
            options={"alpha": 1 / condition, "schedule": schedule},
            max_iterations=500,
        )
        k = np.arange(len(run.values))
        bound = 2 * condition * 12 * 100.0 / (k + 1) ** 2
        rounding = 1e-12 * max(abs(lowest), 1.0)
        assert (run.values[1:] - lowest <= bound[1:] + rounding).all()


def test_the_rate_for_strongly_convex_functions_holds() -> None:
    """The gap to f* shrinks like (1 - 1 / sqrt(kappa))^k (Nesterov 2004, theorem 2.2.3)."""
    condition = 400.0
    H, b, f = quadratic(12, condition, seed=5)
    best = np.linalg.solve(H, b)
    gap_0 = f.value(best + 1.0) + 0.5 * b @ best
    root = math.sqrt(condition)
    options: dict[str, Any] = {
        "alpha": 1 / condition, "schedule": "constant", "beta": (root - 1) / (root + 1)
    }  # fmt: skip
    run = tw.descend(f, best + 1.0, "nesterov", options=options, max_iterations=300, gtol=0)
    k = np.arange(len(run.values))
    bound = (1 - 1 / root) ** k * (gap_0 + 0.5 * 12.0)
    assert (run.values + 0.5 * b @ best <= bound + 1e-12).all()


@pytest.mark.parametrize("restart", ["function", "gradient"])
def test_a_restart_finds_the_strong_convexity_by_itself(restart: str) -> None:
    """O'Donoghue & Candès (2015): without knowing mu, about as fast as the best constant momentum."""
    condition = 1e3
    _, _, f = quadratic(20, condition, seed=3)
    counts = {}
    for kind in ("none", restart):
        options: dict[str, Any] = {"alpha": 1 / condition, "restart": kind}
        run = tw.descend(f, np.ones(20), "nesterov", options=options, max_iterations=20_000, gtol=1e-5)
        counts[kind] = run.nit
    assert counts[restart] < counts["none"] / 2
    assert counts[restart] < 30 * math.sqrt(condition)


def test_it_costs_one_gradient_more_where_there_is_momentum() -> None:
    run = tw.descend("x^2 + 10y^2", [3, 4], "nesterov", max_iterations=50, gtol=0)
    # none for the first two steps, which have no momentum
    assert (run.nfev, run.njev) == (51, 51 + 48)


def test_a_step_that_is_searched_for_is_refused_with_the_reason() -> None:
    with pytest.raises(
        ParameterError, match=r"nesterov goes with a step that is not searched for.*not with backtracking"
    ):
        tw.descend("x^2", [1.0], "nesterov", step=tw.Backtracking())
