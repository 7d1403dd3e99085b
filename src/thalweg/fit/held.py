"""A least-squares objective with some of its variables held: what is left is minimised over the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Held:
    """The objective over the variables that are not held.

    Args:
        objective: A `LeastSquares`.
        free: Which variables are not held, (n,).
        x: All variables, those held at their values.

    Example:
        >>> from thalweg.objective.least_squares import LeastSquares
        >>> line = LeastSquares("m*t + b", {"t": [0, 1], "y": [1, 3]}, loss="half")
        >>> slope = Held(line, np.array([True, False]), np.array([0.0, 1.0]))
        >>> slope.variables, slope.evaluate(np.array([2.0]))[0]
        (('m',), 0.0)
    """

    gradient_is_free = True
    native = None
    native_reduced = None

    def __init__(self, objective: Any, free: NDArray[np.bool_], x: Array) -> None:
        self._objective = objective
        self._free = free
        self._x = x
        self.variables: tuple[str, ...] = tuple(np.asarray(objective.variables)[free].tolist())

    @property
    def n(self) -> int:
        """Number of variables left."""
        return len(self.variables)

    def whole(self, x: Array) -> Array:
        """All variables where those left are x (n,)."""
        whole = self._x.copy()
        whole[self._free] = x
        return whole

    def evaluate(self, x: Array, *, value: bool = True, gradient: bool = True) -> tuple[float, Array | None]:
        """See `Objective.evaluate`."""
        f, slopes = self._objective.evaluate(self.whole(x), value=value, gradient=gradient)
        return f, None if slopes is None else slopes[self._free]

    def hessian(self, x: Array) -> Array:
        """The Hessian (n, n) at x (n,)."""
        return self._objective.hessian(self.whole(x))[np.ix_(self._free, self._free)]

    def reduced(self, x: Array) -> Array:
        """See `LeastSquares.reduced`: the factor without the columns of the variables that are held."""
        told = self._objective.reduced(self.whole(x))
        size = len(self._x) + 1
        left = told[1:].reshape(size, size)[:, np.append(self._free, True)]
        factor: Array = np.full((self.n + 1, self.n + 1), np.nan)
        if np.isfinite(left).all():
            factor = np.asarray(np.linalg.qr(left, mode="r"))
        return np.concatenate([told[:1], factor.ravel()])

    def describe(self) -> str:
        """One line for people."""
        named = zip(self._objective.variables, self._x, self._free, strict=True)
        held = ", ".join(f"{name} = {value:.6g}" for name, value, is_free in named if not is_free)
        return f"{self._objective.describe()}, {held} held"
