"""A wrong gradient is told from a right one, whatever else differences may show: noise, kinks, scales, edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from thalweg.objective.gradient_check import misfit
from thalweg.objective.noise import noise_of


def check(fun, x, gradient):
    """The misfit, and how many evaluations it took."""
    calls = 0

    def counted(x):
        nonlocal calls
        calls += 1
        return fun(x)

    x = np.array(x, dtype=float)
    return misfit(counted, x, fun(x), np.array(gradient, dtype=float)), calls


@pytest.mark.parametrize("n", [2, 10, 11, 1000])
def test_a_right_gradient_passes_for_little(n: int) -> None:
    x = np.random.default_rng(n).standard_normal(n)
    found, calls = check(rosen, x, rosen_der(x))
    assert found is None
    assert calls == (2 * n if n <= 10 else 6)


@pytest.mark.parametrize("n", [2, 10, 1000])
@pytest.mark.parametrize("factor", [-1.0, 0.0, 2.0])
def test_the_wrong_component_is_named_with_both_figures(n: int, factor: float) -> None:
    x = np.random.default_rng(n).standard_normal(n)
    exact = rosen_der(x)
    place = int(np.argmax(np.abs(exact)))
    wrong = exact.copy()
    wrong[place] *= factor
    found, calls = check(rosen, x, wrong)
    assert found is not None
    assert found.component == place
    assert found.given == wrong[place]
    assert found.found == pytest.approx(exact[place], rel=1e-5)
    assert calls < 40 + 20 * math.log2(n)


def test_the_worst_of_several_is_named() -> None:
    found, _ = check(lambda x: x @ x, [1.0, 2.0, 3.0], [2.5, 10.0, 6.0])
    assert found is not None
    assert (found.component, found.given) == (1, 10.0)


def test_one_percent_is_seen_where_components_are_looked_at_one_by_one() -> None:
    x = np.array([-1.2, 1.0])
    assert check(rosen, x, rosen_der(x) * [1.01, 1.0])[0] is not None


@pytest.mark.parametrize(
    ("fun", "x", "right", "wrong"),
    [
        (lambda x: 1.0 + math.exp(-x[0] / 1e-6), [1e-6], -math.exp(-1) * 1e6, math.exp(-1) * 1e6),
        (lambda x: 1.0 + math.sin(x[0]), [1e-9], 1.0, 2.0),
        (lambda x: 1e8 + math.sin(x[0]), [0.0], 1.0, 2.0),
        (lambda x: math.sin(1e4 * x[0]), [1.0], 1e4 * math.cos(1e4), -1e4 * math.cos(1e4)),
        (lambda x: math.exp(200.0 * x[0]), [3.0], 200.0 * math.exp(600.0), 100.0 * math.exp(600.0)),
        (lambda x: 1.0, [0.0], 0.0, 1.0),
        (lambda x: float(np.float32(x[0]) ** 3), [1.7], 3 * 1.7**2, 2 * 1.7**2),
        (lambda x: x[0] ** 2 * (1 + 1e-4 * math.sin(1e9 * x[0])), [2.0], 4.0, -4.0),
    ],
    ids=["1e-6", "hidden", "large", "wavy", "steep", "constant", "float32", "noisy"],
)
def test_scales_and_noise_are_no_errors_and_hide_none(fun, x, right: float, wrong: float) -> None:
    assert check(fun, x, [right])[0] is None
    found, _ = check(fun, x, [wrong])
    assert found is not None
    assert found.given == wrong


@pytest.mark.parametrize("subgradient", [-1.0, 0.0, 0.3, 1.0])
def test_at_a_kink_every_slope_between_the_two_sides_is_right(subgradient: float) -> None:
    assert check(lambda x: abs(x[0]), [0.0], [subgradient])[0] is None
    assert check(lambda x: abs(x[0]), [0.0], [2.0])[0] is not None


def test_what_cannot_be_told_is_not_doubted() -> None:
    def edge(x):
        if x[0] < 1.0:
            raise ValueError("outside")
        return math.sqrt(x[0] - 1.0)

    assert check(edge, [1.0], [math.inf])[0] is None
    assert check(edge, [1.0], [5.0])[0] is None
    assert check(lambda x: math.nan, [1.0], [5.0])[0] is None


@pytest.mark.parametrize("level", [1e-12, 1e-8, 1e-4])
def test_the_noise_level_is_found_within_a_small_factor(level: float) -> None:
    """Moré and Wild: within a factor of four in nearly all cases."""
    random = np.random.default_rng(0)
    for _ in range(20):
        found = noise_of(lambda t: math.cos(1.0 + t) * (1.0 + level * random.standard_normal()))
        assert level / 5 <= found / math.cos(1.0) <= 5 * level


def test_a_smooth_function_has_the_noise_of_rounding() -> None:
    assert noise_of(lambda t: math.exp(1.0 + t)) <= 10 * 2.0**-52 * math.e
    assert noise_of(lambda t: 7.0) <= 2.0**-52 * 7.0
    assert noise_of(lambda t: math.nan) == math.inf
