"""Bounds: minima against SciPy's, the conditions that hold there, paths that stay inside, the same bits everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import Bounds, minimize

import thalweg as tw
from tests.drive.test_bits import Plain, same
from thalweg.descent.compose import compose
from thalweg.descent.methods import METHODS
from thalweg.descent.stopping import DEFAULTS
from thalweg.drive import compiled, lanes
from thalweg.entry import parameters
from thalweg.errors import ParameterError
from thalweg.objective.box import box

INF = np.inf
SEARCHING = ["armijo", "conjugate gradient", "bfgs", "l-bfgs", "newton", "newton-cg", "coordinate descent"]
PROBLEMS: list[tuple[str, list[Any], list[float]]] = [
    ("(1-x)^2 + 100*(y-x^2)^2", [(-2, 0.5), (-1, 2)], [-1.2, 1]),
    ("(1-x)^2 + 100*(y-x^2)^2", [(1.5, 3), (None, None)], [2.5, 2]),
    ("(1-x)^2 + 100*(y-x^2)^2", [(None, None), (1.5, None)], [-1.2, 3]),
    ("exp(x+y) + (x-2)^2 + 3(y+1)^2 + z^2*x^2 + (z-3)^2", [(0, 1), (-0.5, 5), (1, 1)], [0.5, 3, 1]),
    ("(x-5)^2 + (y+7)^2 + x*y", [(0, 1), (-1, 1)], [0.3, 0.2]),
    ("(a-1)^2 + (b-2)^2*(1+c^2) + 10(d-a)^2 + (c+d)^4", [(0, 0.5), (None, 1), (0.1, 3), (-4, 0.2)], [0.2, -3, 2, -1]),
]  # fmt: skip
ENOUGH = {"max_iterations": 20_000, "gtol": 1e-7}


def reference(f: tw.Formula, bounds: list[Any], start: list[float]) -> Any:
    """The best of three of SciPy's methods; any one of them may end early."""
    ends = [
        minimize(f.value, start, jac=f.gradient, bounds=bounds, method=method, options=options)
        for method, options in (
            ("L-BFGS-B", {"ftol": 1e-16, "gtol": 1e-10, "maxiter": 10_000, "maxfun": 100_000}),
            ("TNC", {"maxfun": 100_000, "gtol": 1e-10, "ftol": 1e-16, "xtol": 1e-16}),
            ("SLSQP", {"ftol": 1e-16, "maxiter": 1000}),
        )
    ]
    return min(ends, key=lambda end: end.fun)


def check_conditions(run: tw.Trajectory, tolerance: float) -> None:
    """Karush, Kuhn and Tucker: no slope where a variable is free, none inward where it is at a bound."""
    assert run.bounds is not None
    low, high = run.bounds
    g = run.objective.gradient(run.x)
    assert ((run.x >= low) & (run.x <= high)).all()
    free = (run.x > low) & (run.x < high)
    assert (np.abs(g[free]) <= tolerance).all()
    assert (g[(run.x <= low) & (low < high)] >= -tolerance).all()
    assert (g[(run.x >= high) & (low < high)] <= tolerance).all()


@pytest.mark.parametrize("method", SEARCHING)
@pytest.mark.parametrize(("text", "bounds", "start"), PROBLEMS)
def test_the_minimum_is_scipys(method: str, text: str, bounds: list[Any], start: list[float]) -> None:
    f = tw.Formula(text)
    expected = reference(f, bounds, start)
    run = tw.descend(f, start, method, bounds=bounds, **ENOUGH)
    assert run.success, run.message
    assert run.fun == pytest.approx(expected.fun, rel=1e-8, abs=1e-10)
    assert_allclose(run.x, expected.x, atol=2e-4)
    check_conditions(run, 1e-6)
    assert run.gradient_norms[-1] <= 1e-7


