"""How formulas are read: precedence, implied products, names, limits, and errors at their character."""

from __future__ import annotations

import ast
import math
import pickle
import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import thalweg.expression
from tests.expression.strategies import formulas
from thalweg.errors import ThalwegError
from thalweg.expression import names
from thalweg.expression.explain import MAX_DEPTH
from thalweg.expression.graph import operands
from thalweg.expression.parse import MAX_LENGTH, MAX_TOKENS, FormulaError, parse


def tree(text: str, **kinds: list[str]) -> object:
    """The formula with all its brackets, as nested tuples."""
    formula = parse(text, **kinds)

    def build(index: int) -> object:
        node = formula.graph.nodes[index]
        if node[0] == "constant":
            return node[1]
        if node[0] in ("variable", "parameter", "column"):
            return formula.name(index)
        below = operands(node)
        return (node[0], *map(build, below), *node[1 + len(below) :])

    return build(formula.root)


@pytest.mark.parametrize(
    ("text", "bracketed"),
    [
        ("a-b-c", "(a-b)-c"),
        ("a/b/c", "(a/b)/c"),
        ("a/b*c", "(a/b)*c"),
        ("a+b*c", "a+(b*c)"),
        ("-x^2", "-(x^2)"),
        ("-x*y", "(-x)*y"),
        ("x^y^z", "x^(y^z)"),
        ("x**y**z", "x^(y^z)"),
        ("x^-y^2", "x^(-(y^2))"),
        ("2^-1*x", "(2^(-1))*x"),
        ("x^-y*z", "(x^(-y))*z"),
        ("x*-y", "x*(-y)"),
        ("x--y", "x-(-y)"),
        ("+x", "x"),
        ("x - +y", "x-y"),
        ("2x y", "(2*x)*y"),
        ("2(x+1)", "2*(x+1)"),
        ("(x+1)(y-1)", "(x+1)*(y-1)"),
        ("x sin(y)", "x*sin(y)"),
        ("x sin(y) z", "(x*sin(y))*z"),
        ("2x^2y", "(2*(x^2))*y"),
        ("1/2x", "(1/2)*x"),
        ("x/2y", "(x/2)*y"),
        ("2pi x", "(2*pi)*x"),
        ("2e x", "(2*e)*x"),
        ("2e-x", "(2*e)-x"),
        ("2e-3x", "0.002*x"),
        (".5x + 1.", "0.5*x+1"),
        ("a(x+1)", "a*(x+1)"),
        ("x(x-1)", "x*(x-1)"),
        ("pi(x+1)", "pi*(x+1)"),
        ("ln(x)", "log(x)"),
        ("|x|", "abs(x)"),
        ("2|x|y", "(2*abs(x))*y"),
        ("|x||y|", "abs(x)*abs(y)"),
        ("||x|-1|", "abs(abs(x)-1)"),
        ("sin x cos y", "sin(x)*cos(y)"),
        ("sin x^2", "sin(x^2)"),
        ("sin 2x", "sin(2*x)"),
        ("sin 2 pi x + 1", "sin((2*pi)*x)+1"),
        ("sin(x)^2", "(sin(x))^2"),
        ("sin^2(x)", "(sin(x))^2"),
        ("sin^2 x cos^2 y", "(sin(x)^2)*(cos(y)^2)"),
        ("sin²x", "sin(x)^2"),
        ("e^x", "exp(x)"),
        ("e^-x^2", "exp(-(x^2))"),
        ("x² − 3·y", "x^2-3*y"),
        ("x⁻¹", "x^(-1)"),
        ("-x²", "-(x^2)"),
        ("x^y²", "x^(y^2)"),
        ("√x", "sqrt(x)"),
        ("2√(x+1)", "2*sqrt(x+1)"),
        ("x ÷ 2 × y", "(x/2)*y"),
        (" x\t+\n y ", "x+y"),
    ],
)
def test_reads_as_bracketed(text: str, bracketed: str) -> None:
    assert tree(text) == tree(bracketed)


def test_powers_and_signs_fold_as_mathematics_does() -> None:
    assert tree("-2^2") == -4.0
    assert tree("2^3^2") == 512.0
    assert tree("2^-1") == 0.5
    assert tree("(-2)^3") == -8.0
    assert tree("9/3/3") == 1.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        (".5", 0.5),
        ("2.", 2.0),
        ("1E6", 1e6),
        ("0.1", 0.1),
        ("1e-400", 0.0),
        ("9" * 300, 1e300),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert tree(text) == value


def test_constants() -> None:
    assert tree("pi") == tree("π") == tree("Pi") == math.pi
    assert tree("e") == math.e


def test_variables_stand_in_order_of_first_appearance() -> None:
    assert parse("y + x*y - z").variables == ("y", "x", "z")
    assert parse("x1 + b_2 + rate + x10").variables == ("x1", "b_2", "rate", "x10")
    assert parse("3").variables == ()


