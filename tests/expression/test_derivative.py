"""Gradients and Hessians against mpmath's numerical differentiation, and at the corners of their domains."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.expression.evaluate import evaluate, evaluate_in_doubles
from tests.expression.strategies import parsed_formulas
from thalweg.expression.derivative import gradient, hessian
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import FormulaSizeError, Graph
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import to_text

SURFACES = json.loads((Path(__file__).parents[1] / "data" / "surfaces.json").read_text(encoding="utf-8"))[
    "surfaces"
]

BY_NAME = [pytest.param(surface, id=surface["name"]) for surface in SURFACES]


@pytest.fixture(autouse=True)
def fifty_digits() -> Any:
    with mp.workdps(50):
        yield


def numerical_gradient(graph: Graph, root: int, x: Sequence[Any]) -> list[Any]:
    """Return the gradient by mpmath's differences, which carry many more digits than a double."""

    def along(i: int) -> Any:
        return mp.diff(lambda t: evaluate(graph, [root], [*x[:i], t, *x[i + 1 :]])[0], x[i])

    return [along(i) for i in range(len(x))]


def triangle(rows: Sequence[Sequence[Any]]) -> list[Any]:
    return [entry for row in rows for entry in row]


def assert_close(found: Sequence[Any], wanted: Sequence[Any], scale: Any = 1.0) -> None:
    """Compare to a few roundings of doubles, which the constants in a derivative go through."""
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert abs(one - other) <= 1e-13 * max(abs(other), scale)


@pytest.mark.parametrize("surface", BY_NAME)
def test_derivatives_of_the_surfaces(surface: dict[str, Any]) -> None:
    formula = parse(surface["python"], variables=["x", "y"])
    graph = formula.graph
    first = gradient(graph, formula.root, 2)
    second = hessian(graph, formula.root, 2)
    (x0, x1), (y0, y1) = surface["box"]["x"], surface["box"]["y"]
    for s, t in [(0.1, 0.9), (0.37, 0.31), (0.83, 0.55)]:
        point = [mpf(x0 + s * (x1 - x0)), mpf(y0 + t * (y1 - y0))]
        slopes = evaluate(graph, first, point)
        assert_close(slopes, numerical_gradient(graph, formula.root, point), scale=max(map(abs, slopes)))
        bends = evaluate(graph, triangle(second), point)
        wanted = [numerical_gradient(graph, first[i], point)[: i + 1] for i in range(2)]
        assert_close(bends, triangle(wanted), scale=max(map(abs, bends)))


@pytest.mark.parametrize("surface", BY_NAME)
def test_derivatives_at_the_known_stationary_points(surface: dict[str, Any]) -> None:
    formula = parse(surface["python"], variables=["x", "y"])
    first = gradient(formula.graph, formula.root, 2)
    second = triangle(hessian(formula.graph, formula.root, 2))
    for known in surface.get("stationary_points_in_box", []):
        point = [mpf(known["x"]), mpf(known["y"])]
        (value,) = evaluate(formula.graph, [formula.root], point)
        assert value == pytest.approx(known["f"], rel=1e-12, abs=1e-12)
        by_x_x, by_x_y, by_y_y = evaluate(formula.graph, second, point)
        eigenvalues = mp.eigsy(mp.matrix([[by_x_x, by_x_y], [by_x_y, by_y_y]]), eigvals_only=True)
        largest = max(1.0, *map(abs, known["hessian_eigenvalues"]))
        assert sorted(map(float, eigenvalues)) == pytest.approx(
            known["hessian_eigenvalues"], abs=1e-9 * largest
        )
        slopes = evaluate(formula.graph, first, point)
        assert max(map(abs, slopes)) < 1e-12 * largest


@settings(max_examples=150)
@given(
    parsed_formulas(size=12),
    st.lists(st.integers(-24, 24).filter(lambda k: k % 8 != 0), min_size=4, max_size=4),
)
def test_derivatives_of_random_formulas(formula: Parsed, eighths: list[int]) -> None:
    x = [mpf(k) / 8 for k in eighths]
    graph, root = formula.graph, formula.root
    first = gradient(graph, root, 4)
    second = hessian(graph, root, 4)
    try:
        values = evaluate(graph, [root, *first, *triangle(second)], x)
        slopes = numerical_gradient(graph, root, x)
        bends = [numerical_gradient(graph, first[i], x)[: i + 1] for i in range(4)]
    except (ZeroDivisionError, ValueError, OverflowError, mp.NoConvergence):
        assume(False)  # a pole, or a number beyond what mpmath holds
        return
    wanted = [values[0], *slopes, *triangle(bends)]
    assume(all(mp.im(value) == 0 and mp.isfinite(value) and abs(value) < 1e8 for value in [*wanted, *values]))
    scale = max(1.0, *map(abs, values))
    assert max(abs(a - b) for a, b in zip(values, wanted, strict=True)) <= 1e-10 * scale


