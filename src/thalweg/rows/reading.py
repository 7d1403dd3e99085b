"""Data in any of the forms that are understood, as a table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from thalweg.rows.csv_file import CsvTable, Decimal
from thalweg.rows.dask_data import DaskTable, ParquetOnCluster
from thalweg.rows.memory import MemoryTable, RecordTable
from thalweg.rows.parquet import ParquetTable
from thalweg.rows.table import Column, DataError, Missing, Table

PARQUET = (".parquet", ".pq")

_FORMS = (
    "data are a dict of columns, a list of dicts, the path of a CSV or Parquet file or of a folder of Parquet files, "
    "a NumPy array, or a data frame of pandas, Polars, Arrow or Dask"
)


def table(
    data: object,
    *,
    names: Sequence[str] | None = None,
    missing: Missing = "error",
    decimal: Decimal = ".",
    scheduler: str | None = None,
) -> Table:
    """Data in any of the forms that are understood, as a `Table`, which every function that takes data takes too.

    Args:
        data: A dict (or other mapping) of columns; a list of dicts; the path of a CSV file, a Parquet file or a folder
            of Parquet files; a structured array; a plain array (rows, columns) with `names`; a data frame (pandas,
            Polars, Arrow, Dask); an Arrow reader of record batches.
        names: Names of the columns, where the data have none: a plain array, a CSV file without a first row of names.
        missing: What is to be done where a value that is used is missing: ``"error"``, or ``"drop"`` the row.
        decimal: The sign before a number's fraction in a CSV file, ``"."`` or ``","``.
        scheduler: Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``, whose workers are to read Parquet
            files or hold Dask's data; they see the files under the same path. Dask's data need none where a client is
            in use.

    Raises:
        DataError: The data are of another kind, or the file cannot be read.

    Example:
        >>> table({"t": [0, 1], "y": [2, 3]}).names
        ('t', 'y')
        >>> table([{"t": 0, "y": 2}, {"t": None, "y": 3}], missing="drop").columns(["t", "y"])
        [array([0.]), array([2.])]
    """
    if missing not in get_args(Missing):
        raise DataError(f"missing is 'error' or 'drop', not {missing!r}")
    if decimal not in get_args(Decimal):
        raise DataError(f"decimal is '.' or ',', not {decimal!r}")
    if isinstance(data, Table):
        return data
    if type(data).__module__.partition(".")[0] in ("dask", "dask_expr"):
        return DaskTable(data, names, missing, scheduler)
    if isinstance(data, str | os.PathLike):
        path = Path(cast("str | os.PathLike[str]", data))
        if not os.fspath(data):
            raise DataError("data are the path of a file or folder, and this path is empty")
        if path.suffix in PARQUET or _is_folder(path):
            files = ParquetTable(path, missing)
            return files if scheduler is None else ParquetOnCluster(files, scheduler)
    if scheduler is not None:
        raise DataError(
            "the workers of a scheduler read Parquet files and Dask's data, and no other form of data"
        )
    if isinstance(data, str | os.PathLike):
        return CsvTable(cast("str | os.PathLike[str]", data), names=names, decimal=decimal, missing=missing)
    if isinstance(data, Mapping):
        mapping = cast("Mapping[str, Any]", data)
        return MemoryTable(mapping, list(mapping), missing)
    if isinstance(data, list):
        return RecordTable(_records(cast("list[Any]", data)), missing)
    if isinstance(data, np.ndarray):
        return _array(cast("np.ndarray[Any, np.dtype[Any]]", data), names, missing)
    return _frame(data, missing)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is longer than any; what reads the file says so
        return False


def _records(rows: list[Any]) -> list[Mapping[str, Any]]:
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise DataError(f"a list of data holds one dict a row, and this holds {row!r} at index {place}")
    return rows


def _frame(data: Any, missing: Missing) -> Table:
    """A data frame, met by its manners."""
    if hasattr(data, "read_next_batch"):
        return ReaderTable(data, missing)
    if hasattr(data, "collect_schema") and hasattr(data, "collect"):
        data = data.collect()  # a frame of Polars, lazy so far
    # Arrow's `columns` are the arrays themselves, so its names are asked for first.
    found: Any = getattr(data, "column_names", None)
    if found is None and hasattr(data, "schema") and hasattr(data, "num_rows"):
        found = data.schema.names  # a single batch of Arrow
    if found is None:
        found = getattr(data, "columns", None)
    if found is None or not hasattr(data, "__getitem__"):
        raise DataError(f"{_FORMS}, not {type(data).__name__}")
    return MemoryTable(data, list(found), missing)


def _array(array: np.ndarray[Any, np.dtype[Any]], names: Sequence[str] | None, missing: Missing) -> Table:
    if array.dtype.names is not None:
        return MemoryTable(array, array.dtype.names, missing)
    if names is None:
        raise DataError(
            "a plain array has no names for its columns; names=['t', 'y'] gives them, or a dict such as "
            "{'t': a[:, 0], 'y': a[:, 1]}"
        )
    if array.ndim != 2 or array.shape[1] != len(names):
        raise DataError(
            f"an array with {len(names)} names has the shape (rows, {len(names)}), not {array.shape}"
        )
    return MemoryTable(dict(zip(names, array.T, strict=True)), names, missing)


class ReaderTable(Table):
    """An Arrow reader of record batches, which can be read once."""

    source = "the data"
    counted_from = 0
    row_word = "index"
    can_be_read_again = False

    def __init__(self, reader: Any, missing: Missing = "error") -> None:
        self._reader = reader
        self.names = tuple(reader.schema.names)
        self.missing = missing
        self._is_spent = False

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`."""
        self.require(names)
        if self._is_spent:
            raise DataError("a reader of record batches can be read once, and this one has been read")
        self._is_spent = True
        for batch in self._reader:
            yield from MemoryTable(batch, self.names).batches(names)

    def labels(self, name: str) -> Sequence[object]:
        """They would have to be read before the rows.

        Raises:
            DataError: Always.
        """
        raise DataError(
            f"a reader of record batches can be read once, and the labels in {name!r} are read before the rows; "
            "reader.read_all() is a table of them all"
        )

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`; the batch itself is gone."""
        return f"the column {name!r} has no finite number at index {row}"
