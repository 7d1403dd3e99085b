"""Formulas written in other languages: read back as the same graph, or computed there to the same values."""

from __future__ import annotations

import contextlib
import json
import math
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from mpmath import mp

from tests.expression.evaluate import evaluate, evaluate_in_doubles
from tests.expression.strategies import NAMES, READ_BACK, formula_text, parsed_formulas
from thalweg.expression.dialects import Syntax
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import Graph
from thalweg.expression.parse import FormulaError, parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import (
    to_javascript,
    to_julia,
    to_latex,
    to_mathematica,
    to_python,
    to_text,
)
from thalweg.expression.spelling import SPELLINGS
from thalweg.objective.formula import Formula

X = (3 / 7, 5 / 3, -2 / 11, 9 / 7)


@pytest.mark.parametrize(("syntax", "write"), READ_BACK)
@settings(max_examples=400)
@given(formula=parsed_formulas(whole=True))
def test_reading_what_was_written_gives_the_same_graph(
    syntax: Syntax, write: Callable[[Parsed], str], formula: Parsed
) -> None:
    assert parse(write(formula), variables=NAMES, syntax=syntax) == formula


@pytest.mark.parametrize(("syntax", "write"), READ_BACK)
@pytest.mark.parametrize(
    "text",
    [
        "2*where((x < 1 and not y == x or x >= y) and x != 3, max(x, y, 2), atan2(y, x))^2",
        "where(x <= 1 or y > 2, where(x < 0, 1, 2), -x)*log10(x)^3",
        "hypot(x, y) + logsumexp(x, y)^2 + cbrt(floor(x)) + erf(y)^-1",
    ],
)
def test_choices_are_read_back(syntax: Syntax, write: Callable[[Parsed], str], text: str) -> None:
    assert parse(write(parse(text)), syntax=syntax) == parse(text)


@settings(max_examples=150)
@given(formula=parsed_formulas())
def test_no_bracket_can_be_left_out(formula: Parsed) -> None:
    assume(not formula.graph.spellings)  # brackets among numbers keep how they were typed, not the value
    text = to_mathematica(formula)
    opened: list[int] = []
    for sign in re.finditer(r"[()]", text):
        if sign[0] == "(":
            opened.append(sign.start())
            continue
        opening = opened.pop()
        without = text[:opening] + text[opening + 1 : sign.start()] + text[sign.end() :]
        with contextlib.suppress(FormulaError):
            assert parse(without, variables=NAMES, syntax="mathematica") != formula


@pytest.mark.parametrize(("syntax", "write"), READ_BACK)
@pytest.mark.parametrize(
    "names",
    [
        ("x1", "x_1", "x_", "x__1", "alpha1", "alpha_max", "a_b_c", "beta_alpha"),
        ("rate", "rate_1", "rate1", "x1_2", "b_max2", "é", "Omega"),
        ("E", "I", "C", "Sin", "Pi2", "lambda", "var", "end", "Math", "np"),
    ],
)
def test_all_names_are_read_back(
    syntax: Syntax, write: Callable[[Parsed], str], names: tuple[str, ...]
) -> None:
    formula = parse("*".join(f"({name} + 2)" for name in names), syntax="plain")
    assert formula.variables == names
    assert parse(write(formula), syntax=syntax) == formula


@pytest.mark.parametrize(("syntax", "write"), READ_BACK)
def test_names_of_constants_are_read_back_where_they_are_declared(
    syntax: Syntax, write: Callable[[Parsed], str]
) -> None:
    formula = parse("2.718281828459045 e + exp(pi) + 3.141592653589793", variables=["e", "pi"])
    assert parse(write(formula), variables=["e", "pi"], syntax=syntax) == formula