@pytest.mark.parametrize(
    ("method", "alpha"),
    [("gradient descent", 0.02), ("heavy ball", 0.005), ("rmsprop", 0.002), ("adam", 0.01), ("amsgrad", 0.01),
     ("adamw", 0.01), ("adagrad", 0.2), ("lion", 0.001)],
)  # fmt: skip
def test_a_constant_step_is_projected(method: str, alpha: float) -> None:
    """The projected gradient method and its relatives: at the bound they stay, inside they go on as ever."""
    run = tw.descend(
        "(x-5)^2 + (y-0.5)^2", [0.2, 0.9], method, options={"alpha": alpha}, bounds=[(0, 1), (-1, 1)],
        max_iterations=3000, gtol=1e-7,
    )  # fmt: skip
    assert run.x[0] == 1.0
    assert run.x[1] == pytest.approx(0.5, abs=0.03)  # Lion and weight decay end beside it
    assert ((run.points >= [0, -1]) & (run.points <= [1, 1])).all()
    if method in ("gradient descent", "heavy ball"):
        assert run.success


def test_the_path_of_the_projected_gradient_is_the_textbooks() -> None:
    f = tw.Formula("(x-5)^2 + 2(y+3)^2 + x*y")
    run = tw.descend(
        f, [0.5, 0.5], step=tw.Constant(0.05), bounds=[(0, 1), (-1, 1)], max_iterations=12, gtol=0
    )
    x = np.array([0.5, 0.5])
    for k in range(1, len(run.points)):
        x = np.clip(x - 0.05 * f.gradient(x), [0, -1], [1, 1])
        assert_allclose(run.points[k], x, rtol=1e-14)