def test_given_variables_keep_their_order() -> None:
    formula = parse("y - x", variables=["x", "y", "z"])
    assert formula.variables == ("x", "y", "z")
    assert formula.graph.nodes[formula.root] == ("subtract", 0, 1)
    assert formula.graph.nodes[0] == ("variable", 1)


def test_parameters_and_columns_are_told_from_variables() -> None:
    formula = parse("m*t + b*a", parameters=["a"], columns=["s", "t"])
    assert formula.variables == ("m", "b")
    assert formula.parameters == ("a",)
    assert ("column", 1) in formula.graph.nodes
    assert ("parameter", 0) in formula.graph.nodes


def test_declared_names_win_over_constants() -> None:
    formula = parse("e*pi", variables=["e"], columns=["pi"])
    assert [node[0] for node in formula.graph.nodes] == ["variable", "column", "multiply"]


def test_a_column_with_a_functions_name_does_not_take_the_function() -> None:
    formula = parse("log + log(x)", columns=["log"])
    assert [node[0] for node in formula.graph.nodes] == ["column", "variable", "log", "add"]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("α", "alpha"),
        ("alpha", "alpha"),
        ("α₁", "alpha1"),
        ("β_2", "beta_2"),
        ("ϕ", "phi"),
        ("µ", "mu"),
        ("Ω", "Omega"),
    ],
)
def test_greek_names_have_one_spelling(spelling: str, name: str) -> None:
    assert parse(f"2{spelling} + 1").variables == (name,)
    assert parse(name, parameters=[spelling]).parameters == (name,)
    assert parse(f"{spelling} + {name}").variables == (name,)


def test_greek_letters_are_names_of_their_own() -> None:
    assert tree("2πx") == tree("2*pi*x")
    assert tree("αβ") == tree("alpha*beta")
    assert tree("xα") == tree("x*alpha")


def test_every_greek_name_is_read() -> None:
    for name, letter in names.GREEK.items():
        if name != "pi":
            assert parse(letter).variables == parse(name).variables == (name,)


