"""The page on the language is up to date, and each of its examples has the value that mpmath gives it."""

from __future__ import annotations

import math

import pytest
from mpmath import mp

from scripts.language import PAGE, SECTIONS, VALUES, page, point
from tests.expression.evaluate import evaluate
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.parse import parse
from thalweg.objective.formula import Formula

EXAMPLES = [text for section in SECTIONS for text in section.examples]


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m scripts.language writes it"


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_what_mpmath_says(text: str) -> None:
    formula = Formula(text)
    x = point(formula)
    parsed = parse(text)
    with mp.workdps(40):
        value = evaluate(parsed.graph, [parsed.root], x)[0]
    assert math.isclose(formula.value(x), float(value), rel_tol=1e-14, abs_tol=1e-14)
    (line,) = {
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if f"| `{shown(text)}` | " in line
    }
    assert line.endswith(f"| {float(value):.6g} |")


def shown(text: str) -> str:
    return text.replace("|", "\\|")


def test_what_the_page_says_of_values_and_functions() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{name}(" in text for name in FUNCTIONS)
    told = {"x": "x = 0.5", "y": "y = 2", "a": "a = 3", "alpha": "α = 0.25", "beta_1": "β_1 = 4", "rate": "rate = 2",
            "x_1": "x_1 = 1.5", "x1": "x1 = 7"}  # fmt: skip
    assert told.keys() == VALUES.keys()
    assert all(said in text for said in told.values())


REFERENCE = {
    "2^3^x": lambda m: m(2) ** (m(3) ** m("0.5")),
    "1/2 x": lambda m: m("0.25"),
    "-x^2": lambda m: m("-0.25"),
    "sum((x[i] - x[j])^2, i, 1, 3, j, 1, i)": lambda m: sum(
        (m(i - j) / 4) ** 2 for i in range(1, 4) for j in range(1, i + 1)
    ),
    "Sum[x[i] y[j], {i, 2}, {j, 1, i}]": lambda m: sum(
        (1 + m(i) / 4) * (1 + m(j) / 4) for i in range(1, 3) for j in range(1, i + 1)
    ),
    "ArcTan[x, y]": lambda m: mp.atan2(m(2), m("0.5")),
    r"\mathrm{rate} \, x_{1} + {x}_{1}": lambda m: 2 * m("1.5") + 7,
    r"\sum_{i=1}^{n} \left(x_i^2 - 10 \cos\left(2\pi x_i\right)\right) with n = 3": lambda m: sum(
        (1 + m(i) / 4) ** 2 - 10 * mp.cos(2 * mp.pi * (1 + m(i) / 4)) for i in range(1, 4)
    ),
}  # fmt: skip
"""What is meant by examples that could be taken otherwise, written down by hand."""


@pytest.mark.parametrize("text", REFERENCE)
def test_an_example_means_what_people_mean(text: str) -> None:
    formula = Formula(text)
    assert text in EXAMPLES
    assert formula.value(point(formula)) == pytest.approx(float(REFERENCE[text](mp.mpf)), rel=1e-14)