@pytest.mark.parametrize("method", SEARCHING)
def test_random_quadratics_end_where_scipys_do(method: str) -> None:
    """Twenty variables, a third of them at their bounds at the end, or so."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        n = 20
        A = rng.standard_normal((n, n))
        H = A @ A.T / n + 0.1 * np.eye(n)
        b = rng.standard_normal(n)
        f = tw.Function(
            lambda x, H=H, b=b: 0.5 * x @ H @ x - b @ x, lambda x, H=H, b=b: H @ x - b, lambda x, H=H: H
        )
        low, high = -rng.uniform(0, 1, n), rng.uniform(0, 1, n)
        start = rng.uniform(low, high)
        expected = minimize(
            f.value, start, jac=f.gradient, bounds=Bounds(low, high), method="TNC",
            options={"maxfun": 20_000, "gtol": 1e-10, "ftol": 1e-16, "xtol": 1e-16},
        )  # fmt: skip
        run = tw.descend(f, start, method, bounds=(low, high), **ENOUGH)
        assert run.success, (seed, run.message)
        assert run.fun <= expected.fun + 1e-9
        check_conditions(run, 1e-6)
        assert 3 <= ((run.x == low) | (run.x == high)).sum() < n


@pytest.mark.parametrize("method", [m.name for m in METHODS if m.name != "nesterov"])
def test_every_driver_gives_the_same_bits(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    formula = tw.Formula("(1-x)^2 + 10*(y-x^2)^2 + 0.1*x*y")
    low, high = np.array([-1.5, -1.0]), np.array([0.7, 0.4])
    arguments: dict[str, Any] = {"max_iterations": 40, "bounds": (low, high)}
    start = [-1.2, 0.3]
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    run = tw.descend(formula, start, method, **arguments)
    assert compiled.machine_for(run.method, 2).refused is None
    same(run, tw.descend(Plain(formula), start, method, **arguments))
    same(run, tw.descend(formula, start, method, callback=lambda _: False, **arguments))
    composition = compose(method, bounded=True)
    p = parameters(composition, (40, *list(DEFAULTS.values())[1:]), fused=True, stride=1.0)
    points = np.random.default_rng(1).uniform(low, high, (70, 2))
    ends = lanes.go_down_together(formula, composition, points, p, bounds=(low, high))
    for i in (0, 33, 69):
        alone = tw.descend(formula, points[i], method, **arguments)
        assert_array_equal(ends.x[i], alone.x)
        assert (ends.status[i], ends.evaluations[i]) == (alone.status, alone.nfev)
    with monkeypatch.context() as apart:
        apart.setattr(compiled, "PATIENCE", INF)
        apart.setattr(compiled, "_machines", {})
        same(run, tw.descend(Plain(formula), start, method, **arguments))


def test_without_an_effect_bounds_change_nothing() -> None:
    f = "(1-x)^2 + 5*(y-x^2)^2"
    free = tw.descend(f, [-1.2, 1], "armijo")
    within = tw.descend(f, [-1.2, 1], "armijo", bounds=[(-100, 100), (-100, None)])
    assert_allclose(within.x, free.x, atol=1e-8)
    assert (
        tw.descend(f, [-1.2, 1], "bfgs", bounds=[(None, None), (-INF, INF)]).method
        == tw.descend(f, [0, 1], "bfgs").method
    )


def test_a_start_outside_is_moved_inside_and_said() -> None:
    with pytest.warns(UserWarning, match=r"element 1 is moved from 9 to 2"):
        run = tw.descend("x^2 + y^2", [0.5, 9], "armijo", bounds=[(0, 1), (1, 2)])
    assert_array_equal(run.points[0], [0.5, 2])
    assert_array_equal(run.x, [0, 1])
    assert run.success


def test_fixed_variables_and_a_box_that_is_a_point() -> None:
    run = tw.descend("(x-1)^2 + (y-2)^2", [0, 0], "bfgs", bounds=[(0, 0), (None, None)])
    assert run.success
    assert_allclose(run.x, [0, 2], atol=1e-8)
    point = tw.descend("(x-1)^2 + (y-2)^2", [0, 0], "bfgs", bounds=[(0, 0), (0, 0)])
    assert point.success
    assert (point.nit, point.nfev) == (0, 1)


def test_a_point_that_bounds_hold_on_a_slope_is_a_minimum_and_a_saddle_inside_is_none() -> None:
    assert tw.descend("-x - 2y", [0.5, 0.5], "armijo", bounds=[(0, 1), (0, 1)]).certificate.kind == "minimum"
    assert not tw.descend("x*y", [0.0, 0.0], "armijo", bounds=[(-1, 1), (-1, 1)]).success


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"method": "nesterov"}, "at points that bounds do not allow"),
        ({"method": "bfgs", "step": tw.StrongWolfe()}, "slopes that strong wolfe looks at"),
        ({"method": "gauss-newton"}, "factor of all variables"),
    ],
)
def test_what_makes_no_sense_with_bounds_is_refused_with_the_reason(arguments: Any, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        tw.descend("x^2 + y^2", [1, 1], bounds=[(0, 1), (0, 1)], **arguments)


def test_bounds_are_read_as_people_write_them() -> None:
    expected = (np.array([0.0, -INF, 1.0]), np.array([1.0, 5.0, 1.0]))
    for given in (
        [(0, 1), (None, 5), (1, 1)],
        ([0, -INF, 1], [1, 5, 1]),
        Bounds([0, -INF, 1], [1, 5, 1]),  # type: ignore[arg-type]
        np.array([[0, 1], [-INF, 5], [1, 1]]),
    ):
        found = box(given, 3)
        assert found is not None
        assert_array_equal(found[0], expected[0])
        assert_array_equal(found[1], expected[1])
    assert box([(None, None)] * 4, 4) is None
    for given, sentence in (
        ([(0, 1)], "bounds are 2 pairs"), (7, "bounds are 2 pairs"), ([(0, 1), (3, 2)], "variable 1, 3, lies above"),
        ([("a", 1), (0, 1)], "bounds are numbers"), ([(np.nan, 1), (0, 1)], "bounds are numbers"),
    ):  # fmt: skip
        with pytest.raises(ParameterError, match=sentence):
            box(given, 2)
