"""Formulas in Mathematica's language and in LaTeX: the same graph as plain text's, or an error at the character."""

from __future__ import annotations

import json
import math
import random
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.expression.strategies import formulas
from thalweg.expression.dialects import SyntaxChoiceError, recognise
from thalweg.expression.dialects.latex_words import COMMANDS
from thalweg.expression.dialects.mathematica import HEADS
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import FormulaSizeError
from thalweg.expression.parse import FormulaError, parse
from thalweg.expression.printing import to_latex
from thalweg.objective.formula import Formula

SURFACES = json.loads((Path(__file__).parents[1] / "data" / "surfaces.json").read_text(encoding="utf-8"))[
    "surfaces"
]


@pytest.mark.parametrize("surface", SURFACES, ids=[surface["name"] for surface in SURFACES])
@pytest.mark.parametrize("dialect", ["mathematica", "latex"])
@pytest.mark.parametrize("named", [True, False])
def test_the_surfaces_agree_in_all_languages(surface: dict[str, str], dialect: str, named: bool) -> None:
    plain = Formula(surface["python"], variables=["x", "y"])
    # x^2 + y^2 alone is plain text; 10 Cos[..] + E is not
    given_as = "auto" if not named and recognise(surface[dialect]) == dialect else dialect
    other = Formula(surface[dialect], variables=["x", "y"], syntax=given_as)
    points = np.random.default_rng(7).uniform(-5.0, 5.0, (2, 200))
    for one, two in zip(plain.value_and_gradient(points), other.value_and_gradient(points), strict=True):
        np.testing.assert_array_equal(one, two)


MATHEMATICA = [
    ("Sin[x] Cos[y]", "sin(x)*cos(y)"),
    ("Sqrt[x] + Abs[y]", "sqrt(x) + abs(y)"),
    ("E^x + E^(-x^2)", "exp(x) + exp(-x^2)"),
    ("2 Pi x", "2*pi*x"),
    ("x 2", "x*2"),
    ("x^2 y^-1", "x^2*y^(-1)"),
    ("1/2 x", "(1/2)*x"),
    ("-x^2", "-(x^2)"),
    ("a b c", "(a*b)*c"),
    ("(x + 1)(y - 1)", "(x+1)*(y-1)"),
    ("rate (x + 1)", "rate*(x+1)"),
    ("Exp[-x]", "exp(-x)"),
    ("Log[x]", "log(x)"),
    ("x + Log[b, x]", "x + log(x)/log(b)"),
    ("1/Log[3, x + y]", "1/(log(x+y)/log(3))"),
    ("x (* a (* nested *) comment *) + y", "x + y"),
    ("(* Sin[ *) x", "x"),
    ("3*^-5 x + 1.5`20 y + 2.`", "3e-5*x + 1.5*y + 2"),
    ("Plus[x, 2, Times[y, z]]", "x + 2 + y*z"),
    ("Power[x, y] + Divide[x, y] - Subtract[x, y]", "x^y + x/y - (x - y)"),
    ("Rational[1, 3] x", "(1/3)*x"),
    ("\\[Alpha] x + \\[CapitalDelta]1 + \\[Pi] + \\[ExponentialE]^x", "alpha*x + Delta1 + pi + exp(x)"),
    ("Subscript[x, 1]^2", "x_1^2"),
    ("Subscript[\\[Beta], 1, 2]", None),
    ("x²", "x^2"),
    ("Tanh[Sign[x]]", "tanh(sign(x))"),
    ("Sin[x]^2", "sin(x)^2"),
    ("2 Degree", "2*0.017453292519943295"),
    ("αβ", "alpha*beta"),
    ("x + ArcTan[x, y] + ArcTan[x]", "x + atan2(y, x) + atan(x)"),
    ("Log[10, x] + Log[2, y]", "log10(x) + log2(y)"),
    ("If[x < 0 && !(y >= 2) || x == y, Min[x, y, 1], 3]", "where(x < 0 and not y >= 2 or x == y, min(x, y, 1), 3)"),
]  # fmt: skip

