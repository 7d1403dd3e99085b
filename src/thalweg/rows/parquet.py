"""Columns of Parquet files, read by pyarrow: one file, or all files of a folder in the order of their names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from thalweg.rows.table import Column, DataError, Missing, Table

BATCH = 1 << 16
"""Rows that are decoded at once."""

BUFFER = 1 << 18
"""Bytes of a column that are read at once: a row group need not fit into memory."""


class Piece(NamedTuple):
    """A row group of a file: what one worker reads at once."""

    path: Path
    group: int
    rows: int


class ParquetTable(Table):
    """A Parquet file, or a folder of them.

    Args:
        path: The file or the folder. Files are ordered by name, numbers in names by their size; those whose name
            begins with a dot or an underscore are passed over, folders within are looked into.
        missing: See `Table`. A value is missing where it is null or nan.

    Raises:
        DataError: pyarrow is not installed, a file cannot be read, or the files have not the same columns.
    """

    def __init__(self, path: str | os.PathLike[str], missing: Missing = "error") -> None:
        self.path = Path(path).resolve()  # other processes have other working folders
        self.source = self.path.name
        self.missing = missing
        self._files = _files(self.path)
        if not self._files:
            raise DataError(f"the folder {self.path} holds no Parquet files")
        self.names = tuple(self._schema(self._files[0]).names)

    @property
    def count(self) -> int:
        """See `Table.count`; the files say so themselves."""
        return sum(piece.rows for piece in self.pieces())

    def pieces(self) -> list[Piece]:
        """The row groups, in the order of their rows."""
        found: list[Piece] = []
        for path in self._files:
            with _open(path) as file:
                groups = range(file.num_row_groups)
                found += [Piece(path, group, file.metadata.row_group(group).num_rows) for group in groups]
        return found

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`."""
        self.require(names)
        for path in self._files:
            with _open(path) as file:
                lacking = [name for name in names if name not in file.schema_arrow.names]
                if lacking:
                    raise DataError(
                        f"there is no column {lacking[0]!r} in {path.name}, and there is one in {self._files[0].name}"
                    )
                yield from _batches(file, names, path.name, None)

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`."""
        for path in self._files:
            with _open(path) as file:
                if row < file.metadata.num_rows:
                    return f"{path.name}, row {row + 1}, column {name!r}: {_value(file, row, name)}"
                row -= file.metadata.num_rows
        raise DataError(f"{self.source} has fewer rows than before: it changed while it was read")

    def labels(self, name: str) -> Sequence[object]:
        """See `Table.labels`; equal texts are one object."""
        self.require([name])
        found: list[object] = []
        for path in self._files:
            with _open(path) as file:
                for batch in file.iter_batches(batch_size=BATCH, columns=[name]):
                    found += _objects(batch.column(0), name, path.name)
        return found

    @staticmethod
    def _schema(path: Path) -> Any:
        with _open(path) as file:
            return file.schema_arrow


def read(piece: Piece, names: Sequence[str]) -> list[Column]:
    """These columns of a row group, with nan where a value is missing."""
    with _open(piece.path) as file:
        batches = list(_batches(file, names, piece.path.name, [piece.group]))
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)]


def _batches(
    file: Any, names: Sequence[str], source: str, groups: list[int] | None
) -> Iterator[list[Column]]:
    import pyarrow as pa

    try:
        for batch in file.iter_batches(
            batch_size=BATCH, row_groups=groups, columns=list(dict.fromkeys(names))
        ):
            if batch.num_rows:
                yield [_column(batch.column(name), name, source) for name in names]
    except cast(Any, pa).ArrowInvalid as error:
        raise DataError(f"the file {source} cannot be read: {error}") from None


def _value(file: Any, row: int, name: str) -> str:
    """The words for what a cell holds."""
    for batch in file.iter_batches(batch_size=BATCH, columns=[name]):
        if row < batch.num_rows:
            value = batch.column(0)[row].as_py()
            return "there is no value" if value is None else f"the cell holds {value!r}"
        row -= batch.num_rows
    raise DataError("a file has fewer rows than it says")


def _column(array: Any, name: str, source: str) -> Column:
    import pyarrow as pa
    from pyarrow import types

    pa_any, kinds = cast(Any, pa), cast(Any, types)
    kind = array.type
    if kinds.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if not (
        kinds.is_floating(kind) or kinds.is_integer(kind) or kinds.is_boolean(kind) or kinds.is_decimal(kind)
    ):
        raise DataError(f"the column {name!r} of {source} must hold numbers, and holds {kind}")
    if kind != pa_any.float64():
        array = array.cast(pa_any.float64(), safe=False)
    return array.to_numpy(zero_copy_only=False)


def _objects(array: Any, name: str, source: str) -> list[object]:
    """The cells as Python's own objects, None where there is no value; equal ones are one object."""
    import pyarrow as pa
    from pyarrow import types

    if not cast(Any, types).is_dictionary(array.type):
        try:
            array = array.dictionary_encode()
        except cast(Any, pa).ArrowInvalid:  # lists, structures
            raise DataError(
                f"the column {name!r} of {source} holds {array.type}, which are no labels"
            ) from None
    values: list[object] = [*array.dictionary.to_pylist(), None]
    places = array.indices.fill_null(len(values) - 1).to_pylist()
    return [values[place] for place in places]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = (file for file in path.rglob("*") if file.suffix in (".parquet", ".pq") and file.is_file())
    return sorted((file for file in files if not _is_hidden(file.relative_to(path))), key=_natural)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _natural(path: Path) -> list[Any]:
    """So that part-2 comes before part-10."""
    parts = re.split(r"(\d+)", path.as_posix())
    return [int(part) if part.isdigit() else part for part in parts]


def _open(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise DataError(
            f"reading {path.name} takes pyarrow; install it with: pip install 'thalweg[data]'"
        ) from None
    try:
        return cast(Any, parquet).ParquetFile(path, buffer_size=BUFFER, pre_buffer=False, memory_map=False)
    except cast(Any, pa).ArrowInvalid:
        raise DataError(f"{path.name} is not a Parquet file") from None
    except OSError as error:
        raise DataError(f"the file {path} cannot be read: {error.strerror or error}") from None
