"""Columns that are in memory already: a dict, a structured array, a data frame of any library.

A frame is met by its manners (`columns` or `column_names`, and `frame[name]`), so pandas, Polars and Arrow work without
being imported.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from thalweg.rows.csv_file import CsvTable
from thalweg.rows.table import Column, DataError, Table, missing


class MemoryTable:
    """Columns of anything that gives one by its name.

    Args:
        columns: Gives a one-dimensional array-like for each name.
        names: The names of all columns.

    Example:
        >>> table = MemoryTable({"t": [0, 1, 2], "y": [1.0, 3.1, 4.9]}, ["t", "y"])
        >>> table.columns(["y"])
        [array([1. , 3.1, 4.9])]
    """

    source = "the data"

    def __init__(self, columns: Any, names: Sequence[str]) -> None:
        for name in names:
            if not isinstance(cast(object, name), str):
                raise DataError(f"a column's name is a string, and the data have one named {name!r}")
        self._columns = columns
        self.names = tuple(names)

    def columns(self, names: Sequence[str]) -> list[Column]:
        """See `Table.columns`."""
        found = [self._column(name) for name in names]
        for name, column in zip(names, found, strict=True):
            if len(column) != len(found[0]):
                raise DataError(
                    f"the columns {names[0]!r} and {name!r} must have equally many rows, "
                    f"and have {len(found[0])} and {len(column)}"
                )
        if found and not len(found[0]):
            raise DataError("the data have no rows")
        return found

    def _column(self, name: str) -> Column:
        if name not in self.names:
            raise missing(name, self.source, self.names)
        try:
            values = np.asarray(self._columns[name])
        except ValueError:  # nested lists of unequal lengths
            raise DataError(f"the column {name!r} must hold one number a row") from None
        if values.ndim != 1:
            raise DataError(
                f"the column {name!r} must hold one number a row, and has the shape {values.shape}"
            )
        if values.dtype.kind in "OUS":
            column = np.array([_number(value) for value in values], dtype=np.float64)
        elif values.dtype.kind in "biuf":
            column = np.ascontiguousarray(values, dtype=np.float64)
        else:
            raise DataError(f"the column {name!r} must hold numbers, and holds {values.dtype}")
        finite = np.isfinite(column)
        if not finite.all():
            row = int(np.argmin(finite))
            found = values[row : row + 1].tolist()[
                0
            ]  # as Python's own type, which prints without NumPy's name
            raise DataError(
                f"the column {name!r} holds {found!r} at index {row}, where a finite number is wanted"
            )
        return column


def _number(value: Any) -> float:
    """The value as a float; nan where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def table(data: object) -> Table:
    """Data in any of the forms that are understood, as a `Table`.

    Args:
        data: A dict (or other mapping) of columns; the path of a CSV file whose first row names the columns; a
            structured array; or a data frame (pandas, Polars, Arrow).

    Raises:
        DataError: The data are of another kind, or the file cannot be read.

    Example:
        >>> table({"t": [0, 1], "y": [2, 3]}).names
        ('t', 'y')
    """
    if isinstance(data, str | os.PathLike):
        return CsvTable(cast("str | os.PathLike[str]", data))
    if isinstance(data, Mapping):
        mapping = cast("Mapping[str, Any]", data)
        return MemoryTable(mapping, list(mapping))
    if isinstance(data, np.ndarray):
        array = cast("np.ndarray[Any, np.dtype[Any]]", data)
        if array.dtype.names is None:
            raise DataError(
                "a plain array has no names for its columns; a dict such as {'t': a[:, 0], 'y': a[:, 1]} gives them"
            )
        return MemoryTable(array, array.dtype.names)
    # Arrow's `columns` are the arrays themselves, so its names are asked for first.
    names: Any = getattr(data, "column_names", None)
    if names is None:
        names = getattr(data, "columns", None)
    if names is None or not hasattr(data, "__getitem__"):
        raise DataError(
            f"data are a dict of columns, the path of a CSV file, a structured array or a data frame, "
            f"not {type(data).__name__}"
        )
    return MemoryTable(data, list(names))
