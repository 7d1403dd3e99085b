"""The collection against its paper and SciPy: derivatives, values at starts, minima where they are said to be."""

from __future__ import annotations

from math import inf, pi

import numpy as np
import pytest
import scipy.optimize

from thalweg.problems import MORE_GARBOW_HILLSTROM, ResidualProblem
from thalweg.problems.more_garbow_hillstrom import fixed
from thalweg.problems.more_garbow_hillstrom.residual_problem import SAME_VALUE

BY_ID = {problem.id: problem for problem in MORE_GARBOW_HILLSTROM}

# The minima as the paper prints them: figures cut off after the sixth digit.
PUBLISHED = {
    "freudenstein-and-roth": [48.9842], "jennrich-and-sampson": [124.362], "bard": [8.21487e-3, 17.4286],
    "gaussian": [1.12793e-8], "meyer": [87.9458], "kowalik-and-osborne": [3.07505e-4, 1.02734e-3],
    "brown-and-dennis": [85822.2], "osborne-1": [5.46489e-5], "biggs-exp6": [5.65565e-3], "osborne-2": [4.01377e-2],
    "watson-6": [2.28767e-3], "watson-9": [1.39976e-6], "watson-12": [4.72238e-10],
    "penalty-i-4": [2.24997e-5], "penalty-i-10": [7.08765e-5], "penalty-ii-4": [9.37629e-6],
    "penalty-ii-10": [2.93660e-4], "brown-almost-linear-10": [1.0], "brown-almost-linear-40": [1.0],
    "linear-full-rank": [10.0], "linear-rank-1": [20 * 19 / 82], "linear-rank-1-with-zero-columns-and-rows": [454 / 74],
    "chebyquad-8": [3.51687e-3], "chebyquad-10": [6.50395e-3],
}  # fmt: skip
BEYOND_THE_PAPER = {"trigonometric", "chebyquad-10"}

# f at standard starts as other publications print it (Hock and Schittkowski 1981; Schittkowski 1987; CUTEst).
AT_START = {
    "rosenbrock": 24.2, "wood": 19192.0, "powell-singular": 215.0, "freudenstein-and-roth": 400.5,
    "beale": 14.203125, "helical-valley": 2500.0, "brown-and-dennis": 7926693.336997, "bard": 41.68170,
    "watson-6": 30.0, "watson-12": 30.0, "variably-dimensioned": 2198551.162500, "broyden-tridiagonal": 21.0,
}  # fmt: skip


def by_id(problem: ResidualProblem) -> str:
    return problem.id


every = pytest.mark.parametrize("problem", MORE_GARBOW_HILLSTROM, ids=by_id)


def points(problem: ResidualProblem) -> list[np.ndarray]:
    start = np.array(problem.start)
    rng = np.random.default_rng(problem.number)
    return [start, start * (1 + 0.1 * rng.standard_normal(problem.n)) + 0.01 * rng.standard_normal(problem.n)]


def test_all_35_problems_are_there_in_42_instances() -> None:
    assert len(MORE_GARBOW_HILLSTROM) == len(BY_ID) == 42
    assert [p.number for p in MORE_GARBOW_HILLSTROM] == sorted(p.number for p in MORE_GARBOW_HILLSTROM)
    assert {p.number for p in MORE_GARBOW_HILLSTROM} == set(range(1, 36))


@every
def test_the_jacobian_is_that_of_the_residuals(problem: ResidualProblem) -> None:
    """A complex step finds each derivative to the last digits (Squire and Trapp 1998)."""
    for x in points(problem):
        jacobian = problem.jacobian(x)
        assert jacobian.shape == (problem.m, problem.n)
        for j in range(problem.n):
            moved = x.astype(complex)
            moved[j] += 1e-30j
            expected = problem.residuals_and_jacobian(moved)[0].imag / 1e-30
            scale = np.abs(jacobian).max()
            np.testing.assert_allclose(jacobian[:, j], expected, rtol=1e-12, atol=1e-14 * scale)
        r = problem.residuals(x)
        assert problem.value(x) == pytest.approx((r**2).sum(), rel=1e-14)
        np.testing.assert_allclose(problem.gradient(x), 2 * jacobian.T @ r, rtol=1e-9)


