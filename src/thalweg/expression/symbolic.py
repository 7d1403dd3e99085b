"""SymPy's expression objects as formulas: the tree is walked and written in plain text, which is then read as any is.

SymPy is asked nothing but what its objects are, never gets text, and is never imported from here.
"""

from __future__ import annotations

import math
import re
import sys
from typing import Any

from thalweg.expression import explain
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.names import canonical

MAX_PIECES = 100_000
"""Parts that an expression may have, what it has in common with itself counted each time."""

_NUMBERS = {
    "Pi": math.pi,
    "Exp1": math.e,
    "GoldenRatio": (1.0 + math.sqrt(5.0)) / 2.0,
    "EulerGamma": 0.5772156649015329,
    "Catalan": 0.915965594177219,
}

_LOOPS = {"Sum": "sum", "Product": "prod"}

_OVER = {"cot": "tan", "sec": "cos", "csc": "sin", "coth": "tanh", "csch": "sinh"}
"""Functions that are one over another."""

_JOINED = {
    "StrictLessThan": " < ", "LessThan": " <= ", "StrictGreaterThan": " > ", "GreaterThan": " >= ", "Equality": " == ",
    "Unequality": " != ", "And": " and ", "Or": " or ",
}  # fmt: skip
"""What conditions are made of."""

_NAMES = {"Abs": "abs", "Max": "max", "Min": "min"}


def is_expression(value: object) -> bool:
    """Say whether the value is an expression of SymPy's, which whoever made it has imported."""
    sympy: Any = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Expr)


def plain_text(expression: Any) -> tuple[str, list[str], bool]:
    """Return the expression as plain text, with more brackets than it needs, and its names, x2 before x10.

    Indices of sums and names of vectors (Indexed) are not among the names; whether there are vectors is said last.

    Raises:
        FormulaError: It holds something that a formula cannot.
    """
    pending: list[Any] = [expression]
    written: list[str] = []
    names: set[str] = set()
    vectors: set[str] = set()
    indices: set[str] = set()
    count = 0
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            written.append(part)
            continue
        count += 1
        if count > MAX_PIECES:
            message = f"The expression has more than {MAX_PIECES:,} parts"
            raise FormulaError("", 0, 0, message, "what it has in common is counted each time; shorten it")
        if part.is_Symbol:
            names.add(_name(part))
        elif type(part).__name__ == "Indexed":
            vectors.add(_name(part.args[0].label))
        elif type(part).__name__ in _LOOPS:
            indices.update(_name(loop.args[0]) for loop in part.args[1:])
        pending.extend(reversed(_pieces(part)))
    return "".join(written), sorted(names - vectors - indices, key=_key), bool(vectors)


def _key(name: str) -> list[tuple[bool, int, str]]:
    parts = re.findall(r"\d+|\D+", name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _pieces(part: Any) -> list[Any]:
    kind: str = type(part).__name__
    arguments: tuple[Any, ...] = part.args
    if part.is_Symbol:
        return [_name(part)]
    if kind in _NUMBERS:
        return [repr(_NUMBERS[kind])]
    if part.is_Rational:
        text = str(part.p) if part.q == 1 else f"{part.p}/{part.q}"
        return ["(", text, ")"]
    if part.is_Float:
        return ["(", repr(float(part)), ")"]
    if kind in _LOOPS:
        return _loop(_LOOPS[kind], *arguments)
    if kind == "Indexed" and len(arguments) == 2:
        return [_name(arguments[0].label), "[", arguments[1], "]"]
    if part.is_Add:
        return _joined(arguments, " + ")
    if part.is_Mul:
        return _product(arguments)
    if part.is_Pow and kind == "Pow":
        return _power(*arguments)
    if kind in _OVER:
        return ["(1/", _OVER[kind], "(", arguments[0], "))"]
    if kind == "ceiling":
        return ["(-floor(-(", arguments[0], ")))"]
    if kind == "Piecewise":
        return _choice(part, arguments)
    if kind in _JOINED:
        return _joined(arguments, _JOINED[kind])
    if kind == "Not":
        return ["(not ", arguments[0], ")"]
    function = _NAMES.get(kind, kind)
    if function in FUNCTIONS and part.is_Function | (kind in _NAMES):
        return [function, *_joined(arguments, ", ")]
    known = ", ".join(FUNCTIONS)
    raise _error(part, f"SymPy's {kind} cannot be part of a formula", f"the functions are {known}")


def _choice(part: Any, branches: Any) -> list[Any]:
    *others, (otherwise, condition) = branches
    if type(condition).__name__ != "BooleanTrue":
        raise _error(part, "This Piecewise has no value elsewhere", "end it by (value, True)")
    pieces: list[Any] = []
    for value, holds in others:
        pieces += ["where(", holds, ", ", value, ", "]
    return [*pieces, otherwise, ")" * len(others)]


def _loop(name: str, term: Any, *loops: Any) -> list[Any]:
    pieces: list[Any] = [name, "(", term]
    for loop in reversed(loops):  # SymPy's last is the outermost
        index, lower, upper = loop.args
        pieces += [", ", _name(index), ", ", lower, ", ", upper]
    return [*pieces, ")"]


def _product(factors: tuple[Any, ...]) -> list[Any]:
    upper = [factor for factor in factors if not _is_divisor(factor)]
    lower = [factor.base**-factor.exp for factor in factors if _is_divisor(factor)]
    if not lower:
        return _joined(upper, "*")
    return ["(", *(_joined(upper, "*") if upper else "1"), "/", *_joined(lower, "*"), ")"]


def _is_divisor(factor: Any) -> bool:
    return type(factor).__name__ == "Pow" and bool(factor.exp.is_Rational) and factor.exp.p < 0


def _power(base: Any, exponent: Any) -> list[Any]:
    if exponent.is_Rational and exponent.q == 2 and exponent.p in (1, -1):
        root = ["sqrt(", base, ")"]
        return root if exponent.p == 1 else ["(1/", *root, ")"]
    if exponent == -1:
        return ["(1/", base, ")"]
    return ["((", base, ")^(", exponent, "))"]


def _joined(parts: Any, sign: str) -> list[Any]:
    pieces: list[Any] = ["("]
    for part in parts:
        pieces += [part, sign]
    pieces[-1] = ")"
    return pieces


def _name(symbol: Any) -> str:
    name: str = symbol.name
    if not explain.is_name(canonical(name) if name else name):
        raise FormulaError(name, 0, len(name), f"The symbol '{name}' cannot be a name", explain.NAMES)
    return canonical(name)


def _error(part: Any, message: str, hint: str) -> FormulaError:
    return FormulaError(str(part)[:200], 0, 0, message, hint)