# Corners: what holds where a formula bends or ends


@pytest.mark.parametrize(
    ("text", "x", "slopes"),
    [
        ("abs(x)", (0.0,), [0.0]),
        ("abs(x)", (-3.0,), [-1.0]),
        ("abs(x) + y*0", (0.0, 1.0), [0.0, 0.0]),
        ("x^0", (0.0,), [0.0]),
        ("x^1", (0.0,), [1.0]),
        ("x^2", (0.0,), [0.0]),
        ("x^3", (-2.0,), [12.0]),
        ("x^-1", (2.0,), [-0.25]),
        ("1/x", (2.0,), [-0.25]),
        ("x^1.5", (0.0,), [0.0]),
        ("x^0.5", (0.0,), [math.inf]),
        ("sqrt(x)", (0.0,), [math.inf]),
        ("x^y", (0.0, 2.0), [0.0, 0.0]),
        ("x^y", (0.0, 1.0), [1.0, 0.0]),
        ("x^y", (0.0, 0.5), [math.inf, 0.0]),
        ("x^y", (2.0, 3.0), [12.0, 8.0 * math.log(2.0)]),
        ("x^y", (-2.0, 3.0), [12.0, math.nan]),
        ("0^x + x", (2.0,), [1.0]),
        ("2^x", (3.0,), [8.0 * math.log(2.0)]),
        ("e^x", (1.0,), [math.e]),
        ("x^x", (1.0,), [1.0]),
        ("x*x", (3.0,), [6.0]),
        ("x - x", (3.0,), [0.0]),
        ("x*x*x", (3.0,), [27.0]),
        ("3", (1.0,), [0.0]),
        ("sign(x)*x", (-2.0,), [-1.0]),
        ("floor(x)*x", (2.5,), [2.0]),
        ("relu(x)", (0.0,), [0.0]),
        ("relu(x)", (2.0,), [1.0]),
        ("max(x, y)", (1.0, 1.0), [1.0, 0.0]),
        ("min(x, y)", (1.0, 1.0), [1.0, 0.0]),
        ("max(x, 2*y, 3)", (1.0, 2.0), [0.0, 2.0]),
        ("hypot(x, y)", (0.0, 0.0), [0.0, 0.0]),
        ("sqrt(x^2 + y^2)", (0.0, 0.0), [0.0, 0.0]),
        ("sqrt(2*x^2 + (x*x + y^4)/3)", (0.0, 0.0), [0.0, 0.0]),
        ("sqrt(x^2 + y)", (0.0, 0.0), [math.nan, math.inf]),
        ("sqrt(x^2 + y^2)", (3.0, 4.0), [0.6, 0.8]),
        ("hypot(x, y)", (3e200, 4e200), [0.6, 0.8]),
        ("atan2(x, y)", (3e200, 4e200), [1.6e-201, -1.2e-201]),
        ("cbrt(x)", (0.0,), [math.inf]),
        ("acosh(x)", (-2.0,), [math.nan]),
        ("sigmoid(x)", (40.0,), [math.exp(-40.0)]),
        ("where(x > 0, log(x), 0)", (0.0,), [0.0]),
        ("where(x > 0, sqrt(x), x^2)", (-2.0,), [-4.0]),
        ("where(x > 0, sqrt(x)/x, 0)*y", (0.0, 1.0), [0.0, 0.0]),
        ("where(x == 0, 1, sin(x)/x)", (0.0,), [0.0]),
        ("where(x > 0, where(y > 0, log(x*y), 1/y), y)", (0.0, 0.0), [0.0, 1.0]),
        ("where(x > 0, log(x), 0) + where(x > 0, 0, 1/(x + 1))", (0.0,), [-1.0]),
        (
            "where(x > 0, where(y > 0, where(x > y, where(x > 1, where(y > 1, 1/y, sqrt(y)/x), y), 1), 2), x)*y",
            (0.0, 3.0),
            [3.0, 0.0],
        ),
        ("where(x == 0, 1, y/x - y/x)", (0.0, 1.0), [0.0, 0.0]),
        ("where(x > 1, exp(sqrt(y)), 0) + where(x > 2, sqrt(y), 0)", (0.0, 0.0), [0.0, 0.0]),
        ("where(x > 1, -where(y > 1, -sqrt(x*y), 0)*sqrt(y), 0)", (2.0, 0.0), [0.0, 0.0]),
        ("max(x, min(y, max(2*x, min(3*y, max(log(x + 1), sqrt(y), x/y)))))", (0.0, 0.0), [1.0, 0.0]),
    ],
)
def test_slopes_at_corners(text: str, x: tuple[float, ...], slopes: list[float]) -> None:
    formula = parse(text)
    found = evaluate_in_doubles(formula.graph, gradient(formula.graph, formula.root, len(x)), x)
    assert found == pytest.approx(slopes, rel=1e-15, abs=0.0, nan_ok=True)


