"""A model on rows of data: what it is made of, and what it says row by row; the loss is `LeastSquares`' own affair."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thalweg.expression.parsed import Parsed
from thalweg.kernel.rows import Rows, ValueKernel
from thalweg.objective.arrays import numbers, points
from thalweg.objective.groups import Groups, grouped
from thalweg.objective.model import CODES, Model, ModelError, Weighting, read_model, sides
from thalweg.objective.protocol import PointError, Vector
from thalweg.objective.squared_residuals import SquaredResiduals
from thalweg.objective.weighting import weighted
from thalweg.rows.opening import open_rows
from thalweg.rows.reading import table
from thalweg.rows.source import Source
from thalweg.rows.table import Table, no_column


class ModelOnRows(ABC):
    """The arguments are those of `LeastSquares`.

    Attributes:
        model: The formula or equation, as it was typed.
        response: The column that is predicted, or the equation's left side.
        columns: Names of the columns that the model uses.
        groups: The groups of rows, if any.
    """

    def __init__(
        self,
        model: Any,
        data: object,
        response: str | None,
        *,
        parameters: Sequence[str] | None,
        weights: str | ArrayLike | None,
        errors: str | ArrayLike | None,
        memory: int | str,
        groups: str | ArrayLike | Groups | None,
        shared: Sequence[str],
    ) -> None:
        source, weighting, weight = weighted(table(data), weights, errors)
        source, self.groups = grouped(source, groups, shared)
        order = None if parameters is None else tuple(parameters)
        read = self._reading(model, response, source, order, weighting, weight)
        self.model = read.text
        self.response = read.response
        self.columns = read.columns[: read.predictors]
        self._read = read
        self._source = source.source
        self._data = open_rows(source, list(read.columns), memory)
        self._memory = memory

    def _reading(
        self,
        model: Any,
        response: str | None,
        source: Table,
        order: tuple[str, ...] | None,
        weighting: Weighting | None,
        weight: str | None,
    ) -> Model:
        return read_model(
            model, response, tuple(source.names), source.source, order, weighting, weight, self.groups
        )

    @cached_property
    def _kernels(self) -> SquaredResiduals:
        """The machine code."""
        return self._build_kernels()

    @abstractmethod
    def _build_kernels(self) -> SquaredResiduals:
        """The machine code for the loss."""

    # ------------------------------------------------------------------------------------------- what it consists of

    @property
    def n(self) -> int:
        """Number of parameters that are fitted."""
        return len(self._read.variables)

    @property
    def variables(self) -> tuple[str, ...]:
        """The parameters that are fitted, in the order of a point's coordinates."""
        return self._read.variables

    @property
    def rows(self) -> int:
        """Number of rows; where it is not known yet, a pass counts them."""
        return self._data.rows

    @property
    def dropped(self) -> int:
        """Number of rows that were left out because they lack a value."""
        return self._data.dropped

    @property
    def memory(self) -> Rows | None:
        """The rows, where they are in memory; None where they are streamed."""
        return self._data.memory

    @property
    def source(self) -> str:
        """What messages call the data: a file's name, or ``the data``."""
        return self._source

    @property
    def parsed(self) -> Parsed:
        """The model's formula, over the columns that are read from the data: those that it uses come first."""
        return self._read.parsed

    @property
    def read(self) -> Model:
        """The model as it was read: its graph, the nodes of prediction, response and weighting, the columns."""
        return self._read

    @property
    def knows_errors(self) -> bool:
        """Whether measurement errors are given, and not weights, which are relative."""
        return self._read.weighting == "errors"

    @property
    def weight_roots(self) -> Vector | None:
        """What residuals are multiplied by (rows,), roots of weights or one over the errors; None without any."""
        return None if self._read.factor is None else self._constants(self._kernels.weight_root)

    @property
    def equation(self) -> str:
        """The model as an equation: with the response on its left side."""
        return self.model if sides(self.model)[0] is not None else f"{self.response} = {self.model}"

    @property
    def observed(self) -> Vector:
        """What is predicted (rows,): the response, or the left side of the equation."""
        return self._constants(self._kernels.observed)

    def column(self, name: str) -> Vector:
        """A column that is read from the data, the response's among them: (rows,), read-only."""
        names = self._read.columns
        if name not in names:
            raise no_column(name, f"the model {self.model!r}", names)
        place, rows = names.index(name), self._data.memory
        if rows is not None:
            return rows[place]
        return np.concatenate([chunk[place].copy() for chunk in self._data.chunks()])

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.describe()}>"

    @abstractmethod
    def describe(self) -> str:
        """One line for people."""

    @property
    def linear_slopes(self) -> list[int] | None:
        """The nodes of the prediction's slopes where they do not depend on the parameters; None where they do."""
        return self._kernels.linear_slopes

    @property
    def is_linear(self) -> bool:
        """Whether the model is linear in its parameters: its slopes do not depend on them."""
        return self.linear_slopes is not None

    # ------------------------------------------------------------------------------------------------- row by row

    def predict(self, x: ArrayLike, columns: object = None) -> Vector:
        """The model's value (rows,) at x (n,) for every row, of these data or of others.

        Args:
            x: The parameters.
            columns: Other data with the columns that the model uses, in any form that the constructor takes; where it
                uses one alone, numbers (rows,) also do.

        Example:
            >>> from thalweg import LeastSquares
            >>> LeastSquares("m*t + b", {"t": [0, 1], "y": [1, 3]}).predict([2, 1], {"t": [10, 20]})
            array([21., 41.])
        """
        return self._values(self._kernels.prediction, self._point(x), columns)[0]

    def require_finite(self, x: Vector) -> None:
        """Refuse data whose response is not finite, and a point x (n,) at which a prediction is not.

        Raises:
            ModelError: It names the row.
        """
        own = zip(self.variables, x.tolist(), strict=True)
        observing = [
            name for name in self._read.columns if name not in (*self.columns, self._read.weight, CODES)
        ]
        told = (self.equation.partition("=")[0].strip(), self.observed, observing, ())
        for text, values, columns, further in (
            told,
            (sides(self.model)[1], self.predict(x), self.columns, own),
        ):
            wrong = ~np.isfinite(values)
            if wrong.any():
                row = int(np.argmax(wrong))
                pairs = [*((name, float(self.column(name)[row])) for name in columns), *further]
                where = ", ".join(f"{name} = {value:g}" for name, value in pairs)
                raise ModelError(f"{text} is {values[row]:g} at index {row}, where {where}")

    def residuals(self, x: ArrayLike) -> Vector:
        """Prediction minus response (rows,) at x (n,), times the root of the weight or over the error, if any."""
        return self._values(self._kernels.residual, self._point(x))[0]

    def jacobian(self, x: ArrayLike, columns: object = None) -> Vector:
        """Derivatives of the prediction (rows, n) at x (n,), in memory parameter by parameter (Fortran order).

        Args:
            x: The parameters.
            columns: Other data, as for `predict`.
        """
        return self._values(self._kernels.jacobian, self._point(x), columns).T

    def _at(self, x: Vector) -> tuple[Source, Vector]:
        """The rows to run kernels over, and the point to run them at, for what is wanted at x (n,)."""
        return self._data, x

    def _some_at(self, x: Vector, rows: Rows) -> tuple[Rows, Vector]:
        """The same for some of the rows, with all columns that are read."""
        return rows, x

    def _constants(self, kernel: ValueKernel) -> Vector:
        """A term (rows,) that no parameter changes."""
        return self._values(kernel, np.zeros(self.n))[0]

    def _values(self, kernel: ValueKernel, x: Vector, columns: object = None) -> Vector:
        """The terms of a kernel for each row: (terms, rows), of these data or of others."""
        if columns is not None and self.columns:
            return kernel(x, Rows(self._columns_of(columns)))
        rows = self._data.memory
        if rows is not None:
            return kernel(x, rows)
        return np.concatenate([kernel(x, chunk) for chunk in self._data.chunks()], axis=1)

    def _columns_of(self, data: object) -> Sequence[Vector]:
        """The columns that the model uses, of other data; numbers alone are the only one of them."""
        alone = numbers(data) if len(self.columns) == 1 and self.groups is None else None
        if alone is not None and alone.ndim == 1 and alone.dtype.names is None:
            data = {self.columns[0]: alone}
        given = table(data)
        return (given if self.groups is None else self.groups.coded(given)).columns(self.columns)

    def _point(self, x: ArrayLike) -> Vector:
        point = self._points(x)
        if point.ndim == 2:
            raise PointError(f"here x is one point ({self.n},), not several {point.shape}")
        return point

    def _points(self, x: ArrayLike) -> Vector:
        return points(x, self.variables, self.model)
