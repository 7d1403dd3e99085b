"""A model fitted to rows of data: the mean, the sum or half the sum of its squared residuals.

Everything that runs over the rows is machine code made from the model's formula (`squared_residuals`): value and
gradient in one pass, the exact Hessian, the Gauss-Newton matrix, residuals, their Jacobian, and predictions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from thalweg.kernel.rows import Rows, SumKernel, SumPass
from thalweg.objective.factored_squares import FactoredSquares
from thalweg.objective.groups import Groups
from thalweg.objective.model import ModelError, sides
from thalweg.objective.protocol import Native, Vector
from thalweg.objective.robust import Robust
from thalweg.objective.squared_residuals import Loss, SquaredResiduals, squared_residuals
from thalweg.objective.weighting import positive
from thalweg.rows.opening import MEMORY


class LeastSquares(FactoredSquares):
    """The squared residuals of a model on rows of data, as a function of the model's parameters.

    Args:
        model: Formula of the prediction, such as ``"m*t + b"``, or an equation with columns on its left side, such as
            ``"log(y) = b1 - b2*x"``. Names of the data's columns are columns; all other names are the parameters to
            fit, which are the objective's variables.
        data: The data in any form that `thalweg.table` takes, or such a table: a dict of columns, the path of a CSV or
            Parquet file, a data frame. Columns that the model uses are copied; others are never read.
        response: The column that is to be predicted; "y" unless it is named, or the model is an equation.
        parameters: Names of the parameters in an order of their own; by default in order of first appearance.
        loss: ``"mean"``: sum of r^2 / rows. ``"sum"``: sum of r^2. ``"half"``: sum of r^2 / 2.
        weights: A column, or numbers (rows,), by which each r^2 is multiplied.
        errors: A column, or numbers (rows,), by which each r is divided: its standard deviation.
        robust: ``"linear"`` sums r^2; ``"soft_l1"``, ``"huber"``, ``"cauchy"`` and ``"arctan"`` sum C^2 rho(r^2/C^2),
            in which outliers weigh less, with rho as in `scipy.optimize.least_squares`.
        f_scale: C, about the residual from which on a row counts as an outlier.
        ridge: Adds ridge * (sum of squared parameters) to the sum of squares.
        memory: Bytes that the rows may take, as a number or as in ``"500 MB"``. More rows than that are read anew for
            every pass.
        groups: A column, or labels (rows,), that tells groups of rows apart; see `Groups`.
        shared: Parameters that are common to all groups; each of the others becomes one for each, a[label].

    Raises:
        DataError: The data cannot be read, lack the response, or have a cell that is not a finite number.
        FormulaError: The model cannot be read.
        ModelError: The model has no parameters, or uses its response; or a weight is negative, an error not positive.

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
        response: str | None = None,
        *,
        parameters: Sequence[str] | None = None,
        loss: Loss = "mean",
        weights: str | ArrayLike | None = None,
        errors: str | ArrayLike | None = None,
        robust: Robust = "linear",
        f_scale: float = 1.0,
        ridge: float = 0.0,
        memory: int | str = MEMORY,
        groups: str | ArrayLike | Groups | None = None,
        shared: Sequence[str] = (),
    ) -> None:
        if loss not in get_args(Loss):
            raise ModelError(f"loss is 'mean', 'sum' or 'half', not {loss!r}")
        if robust not in get_args(Robust):
            raise ModelError(
                f"a robust loss is one of {', '.join(map(repr, get_args(Robust)))}, not {robust!r}"
            )
        self._robust: Robust = robust
        self._f_scale = positive("f_scale", f_scale, zero=False)
        self._ridge = positive("ridge", ridge, zero=True)
        self.loss: Loss = loss
        super().__init__(
            model,
            data,
            response,
            parameters=parameters,
            weights=weights,
            errors=errors,
            memory=memory,
            groups=groups,
            shared=shared,
        )
        self._passes: dict[str, SumPass] = {}

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
        squared = f"({sides(self.model)[1]} - {self.response})^2"
        if self._read.weight is not None:
            squared = f"weighted {squared}"
        if self._robust != "linear":
            squared = f"{self._robust} loss of {squared}"
        return f"{words}{squared} over {rows} of {self._source}{left}"

    def __reduce__(self) -> tuple[Any, ...]:
        response = self.response if sides(self.model)[0] is None else None
        named: dict[str, Any] = {"parameters": self.variables, "loss": self.loss, "robust": self._robust}
        named |= {"f_scale": self._f_scale, "ridge": self._ridge, "memory": self._memory}
        if self.groups is not None:
            named |= {"groups": self.groups, "parameters": self._read.own}
        if self._read.weighting is not None:
            named[self._read.weighting] = self._read.weight
        return _restore, (self.model, self._data.portable, response, named, self._source)

    def thinned(self, most: int) -> LeastSquares:
        """The same of about so many rows, drawn from all of them by a fixed rule; itself where there are no more."""
        known = self._data.known_rows
        if known is not None and known <= most:
            return self
        columns = dict(zip(self._data.names, self._data.sample(most), strict=True))
        return self._like(columns)

    def squares_alone(self) -> LeastSquares:
        """The same without robust loss and penalty; itself where it has none."""
        return self if self.is_separable else self._like(None, robust="linear", ridge=0.0)

    def _like(self, columns: Mapping[str, Vector] | None, **changed: Any) -> LeastSquares:
        """The same on other columns or by other arguments."""
        restore, (model, rows, response, named, source) = self.__reduce__()
        return restore(model, rows if columns is None else columns, response, {**named, **changed}, source)

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
        return (
            None
            if loss is None or loss.is_shared or self._ridge
            else Native(loss.point, loss.context, loss.batch)
        )

    # ----------------------------------------------------------------------------------------------- how it is called

    def _build_kernels(self) -> SquaredResiduals:
        return squared_residuals(self._read, self.loss, self._robust, self._f_scale)

    @property
    def _loss(self) -> SumPass | None:
        """The pass for value and gradient, where the rows are in memory."""
        rows = self._data.memory
        if rows is None:
            return None
        # setdefault, since `native` gives addresses away: of two threads that build it, one wins.
        return self._passes.get("loss") or self._passes.setdefault(
            "loss", SumPass(self._kernels.loss, rows, self._divisor)
        )

    def estimate(self, x: Vector, rows: Rows, times: float) -> Vector:
        """Value and gradient (1+n,) at x (n,) from some of the rows, each of which stands for so many.

        Args:
            x: The parameters.
            rows: These rows, with all columns that are read from the data.
            times: By which their part of the loss is multiplied; a ridge penalty is counted once.
        """
        some, point = self._some_at(x, rows)
        return self._penalised(x, SumPass(self._kernels.loss, some, self._divisor / times)(point))

    def _value_and_gradient(self, x: Vector) -> Vector:
        loss = self._loss
        return self._penalised(x, self._sums(self._kernels.loss, x) if loss is None else loss(x))

    def _penalised(self, x: Vector, sums: Vector) -> Vector:
        """Value and gradient with those of the ridge penalty added, in place."""
        if self._ridge:
            penalty = self._scale * self._ridge
            sums[0] += penalty * float(x @ x)
            sums[1:] += 2.0 * penalty * x
        return sums

    def _sums(self, kernel: SumKernel, x: Vector) -> Vector:
        source, point = self._at(x)
        found = source.reduce(point, sums=kernel)
        with np.errstate(all="ignore"):  # infinities are answers
            return found.sums / found.rows if self.loss == "mean" else found.sums

    def _matrix(self, kernel: SumKernel, x: ArrayLike) -> Vector:
        """The symmetric matrix whose lower triangle a kernel sums."""
        return self._symmetric(self._sums(kernel, self._point(x)))


def _restore(
    model: str, data: object, response: str | None, named: dict[str, Any], source: str
) -> LeastSquares:
    """What pickle calls: the data's name is not in the data."""
    restored = LeastSquares(model, data, response, **named)
    restored._source = source  # pyright: ignore[reportPrivateUsage]
    return restored