LATEX = [
    (r"\frac{x}{2}", "x/2"),
    (r"\dfrac{x}{y} z", "(x/y)*z"),
    (r"1/\frac{x}{y}", "1/(x/y)"),
    (r"x^{\frac{1}{2}} + x^\frac12", "x^(1/2) + x^(1/2)"),
    (r"\frac12 x + \frac x{2}", "(1/2)*x + x/2"),
    (r"\sin x \cos y", "sin(x)*cos(y)"),
    (r"\sin^2 x + \cos^{3}(y)", "sin(x)^2 + cos(y)^3"),
    (r"\sin 2\pi x", "sin(2*pi*x)"),
    (r"\sin\frac{x}{2}", "sin(x/2)"),
    (r"\sin{\left(x \right)} y", "sin(x)*y"),
    (r"\log{\left(x^{2} \right)}", "log(x^2)"),
    (r"\left|{x}\right| + |y| + \lvert z\rvert", "abs(x) + abs(y) + abs(z)"),
    (r"\left(x+1\right)^2", "(x+1)^2"),
    (r"\bigl(x+1\bigr) \Big[ y \Big]", "(x+1)*y"),
    (r"\left\{ x \right\} y", "x*y"),
    (r"x \cdot y \times z \div 2", "x*y*z/2"),
    (r"\sqrt{x} \sqrt x \sqrt2", "sqrt(x)*sqrt(x)*sqrt(2)"),
    (r"\sqrt[4]{x}", "x^(1/4)"),
    (r"2\sqrt[4]{x}^3", "2*(x^(1/4))^3"),
    (r"e^{-x^2} + \exp x + \mathrm{e}^x", "exp(-x^2) + exp(x) + exp(x)"),
    (r"\ln x + \log y", "log(x) + log(y)"),
    (r"xy + x\,y\;z\quad a~b", "x*y + x*y*z*a*b"),
    (r"\alpha\beta + \varphi", "alpha*beta + phi"),
    (r"x_1 + x_{1} + \alpha_{max} + b_{\mathrm{max}}", "x_1 + x_1 + alpha_max + b_max"),
    (r"{x}_{1} + {\alpha}_{2}", "x1 + alpha2"),
    (r"\mathrm{rate} \text{time}", "rate*time"),
    (r"\mathrm{rate} (x+1)", "rate*(x+1)"),
    (r"\mathrm{a\_b} + \operatorname{sgn}(x)", "a_b + sign(x)"),
    (r"$x^{2}$", "x^2"),
    (r" $$ x^{2} $$ ", "x^2"),
    (r"\(x^{2}\)", "x^2"),
    (r"\[x^{2}\]", "x^2"),
    (r"3 \times 10^{-5} x + 2\times 10^3", "3e-5*x + 2000"),
    (r"x/3 \times 10^{2}", "(x/3)*100"),
    (r"{x^a}^b", "(x^a)^b"),
    (r"x^a b", "x^a*b"),
    (r"\displaystyle x", "x"),
    (r"2.5x", "2.5*x"),
    (r"\log_{10} x + \log_2(y)", "log10(x) + log2(y)"),
    (r"\sqrt[3]{x} + \lfloor y\rfloor", "cbrt(x) + floor(y)"),
    (r"\max(x, y, 1) + \arctan\frac{y}{x}", "max(x, y, 1) + atan(y/x)"),
    (r"\operatorname{where}(x \le 0 \land \lnot y = 2, x, y)", "where(x <= 0 and not y == 2, x, y)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "plain"), MATHEMATICA)
def test_mathematica_reads_as_plain_text(text: str, plain: str | None) -> None:
    if plain is None:
        with pytest.raises(FormulaError):
            parse(text, syntax="mathematica")
    else:
        assert parse(text, syntax="mathematica") == parse(plain)


@pytest.mark.parametrize(("text", "plain"), LATEX)
def test_latex_reads_as_plain_text(text: str, plain: str) -> None:
    assert parse(text, syntax="latex") == parse(plain)


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("2x y + sin(x)", "plain"),
        ("Sin[x]", "mathematica"),
        ("x + 2 Cos [y]", "mathematica"),
        ("2Sin[x]", "mathematica"),
        ("x^2.5Sin[x]", "mathematica"),
        ("2E^x", "mathematica"),
        ("rE^x", "plain"),
        ("E^x", "mathematica"),
        ("E^(-2 x)", "mathematica"),
        ("E^2 + y", "plain"),
        ("E*x", "plain"),
        ("x (* half *)", "mathematica"),
        ("1*^-5 x", "mathematica"),
        ("\\[Alpha] x", "mathematica"),
        (r"\sin x", "latex"),
        (r"2\,x", "latex"),
        ("x^{2}", "latex"),
        ("x_{1}", "latex"),
        ("$x$", "latex"),
        ("x[1] + {2}", "plain"),
        ("x $ y", "plain"),
        ("rate_max^2", "plain"),
    ],
)
def test_the_language_is_recognised(text: str, syntax: str) -> None:
    assert recognise(text) == syntax