@every
def test_the_hessian_is_that_of_the_gradient(problem: ResidualProblem) -> None:
    x = points(problem)[1]
    H = problem.hessian(x)
    for j in range(problem.n):
        h = 1e-6 * max(abs(x[j]), 1e-3)
        e = h * np.eye(problem.n)[j]
        slope = (problem.gradient(x + e) - problem.gradient(x - e)) / (2 * h)
        np.testing.assert_allclose(H[j], slope, rtol=2e-4, atol=1e-5 * np.abs(H).max())


@pytest.mark.parametrize(("name", "value"), AT_START.items())
def test_values_at_the_standard_starts_are_the_published_ones(name: str, value: float) -> None:
    assert BY_ID[name].value(BY_ID[name].start) == pytest.approx(value, rel=1e-6)


@every
def test_minima_are_the_published_ones(problem: ResidualProblem) -> None:
    positive = [minimum.value for minimum in problem.minima if minimum.value > 0.0]
    published = PUBLISHED.get(problem.id, [])
    if problem.id in BEYOND_THE_PAPER:
        positive = positive[: len(published)]
    assert positive == pytest.approx(published, rel=1e-5)


@every
def test_a_minimum_lies_where_it_is_said_to_lie(problem: ResidualProblem) -> None:
    for minimum in problem.minima:
        if minimum.x is not None and np.isfinite(minimum.x).all():
            assert problem.value(minimum.x) == pytest.approx(minimum.value, abs=1e-24, rel=1e-12)
            assert np.linalg.norm(problem.gradient(minimum.x)) <= 1e-9
            assert problem.reached(problem.value(minimum.x))


@pytest.mark.parametrize(
    "problem", [p for p in MORE_GARBOW_HILLSTROM if p.id != "biggs-exp6"], ids=by_id
)  # from whose start Levenberg-Marquardt may run off
def test_scipys_levenberg_marquardt_comes_to_a_minimum_of_the_list(problem: ResidualProblem) -> None:
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 20_000}
    found = scipy.optimize.least_squares(
        problem.residuals, problem.start, problem.jacobian, method="lm", x_scale="jac", **tight
    )
    assert problem.reached(2 * found.cost), (2 * found.cost, problem.minima)


def test_the_second_minima_of_bard_and_kowalik_lie_at_infinity() -> None:
    bard = BY_ID["bard"]
    x = np.array([0.8406666667, -1e9, -1e9])
    assert bard.value(x) == pytest.approx(bard.minima[1].value, rel=1e-8)
    kowalik = BY_ID["kowalik-and-osborne"]
    far = [1e9, -14.0758836, -45.2571926e9, -28.2314972e9]
    assert kowalik.value(far) == pytest.approx(kowalik.minima[1].value, rel=1e-6)
    assert [minimum.x and minimum.x[0] for minimum in kowalik.minima] == [None, inf]


def test_a_value_counts_as_reached_only_close_to_a_minimum() -> None:
    watson = BY_ID["watson-12"]
    value = watson.minima[0].value
    assert watson.reached(value)
    assert not watson.reached(value * (1 + 2 * SAME_VALUE))
    assert not watson.reached(value * (1 - 2 * SAME_VALUE))
    assert not BY_ID["rosenbrock"].reached(1e-9)
    assert not BY_ID["rosenbrock"].reached(float("nan"))


@pytest.mark.parametrize(("x", "turn"), [((0.0, 1.0), 0.25), ((0.0, -1.0), -0.25), ((-1.0, 0.0), 0.5)])
def test_the_helix_is_defined_on_its_axes(x: tuple[float, float], turn: float) -> None:
    r, J = fixed.helical_valley(np.array([*x, 0.0]))
    assert r[0] == pytest.approx(-100 * turn)
    assert J[0, :2] == pytest.approx([100 * x[1] / (2 * pi), -100 * x[0] / (2 * pi)])


def test_gulf_is_defined_where_a_distance_vanishes() -> None:
    J = fixed.gulf(np.array([50.0, 25.0, 1.5]), m=100)[1]
    assert np.isfinite(J).all()


def test_an_objective_of_a_problem_asks_for_exact_gradients() -> None:
    f = BY_ID["beale"].objective()
    assert f.n == 2
    assert f.derivative == "given"
    assert f.value([1, 1]) == 14.203125
