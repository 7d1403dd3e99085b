"""A sum of squared residuals with a standard start and known minima: one instance of the collection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from thalweg.objective.function import Function

Real = NDArray[np.float64]
Residuals = Callable[[Any], tuple[Any, Any]]
"""r (m,) and its Jacobian J (m, n) at x (n,), in the arithmetic of x: real or complex."""

SAME_VALUE = 1e-6  # beside a minimum's value
ZERO = 1e-10  # a value that passes for a minimum of 0
COMPLEX_STEP = 1e-30
NO_CURVATURE = 1e-8  # an eigenvalue so small beside the largest one is not negative
LEAST_CURVATURE = 1e-13  # beside the largest one, in what Newton's step is worked out with


def columns(*derivatives: Any) -> Any:
    """The Jacobian whose columns these are, each (m,) or one number for all rows."""
    return np.stack(np.broadcast_arrays(*derivatives), axis=-1)


@dataclass(frozen=True)
class Minimum:
    """A value at which f has a minimum, and where, as far as that is published."""

    value: float
    x: tuple[float, ...] | None = None
    note: str = ""


@dataclass(frozen=True)
class ResidualProblem:
    """Minimise f(x) = r_1(x)^2 + ... + r_m(x)^2 from a standard start.

    Attributes:
        number: Its number in the paper, 1 to 35.
        id: Identity: lower-case words joined by hyphens, with n where the collection has several.
        title: The name that the paper gives it.
        start: The standard start, (n,).
        minima: The minima that are published for it.
        residuals_and_jacobian: r (m,) and J (m, n) at x (n,).

    Example:
        >>> from thalweg.problems import MORE_GARBOW_HILLSTROM
        >>> rosenbrock = MORE_GARBOW_HILLSTROM[0]
        >>> rosenbrock.title, rosenbrock.n, rosenbrock.m
        ('Rosenbrock', 2, 2)
        >>> round(rosenbrock.value(rosenbrock.start), 10), rosenbrock.gradient([1, 1])
        (24.2, array([0., 0.]))
    """

    number: int
    id: str
    title: str
    start: tuple[float, ...]
    minima: tuple[Minimum, ...]
    residuals_and_jacobian: Residuals

    @property
    def n(self) -> int:
        """Number of variables."""
        return len(self.start)

    @property
    def m(self) -> int:
        """Number of residuals."""
        return len(self.residuals(self.start))

    def start_from(self, factor: float) -> tuple[float, ...]:
        """`factor` times the standard start, as the collection is also run; all `factor` where that start is 0.

        Example:
            >>> from thalweg.problems import MORE_GARBOW_HILLSTROM
            >>> MORE_GARBOW_HILLSTROM[0].start_from(10)
            (-12.0, 10.0)
        """
        if factor != 1.0 and not any(self.start):
            return (float(factor),) * self.n
        return tuple(factor * x for x in self.start)

    def residuals(self, x: ArrayLike) -> Real:
        """R (m,) at x (n,)."""
        return self._at(x)[0]

    def jacobian(self, x: ArrayLike) -> Real:
        """The derivatives of r, (m, n), at x (n,)."""
        return self._at(x)[1]

    def value(self, x: ArrayLike) -> float:
        """The sum of squares at x (n,)."""
        r = self._at(x)[0]
        with np.errstate(all="ignore"):
            return float(r @ r)

    def gradient(self, x: ArrayLike) -> Real:
        """2 J^T r, (n,), at x (n,)."""
        r, jacobian = self._at(x)
        with np.errstate(all="ignore"):
            return 2.0 * (r @ jacobian)

    def hessian(self, x: ArrayLike) -> Real:
        """The Hessian (n, n) at x (n,), exact to rounding: the gradient by a complex step in each variable."""
        point = np.asarray(x, complex)
        hessian = np.empty((self.n, self.n))
        for j in range(self.n):
            moved = point.copy()
            moved[j] += 1j * COMPLEX_STEP
            r, jacobian = self._at(moved)
            hessian[j] = (2.0 * (r @ jacobian)).imag / COMPLEX_STEP
        return (hessian + hessian.T) / 2.0

    def reached(self, value: float) -> bool:
        """Whether a value passes for that of a published minimum."""
        return any(
            value - minimum.value <= SAME_VALUE * minimum.value
            and value - minimum.value >= -SAME_VALUE * minimum.value
            if minimum.value > 0.0
            else value <= ZERO
            for minimum in self.minima
        )

    def has_minimiser_at(self, x: ArrayLike) -> bool:
        """Whether the exact Hessian shows a minimiser at x (n,), of a published value or not.

        The variables are put in units in which its diagonal is 1; its eigenvalues tell what Newton's step still gains.
        """
        with np.errstate(all="ignore"):
            hessian, gradient = self.hessian(x), self.gradient(x)
            units = np.sqrt(np.diag(hessian))
            scaled = hessian / np.outer(units, units)
            if not (np.isfinite(scaled).all() and (units > 0.0).all()):
                return False  # on a plateau, too
            values, vectors = np.linalg.eigh(scaled)
            along = vectors.T @ (gradient / units)
            left = float((along**2 / np.maximum(values, LEAST_CURVATURE * values[-1])).sum()) / 2.0
        return bool(values[0] > -NO_CURVATURE * values[-1]) and left <= SAME_VALUE * self.value(x)

    def objective(self) -> Function:
        """The sum as a Python callable with its exact gradient, new at every call."""
        from thalweg.objective.function import Function

        return Function(self.value, self.gradient, n=self.n)

    def _at(self, x: ArrayLike) -> tuple[Any, Any]:
        point = np.asarray(x)
        if point.dtype != complex:
            point = point.astype(float, copy=False)
        with np.errstate(all="ignore"):  # infinities are answers
            return self.residuals_and_jacobian(point)
