"""A Python callable as an objective: its derivatives from the user, from JAX or torch, by complex steps or differences.

Whatever number-like thing the callable returns is accepted; what is no number, or has the wrong shape, gets an error
that says so. Its exceptions pass through unchanged, and so do nan and infinities: a method judges them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from thalweg.objective import differences
from thalweg.objective.arrays import numbers
from thalweg.objective.autodiff import TOOLS, Tool, tool_for, wants_tensor
from thalweg.objective.complex_step import complex_step, fits
from thalweg.objective.protocol import PointError, Vector
from thalweg.objective.returned import FunctionError, array, checked_callable, name_of, number, pair

__all__ = ["Calls", "Function", "FunctionError"]

Derivative = Literal["given", "jax", "torch", "complex step", "differences", "forward differences"]
DERIVATIVES: tuple[Derivative, ...] = get_args(Derivative)


class Calls(NamedTuple):
    """How often each of a user's callables was called."""

    fun: int
    jac: int
    hess: int
    hessp: int

    def since(self, before: Calls) -> Calls:
        """Those that came after `before`."""
        return Calls(*(now - then for now, then in zip(self, before, strict=True)))


class Function:
    """A Python function of n variables.

    Args:
        fun: Called as ``fun(x, *args)`` with x (n,) float64, an array of its own at every call; returns a number.
        jac: Called in the same way, returns the gradient (n,). ``True``: `fun` returns the pair (value, gradient).
        hess: Called in the same way, returns the Hessian (n, n).
        n: Number of variables. Not needed: the first point tells it.
        args: Further arguments for all of them: a tuple, or the only one.
        hessp: Called as ``hessp(x, v, *args)``, returns the Hessian times v (n,).
        derivative: Where the gradient comes from, if there is no `jac`: "jax", "torch", "complex step", "differences"
            (central) or "forward differences". ``None``: by JAX or torch where `fun` returns an array of theirs or
            wants one; else by complex steps, where `fun` takes complex numbers and they prove right; else by central
            differences.

    Attributes:
        evaluations: Calls of `fun` so far, those for differences and complex steps included.
        gradient_evaluations: Calls of `jac` so far.
        hessian_evaluations: Calls of `hess` so far.
        product_evaluations: Calls of `hessp` so far.

    JAX and torch.  Neither is imported unless `derivative` names it. Points go in as float64. ``derivative="jax"``
    compiles `fun` by ``jax.jit``, for which it must be pure; unnamed, JAX runs it step by step. Both tell the Hessian
    too, and its products.

    Complex steps take n evaluations at complex points and give all digits, but only where `fun` is analytic: ``abs``,
    a conjugate or a cast to real drops the derivative without a word. Unless they are asked for by name, each gradient
    is therefore compared with a central difference along one direction, which takes two more evaluations, and at the
    first disagreement differences take over for good (until `renew`, with which every run begins).

    Differences.  For x_i the step is h = eps^(1/3) |x_i|, relative, so that a variable of size 1e-6 is treated as well
    as one of size 1; it is eps^(1/3) at x_i = 0. Where neither slope nor curvature of f shows over the step (near
    x_i = 0, say, with f(0) = 1), the step grows a hundredfold until one does, and ends at eps^(1/3) max(|x_i|, 1). A
    gradient so takes 2n evaluations, and more only there. Forward differences take n, steps of eps^(1/2), and give half
    the digits.

    Raises:
        FunctionError: `fun` or `jac` is not callable, `n` no number of variables, or `derivative` unknown; when
            called, the callables return no number or wrong shapes.
        PointError: When called: x is not (n,) numbers.

    Example:
        >>> f = Function(lambda x: (x[0] - 1) ** 2 + x[1] ** 4, jac=lambda x: [2 * (x[0] - 1), 4 * x[1] ** 3])
        >>> f.value([3, 1])
        5.0
        >>> f.gradient([3, 1])
        array([4., 4.])
        >>> f.evaluations, f.gradient_evaluations
        (1, 1)
        >>> g = Function(lambda x: x[0] ** 2 * x[1])
        >>> g.gradient([3, 1]), g.derivative
        (array([6., 9.]), 'complex step')
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
        *,
        hessp: Callable[..., Any] | None = None,
        derivative: Derivative | None = None,
    ) -> None:
        self.evaluations = 0
        self.gradient_evaluations = 0
        self.hessian_evaluations = 0
        self.product_evaluations = 0
        self._fun = checked_callable("fun", fun)
        self._pair = jac is True
        self._jac = None if jac is None or isinstance(jac, bool) else checked_callable("jac", jac)
        self._hess = None if hess is None else checked_callable("hess", hess)
        self._hessp = None if hessp is None else checked_callable("hessp", hessp)
        self._args: tuple[Any, ...] = args if isinstance(args, tuple) else (args,)
        if n is not None and not (isinstance(cast(object, n), int | np.integer) and n > 0):
            raise FunctionError(f"n is the number of variables, a whole number from 1 on, not {n!r}")
        self._n = None if n is None else int(n)
        self._asked = self._checked(derivative)
        self._tool: Tool | None = None
        if self._asked in TOOLS:
            self._tool = TOOLS[self._asked](self._call, name_of(fun), compiled=True)
        self._met = self._asked is not None
        """Whether it is known if the callable is JAX's or torch's."""
        self._analytic: bool | None = None
        """Whether complex steps have proved right; None before the first."""
        self._was_analytic = False

    def _checked(self, derivative: object) -> Derivative | None:
        """What `derivative` says, in agreement with `jac`."""
        own = self._pair or self._jac is not None
        if derivative is None:
            return "given" if own else None
        if derivative not in DERIVATIVES:
            raise FunctionError(
                f"derivative is one of {', '.join(map(repr, DERIVATIVES))}, not {derivative!r}"
            )
        if own and derivative != "given":
            raise FunctionError(f"with a gradient in jac, derivative is 'given', not {derivative!r}")
        if derivative == "given" and not own:
            raise FunctionError("derivative='given' needs the gradient, as jac")
        return derivative

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_tool": None if self._tool is None else self._tool.name}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["_tool"] is not None:
            compiled = self._asked is not None
            self._tool = TOOLS[state["_tool"]](self._call, name_of(self._fun), compiled=compiled)

    def __repr__(self) -> str:
        return f"Function({name_of(self._fun)}, derivative={self.derivative!r})"

    @property
    def made_of(self) -> tuple[object, ...]:
        """What it is made of: two functions made of the same are the same, as long as the callables are.

        Callables are compared as they are, further arguments by identity.
        """
        given = (self._fun, self._pair, self._jac, self._hess, self._hessp, self._asked)
        return *given, *map(id, self._args)

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
    def derivative(self) -> str:
        """Where the gradient comes from; "automatic" before the first one, unless `derivative` or `jac` says it."""
        if self._asked is not None:
            return self._asked
        if self._tool is not None:
            return self._tool.name
        if self._analytic is None:
            return "automatic"
        if self._analytic:
            return "complex step"
        return "complex step, then differences" if self._was_analytic else "differences"

    @property
    def gradient_is_free(self) -> bool:
        """Whether value and gradient come from the same call."""
        return self._pair or self._asked in TOOLS

    @property
    def calls(self) -> Calls:
        """The calls so far."""
        return Calls(
            self.evaluations, self.gradient_evaluations, self.hessian_evaluations, self.product_evaluations
        )

    def renew(self) -> None:
        """Try anew what the callable takes, so that a run does not depend on those before it."""
        self._analytic = None
        self._was_analytic = False

    def describe(self) -> str:
        """One line for people: the callable's name.

        Example:
            >>> Function(math.fsum).describe()
            'fsum'
        """
        return name_of(self._fun)

    def value(self, x: ArrayLike) -> float:
        """The value at x (n,)."""
        return self._value_at(self._point(x))

    def gradient(self, x: ArrayLike) -> Vector:
        """The gradient (n,) at x (n,)."""
        return self._gradient_at(self._point(x), None)[1]

    def value_and_gradient(self, x: ArrayLike) -> tuple[float, Vector]:
        """Value and gradient (n,) at x (n,)."""
        return self._both(self._point(x))

    def hessian(self, x: ArrayLike) -> Vector | None:
        """The Hessian (n, n) at x (n,); None where neither `hess`, JAX nor torch gives it."""
        if self._hess is not None:
            x = self._point(x)
            self.hessian_evaluations += 1
            return array("hess", self._hess(x.copy(), *self._args), (x.size, x.size))
        return None if self._tool is None else self._tool.hessian(self._point(x))

    def hessian_product(self, x: ArrayLike, v: ArrayLike) -> Vector | None:
        """The Hessian at x (n,) times v (n,); None where neither `hessp`, JAX, torch nor `hess` gives it."""
        x, v = self._point(x), self._point(v)
        if self._hessp is not None:
            self.product_evaluations += 1
            return array("hessp", self._hessp(x.copy(), v.copy(), *self._args), (x.size,))
        if self._tool is not None and self._hess is None:
            return self._tool.product(x, v)
        whole = self.hessian(x)
        return None if whole is None else whole @ v

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

    def _call(self, x: Any) -> Any:
        self.evaluations += 1
        return self._fun(x.copy() if isinstance(x, np.ndarray) else x, *self._args)

    def _plain_value(self, x: Vector) -> float:
        return number(name_of(self._fun), self._call(x))

    def _called_pair(self, x: Vector) -> tuple[float, Vector]:
        return pair(name_of(self._fun), self._call(x), x.size)

    def _both(self, x: Vector) -> tuple[float, Vector]:
        joined = self._pair or self._tool is not None
        return self._gradient_at(x, None if joined else self._value_at(x))

    def _value_at(self, x: Vector) -> float:
        if self._pair:
            return self._called_pair(x)[0]
        if not self._met:
            return self._meet(x)
        return self._plain_value(x) if self._tool is None else self._tool.value(x)

    def _meet(self, x: Vector) -> float:
        """The first value, which tells whether the callable is JAX's or torch's."""
        made_by = None
        result: Any = None
        try:
            result = self._call(x)
            made_by = tool_for(result)
        except TypeError as error:
            if not wants_tensor(error):
                raise
            made_by = TOOLS["torch"]
        self._met = True
        if made_by is None:
            return number(name_of(self._fun), result)
        self._tool = made_by(self._call, name_of(self._fun))
        return self._tool.value(x)

    def _gradient_at(self, x: Vector, value: float | None) -> tuple[float, Vector]:
        """Value, where it is known, and gradient."""
        if self._pair:
            return self._called_pair(x)
        if not self._met:
            value = self._meet(x)
        if self._tool is not None:
            return self._tool.both(x)
        if self._jac is not None:
            self.gradient_evaluations += 1
            gradient = array("jac", self._jac(x.copy(), *self._args), (x.size,))
        elif self._asked is None and self._analytic is not False:
            value = self._plain_value(x) if value is None else value
            gradient = self._by_complex_steps(x, value)
        elif self._asked == "complex step":
            found = complex_step(self._call, x)
            if found is None:
                raise FunctionError(f"{name_of(self._fun)} does not take complex numbers, so no complex step")
            gradient = found
        else:
            by = differences.forward if self._asked == "forward differences" else differences.central
            gradient = by(self._plain_value, x, value)
        return (math.nan if value is None else value), gradient

    def _by_complex_steps(self, x: Vector, value: float) -> Vector:
        """The gradient by complex steps where they prove right, else by differences from now on."""
        gradient = complex_step(self._call, x)
        if gradient is not None and fits(self._plain_value, x, value, gradient):
            self._analytic = self._was_analytic = True
            return gradient
        self._analytic = False
        return differences.central(self._plain_value, x, value)

    def _point(self, x: ArrayLike) -> Vector:
        """The point as (n,) float64."""
        point = numbers(x)
        if point is None:
            raise PointError(f"a point of {name_of(self._fun)} is an array of numbers, not {x!r:.60}")
        point = np.atleast_1d(point)
        if point.ndim != 1 or point.size != (self._n or point.size):
            wanted = "n" if self._n is None else str(self._n)
            raise PointError(f"a point of {name_of(self._fun)} has the shape ({wanted},), not {np.shape(x)}")
        self._n = point.size
        return point
