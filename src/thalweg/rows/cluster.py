"""Rows that a Dask cluster holds: kernels run where the rows are, and what they give is merged by the fixed tree.

The rows arrive in partitions of any size. Chunks of the fixed grid that lie in one partition are computed where it is;
a chunk that lies across partitions is put together first, which moves less than a chunk for each border. A pass is one
graph of tasks without state: kernels travel as formulas and are built once in every process (`kernel.rows`), and Dask
computes again whatever a lost worker held.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import Reduced, RowPass, Subtree, grown, joined
from thalweg.kernel.rows import Rows
from thalweg.rows.source import Source
from thalweg.rows.table import Column, Table

Array = NDArray[np.float64]

FAN_IN = 32
"""Tasks whose subtrees are merged by one."""

RETRIES = 3
"""How often a task that failed is tried again."""


def later(function: Callable[..., Any], *arguments: Any) -> Any:
    """A call that Dask makes, of a task's own: nothing is looked up by what the arguments are."""
    delayed = cast(Any, import_module("dask.delayed")).delayed
    return delayed(function, pure=False)(*arguments)


class Part(NamedTuple):
    """A partition of a table on a cluster."""

    columns: Any
    """A delayed list of its checked columns."""
    rows: int | None
    """How many they are, where that is known without computing them."""


class Stretch(NamedTuple):
    """Neighbouring chunks of the grid that are computed together."""

    first: int
    """Number of the first one."""
    rows: Any
    """Delayed `Rows`."""


class ClusterTable(Table):
    """A table whose partitions Dask computes.

    Attributes:
        scheduler: Address of Dask's scheduler; None for the one that is in use when a pass is made.
    """

    scheduler: str | None = None

    @abstractmethod
    def parts(self, names: Sequence[str]) -> list[Part]:
        """The partitions in the order of their rows, with these columns."""


