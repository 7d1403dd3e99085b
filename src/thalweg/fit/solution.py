"""Where a fit arrived: what the engine hands to statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.stopping import CURVATURE_TOLERANCE, Reason
from thalweg.fit.direct import Direct
from thalweg.objective.factored_squares import Account
from thalweg.trajectory import Trajectory

Real = NDArray[np.float64]

GIVEN = "given"
"""Where a start came from that was."""
ENDED = (Reason.GRADIENT_TOLERANCE, Reason.PRECISION_FLOOR, Reason.LINE_SEARCH_FAILED)
SMALL_OFFSET = 1e-6
"""Relative offset of a minimum; Bates & Watts stop at 1e-3, and what goes on to the fixed point comes far below."""


@dataclass(frozen=True)
class Solution:
    """The parameters that a descent found, and the residuals there as a triangle.

    Attributes:
        names: The parameters, in the order of `x`.
        x: Their values, (n,).
        objective: What was minimised: half the sum of squared residuals (`LeastSquares` with ``loss="half"``).
        run: The descent.
        start: Where it began, (n,).
        start_from: Where the start came from: "given", or how it was found.
        free: (n,) bool: which parameters are free at the solution; the others are fixed, or stand at a bound.
        warnings: One sentence each.
        direct: The same solved at once, and more accurately, where the model is linear.
        bounds: The lowest and the highest value of each parameter, where there are any.
    """

    names: tuple[str, ...]
    x: Real
    objective: Any
    run: Trajectory
    start: Real
    start_from: str
    free: NDArray[np.bool_]
    warnings: tuple[str, ...] = field(default=())
    direct: Direct | None = None
    bounds: tuple[tuple[float, float], ...] | None = None

    @property
    def rows(self) -> int:
        """Number of rows of data."""
        return self.objective.rows

    @cached_property
    def account(self) -> Account:
        """What one pass over the rows tells of the end."""
        return self.objective.account(self.x)

    @property
    def _reduced(self) -> Real:
        return self.account.reduced

    @property
    def was_sought(self) -> bool:
        """Whether there was a start, and it was not given."""
        return self.direct is None and self.start_from != GIVEN

    @property
    def loss(self) -> float:
        """Half the sum of squared residuals."""
        return float(self._reduced[0])

    @property
    def rss(self) -> float:
        """The sum of squared residuals, weighted; without what a robust loss makes of them, and without a penalty."""
        if self.direct is not None:
            return self.direct.rss
        return 2.0 * self.loss if self.objective.is_separable else self.account.squares

    @property
    def factor(self) -> Real:
        """R (n, n), upper triangular: the factor of the residuals' slopes J at `x`, so J^T J = R^T R.

        Its diagonal has signs of either kind.
        """
        return self._triangle[:-1, :-1]

    @property
    def projected(self) -> Real:
        """Q^T r (n,): the residuals in the span of their slopes, 0 at a minimum but for rounding."""
        return self._triangle[:-1, -1]

    @property
    def _triangle(self) -> Real:
        n = len(self.x)
        return self._reduced[1:].reshape(n + 1, n + 1)

    @cached_property
    def arrived(self) -> bool:
        """Whether the end is at a minimum: stationary by the relative offset, with no curvature that goes down.

        Where that does not tell, the descent's verdict does. It takes further passes over the rows, knows of no bounds,
        at which the gradient does not vanish, and has nothing to compare with where the start was the minimum already.
        """
        if self.direct is not None:
            return True
        stationary = self.run.reason in ENDED and self.relative_offset <= SMALL_OFFSET
        if stationary and self.account.hessian is not None:
            return self._bends_upwards(self.account.hessian)
        if self.run.success:
            return True
        return stationary and not (self.free.all() and self.run.certificate.kind in ("saddle", "maximum"))

    def _bends_upwards(self, hessian: Real) -> bool:
        """Whether no curvature of the loss in the free parameters is negative by more than passes for 0.

        Each parameter is measured by the length of its column of slopes.
        """
        scale = np.linalg.norm(self.factor, axis=0)[self.free]
        scale = np.where(scale > 0.0, scale, 1.0)
        scaled = hessian[np.ix_(self.free, self.free)] / np.multiply.outer(scale, scale)
        if not np.isfinite(scaled).all():
            return False
        return bool((np.linalg.eigvalsh(scaled) >= -CURVATURE_TOLERANCE).all())

    @property
    def relative_offset(self) -> float:
        """How far the end is from the minimum, beside the uncertainty of the parameters (Bates & Watts 1981).

        The ratio of the residuals' lengths, each by its degrees of freedom, in the span of the free parameters' slopes
        and across it: sqrt(|z|^2 / n) / sqrt((|r|^2 - |z|^2) / (m - n)); 0 where |z| is.
        """
        if not self.free.any():
            return 0.0
        q = np.linalg.qr(self.factor[:, self.free])[0]
        along = float(np.linalg.norm(q.T @ self.projected))
        if along == 0.0:
            return 0.0
        n = int(np.count_nonzero(self.free))
        across = np.sqrt(max(2.0 * self.loss - along**2, 0.0))
        left = max(self.rows - n, 1)
        return float("inf") if across == 0.0 else along / across * float(np.sqrt(left / n))