def test_a_declared_name_is_no_constant_of_the_language() -> None:
    assert parse("E^x", parameters=["E"]).parameters == ("E",)
    assert parse("E^x Sin[x]", parameters=["E"]) == parse("E^x*sin(x)", parameters=["E"])
    assert parse("e^{x}", parameters=["e"]) == parse("e^x", parameters=["e"])
    assert parse("x_1 + \\mathrm{x2}", variables=["x1", "x2"], syntax="latex").variables == ("x1", "x2")


def test_an_unknown_syntax_is_refused() -> None:
    with pytest.raises(SyntaxChoiceError, match='"plain", "mathematica", "latex" are'):
        parse("x", syntax="maple")  # pyright: ignore[reportArgumentType]


def test_variables_stand_in_the_order_of_the_text() -> None:
    assert parse("Log[b, x] + a", syntax="mathematica").variables == ("b", "x", "a")


def test_the_dialects_know_no_function_that_there_is_not() -> None:
    for head, name in HEADS.items():
        assert name in FUNCTIONS, head
    for command, name in COMMANDS.items():
        assert name in FUNCTIONS, command


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("", 0, 0, "empty"),
        ("Sin[x", 3, 1, "add ']'"),
        ("2 Sin[x)", 7, 1, "closed by ')'"),
        ("(Cos[x]]", 7, 1, "closed by ']'"),
        ("Sin[]", 3, 2, "write Sin[x]"),
        ("2 Sin x", 2, 3, "write Sin[x]"),
        ("Sni[x]", 0, 3, "did you mean Sin?"),
        ("x + sin[x]", 4, 3, "did you mean Sin?"),
        ("sin(x)", 0, 3, "did you mean Sin[...]?"),
        ("x + e", 4, 1, "did you mean E?"),
        ("Sum[x, {i, 1, 2, 3}]", 7, 1, "an index with its two bounds"),
        ("X[1]", 0, 1, "not a function"),
        ("{x}", 0, 1, "braces hold the index"),
        ("x_1", 1, 1, "patterns"),
        ("x**2", 1, 2, "written ^"),
        ("x /. y", 3, 1, "no place"),
        ("x (* y", 2, 2, "never closed"),
        ("(x, y)", 2, 1, "square brackets"),
        ("2 [x]", 2, 1, "no function before"),
        ("x + I", 4, 1, "real values"),
        ("|x|", 0, 1, "Abs[x]"),
        ("\\[Bogus] x", 0, 8, "no place"),
        ("x +", 2, 1, "Nothing follows"),
        ("1/0", 1, 1, "infinite"),
    ],
)
def test_errors_in_mathematica_name_the_character(text: str, position: int, length: int, said: str) -> None:
    refused(text, "mathematica", position, length, said)


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("$ $", 0, 0, "empty"),
        (r"\frac{x", 5, 1, "add '}'"),
        (r"\frac{x}", 7, 1, "lacks an argument"),
        (r"x + \frac", 4, 5, r"write \frac{...}{...}"),
        (r"\sqrt", 0, 5, "lacks an argument"),
        (r"\frac.5", 0, 5, "lacks an argument"),
        (r"\left(x}", 0, 6, "never closed"),
        (r"\left(x", 0, 6, r"add '\right)'"),
        (r"x \right)", 2, 7, "no opening bracket"),
        ("(x]", 0, 1, "never closed"),
        ("{x)", 0, 1, "never closed"),
        ("x^10", 1, 3, "write ^{...}"),
        ("x^-1", 1, 2, "write ^{...}"),
        ("x^(2)", 1, 2, "write ^{...}"),
        ("x_10", 0, 4, "write _{...}"),
        ("x_{i+1}", 3, 1, "no index here"),
        ("x^{2}^{3}", 5, 1, "second exponent"),
        (r"\sin{x}^2", 7, 1, "unclear what this exponent raises"),
        (r"\sin x y", 0, 8, r"how far '\sin' reaches"),
        (r"\sin^{-1} x", 0, 6, "whole power from 2"),
        (r"2 \sni x", 2, 4, r"did you mean \sin?"),
        (r"\fra{x}{y}", 0, 4, r"did you mean \frac?"),
        (r"\operatorname{sni}(x)", 0, 18, "did you mean sin?"),
        (r"\sum_{i=1}^n x", 11, 1, "not known as a whole number"),
        (r"\int x", 0, 4, "integrals"),
        (r"f^2 = x^{2}", 4, 1, "right of the equals sign"),
        (r"\log_b x", 4, 1, r"\ln(x)/\ln(b)"),
        (r"x \\ y", 2, 2, "no place"),
        (r"$x^{2}", 0, 1, "add '$'"),
        (r"\mathrm{a-b}", 0, 12, "not a name"),
        (r"x 2", 2, 1, "Expected an operator"),
        (r"\left. x", 0, 6, "not a bracket"),
        (r"x \left) - 1)", 2, 6, "wrong way round"),
        (r"x + \sin^", 4, 5, "whole power"),
        (r"\sqrt[n+1]{x}", 5, 1, "whole number"),
    ],
)
def test_errors_in_latex_name_the_character(text: str, position: int, length: int, said: str) -> None:
    refused(text, "latex", position, length, said)


