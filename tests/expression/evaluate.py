"""Graphs evaluated in mpmath, to any precision: the tests' own reading of what each node means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpf

from thalweg.expression.graph import Graph

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "tanh": mp.tanh,
    "abs": abs,
    "sign": mp.sign,
}


def evaluate(
    graph: Graph, roots: Sequence[int], x: Sequence[Any], parameters: Sequence[Any] = ()
) -> list[Any]:
    """Return the values of the roots at x, complex where a real root or logarithm does not exist."""
    values: dict[int, Any] = {}
    for index in graph.reachable(roots):
        match graph.nodes[index]:
            case ("constant", value):
                values[index] = mpf(value)
            case ("variable", place):
                values[index] = mp.mpmathify(x[place])
            case ("parameter", place):
                values[index] = mp.mpmathify(parameters[place])
            case ("add", a, b):
                values[index] = values[a] + values[b]
            case ("subtract", a, b):
                values[index] = values[a] - values[b]
            case ("multiply", a, b):
                values[index] = values[a] * values[b]
            case ("divide", a, b):
                values[index] = values[a] / values[b]
            case ("power", a, b):
                values[index] = values[a] ** values[b]
            case ("integer_power", a, k):
                values[index] = values[a] ** k
            case ("negate", a):
                values[index] = -values[a]
            case (name, a):
                values[index] = FUNCTIONS[name](values[a])
    return [values[root] for root in roots]
