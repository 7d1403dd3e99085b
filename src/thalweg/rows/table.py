"""What a source of rows offers: names of columns, and columns as checked arrays of numbers.

Only the columns that a model uses are read and checked, so text or gaps elsewhere in the data do no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError

Column = NDArray[np.float64]


class DataError(ThalwegError, ValueError):
    """Data cannot be read, lacks a column, or has a cell that is not a finite number."""


class Table(Protocol):
    """Named columns of equal length."""

    @property
    def source(self) -> str:
        """What messages call the data: a file's name, or ``the data``."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in the data's own order."""
        ...

    def columns(self, names: Sequence[str]) -> list[Column]:
        """These columns, each (rows,) float64 and finite, all of equal length of at least 1.

        Raises:
            DataError: No such column; or a cell of theirs that is not a finite number, named by its place.
        """
        ...


def missing(name: str, source: str, names: Iterable[str]) -> DataError:
    """The error for a column that is not there; it lists those that are."""
    return DataError(
        f"there is no column {name!r} in {source}; its columns are: {', '.join(names) or 'none'}"
    )
