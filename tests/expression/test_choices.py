"""Functions of several arguments, comparisons and what joins them: how they are read, and what is refused where."""

from __future__ import annotations

import pytest

from tests.expression.evaluate import evaluate_in_doubles
from thalweg.expression.parse import FormulaError, parse
from thalweg.expression.printing import to_mathml, to_text


def value(text: str, x: float = 0.5, y: float = 2.0) -> float:
    formula = parse(text, variables=["x", "y"])
    return evaluate_in_doubles(formula.graph, [formula.root], [x, y])[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("max(x, y)", 2.0),
        ("2 min(3, x, y, 7)", 1.0),
        ("max(x, y)^2", 4.0),
        ("max(x - 1, -(y))", -0.5),
        ("norm(3x, x + 1.5)", 2.5),
        ("where(x < y, 1, 2)", 1.0),
        ("where(x > y, 1, 2)", 2.0),
        ("where(not x > y, 1, 2)", 1.0),
        ("where(x + 1 <= y - 0.5, 1, 2)", 1.0),
        ("where(x ≥ y or x ≠ y, 1, 2)", 1.0),
        ("where(x < y or x < 0 and y < 0, 1, 2)", 1.0),  # and binds tighter
        ("where((x < y or x < 0) and y < 0, 1, 2)", 2.0),
        ("where(not x < y and x < y, 1, 2)", 2.0),  # not binds tighter still
        ("where(x < 1, where(y < 1, 1, 2), 3)", 2.0),
        ("2 where(x == 0.5, x, y)", 1.0),
        ("max(x, where(y > 1, 5, 0))", 5.0),
        ("arctan2(0, x)", 0.0),
    ],
)
def test_choices_compute_what_they_say(text: str, wanted: float) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize("text", ["notx", "x_and", "orb", "andy", "normal", "x1 + minor"])
def test_names_that_begin_like_words_are_names(text: str) -> None:
    assert to_text(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "position", "length", "hint"),
    [
        ("sin(x, y)", 0, 6, "write sin(x)"),
        ("1 + max(x)", 4, 6, "write max(x, y)"),
        ("atan2(x, y, 1)", 0, 14, "write atan2(y, x)"),
        ("where(x < 1, 2)", 0, 15, "write where(x > 0, a, b)"),
        ("max x", 0, 3, "write max(x, y)"),
        ("max()", 3, 2, "write max(x, y)"),
        ("3,5", 1, 1, "decimals take a point"),
        ("(1, 2)", 2, 1, "max(x, y)"),
        ("max(x,, y)", 6, 1, None),
        ("max(x,", 5, 1, "must"),
        ("max(x, y", 3, 1, "add ')'"),
        ("x < 1", 0, 5, "where(x > 0, 1, 0)"),
        ("x + (x < 1)", 2, 1, "where(x > 0, 1, 0)"),
        ("(x < 1)^2", 7, 1, "where(x > 0, 1, 0)"),
        ("-(x < 1)", 0, 1, "where(x > 0, 1, 0)"),
        ("2 (x < 1)", 2, 1, "where(x > 0, 1, 0)"),
        ("sqrt(x < 1)", 0, 4, "where(x > 0, 1, 0)"),
        ("where(x < 1, y < 1, 2)", 0, 5, "where(x > 0, 1, 0)"),
        ("where(0 < x < 1, 1, 2)", 12, 1, "0 < x and x < 1"),
        ("where(x, 1, 2)", 0, 5, "x > 0"),
        ("where(x and y < 1, 1, 2)", 8, 3, "x > 0"),
        ("where(not x, 1, 2)", 6, 3, "x > 0"),
        ("and x", 0, 3, None),
        ("x and", 2, 3, "must"),
        ("x not y", 2, 3, None),
        ("2 x = 1", 4, 1, "right of the equals sign"),
        ("∑", 0, 1, "write sum(x[i]^2, i, 1, n)"),
        ("2 ∏ x", 2, 1, "write prod(x[i]^2, i, 1, n)"),
        ("∑∑∑", 0, 1, "in brackets"),
    ],
)
def test_what_cannot_be_read_is_named_at_its_character(
    text: str, position: int, length: int, hint: str | None
) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert (error.position, error.length) == (position, length)
    assert hint is None or hint in str(error)


@pytest.mark.parametrize("text", ["max(1, 2, x)", "max(max(1, x), 2)", "hypot(3, 4) x", "where(1 < 2, x, y)"])
def test_numbers_among_the_arguments_are_kept_as_typed(text: str) -> None:
    formula = parse(text, variables=["x", "y"])
    assert parse(to_text(formula), variables=["x", "y"]) == formula


def test_a_formula_of_choices_is_set_as_on_paper() -> None:
    shown = to_mathml(parse("where(x <= 0 and (y > 1 or x != 2), max(x, y, 2), floor(cbrt(x)))"))
    assert "<mi>x</mi><mo>≤</mo><mn>0</mn><mo>∧</mo><mrow><mo>(</mo><mi>y</mi><mo>&gt;</mo>" in shown
    assert (
        "<mi>max</mi><mo>\u2061</mo><mrow><mo>(</mo><mi>x</mi><mo>,</mo><mi>y</mi><mo>,</mo><mn>2</mn>"
        in shown
    )
    assert "<mo>⌊</mo><mroot><mrow><mi>x</mi></mrow><mn>3</mn></mroot><mo>⌋</mo>" in shown