class ClusterSource(Source):
    """Rows of a table on a cluster; pickled as the table.

    Args:
        table: Gives the partitions.
        names: Of the columns.
        memory: Bytes of rows up to which the cluster holds them; more are computed again for every pass.
    """

    def __init__(self, table: ClusterTable, names: Sequence[str], memory: int) -> None:
        super().__init__(table.source, names)
        self._table = table
        self._limit = memory

    @property
    def rows(self) -> int:
        """How many rows there are; where no partition says, computing them once counts them."""
        return self._bounds[-1]

    @property
    def known_rows(self) -> int | None:
        """See `Source.known_rows`."""
        counts = [part.rows for part in self._parts]
        if "_bounds" not in self.__dict__ and None in counts:
            return None
        return self.rows

    @property
    def portable(self) -> Table:
        """The table: where the rows are, or how they come about."""
        return self._table

    def run(self, what: RowPass, x: Array) -> Reduced:
        """See `Source.run`."""
        task = later(_task, what, x)
        level = [later(_leaves, each.rows, each.first, task) for each in self._stretches]
        while len(level) > 1:
            groups = [level[i : i + FAN_IN] for i in range(0, len(level), FAN_IN)]
            level = [later(_grown, group) for group in groups]
        (left,) = self._compute(level)
        return what.finish(joined(left, what.merge))

    def chunks(self) -> Iterator[Rows]:
        """See `Source.chunks`; one stretch after the other comes to this process."""
        for stretch in self._stretches:
            (rows,) = self._compute([stretch.rows])
            for first in range(0, rows.count, CHUNK):
                yield Rows([rows[j][first : first + CHUNK] for j in range(len(rows))])

    # ------------------------------------------------------------------------------------------- how rows are laid out

    @cached_property
    def _parts(self) -> list[Part]:
        return self._table.parts(self.names)

    @cached_property
    def _bounds(self) -> list[int]:
        """Number of the first row of each partition, and at the end the number of rows."""
        counts: list[int | None] = [part.rows for part in self._parts]
        if None in counts:
            tasks = [later(_counted, part.columns) for part in self._parts]
            found = self._compute(tasks)
            counts = [kept for kept, _ in found]
            self.dropped = sum(dropped for _, dropped in found)
        return [0, *accumulate(count or 0 for count in counts)]

    @cached_property
    def _stretches(self) -> list[Stretch]:
        """All chunks in order; the cluster holds them where they are few enough."""
        total = self.rows
        chunks = -(-total // CHUNK)
        slices: list[list[Any]] = [
            [] for _ in range(chunks)
        ]  # what chunks across borders are put together from
        found: list[Stretch] = []
        for part, (start, end) in zip(self._parts, pairwise(self._bounds), strict=True):
            first = -(-start // CHUNK)
            last = chunks if end == total else end // CHUNK
            if last > first:  # these lie in the partition alone
                inside = later(_rows, part.columns, first * CHUNK - start, min(last * CHUNK, end) - start)
                found.append(Stretch(first, inside))
            for chunk in range(start // CHUNK, -(-end // CHUNK)):
                if not first <= chunk < last:
                    low, high = max(chunk * CHUNK, start), min((chunk + 1) * CHUNK, end)
                    slices[chunk].append(later(_slice, part.columns, low - start, high - start))
        found += [Stretch(c, later(_together, pieces)) for c, pieces in enumerate(slices) if pieces]
        found.sort(key=lambda stretch: stretch.first)
        if total * len(self.names) * 8 <= max(self._limit, self._cluster_memory // 2):
            held = self._persist([stretch.rows for stretch in found])
            found = [Stretch(stretch.first, rows) for stretch, rows in zip(found, held, strict=True)]
        return found

    # ------------------------------------------------------------------------------------------ who computes them

    @property
    def _client(self) -> Any:
        """The client of the scheduler that was named, or that is in use; None where there is none."""
        if self._table.scheduler is not None:
            return _connected(self._table.scheduler)
        try:
            return cast(Any, import_module("distributed")).default_client()
        except (ImportError, ValueError):
            return None

    @property
    def _cluster_memory(self) -> int:
        client = self._client
        if client is None:
            return 0
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(worker["memory_limit"] for worker in workers)

    def _compute(self, tasks: list[Any]) -> list[Any]:
        client = self._client
        if client is None:
            return list(cast(Any, import_module("dask")).compute(*tasks))
        return client.gather(client.compute(tasks, retries=RETRIES))

    def _persist(self, tasks: list[Any]) -> list[Any]:
        client = self._client
        if client is None:
            return list(cast(Any, import_module("dask")).persist(*tasks))
        return client.persist(tasks, retries=RETRIES)


@lru_cache(maxsize=8)
def _connected(address: str) -> Any:
    return cast(Any, import_module("distributed")).Client(address, set_as_default=False)


# --------------------------------------------------------------------------------------------- what runs on the workers


def _task(what: RowPass, x: Array) -> tuple[RowPass, Array]:
    """What is to be found, and where: as a task of its own it goes to each worker once a pass."""
    return what, x


def _counted(columns: tuple[list[Column], int]) -> tuple[int, int]:
    """Rows that are kept, and those that are dropped."""
    return len(columns[0][0]), columns[1]


def _rows(columns: tuple[list[Column], int], first: int, last: int) -> Rows:
    return Rows([column[first:last] for column in columns[0]])


def _slice(columns: tuple[list[Column], int], first: int, last: int) -> list[Column]:
    return [column[first:last].copy() for column in columns[0]]


def _together(pieces: list[list[Column]]) -> Rows:
    return Rows([np.concatenate(parts) for parts in zip(*pieces, strict=True)])


def _leaves(rows: Rows, first: int, task: tuple[RowPass, Array]) -> list[Subtree[Reduced]]:
    """What a stretch's chunks give, as far as they can be merged."""
    what, x = task
    chunks = -(-rows.count // CHUNK)
    leaves = (Subtree(first + c, 0, what.leaf(x, rows, c, c + 1)) for c in range(chunks))
    return grown(leaves, what.merge)


def _grown(parts: list[list[Subtree[Reduced]]]) -> list[Subtree[Reduced]]:
    return grown(chain.from_iterable(parts), RowPass.merge)
