"""`tw.fit` from end to end, against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import curve_fit

import thalweg as tw

X = np.array([1.0, 2, 3, 5, 7, 10])
BOD = {"x": X, "y": np.array([109.0, 149, 149, 191, 213, 224])}


def test_estimates_and_errors_are_those_of_curve_fit() -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start={"b2": 0.75, "b1": 100})
    best, covariance = curve_fit(
        lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)), X, BOD["y"], [100, 0.75], ftol=1e-14, xtol=1e-14
    )
    assert_allclose(list(fit.parameters.values()), best, rtol=1e-7)
    assert_allclose(fit.covariance, covariance, rtol=1e-5)
    assert fit.degrees_of_freedom == 4


def test_the_end_is_a_fixed_point() -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start=[1, 1])
    assert fit.solution.relative_offset < 1e-12


@pytest.mark.parametrize("start", [{"b1": 1}, {"b1": 1, "b2": 1, "b3": 1}, [1, 2, 3], "none"])
def test_a_start_that_does_not_fit_is_named(start: object) -> None:
    with pytest.raises(tw.ParameterError, match=r"start"):
        tw.fit("b1*(1-exp(-b2*x))", BOD, start=start)
