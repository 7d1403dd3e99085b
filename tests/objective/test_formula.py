"""A typed formula as an objective: shapes, parameters, errors, and what it costs to change nothing."""

from __future__ import annotations

import json
import math
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thalweg.errors import ParameterError, ThalwegError
from thalweg.expression.errors import FormulaError
from thalweg.kernel import build
from thalweg.kernel.call import PointCall, call_batch
from thalweg.objective.formula import Formula
from thalweg.objective.protocol import Objective, PointError

ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"


def test_value_gradient_and_hessian_at_a_point() -> None:
    f = Formula(ROSENBROCK)
    assert (f.n, f.variables) == (2, ("x", "y"))
    assert f.value([-1.2, 1]) == pytest.approx(24.2, rel=1e-15)
    assert f.gradient((-1.2, 1)) == pytest.approx([-215.6, -88.0], rel=1e-15)
    assert f.hessian(np.array([-1.2, 1])) == pytest.approx(np.array([[1330, 480], [480, 200]]), rel=1e-15)
    value, gradient = f.value_and_gradient([1, 1])
    assert (type(value), value) == (float, 0.0)
    assert gradient.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "text",
    [
        "sin(x)*exp(-y*z) + x^3*y/(1 + z^2)",
        "where(x > y, sqrt(abs(x))*z^2, log(1 + y^2)*z)",
        "hypot(x, y, z) + logsumexp(x, 2*y, z^2) + atan2(y, 1 + x^2)^y",
        "x + y*z",
        "3*x - y + 2*z",
    ],
)
def test_the_hessian_times_a_vector_is_the_matrix_times_the_vector(text: str) -> None:
    f = Formula(text, variables=("x", "y", "z"))
    chance = np.random.default_rng(1)
    for _ in range(20):
        x, v = np.abs(chance.normal(size=3)), chance.normal(size=3)
        expected = f.hessian(x) @ v
        assert f.hessian_product(x, v) == pytest.approx(expected, rel=1e-12, abs=1e-13)


def test_the_hessian_times_a_vector_wants_one_point_and_one_vector() -> None:
    f = Formula(ROSENBROCK)
    with pytest.raises(PointError, match="one point"):
        f.hessian_product([[1.0], [2.0]], [1.0, 2.0])
    with pytest.raises(PointError, match="shape"):
        f.hessian_product([1.0, 2.0], [1.0, 2.0, 3.0])


def test_many_points_give_what_each_gives() -> None:
    f = Formula("sin(x)*cos(y) + exp(-x*y)")
    x = np.random.default_rng(0).normal(size=(2, 21))
    values, gradients = f.value_and_gradient(x)
    assert values.shape == (21,)
    assert gradients.shape == (2, 21)
    for i in range(21):
        value, gradient = f.value_and_gradient(x[:, i])
        assert values[i] == value
        assert np.array_equal(gradients[:, i], gradient)
        assert np.array_equal(f.hessian(x)[:, :, i], f.hessian(x[:, i]))
    assert np.array_equal(f.value(x), values)
    assert np.array_equal(f.gradient(x), gradients)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x[:, ::2],
        lambda x: x[:, 3:11],
        lambda x: np.asfortranarray(x),
        lambda x: x[::-1, ::-1],
        lambda x: x[:, :1],
        lambda x: x[:, :0],
        lambda x: x.astype(np.float32),
        lambda x: (4 * x).astype(int),
        lambda x: x.tolist(),
        lambda x: np.broadcast_to(x[:, :1], (2, 5)),
    ],
)
def test_points_may_lie_in_memory_in_any_way(view: Any) -> None:
    f = Formula("x^2 + sin(y) + x*y")
    x = view(np.random.default_rng(1).normal(size=(2, 23)))
    plain = np.array(x, dtype=np.float64)
    assert np.array_equal(f.value(x), f.value(plain.copy()))
    assert np.array_equal(f.gradient(x), np.array([2 * plain[0] + plain[1], f.gradient(plain)[1]]))


def test_one_variable_and_ten() -> None:
    assert Formula("x^2").gradient([3]).tolist() == [6.0]
    assert Formula("x^2").hessian([[3, 4]]).tolist() == [[[2.0, 2.0]]]
    text = " + ".join(f"(x{i}^2 - 10*cos(2*pi*x{i}) + 10)" for i in range(1, 11))
    f = Formula(text)
    assert f.n == 10
    assert f.value(np.zeros(10)) == 0.0
    assert f.hessian(np.zeros(10)) == pytest.approx(np.eye(10) * (2 + 40 * math.pi**2))


