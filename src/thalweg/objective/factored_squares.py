"""A loss of squares as methods on residuals see it: its value F, and the triangular factor of [J r], from one pass.

The residuals may be weighted, scaled for a robust loss, and joined by the rows of a ridge penalty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from thalweg.kernel.row_factors import ReducedPass
from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import SHARED, Reduced
from thalweg.objective.arrays import symmetric
from thalweg.objective.model_on_rows import ModelOnRows
from thalweg.objective.projected import linear_parameters
from thalweg.objective.protocol import Native, Vector
from thalweg.objective.robust import Robust
from thalweg.objective.squared_residuals import Loss

MANY = SHARED * CHUNK
"""Rows from which on a pass is worth saving."""


class Account(NamedTuple):
    """All that is told of a fit at a point, as one pass over the rows finds it."""

    reduced: Vector
    """As `LeastSquares.reduced`."""
    hessian: Vector | None
    """The exact Hessian (n, n) of the loss; None with many parameters, or where it is not known."""
    rows: int
    """Rows whose weight is not 0."""
    log_weights: float
    """The sum of the logarithms of their weights, one over the squares of errors."""
    squares: float
    """The weighted sum of squared residuals, whatever the loss makes of them, and without a penalty."""
    influence: float | None
    """For a robust loss what stands for that sum in variances: that of psi^2 over the mean of psi' (Huber 1981)."""
    with_constant: Vector
    """A factor of [J 1] (any number of rows, n + 1): whether the model can express a constant shows in it."""
    response: Vector
    """A factor of [1 y] (rows, 2), weighted: how much the response varies."""


