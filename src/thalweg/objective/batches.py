"""Mini-batches: an objective's rows dealt out anew in every epoch, and the objective on one batch of them.

Epoch e deals the rows by ``Generator(PCG64([seed, e])).permutation(rows)``; batch k of it is the k-th slice of `size`
rows. The loss of a batch is scaled so that the mean over the batches of an epoch is the loss of all rows: with m
batches it is m times what its rows contribute. For a mean loss over batches of one size that is the mean over the
batch; a last batch that is smaller weighs less.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ParameterError
from thalweg.kernel.rows import Rows
from thalweg.objective.protocol import Vector


class Batches:
    """The mini-batches of an objective that has rows in memory (`LeastSquares`).

    Args:
        objective: The objective.
        size: Rows of a batch.
        seed: A whole number from 0 on, by which the rows are dealt out.

    Raises:
        ParameterError: The objective has no rows in memory, or size or seed cannot be.

    Example:
        >>> from thalweg import LeastSquares
        >>> f = LeastSquares("m*t + b", {"t": [0, 1, 2, 3], "y": [1, 3, 5, 8]})
        >>> batches, x = Batches(f, 2), np.array([1.0, 1.0])
        >>> [batches.batch(k).evaluate(x)[0] for k in (0, 1)], f.value(x)
        ([2.0, 8.5], 5.25)
    """

    native = None
    gradient_is_free = True

    def __init__(self, objective: Any, size: int, seed: int = 0) -> None:
        if not hasattr(objective, "estimate"):
            raise ParameterError(
                f"batch_size= goes with an objective over rows, such as a LeastSquares; {objective.describe()} has none"
            )
        held: Rows | None = objective.memory
        if held is None:
            raise ParameterError(
                f"batch_size= needs the rows in memory, from which batches are drawn at random; those of "
                f"{objective.source} are streamed: give memory= more room"
            )
        self._objective = objective
        self._held = held
        self.rows = held.count
        self.size = _whole("batch_size", size, 1, self.rows)
        self.seed = _whole("seed", seed, 0, math.inf)
        self._epoch = -1
        self._order: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    @property
    def per_epoch(self) -> int:
        """Batches of an epoch."""
        return -(-self.rows // self.size)

    def places(self, number: int) -> NDArray[np.int64]:
        """The places of the rows of this batch, counted from 0 over all epochs."""
        epoch, place = divmod(number, self.per_epoch)
        if epoch != self._epoch:
            self._order = np.random.Generator(np.random.PCG64([self.seed, epoch])).permutation(self.rows)
            self._epoch = epoch
        return self._order[place * self.size : (place + 1) * self.size]

    def batch(self, number: int) -> Batch:
        """The objective on this batch."""
        places = self.places(number)
        columns = [self._held[j][places] for j in range(len(self._held))]
        return Batch(self._objective, Rows(columns), self.per_epoch)


class Batch:
    """An objective on some of its rows, each of which stands for so many `times`."""

    def __init__(self, objective: Any, rows: Rows, times: int) -> None:
        self._objective, self._rows, self._times = objective, rows, times

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """Value and gradient (n,) at x (n,); as they come together, one is computed with the other."""
        sums = self._objective.estimate(x, self._rows, self._times)
        return sums.item(0) if value else math.nan, sums[1:] if gradient else None


def _whole(name: str, value: Any, least: int, most: float) -> int:
    """The value as an int."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        up_to = "on" if most == math.inf else f"to {most:,}, the number of rows"
        raise ParameterError(f"{name} is a whole number from {least} {up_to}, not {value!r}")
    return number
