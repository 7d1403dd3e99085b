"""What a fit tells, prints and keeps, against SciPy, lmfit and pandas' and JSON's own readers."""

from __future__ import annotations

import json
import math

import lmfit
import numpy as np
import pandas
import pytest
import scipy.optimize
import scipy.stats
from matplotlib import pyplot

import thalweg as tw

RNG = np.random.default_rng(3)
X = np.linspace(0.5, 10.0, 40)
DATA = {"x": X, "y": 3.0 * np.exp(-0.4 * X) + 1.0 + 0.05 * RNG.normal(size=40)}


def decay(x: np.ndarray, a: float, k: float, c: float) -> np.ndarray:
    return a * np.exp(-k * x) + c


@pytest.fixture(scope="module")
def fit() -> tw.Fit:
    return tw.fit("a*exp(-k*x) + c", DATA, start={"a": 1, "k": 1, "c": 0})


@pytest.fixture(scope="module")
def theirs() -> lmfit.model.ModelResult:
    return lmfit.Model(decay).fit(DATA["y"], x=X, a=1, k=1, c=0, fit_kws={"ftol": 1e-14, "xtol": 1e-14})


def test_estimates_and_errors_are_lmfits(fit: tw.Fit, theirs: lmfit.model.ModelResult) -> None:
    for name, value in fit.parameters.items():
        assert value == pytest.approx(theirs.params[name].value, rel=1e-6)
        assert fit.standard_errors[name] == pytest.approx(theirs.params[name].stderr, rel=1e-4)
    assert fit.r_squared == pytest.approx(theirs.rsquared, rel=1e-9)
    assert fit.rss == pytest.approx(theirs.chisqr, rel=1e-9)


def test_bands_are_lmfits(fit: tw.Fit, theirs: lmfit.model.ModelResult) -> None:
    """Both scale by t at the same coverage; lmfit takes a number of standard deviations."""
    at = {"x": np.array([0.1, 3.0, 12.0])}
    band, new = fit.band(at, level=0.6826894921), fit.band(at, level=0.6826894921, kind="prediction")
    half = theirs.eval_uncertainty(x=at["x"], sigma=1)
    np.testing.assert_allclose(band.upper - band.prediction, half, rtol=1e-3)
    np.testing.assert_allclose(new.upper - new.prediction, theirs.dely_predicted, rtol=1e-3)


def test_bands_hold_what_they_say_over_many_data_sets() -> None:
    at = {"x": np.array([0.5, 3.0, 9.0])}
    truth = decay(at["x"], 3.0, 0.4, 1.0)
    curve, new = [], []
    for _ in range(250):
        data = {"x": X, "y": decay(X, 3.0, 0.4, 1.0) + 0.05 * RNG.normal(size=40)}
        again = tw.fit("a*exp(-k*x) + c", data, start=[3, 0.4, 1])
        band = again.band(at, level=0.9)
        curve.append((truth > band.lower) & (truth < band.upper))
        band = again.band(at, level=0.9, kind="prediction")
        response = truth + 0.05 * RNG.normal(size=3)
        new.append((response > band.lower) & (response < band.upper))
    assert np.mean(curve) == pytest.approx(0.9, abs=0.05)
    assert np.mean(new) == pytest.approx(0.9, abs=0.05)


def test_residuals_are_response_less_prediction(fit: tw.Fit) -> None:
    np.testing.assert_allclose(fit.residuals, DATA["y"] - decay(X, **fit.parameters), atol=1e-12)
    np.testing.assert_array_equal(fit.predict(), fit.fitted)
    assert fit.predict({"x": [2.0]})[0] == pytest.approx(decay(np.array(2.0), **fit.parameters))


def test_diagnostics_follow_the_predictor_in_whatever_order_the_rows_come(fit: tw.Fit) -> None:
    order = RNG.permutation(len(X))
    mixed = tw.fit(
        "a*exp(-k*x) + c", {name: column[order] for name, column in DATA.items()}, start=[3, 0.4, 1]
    )
    assert mixed.diagnostics.runs == fit.diagnostics.runs
    assert mixed.diagnostics.durbin_watson == pytest.approx(fit.diagnostics.durbin_watson, rel=1e-6)
    assert np.sum(fit.diagnostics.leverage) == pytest.approx(3.0)


