"""A model fitted to rows of data: the mean, the sum or half the sum of its squared residuals.

Everything that runs over the rows is machine code made from the model's formula (`squared_residuals`): value and
gradient in one pass, the exact Hessian, the Gauss-Newton matrix, residuals, their Jacobian, and predictions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from thalweg.errors import ThalwegError
from thalweg.expression.expansion import expanded
from thalweg.expression.names import canonical
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import SHARED, Reduced
from thalweg.kernel.rows import Rows, SumKernel, SumPass, ValueKernel
from thalweg.objective.arrays import points, symmetric
from thalweg.objective.protocol import Native, PointError, Vector
from thalweg.objective.squared_residuals import Loss, SquaredResiduals, linear_columns, squared_residuals
from thalweg.rows.opening import MEMORY, open_rows
from thalweg.rows.reading import table
from thalweg.rows.table import no_column, symbols

MANY = SHARED * CHUNK
"""Rows from which on a pass is worth saving."""


class ModelError(ThalwegError, ValueError):
    """A model does not go with its data."""


class LeastSquares:
    """The squared residuals of a model on rows of data, as a function of the model's parameters.

    Args:
        model: Formula of the prediction, such as ``"m*t + b"``. Names of the data's columns are columns; all other
            names are the parameters to fit, which are the objective's variables.
        data: The data in any form that `thalweg.table` takes, or such a table: a dict of columns, the path of a CSV or
            Parquet file, a data frame. Columns that the model uses are copied; others are never read.
        response: The column that is to be predicted.
        parameters: Names of the parameters in an order of their own; by default in order of first appearance.
        loss: ``"mean"``: sum of r^2 / rows. ``"sum"``: sum of r^2. ``"half"``: sum of r^2 / 2.
        memory: Bytes that the rows may take, as a number or as in ``"500 MB"``. More rows than that are read anew for
            every pass.

    Raises:
        DataError: The data cannot be read, lack the response, or have a cell that is not a finite number.
        FormulaError: The model cannot be read.
        ModelError: The model has no parameters, or uses its response.

    Example:
        >>> f = LeastSquares("m*t + b", {"t": [0, 1, 2], "y": [1, 3, 5]})
        >>> f.variables, f.rows
        (('m', 'b'), 3)
        >>> f.value([2, 0])
        1.0
        >>> f.gradient([2, 0])
        array([-2., -2.])
    """

    gradient_is_free = True

    def __init__(
        self,
        model: str,
        data: object,
        response: str = "y",
        *,
        parameters: Sequence[str] | None = None,
        loss: Loss = "mean",
        memory: int | str = MEMORY,
    ) -> None:
        if loss not in get_args(Loss):
            raise ModelError(f"loss is 'mean', 'sum' or 'half', not {loss!r}")
        source = table(data)
        names = symbols(source.names)
        response = names.get(canonical(response), response)
        source.require([response])
        symbol = next((symbol for symbol, name in names.items() if name == response), response)
        draft = parse(model, variables=parameters, columns=list(names))
        nodes = [draft.graph.nodes[i] for i in draft.graph.reachable([draft.root])]
        used = [name for j, name in enumerate(draft.columns) if ("column", j) in nodes]
        if symbol in used:
            raise ModelError(
                f"the response {response!r} stands in the model {model!r} itself, which is to predict it from others"
            )
        if not draft.variables:
            raise ModelError(
                f"the model {model!r} has no parameter to fit: all its names are columns of the data"
            )
        self.model = model
        self.response = response
        self.columns = tuple(names[name] for name in used)
        """Names of the columns that the model uses."""
        self.loss: Loss = loss
        self._source = source.source
        parsed = parse(model, variables=draft.variables, columns=[*used, symbol])
        self._parsed = expanded(parsed)  # over rows, sums over an index are written out
        self._data = open_rows(source, [*self.columns, response], memory)
        self._memory = memory
        self._passes: dict[str, SumPass] = {}

    # ------------------------------------------------------------------------------------------- what it consists of

    @property
    def n(self) -> int:
        """Number of parameters that are fitted."""
        return len(self._parsed.variables)

    @property
    def variables(self) -> tuple[str, ...]:
        """The parameters that are fitted, in the order of a point's coordinates."""
        return self._parsed.variables

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
        """The model's graph; the response is its last column, and does not stand in it."""
        return self._parsed

    def column(self, name: str) -> Vector:
        """A column that the model uses, or the response: (rows,), read-only."""
        names = (*self.columns, self.response)
        if name not in names:
            raise no_column(name, f"the model {self.model!r}", names)
        place, rows = names.index(name), self._data.memory
        if rows is not None:
            return rows[place]
        return np.concatenate([chunk[place].copy() for chunk in self._data.chunks()])

    def describe(self) -> str:
        """One line for people: the loss, the model, its response and the data.

        Example:
            >>> LeastSquares("m*t + b", {"t": [0, 1], "y": [1, 3]}).describe()
            'mean of (m*t + b - y)^2 over 2 rows of the data'
        """
        words = {"mean": "mean of ", "sum": "sum of ", "half": "half the sum of "}[self.loss]
        known = self._data.known_rows
        rows = "the rows" if known is None else f"{known:,} rows"
        left = f", {self.dropped:,} without a value left out" if self.dropped else ""
        return f"{words}({self.model} - {self.response})^2 over {rows} of {self._source}{left}"

    def __repr__(self) -> str:
        return f"<LeastSquares: {self.describe()}>"

    def __reduce__(self) -> tuple[Any, ...]:
        data = self._data.portable
        return _restore, (
            self.model,
            data,
            self.response,
            self.variables,
            self.loss,
            self._memory,
            self._source,
        )

    # ------------------------------------------------------------------------------------------------- the objective

    def value(self, x: ArrayLike) -> Any:
        """The loss: a float at x (n,), an array (N,) at x (n, N).

        Raises:
            PointError: x is not numbers of such a shape; so for all that follow.
        """
        return self.value_and_gradient(x)[0]

    def gradient(self, x: ArrayLike) -> Vector:
        """The gradient, of the shape of x."""
        return self.value_and_gradient(x)[1]

    def value_and_gradient(self, x: ArrayLike) -> tuple[Any, Vector]:
        """Loss and gradient in one pass over the rows: a float and (n,) at x (n,), (N,) and (n, N) at x (n, N)."""
        point = self._points(x)
        if point.ndim == 2:
            sums = np.array([self._value_and_gradient(each) for each in point.T]).reshape(-1, 1 + self.n).T
            return sums[0], sums[1:]
        sums = self._value_and_gradient(point)
        return sums.item(0), sums[1:]

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """Value and gradient (n,) at x (n,); as they come together, one is computed with the other."""
        sums = self._value_and_gradient(x)
        return sums.item(0) if value else math.nan, sums[1:] if gradient else None

    def hessian(self, x: ArrayLike) -> Vector:
        """The exact Hessian (n, n) of the loss at x (n,)."""
        return self._matrix(self._kernels.hessian, x)

    def hessian_product(self, x: ArrayLike, v: ArrayLike) -> Vector | None:
        """The exact Hessian of the loss at x (n,) times v (n,)."""
        return self.hessian(x) @ self._point(v)

    def gauss_newton(self, x: ArrayLike) -> Vector:
        """The Gauss-Newton matrix (n, n) at x (n,): J^T J, scaled as the loss is (for the mean by 2/rows).

        It is the Hessian without the curvature of the residuals, and equals it where the model is linear in its
        parameters.
        """
        return self._matrix(self._kernels.gauss_newton, x)

    @property
    def native(self) -> Native | None:
        """Addresses of the machine code, valid while this object is referenced; built on access.

        None where there are so many rows that threads share a pass (`evaluate`): a compiled loop would keep to one
        thread and could not be interrupted for many passes.
        """
        loss = self._loss
        return None if loss is None or loss.is_shared else Native(loss.point, loss.context, loss.batch)

    def reduced(self, x: Vector) -> Vector:
        """What methods on residuals are told at x (n,): F, then the factor T (n+1, n+1) of [J r], row by row.

        F is the loss, and T is scaled with it so that F is half the squared length of T's last column.
        """
        rows, factor = self._factor(x)
        scale = {"mean": 2.0 / rows, "sum": 2.0, "half": 1.0}[self.loss]
        with np.errstate(all="ignore"):  # infinities are answers
            factor = math.sqrt(scale) * factor
            value = 0.5 * float(factor[:, -1] @ factor[:, -1])
        return np.concatenate([[value], factor.ravel()])

    def _factor(self, x: Vector) -> tuple[int, Vector]:
        """The number of rows, and R of [J r] at x: by a pass, or by the one pass that a linear model takes.

        Where the model is linear in its parameters, r(x) = r(0) + J x, so R at x is R at 0 but for its last column.
        With many rows that saves every pass but one, at the cost of digits of r where it is far smaller than r(0).
        """
        if self.takes_one_pass:
            rows, _, at_zero = self._at_zero
            if rows >= MANY:
                with np.errstate(all="ignore"):  # infinities are answers
                    last = at_zero[:, :-1] @ x + at_zero[:, -1]
                return rows, np.column_stack([at_zero[:, :-1], last])
        found = self._data.reduce(x, factor=self._kernels.augmented)
        return found.rows, found.factor

    @cached_property
    def is_linear(self) -> bool:
        """Whether the model is linear in its parameters: its slopes do not depend on them."""
        return linear_columns(self._parsed) is not None

    @property
    def takes_one_pass(self) -> bool:
        """Whether the model is linear in its parameters and the rows are many, or not counted yet."""
        known = self._data.known_rows
        return self.is_linear and (known is None or known >= MANY)

    @cached_property
    def _at_zero(self) -> Reduced:
        return self._data.reduce(np.zeros(self.n), factor=self._kernels.augmented)

    @property
    def native_reduced(self) -> Native | None:
        """Machine code of `reduced`; None while there is none."""
        return None

    # ------------------------------------------------------------------------------------------------- row by row

    def predict(self, x: ArrayLike, columns: object = None) -> Vector:
        """The model's value (rows,) at x (n,) for every row, of these data or of others.

        Args:
            x: The parameters.
            columns: Other data with the columns that the model uses, in any form that the constructor takes.

        Example:
            >>> LeastSquares("m*t + b", {"t": [0, 1], "y": [1, 3]}).predict([2, 1], {"t": [10, 20]})
            array([21., 41.])
        """
        return self._values(self._kernels.prediction, self._point(x), columns)[0]

    def residuals(self, x: ArrayLike) -> Vector:
        """Prediction minus response (rows,) at x (n,)."""
        with np.errstate(all="ignore"):  # infinities are answers
            return self.predict(x) - self.column(self.response)

    def jacobian(self, x: ArrayLike, columns: object = None) -> Vector:
        """Derivatives of the prediction (rows, n) at x (n,), in memory parameter by parameter (Fortran order).

        Args:
            x: The parameters.
            columns: Other data, as for `predict`.
        """
        return self._values(self._kernels.jacobian, self._point(x), columns).T

    def spread(self, x: ArrayLike) -> Vector:
        """The factor R (n+2, n+2) of [J 1 y], the slopes at x (n,), a column of ones and the response."""
        return self._data.reduce(self._point(x), factor=self._kernels.spread).factor

    # ----------------------------------------------------------------------------------------------- how it is called

    @cached_property
    def _kernels(self) -> SquaredResiduals:
        return squared_residuals(self._parsed, self.loss)

    @property
    def _loss(self) -> SumPass | None:
        """The pass for value and gradient, where the rows are in memory."""
        rows = self._data.memory
        if rows is None:
            return None
        # setdefault, since `native` gives addresses away: of two threads that build it, one wins.
        return self._passes.get("loss") or self._passes.setdefault(
            "loss", SumPass(self._kernels.loss, rows, float(self.rows) if self.loss == "mean" else 1.0)
        )

    def _value_and_gradient(self, x: Vector) -> Vector:
        loss = self._loss
        return self._sums(self._kernels.loss, x) if loss is None else loss(x)

    def _sums(self, kernel: SumKernel, x: Vector) -> Vector:
        found = self._data.reduce(x, sums=kernel)
        with np.errstate(all="ignore"):  # infinities are answers
            return found.sums / found.rows if self.loss == "mean" else found.sums

    def _values(self, kernel: ValueKernel, x: Vector, columns: object = None) -> Vector:
        """The terms of a kernel for each row: (terms, rows), of these data or of others."""
        if columns is not None and self.columns:
            return kernel(x, Rows(table(columns).columns(self.columns)))
        rows = self._data.memory
        if rows is not None:
            return kernel(x, rows)
        return np.concatenate([kernel(x, chunk) for chunk in self._data.chunks()], axis=1)

    def _matrix(self, kernel: SumKernel, x: ArrayLike) -> Vector:
        """The symmetric matrix whose lower triangle a kernel sums."""
        return symmetric(self._sums(kernel, self._point(x)), self.n)

    def _point(self, x: ArrayLike) -> Vector:
        point = self._points(x)
        if point.ndim == 2:
            raise PointError(f"here x is one point ({self.n},), not several {point.shape}")
        return point

    def _points(self, x: ArrayLike) -> Vector:
        return points(x, self.variables, self.model)


def _restore(
    model: str,
    data: object,
    response: str,
    parameters: Sequence[str],
    loss: Loss,
    memory: int | str,
    source: str,
) -> LeastSquares:
    """What pickle calls: the data's name is not in the data."""
    restored = LeastSquares(model, data, response, parameters=parameters, loss=loss, memory=memory)
    restored._source = source  # pyright: ignore[reportPrivateUsage]
    return restored
