"""What every objective offers: the one thing that methods, drivers and figures know of what is minimised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError

Vector = NDArray[np.float64]


class PointError(ThalwegError, ValueError):
    """What was given as a point is not numbers, or not as many as there are variables."""


class Native:
    """Addresses of an objective's machine code, valid for as long as the objective is referenced.

    `point` and `batch` have the C signatures of `thalweg.kernel.emit`, and `context` is what they are called with.
    A batch kernel may be given as a function that builds it, which is called when its address is first wanted.
    """

    __slots__ = ("_batch", "context", "point")

    def __init__(self, point: int, context: int, batch: int | Callable[[], int]) -> None:
        self.point = point
        self.context = context
        self._batch = batch

    @property
    def batch(self) -> int:
        """Address of the kernel for many points."""
        if not isinstance(self._batch, int):
            self._batch = self._batch()
        return self._batch


class Objective(Protocol):
    """A function of n variables with its derivatives. Nan and infinities are values like others."""

    @property
    def n(self) -> int:
        """Number of variables."""
        ...

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the order of a point's coordinates."""
        ...

    @property
    def gradient_is_free(self) -> bool:
        """Whether value and gradient come together, so that a trial that wants only a value gains nothing."""
        ...

    @property
    def native(self) -> Native | None:
        """Machine code, built on access; None for Python callables."""
        ...

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """Compute what is wanted at x (n,), and no more where each has its own cost.

        Returns value and gradient (n,). A value that was not computed is nan, a gradient None.
        """
        ...

    def hessian(self, x: Vector) -> Vector | None:
        """Return the Hessian (n, n) at x (n,), or None where it is not known exactly."""
        ...

    def hessian_product(self, x: Vector, v: Vector) -> Vector | None:
        """Return the Hessian at x (n,) times v (n,), or None where it is not known exactly."""
        ...

    def describe(self) -> str:
        """Return one line for people: the formula, the callable's name, or the model and its data."""
        ...
