"""Profile likelihood against lmfit, closed forms, and the limits of what data say."""

from __future__ import annotations

import math

import lmfit
import numpy as np
import pytest
from scipy.optimize import brentq

import thalweg as tw
from thalweg.fit.profile import ProfileError

BOD = {"x": np.array([1.0, 2, 3, 5, 7, 10]), "y": np.array([109.0, 149, 149, 191, 213, 224])}


def growth(x: np.ndarray, b1: float, b2: float) -> np.ndarray:
    return b1 * (1 - np.exp(-b2 * x))


def test_profile_intervals_are_those_of_lmfit() -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start=[100, 0.75])
    theirs = lmfit.Model(growth).fit(BOD["y"], x=BOD["x"], b1=100, b2=0.75)
    intervals = theirs.conf_interval(sigmas=[0.95])
    for name, (low, high) in fit.confidence_intervals(method="profile").items():
        assert low == pytest.approx(intervals[name][0][1], rel=1e-4)
        assert high == pytest.approx(intervals[name][-1][1], rel=1e-4)


def test_a_linear_models_profile_is_straight_and_its_interval_the_usual_one() -> None:
    data = {"t": np.arange(8.0), "y": np.array([1.0, 3.2, 4.9, 7.1, 8.8, 11.3, 12.9, 15.2])}
    fit = tw.fit("m*t + b", data)
    for name, usual in fit.confidence_intervals(0.9).items():
        profile = fit.profile(name, 0.9)
        np.testing.assert_allclose(
            profile.tau, (profile.values - profile.estimate) / profile.standard_error, rtol=1e-6, atol=1e-6
        )
        assert profile.interval == pytest.approx(usual, rel=1e-8)


def test_the_best_fits_on_the_way_are_best() -> None:
    """Held at v, the other parameter of b1 (1 - exp(-v x)) has a closed form."""
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start=[100, 0.75])
    profile = fit.profile("b2")
    for value, tau, x in zip(profile.values, profile.tau, profile.parameters, strict=True):
        basis = 1 - np.exp(-value * BOD["x"])
        b1 = basis @ BOD["y"] / (basis @ basis)
        worse = np.sum((BOD["y"] - b1 * basis) ** 2) - fit.rss
        assert x == pytest.approx([b1, value], rel=1e-6)
        assert tau == pytest.approx(
            math.copysign(
                math.sqrt(max(worse, 0.0)) / fit.residual_standard_deviation, value - profile.estimate
            ),
            abs=1e-5,
        )


def test_a_side_to_which_the_data_set_no_limit_is_open() -> None:
    data = {
        "x": BOD["x"],
        "y": np.array([200.0, 205, 203, 199, 206, 202]),
    }  # saturated from the first point on
    fit = tw.fit("b1*(1-exp(-b2*x))", data, start=[200, 3])
    low, high = fit.profile("b2").interval
    assert 1 < low < fit.parameters["b2"]
    assert high == math.inf


def test_a_model_of_one_parameter_has_a_profile_too() -> None:
    fit = tw.fit("m*x", {"x": [1, 2, 3, 4], "y": [2.1, 3.9, 6.2, 7.9]})
    assert fit.profile("m").interval == pytest.approx(fit.confidence_intervals()["m"], rel=1e-9)


def test_a_better_fit_on_the_way_is_an_error() -> None:
    x = np.linspace(0, 10, 40)
    data = {"x": x, "y": np.sin(1.3 * x)}
    stuck = tw.fit("sin(w*x)", data, start=[2.6])
    assert stuck.rss > 1
    with pytest.raises(ProfileError, match="better fit"):
        stuck.profile("w", 0.999999999)


def test_a_name_that_is_no_parameter() -> None:
    with pytest.raises(tw.ParameterError, match="the parameters are m"):
        tw.fit("m*x", {"x": [1, 2], "y": [1, 2]}).profile("b")


def test_a_parameter_at_its_bound_has_a_profile_to_one_side() -> None:
    random = np.random.default_rng(1)
    x = np.linspace(0, 5, 30)
    y = 3 * np.exp(-0.8 * x) + 0.5 + 0.05 * random.normal(size=30)
    fit = tw.fit("a*exp(-k*x) + c", {"x": x, "y": y}, bounds={"k": (0, 0.5)}, start=[1, 0.4, 0])

    def least(k: float) -> float:
        design = np.column_stack([np.exp(-k * x), np.ones(30)])
        a = np.linalg.lstsq(design, y, rcond=None)[0]
        return float(np.sum((y - design @ a) ** 2))

    variance = least(0.5) / 28
    limit = 2.048407141795244  # t of 28 degrees of freedom at 95 %
    end = brentq(lambda k: (least(k) - least(0.5)) / variance - limit**2, 0.3, 0.5, xtol=1e-14)
    assert fit.profile("k").interval == pytest.approx((end, 0.5), rel=1e-8)


def test_what_stands_at_a_bound_leaves_it_when_another_is_held_elsewhere() -> None:
    x = np.linspace(0, 5, 30)
    y = 3 * np.exp(-0.8 * x) + 0.5 + 0.05 * np.random.default_rng(1).normal(size=30)
    fit = tw.fit("a*exp(-k*x) + c", {"x": x, "y": y}, bounds={"k": (0, 0.78)}, start=[1, 0.4, 0])
    profile = fit.profile("c")
    assert fit.parameters["k"] == 0.78
    assert profile.parameters[0, 1] < 0.78 - 1e-3


def test_the_profile_of_a_perfect_fit_is_its_rounding() -> None:
    x = np.linspace(0, 5, 30)
    fit = tw.fit("a*exp(-k*x) + c", {"x": x, "y": 3 * np.exp(-0.8 * x) + 0.5}, start=[1, 1, 0])
    for name, value in {"a": 3.0, "k": 0.8, "c": 0.5}.items():
        assert fit.profile(name).interval == pytest.approx((value, value), rel=1e-14)
