"""What a table offers: the names of its columns, and their numbers in batches of rows.

Only the columns that a model uses are read and checked, so text or gaps elsewhere in the data do no harm.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.expression.names import canonical

Column = NDArray[np.float64]
Missing = Literal["error", "drop"]

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none"))
"""Cells that stand for a missing value, in lower case."""

Limit = Literal["weight", "error"]
"""What a column's numbers are beyond finite: from 0 on, as weights are, or above 0, as errors are."""

_LISTED = 5  # rows that a message lists


class DataError(ThalwegError, ValueError):
    """Data cannot be read, lacks a column, or has a cell that is not a finite number."""


class Table(ABC):
    """Named columns of equal length.

    Attributes:
        source: What messages call the data: a file's name, or ``the data``.
        names: The names of all columns, in the data's own order.
        missing: What is to be done where a value is missing: ``"error"``, or ``"drop"`` the row.
        dropped: Rows that the last reading left out.
        limits: What the numbers of some columns must be, by name.
    """

    source: str
    names: tuple[str, ...]
    missing: Missing = "error"
    dropped: int = 0
    limits: Mapping[str, Limit] = MappingProxyType({})
    can_be_read_again: bool = True
    counted_from = 1
    row_word = "row"

    @abstractmethod
    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """These columns, some rows at a time, in order: float64, with nan where a value is missing.

        Raises:
            DataError: No such column, or a cell of theirs that is no number, named by its place.
        """

    @abstractmethod
    def cell(self, row: int, name: str) -> str:
        """The words that say where a cell is and what it holds; `row` counts from 0."""

    @property
    def count(self) -> int | None:
        """The number of rows, where it is known without reading them; rows that are dropped later are in it."""
        return None

    @property
    def most_rows(self) -> int | None:
        """A number that there are no more rows than, where one is known without reading them."""
        return self.count

    def require(self, names: Iterable[str]) -> None:
        """Raise for the first name that no column has."""
        for name in names:
            if name not in self.names:
                raise no_column(name, self.source, self.names)

    def checked(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """As `batches`, all numbers finite: rows with a missing value are an error, or left out.

        Raises:
            DataError: As `batches`; or a cell that is not finite; or there are no rows.
        """
        kept = 0
        for batch in self.kept(names):
            kept += len(batch[0])
            yield batch
        if not kept and self.dropped:
            raise DataError(f"every row of {self.source} has a missing value")
        if not kept:
            raise DataError(f"{self.source} {self.have} no rows")

    def kept(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """As `checked`, but there may be no rows."""
        self.require(names)
        first = 0
        self.dropped = 0
        for batch in self.batches(names):
            rows = len(batch[0])
            for name in self.limits.keys() & set(names):
                self._within(batch[names.index(name)], name, self.limits[name], first)
            if not all(np.isfinite(column).all() for column in batch):
                gaps = self._gaps(batch, names, first)
                batch = [column[~gaps] for column in batch]
                self.dropped += int(gaps.sum())
            first += rows
            yield batch

    def columns(self, names: Sequence[str]) -> list[Column]:
        """These columns, each (rows,) float64 and finite, all of equal length of at least 1.

        Raises:
            DataError: As `checked`.
        """
        batches = list(self.checked(names))
        return [np.concatenate(parts) for parts in zip(*batches, strict=True)]

    def labels(self, name: str) -> Sequence[object]:
        """A column as it stands, (rows,): of numbers, or of texts where the table's kind can hold them.

        Raises:
            DataError: There is no such column; or it holds texts that only another kind could give.
        """
        return self.columns([name])[0].tolist()

    @property
    def have(self) -> str:
        """The verb that goes with the source."""
        return "have" if self.source == "the data" else "has"

    def _within(self, column: Column, name: str, limit: Limit, first: int) -> None:
        """Raise for the first number that a weight or an error cannot be."""
        wrong = column < 0.0 if limit == "weight" else column <= 0.0
        if wrong.any():
            wanted = "a weight from 0 on" if limit == "weight" else "an error above 0"
            raise DataError(f"{self.cell(first + int(np.argmax(wrong)), name)}, where {wanted} is wanted")

    def _gaps(self, batch: Sequence[Column], names: Sequence[str], first: int) -> NDArray[np.bool_]:
        """Which rows of a batch have a missing value; raise for a value that is infinite, or as `missing` says."""
        table = np.stack(batch)
        gaps = np.isnan(table)
        wrong = np.isinf(table) if self.missing == "drop" else ~np.isfinite(table)
        if wrong.any():
            row = int(np.argmax(wrong.any(axis=0)))
            name = names[int(np.argmax(wrong[:, row]))]
            hint = self._hint(first + np.flatnonzero(gaps.any(axis=0))) if gaps[:, row].any() else ""
            raise DataError(f"{self.cell(first + row, name)}, where a finite number is wanted{hint}")
        return cast("NDArray[np.bool_]", gaps.any(axis=0))

    def _hint(self, rows: NDArray[np.int64]) -> str:
        listed = ", ".join(str(row + self.counted_from) for row in rows[:_LISTED].tolist())
        more = " and more" if len(rows) > _LISTED else ""
        word = f"{self.row_word} {listed}" if len(rows) == 1 else f"{_plural(self.row_word)} {listed}{more}"
        return f"; missing='drop' leaves out rows without a value, here {word}"


def _plural(word: str) -> str:
    return {"index": "indices"}.get(word, word + "s")


def no_column(name: str, source: str, names: Iterable[str]) -> DataError:
    """The error for a column that is not there; it lists those that are."""
    return DataError(
        f"there is no column {name!r} in {source}; its columns are: {', '.join(names) or 'none'}"
    )


def symbols(names: Iterable[str]) -> dict[str, str]:
    """The columns by the symbols that a formula has for them.

    A name that is a symbol stands for itself, Greek letters by their names. In any other name each run of other signs
    becomes one underscore; a name that then begins with a digit, or is nothing, has no symbol. Where two columns
    would have one symbol, it goes to the one that is called so, or else to none.

    Example:
        >>> symbols(["t", "α", "flow rate (m/s)", "2nd", "a-b", "a b"])
        {'t': 't', 'alpha': 'α', 'flow_rate_m_s': 'flow rate (m/s)'}
    """
    found: dict[str, str] = {}
    made: dict[str, list[str]] = {}
    for name in names:
        if name.isidentifier():
            found[canonical(name)] = name
        else:
            made.setdefault(re.sub(r"\W+", "_", name).strip("_"), []).append(name)
    for symbol, owners in made.items():
        if symbol.isidentifier() and len(owners) == 1:
            found.setdefault(canonical(symbol), owners[0])
    return found
