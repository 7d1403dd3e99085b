"""A user's callable as the laboratory sees it: undefined where it raises an arithmetic error, and quiet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.objective.function import Function

Vector = NDArray[np.float64]
Told = TypeVar("Told")


class CallableError(ThalwegError):
    """The user's function raised an exception that means more than that it is undefined there."""


class Tolerant:
    """An objective around a `Function`.

    Where ``math.log(-1)`` raises, f is undefined: the map leaves it open, and a line search steps back.  Whatever else
    the function raises becomes a sentence.  NumPy's warnings are left out: the picture shows where f overflows.

    Example:
        >>> import math
        >>> f = Tolerant(Function(lambda x: math.log(x[0])), 2)
        >>> f.evaluate(np.array([-1.0, 0.0]), gradient=False)[0]
        nan
    """

    native = None

    def __init__(self, function: Function, n: int) -> None:
        self._function = function
        self.n = n
        self.variables = tuple(f"x{i + 1}" for i in range(n))

    @property
    def gradient_is_free(self) -> bool:
        """See `Objective`."""
        return self._function.gradient_is_free

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """See `Objective`; nan where the function is undefined."""
        undefined = float("nan"), np.full(self.n, np.nan) if gradient else None
        return self._told(lambda: self._function.evaluate(x, value=value, gradient=gradient), undefined)

    def hessian(self, x: Vector) -> Vector | None:
        """See `Objective`; None, too, where it is undefined."""
        return self._told(lambda: self._function.hessian(x), None)

    def hessian_product(self, x: Vector, v: Vector) -> Vector | None:
        """See `Objective`; None, too, where it is undefined."""
        return self._told(lambda: self._function.hessian_product(x, v), None)

    def _told(self, call: Callable[[], Told], undefined: Told) -> Told:
        """What a call of the user's function gives."""
        try:
            with np.errstate(all="ignore"):
                return call()
        except ThalwegError:
            raise
        except (ArithmeticError, ValueError):
            return undefined
        except (Exception, SystemExit) as error:  # an exit would end the thread that computes, unseen
            said = f": {error}" if str(error) else ""
            raise CallableError(f"your function raised {type(error).__name__}{said}") from error

    def describe(self) -> str:
        """See `Objective`."""
        return self._function.describe()
