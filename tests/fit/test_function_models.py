"""Python functions as models of `tw.fit`: against NIST's certified values, SciPy's curve_fit, and the same formula."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import curve_fit

import thalweg as tw
from thalweg.nist.scores import plain_data
from thalweg.nist.sets import reference_set
from thalweg.objective.batches import Batches
from thalweg.objective.function_squares import FunctionSquares

T = np.linspace(0, 4, 30)
Y = 2 * np.exp(-0.7 * T) + 0.05 * np.random.default_rng(0).normal(size=30)
DATA = {"t": T, "y": Y}


def decay(t: Any, a: Any, b: Any) -> Any:
    return a * np.exp(-b * t)


def slopes(t: Any, a: Any, b: Any) -> Any:
    return np.column_stack([np.exp(-b * t), -a * t * np.exp(-b * t)])


NIST: dict[str, Callable[..., Any]] = {
    "Misra1a": lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)),
    "Thurber": lambda x, b1, b2, b3, b4, b5, b6, b7: (
        (b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)
    ),
    "MGH09": lambda x, b1, b2, b3, b4: b1 * (x**2 + x * b2) / (x**2 + x * b3 + b4),
    "MGH10": lambda x, b1, b2, b3: b1 * np.exp(b2 / (x + b3)),
    "Rat43": lambda x, b1, b2, b3, b4: b1 / (1 + np.exp(b2 - b3 * x)) ** (1 / b4),
    "Bennett5": lambda x, b1, b2, b3: b1 * (b2 + x) ** (-1 / b3),
    "Nelson": lambda x1, x2, b1, b2, b3: b1 - b2 * x1 * np.exp(-b3 * x2),
    "Eckerle4": lambda x, b1, b2, b3: (b1 / b2) * np.exp(-0.5 * ((x - b3) / b2) ** 2),
}


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", NIST)
def test_nist_sets_are_solved_to_the_digits_of_formulas(name: str, start: int) -> None:
    given = reference_set(name)
    fit = tw.fit(NIST[name], plain_data(given), start=given.starts[start])
    assert fit.success
    assert given.digits(fit.parameters.values()) > 9.5
    assert given.error_digits(fit.standard_errors.values()) > 6


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "weights": {"weights": 1 + T},
    "errors": {"errors": 0.05 + 0.01 * T},
    "soft l1": {"loss": "soft_l1", "f_scale": 0.05},
    "cauchy": {"loss": "cauchy", "f_scale": 0.05},
    "ridge": {"ridge": 0.1},
    "bounds": {"bounds": {"b": (0, 0.5)}, "start": [1, 0.4]},
    "fixed": {"fixed": {"b": 0.6}},
    "dogleg": {"method": "dogleg"},
    "gauss-newton": {"method": "gauss-newton"},
    "bfgs": {"method": "bfgs"},
    "newton": {"method": "newton"},
    "variable projection": {"method": "variable projection"},
    "no start": {"start": None},
    "jac": {"jac": slopes},
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_fit_of_the_formula(case: str) -> None:
    named = {"start": [1, 1], **CASES[case]}
    fit = tw.fit(decay, DATA, **named)
    named.pop("jac", None)
    formula = tw.fit("a*exp(-b*t)", DATA, **named)
    assert fit.success
    assert_allclose(fit.solution.x, formula.solution.x, rtol=1e-9)
    assert_allclose(fit.covariance, formula.covariance, rtol=1e-7)
    assert fit.r_squared == pytest.approx(formula.r_squared, rel=1e-12)
    assert_allclose(fit.residuals, formula.residuals, atol=1e-9)
    assert_allclose(fit.diagnostics.leverage, formula.diagnostics.leverage, rtol=1e-7)


def test_mini_batches_are_those_of_the_formula() -> None:
    function, formula = (
        FunctionSquares(decay, DATA, errors=1 + T),
        tw.LeastSquares("a*exp(-b*t)", DATA, errors=1 + T),
    )
    x = np.array([1.5, 0.4])
    for number in range(4):
        parts = [Batches(f, 7, seed=3).batch(number).evaluate(x) for f in (function, formula)]
        assert parts[0][0] == pytest.approx(parts[1][0], rel=1e-12)
        assert_allclose(np.asarray(parts[0][1]), np.asarray(parts[1][1]), rtol=1e-10)


def test_errors_give_what_curve_fit_gives() -> None:
    sigma = 0.05 + 0.01 * T
    best, covariance = curve_fit(
        decay, T, Y, [1, 1], sigma=sigma, absolute_sigma=True, jac=slopes, ftol=1e-15, xtol=1e-15, gtol=1e-15
    )
    fit = tw.fit(decay, DATA, errors=sigma, start=[1, 1])
    assert_allclose(fit.solution.x, best, rtol=1e-7)
    assert_allclose(fit.covariance, covariance, rtol=1e-6)


def test_profiles_and_bands_are_those_of_the_formula() -> None:
    fit, formula = (tw.fit(model, DATA, start=[1, 1]) for model in (decay, "a*exp(-b*t)"))
    assert_allclose(fit.profile("b").interval, formula.profile("b").interval, rtol=1e-8)
    new = {"t": [0.5, 9.0]}
    assert_allclose(fit.band(new).upper, formula.band(new).upper, rtol=1e-9)
    assert str(fit).startswith("y = decay(t, a, b), 30 rows of the data")


def test_where_complex_steps_go_wrong_differences_take_over() -> None:
    fit = tw.fit(lambda t, a, b: np.abs(a) * np.exp(-np.abs(b) * t), DATA, start=[1, 1])
    formula = tw.fit("a*exp(-b*t)", DATA, start=[1, 1])
    assert fit.success
    assert_allclose(fit.solution.x, formula.solution.x, rtol=1e-6)
    assert_allclose(fit.covariance, formula.covariance, rtol=1e-5)


def test_differences_are_relative_to_the_size_of_a_parameter() -> None:
    tiny = {"t": 1e7 * T, "y": Y}
    fit = tw.fit(lambda t, a, b: np.abs(a) * np.exp(-np.abs(b) * t), tiny, start=[1, 1e-7])
    assert_allclose(fit.parameters["b"], 1e-7 * tw.fit(decay, DATA, start=[1, 1]).parameters["b"], rtol=1e-6)


def test_the_first_argument_is_the_predictors_where_none_is_named_as_one() -> None:
    data = {"u": T, "v": T**2, "y": 1 + 2 * T + 3 * T**2}
    both = tw.fit(lambda X, a, b, c: a + b * X[0] + c * X[1], data, start=[0, 0, 0])
    assert_allclose(both.solution.x, [1, 2, 3], rtol=1e-9)
    one = tw.fit(lambda x, k: k * x, {"u": T, "y": 2 * T}, start=[1])
    assert one.parameters["k"] == pytest.approx(2, rel=1e-12)
    assert one.solution.objective.columns == ("u",)


def test_open_parameters_are_named_by_the_start_or_by_parameters() -> None:
    def open_decay(t: Any, *p: Any) -> Any:
        return p[0] * np.exp(-p[1] * t)

    assert list(tw.fit(open_decay, DATA, start=[1, 1]).parameters) == ["p1", "p2"]
    assert list(tw.fit(open_decay, DATA, start={"h": 1, "k": 1}).parameters) == ["h", "k"]
    assert list(tw.fit(open_decay, DATA, parameters=["h", "k"]).parameters) == ["h", "k"]
    with pytest.raises(tw.ThalwegError, match="parameters="):
        tw.fit(open_decay, DATA)


def test_parameters_may_have_an_order_of_their_own() -> None:
    fit = tw.fit(decay, DATA, parameters=["b", "a"], start=[1, 1.5])
    assert list(fit.parameters) == ["b", "a"]
    assert fit.parameters["a"] == pytest.approx(tw.fit(decay, DATA, start=[1, 1]).parameters["a"], rel=1e-9)


def test_the_objective_can_be_pickled() -> None:
    f = FunctionSquares(decay, DATA, loss="half", weights=1 + T)
    again = pickle.loads(pickle.dumps(f))
    assert again.value([1.5, 0.5]) == f.value([1.5, 0.5])
    assert repr(again) == repr(f)


WRONG: dict[str, tuple[Callable[..., Any], dict[str, Any], str]] = {
    "one number": (lambda t, a: a, {"start": [1]}, r"a prediction for each row, must have the shape \(30,\)"),
    "texts": (lambda t, a: "no", {"start": [1]}, r"must have the shape \(30,\), and has 'no'"),
    "nan": (lambda t, a: np.log(t - a), {"start": [1]}, "nan at index 0, where t = 0, a = 1"),
    "response": (lambda t, y, a: a * t + y, {"start": [1]}, "'y' is an argument"),
    "no parameter": (lambda t: t, {"start": [1]}, "no parameter to fit"),
    "no column": (lambda: 1, {}, "no argument that is a column"),
    "jac": (decay, {"start": [1, 1], "jac": lambda t, a, b: t}, r"jac must have the shape \(30, 2\)"),
    "keyword": (lambda t, a, *, n: a * t**n, {"start": [1]}, "'n' by keyword"),
    "names": (decay, {"parameters": ["a"]}, "decay has a, b"),
    "unknown signature": (min, {"start": [1]}, "are not known"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str) -> None:
    function, named, message = WRONG[case]
    with pytest.raises(tw.ThalwegError, match=message):
        tw.fit(function, DATA, **named)


def test_a_response_that_is_no_column_and_a_jac_of_a_formula_are_refused() -> None:
    with pytest.raises(tw.ThalwegError, match="no column 'z'"):
        tw.fit(decay, DATA, response="z", start=[1, 1])
    with pytest.raises(tw.ParameterError, match="jac goes with a Python function"):
        tw.fit("a*exp(-b*t)", DATA, jac=slopes)


def test_its_own_exceptions_pass_through() -> None:
    def broken(t: Any, a: Any) -> Any:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        tw.fit(broken, DATA, start=[1])