def test_second_derivatives_of_a_power_at_zero() -> None:
    formula = parse("x^y")
    second = hessian(formula.graph, formula.root, 2)
    assert evaluate_in_doubles(formula.graph, triangle(second), (0.0, 2.0)) == [2.0, 0.0, 0.0]


def test_variables_that_a_formula_does_not_have_get_zero() -> None:
    formula = parse("x^2", variables=["x", "y"])
    zero = formula.graph.constant(0.0)
    assert gradient(formula.graph, formula.root, 2)[1] == zero
    assert hessian(formula.graph, formula.root, 2)[1] == [zero, zero]


def test_parameters_and_columns_are_held_fixed() -> None:
    formula = parse("a*x^2*t", parameters=["a"], columns=["t"])
    (slope,) = gradient(formula.graph, formula.root, 1)
    assert to_text(formula, slope) == "2*(t*a*x)"


def test_value_and_gradient_share_what_they_have_in_common() -> None:
    formula = parse("exp(sin(x)*cos(y))")
    graph = formula.graph
    both = graph.reachable([formula.root, *gradient(graph, formula.root, 2)])
    assert sorted(graph.nodes[i][0] for i in both if graph.nodes[i][0] in ("exp", "sin", "cos")) == sorted(
        ["exp", "sin", "cos", "cos", "sin"]
    )


def test_the_hessian_of_separable_terms_is_diagonal() -> None:
    formula = parse("+".join(f"x{i}^2 - 10*cos(2*pi*x{i})" for i in range(8)))
    rows = hessian(formula.graph, formula.root, 8)
    zero = formula.graph.constant(0.0)
    for i, row in enumerate(rows):
        assert len(row) == i + 1
        assert row[:i] == [zero] * i
        assert row[i] != zero


def test_the_gradient_costs_a_few_operations_per_operation() -> None:
    formula = parse("+".join(f"(x{i}*x{i + 1} - sin(x{i}))^2" for i in range(50)))
    graph = formula.graph
    value = len(graph.reachable([formula.root]))
    both = len(graph.reachable([formula.root, *gradient(graph, formula.root, 51)]))
    assert both < 4 * value


def test_long_formulas_need_no_recursion() -> None:
    text = "x" + "".join(f" + sin(x*{i})" for i in range(2, 1400))
    formula = parse(text)
    (slope,) = gradient(formula.graph, formula.root, 1)
    assert len(formula.graph.reachable([slope])) > 1400


# Choices within choices

CHOICES: dict[str, Callable[[int, str], str]] = {
    "roots in turn": lambda k, inner: f"min({('sqrt(x*x + y + 9)', 'exp(x - y/3)')[k % 2]}*{k}/9, {inner})",
    "min": lambda k, inner: f"min({'xy'[k % 2]}, {inner})",
    "min of multiples": lambda k, inner: f"min({'xy'[k % 2]} + {k}/7, 3*{inner}/2 - 1)",
    "max of curves": lambda k, inner: f"max(sin({k}*x)*y, {inner})",
    "where": lambda k, inner: f"where({'xy'[k % 2]} > {k}/30, exp(x*y - {k}/9), {inner}*{'yx'[k % 2]})",
    "both sides": lambda k, inner: f"max(min(y*{k}/5, {inner}), x^2 - y/2)",
}
"""What is put round a formula again and again."""


def chosen(kind: str, depth: int) -> Parsed:
    text = "x"
    for k in range(depth):
        text = CHOICES[kind](k, text)
    return parse(text, variables=["x", "y"])


