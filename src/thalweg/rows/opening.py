"""From a table to the source of its rows: in memory where they fit, else streamed, or on the cluster they are on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.rows import Rows
from thalweg.progress import progress
from thalweg.rows.cluster import ClusterSource, ClusterTable
from thalweg.rows.source import MemorySource, Source
from thalweg.rows.streaming import BUFFERS, StreamSource
from thalweg.rows.table import DataError, Table

MEMORY = "2 GB"
"""What the rows that a model uses may take by default."""

_DOUBLE = 8
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def open_rows(table: Table, names: Sequence[str], memory: int | str = MEMORY) -> Source:
    """The rows of these columns of a table.

    Args:
        table: The table.
        names: Of the columns, in the order in which kernels count them.
        memory: Bytes that the rows may take, as a number or as in ``"500 MB"``. More rows than that are not held:
            they are read again for every pass.

    Raises:
        DataError: As `Table.checked`, for rows that are held; or `memory` is no size, or too little for a few chunks.
    """
    limit = size(memory)
    table.require(names)
    if isinstance(table, ClusterTable):
        return ClusterSource(table, names, limit)
    columns = len(names)
    room = limit // (_DOUBLE * columns)
    most = table.most_rows
    if table.count is None or table.count <= room:
        held = Rows.reserved(columns, room if most is None else min(room, most))
        if _fill(held, table, names):
            return MemorySource(table.source, names, held, table.dropped)
    if not table.can_be_read_again:
        raise DataError(
            f"{table.source} can be read once, and {table.have} more rows than the {room:,} for which there is "
            f"room in memory={memory!r}"
        )
    least = BUFFERS * CHUNK * _DOUBLE * columns
    if limit < least:
        raise DataError(
            f"memory={memory!r} is too little for reading {columns} columns of {table.source} in chunks, "
            f"which takes {least / 1e6:.0f} MB"
        )
    return StreamSource(table, names)


def _fill(held: Rows, table: Table, names: Sequence[str]) -> bool:
    """Whether all rows have room."""
    with progress(f"reading {table.source}", table.count) as shown:
        for batch in table.checked(names):
            if held.append(batch) < len(batch[0]):
                return False
            shown.advance(len(batch[0]))
    held.seal()
    return True


def size(memory: int | str) -> int:
    """A number of bytes, from a number or a text.

    Example:
        >>> size("2 GB"), size("1.5MiB"), size(4096)
        (2000000000, 1572864, 4096)
    """
    parts = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*(?:([kmgt]?)(i?)b)?\s*", str(memory).lower())
    if parts is None:
        raise DataError(f"memory is a number of bytes or a text such as '2 GB', not {memory!r}")
    number, unit, binary = cast("tuple[str, str | None, str | None]", parts.groups())
    return int(float(number) * (1024 if binary else 1000) ** _UNITS[unit or ""])
