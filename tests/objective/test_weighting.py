"""Weights, errors, robust losses, ridge and equations of a least-squares objective, against SciPy and NumPy."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import approx_fprime, least_squares

import thalweg as tw

GENERATOR = np.random.default_rng(11)
T = np.linspace(0, 3, 40)
Y = 2.5 * np.exp(-1.3 * T) + 0.05 * GENERATOR.normal(size=40)
Y[[5, 20, 33]] += [2.0, -1.5, 3.0]
W = GENERATOR.uniform(0.5, 2.0, 40)
DATA = {"t": T, "y": Y, "w": W}
X = np.array([2.0, 1.0])
ROBUST = ["soft_l1", "huber", "cauchy", "arctan"]


def plain(x: np.ndarray) -> np.ndarray:
    return x[0] * np.exp(-x[1] * T) - Y


@pytest.mark.parametrize("given", ["w", W])
def test_weights_multiply_squares_and_errors_divide_residuals(given: object) -> None:
    weighted = tw.LeastSquares("a*exp(-b*t)", DATA, loss="sum", weights=given)
    by_error = tw.LeastSquares("a*exp(-b*t)", DATA, loss="sum", errors=given)
    assert weighted.value(X) == pytest.approx(float(np.sum(W * plain(X) ** 2)), rel=1e-13)
    assert by_error.value(X) == pytest.approx(float(np.sum((plain(X) / W) ** 2)), rel=1e-13)
    assert_allclose(weighted.residuals(X), np.sqrt(W) * plain(X), rtol=1e-12, atol=1e-14)
    assert_allclose(by_error.residuals(X), plain(X) / W, rtol=1e-12, atol=1e-14)
    assert_allclose(weighted.predict(X), X[0] * np.exp(-X[1] * T), rtol=1e-14)


@pytest.mark.parametrize("robust", ROBUST)
@pytest.mark.parametrize("f_scale", [0.1, 1.0])
def test_robust_values_are_those_of_the_formulas(robust: str, f_scale: float) -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DATA, loss="half", robust=robust, f_scale=f_scale)
    assert f.value(X) == pytest.approx(_cost(robust, f_scale), rel=1e-12)


def _cost(robust: str, C: float) -> float:
    z = (plain(X) / C) ** 2
    rho = {
        "soft_l1": 2 * (np.sqrt(1 + z) - 1),
        "huber": np.where(z <= 1, z, 2 * np.sqrt(z) - 1),
        "cauchy": np.log1p(z),
        "arctan": np.arctan(z),
    }[robust]
    return 0.5 * C**2 * float(np.sum(rho))


@pytest.mark.parametrize("robust", ["linear", *ROBUST])
@pytest.mark.parametrize("named", [{}, {"weights": "w"}, {"errors": "w", "ridge": 0.3}])
def test_derivatives_are_those_of_the_value(robust: str, named: dict[str, object]) -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DATA, robust=robust, f_scale=0.3, **named)
    assert_allclose(f.gradient(X), approx_fprime(X, f.value, 1e-7), rtol=2e-5)
    hessian = np.array([approx_fprime(X, lambda x, i=i: f.gradient(x)[i], 1e-7) for i in range(2)])
    assert_allclose(f.hessian(X), hessian, rtol=1e-4, atol=1e-5)
    told = f.reduced(X)
    factor = told[1:].reshape(3, 3)
    assert told[0] == pytest.approx(f.value(X), rel=1e-12)
    assert_allclose(factor[:, :2].T @ factor[:, 2], f.gradient(X), rtol=1e-10)


@pytest.mark.parametrize("method", ["levenberg-marquardt", "dogleg"])
@pytest.mark.parametrize("robust", ROBUST)
def test_robust_minima_are_scipys(robust: str, method: str) -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DATA, loss="half", robust=robust, f_scale=0.1)
    run = tw.descend(f, X, method, gtol=0)
    peer = least_squares(
        plain, X, loss=robust, f_scale=0.1, xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale="jac", max_nfev=500
    )
    assert_allclose(run.x, peer.x, rtol=1e-5)
    assert run.fun <= peer.cost * (1 + 1e-12)
    assert np.linalg.norm(f.gradient(run.x)) < 1e-12


def test_ridge_is_that_of_the_closed_form() -> None:
    f = tw.LeastSquares("a + b*t", DATA, loss="half", ridge=0.7)
    A = np.stack([np.ones_like(T), T], axis=1)
    expected = np.linalg.solve(A.T @ A + 0.7 * np.eye(2), A.T @ Y)
    assert_allclose(tw.descend(f, [0, 0], "levenberg-marquardt", gtol=0).x, expected, rtol=1e-12)
    assert_allclose(tw.descend(f, [0, 0], "bfgs", gtol=1e-10).x, expected, rtol=1e-8)


def test_an_equation_predicts_its_left_side() -> None:
    data = {"t": T, "y": np.abs(Y) + 0.1}
    f = tw.LeastSquares("log(y) = a - b*t", data, loss="sum")
    assert f.value(X) == pytest.approx(float(np.sum((X[0] - X[1] * T - np.log(data["y"])) ** 2)), rel=1e-12)
    assert_allclose(f.observed, np.log(data["y"]), rtol=1e-15)
    assert f.response == "log(y)"
    assert f.columns == ("t",)


@pytest.mark.parametrize(
    "named",
    [{"weights": W}, {"errors": "w", "robust": "huber", "f_scale": 0.2}, {"ridge": 2.0}],
)
def test_pickling_keeps_everything(named: dict[str, object]) -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DATA, loss="half", **named)
    again = pickle.loads(pickle.dumps(f))
    assert again.value(X) == f.value(X)
    assert again.describe() == f.describe()


@pytest.mark.parametrize(
    ("model", "named", "message"),
    [
        ("a*t", {"weights": W, "errors": W}, "give one of them"),
        ("a*t", {"weights": -W}, "a weight from 0 on"),
        ("a*t", {"errors": 0 * W}, "an error above 0"),
        ("a*t", {"weights": W[:5]}, "one number a row"),
        ("a*t", {"weights": np.append(W, 1.0)}, "one number a row"),
        ("a*t", {"weights": "a"}, "no column 'a'"),
        ("a*t", {"weights": [1, None]}, "column's name or one number a row"),
        ("a*t", {"robust": "hubert"}, "robust loss is one of"),
        ("a*t", {"f_scale": 0}, "f_scale is a number above 0"),
        ("a*t", {"ridge": -1}, "ridge is a number from 0 on"),
        ("y = a*t", {"response": "w"}, "says itself what it predicts"),
        ("a = b*t", {}, "left side"),
        ("1 = b*t", {}, "no column"),
    ],
)
def test_what_does_not_go_together_is_named(model: str, named: dict[str, object], message: str) -> None:
    with pytest.raises(tw.ThalwegError, match=message):
        tw.LeastSquares(model, DATA, **named)
