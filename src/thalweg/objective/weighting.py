"""Weights and measurement errors of rows: a column of the data, or numbers that are put beside them as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy

import numpy as np
from numpy.typing import ArrayLike

from thalweg.expression.names import canonical
from thalweg.objective.arrays import numbers
from thalweg.objective.model import ModelError, Weighting
from thalweg.objective.protocol import Vector
from thalweg.rows.table import Column, Limit, Table, symbols


class WithColumn(Table):
    """A table with one column more, which its files do not have.

    Args:
        table: The table.
        name: Of the column that is put beside it.
        values: One number a row.
    """

    def __init__(self, table: Table, name: str, values: Vector) -> None:
        self._table = table
        self._name = name
        self._values = values
        self.source = table.source
        self.names = (*table.names, name)
        self.missing = table.missing
        self.limits = table.limits
        self.can_be_read_again = table.can_be_read_again

    @property
    def count(self) -> int | None:
        """See `Table.count`."""
        return self._table.count

    def batches(self, names: Sequence[str]) -> Iterator[list[Column]]:
        """See `Table.batches`."""
        others = [name for name in names if name != self._name]
        first = 0
        for batch in self._table.batches(others):
            found = dict(zip(others, batch, strict=True))
            last = first + len(batch[0])
            found[self._name] = self._values[first:last]
            if last > len(self._values):
                raise self._unequal("more")
            yield [found[name] for name in names]
            first = last
        if first < len(self._values):
            raise self._unequal(f"{first:,}")

    def cell(self, row: int, name: str) -> str:
        """See `Table.cell`."""
        if name == self._name:
            return f"{self._name} hold {self._values[row]:g} at index {row}"
        return self._table.cell(row, name)

    def labels(self, name: str) -> Sequence[object]:
        """See `Table.labels`."""
        return self._table.labels(name)

    def _unequal(self, rows: str) -> ModelError:
        return ModelError(
            f"{self._name} are one number a row: {len(self._values):,}, and there are {rows} rows"
        )


def weighted(
    table: Table, weights: str | ArrayLike | None, errors: str | ArrayLike | None
) -> tuple[Table, Weighting | None, str | None]:
    """The table with what weighs its rows, which of the two that is, and its column.

    Raises:
        ModelError: Both are given, or they are no numbers.
    """
    if weights is not None and errors is not None:
        raise ModelError("weights and errors say the same, 1/errors^2 being weights: give one of them")
    given = weights if weights is not None else errors
    if given is None:
        return table, None, None
    kind: Weighting = "weights" if weights is not None else "errors"
    limit: Limit = "weight" if weights is not None else "error"
    if isinstance(given, str):
        name = symbols(table.names).get(canonical(given), given)
        return _limited(table, name, limit), kind, given
    values = numbers(given)
    if values is None or values.ndim > 1:
        raise ModelError(f"{kind} are a column's name or one number a row, not {given!r:.60}")
    if values.ndim == 0:
        raise ModelError(
            f"{kind} are one number a row; one number for all is {kind}=np.full(rows, {given!r})"
        )
    if not np.isfinite(values).all():
        raise ModelError(f"{kind} are finite, and that at index {int(np.argmin(np.isfinite(values)))} is not")
    name = kind
    while name in table.names:
        name += "_"
    return _limited(WithColumn(table, name, np.ascontiguousarray(values)), name, limit), kind, name


def _limited(table: Table, name: str, limit: Limit) -> Table:
    """The table, which refuses numbers in this column that are no weight, or no error."""
    limited = copy(table)
    limited.limits = {**table.limits, name: limit}
    return limited


def positive(name: str, value: object, *, zero: bool) -> float:
    """A number above 0, or 0 itself where that is allowed.

    Raises:
        ModelError: It is not.
    """
    number = numbers(value)
    if (
        number is None
        or number.ndim
        or not (number > 0.0 or (zero and number == 0.0))
        or not np.isfinite(number)
    ):
        raise ModelError(f"{name} is a number {'from 0 on' if zero else 'above 0'}, not {value!r}")
    return float(number)
