"""What to know of a formula before it runs: where it may have no value, a kink or a jump.

Read off the graph, with no point computed. It is said of the formula's parts: whether a part comes to bear, behind a
branch of `where`, say, is not looked into, hence "may".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import Graph, operands
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import to_text
from thalweg.expression.ranges import Range, ranges

MOST = 6
"""Sentences about one formula; more would not be read."""

_LONGEST = 40  # characters of a part that is quoted
_LARGEST = 20  # and operations, counted each time they are written
_QUOTED = 4 * MOST  # parts that are quoted at all; in a long formula each takes its time


def cautions(formula: Parsed) -> tuple[str, ...]:
    """Return a sentence for each part of a formula that may be undefined, bends or jumps; at most `MOST`.

    Where several may be said, those on missing values come first. Parts that cannot go wrong (log(x^2 + 1)) are not
    mentioned.

    >>> from thalweg.expression.parse import parse
    >>> cautions(parse("log(x) + |y|"))
    ('may be undefined for x <= 0 (log)', 'not differentiable where y = 0 (abs)')
    >>> cautions(parse("log(x^2 + 1)"))
    ()
    """
    reader = _Reader(formula)
    found = list(dict.fromkeys(sentence for index in reader.order for sentence in reader.of(index)))
    found.sort(key=lambda sentence: not sentence.startswith("may be undefined"))
    if len(found) > MOST:
        found[MOST - 1 :] = ["and more such places"]
    return tuple(found)


class _Reader:
    def __init__(self, formula: Parsed) -> None:
        self.formula = formula
        self.graph: Graph = formula.graph
        self.order = self.graph.reachable([formula.root])
        self.ranges = ranges(self.graph, self.order)
        self.quoted = 0
        self.sizes: dict[int, int] = {}  # when written out, up to _LARGEST + 1
        for index in self.order:
            size = 1 + sum(self.sizes[operand] for operand in operands(self.graph.nodes[index]))
            self.sizes[index] = min(size, _LARGEST + 1)

    def of(self, index: int) -> Iterator[str]:
        """The sentences about one node."""
        node = self.graph.nodes[index]
        operation = node[0]
        match operation:
            case "divide":
                yield from self._pole(node[2], "division")
            case "integer_power" if node[2] < 0:
                yield from self._pole(node[1], "negative power")
            case "power":
                yield from self._power(node[1], node[2])
            case "min" | "max":
                yield from self._tie(node[1], node[2], operation)
            case "hypot" | "atan2":
                yield from self._origin(node[1], node[2], operation)
            case "where":
                yield f"may jump or bend where {self._quoted(node[1], 'its condition')} changes (where)"
            case _ if operation in FUNCTIONS and len(node) == 2:
                yield from self._function(operation, node[1])
            case _:
                pass

    def _function(self, name: str, a: int) -> Iterator[str]:
        low, high = self.ranges[a]
        text = self._quoted(a, "the argument")
        match name:
            case "log" | "log2" | "log10" if low <= 0.0:
                yield self._undefined(text, "<=" if low < 0.0 else "=", 0, name)
            case "log1p" if low <= -1.0:
                yield self._undefined(text, "<=" if low < -1.0 else "=", -1, name)
            case "sqrt" if low <= 0.0:
                if low < 0.0:
                    yield self._undefined(text, "<", 0, name)
                yield self._kink(text, name)
            case "asin" | "acos" if low < -1.0 or high > 1.0:
                yield f"may be undefined for |{text}| > 1 ({name})"
            case "atanh" if low <= -1.0 or high >= 1.0:
                yield f"may be undefined for |{text}| >= 1 ({name})"
            case "acosh" if low < 1.0:
                yield self._undefined(text, "<", 1, name)
            case "tan" if low < -math.pi / 2 or high > math.pi / 2:
                yield f"may be undefined where cos({text}) = 0 (tan)"
            case "abs" | "relu" | "cbrt" if low <= 0.0 <= high:
                yield self._kink(text, name)
            case "sign" if low <= 0.0 <= high:
                yield f"jumps where {text} = 0, its derivative counts as 0 (sign)"
            case "floor":
                yield f"jumps where {text} is whole, its derivative counts as 0 (floor)"
            case _:
                pass

    def _pole(self, a: int, name: str) -> Iterator[str]:
        if _holds_zero(self.ranges[a]):
            yield self._undefined(self._quoted(a, "the divisor"), "=", 0, name)

    def _power(self, base: int, exponent: int) -> Iterator[str]:
        low, high = self.ranges[base]
        text = self._quoted(base, "the base")
        if low < 0.0:
            yield self._undefined(text, "<", 0, "power")
        least, most = self.ranges[exponent]
        if not low <= 0.0 <= high:
            return
        if least < 0.0:
            yield self._undefined(text, "=", 0, "power")
        elif least < 1.0 or least != most:
            yield self._kink(text, "power")

    def _tie(self, a: int, b: int, name: str) -> Iterator[str]:
        (low, high), (least, most) = self.ranges[a], self.ranges[b]
        if low <= most and least <= high:
            yield f"not differentiable where {self._quoted(a, 'one')} = {self._quoted(b, 'the other')} ({name})"

    def _origin(self, a: int, b: int, name: str) -> Iterator[str]:
        if _holds_zero(self.ranges[a]) and _holds_zero(self.ranges[b]):
            one, other = self._quoted(a, "one argument"), self._quoted(b, "the other")
            yield f"not differentiable where {one} = 0 and {other} = 0 ({name})"
        if name == "atan2" and _holds_zero(self.ranges[a]) and self.ranges[b][0] < 0.0:
            yield f"jumps where {self._quoted(a, 'the first')} = 0 and {self._quoted(b, 'the second')} < 0 (atan2)"

    def _undefined(self, text: str, relation: str, bound: float, name: str) -> str:
        word = "where" if relation == "=" else "for"
        return f"may be undefined {word} {text} {relation} {bound:g} ({name})"

    def _kink(self, text: str, name: str) -> str:
        return f"not differentiable where {text} = 0 ({name})"

    def _quoted(self, index: int, otherwise: str) -> str:
        if self.sizes[index] > _LARGEST or self.quoted >= _QUOTED:
            return otherwise
        self.quoted += 1
        text = to_text(self.formula, index)
        return text if len(text) <= _LONGEST else otherwise


def _holds_zero(of: Range) -> bool:
    return of[0] <= 0.0 <= of[1]
