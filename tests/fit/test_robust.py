"""What robust losses and penalties mean for the numbers of a fit: against simulation, Huber's formula, and algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

import thalweg as tw

X = np.linspace(0, 5, 60)
MODEL = "a*exp(-k*x) + c"
TRUTH = np.array([3.0, 0.8, 0.5])


def curve(p: Any) -> Any:
    return p[0] * np.exp(-p[1] * X) + p[2]


def contaminated(random: np.random.Generator) -> Any:
    return curve(TRUTH) + 0.05 * random.normal(size=60) + (random.random(60) < 0.1) * random.normal(size=60)


@pytest.mark.parametrize("loss", ["huber", "soft_l1", "cauchy"])
def test_standard_errors_are_how_much_estimates_vary(loss: Any) -> None:
    random = np.random.default_rng(1)
    fits = [
        tw.fit(MODEL, {"x": X, "y": contaminated(random)}, loss=loss, f_scale=0.1, start=TRUTH)
        for _ in range(300)
    ]
    found = np.array([list(fit.parameters.values()) for fit in fits])
    told = np.median([fit.statistics.standard_errors for fit in fits], axis=0)
    assert told == pytest.approx(found.std(axis=0), rel=0.15)


def test_the_covariance_is_huber_s() -> None:
    y = contaminated(np.random.default_rng(5))
    fit = tw.fit(MODEL, {"x": X, "y": y}, loss="huber", f_scale=0.1, start=TRUTH)
    found = least_squares(
        lambda p: curve(p) - y, TRUTH, loss="huber", f_scale=0.1, xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    assert fit.solution.x == pytest.approx(found.x, rel=1e-6)
    r = curve(found.x) - y
    outside = np.abs(r) > 0.1
    slope = np.where(outside, 0.1 / np.maximum(np.abs(r), 1e-300), 1.0)
    curvature = np.where(outside, 0.1 * slope, 1.0)  # never less than a tenth of the slope
    e = np.exp(-found.x[1] * X)
    J = np.column_stack([e, -found.x[0] * X * e, np.ones(60)])
    variance = np.sum((slope * r) ** 2) / 57 / np.mean(curvature)
    assert fit.covariance == pytest.approx(variance * np.linalg.inv((J.T * curvature) @ J), rel=1e-5)
    assert fit.rss == pytest.approx(r @ r, rel=1e-6)  # squares, not what the loss makes of them
    assert fit.r_squared == pytest.approx(1 - r @ r / np.sum((y - y.mean()) ** 2), rel=1e-6)
    assert np.isnan([fit.aic, fit.bic, fit.log_likelihood]).all()
    assert any("M-estimate" in caution for caution in fit.cautions)
    low, high = fit.profile("k").interval
    error = fit.standard_errors["k"]
    assert high - low == pytest.approx(2 * 2.0025 * error, rel=0.1)  # t of 57 degrees of freedom


def test_a_robust_loss_that_meets_no_outlier_changes_nothing() -> None:
    y = curve(TRUTH) + 0.05 * np.random.default_rng(2).normal(size=60)
    plain = tw.fit(MODEL, {"x": X, "y": y}, start=TRUTH)
    robust = tw.fit(MODEL, {"x": X, "y": y}, loss="huber", f_scale=10.0, start=TRUTH)
    assert robust.covariance == pytest.approx(plain.covariance, rel=1e-8)
    assert robust.profile("a").interval == pytest.approx(plain.profile("a").interval, rel=1e-8)
    assert robust.band().standard_error == pytest.approx(plain.band().standard_error, rel=1e-8)


def test_a_ridge_is_a_normal_prior() -> None:
    y = contaminated(np.random.default_rng(3))
    design = np.column_stack([np.ones(60), X, X**2])
    fit = tw.fit("a + b*x + c*x^2", {"x": X, "y": y}, ridge=0.5)
    precision = design.T @ design + 0.5 * np.eye(3)
    right = np.linalg.solve(precision, design.T @ y)
    r = y - design @ right
    assert fit.solution.x == pytest.approx(right, rel=1e-10)
    assert fit.rss == pytest.approx(r @ r, rel=1e-10)
    assert fit.covariance == pytest.approx(r @ r / 57 * np.linalg.inv(precision), rel=1e-9)
    low, high = fit.profile("b").interval  # of the penalised sum, which is a parabola here
    assert (low, high) == pytest.approx(fit.confidence_intervals()["b"], rel=1e-7)
