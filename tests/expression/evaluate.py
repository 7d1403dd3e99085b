"""Graphs evaluated in mpmath, to any precision, and in NumPy's doubles: the tests' own reading of each node."""

from __future__ import annotations

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
}  # fmt: skip


def power(a: Any, b: Any) -> Any:
    """Return C's pow; NumPy's own takes a root for a single exponent of 0.5, which differs at -0 and -inf."""
    return np.power(np.array([a, a]), np.array([b, b]))[0]


NUMPY: dict[str, Operation] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh,
    "abs": np.abs, "sign": lambda a: np.copysign(np.sign(a), a), "power": power,
    "integer_power": lambda a, k: power(a, float(k)),
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
    return _evaluate(graph, roots, [mp.mpmathify(value) for value in x], mpf, ARITHMETIC | MPMATH)


def evaluate_in_doubles(graph: Graph, roots: Sequence[int], x: Sequence[float]) -> list[float]:
    """Return the roots' values at x in IEEE arithmetic."""
    with np.errstate(all="ignore"):
        values = _evaluate(graph, roots, list(map(np.float64, x)), np.float64, ARITHMETIC | NUMPY)
    return list(map(float, values))


def _evaluate(
    graph: Graph, roots: Sequence[int], x: Sequence[Any], number: Operation, operations: dict[str, Operation]
) -> list[Any]:
    values: dict[int, Any] = {}
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
