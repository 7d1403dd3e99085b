"""What every way of writing a formula shares: the walk over its nodes, levels of binding, numbers."""

from __future__ import annotations

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

    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    SIGN = 7
    POWER = 8
    ATOM = 9


Context = TypeVar("Context")
"""What a way of writing wants to know about the place where a node is written."""

Part: TypeAlias = str | tuple[int, Context]
"""A piece of the output, or a node that is still to be written and its context."""


def node_as_typed(graph: Graph, index: int) -> Node:
    """Return the node, or the operation it was typed as if it is a number that was worked out (2*pi)."""
    return graph.spellings.get(index) or graph.nodes[index]


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


def parts_of_name(name: str) -> tuple[str, str]:
    """Return a name's letters and its index: x1 and x_1 are x with index 1."""
    letters, _, index = name.partition("_")
    if not index:
        letters = name.rstrip("0123456789")
        index = name[len(letters) :]
    return letters, index


def constant_names(formula: Parsed) -> dict[float, str]:
    """Return the constants that print by name, leaving out names which the formula has for something else."""
    taken = {*formula.variables, *formula.parameters, *formula.columns}
    return {CONSTANTS[name]: name for name in ("pi", "e") if name not in taken}