@pytest.mark.parametrize(
    ("typed", "latex"),
    [
        ("x^2/3 y", r"\frac{x^{2}}{3} y"),
        ("sin(x)^2 cos(y)", r"\sin^{2}\left(x\right) \cos\left(y\right)"),
        ("2*3x", r"2 \cdot 3 x"),
        ("x*2", r"x \cdot 2"),
        ("2*(x/3)", r"2 \cdot \frac{x}{3}"),
        ("x*2^y", r"x \cdot 2^{y}"),
        ("x*(-y)", r"-x y"),
        ("3e-5x", r"3 \times 10^{-5} x"),
        ("exp(-x^2)", r"e^{-x^{2}}"),
        ("(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        ("|x|^2 sqrt(y)", r"\left|x\right|^{2} \sqrt{y}"),
        ("rate*alpha_1", r"\mathrm{rate} \alpha_{1}"),
        ("2pi x", r"2 \pi x"),
    ],
)
def test_latex_is_as_on_paper(typed: str, latex: str) -> None:
    assert to_latex(parse(typed)) == latex


@pytest.mark.parametrize(
    ("write", "written"),
    [
        (to_mathematica, "-x^2*Exp[y]/(2*Pi) + 3*^-5*Subscript[b, max] + E$"),
        (to_python, "-x**2*np.exp(y)/(2*np.pi) + 3e-5*b_max + E"),
        (to_javascript, "-(x**2*Math.exp(y)/(2*Math.PI)) + 3e-5*b_max + E"),
        (to_julia, "-x^2*exp(y)/(2.0*π) + 3.0e-5*b_max + E"),
    ],
)
def test_each_language_has_its_own_words(write: Callable[[Parsed], str], written: str) -> None:
    assert write(parse("-x^2 exp(y)/(2pi) + 3e-5 b_max + E", syntax="plain")) == written


def test_names_that_a_language_reserves_are_escaped() -> None:
    formula = parse("lambda + np + lambda_", variables=["lambda", "np", "lambda_"])
    assert to_python(formula) == "lambda__ + np_ + lambda_"
    assert to_javascript(parse("var + Math")) == "var_ + Math_"
    assert to_julia(parse("end + x")) == "end_ + x"


def test_a_formula_writes_itself() -> None:
    formula = Formula("2 Sin[x]^2")
    assert formula.to_text() == "2*sin(x)^2"
    assert formula.to_python() == "2*np.sin(x)**2"
    assert formula.to_mathematica() == "2*Sin[x]^2"
    assert formula.to_latex() == r"2 \sin^{2}\left(x\right)"
    assert formula.to_javascript() == "2*Math.sin(x)**2"
    assert formula.to_julia() == "2.0*sin(x)^2"
    assert formula.to_mathml().startswith("<math")


# Values, against mpmath


def truth(formula: Parsed) -> float | None:
    """The value at X, where doubles have a chance to find it."""
    try:
        with mp.workdps(40):
            value = evaluate(formula.graph, [formula.root], X)[0]
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    plain = evaluate_in_doubles(formula.graph, [formula.root], X)[0]
    if isinstance(value, mp.mpc) or not mp.isfinite(value) or abs(value) > 1e300:
        return None
    return float(value) if math.isclose(plain, float(value), rel_tol=1e-11, abs_tol=1e-200) else None


def computed(code: str, names: dict[str, Any]) -> float:
    """The value of code that this test has written itself, and that Python reads as the language does."""
    at = dict(zip(NAMES, map(np.float64, X), strict=True))
    with np.errstate(all="ignore"):
        return float(eval(code, {"__builtins__": {}}, {**at, **names}))


def library(language: str) -> dict[str, Any]:
    """What a language's own names of functions mean, as far as it has them."""
    found: dict[str, Any] = {}
    for name, spelling in SPELLINGS.items():
        spelt, numpy = getattr(spelling, language), spelling.python
        if "$" not in spelt and name in FUNCTIONS:
            is_numpy = numpy.startswith("np.") and "$" not in numpy
            found[spelt.removeprefix("Math.")] = getattr(np, numpy[3:]) if is_numpy else FUNCTIONS[name].plain
    return found


OWN = {name: function.plain for name, function in FUNCTIONS.items()}
MATH = SimpleNamespace(PI=math.pi, E=math.e, **library("javascript"))


@settings(max_examples=300)
@given(parsed_formulas())
def test_programs_compute_the_same_values(formula: Parsed) -> None:
    value = truth(formula)
    assume(value is not None)
    python = to_python(formula)
    assert computed(python, {**OWN, "np": np}) == pytest.approx(value, rel=1e-9)
    javascript = to_javascript(formula)
    assert computed(javascript, {**OWN, "Math": MATH}) == pytest.approx(value, rel=1e-9)
    julia = to_julia(formula).replace("^", "**").replace("ℯ", "e")
    assert computed(julia, {**OWN, **library("julia"), "π": math.pi, "e": math.e}) == pytest.approx(
        value, rel=1e-9
    )


@settings(max_examples=300)
@given(parsed_formulas())
def test_javascript_has_no_sign_before_a_power(formula: Parsed) -> None:
    text = to_javascript(formula)
    while True:
        assert not re.search(r"(?:^|[-+*/(,] ?)-(?:[\w.]+|[\w.]*P)\*\*", text), text
        shorter = re.sub(r"\([^()]*\)", "P", text)
        if shorter == text:
            break
        text = shorter


def test_node_computes_the_same_values() -> None:
    """Run by JavaScript itself where it is installed; the tests above hold everywhere."""
    chance = random.Random(5)
    cases: list[tuple[str, float]] = []
    while len(cases) < 300:
        try:
            formula = parse(
                formula_text([chance.randrange(420) for _ in range(chance.randrange(20))]), variables=NAMES
            )
        except FormulaError:
            continue
        value = truth(formula)
        if value is not None and "erf" not in to_text(formula):  # which JavaScript lacks
            cases.append((to_javascript(formula), value))
    node = shutil.which("node")
    if node is None:
        return
    where = ", ".join(f"{name} = {value!r}" for name, value in zip(NAMES, X, strict=True))
    program = f"const {where}; console.log(JSON.stringify([{', '.join(code for code, _ in cases)}]));"
    answer = subprocess.run([node], input=program, capture_output=True, text=True, check=True, timeout=60)
    for (code, value), found in zip(cases, json.loads(answer.stdout), strict=True):
        assert found == pytest.approx(value, rel=1e-9), code


SUMS = (
    "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, 4)*a - prod(cos(x[i]/sqrt(i)), i, 1, 5)",
    "sum(sum((x[i]-x[j])^2/(i+j), j, 1, i), i, 1, 5)^2 + sum(x[i], i, 3, 2)",
    "sum(i*y[5-i], i, 1, 5) + y[0]*x[5] + prod(1 + y[j], j, 2, 4)/a with x[1..5]",
)
SUM_VALUES = {"a": 3 / 7, "x": [5 / 3, -2 / 11, 9 / 7, 0.3, 1.1], "y": [0.7, -1.2, 0.4, 2.5, 0.1]}


def sum_value(formula: Parsed) -> float:
    at = [
        SUM_VALUES["a"] if name == "a" else SUM_VALUES[name[0]][place - formula.vector_at(place).start]  # pyright: ignore
        for place, name in enumerate(formula.variables)
    ]
    return float(evaluate(formula.graph, [formula.root], at)[0])


@pytest.mark.parametrize("text", SUMS)
def test_sums_written_in_python_have_the_same_values(text: str) -> None:
    formula = parse(text)
    names = {"sum": sum, "range": range, "np": np, **SUM_VALUES}
    assert eval(to_python(formula), names) == pytest.approx(sum_value(formula), rel=1e-12)


@pytest.mark.parametrize("text", SUMS)
def test_sums_written_in_javascript_have_the_same_values(text: str) -> None:
    formula = parse(text)
    program = f"const {', '.join(f'{name} = {json.dumps(value)}' for name, value in SUM_VALUES.items())};"
    assert "[" in program
    node = shutil.which("node")
    if node is None:
        return  # what is written is compared with the text in test_sums
    program += f"console.log({to_javascript(formula)});"
    answer = subprocess.run([node], input=program, capture_output=True, text=True, check=True, timeout=60)
    assert float(answer.stdout) == pytest.approx(sum_value(formula), rel=1e-12)


def test_every_function_is_written_in_every_language() -> None:
    for name in FUNCTIONS:
        assert name in SPELLINGS, f"{name} lacks its row in the table of spellings"
        arguments = FUNCTIONS[name].arguments
        if name == "where":
            continue
        graph = Graph()
        names = NAMES[:arguments]
        formula = Parsed(graph, graph.call(name, *map(graph.variable, range(arguments))), names)
        for syntax, write in READ_BACK:
            assert parse(write(formula), variables=names, syntax=syntax) == formula
