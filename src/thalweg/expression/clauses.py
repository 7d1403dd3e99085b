"""What may stand around a formula, in every language that is read: a function's head before it (`heads`), and behind it
`with n = 10, x[1..n]`, which gives sizes and vectors."""

from __future__ import annotations

import re
from typing import NamedTuple

from thalweg.expression import heads
from thalweg.expression.errors import FormulaError
from thalweg.expression.heads import Head
from thalweg.expression.indices import number
from thalweg.expression.names import canonical
from thalweg.expression.subscripts import Reader
from thalweg.expression.tokens import Token, tokenize
from thalweg.expression.vectors import MAX_ELEMENTS, Vector

_WITH = re.compile(r"(?<=[\s)\]}$])with\s(?=[^()]*\Z)")
_SIZE = re.compile(r"\s*([^\W\d]\w*)\s*=\s*([0-9][0-9_]*)\s*")
_VECTOR = re.compile(r"\s*([^\W\d]\w*)\s*\[\s*([01])\s*(?:\.\.\.?|…|:)\s*([^\]]+)\]\s*")


class Clause(NamedTuple):
    """The head before a formula, where the formula ends, and what stands behind it."""

    head: Head
    stop: int
    sizes: dict[str, int]
    vectors: dict[str, Vector]


def read(text: str, known: dict[str, int]) -> Clause:
    """Return what a formula ends with, sizes that are known from elsewhere included.

    Raises:
        FormulaError: A part of it is neither a size nor a vector.

    >>> read("sum(x[i]^2, i, 1, n) with n = 10, x[1..n+1]", {})[2:]
    ({'n': 10}, {'x': Vector(name='x', first=1, length=11, start=0)})
    """
    head = heads.read(text)
    match = _WITH.search(text) if "with" in text else None
    if match is None:
        return Clause(head, len(text), known, {})
    sizes, vectors = dict(known), dict[str, Vector]()
    place = match.end()
    for part in text[place:].split(","):
        if size := _SIZE.fullmatch(part):
            sizes[canonical(size[1])] = int(size[2].replace("_", ""))
        elif vector := _VECTOR.fullmatch(part):
            first, last = int(vector[2]), _whole(text, place + vector.start(3), vector[3], sizes)
            if not first <= last <= MAX_ELEMENTS:
                message = f"A vector has at least one element and at most {MAX_ELEMENTS:,}"
                raise FormulaError(text, place, len(part), message, "write x[1..10]")
            name = canonical(vector[1])
            vectors[name] = Vector(name, first, last - first + 1)
        else:
            message = "What follows 'with' is neither a size nor a vector"
            raise FormulaError(text, place, max(1, len(part)), message, "write n = 10, or x[1..n]")
        place += len(part) + 1
    return Clause(head, match.start(), sizes, vectors)


def _whole(text: str, start: int, typed: str, sizes: dict[str, int]) -> int:
    tokens = [token._replace(position=token.position + start) for token in tokenize(typed, 100)]

    def known(token: Token) -> tuple[int, tuple[tuple[int, int], ...]]:
        if canonical(token.text) in sizes:
            return number(sizes[canonical(token.text)])
        raise FormulaError(
            text,
            token.position,
            token.length,
            f"'{token.shown}' has no value",
            f"write with {token.shown} = 10, ...",
        )

    reader = Reader(text, tokens, 0, known)
    (value, _) = reader.read()
    left = tokens[reader.next]
    if left.kind != "end":
        raise FormulaError(text, left.position, left.length, "This does not belong to a number", "remove it")
    return value
