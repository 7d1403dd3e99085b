"""Variable projection: the reduced functional, and Kaufman's slopes, by their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import thalweg as tw
from thalweg.expression.parse import parse
from thalweg.objective.projected import Projected, linear_parameters

T = np.linspace(0, 4, 30)
Y = 2 * np.exp(-0.4 * T) - 1.2 * np.exp(-1.9 * T) + 0.3 + 0.01 * np.cos(7 * T)
MODEL = "a*exp(-b*t) + c*exp(-d*t) + k"


def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Phi and the best linear parameters for b, d."""
    phi = np.stack([np.exp(-x[0] * T), np.exp(-x[1] * T), np.ones_like(T)], axis=1)
    return phi, np.linalg.lstsq(phi, Y, rcond=None)[0]


@pytest.mark.parametrize(
    ("model", "linear"),
    [
        (MODEL, ("a", "c", "k")),
        ("a*(1-exp(-b*t))", ("a",)),
        ("a*b*t/(1+b*t)", ("a",)),
        ("(a+b*t)/(1+c*t)", ("a", "b")),
        ("a*b*t", ("a",)),  # in either, not in both together
        ("exp(a*t)", ()),
        ("a - b*t - atan(c/(t-d))/pi", ("a", "b")),
    ],
)
def test_linear_parameters_are_recognised(model: str, linear: tuple[str, ...]) -> None:
    parsed = parse(model, columns=["t"])
    assert tuple(parsed.variables[i] for i in linear_parameters(parsed)) == linear


def test_the_value_is_what_the_best_linear_parameters_leave() -> None:
    f = Projected(tw.LeastSquares(MODEL, {"t": T, "y": Y}, loss="half"), [0, 2, 4])
    x = np.array([0.5, 2.5])
    phi, best = parts(x)
    assert_allclose(f.complete(x), [best[0], 0.5, best[1], 2.5, best[2]], rtol=1e-9)
    assert f.reduced(x)[0] == pytest.approx(0.5 * float(np.sum((phi @ best - Y) ** 2)), rel=1e-10)


def test_the_gradient_is_exact() -> None:
    f = Projected(tw.LeastSquares(MODEL, {"t": T, "y": Y}, loss="half"), [0, 2, 4])
    x, h = np.array([0.5, 2.5]), 1e-6
    differences = [(f.evaluate(x + h * e)[0] - f.evaluate(x - h * e)[0]) / (2 * h) for e in np.eye(2)]
    assert_allclose(f.evaluate(x)[1], differences, rtol=1e-6)


def test_the_factor_is_kaufmans() -> None:
    f = Projected(tw.LeastSquares(MODEL, {"t": T, "y": Y}, loss="half"), [0, 2, 4])
    x = np.array([0.5, 2.5])
    phi, best = parts(x)
    Q = np.linalg.qr(phi)[0]
    slopes = np.stack([-T * best[0] * np.exp(-x[0] * T), -T * best[1] * np.exp(-x[1] * T)], axis=1)
    across = slopes - Q @ (Q.T @ slopes)
    factor = f.reduced(x)[1:].reshape(3, 3)
    assert_allclose(factor[:, :2].T @ factor[:, :2], across.T @ across, rtol=1e-8)


def test_it_ends_where_all_parameters_do_in_fewer_iterations() -> None:
    data = {"t": T, "y": Y}
    start = {"a": 1, "b": 0.2, "c": 1, "d": 3, "k": 0}
    whole = tw.fit(MODEL, data, start=start)
    projected = tw.fit(MODEL, data, start=start, method="variable projection")
    assert_allclose(list(projected.parameters.values()), list(whole.parameters.values()), rtol=1e-9)
    inner = Projected(tw.LeastSquares(MODEL, data, loss="half"), [0, 2, 4])
    assert tw.descend(inner, [0.2, 3], "levenberg-marquardt", gtol=0).nit < whole.run.nit


def test_what_has_no_linear_parameter_is_refused() -> None:
    with pytest.raises(tw.ParameterError, match="variable projection does not go with"):
        tw.fit("exp(a*t)", {"t": T, "y": Y}, start=[0], method="variable projection")


def test_variable_projection_keeps_what_is_fixed_and_bounds_on_the_others() -> None:
    x = np.linspace(0, 5, 40)
    y = 3 * np.exp(-0.8 * x) + 0.5 + 0.05 * np.random.default_rng(1).normal(size=40)
    data, start = {"x": x, "y": y}, {"a": 1, "k": 0.3, "c": 0}
    for named in ({"fixed": {"c": 0.4}}, {"bounds": {"k": (0, 0.6)}}):
        one = tw.fit("a*exp(-k*x) + c", data, start=start, method="variable projection", **named)
        two = tw.fit("a*exp(-k*x) + c", data, start=start, **named)
        assert one.solution.x == pytest.approx(two.solution.x, rel=1e-9)
    with pytest.raises(tw.ParameterError, match="bounds on a"):
        tw.fit("a*exp(-k*x) + c", data, start=start, method="variable projection", bounds={"a": (0, 9)})


def test_where_a_step_lies_is_searched_and_not_solved_out() -> None:
    x = np.linspace(0, 5, 30)
    y = np.where(x < 2.2, 1.0, 3.0) + 0.01 * np.random.default_rng(1).normal(size=30)
    fit = tw.fit("where(x < k, a, b)", {"x": x, "y": y})
    assert x[12] < fit.parameters["k"] <= x[13]
    assert fit.parameters["a"] == pytest.approx(y[:13].mean(), rel=1e-9)
    assert fit.parameters["b"] == pytest.approx(y[13:].mean(), rel=1e-9)
