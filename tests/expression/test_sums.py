"""Sums, products and vectors: how they are read in each language, written back, differentiated, and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from mpmath import mp, mpf

from tests.expression.evaluate import evaluate
from tests.expression.strategies import READ_BACK, VECTORS, sum_formulas
from thalweg.expression import derivative
from thalweg.expression.cautions import cautions
from thalweg.expression.dialects import Syntax
from thalweg.expression.errors import FormulaError
from thalweg.expression.graph import FormulaSizeError
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import (
    to_javascript,
    to_julia,
    to_latex,
    to_mathematica,
    to_mathml,
    to_python,
    to_text,
)

ROSENBROCK = "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, 9)"


@pytest.mark.parametrize(
    "text",
    [
        "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, n-1) with n = 10",
        "sum(100*(x[i + 1] - x[i]²)² + (1 - x[i])², i, 1, n - 1) with n = 10, x[1..n]",
        "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2 for i in 1:9)",
        "Sum[100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2, {i, 1, 9}]",
        "Sum[100 (x[[i+1]] - x[[i]]^2)^2 + (1 - x[[i]])^2, {i, 9}] (* chained *)",
        "Sum[100 (Subscript[x, i+1] - Subscript[x, i]^2)^2 + (1 - Subscript[x, i])^2, {i, 1, 9}]",
        r"\sum_{i=1}^{9} \left[ 100 \left(x_{i+1} - x_i^2\right)^2 + (1 - x_i)^2 \right]",
        r"\sum\limits^9_{i=1} (100 (x_{i+1} - x_{i}^{2})^{2} + (1-x_{i})^{2})",
        r"$\sum_{i=1}^{n-1} \{100(x_{i+1}-x_i^2)^2+(1-x_i)^2\}$ with n = 10",
    ],
)
def test_one_sum_is_read_in_many_spellings(text: str) -> None:
    assert parse(text) == parse(ROSENBROCK)


@pytest.mark.parametrize(
    "text",
    [
        "sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2 for i in range(9))",
        "sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2 for i in range(0, n-1)) with n = 10",
        "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 0, 8)",
    ],
)
def test_a_vector_begins_at_0_where_that_occurs(text: str) -> None:
    formula = parse(text)
    assert formula.compact == ("x[0..9]",)
    assert formula.variables[:2] == ("x[0]", "x[1]")


def test_whole_vectors_are_reduced_as_in_numpy() -> None:
    by_slices = parse("sum(100.0*(x[1:]-x[:-1]**2.0)**2.0 + (1-x[:-1])**2.0)", variables=["x[1..10]"])
    assert by_slices == parse(ROSENBROCK)
    assert parse("dot(x, y) with x[1..3], y[1..3]") == parse("sum(x[i]*y[i], i, 1, 3)")
    assert parse("norm(x - 1)", variables=["x[1..3]"]) == parse("sqrt(sum((x[i] - 1)^2, i, 1, 3))")
    assert parse("norm1(x) with x[1..3]") == parse("sum(|x[i]|, i, 1, 3)")
    assert parse("mean(x^2) with x[1..4]") == parse("sum(x[i]^2, i, 1, 4)/4")
    assert parse("prod(x) with x[1..4]") == parse("prod(x[i], i, 1, 4)")
    assert parse(r"\lVert x \rVert^2 + \|x\|_1 with x[1..3]") == parse("norm(x)^2 + norm1(x) with x[1..3]")
    assert parse("norm(x, y)") == parse("hypot(x, y)")


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "dot", "pow"])
def test_a_variable_may_be_named_as_a_sum_is_beside_such_sums(name: str) -> None:
    applied = {"pow": "pow(x[1], 2)", "dot": "dot(x, x)", "prod": "prod(x[i], i, 1, 2)"}.get(
        name, f"{name}(x)"
    )
    formula = parse(f"{name} + 3*{name} + {applied} with x[1..2]")
    other = parse(f"s + 3*s + {applied} with x[1..2]")
    assert formula.variables == (name, "x[1]", "x[2]")
    assert (formula.graph.nodes, formula.root) == (other.graph.nodes, other.root)


def test_variables_come_in_order_of_first_appearance_vectors_whole() -> None:
    formula = parse("a*sum(x[i]*b, i, 1, 3) + c*x[4]")
    assert formula.variables == ("a", "x[1]", "x[2]", "x[3]", "x[4]", "b", "c")
    assert [vector.start for vector in formula.vectors] == [1]
    given = parse("a*x[2]", variables=["x[1..3]", "a"])
    assert given.variables == ("x[1]", "x[2]", "x[3]", "a")
    assert parse("a*x[2]", variables=given.variables) == given


def test_sizes_are_whole_numbers_from_parameters_and_clauses() -> None:
    by_parameter = parse("sum(x[i]^2, i, 1, (n+1)/2 - 1)/n", parameters=["n"], sizes={"n": 9})
    assert by_parameter.compact == ("x[1..4]",)
    assert by_parameter.sizes == {"n"}
    assert parse("n*sum(x[i], i, 2, n) with n = 3") == parse("3*sum(x[i], i, 2, 3)")


def test_the_index_is_a_number_too_and_hides_what_has_its_name() -> None:
    formula = parse("i + sum(i*x[i]^2, i, 1, 3) + i")
    assert formula.variables == ("i", "x[1]", "x[2]", "x[3]")
    value = evaluate(formula.graph, [formula.root], [10, 1, 2, 3])[0]
    assert value == 10 + (1 + 2 * 4 + 3 * 9) + 10
    assert parse(to_text(formula)) == formula


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("sum(x[i], i, 1, n)", 16, 1, "'n' is no index"),
        ("sum(x[i+1], i, 1, 3) with x[1..3]", 4, 6, "reaches x[4]"),
        ("sum(x[i-2], i, 1, 3)", 4, 6, "reaches x[-1]"),
        ("sum(x[i]^2, i, 1)", 0, 3, "two bounds"),
        ("sum(x[i], 2, 1, 3)", 10, 1, "name of an index"),
        ("sum(x[i*i], i, 1, 3)", 7, 1, "multiplied by an index"),
        ("sum(x[i/2], i, 1, 3)", 7, 1, "no whole number"),
        ("x[1.5]", 2, 3, "whole number"),
        ("x[1, 2]", 3, 1, "one index"),
        ("x[1", 1, 1, "never closed"),
        ("sum(sum(x[i], i, 1, 3), i, 1, 3)", 14, 1, "index of a sum around"),
        ("sum(sum(x[i]*x[j], i, 1, 100000), j, 1, 100000)", 19, 1, "1e+10 terms"),
        ("sum(x[i] > 0, i, 1, 3)", 0, 3, "comparison"),
        ("x[1] + x", 7, 1, "is a vector"),
        ("sum(y^2)", 0, 3, "no vector"),
        ("sum(x[i], i, 1, 3", 3, 1, "never closed"),
        ("sum(x[i]^2, i, 1, n) with n", 26, 1, "neither a size nor a vector"),
        ("dot(x, y) with x[1..3], y[1..4]", 0, 3, "different lengths"),
        (r"\sum x_i", 0, 4, "lacks its index"),
        (r"\sum_{i=1}^{3} x_{i+j}", 20, 1, "'j' is no index"),
        ("Sum[x[[i]], {i, 1, 3}, 4]", 0, 3, "Sum[term, {i, 1, n}]"),
        ("x[[1]", 4, 1, "']]'"),
        (r"\sum_{i=1}^{3} x_i^2 - \cos x_i", 28, 3, "outside of the sum over i"),
        ("sum(x x, y: x^2 for i in 1:33)", 7, 1, "comma separates nothing"),
        ("prod(x[i], y[i] for i in range(3))", 9, 1, "comma separates nothing"),
        ("sum(sum(x[i], 1 for i in 1:3) for j in 1:3)", 12, 1, "comma separates nothing"),
        ("mean(x[i], 2 for i in 1:3)", 0, 4, "takes no index"),
        ("sum((x, y)) with x[1..3]", 6, 1, "comma separates nothing"),
        (r"\sum_{i=1}^{3} (x_i, 1)", 19, 1, "comma separates nothing"),
        (r"\prod_{i=1}^{3} x_i, y_i", 19, 1, "comma separates nothing"),
        (r"\|x, y\|_1 with x[1..3]", 0, 2, "two bounds"),
        ("Sum[x[[i]], y, {i, 1, 3}]", 0, 3, "Sum[term, {i, 1, n}]"),
        ("Sum[(x[[i]], y), {i, 1, 3}]", 11, 1, "',' has no place"),
        ("Total[Abs[x, y]] with x[1..3]", 6, 6, "one argument"),
        ("x[0]*x[1] + x_999999991", 0, 1, "1,000,000 elements at most"),
        ("x[600000] + y[600000]", 12, 1, "together 1,000,000 elements at most"),
        ("Log[x, y, z]", 8, 1, "one argument or two"),
    ],
)
def test_errors_name_the_character(text: str, position: int, length: int, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert said in str(caught.value)
    assert (caught.value.position, caught.value.length) == (position, length)


def test_a_vector_that_is_declared_too_long_is_refused() -> None:
    with pytest.raises(FormulaError, match="1,000,000 elements at most"):
        parse("sum(x[i], i, 1, 3)", variables=["x[1..9999999999]"])
    with pytest.raises(FormulaError, match="at least one element"):
        parse("sum(x^2) with x[1..9999999999]")


@pytest.mark.parametrize(("syntax", "write"), READ_BACK)
@settings(max_examples=150)
@given(text=sum_formulas())
def test_reading_what_was_written_gives_the_same_graph(
    syntax: Syntax, write: Callable[[Parsed], str], text: str
) -> None:
    formula = parse(text, variables=VECTORS)
    assert parse(write(formula), variables=VECTORS, syntax=syntax) == formula
    alone = parse(text)
    assert parse(write(alone), syntax=syntax) == alone


@settings(max_examples=60)
@given(text=sum_formulas())
def test_what_is_written_in_julia_has_the_same_values(text: str) -> None:
    formula = parse(text, variables=VECTORS)
    x = [mpf(k % 5 - 2) / 3 + mpf(k) / 7 for k in range(len(formula.variables))]
    value = evaluate(formula.graph, [formula.root], x)[0]
    written = to_julia(formula).replace("; init=0.0", "").replace("; init=1.0", "")
    again = parse(
        written, variables=[name.replace("0..7", "1..8") for name in VECTORS]
    )  # its arrays begin at 1
    assert mp.almosteq(evaluate(again.graph, [again.root], x)[0], value, 1e-12, 1e-12)


def test_sums_are_written_in_every_language() -> None:
    formula = parse("sum(x[i+1]^2/i, i, 1, 3)*a + prod(x[j], j, 2, 4)")
    assert to_text(formula) == "sum(x[i + 1]^2/i, i, 1, 3)*a + prod(x[i], i, 2, 4)"
    assert to_python(formula) == (
        "sum(x[i]**2/i for i in range(1, 4))*a + np.prod([x[i - 1] for i in range(2, 5)])"
    )
    assert to_mathematica(formula) == "Sum[x[[i + 1]]^2/i, {i, 1, 3}]*a + Product[x[[i]], {i, 2, 4}]"
    assert to_latex(formula) == (
        r"\left(\sum_{i=1}^{3} \frac{x_{i + 1}^{2}}{i}\right) a + \prod_{i=2}^{4} x_{i}"
    )
    assert to_julia(formula) == (
        "sum(x[i + 1]^2/i for i in 1:3; init=0.0)*a + prod(x[i] for i in 2:4; init=1.0)"
    )
    assert to_javascript(formula) == (
        "Array.from({length: Math.max(0, 3)}, (_, $k) => $k + 1).reduce(($total, i) => $total + x[i]**2/i, 0)*a"
        " + Array.from({length: Math.max(0, 3)}, (_, $k) => $k + 2).reduce(($total, i) => $total*x[i - 1], 1)"
    )
    assert "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow>" in to_mathml(formula)


def test_vectors_that_are_longer_than_what_is_reached_are_stated() -> None:
    formula = parse("sum(x[i], i, 1, 3) with x[1..9]")
    assert to_text(formula).endswith(" with x[1..9]")
    assert parse(to_latex(formula)) == parse(to_mathematica(formula)) == formula
    assert to_latex(parse("x[1]*x[2]")) == "x_{1} x_{2} with x[1..2]"


@pytest.mark.parametrize(("syntax", "write"), READ_BACK)
@pytest.mark.parametrize(
    "text",
    [
        "x[0]*x[1] + x1",
        "sum(v[i]*w[i], i, 1, 4)*wi",
        "sum((x_a[i] - 1)^2, i, 1, 3)*x_a[2]",
        "sum(sum(x[j1]*y[index], index, 1, 2), j1, 1, 2)",
        "sum(x[alpha]*beta1[alpha + 1], alpha, 1, 2)",
        "i*sum(x[k] - k, k, 1, 2) + sum(x[i], i, 1, 2)",
        "-sum(-2*x[i], i, 1, 3)*sum(x[i], i, 1, 3)^-1/3",
    ],
)
def test_odd_names_and_places_are_read_back(
    syntax: Syntax, write: Callable[[Parsed], str], text: str
) -> None:
    assert parse(write(parse(text)), syntax=syntax) == parse(text)


@settings(max_examples=60, deadline=None)
@given(text=sum_formulas(18))
def test_derivatives_are_those_of_the_definition(text: str) -> None:
    formula = parse(text, variables=VECTORS)
    graph, n = formula.graph, len(formula.variables)
    x = [mpf(k % 5 - 2) / 3 + mpf(k) / 7 for k in range(n)]
    try:
        gradient = derivative.adjoints(graph, formula.root, n)
    except FormulaSizeError:
        assume(False)
        raise
    found = scattered(formula, gradient, x)
    with mp.workdps(60):
        h = mpf(10) ** -25
        for k in range(n):
            ends = [evaluate(graph, [formula.root], [*x[:k], x[k] + s * h, *x[k + 1 :]])[0] for s in (1, -1)]
            slope = (ends[0] - ends[1]) / (2 * h)
            assert mp.almosteq(found[k], slope, 1e-12, 1e-12)


def scattered(formula: Parsed, gradient: derivative.Gradient, x: list[mpf]) -> list[mpf]:
    """Return the derivatives, each loop of the gradient run through from its definition."""
    graph = formula.graph
    found = [mpf(0)] * len(x)
    for place, node in gradient.nodes.items():
        found[place] += evaluate(graph, [node], x)[0]
    for nest, element, adjoint in gradient.scatters:
        _, start, constant, coefficients = graph.nodes[element]
        for place in range(len(x)):  # the terms that add to this place, picked out by the sums themselves
            index = graph.constant(float(place - start - constant))
            here = graph.constant(0.0)
            for number, factor in coefficients:
                here = graph.add(here, graph.multiply(graph.constant(float(factor)), graph.index(number)))
            term = graph.call("where", graph.truth("equal", here, index), adjoint, graph.constant(0.0))
            for over in reversed(nest):
                term = graph.total("sum", term, over)
            found[place] += evaluate(graph, [term], x)[0]
    return found


@pytest.mark.parametrize(
    "text", ["sum(x[1]/sqrt(i), i, 1, 0)", "1 - prod(x[i]/sqrt(i), i, 1, 0)", "sum(log(i)/i, i, 1, -1)*x"]
)
def test_sums_and_products_without_terms_are_0_and_1(text: str) -> None:
    formula = parse(text + " + 3*y", variables=["x[1..1]" if "[" in text else "x", "y"])
    graph = formula.graph
    assert cautions(formula) == ()
    found = derivative.adjoints(graph, formula.root, 2)
    assert evaluate(graph, [formula.root, found.nodes[1]], [mpf(5), mpf(7)]) == [21, 3]


def test_cautions_speak_of_elements_and_know_where_an_index_runs() -> None:
    formula = parse("sum(log(x[i+1]) + |x[2*i-1]|/i, i, 1, 5) + sum(sum(1/(i + j), j, 1, i), i, 1, 3)*a")
    assert cautions(formula) == (
        "may be undefined for x[i + 1] <= 0 (log)",
        "not differentiable where x[2*i - 1] = 0 (abs)",
    )
