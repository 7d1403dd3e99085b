"""Where a callable's gradient comes from, and that it is the gradient: JAX, torch, complex steps, differences."""

from __future__ import annotations

import importlib.util
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

from tests.objective import stand_ins
from thalweg.objective.function import Calls, Function, FunctionError

X = np.array([-1.2, 1.0, 0.7])
V = np.array([0.3, -2.0, 1.0])


def analytic(x):
    return sum(100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2 for i in range(len(x) - 1))


def product(f):
    found = f.hessian_product(X, V)
    assert found is not None
    return found


# ------------------------------------------------------------------------------------------------------- JAX and torch


INSTALLED = all(importlib.util.find_spec(name) for name in ("torch", "jax"))
MADE = {"torch": stand_ins.torch, "jax": stand_ins.jax}


def with_jax(jax):
    return lambda x: jax.numpy.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def with_torch(torch):
    return lambda x: torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + torch.square(1.0 - x[:-1]))


def with_torch_from_an_array(torch):
    wanting = with_torch(torch)
    return lambda x: wanting(torch.as_tensor(x))


@pytest.fixture(params=["stand-in", *["itself"] * INSTALLED])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Torch or JAX by name: the stand-in, and the library itself where it is installed."""

    def load(name: str) -> Any:
        if request.param == "itself":
            return importlib.import_module(name)
        module = MADE[name]()
        monkeypatch.setitem(sys.modules, name, module)
        return module

    return load


def test_a_jet_carries_the_derivatives_of_what_was_computed() -> None:
    x = stand_ins.Jet.seeded([0.3, -0.7])
    f = (x[0] * x[1] ** 3 - 2.0 * x[0]).mapped(np.sin, np.cos, lambda v: -np.sin(v))
    inner = 0.3 * (-0.7) ** 3 - 0.6
    slope = np.array([(-0.7) ** 3 - 2.0, 3 * 0.3 * 0.49])
    bent = np.array([[0.0, 3 * 0.49], [3 * 0.49, 6 * 0.3 * -0.7]])
    np.testing.assert_allclose(f.slope, math.cos(inner) * slope, rtol=1e-14)
    np.testing.assert_allclose(
        f.curvature, math.cos(inner) * bent - math.sin(inner) * np.outer(slope, slope), rtol=1e-13
    )


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("name", "make"), [("jax", with_jax), ("torch", with_torch), ("torch", with_torch_from_an_array)]
)
def test_a_callable_of_jax_or_torch_is_differentiated_by_it(library, name: str, make, named: bool) -> None:
    f = Function(make(library(name)), derivative=name if named else None)
    value, gradient = f.value_and_gradient(X)
    assert f.derivative == name
    assert f.gradient_is_free is named
    assert value == pytest.approx(rosen(X), rel=1e-15)
    assert_allclose(gradient, rosen_der(X), rtol=1e-14)
    hessian = f.hessian(X)
    assert hessian is not None
    assert_allclose(hessian, rosen_hess(X), rtol=1e-14)
    assert_allclose(product(f), rosen_hess_prod(X, V), rtol=1e-13)
    assert f.value(X) == pytest.approx(rosen(X), rel=1e-15)
    assert_allclose(f.gradient(X + 1), rosen_der(X + 1), rtol=1e-14)


def test_torch_computes_a_value_once_for_value_and_gradient(library) -> None:
    f = Function(with_torch(library("torch")), derivative="torch")
    f.value(X)
    f.gradient(X)
    assert f.evaluations == 1
    f.gradient(X)
    assert f.evaluations == 2


def test_jax_runs_what_it_cannot_trace_step_by_step(library) -> None:
    jnp = library("jax").numpy
    g = Function(lambda x: x[0] ** 2 if x[0] > 0.0 else jnp.exp(x[0]), derivative="jax")
    assert g.gradient([3.0]).tolist() == [6.0]
    assert g.gradient([-1.0])[0] == pytest.approx(math.exp(-1.0), rel=1e-15)


def test_jax_keeps_its_own_precision_outside(library) -> None:
    jax = library("jax")
    before = jax.numpy.asarray(X).dtype
    Function(with_jax(jax)).gradient(X)
    assert jax.numpy.asarray(X).dtype == before


def test_what_does_not_hang_on_x_is_refused_in_a_sentence(library) -> None:
    library("torch")
    f = Function(lambda x: (x.detach() ** 2).sum(), derivative="torch")
    with pytest.raises(
        FunctionError, match=r"torch cannot differentiate .*: what it returns does not hang on x"
    ):
        f.gradient(X)


def test_neither_jax_nor_torch_is_imported_for_a_plain_callable() -> None:
    code = """
