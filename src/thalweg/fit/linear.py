"""Models that are linear in their parameters, solved directly and to the last digits that the data hold.

The columns a_j = d(model)/d(parameter j) do not depend on the parameters, and min |W (A x - y)|^2 is solved by a QR
factorisation of the scaled columns, whose answer is then refined: Björck's iteration on the augmented system

    [ I    A ] [ r ]   [ b ]
    [ A^T  0 ] [ x ] = [ c ]

with columns, r, x and the system's residuals in double-double. For b = y and c = 0 it gives the parameters; for b = 0
and c = -e_j, x is column j of (A^T A)^-1, so that standard errors have as many digits as the parameters.

Sources: Å. Björck, "Iterative refinement of linear least squares solutions I", BIT 7 (1967), and "Numerical Methods for
Least Squares Problems", SIAM (1996), sections 2.9.2 and 6.6.5 (there with twice the precision in residuals only).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thalweg.fit.double_double import DoubleDouble

Array = NDArray[np.float64]

_EPS = float(np.finfo(float).eps)
_TINY = float(np.finfo(float).tiny)
_TURNS, _MOST_TURNS = 3, 10
"""The solution and two rounds of refinement; more where the columns are all but dependent."""
_WORKSPACE = 2**20
"""Products that are formed at once."""


class LinearSystem:
    """The columns of a linear least-squares problem, factorised.

    Args:
        columns: A (rows, n); rows >= n.

    Example:
        >>> t = np.array([0.0, 1.0, 2.0])
        >>> system = LinearSystem(DoubleDouble.of(np.column_stack([t, t**0])))
        >>> system.fit(DoubleDouble.of(np.array([1.0, 3.0, 5.0])))[0]
        array([2., 1.])
    """

    def __init__(self, columns: DoubleDouble) -> None:
        norms = np.linalg.norm(columns.high, axis=0)
        _, exponents = np.frexp(np.where(norms > 0.0, norms, 1.0))
        self.scales = np.ldexp(1.0, -exponents)
        """Powers of two, so that scaling rounds nothing; a column of zeros keeps 1."""
        self._columns = DoubleDouble(columns.high * self.scales, columns.low * self.scales)
        self._q, self._r = np.linalg.qr(self._columns.high)

    @property
    def n(self) -> int:
        """Number of columns."""
        return len(self.scales)

    @property
    def r(self) -> Array:
        """R (n, n) of A = Q R, of the columns as they came: R^T R = A^T A."""
        return self._r / self.scales

    @cached_property
    def rank(self) -> int:
        """How many columns are independent, beyond doubt by rounding (NumPy's `matrix_rank`, on scaled columns)."""
        values = np.linalg.svd(self._r, compute_uv=False)
        return int(np.sum(values > values[0] * max(self._columns.shape) * _EPS))

    def fit(self, y: DoubleDouble) -> tuple[Array, Array]:
        """The parameters x (n,) with least |A x - y|, and the residuals A x - y (rows,)."""
        zeros = np.zeros((self.n, 1))
        x, r = self._refine(y[:, None], zeros)
        return x.rounded()[:, 0] * self.scales, -r.rounded()[:, 0]

    @cached_property
    def inverse(self) -> Array:
        """(A^T A)^-1 (n, n): times the residual variance, it is the covariance of the parameters."""
        nothing = DoubleDouble.of(np.zeros((self._columns.shape[0], self.n)))
        x, _ = self._refine(nothing, -np.eye(self.n))
        inverse = x.rounded() * np.multiply.outer(self.scales, self.scales)
        return (inverse + inverse.T) / 2.0

    def _refine(self, b: DoubleDouble, c: Array) -> tuple[DoubleDouble, DoubleDouble]:
        """Solve for x (n, k) and r (rows, k) of the augmented system with right sides b (rows, k) and c (n, k)."""
        q, inverse = self._q, np.linalg.solve(self._r, np.eye(self.n))
        x, r = DoubleDouble.of(np.zeros(c.shape)), DoubleDouble.of(np.zeros(b.shape))
        last = np.inf
        for turn in range(_MOST_TURNS):
            f = (b - r - self._times(x)).rounded()
            g = (c - self._transposed_times(r)).rounded()
            dx = q.T @ f - inverse.T @ g
            x, r = x + inverse @ dx, r + (f - q @ dx)
            change = float(np.max(np.abs(inverse @ dx)) / np.max(np.abs(x.high), initial=_TINY))
            if turn >= _TURNS - 1 and (change < _EPS / 4.0 or change >= last):
                break
            last = change
        return x, r

    def _times(self, x: DoubleDouble) -> DoubleDouble:
        """A x, (rows, k)."""
        parts = [(self._columns[:, :, None] * x[None, :, some]).sum(axis=1) for some in self._groups(x)]
        return DoubleDouble.join(parts)

    def _transposed_times(self, r: DoubleDouble) -> DoubleDouble:
        """A^T r, (n, k)."""
        parts = [(self._columns[:, :, None] * r[:, None, some]).sum(axis=0) for some in self._groups(r)]
        return DoubleDouble.join(parts)

    def _groups(self, right: DoubleDouble) -> list[slice]:
        """Right sides that are worked on together, for the sake of memory."""
        rows, n = self._columns.shape
        some = max(1, _WORKSPACE // (rows * n))
        return [slice(first, first + some) for first in range(0, right.shape[1], some)]