def test_results_are_the_callers_own() -> None:
    f = Formula("x*y")
    first, second = f.gradient([1, 2]), f.gradient([3, 4])
    assert first.tolist() == [2.0, 1.0]
    hessian = f.hessian([1, 2])
    hessian[:] = 7
    assert f.hessian([1, 2]).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    value, gradient = f.value_and_gradient([[1.0, 2.0], [3.0, 4.0]])
    value[:] = -1
    assert gradient.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert second.tolist() == [4.0, 3.0]


def test_what_is_not_wanted_is_left_out_of_an_evaluation() -> None:
    f: Objective = Formula("x*y")
    value, gradient = f.evaluate(np.array([2.0, 3.0]))
    assert gradient is not None
    assert (value, gradient.tolist()) == (6.0, [3.0, 2.0])
    assert f.evaluate(np.array([2.0, 3.0]), gradient=False) == (6.0, None)
    value, gradient = f.evaluate(np.array([2.0, 3.0]), value=False)
    assert math.isnan(value)
    assert gradient is not None
    assert f.gradient_is_free


def test_nan_and_infinities_pass_through() -> None:
    f = Formula("log(x) + sqrt(y)")
    assert f.value([0, 1]) == -math.inf
    assert math.isnan(f.value([-1, 1]))
    assert math.isnan(f.value([math.nan, 1]))
    assert f.value([math.inf, 1]) == math.inf
    assert f.gradient([0, 0]).tolist() == [math.inf, math.inf]


# Parameters


def test_parameters_are_named_numbers() -> None:
    f = Formula("a*x^2 + β*y", parameters={"β": 2, "a": np.float32(3)})
    assert f.variables == ("x", "y")
    assert f.parameters == {"beta": 2.0, "a": 3.0}
    assert f.value([2, 1]) == 14.0
    f.parameters["a"] = 9.0
    assert f.value([2, 1]) == 14.0


def test_changing_a_parameter_builds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    f = Formula("a*x^2 + b*y", parameters={"a": 1, "b": 2})
    x = np.arange(18.0).reshape(2, 9)
    assert f.value(x).shape == (9,)
    assert f.hessian([1, 1]).tolist() == [[2.0, 0.0], [0.0, 0.0]]
    assert f.value([1, 1]) == 3.0
    monkeypatch.setattr(build.Target, "build", None)
    for a in range(5):
        g = f.with_parameters(a=a)
        assert g.value([1, 1]) == a + 2.0
        assert np.array_equal(g.value(x), a * x[0] ** 2 + 2 * x[1])
        assert g.hessian([1, 1])[0, 0] == 2.0 * a
        assert g.parameters == {"a": float(a), "b": 2.0}
    assert f.value([1, 1]) == 3.0


def test_a_parameter_that_is_not_there_is_named() -> None:
    f = Formula("a*x", parameters={"a": 1})
    with pytest.raises(ParameterError, match=r"'b' is not a parameter of 'a\*x'; its parameters are: a"):
        f.with_parameters(b=1)
    with pytest.raises(ParameterError, match="'a' must be a number, not 'much'"):
        f.with_parameters(a="much")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ParameterError, match="'a' must be a number, not None"):
        Formula("a*x", parameters={"a": None})  # pyright: ignore[reportArgumentType]
    with pytest.raises(ParameterError, match=r"'a' must be one number, not 3; .* LeastSquares\("):
        Formula("sum(a*x[i], i, 1, 3)", parameters={"a": [1, 2, 3]})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("a*x^2", {"a": 1, "b": 2}, r"'b' does not occur in 'a\*x\^2'$"),
        ("alpah*x", {"alpha": 1}, r"'alpha' does not occur .* \(did you mean alpah\?\)"),
        ("sum(x[i], i, 1, 3)", {"n": 3}, "'n' does not occur"),
    ],
)
def test_a_parameter_that_the_formula_lacks_is_refused(text: str, given: dict[str, float], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        Formula(text, parameters=given)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("α*x", "alpha"),
        (r"\alpha_{\mathrm{max}} x", "alpha_max"),
        ("sum(x[i], i, 1, n)", "n"),
        ("sum(x^2) with x[1..n]", "n"),
        (r"x_n + \sum_{i=1}^{2} x_i", "n"),
        ("x + 0*a", "a"),
        (r"\sqrt[n]{x}", "n"),
        ("Log[b, x]", "b"),
    ],
)
def test_a_parameter_is_found_wherever_it_occurs(text: str, name: str) -> None:
    assert Formula(text, parameters={name: 2}).parameters == {name: 2.0}


