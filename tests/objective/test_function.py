"""A Python callable is called exactly as often as needed, whatever it returns is understood, and differences hold."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der, rosen_hess

from thalweg.errors import ThalwegError
from thalweg.objective.function import Function, FunctionError
from thalweg.objective.protocol import PointError

X = np.array([-1.2, 1.0, 0.7])


def pair(x):
    return rosen(x), rosen_der(x)


# ------------------------------------------------------------------------------------------------------ what is called


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        ({"gradient": False}, (1, 0)),
        ({"value": False}, (0, 1)),
        ({}, (1, 1)),
        ({"value": False, "gradient": False}, (0, 0)),
    ],
)
def test_with_a_gradient_of_its_own_only_what_is_wanted_is_called(wanted, calls) -> None:
    f = Function(rosen, rosen_der)
    value, gradient = f.evaluate(X, **wanted)
    assert (f.evaluations, f.gradient_evaluations) == calls
    assert value == rosen(X) if wanted.get("value", True) else math.isnan(value)
    assert (gradient == rosen_der(X)).all() if wanted.get("gradient", True) else gradient is None
    assert f.derivative == "given"
    assert not f.gradient_is_free


@pytest.mark.parametrize("wanted", [{"gradient": False}, {"value": False}, {}])
def test_a_function_that_returns_the_pair_is_called_once(wanted) -> None:
    f = Function(pair, jac=True)
    value, gradient = f.evaluate(X, **wanted)
    assert f.evaluations == 1
    assert value == rosen(X)
    assert gradient is None if wanted == {"gradient": False} else (gradient == rosen_der(X)).all()
    assert f.gradient_is_free
    assert f.derivative == "given"


@pytest.mark.parametrize(("wanted", "calls"), [({"gradient": False}, 1), ({"value": False}, 6), ({}, 7)])
def test_differences_take_two_evaluations_a_variable(wanted, calls) -> None:
    f = Function(rosen, derivative="differences")
    f.evaluate(X, **wanted)
    assert f.evaluations == calls
    assert f.derivative == "differences"
    assert not f.gradient_is_free


def test_the_friendly_calls_agree_with_evaluate() -> None:
    f = Function(rosen, rosen_der, rosen_hess)
    assert f.value(list(X)) == rosen(X)
    assert (f.gradient(X) == rosen_der(X)).all()
    value, gradient = f.value_and_gradient(tuple(X))
    assert (value, gradient.tolist()) == (rosen(X), rosen_der(X).tolist())
    hessian = f.hessian(X)
    assert hessian is not None
    assert (hessian == rosen_hess(X)).all()
    assert f.hessian_evaluations == 1
    assert Function(rosen).hessian(X) is None
    assert f.native is None


def test_further_arguments_reach_every_callable() -> None:
    def fun(x, a, b):
        return a * x[0] ** 2 + b

    def jac(x, a, b):
        return [2 * a * x[0]]

    def hess(x, a, b):
        return 2 * a

    f = Function(fun, jac, hess, args=(3.0, 4.0))
    assert f.value(2) == 16.0
    assert f.gradient([2]) == [12.0]
    assert f.hessian(2).tolist() == [[6.0]]
    assert Function(lambda x, a: a * x[0], args=5.0).value(2) == 10.0


def test_a_callable_may_change_its_argument_and_reuse_its_arrays() -> None:
    out = np.zeros(2)

    def fun(x):
        x *= 2
        return x[0]

    def jac(x):
        x += 1
        out[:] = x
        return out

    f = Function(fun, jac)
    x = np.array([1.0, 2.0])
    first = f.gradient(x)
    f.gradient([5.0, 5.0])
    assert f.value(x) == 2.0
    assert x.tolist() == [1.0, 2.0]
    assert first.tolist() == [2.0, 3.0]


# ---------------------------------------------------------------------------------------------------- what is returned


@pytest.mark.parametrize(
    "result",
    [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), np.array([2]), np.array([[2.0]]), [2.0], True + 1, Fraction(2),
     mpmath.mpf(2), np.float64(2), np.longdouble(2)],
)  # fmt: skip
def test_every_kind_of_number_is_understood(result) -> None:
    value = Function(lambda x: result).value([1.0, 2.0])
    assert type(value) is float
    assert value == 2.0
    assert Function(lambda x: (result, [1, 2]), jac=True).value([1.0, 2.0]) == 2.0


@pytest.mark.parametrize("result", [[1, 2], (1.0, 2.0), np.array([1, 2]), np.array([1, 2], dtype=np.float32)])
def test_every_kind_of_gradient_is_understood(result) -> None:
    gradient = Function(rosen, lambda x: result).gradient([3, 4])
    assert gradient.dtype == np.float64
    assert gradient.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("x", [[1, 2], (1.0, 2), np.array([1, 2], dtype=np.float32), np.array([1, 2])])
def test_every_kind_of_point_is_understood(x) -> None:
    seen = []
    Function(lambda x: seen.append(x) or 0.0).value(x)
    assert seen[0].dtype == np.float64
    assert seen[0].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "must return one number, and returned None"),
        (np.zeros(3), r"must return one number, and returned an array of shape \(3,\)"),
        ([1.0, 2.0], r"must return one number, and returned \[1.0, 2.0\]"),
        ("two", "must return one number, and returned 'two'"),
        (1j, "must return one number, and returned 1j"),
        (np.array([]), "must return one number"),
        ([[1.0], [2.0, 3.0]], "must return one number"),
    ],
)
def test_what_is_no_number_is_refused_with_what_came_back(result, message: str) -> None:
    def loss(x):
        return result

    with pytest.raises(FunctionError, match=f"loss {message}"):
        Function(loss).value([1.0, 2.0])


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ([1.0], r"jac must have the shape \(2,\), and has the shape \(1,\)"),
        (np.zeros((1, 2)), r"jac must have the shape \(2,\), and has the shape \(1, 2\)"),
        (3.0, r"jac must have the shape \(2,\), and has the shape \(\)"),
        (None, r"jac must have the shape \(2,\), and has None"),
        (["a", "b"], r"jac must have the shape \(2,\), and has \['a', 'b'\]"),
        ([None, 1.0], r"jac must have the shape \(2,\), and has \[None, 1.0\]"),
    ],
)
def test_a_gradient_of_the_wrong_shape_is_refused(result, message: str) -> None:
    with pytest.raises(FunctionError, match=message):
        Function(rosen, lambda x: result).gradient([1.0, 2.0])


def test_other_wrong_uses_are_refused() -> None:
    with pytest.raises(FunctionError, match=r"hess must have the shape \(2, 2\), and has the shape \(2,\)"):
        Function(rosen, hess=lambda x: [1, 2]).hessian([1, 2])
    with pytest.raises(FunctionError, match=r"must return the pair \(value, gradient\), and returned 1.0"):
        Function(lambda x: 1.0, jac=True).value([1, 2])
    with pytest.raises(FunctionError, match="fun must be callable, and is 'x'"):
        Function("x")  # type: ignore[arg-type]
    with pytest.raises(FunctionError, match="jac must be callable, and is '3-point'"):
        Function(rosen, "3-point")  # type: ignore[arg-type]
    with pytest.raises(PointError, match=r"shape \(2,\), not \(3,\)"):
        Function(rosen, n=2).value([1, 2, 3])
    with pytest.raises(PointError, match=r"shape \(n,\), not \(1, 2\)"):
        Function(rosen).value([[1, 2]])
    with pytest.raises(PointError, match="is an array of numbers, not 'ab'"):
        Function(rosen).value("ab")
    with pytest.raises(PointError, match=r"is an array of numbers, not \['1', None\]"):
        Function(rosen).value(["1", None])  # type: ignore[arg-type]
    for n in (0, -1, 2.0, "2"):
        with pytest.raises(FunctionError, match="n is the number of variables, a whole number from 1 on"):
            Function(rosen, n=n)  # type: ignore[arg-type]
    assert issubclass(FunctionError, ThalwegError)


def test_exceptions_pass_through_unchanged() -> None:
    class MineError(Exception):
        pass

    error = MineError("no")

    def fail(x):
        raise error

    for f in (Function(fail), Function(fail, jac=True), Function(rosen, fail)):
        with pytest.raises(MineError) as caught:
            f.gradient([1.0, 2.0])
        assert caught.value is error


def test_nan_and_infinity_pass_through() -> None:
    assert math.isnan(Function(lambda x: math.nan).value([1.0]))
    assert Function(lambda x: -math.inf).value([1.0]) == -math.inf
    assert np.isnan(Function(lambda x: math.nan).gradient([1.0, 0.0])).all()
    assert np.isnan(Function(lambda x: math.inf).gradient([1.0, 0.0])).all()
    assert math.isnan(Function(rosen, lambda x: [math.nan, 1.0]).gradient([1.0, 2.0])[0])


@pytest.mark.parametrize("x", [math.nan, math.inf, 1e308, 5e-324])
def test_differences_end_wherever_they_are_asked_for(x: float) -> None:
    assert Function(lambda x: 1.0).gradient([x, 1.0])[1] == 0.0


def test_the_number_of_variables_is_learnt_from_the_first_point() -> None:
    f = Function(rosen)
    with pytest.raises(FunctionError, match="not known before the first point"):
        _ = f.n
    f.value(X)
    assert f.n == 3
    assert f.variables == ("x1", "x2", "x3")
    assert Function(rosen, n=2).n == 2


def test_it_describes_itself_and_pickles() -> None:
    f = pickle.loads(pickle.dumps(Function(rosen, rosen_der)))
    assert f.describe() == "rosen"
    assert repr(f) == "Function(rosen, derivative='given')"
    assert f.value(X) == rosen(X)


# -------------------------------------------------------------------------------------------------------- differences


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=5))
def test_differences_match_the_exact_gradient(x) -> None:
    x = np.array(x)
    exact = rosen_der(x)
    size = max(1.0, float(np.abs(exact).max()), float(rosen(x)))
    assert np.abs(Function(rosen, derivative="differences").gradient(x) - exact).max() <= 1e-7 * size


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0, 1e6, 1e12])
def test_steps_are_relative_to_the_variable(scale: float) -> None:
    """A fixed step of 1e-8, or one with a floor of that size, has no correct digit at 1e-12."""

    def decay(x):
        return math.exp(-x[0] / scale) + math.sin(x[1])

    gradient = Function(decay).gradient([0.7 * scale, 0.3])
    assert gradient[0] * scale == pytest.approx(-math.exp(-0.7), rel=1e-8)
    assert gradient[1] == pytest.approx(math.cos(0.3), rel=1e-8)


@pytest.mark.parametrize("x", [0.0, 1e-20, 1e-12, -1e-9, 1e-6, 1e-3])
def test_a_step_that_does_not_show_in_f_grows(x: float) -> None:
    """f(0) = 1 hides every change below 1e-16: a step of 6e-6 |x| alone would leave an error of about eps / h."""
    f = Function(lambda x: 1.0 + math.sin(x[0]) + x[0] ** 2)
    assert f.gradient([x])[0] == pytest.approx(math.cos(x) + 2 * x, abs=1e-8)
    bowl = Function(lambda x: 1.0 + 3 * x[0] ** 2)
    assert bowl.gradient([x])[0] == pytest.approx(6 * x, abs=1e-8)


def test_the_step_does_not_grow_in_a_dip_that_is_seen() -> None:
    """At a minimiser of size 1e-6 the two values are equal; a step of order 1e-6 would leave the dip altogether."""
    f = Function(lambda x: 1.0 + math.cosh(1e6 * x[0] - 1.0), derivative="differences")
    assert abs(f.gradient([1e-6])[0]) <= 1e6 * 1e-9
    assert f.evaluations == 3
