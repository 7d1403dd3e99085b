"""Columns that are in memory already: a dict, rows, arrays, a data frame of any library.

A frame is met by its manners (`columns` or `column_names`, and `frame[name]`), so pandas, Polars and Arrow work without
being imported.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.rows.table import MISSING, Column, DataError, Missing, Table

BATCH = 1 << 16
"""Rows that are converted at once."""


class MemoryTable(Table):
    """Columns of anything that gives one by its name.

    Args:
        columns: Gives a one-dimensional array-like for each name.
        names: The names of all columns.
        missing: See `Table`. A value is missing where it is None, nan, NA, or a text for that.

    Example:
        >>> table = MemoryTable({"t": [0, 1, 2], "y": [1.0, 3.1, 4.9]}, ["t", "y"])
        >>> table.columns(["y"])
        [array([1. , 3.1, 4.9])]
    """

    source = "the data"
    counted_from = 0
    row_word = "index"

    def __init__(self, columns: Any, names: Sequence[str], missing: Missing = "error") -> None:
        for name in names:
            if not isinstance(cast(object, name), str):
                raise DataError(f"a column's name is a string, and the data have one named {name!r}")
        self._columns = columns
        self.names = tuple(names)
        self.missing = missing

    @property
    def count(self) -> int | None:
        """See `Table.count`: of the first column, since all have as many."""
        try:
            return len(self._columns[self.names[0]]) if self.names else None
        except TypeError:  # it is no column, which whoever reads it is told
            return None

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`."""
        self.require(names)
        found = [self._values(name) for name in names]
        for name, values in zip(names, found, strict=True):
            if len(values) != len(found[0]):
                raise DataError(
                    f"the columns {names[0]!r} and {name!r} must have equally many rows, "
                    f"and have {len(found[0])} and {len(values)}"
                )
        for first in range(0, len(found[0]), BATCH):
            yield [
                self._numbers(values[first : first + BATCH], first, name)
                for name, values in zip(names, found, strict=True)
            ]

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`."""
        # as Python's own type, which prints without NumPy's name
        found = self._values(name)[row : row + 1].tolist()[0]
        return f"the column {name!r} holds {found!r} at index {row}"

    def labels(self, name: str) -> Sequence[object]:
        """See `Table.labels`."""
        self.require([name])
        return self._values(name).tolist()

    def _values(self, name: str) -> NDArray[Any]:
        try:
            given: Any = self._columns[name]
            if hasattr(given, "filled") and hasattr(given, "mask"):  # NumPy's, whose gaps would be forgotten
                given = np.where(np.ma.getmaskarray(given), None, given.data.astype(object))
            values: NDArray[Any] = np.asarray(given)
        except ValueError:  # nested lists of unequal lengths
            raise DataError(f"the column {name!r} must hold one number a row") from None
        if values.ndim != 1:
            raise DataError(
                f"the column {name!r} must hold one number a row, and has the shape {values.shape}"
            )
        if values.dtype.kind not in "biufOUST":
            times = values.dtype.kind in "mM"
            hint = "; (t - t[0]) / np.timedelta64(1, 's') are seconds" if times else ""
            raise DataError(f"the column {name!r} must hold numbers, and holds {values.dtype}{hint}")
        return values

    def _numbers(self, values: NDArray[Any], first: int, name: str) -> Column:
        if values.dtype.kind in "biuf":
            return np.ascontiguousarray(values, dtype=np.float64)
        column = np.empty(len(values))
        for row, value in enumerate(values):
            number = _number(value)
            if number is None:
                raise DataError(f"{self.cell(first + row, name)}, where a finite number is wanted")
            column[row] = number
        return column


def _number(value: Any) -> float | None:
    """The value as a float, nan where it is missing; None where it is no number."""
    if is_missing(value):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None, pandas' NA or NaT, a text for that, or no number.

    Example:
        >>> [is_missing(value) for value in (None, " n/a ", float("nan"), 0.0, "cold")]
        [True, True, True, False, False]
    """
    if isinstance(value, str):
        return value.strip().lower() in MISSING
    # pandas' NA and NaT are like nothing, themselves included
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and value != value)
    )


class RecordTable(MemoryTable):
    """A list of dicts, one a row; a name that a row lacks is a missing value there."""

    def __init__(self, records: Sequence[Mapping[str, Any]], missing: Missing = "error") -> None:
        names: dict[str, None] = {}
        for record in records:
            names.update(dict.fromkeys(record))
        columns = _ByName(records)
        super().__init__(columns, list(names), missing)


class _ByName:
    """Columns of rows that are dicts."""

    def __init__(self, records: Sequence[Mapping[str, Any]]) -> None:
        self._records = records

    def __getitem__(self, name: str) -> list[Any]:
        return [record.get(name) for record in self._records]