def test_the_printed_table_shows_the_numbers(fit: tw.Fit) -> None:
    text = str(fit)
    lines = [line for line in text.splitlines() if line.startswith(("a ", "k ", "c "))]
    for line, (name, value) in zip(lines, fit.parameters.items(), strict=True):
        cells = line.split()
        assert cells[0] == name
        assert float(cells[1]) == pytest.approx(value, rel=1e-6)
        assert float(cells[2]) == pytest.approx(fit.standard_errors[name], rel=1e-3)
        low, high = fit.confidence_intervals()[name]
        assert [float(cell) for cell in cells[5:]] == pytest.approx([low, high], rel=1e-5)
    assert "on 37 degrees of freedom" in text
    assert "90 % from" in fit.summary(0.9)
    assert fit._repr_html_().count("<tr>") == 4
    assert "residual standard deviation" in repr(fit)


def test_text_of_the_user_is_escaped_in_html() -> None:
    page = tw.fit("where(x<3, a, b)", DATA)._repr_html_()
    assert "where(x&lt;3, a, b)" in page


def test_a_dictionary_of_everything_goes_through_json(fit: tw.Fit) -> None:
    told = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert [row["estimate"] for row in told["parameters"]] == list(fit.parameters.values())
    assert told["covariance"] == fit.covariance.tolist()
    assert told["success"] is True
    assert told["start"] == {"a": 1, "k": 1, "c": 0}


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_hold_the_table(fit: tw.Fit, library: str) -> None:
    frame = fit.to_frame(library=library)
    assert type(frame).__module__.startswith(library)
    assert list(frame["name"]) == ["a", "k", "c"]
    assert list(frame["standard_error"]) == list(fit.standard_errors.values())


def test_the_frame_is_pandas_unless_another_is_wanted(fit: tw.Fit) -> None:
    assert isinstance(fit.to_frame(), pandas.DataFrame)
    with pytest.raises(tw.ParameterError, match="'pandas' or 'polars'"):
        fit.to_frame(library="arrow")  # type: ignore[arg-type]


def test_covariance_is_scipys(fit: tw.Fit) -> None:
    _, covariance = scipy.optimize.curve_fit(decay, X, DATA["y"], [1, 1, 0], ftol=1e-14, xtol=1e-14)
    np.testing.assert_allclose(fit.covariance, covariance, rtol=1e-4)
    assert fit.correlation[0, 1] == pytest.approx(
        covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1]), rel=1e-4
    )


def test_a_fit_that_did_not_arrive_says_so_first() -> None:
    fit = tw.fit("a*exp(-k*x) + c", DATA, start=[1, 1, 0], max_iterations=1)
    assert not fit.success
    assert fit.cautions[0].startswith("The fit has not arrived")
    assert fit.cautions[0] in str(fit)


def test_parameters_that_cannot_be_told_apart_are_named() -> None:
    fit = tw.fit("a*b*x", DATA, start=[1, 1])
    assert any(text.startswith("a and b cannot be told apart") for text in fit.cautions)
    assert not fit.success
    assert set(fit.standard_errors.values()) == {math.inf}
    assert np.isfinite(fit.band().standard_error).all()  # the curve is known all the same


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda fit: fit.confidence_intervals(2.0), "between 0 and 1"),
        (lambda fit: fit.confidence_intervals(method="bootstrap"), "'asymptotic' or 'profile'"),
        (lambda fit: fit.band(kind="both"), "'confidence' or 'prediction'"),
        (lambda fit: fit.plot("pie"), "a picture is"),
        (lambda fit: fit.plot("residuals", level=0.9), "has no option 'level'"),
        (lambda fit: fit.plot(theme="sepia"), "'light' or 'dark'"),
    ],
)
def test_wrong_words_are_answered_in_a_sentence(fit: tw.Fit, call: object, words: str) -> None:
    with pytest.raises(tw.ParameterError, match=words):
        call(fit)  # type: ignore[operator]


SIGMA = 0.02 + 0.01 * X
NOISY = {"x": X, "y": decay(X, 3.0, 0.4, 1.0) + SIGMA * RNG.normal(size=40), "s": SIGMA, "w": 1 / SIGMA**2}