@pytest.mark.parametrize("kind", CHOICES)
def test_derivatives_of_choices_within_choices(kind: str) -> None:
    for depth in range(1, 13):
        formula = chosen(kind, depth)
        graph = formula.graph
        first = gradient(graph, formula.root, 2)
        for point in ((0.57, 0.73), (-0.31, 0.91), (1.73, 0.82), (0.11, -1.13), (-1.37, -0.41)):
            x = [mpf(t) for t in point]
            wanted = numerical_gradient(graph, formula.root, x)
            bends = triangle([numerical_gradient(graph, first[i], x)[: i + 1] for i in range(2)])
            second = triangle(hessian(graph, formula.root, 2))
            scale = max(1.0, *map(abs, [*wanted, *bends]))
            assert_close(evaluate(graph, [*first, *second], x), [*wanted, *bends], scale=10 * scale)


@pytest.mark.parametrize("kind", CHOICES)
def test_the_gradient_of_choices_within_choices_is_as_long_as_they_are_deep(kind: str) -> None:
    sizes: list[int] = []
    for depth in (24, 48, 96):
        formula = chosen(kind, depth if kind != "both sides" else depth // 2)
        gradient(formula.graph, formula.root, 2)
        sizes.append(len(formula.graph))
    once, twice, again = sizes
    assert again - twice < 2.2 * (twice - once)


def test_the_largest_of_many_needs_no_recursion() -> None:
    count = 500
    formula = parse(f"max({', '.join(f'x*{k} - {k}^2/2*y' for k in range(count))})")
    slopes = gradient(formula.graph, formula.root, 2)
    assert evaluate_in_doubles(formula.graph, slopes, (321.0, 1.0)) == [321.0, -(321.0**2) / 2]


def test_the_pieces_of_a_formula_meet_again_in_its_derivative() -> None:
    formula = parse("where(x < 0, x^2, where(x < 1, x^3, where(x < 2, sin(x), x^4)))")
    (slope,) = gradient(formula.graph, formula.root, 1)
    assert to_text(formula, slope) == "where(x < 0, 2*x, where(x < 1, 3*x^2, where(x < 2, cos(x), 4*x^3)))"


def test_derivatives_beyond_the_limit_are_refused() -> None:
    formula = parse("*".join(f"(x{i} + 1)" for i in range(400)))
    with pytest.raises(FormulaSizeError, match="100,000 operations"):
        hessian(formula.graph, formula.root, 400)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "where"])
def test_derivatives_of_every_function(name: str) -> None:
    arguments = FUNCTIONS[name].arguments
    shape = f"{name}({', '.join(('x*y', 'x - y/3')[:arguments])})"
    formula = parse(f"{shape}*x", variables=["x", "y"])
    graph = formula.graph
    first = gradient(graph, formula.root, 2)
    second = triangle(hessian(graph, formula.root, 2))
    for point in ((0.5, 0.7), (-0.3, 0.9), (1.7, 0.8), (-1.3, -1.1)):
        x = [mpf(t) for t in point]
        wanted = [evaluate(graph, [formula.root], x)[0], *numerical_gradient(graph, formula.root, x)]
        bends = triangle([numerical_gradient(graph, first[i], x)[: i + 1] for i in range(2)])
        if any(isinstance(value, mp.mpc) and value.imag for value in [*wanted, *bends]):
            continue  # outside its domain
        scale = max(1.0, *map(abs, [*wanted, *bends]))
        assert_close(evaluate(graph, [formula.root, *first, *second], x), [*wanted, *bends], scale=10 * scale)


def test_second_derivatives_of_a_branch_that_is_not_taken_leave_no_trace() -> None:
    formula = parse("where(x > 0, x^2*log(x), y^3) + where(y < 1, hypot(x, y), 1)")
    second = triangle(hessian(formula.graph, formula.root, 2))
    assert evaluate_in_doubles(formula.graph, second, (0.0, 2.0)) == [0.0, 0.0, 12.0]
    deep = "min(where(x < 0, 0, where(x < 1, 0, min(where(-y <= y, -y, x), 2))*2)*y, sqrt(x*max(-y, 0)))"
    formula = parse(deep)  # -2*y^2 at y = 0, where the root's slope is infinite
    second = triangle(hessian(formula.graph, formula.root, 2))
    assert evaluate_in_doubles(formula.graph, second, (2.0, 0.0)) == [0.0, 0.0, -4.0]
