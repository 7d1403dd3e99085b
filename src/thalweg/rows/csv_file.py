"""Columns of a CSV file: a first row of names, then rows of cells.

Cells are separated by commas, semicolons, tabs or spaces, whichever the first row has. Blank lines and lines that begin
with # are passed over, cells may stand in double quotes, and a file whose name ends in .gz is unpacked while read.
Large files are read by pyarrow where there is one. It need not understand all of this: from the batch on that it does
not, NumPy's reader takes over, and where that fails too, the cells are read one by one, to name the bad one.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import math
import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TextIO, cast

import numpy as np

from thalweg.rows.table import MISSING, Column, DataError, Missing, Table

SEPARATORS = (",", ";", "\t")
Decimal = Literal[".", ","]

LARGE = 4 << 20
"""Bytes of a file from which on pyarrow is worth importing."""

BATCH = 8192
"""Lines that NumPy reads at once."""

BLOCK = 1 << 18
"""Bytes that pyarrow reads at once."""


class _NotUnderstoodError(Exception):
    """pyarrow found something that only the other reader can read, or name."""


class CsvTable(Table):
    """A CSV file.

    Args:
        path: The file. The separator is the one that the first row has most of.
        names: Names of the columns, for a file whose first row has none; they replace those that it has.
        decimal: The sign before a number's fraction.
        missing: See `Table`. A value is missing where a cell is empty, or is NA, N/A, nan, null or none in any case.

    Raises:
        DataError: The file cannot be read, or its first row does not name the columns.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        names: Sequence[str] | None = None,
        decimal: Decimal = ".",
        missing: Missing = "error",
    ) -> None:
        self.path = Path(path)
        self.source = self.path.name
        self.missing = missing
        self._decimal: Decimal = decimal
        _, header = next(self._lines(), (0, None))
        if header is None:
            raise DataError(f"{self.source} is empty; its first row must name the columns")
        self._separator = self._find_separator(header)
        first = tuple(cell.strip() for cell in next(self._split([header])))
        named = not all(_number(cell, decimal) is not None for cell in first)
        if names is None and not named:
            raise DataError(
                f"the first row of {self.source} holds numbers; it must name the columns, or names=[...] must"
            )
        if names is not None and len(names) != len(first):
            raise DataError(f"{self.source} has {len(first)} columns, and {len(names)} names were given")
        self.names = first if names is None else tuple(names)
        self._head = 1 if named else 0
        """Lines that are no rows, but for those that are passed over anyway."""
        for name in self.names:
            if name and self.names.count(name) > 1:
                raise DataError(f"{self.source} has two columns named {name!r}; each needs a name of its own")

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`."""
        self.require(names)
        places = [self.names.index(name) for name in names]
        rows = 0
        if self._is_for_arrow:
            try:
                for batch in self._by_arrow(places):
                    rows += len(batch[0])
                    yield batch
                return
            except _NotUnderstoodError:
                pass
        for batch in self._by_numpy(places, names):
            gone = min(rows, len(batch[0]))  # rows that pyarrow has read already
            rows -= gone
            if gone < len(batch[0]):
                yield [column[gone:] for column in batch]

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`."""
        line, cells = self._find(row)
        where = f"{self.source}, row {row + 1} (line {line})"
        place = self.names.index(name)
        if place >= len(cells) or _is_too_long(cells, len(self.names)):
            there = "is 1 cell" if len(cells) == 1 else f"are {len(cells)} cells"
            return f"{where}: there {there}, and the first row has {len(self.names)}"
        text = cells[place]
        return f"{where}, column {name!r}: " + (
            f"the cell holds {text!r}" if text.strip() else "the cell is empty"
        )

    def labels(self, name: str) -> Sequence[object]:
        """See `Table.labels`; numbers where all cells are numbers."""
        self.require([name])
        place = self.names.index(name)
        rows = itertools.islice(self._split(line for _, line in self._lines()), self._head, None)
        texts = [row[place].strip() if place < len(row) else "" for row in rows]
        found = [_number(text, self._decimal) for text in texts]
        return texts if None in found else found

    @property
    def most_rows(self) -> int | None:
        """More rows than there can be in so many bytes; None where the file is packed."""
        return None if self._is_packed else self.path.stat().st_size // (2 * len(self.names)) + 2

    # ------------------------------------------------------------------------------------------------------ lines

    @property
    def _is_packed(self) -> bool:
        return self.path.suffix == ".gz"

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Lines that are neither blank nor comments, with their numbers."""
        try:
            with self._open() as file:
                for number, line in enumerate(file, start=1):
                    if not line.isspace() and not line.startswith("#"):
                        yield number, line
        except UnicodeDecodeError:
            raise DataError(
                f"{self.source} is not a text file in UTF-8; save it as one, or as CSV UTF-8"
            ) from None
        except (OSError, EOFError) as error:  # gzip's own errors have no strerror
            raise DataError(
                f"the file {self.path} cannot be read: {getattr(error, 'strerror', None) or error}"
            ) from None

    def _open(self) -> TextIO:
        if self._is_packed:
            return io.TextIOWrapper(gzip.open(self.path), encoding="utf-8-sig", newline="")
        return self.path.open(encoding="utf-8-sig", newline="")

    def _find_separator(self, header: str) -> str | None:
        """The separator; None for spaces."""
        separators = [separator for separator in SEPARATORS if separator != self._decimal]
        best = max(separators, key=header.count)
        outside = re.sub(r'"[^"]*"', "q", header).strip()
        return None if best not in header and re.search(r"\s", outside) else best

    def _split(self, lines: Any) -> Iterator[list[str]]:
        """The cells of each row."""
        if self._separator is not None:
            return csv.reader(lines, delimiter=self._separator)
        return ([quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', line)] for line in lines)

    def _find(self, row: int) -> tuple[int, list[str]]:
        """The number of the line where a row ends, and its cells."""
        number = 0

        def lines() -> Iterator[str]:
            nonlocal number
            for place, line in self._lines():
                number = place
                yield line

        for cells in itertools.islice(self._split(lines()), row + self._head, None):
            return number, cells
        raise DataError(f"{self.source} has no row {row + 1} any more: it changed while it was read")

    # ---------------------------------------------------------------------------------------------------- readers

    def _by_numpy(self, places: Sequence[int], names: Sequence[str]) -> Iterator[list[Column]]:
        lines = (line for _, line in self._lines())
        next(self._split(lines) if self._head else iter(()), None)
        first = 0
        while block := list(itertools.islice(lines, BATCH)):
            while sum(line.count('"') for line in block) % 2 and (line := next(lines, None)):
                block.append(line)  # a quoted cell goes on
            batch = self._read(block, places)
            if batch is None:
                batch = self._read_cells(block, places, names, first)
            first += len(batch[0])
            yield batch

    def _read(self, block: list[str], places: Sequence[int]) -> list[Column] | None:
        """The columns of some lines; None where NumPy finds something that is no number to it."""
        if any(self._may_be_too_long(line) for line in block):
            return None
        if self._decimal == ",":
            block = [line.replace(",", ".") for line in block]
        try:
            cells = np.loadtxt(
                block, delimiter=self._separator, usecols=places, ndmin=2, comments=None, quotechar='"'
            )
        except ValueError:
            return None
        return [np.ascontiguousarray(column) for column in cells.T]

    def _may_be_too_long(self, line: str) -> bool:
        """Whether a line has more cells than there are names, if none is quoted."""
        separator, names = self._separator, len(self.names)
        if separator is None:
            return len(line.split()) > names
        return line.count(separator) >= names and line.rstrip(f"{separator}\r\n ").count(separator) >= names

    def _read_cells(
        self, block: list[str], places: Sequence[int], names: Sequence[str], first: int
    ) -> list[Column]:
        rows: list[list[float]] = []
        for cells in self._split(block):
            if _is_too_long(cells, len(self.names)):
                raise DataError(self.cell(first + len(rows), names[0]))
            numbers: list[float] = []
            for place, name in zip(places, names, strict=True):
                number = _number(cells[place], self._decimal) if place < len(cells) else None
                if number is None:
                    end = ", where a finite number is wanted" if place < len(cells) else ""
                    if end and _THOUSANDS.fullmatch(cells[place].strip()):
                        end += "; thousands are written without a sign between them"
                    elif end and self._decimal == "." and _number(cells[place], ",") is not None:
                        end += "; decimal=',' reads decimal commas"
                    raise DataError(self.cell(first + len(rows), name) + end)
                numbers.append(number)
            rows.append(numbers)
        return [np.ascontiguousarray(column) for column in np.array(rows).T]

    @cached_property
    def _is_for_arrow(self) -> bool:
        large = self.path.stat().st_size >= LARGE
        return large and self._separator is not None and find_spec("pyarrow") is not None

    def _by_arrow(self, places: Sequence[int]) -> Iterator[list[Column]]:
        """Batches up to the first that pyarrow does not understand."""
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        pa_any, csv_any = cast(Any, pa), cast(Any, arrow_csv)
        every = [str(place) for place in range(len(self.names))]
        wanted = [str(place) for place in places]
        forms = sorted({form(text) for text in MISSING for form in (str, str.upper, str.title)} | {"NaN"})
        head, skipped = self._head, 0
        for number, _ in itertools.islice(self._lines(), head):
            skipped = number
        source = pa_any.input_stream(str(self.path), compression="gzip" if self._is_packed else None)
        with source:
            try:
                reader = csv_any.open_csv(
                    source,
                    csv_any.ReadOptions(block_size=BLOCK, column_names=every, skip_rows=skipped),
                    csv_any.ParseOptions(delimiter=self._separator),
                    csv_any.ConvertOptions(
                        include_columns=wanted,
                        column_types=dict.fromkeys(wanted, pa_any.float64()),
                        null_values=forms,
                        decimal_point=self._decimal,
                        check_utf8=False,
                    ),
                )
                for batch in reader:
                    if batch.num_rows:
                        yield [column.to_numpy(zero_copy_only=False) for column in batch.columns]
            except pa_any.ArrowInvalid:
                raise _NotUnderstoodError from None


_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,.' ]\d{3})+([,.]\d*)?")


def _is_too_long(cells: Sequence[str], names: int) -> bool:
    """Whether a row has more cells than there are names, beside empty ones."""
    return any(cell.strip() for cell in cells[names:])


def _number(text: str, decimal: Decimal) -> float | None:
    """The number that a cell holds, nan where it is missing; None where it is none."""
    text = text.strip()
    if text.lower() in MISSING:
        return math.nan
    if decimal != ".":
        text = text.replace(decimal, ".")
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None
