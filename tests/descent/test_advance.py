"""The automaton against a textbook's loop, its counts against the calls that were made, and its reasons."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import thalweg as tw
from tests.descent import textbook
from thalweg.descent.judgement import Judgement
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction
from thalweg.descent.stopping import Reason
from thalweg.drive import compiled

Point = textbook.Point


def rosenbrock(x: Point) -> float:
    a, b = 1.0 - x[0], x[1] - x[0] * x[0]
    return a * a + 100.0 * (b * b)


def rosenbrock_gradient(x: Point) -> Point:
    a, b = 1.0 - x[0], x[1] - x[0] * x[0]
    return [-2.0 * a - 400.0 * (x[0] * b), 200.0 * b]


def bowl(x: Point) -> float:
    return 0.5 * (x[0] * x[0]) + 2.0 * (x[1] * x[1]) + 4280.0


def bowl_gradient(x: Point) -> Point:
    return [x[0], 4.0 * x[1]]


def barrier(x: Point) -> float:
    return x[0] - math.log(x[0]) if x[0] > 0.0 else math.nan


def barrier_gradient(x: Point) -> Point:
    return [1.0 - 1.0 / x[0] if x[0] > 0.0 else math.nan]


class Counted:
    """A function and its gradient as Python callables that count."""

    def __init__(self, f: Callable[[Point], float], g: Callable[[Point], Point]) -> None:
        self.values = self.gradients = 0
        self._f, self._g = f, g
        self.function = tw.Function(self.f, self.g)

    def f(self, x: Point) -> float:
        self.values += 1
        return self._f([float(a) for a in x])

    def g(self, x: Point) -> Point:
        self.gradients += 1
        return self._g([float(a) for a in x])


CASES = [
    (rosenbrock, rosenbrock_gradient, [-1.2, 1.0]),
    (bowl, bowl_gradient, [3.0, -4.0]),
    (barrier, barrier_gradient, [0.3]),
]
SETTINGS = [
    {"c1": 1e-4, "initial": 1.0, "shrink_min": 0.1, "shrink_max": 0.5, "first_shrink_min": 1e-3},
    {"c1": 0.5, "initial": 100.0, "shrink_min": 0.5, "shrink_max": 0.9, "first_shrink_min": 0.5},
    {"c1": 0.3, "initial": 10.0, "shrink_min": 0.2, "shrink_max": 0.8, "first_shrink_min": 0.0},
]


@pytest.mark.parametrize(("f", "g", "start"), CASES)
@pytest.mark.parametrize("alpha", [1e-3, 0.05, 3.0])
def test_a_constant_step_takes_the_textbooks_steps(f, g, start, alpha) -> None:
    expected = textbook.fixed_step(f, g, start, alpha, 200)
    case = Counted(f, g)
    run = tw.descend(case.function, start, step=tw.Constant(alpha), max_iterations=200, gtol=0.0)
    k = min(len(expected.points), len(run.points))  # either may end early by a test the other has not
    assert k > 3 or run.reason in (Reason.DIVERGED, Reason.NON_FINITE)
    assert_array_equal(run.points[:k], expected.points[:k])
    assert_array_equal(run.values[:k], expected.values[:k])
    assert_array_equal(run.trials["alpha"], alpha)


@pytest.mark.parametrize(("f", "g", "start"), CASES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_armijo_takes_the_textbooks_steps_and_tries_its_trials(f, g, start, setting) -> None:
    expected = textbook.armijo(f, g, start, 60, **setting, gtol=1e-6)
    case = Counted(f, g)
    run = tw.descend(case.function, start, "armijo", options=setting, max_iterations=60, gtol=1e-6)
    assert_array_equal(run.points, expected.points)
    assert_array_equal(run.values, expected.values)
    assert [(int(t["iteration"]), t["alpha"]) for t in run.trials] == [(k, a) for k, a, _ in expected.trials]
    assert_array_equal(run.trials["phi"], [phi for _, _, phi in expected.trials])


@pytest.mark.parametrize(("f", "g", "start"), CASES)
def test_the_counts_are_the_calls_and_a_rejected_trial_costs_no_gradient(f, g, start) -> None:
    case = Counted(f, g)
    run = tw.descend(case.function, start, "armijo", max_iterations=30, gtol=1e-6, check_gradient=False)
    assert (run.nfev, run.njev) == (case.values, case.gradients)
    assert run.nfev == 1 + len(run.trials)
    rejected = [t for t in run.trials if not Judgement(t["judgement"]).accepted]
    assert rejected
    assert run.njev == 1 + run.nit  # one at the start, one at every accepted trial
    assert all(math.isnan(t["slope"]) for t in rejected)


def test_trials_outside_the_domain_are_rejected_and_recorded() -> None:
    run = tw.descend(Counted(barrier, barrier_gradient).function, [0.1], "armijo", options={"initial": 50.0})
    outside = [t for t in run.trials if not math.isfinite(t["phi"])]
    start_outside = tw.descend(
        Counted(barrier, barrier_gradient).function, [2.0], "armijo", options={"initial": 50.0}
    )
    assert any(t["judgement"] == Judgement.NOT_FINITE for t in start_outside.trials)
    assert all(t["judgement"] == Judgement.NOT_FINITE for t in outside)
    assert np.isfinite(run.path).all()
    assert np.isfinite(start_outside.path).all()
    assert start_outside.x == pytest.approx([1.0], abs=1e-6)


def test_an_infinite_gradient_rejects_a_finite_value() -> None:
    """sqrt|x| is finite at 0, its slope is not: the trial must not become an iterate."""
    f = tw.Function(
        lambda x: math.sqrt(abs(x[0] - 1.0)) + x[0] ** 2,
        lambda x: [
            math.inf if x[0] == 1.0 else 0.5 / math.sqrt(abs(x[0] - 1.0)) * np.sign(x[0] - 1.0) + 2 * x[0]
        ],
    )
    start = 2.0
    slope = 0.5 + 4.0
    run = tw.descend(f, [start], "armijo", options={"initial": 1.0 / slope}, max_iterations=3)
    assert run.trials["judgement"][0] == Judgement.NOT_FINITE
    assert run.trials["phi"][0] == 1.0
    assert np.isfinite(run.path).all()


@pytest.mark.parametrize("start", [[3.0, -4.0], [1.0, 1.0], [-2.0, 0.7]])
def test_the_precision_floor_is_passed_by_the_slope(start) -> None:
    """At f* = 4280 values cannot show a decrease once |g| is below about 2e-6; the slope goes on to 1e-9."""
    f = tw.Formula("exp(x) + exp(-x) - 2 + 3 (exp(y) - y - 1) + 4280")
    run = tw.descend(f, start, "armijo", gtol=1e-9, max_iterations=2000)
    assert run.reason is Reason.GRADIENT_TOLERANCE
    assert (run.trials["judgement"] == Judgement.DECREASE_WITHIN_ROUNDING).any()
    assert run.x == pytest.approx([0.0, 0.0], abs=1e-8)


def test_the_best_point_has_the_smallest_gradient_among_equal_values() -> None:
    run = tw.descend("exp(x) + exp(-2x) + 3 y^2 + 1000", [3, 4], "armijo", gtol=0)
    floor = run.values <= run.values.min() * (1 + 4e-16)
    assert floor.sum() > 1
    assert np.linalg.norm(run.jac) == pytest.approx(run.gradient_norms.min(), rel=1e-12)
    # the minimiser: exp(x) = 2 exp(-2x)
    assert run.x == pytest.approx([math.log(2) / 3, 0.0], abs=1e-14)


def test_where_the_gradients_norm_overflows_the_start_is_still_the_best_point() -> None:
    run = tw.descend("x*y*1e200", [3.5, 2.5], "armijo")
    assert_array_equal(run.x, [3.5, 2.5])
    assert not run.success
    assert "saddle" not in run.message


REASONS = [
    (Reason.GRADIENT_TOLERANCE, "x^2 + y^2", [3, 4], {"step": tw.Constant(0.1)}),
    (Reason.FUNCTION_TOLERANCE, "x^2 + y^2 + 1", [3, 4], {"step": tw.Constant(0.1), "ftol": 1e-3}),
    (Reason.STEP_TOLERANCE, "(x-7)^2 + (y-8)^2", [3, 4], {"step": tw.Constant(0.1), "xtol": 1e-3}),
    (
        Reason.PRECISION_FLOOR,
        "exp(x) + exp(-2x) + 3*(y-1/3)^4 + exp(y)",
        [3, 4],
        {"method": "armijo", "gtol": 0},
    ),
    (Reason.DIVERGED, "x^2 + 10 y^2", [3, 4], {"step": tw.Constant(1.0)}),
    (Reason.UNBOUNDED, "-x^2 - y^2", [3, 4], {"method": "armijo"}),
    (Reason.NON_FINITE, "log(x) + y", [-1, 1], {"method": "armijo"}),
    (Reason.NON_FINITE, "log(x)", [0.5], {"step": tw.Constant(1.0)}),
    (Reason.MAX_ITERATIONS, "x^2 + y^2", [3, 4], {"step": tw.Constant(0.1), "max_iterations": 7}),
    (Reason.MAX_ITERATIONS, "x^2 + y^2", [3, 4], {"method": "armijo", "max_iterations": 0}),
    (Reason.MAX_EVALUATIONS, "x^2 + 100 y^2", [3, 4], {"method": "armijo", "max_evaluations": 9}),
]


@pytest.mark.parametrize(("reason", "text", "start", "arguments"), REASONS)
def test_a_run_ends_for_the_reason_that_holds(reason, text, start, arguments) -> None:
    run = tw.descend(text, start, **arguments)
    assert run.reason is reason
    assert np.isfinite(run.points).all()
    if reason is Reason.MAX_EVALUATIONS:
        assert run.nfev == 9
    if reason is Reason.MAX_ITERATIONS:
        assert run.nit == arguments["max_iterations"]


def test_a_wrong_gradient_ends_in_a_failed_search() -> None:
    f = tw.Function(lambda x: x[0] ** 2 + 1.0, lambda x: [-2 * x[0]])
    run = tw.descend(f, [1.0], "armijo", check_gradient=False)
    assert not run.success
    assert run.reason in (Reason.LINE_SEARCH_FAILED, Reason.PRECISION_FLOOR)
    assert run.fun <= 2.0


def test_the_origins_search_shrinks_where_without_its_upper_clip_it_would_hang() -> None:
    """On a parabola with f* = 0 the exact minimiser meets c1 = 1/2 with equality, and rounding decides."""
    stuck = 0
    rng = np.random.default_rng(0)
    for _ in range(60):
        curvature, place = rng.uniform(0.1, 10.0), rng.uniform(-5.0, 5.0)
        f = tw.Formula("h*(x-c)^2", parameters={"h": curvature, "c": place})
        run = tw.descend(f, [7.0], "armijo", preset="origin", gtol=1e-8, max_iterations=200)
        assert run.reason is Reason.GRADIENT_TOLERANCE
        exact = 0.5 / curvature
        rejected = run.trials[run.trials["judgement"] == Judgement.TOO_HIGH]
        stuck += any(np.isclose(rejected["alpha"], exact, rtol=1e-12))
        ratios = run.trials["alpha"][1:] / run.trials["alpha"][:-1]
        same_search = run.trials["iteration"][1:] == run.trials["iteration"][:-1]
        assert (ratios[same_search] <= 0.9 * (1 + 1e-15)).all()
    assert stuck > 0, "the lesson of the upper clip would be no lesson"


class Misled(Direction):
    """Along -g at first; then where its parameter says, and it remembers that it has been there."""

    name = "misled"
    table = (Parameter("upward", "", "yes", 0, 1, "choice", "", choices=("no", "yes")),)

    @staticmethod
    def fill(n, k, x, g, x_old, g_old, memory, p, d) -> None:
        memory[0] += 1.0
        for i in range(n):
            d[i] = -g[i]
        if memory[0] > 1.0 and p[0] == 1.0:
            for i in range(n):
                d[i] = g[i]
        elif memory[0] > 1.0:
            d[0] = -0.01 * g[0]
            d[1] = 1.0

    def memory(self, n: int) -> int:
        return 1


@pytest.mark.parametrize("upward", ["yes", "no"])
@pytest.mark.parametrize("compiled_after", [0, math.inf])
def test_where_a_direction_fails_the_run_begins_anew_along_the_gradient(
    upward: str, compiled_after: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up the hill, or down it but into a wall at once: the memory is emptied and -g serves, at every iteration."""
    monkeypatch.setattr(compiled, "PATIENCE", compiled_after)
    f = tw.Formula("(x-1)^2 + y^2" if upward == "yes" else "(x-1)^2 + 0*sqrt(-y)")
    run = tw.descend(
        f, [3.0, -0.0], direction=Misled(upward=upward), step=tw.Backtracking(initial=0.3), gtol=1e-6
    )
    assert run.reason is Reason.GRADIENT_TOLERANCE
    assert run.x == pytest.approx([1.0, 0.0], abs=1e-6)
    failed = run.trials["judgement"] >= Judgement.OUT_OF_TRIALS
    assert failed.any() == (upward == "no")


def test_a_search_that_failed_along_the_gradient_is_not_repeated() -> None:
    f = tw.Function(lambda x: x[0] ** 2 + 3 * x[1] ** 2, lambda x: [-2 * x[0], -6 * x[1]])
    run = tw.descend(f, [1.0, 2.0], "armijo", options={"max_trials": 7}, check_gradient=False)
    assert run.reason is Reason.LINE_SEARCH_FAILED
    assert len(run.trials) == 7
