"""What every way of writing a formula shares: the walk over its nodes, levels of binding, numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TypeAlias, TypeVar

from thalweg.expression.graph import FormulaSizeError, Graph, Node
from thalweg.expression.names import CONSTANTS
from thalweg.expression.parsed import Parsed

MAX_PIECES = 100_000
"""Operations a written formula may have; a derivative whose nodes are shared many times over can explode."""


class Level(IntEnum):
    """How tightly the outermost operation of an expression binds."""

    SUM = 1
    PRODUCT = 2
    SIGN = 3
    POWER = 4
    ATOM = 5


_LEVELS = {
    "add": Level.SUM,
    "subtract": Level.SUM,
    "multiply": Level.PRODUCT,
    "divide": Level.PRODUCT,
    "power": Level.POWER,
    "integer_power": Level.POWER,
}

Context = TypeVar("Context")
"""What a way of writing wants to know about the place where a node is written."""

Part: TypeAlias = str | tuple[int, Context]
"""A piece of the output, or a node that is still to be written and its context."""


def node_as_typed(graph: Graph, index: int) -> Node:
    """Return the node, or the operation it was typed as if it is a number that was worked out (2*pi)."""
    return graph.spellings.get(index) or graph.nodes[index]


def level(graph: Graph, index: int) -> Level:
    """Return how tightly the node binds as plain text."""
    node = node_as_typed(graph, index)
    operation = node[0]
    if operation == "constant":
        return Level.SIGN if math.copysign(1.0, node[1]) < 0.0 else Level.ATOM
    if operation == "negate":
        bare = level(graph, node[1]) == Level.PRODUCT and not takes_the_sign(graph, node[1])
        return Level.PRODUCT if bare else Level.SIGN
    return _LEVELS.get(operation, Level.ATOM)


def takes_the_sign(graph: Graph, index: int) -> bool:
    """Say whether a sign before this product, read back, would go to its first number instead: -(2*x*y), -(-2*pi)."""
    node = graph.nodes[index]
    is_number = node[0] == "constant"
    node = node_as_typed(graph, index)
    if node[0] not in ("multiply", "divide"):
        return False
    while node[0] in ("multiply", "divide"):
        index = node[1]
        node = node_as_typed(graph, index)
    first = graph.nodes[index]
    return first[0] == "constant" and (not is_number or first[1] < 0.0)


def write(root: int, context: Context, expand: Callable[[int, Context], Sequence[Part[Context]]]) -> str:
    """Return the pieces that `expand` gives for the root and, in turn, for the nodes among them.

    Raises:
        FormulaSizeError: There are too many of them.
    """
    pending: list[Part[Context]] = [(root, context)]
    written: list[str] = []
    count = 0
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            written.append(part)
            continue
        count += 1
        if count > MAX_PIECES:
            raise FormulaSizeError(
                f"Written out, the formula has more than {MAX_PIECES:,} operations, since what its parts have in "
                "common is written each time; a part of it would fit."
            )
        pending.extend(reversed(expand(*part)))
    return "".join(written)


def number(value: float) -> str:
    """Return the shortest decimal form that reads as the same number.

    >>> number(2.0), number(1e-05), number(1e22)
    ('2', '1e-5', '1e22')
    """
    digits, _, exponent = repr(value).partition("e")
    return digits.removesuffix(".0") + (f"e{int(exponent)}" if exponent else "")


def constant_names(formula: Parsed) -> dict[float, str]:
    """Return the constants that print by name, leaving out names which the formula has for something else."""
    taken = {*formula.variables, *formula.parameters, *formula.columns}
    return {CONSTANTS[name]: name for name in ("pi", "e") if name not in taken}
