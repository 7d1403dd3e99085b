"""Variables with an index: x[1..10] is ten variables, x[1] to x[10], which follow one another in a point."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

MAX_ELEMENTS = 1_000_000
"""Elements that the vectors of a formula may have together."""

_RANGE = re.compile(r"\s*([^\s\[\]]+)\s*\[\s*([01])\s*(?:\.\.\.?|…|:)\s*([0-9_]+)\s*\]\s*")
_ELEMENT = re.compile(r"([^\[\]]+)\[([0-9]+)\]")


class Vector(NamedTuple):
    """A vector: its name, the index of its first element (1, or 0), how many there are, and the first one's place."""

    name: str
    first: int
    length: int
    start: int = 0

    @property
    def last(self) -> int:
        """The index of its last element."""
        return self.first + self.length - 1

    def elements(self) -> Iterator[str]:
        """Return the elements' names."""
        return (f"{self.name}[{index}]" for index in range(self.first, self.first + self.length))

    def __str__(self) -> str:
        return f"{self.name}[{self.first}..{self.last}]"


class Names:
    """The names that are declared; x_1 is among them where x is a vector."""

    def __init__(self, names: Container[str], vectors: Container[str]) -> None:
        self._names = names
        self._vectors = vectors

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        base, _, index = name.rpartition("_")
        return name in self._names or name in self._vectors or (base in self._vectors and index.isdigit())


def declared(spelling: str) -> Vector | None:
    """Return what "x[1..10]" declares, None for any other text.

    >>> declared("x[0..9]")
    Vector(name='x', first=0, length=10, start=0)
    """
    match = _RANGE.fullmatch(spelling) if "[" in spelling else None
    if match is None:
        return None
    first = int(match[2])
    return Vector(match[1], first, int(match[3].replace("_", "")) - first + 1)


def gathered(names: Sequence[str]) -> list[str | Vector]:
    """Return names with their vectors: those declared, and those whose elements are listed in order.

    >>> gathered(["a", "x[1]", "x[2]", "y[1..3]"])
    ['a', Vector(name='x', first=1, length=2, start=0), Vector(name='y', first=1, length=3, start=0)]
    """
    found: list[str | Vector] = []
    for name in names:
        element = _ELEMENT.fullmatch(name) if "[" in name else None
        vector = declared(name)
        last = found[-1] if found else None
        if element is None:
            found.append(vector or name)
        elif isinstance(last, Vector) and last.name == element[1] and last.last + 1 == int(element[2]):
            found[-1] = last._replace(length=last.length + 1)
        elif int(element[2]) <= 1:
            found.append(Vector(element[1], int(element[2]), 1))
        else:
            found.append(name)
    return found


def compact(names: Sequence[str], vectors: Sequence[Vector]) -> tuple[str, ...]:
    """Return the names with each vector written once, as x[1..10]."""
    if not vectors:
        return tuple(names)
    found: list[str] = []
    place = 0
    for vector in sorted(vectors, key=lambda vector: vector.start):
        found += [*names[place : vector.start], str(vector)]
        place = vector.start + vector.length
    return (*found, *names[place:])
