"""Where rows are, and how one pass over them is made.

A model's kernels run over a *source*: the columns that the model uses, in the order its kernels know them. Whatever the
source, one pass gives the same bits, since every source cuts its rows into the chunks of one fixed grid and merges what
they give by one fixed tree (`kernel.row_reduction`). Here are what all sources offer, and the source that is in memory;
`streaming` and `cluster` are the others, and `opening` chooses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import Reduced, RowPass
from thalweg.kernel.rows import Rows, SumKernel, ValueKernel

Array = NDArray[np.float64]


class Source(ABC):
    """Rows of some columns, for kernels to run over.

    Args:
        label: What messages call the data.
        names: Of the columns, in the order in which kernels count them.
    """

    def __init__(self, label: str, names: Sequence[str]) -> None:
        self.label = label
        self.names = tuple(names)
        self.dropped = 0
        """Rows that were left out because a value is missing."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """How many rows there are; where that is not known yet, it takes a pass to count them."""

    @property
    def known_rows(self) -> int | None:
        """How many rows there are, where no pass is needed to say it."""
        return self.rows

    @property
    def memory(self) -> Rows | None:
        """All rows, where they are in memory."""
        return None

    @property
    @abstractmethod
    def portable(self) -> object:
        """What pickles in the source's stead, and opens as the same rows."""

    def reduce(self, x: Array, sums: SumKernel | None = None, factor: ValueKernel | None = None) -> Reduced:
        """What one pass over the rows finds at x (n,).

        Args:
            x: The point.
            sums: Terms to be summed, such as value and gradient of a loss.
            factor: Terms that are the columns of a matrix A, such as [J r], whose factor R is wanted.

        Returns:
            The number of rows, the sums and R; see `Reduced`. The same bits from every source of the same rows.

        Example:
            >>> from thalweg.objective.squared_residuals import squared_residuals
            >>> from thalweg.expression.parse import parse
            >>> from thalweg.rows.opening import open_rows
            >>> from thalweg.rows.reading import table
            >>> kernels = squared_residuals(parse("m*t + b", columns=["t", "y"]), "sum")
            >>> source = open_rows(table({"t": [0, 1, 2], "y": [1, 3, 5]}), ["t", "y"])
            >>> source.reduce(np.array([2.0, 0.0]), sums=kernels.loss).sums
            array([ 3., -6., -6.])
        """
        return self.run(RowPass(sums, factor), np.ascontiguousarray(x, dtype=np.float64))

    @abstractmethod
    def run(self, what: RowPass, x: Array) -> Reduced:
        """The answer of a pass at x (n,)."""

    def sample(self, most: int) -> list[Array]:
        """The columns of about so many rows, in order, by one pass over all; which rows depends on their numbers alone.

        They lie at irregular distances, so that no period in the data is mistaken for a longer one.
        """
        share, first = 1.0, 0
        kept = np.empty((1 + len(self.names), 0))  # each row's lot beside its columns
        for chunk in self.chunks():
            lots = _lots(first, chunk.count)
            drawn = lots < share
            kept = np.hstack([kept, np.array([lots, *(chunk[j] for j in range(len(chunk)))])[:, drawn]])
            first += chunk.count
            while kept.shape[1] > most:
                share /= 2.0
                kept = kept[:, kept[0] < share]
        return list(kept[1:])

    @abstractmethod
    def chunks(self) -> Iterator[Rows]:
        """The rows in order, in chunks of the fixed grid; each is good until the next is asked for."""


def _lots(first: int, count: int) -> Array:
    """A number from 0 to 1 for each of the rows from this one on, by splitmix64's finalizer (Steele et al. 2014)."""
    z = (np.arange(first, first + count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    return (z ^ (z >> np.uint64(31))).astype(np.float64) / 2.0**64


class MemorySource(Source):
    """Rows that are in memory.

    Args:
        label: What messages call the data.
        names: Of the columns.
        held: The columns, in this order.
        dropped: Rows that were left out.
    """

    def __init__(self, label: str, names: Sequence[str], held: Rows, dropped: int = 0) -> None:
        super().__init__(label, names)
        self._rows = held
        self.dropped = dropped

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._rows.count

    @property
    def memory(self) -> Rows:
        """All rows."""
        return self._rows

    @property
    def portable(self) -> dict[str, Array]:
        """The columns themselves."""
        return {name: np.array(self._rows[j]) for j, name in enumerate(self.names)}

    def run(self, what: RowPass, x: Array) -> Reduced:
        """See `Source.run`; threads share it where there are many rows."""
        return what(x, self._rows)

    def chunks(self) -> Iterator[Rows]:
        """See `Source.chunks`."""
        for first in range(0, self.rows, CHUNK):
            yield Rows([self._rows[j][first : first + CHUNK] for j in range(len(self._rows))])