def refused(text: str, syntax: str, position: int, length: int, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, syntax=syntax)  # pyright: ignore[reportArgumentType]
    error = caught.value
    assert said in str(error)
    assert (error.position, error.length) == (position, length)
    assert error.text == text


# Limits, and any text at all


@pytest.mark.parametrize(
    "bomb",
    [
        "Sin[" * 20_000,
        "Log[" * 20_000,
        "Log[x," * 12_000,
        "Log[" * 3_000 + "x" + ",x]" * 3_000,
        "Plus[" * 20_000,
        "(*" * 50_000,
        "(**)" * 25_000,
        "Subscript[x" + ",1" * 40_000,
        "Subscript[" * 10_000,
        "\\[" * 50_000,
        "x " * 50_000,
        "{" * 100_000,
        r"\frac" * 20_000,
        r"\frac{" * 16_000,
        r"\frac{x}" * 12_000,
        r"\sqrt[3]" * 12_000,
        r"\left(" * 16_000,
        "x^{" * 33_000,
        "x_{" * 33_000,
        r"\mathrm{" * 12_000,
        r"\," * 50_000,
        "$" * 100_000,
        "\\" * 100_000,
        "|" * 100_000,
        r"\sin " * 20_000,
        "1" * 100_000,
        "E^" * 50_000,
        "A " * 50_000,
        "E^(" * 33_000,
        "A1" * 49_000 + "[",
        "1." * 50_000,
    ],
)
def test_bombs_are_refused_at_once(bomb: str) -> None:
    for syntax in ("auto", "mathematica", "latex"):
        start = time.process_time()
        with pytest.raises((FormulaError, FormulaSizeError)):
            parse(bomb, syntax=syntax)  # pyright: ignore[reportArgumentType]
        assert time.process_time() - start < 5.0, (
            "hung"
        )  # a guard against blow-ups; the figure is the fuzz run's


def test_deep_fractions_are_read() -> None:
    text = "x"
    for _ in range(30):
        text = rf"\frac{{1}}{{1 + {text}}}"
    assert math.isfinite(Formula(text).value([1.0]))


def read(text: str) -> None:
    for syntax in ("auto", "mathematica", "latex"):
        error = None
        try:
            parse(text, syntax=syntax)  # pyright: ignore[reportArgumentType]
        except FormulaError as refusal:
            error = refusal
        if error is not None:
            assert 0 <= error.position <= error.position + error.length <= len(text)
            assert str(error)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


PIECES = [
    *"xyzeE0123456789.+-*/^_(){}[]|$,\\ &'=!~α²",
    "\\frac", "\\sin", "\\left", "\\right", "\\sqrt", "\\mathrm{", "\\alpha", "\\,", "\\cdot", "\\times 10^", "\\log_",
    "Sin[", "Log[", "Pi", "(*", "*)", "Plus[", "\\[Alpha]", "Subscript[", "*^", "sin(", "\\operatorname{sgn}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_soup_of_signs_is_read_or_refused(text: str) -> None:
    read(text)


@given(formulas(), st.randoms(use_true_random=False))
def test_plain_formulas_in_other_languages_are_read_or_refused(text: str, chance: random.Random) -> None:
    place = chance.randrange(len(text) + 1)
    read(text[:place] + chance.choice(PIECES) + text[place:])


@pytest.mark.parametrize("name", ["x2", "Ж2", "ß10", "alpha3"])
def test_a_letter_of_any_alphabet_with_digits_is_read_back_from_latex(name: str) -> None:
    formula = parse(f"{name}^2 + y")
    assert parse(to_latex(formula), syntax="latex").variables == (name, "y")