import sys, thalweg as tw
tw.Function(lambda x: x @ x).gradient([1.0, 2.0])
print({"jax", "torch"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_tensor_or_an_array_of_jax_is_understood_as_gradient(library) -> None:
    torch, jnp = library("torch"), library("jax").numpy
    gradient = torch.tensor([1.0, 2.0], requires_grad=True)
    assert Function(rosen, lambda x: gradient).gradient([3, 4]).tolist() == [1.0, 2.0]
    assert Function(rosen, lambda x: jnp.array([1.0, 2.0])).gradient([3, 4]).tolist() == [1.0, 2.0]


# ------------------------------------------------------------------------------------------------------- complex steps


@pytest.mark.parametrize("name", [None, "complex step"])
def test_complex_steps_give_all_digits(name) -> None:
    f = Function(analytic, derivative=name)
    assert_allclose(f.gradient(X), rosen_der(X), rtol=1e-14)
    assert f.derivative == "complex step"
    assert f.evaluations == (3 if name else 6)  # 3 complex ones; value, and two for the comparison


@pytest.mark.parametrize("x", [1e-12, 1e-6, 1e6, 0.0, -3.0, 5e-324])
def test_complex_steps_hold_at_every_size(x: float) -> None:
    f = Function(lambda x: np.exp(-x[0] * 1e-7) + np.sin(x[1]), derivative="complex step")
    gradient = f.gradient([x, x])
    assert gradient[0] == pytest.approx(-1e-7 * math.exp(-x * 1e-7), rel=1e-14)
    assert gradient[1] == pytest.approx(math.cos(x), rel=1e-13)


@pytest.mark.parametrize(
    "fun",
    [
        lambda x: abs(x[0]) ** 3 + x[1] ** 2,
        lambda x: np.linalg.norm(x) ** 2 + x[0],
        lambda x: np.vdot(x, x) + x[0],
        lambda x: np.where(np.abs(x) < 0.1, x**2, np.abs(x)).sum(),
        lambda x: math.sin(x[0]) + x[1],
        lambda x: float(x[0]) ** 2 + x[1],
        lambda x: np.array(x, dtype=float) @ x,
        lambda x: x.astype(np.float64)[0] + x[1] ** 2,
    ],
)
def test_what_is_not_analytic_is_noticed_and_differences_take_over(fun) -> None:
    """abs, norms, conjugates and casts drop the derivative silently, or refuse complex numbers."""
    x = np.array([-0.8, 0.5])
    f = Function(fun)
    assert_allclose(f.gradient(x), Function(fun, derivative="differences").gradient(x), rtol=1e-12)
    assert f.derivative == "differences"


def test_a_branch_that_is_not_analytic_is_noticed_where_it_is_reached() -> None:
    def huber(x):
        return sum(t * t / 2 if abs(t) < 1 else abs(t) - 0.5 for t in x)

    f = Function(huber)
    assert_allclose(f.gradient([0.5, -0.2]), [0.5, -0.2], rtol=1e-14)
    assert f.derivative == "complex step"
    assert_allclose(f.gradient([3.0, -0.2]), [1.0, -0.2], rtol=1e-8)
    assert f.derivative == "complex step, then differences"
    f.renew()
    assert f.derivative == "automatic"


def test_a_callable_without_complex_numbers_cannot_be_named_complex() -> None:
    with pytest.raises(FunctionError, match="does not take complex numbers, so no complex step"):
        Function(lambda x: math.sin(x[0]), derivative="complex step").gradient([1.0])


# --------------------------------------------------------------------------------------------------------- differences


def test_forward_differences_take_one_evaluation_a_variable() -> None:
    f = Function(rosen, derivative="forward differences")
    assert_allclose(f.value_and_gradient(X)[1], rosen_der(X), rtol=1e-5)
    assert f.evaluations == 4
    assert f.derivative == "forward differences"
    for scale in (1e-12, 1.0, 1e12):
        decay = Function(lambda x, s=scale: math.exp(-x[0] / s), derivative="forward differences")
        assert decay.gradient([0.7 * scale])[0] * scale == pytest.approx(-math.exp(-0.7), rel=1e-6)
    hidden = Function(lambda x: 1.0 + math.sin(x[0]), derivative="forward differences")
    assert hidden.gradient([1e-12])[0] == pytest.approx(1.0, abs=1e-6)


def test_products_with_the_hessian_come_from_where_there_are_some() -> None:
    exact = rosen_hess_prod(X, V)
    given = Function(rosen, rosen_der, hessp=rosen_hess_prod)
    assert_allclose(product(given), exact, rtol=1e-15)
    assert given.calls == Calls(0, 0, 0, 1)
    whole = Function(rosen, rosen_der, rosen_hess)
    assert_allclose(product(whole), exact, rtol=1e-13)
    assert whole.calls == Calls(0, 0, 1, 0)
    assert Function(rosen, rosen_der).hessian_product(X, V) is None


def test_a_wrong_derivative_is_refused_in_a_sentence() -> None:
    with pytest.raises(FunctionError, match=r"derivative is one of 'given', 'jax', .*, not 'magic'"):
        Function(rosen, derivative="magic")  # type: ignore[arg-type]
    with pytest.raises(FunctionError, match="with a gradient in jac, derivative is 'given', not 'jax'"):
        Function(rosen, rosen_der, derivative="jax")
    with pytest.raises(FunctionError, match="derivative='given' needs the gradient, as jac"):
        Function(rosen, derivative="given")


def test_a_function_of_torch_pickles(library) -> None:
    torch = library("torch")
    f = Function(torch.sum, derivative="torch")
    f.value([1.0, 2.0])
    again = pickle.loads(pickle.dumps(f))
    assert again.gradient([1.0, 2.0]).tolist() == [1.0, 1.0]