class FactoredSquares(ModelOnRows):
    """What `LeastSquares` tells methods on residuals; its arguments are the attributes."""

    loss: Loss
    _robust: Robust
    _f_scale: float
    _ridge: float

    @property
    def is_separable(self) -> bool:
        """Whether parameters in which the model is linear can be solved out: the loss is that of squares alone."""
        return self._robust == "linear" and not self._ridge

    @property
    def loss_is_square(self) -> bool:
        """Whether residuals are squared, and not put through a robust loss."""
        return self._robust == "linear"

    def reduced(self, x: Vector) -> Vector:
        """What methods on residuals are told at x (n,): F, then the factor T (n+1, n+1) of [J r], row by row.

        F is the loss, and T is scaled with it: unless the loss is robust, F is half the squared length of T's last
        column. One pass over the rows.
        """
        small = self._reduced_pass
        if small is not None:
            return small.call(x).copy()
        return self._told(self._factor(x), x)

    def _told(self, found: Reduced, x: Vector) -> Vector:
        """What `reduced` tells, from the factor R of [J r] and, for a robust loss, the sum of its values."""
        divisor = self._divisor_of(found.rows)
        c = self._kernels.scale / divisor
        scale = math.sqrt(2.0 * c)
        with np.errstate(all="ignore"):  # infinities are answers
            factor = scale * found.factor
            if self._ridge:
                rows = scale * math.sqrt(self._ridge) * np.column_stack([np.eye(self.n), x])
                stack: Vector = np.vstack([factor, rows])
                if np.isfinite(stack).all():
                    factor = np.asarray(np.linalg.qr(stack, mode="r"))
                else:
                    factor = math.nan * factor
            if self.loss_is_square:
                value = 0.5 * float(factor[:, -1] @ factor[:, -1])
            else:
                value = float(found.sums[0]) / divisor + c * self._ridge * float(x @ x)
        return np.concatenate([[value], factor.ravel()])

    def account(self, x: Vector) -> Account:
        """All that is told of a fit at x (n,), by one pass over the rows."""
        kernels, n = self._kernels, self.n
        source, point = self._at(x)
        found = source.reduce(point, kernels.account_sums, kernels.account_columns)
        told = self._told(found._replace(factor=found.factor[: n + 1, : n + 1]), x)
        value, weighing, logarithms, *further = found.sums.tolist()
        squares, influence = value / kernels.scale, None
        if not self.loss_is_square:
            squares, psi2, curvature, *further = further
            influence = psi2 / (curvature / weighing)
        return Account(
            told,
            self._symmetric(np.array(further) / self._divisor) if further else None,
            round(weighing),
            logarithms,
            squares,
            influence,
            found.factor[:, [*range(n), n + 1]],
            found.factor[:, [n + 2, n + 3]],
        )

    def linear_factor(self, x: Vector, linear: Sequence[int]) -> Vector:
        """Rows of a factor of [J r] at x (n,), (at least 1 + k, 1 + k), with the slopes of k parameters alone.

        The model is linear in these k, whose places are given.
        """
        return self.linear_factors(x[None, :], linear)[0]

    def linear_factors(self, points: Vector, linear: Sequence[int]) -> Vector:
        """The same at many points (count, n): (count, at least 1 + k, 1 + k)."""
        small, k = self._reduced_pass, self.n + 1
        told = np.empty((len(points), 1 + k * k))
        for place, x in enumerate(points):
            told[place] = self.reduced(x) if small is None else small.call(x)
        return told[:, 1:].reshape(-1, k, k)[:, :, [*linear, self.n]]

    def _factor(self, x: Vector) -> Reduced:
        """The number of rows, and R of [J r] at x: by a pass, or by the one pass that a linear model takes.

        Where the model is linear in its parameters, r(x) = r(0) + J x, so R at x is R at 0 but for its last column.
        With many rows that saves every pass but one, at the cost of digits of r where it is far smaller than r(0).
        """
        if self.takes_one_pass:
            found = self._at_zero
            if found.rows >= MANY:
                at_zero = found.factor
                with np.errstate(all="ignore"):  # infinities are answers
                    last = at_zero[:, :-1] @ x + at_zero[:, -1]
                return found._replace(factor=np.column_stack([at_zero[:, :-1], last]))
        kernels = self._kernels
        source, point = self._at(x)
        return source.reduce(point, None if self.loss_is_square else kernels.value, kernels.augmented)

    @cached_property
    def linear_parameters(self) -> tuple[int, ...]:
        """Places of parameters that can be solved out: the model is linear in them together."""
        return linear_parameters(self.parsed) if self.is_separable else ()

    @property
    def takes_one_pass(self) -> bool:
        """Whether r is linear in the parameters, and the rows are many or not counted yet."""
        if not self.loss_is_square:
            return False
        known = self._data.known_rows
        return self.is_linear and (known is None or known >= MANY)

    @cached_property
    def _at_zero(self) -> Reduced:
        return self._data.reduce(np.zeros(self.n), factor=self._kernels.augmented)

    @property
    def native_reduced(self) -> Native | None:
        """Machine code of `reduced`, built on access.

        None for rows that are many or streamed, and where the loss is more than squares.
        """
        found = self._reduced_pass
        return None if found is None else Native(found.address, found.context, 0)

    @cached_property
    def _reduced_pass(self) -> ReducedPass | None:
        rows = self._data.memory
        if rows is None or not self.is_separable:
            return None
        kernel = self._kernels.augmented
        return (
            ReducedPass(kernel, rows, math.sqrt(2.0 * self._scale))
            if ReducedPass.takes(kernel, rows)
            else None
        )

    @property
    def _divisor(self) -> float:
        return self._divisor_of(self.rows)

    def _divisor_of(self, rows: int) -> float:
        """By which a sum over these rows is divided."""
        return float(rows) if self.loss == "mean" else 1.0

    @property
    def _scale(self) -> float:
        """By which the loss multiplies the sum of squares."""
        return self._kernels.scale / self._divisor

    def _symmetric(self, lower: Vector) -> Vector:
        """The whole matrix (n, n), with that of the ridge penalty, from its lower triangle row by row."""
        penalty = 2.0 * self._scale * self._ridge
        return symmetric(lower, self.n) + penalty * np.eye(self.n)
