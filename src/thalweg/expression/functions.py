"""The table of functions a formula may call: what each one means, its derivative, how mathematics writes it.

Adding a function here makes it known to the parser, the derivatives and the printers; the kernel registers
its machine code under the same name. Arithmetic (+ - * / ^) is not in the table: it has nodes of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from thalweg.expression import arithmetic

if TYPE_CHECKING:
    from thalweg.expression.graph import Graph

Notation = Literal["name", "root", "exponential", "bars"]


class Function(NamedTuple):
    """A function of one argument: name, scalar meaning, derivative and notation.

    `plain` maps a float to a float and never raises. `derivative(graph, argument, value)` returns the node
    of the derivative, where `value` is the node of the function itself, so that exp or tanh reuse what is
    known already. `notation` says how it is set: by its name, as a root, as a power of e, or between bars.
    """

    name: str
    plain: Callable[[float], float]
    derivative: Callable[[Graph, int, int], int]
    notation: Notation = "name"


def _sine(graph: Graph, argument: int, value: int) -> int:
    return graph.call("cos", argument)


def _cosine(graph: Graph, argument: int, value: int) -> int:
    return graph.negate(graph.call("sin", argument))


def _tangent(graph: Graph, argument: int, value: int) -> int:
    return graph.add(graph.constant(1.0), graph.integer_power(value, 2))


def _exponential(graph: Graph, argument: int, value: int) -> int:
    return value


def _logarithm(graph: Graph, argument: int, value: int) -> int:
    return graph.divide(graph.constant(1.0), argument)


def _square_root(graph: Graph, argument: int, value: int) -> int:
    return graph.divide(graph.constant(0.5), value)


def _hyperbolic_tangent(graph: Graph, argument: int, value: int) -> int:
    return graph.subtract(graph.constant(1.0), graph.integer_power(value, 2))


def _absolute_value(graph: Graph, argument: int, value: int) -> int:
    return graph.call("sign", argument)  # zero at the kink


def _sign(graph: Graph, argument: int, value: int) -> int:
    return graph.constant(0.0)


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("sin", arithmetic.nan_outside_domain(math.sin), _sine),
        Function("cos", arithmetic.nan_outside_domain(math.cos), _cosine),
        Function("tan", arithmetic.nan_outside_domain(math.tan), _tangent),
        Function("exp", arithmetic.exponential, _exponential, "exponential"),
        Function("log", arithmetic.logarithm, _logarithm),
        Function("sqrt", arithmetic.nan_outside_domain(math.sqrt), _square_root, "root"),
        Function("tanh", math.tanh, _hyperbolic_tangent),
        Function("abs", abs, _absolute_value, "bars"),
        Function("sign", arithmetic.sign, _sign),
    )
}

ALIASES: dict[str, str] = {"ln": "log", "√": "sqrt"}
"""Other spellings of functions that may be typed."""
