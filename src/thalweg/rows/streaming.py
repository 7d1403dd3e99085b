"""Rows that are read from disk again for every pass: more of them than memory holds.

A thread reads and fills chunks of the fixed grid while another computes with those before: reading and computing take
turns at a few buffers, so memory stays flat however many rows there are.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import Reduced, RowPass, tree
from thalweg.kernel.rows import Rows
from thalweg.progress import progress
from thalweg.rows.source import Source
from thalweg.rows.table import Column, Table

Array = NDArray[np.float64]

BUFFERS = 3
"""Chunks that are in memory at once: one is filled, one waits, one is computed with."""


class StreamSource(Source):
    """Rows of a table that are read anew for every pass; pickled as the table's description.

    Args:
        table: Reads them, in the same order each time.
        names: Of the columns.
    """

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        super().__init__(table.source, names)
        self._table = table
        self._count: int | None = None

    @property
    def rows(self) -> int:
        """How many rows there are; they are counted by the first pass."""
        if self.known_rows is None:
            for _ in self.chunks():
                pass
        assert self.known_rows is not None
        return self.known_rows

    @property
    def known_rows(self) -> int | None:
        """See `Source.known_rows`."""
        if self._count is None and self._table.missing == "error":
            self._count = self._table.count
        return self._count

    @property
    def portable(self) -> Table:
        """The table, which says where the rows are and does not hold them."""
        return self._table

    def run(self, what: RowPass, x: Array) -> Reduced:
        """See `Source.run`."""
        return what.finish(tree((what.leaf(x, chunk) for chunk in self.chunks()), what.merge))

    def chunks(self) -> Iterator[Rows]:
        """See `Source.chunks`."""
        columns = len(self.names)
        free: queue.SimpleQueue[Rows | None] = queue.SimpleQueue()
        filled: queue.SimpleQueue[Rows | BaseException | None] = queue.SimpleQueue()
        for _ in range(BUFFERS):
            free.put(Rows.reserved(columns, CHUNK))
        reader = threading.Thread(target=self._read, args=(free, filled), name="thalweg reader", daemon=True)
        reader.start()
        rows = 0
        try:
            with progress(f"reading {self.label}", self.known_rows) as shown:
                while (chunk := filled.get()) is not None:
                    if isinstance(chunk, BaseException):
                        raise chunk
                    yield chunk
                    rows += chunk.count
                    shown.advance(chunk.count)
                    free.put(chunk)
        finally:
            free.put(None)  # whoever stops early stops the reader too
            reader.join()
        self._count = rows
        self.dropped = self._table.dropped

    def _read(self, free: queue.SimpleQueue[Rows | None], filled: queue.SimpleQueue[Any]) -> None:
        """Fill free buffers one after the other, in the reader's thread."""
        try:
            for chunk in reblocked(self._table.checked(self.names), iter(free.get, None)):
                filled.put(chunk)
            filled.put(None)
        except BaseException as error:  # it is the computing thread's to raise
            filled.put(error)


def reblocked(batches: Iterable[Sequence[Column]], buffers: Iterable[Rows]) -> Iterator[Rows]:
    """Rows that come in batches of any size, in chunks of the fixed grid; ends early where there are no more buffers.

    Example:
        >>> batches = [[np.arange(40_000.0)], [np.arange(40_000.0)]]
        >>> [chunk.count for chunk in reblocked(batches, (Rows.reserved(1, CHUNK) for _ in range(2)))]
        [65536, 14464]
    """
    free = iter(buffers)
    chunk = None
    for batch in batches:
        start = 0
        while start < len(batch[0]):
            if chunk is None:
                chunk = next(free, None)
                if chunk is None:
                    return
                chunk.clear()
            start += chunk.append(batch, start)
            if chunk.count == CHUNK:
                chunk.seal()
                yield chunk
                chunk = None
    if chunk is not None:
        chunk.seal()
        yield chunk
