"""Graphs evaluated in mpmath, to any precision, and in NumPy's doubles: the tests' own reading of each node."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mpmath import mp, mpf

from thalweg.expression.graph import Graph

Operation = Callable[..., Any]


def of_real(function: Operation) -> Operation:
    """Return the function, with ValueError where its argument is complex: |sqrt(-1)| would be real again."""

    def checked(a: Any) -> Any:
        if mp.im(a) != 0:
            raise ValueError("not a real number")
        return function(a)

    return checked


MPMATH: dict[str, Operation] = {
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "exp": mp.exp, "log": mp.log, "sqrt": mp.sqrt, "tanh": mp.tanh,
    "abs": of_real(abs), "sign": of_real(mp.sign),
    "asin": mp.asin, "acos": mp.acos, "atan": mp.atan, "atan2": mp.atan2, "sinh": mp.sinh,
    "cosh": mp.cosh, "sech": mp.sech, "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh, "expm1": mp.expm1,
    "log1p": mp.log1p,
    "log2": lambda a: mp.log(a, 2), "log10": lambda a: mp.log(a, 10), "floor": mp.floor, "erf": mp.erf, "erfc": mp.erfc,
    "cbrt": lambda a: mp.sign(a) * mp.cbrt(abs(a)), "sigmoid": lambda a: 1 / (1 + mp.exp(-a)),
    "softplus": lambda a: mp.log1p(mp.exp(a)), "relu": lambda a: max(a, mpf(0)), "min": min, "max": max,
    "hypot": mp.hypot, "logsumexp": lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
}  # fmt: skip


def power(a: Any, b: Any) -> Any:
    """Return C's pow; NumPy's own takes a root for a single exponent of 0.5, which differs at -0 and -inf."""
    return np.power(np.array([a, a]), np.array([b, b]))[0]


NUMPY: dict[str, Operation] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh,
    "abs": np.abs, "sign": lambda a: np.copysign(np.sign(a), a), "power": power,
    "integer_power": lambda a, k: power(a, float(k)), "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "atan2": np.arctan2, "sinh": np.sinh, "cosh": np.cosh, "sech": lambda a: 1 / np.cosh(a), "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "expm1": np.expm1, "log1p": np.log1p, "log2": np.log2,
    "log10": np.log10, "cbrt": np.cbrt, "floor": np.floor, "erf": math.erf, "erfc": math.erfc,
    "sigmoid": lambda a: np.exp(-np.logaddexp(0, -a)),
    "softplus": lambda a: np.logaddexp(0, a), "relu": lambda a: np.maximum(a, 0), "min": np.minimum,
    "max": np.maximum, "hypot": np.hypot, "logsumexp": np.logaddexp,
}  # fmt: skip

TRUTHS: dict[str, Operation] = {
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "equal": operator.eq, "not_equal": operator.ne, "and": lambda p, q: p and q, "or": lambda p, q: p or q,
    "not": operator.not_, "where": lambda condition, a, b: a if condition else b,
}  # fmt: skip

ARITHMETIC: dict[str, Operation] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "integer_power": lambda a, k: a**k,
    "negate": lambda a: -a,
}


def evaluate(graph: Graph, roots: Sequence[int], x: Sequence[Any]) -> list[Any]:
    """Return the roots' values at x in mpmath, complex where a real root or logarithm does not exist.

    Raises ValueError where abs or sign is taken of such a number.
    """
    return _evaluate(graph, roots, [mp.mpmathify(value) for value in x], mpf, ARITHMETIC | TRUTHS | MPMATH)


def evaluate_in_doubles(graph: Graph, roots: Sequence[int], x: Sequence[float]) -> list[float]:
    """Return the roots' values at x in IEEE arithmetic."""
    with np.errstate(all="ignore"):
        values = _evaluate(graph, roots, list(map(np.float64, x)), np.float64, ARITHMETIC | TRUTHS | NUMPY)
    return list(map(float, values))


def _evaluate(
    graph: Graph, roots: Sequence[int], x: Sequence[Any], number: Operation, operations: dict[str, Operation]
) -> list[Any]:
    values: dict[int, Any] = {}
    if graph.has_loops:
        return [_term(graph, root, x, number, operations, {}) for root in roots]
    for index in graph.reachable(roots):
        match graph.nodes[index]:
            case ("constant", value):
                values[index] = number(value)
            case ("variable", place):
                values[index] = x[place]
            case ("integer_power", a, k):
                values[index] = operations["integer_power"](values[a], k)
            case (name, *of):
                values[index] = operations[name](*(values[a] for a in of))
    return [values[root] for root in roots]


def _term(
    graph: Graph,
    node: int,
    x: Sequence[Any],
    number: Operation,
    operations: dict[str, Operation],
    indices: dict[int, int],
) -> Any:
    """Return a node's value for some values of the indices, straight from the definition of sums and products."""

    def whole(constant: int, coefficients: Sequence[tuple[int, int]]) -> int:
        return constant + sum(factor * indices[index] for index, factor in coefficients)

    def term(operand: int, **more: dict[int, int]) -> Any:
        return _term(graph, operand, x, number, operations, more.get("indices", indices))

    match graph.nodes[node]:
        case ("constant", value):
            return number(value)
        case ("variable", place):
            return x[place]
        case ("index", index):
            return number(indices[index])
        case ("element", start, constant, coefficients):
            return x[start + whole(constant, coefficients)]
        case (("sum" | "product") as operation, body, index, lower, upper):
            total = number(0 if operation == "sum" else 1)
            for i in range(whole(*lower), whole(*upper) + 1):
                value = term(body, indices={**indices, index: i})
                total = total + value if operation == "sum" else total * value
            return total
        case ("integer_power", a, k):
            return operations["integer_power"](term(a), k)
        case ("where", condition, a, b):
            return term(a) if term(condition) else term(b)
        case (name, *of):
            return operations[name](*(term(a) for a in of))
    raise AssertionError(graph.nodes[node])
