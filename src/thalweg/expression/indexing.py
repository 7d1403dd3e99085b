"""What a formula says about indices while it is read: sums that are open, vectors, and how far they are indexed.

Of a formula whose variables are not given, a first reading finds out which names have an index and from where to
where it runs; a second one, with the variables laid out, gives the graph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from thalweg.expression.errors import FormulaError
from thalweg.expression.graph import Graph
from thalweg.expression.indices import Affine, Header, combine, greatest, least, length, number
from thalweg.expression.names import canonical
from thalweg.expression.subscripts import Reader
from thalweg.expression.tokens import Token
from thalweg.expression.vectors import MAX_ELEMENTS, Vector

SUMS: dict[str, str] = {"sum": "sum", "prod": "product", "product": "product"}
"""What takes an expression, an index and its bounds."""

WHOLE: dict[str, str] = {**SUMS, "mean": "sum", "dot": "sum", "norm": "sum", "norm1": "sum"}
"""What may be taken of whole vectors."""

LENGTHS = frozenset(("len", "length", "numel"))
"""What gives the number of a vector's elements, in one program or another."""

MAX_SUMS = 8
"""Sums that may stand within one another."""

MAX_TERMS = 1_000_000_000
"""Terms that sums within one another may have together: a value takes about a second then."""

_AFAR = 1 << 40  # places of elements in a reading that only finds out how many there are


class Binder(NamedTuple):
    """A sum that is being read: its bracket, where its term ends, where reading goes on, and what it runs over."""

    operation: str
    token: Token
    stop: int
    after: int
    over: tuple[Header, ...]
    names: tuple[str, ...]


