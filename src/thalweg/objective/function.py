"""A Python callable as an objective: its derivatives from the user, or by central differences.

Whatever number-like thing the callable returns is accepted; what is no number, or has the wrong shape, gets an error
that says so. Its exceptions pass through unchanged, and so do nan and infinities: a method judges them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from thalweg.errors import ThalwegError
from thalweg.objective.arrays import numbers
from thalweg.objective.protocol import PointError, Vector

EPS = 2.0**-52
RELATIVE_STEP = EPS ** (1 / 3)
"""Truncation grows as h^2 and rounding as eps/h: they balance here (Nocedal & Wright, section 8.1)."""
VISIBLE_SLOPE = EPS**0.5
VISIBLE_CURVATURE = 1e3 * EPS
"""First and second differences of f, relative to |f|, that are clearly more than its rounding."""
GROWTH = 100.0
"""How much longer the next difference step is where the last one did not show in f."""


class FunctionError(ThalwegError, ValueError):
    """A callable is none, or returned something of the wrong kind or shape."""


class Function:
    """A Python function of n variables.

    Args:
        fun: Called as ``fun(x, *args)`` with x (n,) float64, an array of its own at every call; returns a number.
        jac: Called in the same way, returns the gradient (n,). ``True``: `fun` returns the pair (value, gradient).
            ``None``: the gradient is found by central differences of `fun`.
        hess: Called in the same way, returns the Hessian (n, n).
        n: Number of variables. Not needed: the first point tells it.
        args: Further arguments for all three: a tuple, or the only one.

    Attributes:
        evaluations: Calls of `fun` so far, those for differences included.
        gradient_evaluations: Calls of `jac` so far.
        hessian_evaluations: Calls of `hess` so far.

    Differences.  For x_i the step is h = eps^(1/3) |x_i|, relative, so that a variable of size 1e-6 is treated as well
    as one of size 1; it is eps^(1/3) at x_i = 0. Where neither slope nor curvature of f shows over the step (near
    x_i = 0, say, with f(0) = 1), the step grows a hundredfold until one does, and ends at eps^(1/3) max(|x_i|, 1). A
    gradient so takes 2n evaluations, and more only there.

    Raises:
        FunctionError: `fun` or `jac` is not callable, or `n` no number of variables; when called, the callables
            return no number or wrong shapes.
        PointError: When called: x is not (n,) numbers.

    Example:
        >>> f = Function(lambda x: (x[0] - 1) ** 2 + x[1] ** 4, jac=lambda x: [2 * (x[0] - 1), 4 * x[1] ** 3])
        >>> f.value([3, 1])
        5.0
        >>> f.gradient([3, 1])
        array([4., 4.])
        >>> f.evaluations, f.gradient_evaluations
        (1, 1)
    """

    native = None
    """There is no machine code for it."""

    def __init__(
        self,
        fun: Callable[..., Any],
        jac: Callable[..., Any] | bool | None = None,
        hess: Callable[..., Any] | None = None,
        n: int | None = None,
        args: object = (),
    ) -> None:
        self.evaluations = 0
        self.gradient_evaluations = 0
        self.hessian_evaluations = 0
        self._fun = _callable("fun", fun)
        self._pair = jac is True
        self._jac = None if jac is None or isinstance(jac, bool) else _callable("jac", jac)
        self._hess = None if hess is None else _callable("hess", hess)
        self._args: tuple[Any, ...] = args if isinstance(args, tuple) else (args,)
        if n is not None and not (isinstance(cast(object, n), int | np.integer) and n > 0):
            raise FunctionError(f"n is the number of variables, a whole number from 1 on, not {n!r}")
        self._n = None if n is None else int(n)

    def __repr__(self) -> str:
        return f"Function({_name(self._fun)}, derivative={self.derivative!r})"

    @property
    def n(self) -> int:
        """Number of variables; FunctionError before it is known."""
        if self._n is None:
            raise FunctionError(
                "the number of variables is not known before the first point; `n=` would say it"
            )
        return self._n

    @property
    def variables(self) -> tuple[str, ...]:
        """x1, x2, ..., since a callable does not name them."""
        return tuple(f"x{i}" for i in range(1, self.n + 1))

    @property
    def derivative(self) -> Literal["given", "differences"]:
        """Where the gradient comes from."""
        return "given" if self.gradient_is_free or self._jac is not None else "differences"

    @property
    def gradient_is_free(self) -> bool:
        """Whether value and gradient come from the same call."""
        return self._pair

    def describe(self) -> str:
        """One line for people: the callable's name.

        Example:
            >>> Function(math.fsum).describe()
            'fsum'
        """
        return _name(self._fun)

    def value(self, x: ArrayLike) -> float:
        """The value at x (n,)."""
        return self.evaluate(self._point(x), gradient=False)[0]

    def gradient(self, x: ArrayLike) -> Vector:
        """The gradient (n,) at x (n,)."""
        return self._gradient_at(self._point(x), None)[1]

    def value_and_gradient(self, x: ArrayLike) -> tuple[float, Vector]:
        """Value and gradient (n,) at x (n,)."""
        return self._both(self._point(x))

    def hessian(self, x: ArrayLike) -> Vector | None:
        """The Hessian (n, n) at x (n,); None where no `hess` was given."""
        if self._hess is None:
            return None
        x = self._point(x)
        self.hessian_evaluations += 1
        return _array("hess", self._hess(x.copy(), *self._args), (x.size, x.size))

    def hessian_product(self, x: ArrayLike, v: ArrayLike) -> Vector | None:
        """The Hessian at x (n,) times v (n,): None, since no `hess` that is given tells it without the whole matrix."""
        return None

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """What is wanted at x (n,) float64, and no more: (value, gradient).

        A value that is not wanted is nan, unless it comes with the gradient anyway; a gradient that is not wanted is
        None.
        """
        if not gradient:
            return (self._value_at(self._point(x)) if value else math.nan), None
        return self._both(self._point(x)) if value else self._gradient_at(self._point(x), None)

    # ---------------------------------------------------------------------------------------------- calling the user

    def _both(self, x: Vector) -> tuple[float, Vector]:
        return self._gradient_at(x, None if self._pair else self._value_at(x))

    def _value_at(self, x: Vector) -> float:
        return self._call_pair(x)[0] if self._pair else self._call(x)

    def _gradient_at(self, x: Vector, value: float | None) -> tuple[float, Vector]:
        """Value, where it is known, and gradient."""
        if self._pair:
            return self._call_pair(x)
        if self._jac is not None:
            self.gradient_evaluations += 1
            gradient = _array("jac", self._jac(x.copy(), *self._args), (x.size,))
        else:
            gradient = self._differences(x, value)
        return (math.nan if value is None else value), gradient

    def _call(self, x: Vector) -> float:
        self.evaluations += 1
        return _number(_name(self._fun), self._fun(x.copy(), *self._args))

    def _call_pair(self, x: Vector) -> tuple[float, Vector]:
        self.evaluations += 1
        result = self._fun(x.copy(), *self._args)
        name = _name(self._fun)
        try:
            value, gradient = result
        except (TypeError, ValueError):
            raise FunctionError(
                f"with jac=True, {name} must return the pair (value, gradient), and returned {_what(result)}"
            ) from None
        return _number(name, value), _array(f"the gradient of {name}", gradient, (x.size,))

    def _differences(self, x: Vector, value: float | None) -> Vector:
        """The gradient by central differences; `value` is that at x, where it is known already."""
        gradient = np.empty_like(x)
        for i, x_i in enumerate(x.tolist()):
            moved = x.copy()
            longest = RELATIVE_STEP * max(abs(x_i), 1.0)
            h = RELATIVE_STEP * abs(x_i) or longest
            while True:
                ahead, behind = x_i + h, x_i - h  # rounded: what is divided by is their true distance
                moved[i] = ahead
                f_ahead = self._call(moved)
                moved[i] = behind
                f_behind = self._call(moved)
                size = max(abs(f_ahead), abs(f_behind))
                # Written so that nan ends it, too.
                if not h < longest or not abs(f_ahead - f_behind) <= VISIBLE_SLOPE * size:
                    break
                if value is None:
                    value = self._call(x)
                if not abs(f_ahead - value + (f_behind - value)) <= VISIBLE_CURVATURE * size:
                    break
                h = min(GROWTH * h, longest)
            gradient[i] = (f_ahead - f_behind) / (ahead - behind)
        return gradient

    def _point(self, x: ArrayLike) -> Vector:
        """The point as (n,) float64."""
        point = numbers(x)
        if point is None:
            raise PointError(f"a point of {_name(self._fun)} is an array of numbers, not {x!r:.60}")
        point = np.atleast_1d(point)
        if point.ndim != 1 or point.size != (self._n or point.size):
            wanted = "n" if self._n is None else str(self._n)
            raise PointError(f"a point of {_name(self._fun)} has the shape ({wanted},), not {np.shape(x)}")
        self._n = point.size
        return point


def _callable(role: str, candidate: Any) -> Callable[..., Any]:
    if not callable(candidate):
        raise FunctionError(f"{role} must be callable, and is {_what(candidate)}")
    return candidate


def _name(fun: Callable[..., Any]) -> str:
    return getattr(fun, "__qualname__", None) or type(fun).__name__


def _what(result: object) -> str:
    """A few words on what came back instead of a number."""
    shape = getattr(result, "shape", ())
    return f"an array of shape {shape}" if shape else f"{result!r:.60}"


def _number(name: str, result: object) -> float:
    """What a callable returned as a float: Python's or NumPy's numbers, or an array of one element."""
    if isinstance(result, float):
        return float(result)
    array = numbers(result)
    if array is None or array.size != 1:
        raise FunctionError(f"{name} must return one number, and returned {_what(result)}")
    return float(array.reshape(()))


def _array(name: str, result: object, shape: tuple[int, ...]) -> Vector:
    """What a callable returned as a float64 array of this shape; a new one, since callables may reuse theirs."""
    array = numbers(result)
    if array is not None and array.size == math.prod(shape) == 1:
        array = array.reshape(shape)
    if array is None or array.shape != shape:
        got = _what(result) if array is None else f"the shape {array.shape}"
        raise FunctionError(f"{name} must have the shape {shape}, and has {got}")
    return array.copy()
