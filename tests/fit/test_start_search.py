"""A fit without a start says what its search met."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from scipy.optimize import curve_fit, least_squares

import thalweg as tw
from thalweg.nist.scores import plain_data
from thalweg.nist.sets import ReferenceSet, reference_set, reference_sets
from thalweg.objective.least_squares import LeastSquares

T = np.linspace(0, 6, 40)
Y = 2 * np.sin(3 * T) + 0.1 * np.random.default_rng(1).normal(size=40)


def test_other_minima_are_told_with_their_sum_of_squares() -> None:
    fit = tw.fit("a*sin(w*t)", {"t": T, "y": Y})
    assert fit.success
    [caution] = fit.cautions
    said = re.search(r"met (\d+) other minim.* the lowest has ([\d.]+) times", caution)
    assert said is not None
    minima = [
        least_squares(lambda x: x[0] * np.sin(x[1] * T) - Y, [1, w], xtol=1e-12, ftol=1e-12, gtol=1e-12)
        for w in np.linspace(0.2, 12, 60)
    ]
    sums = sorted({float(f"{2 * each.cost:.5g}") for each in minima})
    assert abs(fit.rss / sums[0] - 1) < 1e-4
    ratio = float(said[2])
    assert min(abs(ratio * fit.rss / other - 1) for other in sums[1:]) < 1e-3


def test_a_single_minimum_needs_no_caution() -> None:
    given = reference_set("Misra1a")
    fit = tw.fit(given.model, plain_data(given), parameters=given.parameters)
    assert given.digits(fit.parameters.values()) > 9
    assert fit.cautions == []


def test_the_same_data_give_the_same_start() -> None:
    one, two = (tw.fit("a*sin(w*t)", {"t": T, "y": Y}).solution for _ in range(2))
    assert one.start.tolist() == two.start.tolist()
    assert one.warnings == two.warnings


def certified_sum(given: ReferenceSet) -> float:
    """The residual sum of squares at the certified parameters."""
    squares = LeastSquares(given.model, plain_data(given), parameters=given.parameters, loss="sum")
    return float(squares.value([float(text) for text in given.refined["parameters"]]))


@pytest.mark.parametrize("given", reference_sets("nonlinear"), ids=lambda given: given.name)
def test_every_reference_set_is_found_without_a_start(given: ReferenceSet) -> None:
    fit = tw.fit(given.model, plain_data(given), parameters=given.parameters)
    # terms may come out in another order, so it is the sum of squares that tells
    assert fit.rss <= certified_sum(given) * (1 + 1e-6) + 1e-20
    assert fit.success


PEAKS = np.linspace(0, 10, 200)
X = np.linspace(0, 10, 120)
MODELS: dict[str, tuple[str, Any, dict[str, float]]] = {
    "two sines": (
        "a*sin(w*x + p) + b*sin(v*x + q) + c",
        X,
        {"a": 2, "w": 3.1, "p": 0.4, "b": 1, "v": 7.7, "q": 2, "c": 0.5},
    ),
    "far and small": (
        "a*exp(-(x - m)^2/(2*s^2)) + c",
        np.linspace(1e9, 1.001e9, 100),
        {"a": 1e-12, "m": 1.0003e9, "s": 5e4, "c": 1e-12},
    ),
    "arrhenius": ("A*exp(-E/(8.314*x))", np.linspace(300, 500, 30), {"A": 1e7, "E": 5e4}),
    "hill": ("a*x^n/(k^n + x^n) + c", X[1:], {"a": 3, "n": 3.3, "k": 4, "c": 0.2}),
    "short period": ("a*sin(2*pi*x/P + p) + c", np.linspace(0, 100, 200), {"a": 1, "P": 1.7, "p": 0.3, "c": 4}),
    "late step": ("a*tanh((x - b)/c) + d", np.linspace(2000, 2020, 50), {"a": 3, "b": 2013, "c": 2, "d": 1}),
    "two lines": ("where(x < k, a + b*x, a + b*k + c*(x - k))", X, {"k": 4, "a": 1, "b": 2, "c": -1}),
    "soliton": ("a*sech((x - b)/c)^2 + d", PEAKS, {"a": 2, "b": 6.2, "c": 0.4, "d": 0.3}),
    "diode": ("I*(exp(x/(n*0.02585)) - 1)", np.linspace(0.3, 0.7, 30), {"I": 1e-12, "n": 1.1}),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_models_that_scientists_fit_are_found_without_a_start(name: str) -> None:
    model, x, truth = MODELS[name]
    right = LeastSquares(model, {"x": x, "y": np.zeros(len(x))}, parameters=list(truth)).predict(
        list(truth.values())
    )
    noise = 0.02 * np.std(right) * np.random.default_rng(7).normal(size=len(x))
    fit = tw.fit(model, {"x": x, "y": right + noise})
    assert fit.success
    assert fit.rss < noise @ noise  # the least sum is below that at the truth
    assert np.allclose(fit.predict(), right, atol=0.05 * np.std(right), rtol=0)


def test_any_frequency_up_to_that_of_the_sampling_is_found() -> None:
    t, grid, random = np.linspace(0, 5, 150), np.linspace(0.2, 93, 3000), np.random.default_rng(0)
    waves = np.stack([np.sin(np.outer(grid, t)), np.cos(np.outer(grid, t)), np.ones((3000, 150))], axis=2)
    q = np.linalg.qr(waves).Q  # at each frequency the rest is linear: no wave of the grid may leave less
    for w in np.linspace(3, 88, 30):
        y = 0.3 * np.sin(w * t + 1) + 1 + 0.2 * random.normal(size=len(t))
        least = np.min(y @ y - np.sum(np.einsum("fti,t->fi", q, y) ** 2, axis=1))
        assert tw.fit("a*sin(w*t + p) + c", {"t": t, "y": y}).rss <= least, w


def test_bounds_hold_what_is_solved_out_too() -> None:
    right = 3 * np.exp(-0.5 * X) + np.exp(-0.05 * X)
    y = right + 0.02 * np.random.default_rng(3).normal(size=len(X))
    bounds = {"a": (0, 2.5), "b": (0, 2.5), "k": (0, 10), "l": (0, 10)}
    fit = tw.fit("a*exp(-k*x) + b*exp(-l*x)", {"x": X, "y": y}, bounds=bounds)
    truth, _ = curve_fit(
        lambda x, a, b, k, m: a * np.exp(-k * x) + b * np.exp(-m * x),
        X, y, [2.4, 1, 0.5, 0.05], bounds=([0] * 4, [2.5, 2.5, 10, 10]), xtol=1e-15, ftol=1e-15, gtol=1e-15,
    )  # fmt: skip
    best = truth[0] * np.exp(-truth[2] * X) + truth[1] * np.exp(-truth[3] * X)
    assert fit.rss <= np.sum((y - best) ** 2) * (1 + 1e-6)
    assert 0 <= fit.parameters["a"] <= 2.5
    assert 0 <= fit.parameters["b"] <= 2.5


def test_what_is_fixed_is_not_searched() -> None:
    given = reference_set("Gauss1")
    right = dict(zip(given.parameters, given.certified["parameters"], strict=True))
    held = {name: right[name] for name in ("b1", "b5", "b7")}
    fit = tw.fit(given.model, plain_data(given), parameters=given.parameters, fixed=held)
    assert "b3, b6 solved out" in fit.solution.start_from
    assert fit.rss <= certified_sum(given) * (1 + 1e-6)


def test_outliers_do_not_lead_the_search_of_a_robust_fit_astray() -> None:
    right = 3 * np.exp(-(((PEAKS - 3) / 0.5) ** 2)) + 2 * np.exp(-(((PEAKS - 6) / 0.8) ** 2))
    y = right + 0.05 * np.random.default_rng(3).normal(size=len(PEAKS))
    y[::17] += 8
    fit = tw.fit(
        "a*exp(-((x-m)/s)^2) + b*exp(-((x-n)/t)^2)", {"x": PEAKS, "y": y}, loss="cauchy", f_scale=0.1
    )
    assert sorted(round(fit.parameters[name]) for name in ("m", "n")) == [3, 6]


def test_many_rows_are_searched_by_some_of_them() -> None:
    random = np.random.default_rng(5)
    x = random.uniform(0, 10, 200_000)
    y = 2 * np.sin(7.3 * x + 1) + 0.1 * random.normal(size=len(x))
    for memory in ("1 GB", "3200 kB"):  # held, and streamed
        fit = tw.fit("a*sin(w*x + p)", {"x": x, "y": y}, memory=memory)
        assert "of the rows" in fit.solution.start_from
        assert abs(abs(fit.parameters["w"]) - 7.3) < 1e-3
        assert fit.solution.rows == 200_000


def test_a_python_function_with_a_narrow_peak_is_not_taken_for_linear() -> None:
    given = reference_set("Eckerle4")
    fit = tw.fit(lambda x, b1, b2, b3: b1 / b2 * np.exp(-0.5 * ((x - b3) / b2) ** 2), plain_data(given))
    assert "b1 solved out" in fit.solution.start_from
    assert fit.rss <= certified_sum(given) * (1 + 1e-6)


def test_how_many_descents_agree_is_said() -> None:
    fit = tw.fit("a*exp(-k*x)", {"x": X, "y": 3 * np.exp(-0.5 * X)})
    assert re.search(r"; (\d+) of \1 short descents ended there$", fit.solution.start_from)


def test_a_start_that_only_one_descent_came_to_is_cautioned_of() -> None:
    """In noise one pair of waves is as good as another."""
    t, model = np.linspace(0, 10, 60), "a*sin(w*x + p) + c*sin(v*x + q)"
    fits = [
        tw.fit(model, {"x": t, "y": np.random.default_rng(k).normal(size=(3, 60))[2]}) for k in range(20, 28)
    ]
    alone = [fit.cautions for fit in fits if "; 1 of " in fit.solution.start_from]
    assert any("only one came down" in caution for cautions in alone for caution in cautions)
    assert all("there may be better" in " ".join(cautions) for cautions in alone)