class Indexing:
    """The indices and vectors of one reading.

    Args:
        text: The formula, for messages.
        graph: Where nodes are built.
        vectors: Those that are declared, by name.
        sizes: Names that stand for whole numbers.
        is_open: Whether other names may turn out to be vectors.
    """

    def __init__(
        self, text: str, graph: Graph, vectors: Mapping[str, Vector], sizes: Mapping[str, int], is_open: bool
    ) -> None:
        self.text = text
        self.graph = graph
        self.vectors = vectors
        self.sizes = sizes
        self.is_open = is_open
        self.loops: list[Header] = []
        self.scopes: dict[str, int] = {}
        self.names: list[str] = []
        """Names of the indices by their depth, as they were first typed."""
        self.reach: dict[str, tuple[int, int] | None] = {}
        """Names that turned out to be vectors, with their least and greatest index."""
        self.reached: dict[str, list[int]] = {}
        """The least and greatest indices met of vectors that are declared."""
        self.used: set[str] = set()
        """Sizes that a bound or an index depends on."""
        self.whole: list[dict[str, Token]] = []
        """Vectors met in reductions of whole vectors, innermost last."""

    # Indices

    def reader(self, tokens: Sequence[Token], start: int) -> Reader:
        """Return a reader of the whole number that begins at a token."""
        return Reader(self.text, tokens, start, self._known)

    def _known(self, token: Token) -> Affine:
        name = canonical(token.text)
        if name in self.scopes:
            return 0, ((self.scopes[name], 1),)
        if name in self.sizes:
            self.used.add(name)
            return number(self.sizes[name])
        hint = f'give its value, parameters={{"{name}": 10}}, or end the formula by: with {name} = 10'
        raise self._error(token, f"'{token.shown}' is no index here and not known as a whole number", hint)

    def open(self, name: str, over: Header, token: Token) -> None:
        """Let a name stand for an index, inside of those that are open."""
        if len(self.loops) >= MAX_SUMS:
            raise self._error(token, f"More than {MAX_SUMS} sums stand within one another", "use fewer")
        if name in self.scopes:
            raise self._error(token, f"'{token.shown}' is the index of a sum around this one", "use another")
        self.loops.append(over)
        self.scopes[name] = over.of
        if over.of == len(self.names):
            self.names.append(name)
        terms = 1
        for depth, loop in enumerate(self.loops):
            terms *= max(0, greatest(length(loop), self.loops[:depth]))
        if terms > MAX_TERMS:
            message = f"These sums have {terms:.3g} terms, some {terms / 1e9:.3g} s for every value"
            raise self._error(token, message, f"{MAX_TERMS:.0e} terms are the most")

    def close(self, names: Sequence[str]) -> None:
        """End what `open` began."""
        for name in names:
            del self.scopes[name]
            self.loops.pop()

    def whole_number(self, name: str) -> int | None:
        """Return the number that an index of a name stands for: that of x_2, and of x_n where n has a value."""
        if name in self.sizes:
            self.used.add(name)
            return self.sizes[name]
        return int(name) if name.isdigit() else None

    # Elements

    def element(self, name: str, index: Affine, token: Token, extent: int) -> int:
        """Return the node of a vector's element; `token` and the characters from it on are what errors mean."""
        vector = self.vectors.get(name)
        if vector is None and not self.is_open:
            raise self._fault(
                token, extent, f"'{name}' is not declared as a vector", f"declare it, {name}[1..10]"
            )
        is_empty = any(not length(loop)[1] and length(loop)[0] < 1 for loop in self.loops)
        low, high = least(index, self.loops), greatest(index, self.loops)
        if vector is None:
            if low < 0 and not is_empty:
                message = f"This reaches {name}[{low}], and a vector begins at {name}[1] or {name}[0]"
                raise self._fault(token, extent, message, "change the index or its bounds")
            if high > MAX_ELEMENTS:
                message = f"This reaches {name}[{high:,}]"
                raise self._fault(token, extent, message, f"a vector has {MAX_ELEMENTS:,} elements at most")
            known = self.reach.get(name) or (low, high)
            if not is_empty:
                self.reach[name] = min(known[0], low), max(known[1], high)
            else:
                self.reach.setdefault(name, None)
            return self.graph.element(_AFAR * (1 + list(self.reach).index(name)), index)
        if not is_empty and not vector.first <= low <= high <= vector.last:
            reached = low if low < vector.first else high
            message = f"This reaches {name}[{reached}], and the elements are {vector}"
            raise self._fault(token, extent, message, "change the index, its bounds or the vector")
        if not is_empty:
            self.reached.setdefault(name, []).extend((low, high))
        return self.graph.element(vector.start, combine(index, number(vector.first), -1))

    def stated(self) -> tuple[Vector, ...]:
        """Return the declared vectors that do not follow from what has been read."""
        return tuple(
            vector
            for name, vector in self.vectors.items()
            if max(self.reached.get(name, [-1])) != vector.last
            or (vector.first == 0) != (min(self.reached[name]) == 0)
        )

    # Whole vectors

    def is_vector(self, name: str) -> bool:
        """Say whether a name is known to be a vector."""
        return name in self.vectors or name in self.reach

    def whole_element(self, name: str, token: Token, skipped: int, dropped: int) -> int:
        """Return the element of a whole vector, or of a slice of it, that belongs to the index of the reduction."""
        self.whole[-1].setdefault(f"{name}, {skipped + dropped}", token)
        index = 0, ((self.loops[-1].of, 1),)
        vector = self.vectors.get(name)
        if vector is None:
            self.reach.setdefault(name, None)
            return self.graph.element(_AFAR * (1 + list(self.reach).index(name)), index)
        size = vector.length - skipped - dropped
        self.reached.setdefault(name, []).extend((vector.first + skipped, vector.last - dropped))
        if size < 1:
            raise self._error(token, f"This slice of {vector} is empty", "take a longer vector")
        return self.graph.element(vector.start, combine(index, number(skipped - 1)))

    def length_of(self, name: str, token: Token) -> int:
        """Return how many elements a vector has, of which a reading that finds that out knows nothing yet."""
        vector = self.vectors.get(name)
        if vector is None and not self.is_open:
            raise self._error(token, f"'{name}' is no vector", f"declare it, {name}[1..10]")
        self.reach.setdefault(name, None)
        return 1 if vector is None else vector.length

    def length_of_whole(self, token: Token) -> int:
        """Return how long the vectors of a reduction are, which is over then."""
        met = self.whole.pop()
        if not met:
            hint = "name an index and its bounds, sum(x[i]^2, i, 1, n), or end the formula by: with x[1..10]"
            raise self._error(token, f"'{token.shown}' has no vector to run over", hint)
        lengths: dict[int, str] = {}
        for key in met:
            name, less = key.split(", ")
            vector = self.vectors.get(name)
            if vector is not None:
                lengths.setdefault(vector.length - int(less), name)
        if len(lengths) > 1:
            parts = " and ".join(f"{size} of '{name}'" for size, name in lengths.items())
            raise self._error(
                token, f"The vectors here have different lengths, {parts}", "take them of one length"
            )
        return next(iter(lengths), 1)

    def layout(self, order: Sequence[str]) -> list[str | Vector]:
        """Return the variables in order, vectors with the elements they were found to have."""
        reach = dict(self.reach)
        kept: list[str] = []
        for name in order:
            base, _, index = name.rpartition("_")
            place = self.whole_number(index) if base in reach else None
            if place is not None:  # x_1 is x[1] where x is a vector
                if place > MAX_ELEMENTS:
                    raise too_many(self.text, base)
                known = reach[base] or (place, place)
                reach[base] = min(known[0], place), max(known[1], place)
                if base not in kept:
                    kept.append(base)
            elif name not in kept:
                kept.append(name)
        found: list[str | Vector] = []
        for name in kept:
            if name not in reach:
                found.append(name)
                continue
            ends = reach[name]
            if ends is None:
                hint = f'declare it, variables=["{name}[1..10]"], or end the formula by: with {name}[1..10]'
                raise FormulaError(self.text, 0, 0, f"How many elements '{name}' has is not known", hint)
            first = 0 if ends[0] == 0 else 1
            found.append(Vector(name, first, ends[1] - first + 1))
        return found

    def _fault(self, token: Token, extent: int, message: str, hint: str) -> FormulaError:
        return FormulaError(self.text, token.position, max(1, extent), message, hint)

    def _error(self, token: Token, message: str, hint: str) -> FormulaError:
        return FormulaError(self.text, token.position, token.length, message, hint)


def too_many(text: str, name: str) -> FormulaError:
    """Say that a vector is too long, alone or with those before it."""
    hint = f"vectors have together {MAX_ELEMENTS:,} elements at most"
    return FormulaError(text, max(0, text.find(name)), len(name), f"'{name}' has too many elements", hint)


def size(value: float) -> int | None:
    """Return a number as a size, None where it is not whole."""
    return int(value) if math.isfinite(value) and float(value).is_integer() and abs(value) < 1 << 53 else None
