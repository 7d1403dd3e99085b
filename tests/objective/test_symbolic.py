"""SymPy's expressions as formulas: the same values as SymPy's own evaluation, and SymPy only where the user has it."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
import sympy

from thalweg.errors import ThalwegError
from thalweg.expression.errors import FormulaError
from thalweg.objective.formula import Formula

x, y, alpha = sympy.symbols("x y alpha")
x2, x10 = sympy.symbols("x2 x10")


@pytest.mark.parametrize(
    "expression",
    [
        (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        sympy.sin(x) * sympy.cos(y),
        x / y - y / (3 * x),
        sympy.sqrt(x) + 1 / sympy.sqrt(y),
        sympy.exp(-(x**2)) + sympy.E**y + sympy.pi * sympy.GoldenRatio,
        sympy.Rational(1, 3) * x + sympy.Float("0.1") * y,
        sympy.Abs(x - 2 * y) + sympy.log(x) + sympy.tanh(y) + sympy.sign(x),
        x**-3 + x ** sympy.Rational(2, 3) + x**y,
        -x - y,
        sympy.diff(sympy.sin(x * y) / x, x),
        sympy.cot(x) + sympy.sec(y) * sympy.csc(x) + sympy.coth(x) - sympy.csch(y) + sympy.sech(x),
        sympy.ceiling(3 * x) + sympy.floor(5 * y),
        sympy.Piecewise((x**2, x > y), (y, (x < 1) & ~(y > 2)), (-x, True)),
        sympy.Piecewise((0, sympy.Eq(x, 1)), (sympy.sin(x) / (x - 1), (y <= 1) | (y >= 1)), (1, True)),
        sum((x + k) ** 2 / (y + k) for k in range(1, 30)),
    ],
)
def test_values_are_those_of_sympy(expression: sympy.Expr) -> None:
    formula = Formula(expression, variables=["x", "y"])
    at = {x: sympy.Float("0.75", 40), y: sympy.Float("1.625", 40)}
    assert formula.value([0.75, 1.625]) == pytest.approx(float(expression.evalf(30, subs=at)), rel=1e-13)


def test_its_variables_are_sorted_and_its_text_is_plain() -> None:
    formula = Formula(x10 + x2**2)
    assert formula.variables == ("x2", "x10")
    assert formula.value([3.0, 1.0]) == 10.0
    assert Formula((1 - x) ** 2).text == "(1 - x)^2"
    assert Formula((1 - x) ** 2).syntax == "plain"
    assert pickle.loads(pickle.dumps(formula)).value([3.0, 1.0]) == 10.0
    assert Formula(alpha * x, parameters={"alpha": 2}).variables == ("x",)


def test_symbols_named_like_constants_are_variables() -> None:
    e, pi = sympy.symbols("e pi")
    assert Formula(e + 2 * pi + sympy.pi).variables == ("e", "pi")


def nested(depth: int) -> sympy.Expr:
    node: sympy.Expr = x
    for _ in range(depth):
        node = sympy.Add(sympy.Mul(2, node, evaluate=False), 1, evaluate=False)
    return node


def test_what_is_no_formula_is_named() -> None:
    with pytest.raises(FormulaError, match="SymPy's Integral cannot"):
        Formula(sympy.Integral(x, x))
    with pytest.raises(FormulaError, match="ImaginaryUnit"):
        Formula(sympy.I * x)
    with pytest.raises(FormulaError, match="'a b' cannot be a name"):
        Formula(sympy.Symbol("a b") + 1)
    with pytest.raises(FormulaError, match="no variable"):
        Formula(sympy.Integer(2))
    with pytest.raises(FormulaError, match="nested more than"):
        Formula(nested(400))
    with pytest.raises(ThalwegError, match="text or an expression"):
        Formula(3.0)


def test_a_piecewise_expression_has_a_value_everywhere() -> None:
    with pytest.raises(FormulaError, match=r"no value elsewhere.*\(value, True\)"):
        Formula(sympy.Piecewise((x, x > 0)))


def test_sympy_is_not_imported_for_text() -> None:
    code = "import sys, thalweg; thalweg.Formula('x^2').value([1.0]); assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_sums_over_an_index_are_those_of_sympy() -> None:
    i, j, n = sympy.symbols("i j n", integer=True)
    v, w = sympy.IndexedBase("v"), sympy.IndexedBase("w")
    expression = sympy.Sum(100 * (v[i + 1] - v[i] ** 2) ** 2 + (1 - v[i]) ** 2, (i, 1, n - 1)) * alpha
    formula = Formula(expression, parameters={"n": 4, "alpha": 3})
    assert formula.variables == ("v[1]", "v[2]", "v[3]", "v[4]")
    assert formula.value([0.5, 2.0, -1.0, 1.5]) == pytest.approx(
        3.0 * sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in ((0.5, 2.0), (2.0, -1.0), (-1.0, 1.5)))
    )
    nested = sympy.Sum(v[i] * w[j] / (i + j), (j, 1, i), (i, 1, 2)) + sympy.Product(v[i], (i, 1, 2))
    found = Formula(nested)
    assert found.variables == ("v[1]", "v[2]", "w[1]", "w[2]")
    assert found.value([2, 3, 5, 7]) == 2 * 3 + (2 * 5 / 2 + 3 * 5 / 3 + 3 * 7 / 4)