# Machine code


def test_native_addresses_compute_the_same() -> None:
    f = Formula("a*x^2 + y", parameters={"a": 3})
    native = f.native
    out = PointCall(native.point, 2, 3, native.context, f)(np.array([2.0, 1.0]))
    assert out.tolist() == [13.0, 12.0, 1.0]
    x = np.arange(10.0).reshape(2, 5)
    assert np.array_equal(call_batch(native.batch, x, 3, native.context)[0], f.value(x))


def test_threads_do_not_disturb_each_other() -> None:
    f = Formula("sin(x)*y")
    wrong: list[float] = []

    def work(y: float) -> None:
        x = np.array([0.5, y])
        wanted = math.sin(0.5) * y
        for _ in range(2000):
            value, gradient = f.value_and_gradient(x)
            if abs(value - wanted) > 1e-15 or gradient[0] != math.cos(0.5) * y:
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(2.0**k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_formula_is_pickled_as_its_text() -> None:
    f = Formula("a*y + x", variables=["y", "x"], parameters={"a": 2})
    assert f.value([1, 2]) == 4.0
    data = pickle.dumps(f)
    assert len(data) < 300
    g = pickle.loads(data)
    assert (g.text, g.variables, g.parameters) == (f.text, f.variables, f.parameters)
    assert g.value([1, 2]) == 4.0


def test_nothing_is_built_before_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.Target, "build", None)
    f = Formula("x^2 + 77.25*y")
    assert f.describe() == "x^2 + 77.25*y"
    assert repr(f) == "Formula('x^2 + 77.25*y', variables=('x', 'y'))"
    assert f.to_mathml().startswith("<math")


# Errors


@pytest.mark.parametrize("shape", [(3,), (1,), (), (3, 4), (2, 2, 2)])
def test_a_wrong_shape_is_named_with_the_right_one(shape: tuple[int, ...]) -> None:
    f = Formula(ROSENBROCK)
    for method in (f.value, f.gradient, f.value_and_gradient, f.hessian):
        with pytest.raises(PointError) as caught:
            method(np.zeros(shape))
        message = str(caught.value)
        assert str(shape) in message
        assert "(2,)" in message
        assert "x, y" in message


@pytest.mark.parametrize("x", [["a", "b"], [1j, 2], None, [[1, 2], [3]], [object(), 1]])
def test_what_is_not_numbers_is_refused(x: Any) -> None:
    with pytest.raises(PointError, match="2 numbers"):
        Formula(ROSENBROCK).value(x)


def test_errors_of_the_text_name_the_character() -> None:
    with pytest.raises(FormulaError) as caught:
        Formula("x + * y")
    assert caught.value.position == 4
    with pytest.raises(FormulaError, match="no variable"):
        Formula("1 + 2")
    with pytest.raises(ThalwegError, match="'maple' is not known"):
        Formula("x", syntax="maple")  # pyright: ignore[reportArgumentType]


def test_the_minima_of_the_surfaces() -> None:
    path = Path(__file__).parents[1] / "data" / "surfaces.json"
    for surface in json.loads(path.read_text(encoding="utf-8"))["surfaces"]:
        f = Formula(surface["python"], variables=["x", "y"])
        for minimiser in surface["minimisers"]:
            assert f.value(minimiser) == pytest.approx(surface["minimum"], abs=1e-12)
            if surface["kind"] == "smooth":
                assert np.max(np.abs(f.gradient(minimiser))) < 1e-10
                assert np.all(np.linalg.eigvalsh(f.hessian(minimiser)) > 0)


@pytest.mark.parametrize(
    "text", ["hypot(x[1], x[2])", "norm(x)", "sqrt(x[1]^2 + x[2]^2)", "sqrt(dot(x, x))", "sqrt(2*mean(x^2))"]
)
def test_all_spellings_of_a_norm_have_the_slope_0_at_its_kink(text: str) -> None:
    f = Formula(f"{text} with x[1..2]")
    assert f.gradient([0, 0]).tolist() == [0, 0]
    assert f.hessian([0, 0]).tolist() == [[0, 0], [0, 0]]
    assert f.gradient([3, 4]) == pytest.approx([0.6, 0.8], rel=1e-15)
    assert f.hessian([3, 4]) == pytest.approx(np.array([[0.128, -0.096], [-0.096, 0.072]]), rel=1e-13)
