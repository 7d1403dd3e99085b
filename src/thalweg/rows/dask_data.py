"""Dask's data frames and arrays, and Parquet files that the workers of a cluster read, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from thalweg.rows.cluster import ClusterTable, Part, later
from thalweg.rows.memory import MemoryTable
from thalweg.rows.parquet import ParquetTable, Piece, read
from thalweg.rows.table import Column, DataError, Limit, Missing


class DaskTable(ClusterTable):
    """A Dask data frame, or a Dask array (rows, columns) with names for its columns."""

    def __init__(
        self,
        data: Any,
        names: Sequence[str] | None = None,
        missing: Missing = "error",
        scheduler: str | None = None,
    ) -> None:
        self.source = "the data"
        self.missing = missing
        self.scheduler = scheduler
        self._data = data
        self._is_array = not hasattr(data, "columns")
        if self._is_array:
            if names is None:
                raise DataError("a Dask array has no names for its columns; names=['t', 'y'] gives them")
            if data.ndim != 2 or data.shape[1] != len(names):
                raise DataError(
                    f"an array with {len(names)} names has the shape (rows, {len(names)}), not {data.shape}"
                )
            self.names = tuple(names)
        else:
            self.names = tuple(data.columns)

    def parts(self, names: Sequence[str]) -> list[Part]:
        """See `ClusterTable.parts`."""
        if self._is_array:
            places = [self.names.index(name) for name in names]
            blocks = self._data[:, places].rechunk({1: -1}).to_delayed().ravel().tolist()
        else:
            blocks = self._data[list(dict.fromkeys(names))].to_delayed()
        return [
            Part(later(_checked, block, list(names), self.missing, self.limits, number), None)
            for number, block in enumerate(blocks)
        ]

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`; the partitions come to this process one after the other."""
        for part in self.parts(names):
            yield part.columns.compute()[0]

    def labels(self, name: str) -> Sequence[object]:
        """See `Table.labels`; the column comes to this process."""
        self.require([name])
        column = self._data[:, self.names.index(name)] if self._is_array else self._data[name]
        return np.asarray(column.compute()).tolist()

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`."""
        return f"the column {name!r} holds no finite number at index {row}"


class ParquetOnCluster(ClusterTable):
    """Parquet files that workers read, each a row group at a time; they must see them under the same path."""

    def __init__(self, files: ParquetTable, scheduler: str) -> None:
        self.source = files.source
        self.names = files.names
        self.missing = files.missing
        self.scheduler = scheduler
        self._files = files

    def parts(self, names: Sequence[str]) -> list[Part]:
        """See `ClusterTable.parts`."""
        known = self.missing == "error"
        return [
            Part(later(_read, piece, list(names), self.missing, self.limits), piece.rows if known else None)
            for piece in self._files.pieces()
        ]

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`; this process reads the files itself."""
        return self._files.batches(names)

    def labels(self, name: str) -> Sequence[object]:
        """See `Table.labels`; this process reads them."""
        return self._files.labels(name)

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`."""
        return self._files.cell(row, name)


# --------------------------------------------------------------------------------------------- what runs on the workers


class _PartTable(MemoryTable):
    """A partition, which may have no rows; messages say which one it is."""

    def __init__(
        self, data: Any, names: Sequence[str], missing: Missing, limits: Mapping[str, Limit], place: str
    ) -> None:
        super().__init__(data, names, missing)
        self.limits = limits
        self._place = place

    def cell(self, row: int, name: str) -> str:
        return f"{self._place}, {super().cell(row, name)}"

    def numbers(self) -> tuple[list[Column], int]:
        """The checked columns, and how many rows were dropped."""
        batches = [[np.empty(0) for _ in self.names], *self.kept(self.names)]
        return [np.concatenate(parts) for parts in zip(*batches, strict=True)], self.dropped


def _checked(
    block: Any, names: list[str], missing: Missing, limits: Mapping[str, Limit], number: int
) -> tuple[list[Column], int]:
    columns = block if hasattr(block, "columns") else dict(zip(names, block.T, strict=True))
    return _PartTable(columns, names, missing, limits, f"in partition {number}").numbers()


def _read(
    piece: Piece, names: list[str], missing: Missing, limits: Mapping[str, Limit]
) -> tuple[list[Column], int]:
    columns = dict(zip(names, read(piece, names), strict=True))
    place = f"in row group {piece.group} of {piece.path.name}"
    return _PartTable(columns, names, missing, limits, place).numbers()