@pytest.mark.parametrize(("named", "absolute"), [({"errors": "s"}, True), ({"weights": "w"}, False)])
def test_errors_are_absolute_and_weights_relative(named: dict[str, str], absolute: bool) -> None:
    fit = tw.fit("a*exp(-k*x) + c", NOISY, start=[1, 1, 0], **named)
    best, covariance = scipy.optimize.curve_fit(
        decay, X, NOISY["y"], [1, 1, 0], SIGMA, absolute_sigma=absolute, ftol=1e-14, xtol=1e-14
    )
    assert list(fit.parameters.values()) == pytest.approx(best, rel=1e-6)
    np.testing.assert_allclose(fit.covariance, covariance, rtol=1e-4)
    assert ("Chi-square" in str(fit)) is absolute


def test_weighted_figures_are_lmfits_and_those_of_normal_densities() -> None:
    fit = tw.fit("a*exp(-k*x) + c", NOISY, start=[1, 1, 0], errors="s")
    theirs = lmfit.Model(decay).fit(NOISY["y"], x=X, a=1, k=1, c=0, weights=1 / SIGMA, scale_covar=False)
    assert fit.rss == pytest.approx(theirs.chisqr, rel=1e-9)
    densities = scipy.stats.norm.logpdf(NOISY["y"], fit.fitted, SIGMA)
    assert fit.log_likelihood == pytest.approx(float(np.sum(densities)), rel=1e-9)
    assert fit.statistics.goodness_of_fit == pytest.approx(scipy.stats.chi2.sf(fit.rss, 37), rel=1e-9)
    assert fit.diagnostics.standardized[7] == pytest.approx(
        fit.residuals[7] / SIGMA[7] / math.sqrt(1 - fit.diagnostics.leverage[7])
    )
    assert np.sum(fit.diagnostics.leverage) == pytest.approx(3.0)


def test_the_profile_of_a_weighted_linear_fit_is_its_usual_interval() -> None:
    fit = tw.fit("m*x + b", NOISY, weights="w")
    for name, usual in fit.confidence_intervals().items():
        assert fit.profile(name).interval == pytest.approx(usual, rel=1e-7)


def test_a_row_of_weight_0_does_not_count() -> None:
    weights = np.where(np.arange(40) < 30, 1.0, 0.0)
    fit = tw.fit("m*x + b", DATA, weights=weights)
    less = tw.fit("m*x + b", {name: column[:30] for name, column in DATA.items()})
    assert fit.degrees_of_freedom == less.degrees_of_freedom
    for name, error in less.standard_errors.items():
        assert fit.standard_errors[name] == pytest.approx(error, rel=1e-9)
    assert fit.bic == pytest.approx(less.bic, rel=1e-9)


def test_new_rows_of_a_fit_with_known_errors_have_none() -> None:
    fit = tw.fit("a*exp(-k*x) + c", NOISY, start=[1, 1, 0], errors="s")
    own = fit.band(kind="prediction")
    assert own.standard_error == pytest.approx(np.hypot(fit.band().standard_error, SIGMA))
    with pytest.raises(tw.ParameterError, match="not known"):
        fit.band({"x": [1.0]}, kind="prediction")


def test_what_is_fixed_or_at_a_bound_is_held_in_profiles_too() -> None:
    fit = tw.fit("a*exp(-k*x) + c", DATA, start={"a": 1, "k": 1}, fixed={"c": 1.0})
    reduced = tw.fit("a*exp(-k*x) + 1.0", DATA, start={"a": 1, "k": 1})
    assert fit.degrees_of_freedom == 38
    assert math.isnan(fit.standard_errors["c"])
    for name in ("a", "k"):
        assert fit.standard_errors[name] == pytest.approx(reduced.standard_errors[name], rel=1e-6)
        assert fit.profile(name).interval == pytest.approx(reduced.profile(name).interval, rel=1e-6)
    end = tw.fit("a*exp(-k*x) + c", DATA, start=[3, 0.4, 1]).parameters["a"] + 0.01
    bounded = tw.fit("a*exp(-k*x) + c", DATA, start=[2.5, 0.4, 1], bounds={"a": (None, end)})
    assert bounded.profile("a").interval[1] == end


def test_an_equation_is_told_as_it_was_typed() -> None:
    fit = tw.fit("log(y) = a + b*x", {"x": [1, 2, 3, 4], "y": np.exp([1.1, 1.9, 3.2, 3.9])})
    assert fit.describe().startswith("log(y) = a + b*x, 4 rows")
    assert fit.residuals == pytest.approx([1.1, 1.9, 3.2, 3.9] - fit.fitted)
    assert fit.plot().axes[0].get_ylabel() == "log(y)"
    pyplot.close("all")
