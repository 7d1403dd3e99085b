"""Statistics of a fit against NIST's certified values, SciPy, lmfit and their definitions."""

from __future__ import annotations

import math

import lmfit
import numpy as np
import pytest
import scipy.optimize
import scipy.stats

import thalweg as tw
from thalweg.errors import ParameterError
from thalweg.fit.cautions import cautions, undetermined
from thalweg.fit.statistics import Statistics
from thalweg.nist.sets import ReferenceSet, reference_sets

RNG = np.random.default_rng(5)
T = np.linspace(0.0, 4.0, 25)
SIGMA = 0.02 + 0.05 * T
Y = 3.0 * np.exp(-0.7 * T) + SIGMA * RNG.normal(size=len(T))


def decay(t: np.ndarray, a: float, k: float) -> np.ndarray:
    return a * np.exp(-k * t)


def of_decay(weights: np.ndarray, *, known: bool) -> Statistics:
    """Fitted by SciPy, so that only what follows from R is ours."""
    x, _ = scipy.optimize.curve_fit(
        decay, T, Y, (3, 1), 1 / np.sqrt(weights), xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    jacobian = slopes(T, *x) * np.sqrt(weights)[:, None]
    return Statistics(
        names=("a", "k"),
        x=x,
        factor=np.linalg.qr(jacobian)[1],
        rss=float(np.sum(weights * (Y - decay(T, *x)) ** 2)),
        rows=len(T),
        total=float(np.sum(weights * (Y - np.average(Y, weights=weights)) ** 2)),
        known=known,
        log_weights=float(np.sum(np.log(weights))),
    )


def slopes(t: np.ndarray, a: float, k: float) -> np.ndarray:
    return np.column_stack([np.exp(-k * t), -a * t * np.exp(-k * t)])


@pytest.mark.parametrize("known", [False, True])
def test_covariance_is_that_of_scipys_curve_fit(known: bool) -> None:
    options = {"absolute_sigma": known, "jac": slopes, "xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
    _, covariance = scipy.optimize.curve_fit(decay, T, Y, (3, 1), SIGMA, **options)
    found = of_decay(1 / SIGMA**2, known=known)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-6)
    deviations = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(found.correlation, covariance / np.outer(deviations, deviations), rtol=1e-6)


def test_weights_that_are_only_relative_may_be_multiplied_by_anything() -> None:
    once, thrice = (of_decay(scale / SIGMA**2, known=False) for scale in (1.0, 3.0))
    np.testing.assert_allclose(once.covariance, thrice.covariance, rtol=1e-6)
    assert once.log_likelihood == pytest.approx(thrice.log_likelihood, rel=1e-9)


def test_information_criteria_differ_from_lmfits_by_what_the_docstring_says() -> None:
    model = lmfit.Model(decay)
    theirs = model.fit(Y, t=T, a=3, k=1)
    mine = of_decay(np.ones(len(T)), known=False)
    constant = len(T) * (math.log(2 * math.pi) + 1)
    assert mine.aic - constant - 2 == pytest.approx(theirs.aic, rel=1e-9)
    assert mine.bic - constant - math.log(len(T)) == pytest.approx(theirs.bic, rel=1e-9)
    assert mine.r_squared == pytest.approx(theirs.rsquared, rel=1e-9)


@pytest.mark.parametrize("known", [False, True])
def test_the_log_likelihood_is_the_sum_over_normal_densities(known: bool) -> None:
    found = of_decay(1 / SIGMA**2, known=known)
    spread = SIGMA if known else SIGMA * math.sqrt(found.rss / len(T))  # by maximum likelihood, not s
    densities = scipy.stats.norm.logpdf(Y, decay(T, *found.x), spread)
    assert found.log_likelihood == pytest.approx(float(np.sum(densities)), rel=1e-9)


@pytest.mark.parametrize("known", [False, True])
def test_intervals_and_p_values_are_scipys(known: bool) -> None:
    found = of_decay(1 / SIGMA**2, known=known)
    law = scipy.stats.norm if known else scipy.stats.t(found.dof)
    low, high = law.ppf([0.05, 0.95])
    for row, (x, error) in enumerate(zip(found.x, found.standard_errors, strict=True)):
        assert found.intervals(0.9)[row] == pytest.approx([x + low * error, x + high * error], rel=1e-9)
        assert found.p_values[row] == pytest.approx(2 * law.sf(x / error), rel=1e-7)


def test_chi_square_judges_known_errors() -> None:
    found = of_decay(1 / SIGMA**2, known=True)
    assert found.goodness_of_fit == pytest.approx(scipy.stats.chi2.sf(found.rss, found.dof), rel=1e-9)
    assert math.isnan(of_decay(1 / SIGMA**2, known=False).goodness_of_fit)


@pytest.mark.parametrize("given", reference_sets("linear"), ids=lambda given: given.name)
def test_residual_deviation_and_r_squared_are_nists(given: ReferenceSet) -> None:
    certified = given.certified
    y = np.array(given.data["y"])
    about_mean = given.parameters[0] == "b0"
    found = Statistics(
        names=given.parameters,
        x=np.array(certified["parameters"]),
        factor=np.eye(len(given.parameters)),
        rss=certified["rss"],
        rows=len(y),
        total=float(np.sum((y - about_mean * np.mean(y)) ** 2)),
        about_mean=about_mean,
    )
    assert found.dof == certified["dof"]
    assert found.residual_standard_deviation == pytest.approx(certified["residual_std"], rel=1e-13)
    assert found.r_squared == pytest.approx(certified["r_squared"], abs=2e-14)


def test_adjusted_r_squared_compares_variances() -> None:
    found = of_decay(np.ones(len(T)), known=False)
    assert found.adjusted_r_squared == pytest.approx(
        1 - found.residual_variance / np.var(Y, ddof=1), rel=1e-9
    )


def plain(factor: np.ndarray, x: list[float], **others: object) -> Statistics:
    names = [f"b{j + 1}" for j in range(len(x))]
    given = {"rss": 1.0, "rows": 20, "total": 10.0, **others}
    return Statistics(names=names, x=np.array(x, dtype=float), factor=factor, **given)  # type: ignore[arg-type]


def test_parameters_that_cannot_be_told_apart_have_infinite_errors_and_the_others_their_own() -> None:
    columns = np.column_stack([T, 1e5 * T, T**2])
    found = plain(np.linalg.qr(columns)[1], [1, 1, 1])
    assert list(np.isinf(found.standard_errors)) == [True, True, False]
    reduced = plain(np.linalg.qr(columns[:, 1:])[1], [1, 1])
    # b1 and b2 are one parameter, as far as degrees of freedom go
    assert found.standard_errors[2] == pytest.approx(reduced.standard_errors[1], rel=1e-9)
    [sentence] = cautions(found)
    assert sentence == (
        "b1 and b2 cannot be told apart: raising b1 by 1 and lowering b2 by 1e-05 leaves every prediction as it is."
    )


def test_every_direction_that_the_data_leave_open_is_named() -> None:
    columns = np.column_stack([T, 2 * T, T**2, -(T**2), 0 * T])
    found = undetermined(np.linalg.qr(columns)[1], list("abcde"))
    assert found[0] == {"e": 1.0}
    for changes in found:
        moved = sum(
            change * columns["abcde".index(name)] if False else change * columns[:, "abcde".index(name)]
            for name, change in changes.items()
        )
        np.testing.assert_allclose(moved, 0.0, atol=1e-12)
    assert len(found) == 3


def test_a_parameter_on_its_bound_counts_as_given() -> None:
    columns = np.column_stack([T, T**2])
    found = plain(np.linalg.qr(columns)[1], [1, 0], held=np.array([False, True]))
    alone = plain(np.linalg.qr(columns[:, :1])[1], [1])
    assert found.dof == alone.dof == 19
    assert found.standard_errors[0] == pytest.approx(alone.standard_errors[0], rel=1e-12)
    assert math.isnan(found.standard_errors[1])


@pytest.mark.parametrize(
    ("rows", "rss", "words"),
    [
        (1, 1.0, "is 1 row for 2 parameters"),
        (2, 0.0, "as many parameters as rows (2)"),
        (20, 1e-29, "perfect"),
        (3, 1.0, "With 1 degree of freedom"),
        (4, 1.0, "With 2 degrees of freedom"),
    ],
)
def test_too_little_data_is_said(rows: int, rss: float, words: str) -> None:
    found = plain(np.eye(2), [1e3, 1e3], rows=rows, rss=rss)
    [sentence] = cautions(found)
    assert words in sentence
    assert math.isnan(found.residual_standard_deviation) is (rows <= 2)
    assert np.isnan(found.intervals()).all() == (rows <= 2)


def test_a_good_fit_needs_no_caution() -> None:
    assert cautions(of_decay(1 / SIGMA**2, known=False)) == []


def test_errors_that_the_residuals_contradict_are_named() -> None:
    [small] = cautions(of_decay(0.01 / SIGMA**2, known=True))
    [large] = cautions(of_decay(100 / SIGMA**2, known=True))
    assert "smaller than" in small
    assert "larger than" in large


def test_a_perfect_fit_has_infinite_likelihood_and_no_error() -> None:
    found = plain(np.eye(2), [1, 2], rss=0.0)
    assert found.log_likelihood == math.inf
    assert list(found.p_values) == [0.0, 0.0]
    assert list(found.standard_errors) == [0.0, 0.0]


def test_a_level_is_between_0_and_1() -> None:
    with pytest.raises(ParameterError, match="between 0 and 1"):
        plain(np.eye(1), [1]).intervals(95)


def test_degrees_of_freedom_are_rows_less_what_they_determine() -> None:
    # two places, three parameters: R's lm(y ~ x + I(x^2)) leaves 4 degrees of freedom and drops one coefficient
    fit = tw.fit("a + b*x + c*x^2", {"x": [1, 1, 1, 2, 2, 2], "y": [1, 2, 3, 4, 5, 6]})
    assert fit.degrees_of_freedom == 4
    assert fit.residual_standard_deviation == pytest.approx(1.0)
    assert fit.band({"x": [1.0]}).standard_error == pytest.approx([3**-0.5])
    assert fit.aic == pytest.approx(6 * (np.log(2 * np.pi * 4 / 6) + 1) + 2 * 3)
    assert not fit.success


def test_a_constant_alone_explains_nothing() -> None:
    assert tw.fit("a", {"y": [0.1, 0.2, 0.4]}).r_squared == 0.0
