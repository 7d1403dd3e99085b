"""What is said of a formula before it runs, against where mpmath finds it undefined."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.expression.evaluate import evaluate_in_doubles
from tests.expression.strategies import parsed_formulas
from thalweg.expression.cautions import MOST, cautions
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.ranges import ranges


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("log(x)", ["may be undefined for x <= 0 (log)"]),
        ("log(x^2)", ["may be undefined where x^2 = 0 (log)"]),
        ("log1p(x - y)", ["may be undefined for x - y <= -1 (log1p)"]),
        ("sqrt(x)", ["may be undefined for x < 0 (sqrt)", "not differentiable where x = 0 (sqrt)"]),
        ("sqrt(x^2 + y^2)", ["not differentiable where x^2 + y^2 = 0 (sqrt)"]),
        ("|x - 1|", ["not differentiable where x - 1 = 0 (abs)"]),
        ("1/x", ["may be undefined where x = 0 (division)"]),
        ("x^-2", ["may be undefined where x = 0 (negative power)"]),
        ("x^0.5", ["may be undefined for x < 0 (power)", "not differentiable where x = 0 (power)"]),
        ("|x|^1.5", ["not differentiable where x = 0 (abs)"]),
        ("tan(x)", ["may be undefined where cos(x) = 0 (tan)"]),
        ("asin(x)", ["may be undefined for |x| > 1 (asin)"]),
        ("acosh(x)", ["may be undefined for x < 1 (acosh)"]),
        ("atanh(x)", ["may be undefined for |x| >= 1 (atanh)"]),
        ("max(x, 2y)", ["not differentiable where x = 2*y (max)"]),
        ("hypot(x, y)", ["not differentiable where x = 0 and y = 0 (hypot)"]),
        ("floor(x)", ["jumps where x is whole, its derivative counts as 0 (floor)"]),
        ("sign(x)", ["jumps where x = 0, its derivative counts as 0 (sign)"]),
        ("where(x < 1, x, y)", ["may jump or bend where x < 1 changes (where)"]),
        ("log(a) x", ["may be undefined for a <= 0 (log)"]),
    ],
)
def test_what_may_go_wrong_is_said(text: str, said: list[str]) -> None:
    assert list(cautions(parse(text, variables=["x", "y"], parameters=["a"]))) == said


@pytest.mark.parametrize(
    "text",
    [
        "x^2 + y^2", "sin(x)*cos(y)", "log(1 + x^2)", "log(exp(x) + exp(y))", "sqrt(x^2 + 1)", "1/(1 + exp(-x))",
        "asin(sin(x))", "hypot(x, 1)", "log(2 + sin(x))", "1/(3 - cos(x)*sin(y))", "max(exp(x), -1)", "|x^2 + 1|",
        "sqrt(cosh(x))", "log(softplus(x))", "log(x*x + 0.1)", "2^x", "acosh(1 + x^2)", "tan(atan(x)/2)",
    ],
)  # fmt: skip
def test_what_cannot_go_wrong_is_not_mentioned(text: str) -> None:
    assert cautions(parse(text)) == ()


def test_values_that_are_missing_come_first_and_the_list_ends() -> None:
    said = cautions(parse("|x| + |y| + log(x) + floor(x) + sign(y) + sqrt(y) + 1/x + tan(y)"))
    assert len(said) == MOST
    assert all(sentence.startswith("may be undefined") for sentence in said[:4])
    assert said[-1] == "and more such places"


def test_a_long_part_is_not_quoted() -> None:
    text = "log(" + " + ".join(f"x{i}" for i in range(30)) + ")"
    assert cautions(parse(text)) == ("may be undefined for the argument <= 0 (log)",)


def test_a_part_that_would_explode_when_written_is_not_written() -> None:
    formula = parse("x + y")
    graph, root = formula.graph, formula.root
    for _ in range(200):
        root = graph.multiply(root, graph.add(root, graph.constant(1.0)))
    root = graph.call("log", root)
    said = cautions(Parsed(graph, root, formula.variables))
    assert said == ("may be undefined for the argument <= 0 (log)",)


@settings(max_examples=150)
@given(
    parsed_formulas(whole=True),
    st.lists(st.one_of(st.floats(-4, 4), st.sampled_from([0.0, 1.0])), min_size=4, max_size=4),
)
def test_nothing_lies_outside_its_range_and_nothing_undefined_goes_unsaid(
    formula: Parsed, x: list[float]
) -> None:
    graph = formula.graph
    order = graph.reachable([formula.root])
    values = dict(zip(order, evaluate_in_doubles(graph, order, x), strict=True))
    if any(math.isinf(value) or abs(value) > 1e15 for value in values.values()):
        return  # what overflows is undefined for another reason
    for index, (low, high) in ranges(graph, order).items():
        value = values[index]
        slack = 1e-12 * max(1.0, abs(value))
        note(f"{graph.nodes[index]} = {value}, from {low} to {high}")
        assert math.isnan(value) or low - slack <= value <= high + slack
    if math.isnan(values[formula.root]):
        assert any(sentence.startswith("may be undefined") for sentence in cautions(formula))
