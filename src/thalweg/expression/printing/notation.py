"""What every way of writing a formula shares: the walk over its nodes, levels of binding, numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from itertools import chain, count
from typing import TypeAlias, TypeVar

from thalweg.expression.graph import FormulaSizeError, Graph, Node
from thalweg.expression.indices import Affine
from thalweg.expression.names import CONSTANTS, GREEK
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


_INDICES = ("i", "j", "k", "l", "m", "p", "q", "r")


def index_names(formula: Parsed, letters_only: bool = False) -> list[str]:
    """Return names for the indices of sums by their depth: those that were typed, where nothing else has them.

    Where they must be letters, Greek ones included, others are replaced.
    """
    taken = set(formula.symbols)
    names: list[str] = []
    for depth in range(len(_INDICES)):
        typed = formula.indices[depth] if depth < len(formula.indices) else "("
        if letters_only and len(typed) > 1 and typed not in GREEK:
            typed = "("
        free = (f"{letter}{number or ''}" for number in count() for letter in _INDICES)
        name = next(name for name in chain([typed], free) if name not in taken and name[0] != "(")
        names.append(name)
        taken.add(name)
    return names


def affine(value: Affine, names: Sequence[str], times: str) -> str:
    """Return a whole number that is linear in indices, as text.

    >>> affine((-1, ((0, 2), (1, -1))), ["i", "j"], "*")
    '2*i - j - 1'
    """
    constant, coefficients = value
    terms = [(factor, names[index]) for index, factor in coefficients]
    if constant > 0 and terms and terms[0][0] < 0:
        terms.insert(0, (constant, ""))
    elif constant or not terms:
        terms.append((constant, ""))
    text = ""
    for factor, name in terms:
        size = abs(factor)
        digits = str(size) if not name or size != 1 else ""
        sign = ("-" if factor < 0 else "") if not text else " - " if factor < 0 else " + "
        text += sign + digits + (times if digits and name else "") + name
    return text


def constant_names(formula: Parsed) -> dict[float, str]:
    """Return the constants that print by name, leaving out names which the formula has for something else."""
    taken = formula.symbols
    return {CONSTANTS[name]: name for name in ("pi", "e") if name not in taken}
