"""`tw.fit` from end to end, against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import curve_fit

import thalweg as tw
from thalweg.nist.sets import reference_set

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


def test_a_start_of_a_linear_model_is_read_though_it_needs_none() -> None:
    assert tw.fit("m*x + b", BOD, start={"m": 1, "b": 1}).solution.direct is not None
    with pytest.raises(tw.ParameterError, match="start gives the parameters m, b, and 'q' is not one"):
        tw.fit("m*x + b", BOD, start={"m": 1, "q": 1})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"model": BOD, "data": "a*x + b"},
            "a model is a formula or a Python function, and stands before the data",
        ),
        ({"fixed": ["a"]}, r"fixed is a dict of names and values, such as \{'a': 1\}, not \['a'\]"),
        ({"bounds": [(0, 1), (0, 1)]}, r"bounds is a dict of names and values, such as \{'a': \(0, 1\)\}"),
        ({"start": [1, 1], "method": "lm", "options": ["mu"]}, "options is a dict of names and values"),
    ],
)
def test_what_is_not_by_name_gets_one_sentence(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(tw.ParameterError, match=says):
        tw.fit(**{"model": "a*x + b", "data": BOD, **arguments})


def test_a_model_without_a_column_is_cautioned_against() -> None:
    fit = tw.fit("a*xx + b", BOD, start=[1, 1, 1])
    assert any("names no column of the data" in caution for caution in fit.cautions)
    assert any("taken for parameters: a, xx, b" in caution for caution in fit.cautions)
    assert not any("names no column" in caution for caution in tw.fit("a*x + b", BOD).cautions)


def test_bounds_hold_and_are_reported() -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start=[200, 0.3], bounds={"b2": (None, 0.4)})
    assert fit.parameters["b2"] == 0.4
    assert fit.solution.free.tolist() == [True, False]
    assert any("upper bound" in warning for warning in fit.solution.warnings)
    assert fit.success
    phi = 1 - np.exp(-0.4 * X)
    assert fit.parameters["b1"] == pytest.approx(float(phi @ BOD["y"] / (phi @ phi)), rel=1e-12)


def test_fixed_parameters_stay_and_the_rest_is_the_best() -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start={"b1": 100}, fixed={"b2": 0.6})
    phi = 1 - np.exp(-0.6 * X)
    assert fit.parameters == {"b1": pytest.approx(float(phi @ BOD["y"] / (phi @ phi)), rel=1e-12), "b2": 0.6}
    assert fit.degrees_of_freedom == 5
    assert fit.success


@pytest.mark.parametrize("method", ["levenberg-marquardt", "dogleg"])
@pytest.mark.parametrize("seed", range(5))
def test_bounded_ends_meet_the_conditions_of_karush_kuhn_and_tucker(seed: int, method: str) -> None:
    generator = np.random.default_rng(seed)
    t = np.linspace(0, 3, 15)
    true = generator.uniform(0.3, 3, 3)
    y = true[0] * np.exp(-true[1] * t) + true[2] + 0.05 * generator.normal(size=15)
    lower = generator.uniform(0, 1.5, 3)
    upper = lower + generator.uniform(0.05, 2, 3)
    f = tw.LeastSquares("a*exp(-b*t) + c", {"t": t, "y": y}, loss="half")
    run = tw.descend(f, (lower + upper) / 2, method, gtol=0, bounds=list(zip(lower, upper, strict=True)))
    assert np.all(run.points >= lower)
    assert np.all(run.points <= upper)
    g = f.gradient(run.x)
    inside = (run.x > lower) & (run.x < upper)
    assert np.abs(g[inside]).max(initial=0) < 1e-6
    assert np.all(g[run.x == lower] >= 0)
    assert np.all(g[run.x == upper] <= 0)


def test_errors_give_the_estimates_of_curve_fit() -> None:
    sigma = np.array([1.0, 2, 3, 2, 1, 5])
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start=[100, 0.75], errors=sigma)
    best, covariance = curve_fit(
        lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)),
        X,
        BOD["y"],
        [100, 0.75],
        sigma,
        absolute_sigma=True,
        ftol=1e-14,
        xtol=1e-14,
    )
    assert_allclose(list(fit.parameters.values()), best, rtol=1e-7)
    assert_allclose(fit.covariance, covariance, rtol=1e-5)


@pytest.mark.parametrize("method", ["bfgs", "l-bfgs", "gauss-newton", "dogleg"])
def test_other_methods_go_down_the_same_loss(method: str) -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD, start=[200, 0.5], method=method)
    assert fit.parameters["b2"] == pytest.approx(0.54723748542, rel=1e-6)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"bounds": {"b9": (0, 1)}}, "bounds name 'b9'"),
        ({"bounds": {"b1": (2, 1)}}, "must be the lower"),
        ({"bounds": {"b1": 3}}, "lowest and its highest"),
        ({"fixed": {"b7": 1}}, "fixed name 'b7'"),
    ],
)
def test_bounds_that_cannot_be_are_named(named: dict[str, object], message: str) -> None:
    with pytest.raises(tw.ParameterError, match=message):
        tw.fit("b1*(1-exp(-b2*x))", BOD, start=[100, 0.75], **named)


def test_a_start_is_sought_and_said() -> None:
    fit = tw.fit("b1*(1-exp(-b2*x))", BOD)
    assert fit.parameters["b2"] == pytest.approx(0.54723748542, rel=1e-9)
    assert fit.solution.start_from.startswith("searched at 800 points, b1 solved out; ")
    again = tw.fit("b1*(1-exp(-b2*x))", BOD)
    assert again.parameters == fit.parameters


@pytest.mark.parametrize("name", ["DanWood", "Misra1d", "Hahn1", "MGH10", "Rat43", "Nelson"])
def test_nist_sets_are_solved_without_a_start_and_success_is_claimed(name: str) -> None:
    given = reference_set(name)
    model = given.model if given.response == "y" else f"{given.response} = {given.model}"
    fit = tw.fit(model, given.data, parameters=given.parameters)
    assert given.digits(fit.parameters.values()) > 8
    assert fit.success