# Errors


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("", 0, 0, "empty"),
        ("  ", 0, 0, "empty"),
        ("x +", 2, 1, "Nothing follows this '+'"),
        ("x + * y", 4, 1, "after '+', not '*'"),
        ("* x", 0, 1, "at the beginning, not '*'"),
        ("(x + 1", 0, 1, "never closed"),
        ("2*(x + (y)", 2, 1, "never closed"),
        ("x*(", 2, 1, "never closed"),
        ("sin(x", 3, 1, "never closed"),
        ("|x", 0, 1, "never closed"),
        ("(|x)", 1, 1, "never closed"),
        ("|(x|", 3, 1, "never closed"),
        ("x + 1)", 5, 1, "no opening bracket"),
        ("()", 0, 2, "nothing between"),
        ("x + ( )", 4, 3, "nothing between"),
        ("(x +)", 4, 1, "after '+', not ')'"),
        ("sin()", 3, 2, "no argument"),
        ("sin", 0, 3, "write sin(x)"),
        ("2*sin + 1", 2, 3, "no argument"),
        ("x + sni(y)", 4, 3, "did you mean sin?"),
        ("Sin(x)", 0, 3, "did you mean sin?"),
        ("foobarbaz(x)", 0, 9, "the functions are sin, cos"),
        ("rate + rate(x)", 7, 4, "not a function"),
        ("sin^-1(x)", 0, 5, "1/sin(x)"),
        ("sin^1e999(x)", 0, 9, "1/sin(x)"),
        ("sin^2", 0, 3, "no argument"),
        ("sin x y", 0, 7, "how far 'sin' reaches"),
        ("sin x/2", 0, 6, "how far 'sin' reaches"),
        ("sin 2*x", 0, 6, "how far 'sin' reaches"),
        ("√2 x", 0, 4, "how far '√' reaches"),
        ("2y = x^2", 3, 1, "right of the equals sign"),
        ("2 3", 2, 1, "Expected an operator before '3'"),
        ("x 2", 2, 1, "write *2 or ^2"),
        ("1.2.3", 3, 2, "one decimal point"),
        ("1,5*x", 1, 1, "decimals take a point"),
        ("sin[1]", 3, 1, "round brackets"),
        ("{x}", 0, 1, "round brackets"),
        ("x.sin(y)", 1, 1, "without a module's name"),
        ("x $ y", 2, 1, "'$' has no place"),
        ("x + \x00", 4, 1, "has no place"),
        ("½x", 0, 2, "cannot be a name"),
        ("_x", 0, 1, "begins with a letter"),
        ("x!", 1, 1, "factorial"),
        ("1e999", 0, 5, "1.8e308"),
        ("x^" + "9" * 400, 2, 400, "1.8e308"),
        ("9^9^9^9", 3, 1, "power is beyond the largest number"),
        ("x + 1/0", 5, 1, "quotient is infinite"),
        ("1e300*1e300", 5, 1, "product is beyond"),
        ("0/0", 1, 1, "no real value"),
        ("log(0) x", 0, 3, "logarithm is infinite"),
        ("sqrt(-1)", 0, 4, "root has no real value"),
        ("x + exp(1000)", 4, 3, "exponential is beyond"),
        ("__import__('os')", 0, 1, "begins with a letter"),
        ("x.__class__", 1, 1, "has no place"),
        ("eval(x)", 0, 4, "not a function"),
        ("lambda: x", 6, 1, "has no place"),
    ],
)
def test_errors_name_the_character(text: str, position: int, length: int, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert (error.position, error.length) == (position, length)
    assert said in str(error)
    assert error.text == text
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [("x*z", "the names are x, y, rate"), ("xy + 1", "did you mean x*y?"), ("x + rat", "did you mean rate?")],
)
def test_another_name_than_those_given_is_refused(text: str, said: str) -> None:
    with pytest.raises(FormulaError, match="not one of the formula's names") as caught:
        parse(text, variables=["x", "y"], parameters=["rate"])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({"variables": ["x", "x"]}, "declared twice"),
        ({"variables": ["alpha", "α"]}, "declared twice"),
        ({"parameters": ["a"], "columns": ["a"]}, "declared twice"),
        ({"variables": ["sin"]}, "cannot name a variable"),
        ({"parameters": ["2a"]}, "cannot name a parameter"),
        ({"parameters": ["a b"]}, "cannot name a parameter"),
        ({"parameters": [""]}, "cannot name a parameter"),
    ],
)
def test_names_that_cannot_be_told_apart_or_typed_are_refused(kinds: dict[str, list[str]], said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        parse("x", **kinds)


def test_errors_are_values_of_the_library_and_pickle() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("x + sni(y)")
    error = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(error, ThalwegError)
    assert isinstance(error, ValueError)
    assert str(error) == "'sni' is not a function, at character 5 of 'x + sni(y)': did you mean sin?"
    assert (error.position, error.message) == (4, "'sni' is not a function")


def test_errors_quote_only_the_neighbourhood_of_a_long_text() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("x + " * 1000 + "$")
    assert len(str(caught.value)) < 120
    assert "at character 4001 of '...x + x" in str(caught.value)


# Limits: an answer or a clear error, and never Python's recursion


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("(" * 10**6, "characters, more than"),
        ("(" * 2000 + "x" + ")" * 2000, "nested more than"),
        ("sin(" * 2000 + "x" + ")" * 2000, "nested more than"),
        ("sin " * 2000 + "x", "nested more than"),
        ("-" * 2000 + "x", "nested more than"),
        ("|" * 2000, "nested more than"),
        ("x^" * 2000 + "x", "nested more than"),
        ("Sum[" * 20_000, "nested more than 200 deep, at character 804 of"),
        ("(Subscript[" * 9_000, "nested more than 200 deep"),
        ("9" * 10**6, "characters, more than"),
        ("+".join(["x"] * 200_000), "characters, more than"),
        ("+".join(["x"] * 40_000), "numbers, names, operators and brackets"),
    ],
)
def test_what_is_too_long_or_too_deep_is_refused(bomb: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        parse(bomb)


def test_the_limits_themselves_are_allowed() -> None:
    depth = MAX_DEPTH
    assert tree("(" * depth + "x" + ")" * depth) == "x"
    assert parse("(" * depth + "x" + ")" * depth, syntax="mathematica").variables == ("x",)
    assert tree("x" + " " * (MAX_LENGTH - 1)) == "x"
    terms = MAX_TOKENS // 2
    formula = parse("+".join(f"x{i}" for i in range(terms)))
    assert len(formula.variables) == terms


def test_a_long_sum_pickles_and_compares() -> None:
    formula = parse("+".join(f"x{i}^2" for i in range(2000)))
    assert pickle.loads(pickle.dumps(formula)) == formula


# Nothing is run, and nothing but FormulaError comes out


def test_the_package_has_no_way_to_run_text() -> None:
    for path in Path(thalweg.expression.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__", "getattr"), path


def read(text: str) -> None:
    error = None
    try:
        parse(text)
    except FormulaError as refusal:
        error = refusal
    if error is not None:
        assert 0 <= error.position <= error.position + error.length <= len(text)
        assert str(error)


@given(st.text(max_size=60))
@example("\ud800")
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@given(st.text(alphabet="xyeaπ²√sincolgexp0123456789.+-*/^()|  _,=", max_size=40))
def test_any_soup_of_formula_characters_is_read_or_refused(text: str) -> None:
    read(text)


@given(formulas(whole=True), st.randoms(use_true_random=False))
def test_any_mutation_of_a_formula_is_read_or_refused(text: str, chance: random.Random) -> None:
    characters = list(text)
    for _ in range(3):
        place = chance.randrange(len(characters) + 1)
        characters[place : place + chance.randrange(3)] = chance.choice(
            ["", "(", ")", "^", "-", "sin", " ", "2", "x", "|", "²"]
        )
    read("".join(characters))
