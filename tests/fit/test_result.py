"""What a fit tells, prints and keeps, against SciPy, lmfit and pandas' and JSON's own readers."""

from __future__ import annotations

import json
import math

import lmfit
import numpy as np
import pandas
import pytest
import scipy.optimize

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
