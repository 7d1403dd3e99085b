"""Columns of a CSV file: a first row of names, then rows of cells, separated by commas, semicolons or tabs.

NumPy's reader does the work; only when it finds something wrong are the cells read one by one, to name the bad one.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from thalweg.rows.table import Column, DataError, missing

SEPARATORS = (",", ";", "\t")


class CsvTable:
    """A CSV file.

    Args:
        path: The file. The separator is the one that the first row has most of.

    Raises:
        DataError: The file cannot be read, or its first row does not name the columns.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        with self._open() as file:
            header = self._line(file)
        if header is None:
            raise DataError(f"{self.source} is empty; its first row must name the columns")
        self._separator = max(SEPARATORS, key=header.count)
        self.names = tuple(name.strip() for name in next(csv.reader([header], delimiter=self._separator)))
        if all(_is_number(name) for name in self.names):
            raise DataError(f"the first row of {self.source} holds numbers; it must name the columns")
        for name in self.names:
            if self.names.count(name) > 1:
                raise DataError(f"{self.source} has two columns named {name!r}; each needs a name of its own")

    @property
    def source(self) -> str:
        """The file's name."""
        return self.path.name

    def columns(self, names: Sequence[str]) -> list[Column]:
        """See `Table.columns`."""
        for name in names:
            if name not in self.names:
                raise missing(name, self.source, self.names)
        places = [self.names.index(name) for name in names]
        with self._open() as file:
            self._line(file)
            start = file.tell()
            if self._line(file) is None:
                raise DataError(f"{self.source} has no rows below its names")
            file.seek(start)
            try:
                cells = np.loadtxt(
                    file, delimiter=self._separator, usecols=places, ndmin=2, comments=None, quotechar='"'
                )
            except UnicodeDecodeError:
                raise self._not_text() from None
            except ValueError as error:
                self._name_bad_cell(places)
                raise DataError(f"{self.source} cannot be read as numbers: {error}") from None
        if not np.isfinite(cells).all():
            self._name_bad_cell(places)
        return [np.ascontiguousarray(column) for column in cells.T]

    def _open(self) -> TextIO:
        try:
            return self.path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise DataError(f"the file {self.path} cannot be read: {error.strerror}") from None

    def _line(self, file: TextIO) -> str | None:
        """The next line that is not blank."""
        try:
            while line := file.readline():
                if line.strip():
                    return line.rstrip("\r\n")
        except UnicodeDecodeError:
            raise self._not_text() from None
        return None

    def _not_text(self) -> DataError:
        return DataError(f"{self.source} is not a text file in UTF-8, as a CSV file must be")

    def _name_bad_cell(self, places: Sequence[int]) -> None:
        """Raise for the first cell in these columns that is not a finite number."""
        with self._open() as file:
            reader = csv.reader(file, delimiter=self._separator)
            rows = (row for row in reader if any(row))
            next(rows)
            for number, row in enumerate(rows, start=1):
                where = f"{self.source}, row {number} (line {reader.line_num})"
                for place in places:
                    if place >= len(row):
                        raise DataError(
                            f"{where}: there are {len(row)} cells, and the first row has {len(self.names)}"
                        )
                    if not _is_number(row[place]) or not math.isfinite(float(row[place])):
                        cell = f"the cell holds {row[place]!r}" if row[place].strip() else "the cell is empty"
                        raise DataError(
                            f"{where}, column {self.names[place]!r}: {cell}, where a finite number is wanted"
                        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
