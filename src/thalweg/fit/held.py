"""A least-squares objective with one of its variables held at a value: what is left is minimised over the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Held:
    """The objective over all variables but one.

    Args:
        objective: A `LeastSquares`.
        place: Of the variable that is held.
        value: Where it is held.

    Example:
        >>> from thalweg.objective.least_squares import LeastSquares
        >>> line = LeastSquares("m*t + b", {"t": [0, 1], "y": [1, 3]}, loss="half")
        >>> slope = Held(line, 1, 1.0)
        >>> slope.variables, slope.evaluate(np.array([2.0]))[0]
        (('m',), 0.0)
    """

    gradient_is_free = True
    native = None
    native_reduced = None

    def __init__(self, objective: Any, place: int, value: float) -> None:
        self._objective = objective
        self._place = place
        self._value = value
        self.variables: tuple[str, ...] = tuple(np.delete(objective.variables, place).tolist())

    @property
    def n(self) -> int:
        """Number of variables left."""
        return len(self.variables)

    def whole(self, x: Array) -> Array:
        """All variables (n+1,) where those left are x (n,)."""
        return np.insert(x, self._place, self._value)

    def evaluate(self, x: Array, *, value: bool = True, gradient: bool = True) -> tuple[float, Array | None]:
        """See `Objective.evaluate`."""
        f, slopes = self._objective.evaluate(self.whole(x), value=value, gradient=gradient)
        return f, None if slopes is None else np.delete(slopes, self._place)

    def hessian(self, x: Array) -> Array:
        """The Hessian (n, n) at x (n,)."""
        whole = self._objective.hessian(self.whole(x))
        return np.delete(np.delete(whole, self._place, 0), self._place, 1)

    def reduced(self, x: Array) -> Array:
        """See `LeastSquares.reduced`: the factor without the column of the variable that is held."""
        told = self._objective.reduced(self.whole(x))
        size = self.n + 2
        left = np.delete(told[1:].reshape(size, size), self._place, 1)
        factor: Array = np.full((size - 1, size - 1), np.nan)
        if np.isfinite(left).all():
            factor = np.asarray(np.linalg.qr(left, mode="r"))
        return np.concatenate([told[:1], factor.ravel()])

    def describe(self) -> str:
        """One line for people."""
        name = self._objective.variables[self._place]
        return f"{self._objective.describe()}, {name} held at {self._value:.6g}"
