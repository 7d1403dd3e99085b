"""Derivatives of a callable that is written in JAX or in torch, by JAX or torch themselves.

Neither is imported here unless it is asked for by name: a callable that returns an array of theirs has imported it.
Points go in as float64; JAX, which computes in single precision by default, is told to use double while it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np

from thalweg.objective.protocol import Vector
from thalweg.objective.returned import FunctionError, array, number

Call = Callable[[Any], Any]


class Tool(Protocol):
    """What differentiates a callable of its own kind."""

    name: str

    def value(self, x: Vector) -> float:
        """The value at x (n,)."""
        ...

    def both(self, x: Vector) -> tuple[float, Vector]:
        """Value and gradient (n,) at x (n,); where the last value was asked for at x, it is not computed again."""
        ...

    def hessian(self, x: Vector) -> Vector:
        """The Hessian (n, n) at x (n,)."""
        ...

    def product(self, x: Vector, v: Vector) -> Vector:
        """The Hessian at x (n,) times v (n,)."""
        ...


class Torch:
    """Derivatives by `torch.autograd`."""

    name = "torch"

    def __init__(self, call: Call, called: str, *, compiled: bool = False) -> None:
        self._torch = _module("torch", called)
        self._call = call
        self._called = called
        self._last: tuple[bytes, Any, Any] | None = None

    def value(self, x: Vector) -> float:
        """See `Tool`; the graph is kept for a gradient that is asked for next."""
        point = self._torch.tensor(x, dtype=self._torch.float64, requires_grad=True)
        value = self._call(point)
        self._last = (x.tobytes(), point, value)
        return number(self._called, value)

    def both(self, x: Vector) -> tuple[float, Vector]:
        """See `Tool`."""
        last, self._last = self._last, None
        if last is None or last[0] != x.tobytes():
            self.value(x)
            assert self._last is not None
            last, self._last = self._last, None
        _, point, value = last
        found = number(self._called, value)
        if not getattr(value, "requires_grad", False):
            raise FunctionError(
                f"torch cannot differentiate {self._called}: what it returns does not hang on x by torch's functions"
            )
        (gradient,) = self._torch.autograd.grad(value.reshape(()), point, materialize_grads=True)
        return found, array(f"the gradient of {self._called}", gradient, x.shape)

    def hessian(self, x: Vector) -> Vector:
        """See `Tool`."""
        found = self._torch.autograd.functional.hessian(self._scalar, self._torch.tensor(x))
        return array(f"the Hessian of {self._called}", found, (x.size, x.size))

    def product(self, x: Vector, v: Vector) -> Vector:
        """See `Tool`."""
        tensor = self._torch.tensor
        _, found = self._torch.autograd.functional.vhp(self._scalar, tensor(x), tensor(v))
        return array(f"the Hessian of {self._called}", found, x.shape)

    def _scalar(self, point: Any) -> Any:
        return self._call(point).reshape(())


class Jax:
    """Derivatives by JAX; compiled by `jax.jit` where the callable can be, if that is asked for."""

    name = "jax"

    def __init__(self, call: Call, called: str, *, compiled: bool = False) -> None:
        self._jax = _module("jax", called)
        self._call = call
        self._called = called
        self._compiled = compiled
        self._made: dict[str, Any] = {}

    def value(self, x: Vector) -> float:
        """See `Tool`."""
        return number(self._called, self._run("value", lambda: self._scalar, x))

    def both(self, x: Vector) -> tuple[float, Vector]:
        """See `Tool`."""
        value, gradient = self._run("both", lambda: self._jax.value_and_grad(self._scalar), x)
        return number(self._called, value), array(f"the gradient of {self._called}", gradient, x.shape)

    def hessian(self, x: Vector) -> Vector:
        """See `Tool`."""
        found = self._run("hessian", lambda: self._jax.hessian(self._scalar), x)
        return array(f"the Hessian of {self._called}", found, (x.size, x.size))

    def product(self, x: Vector, v: Vector) -> Vector:
        """See `Tool`."""
        found = self._run("product", self._product, x, v)
        return array(f"the Hessian of {self._called}", found, x.shape)

    def _product(self) -> Any:
        gradient = self._jax.grad(self._scalar)

        def along(x: Any, v: Any) -> Any:
            return self._jax.jvp(gradient, (x,), (v,))[1]

        return along

    def _scalar(self, x: Any) -> Any:
        return self._jax.numpy.reshape(self._jax.numpy.asarray(self._call(x)), ())

    def _run(self, what: str, make: Callable[[], Any], *points: Vector) -> Any:
        """Call what `make` makes, in double precision; what cannot be traced as a whole is run step by step."""
        home = self._jax if hasattr(self._jax, "enable_x64") else self._jax.experimental
        with home.enable_x64(True):
            arrays = [self._jax.numpy.asarray(point) for point in points]
            if what not in self._made:
                self._made[what] = self._jax.jit(make()) if self._compiled else make()
            try:
                return _as_numpy(self._made[what](*arrays))
            except self._jax.errors.JAXTypeError:
                if not self._compiled:
                    raise
            self._compiled = False
            self._made.clear()
            return self._run(what, make, *points)


def _as_numpy(found: Any) -> Any:
    several = isinstance(found, tuple)
    return (
        tuple(np.asarray(each) for each in cast("tuple[Any, ...]", found)) if several else np.asarray(found)
    )


TOOLS: dict[str, type[Jax] | type[Torch]] = {"jax": Jax, "jaxlib": Jax, "torch": Torch}
"""By the package that the type of a result comes from."""


def tool_for(result: object) -> type[Jax] | type[Torch] | None:
    """Which tool made what a callable returned."""
    return TOOLS.get(type(result).__module__.partition(".")[0])


def wants_tensor(error: TypeError) -> bool:
    """Whether a callable raised this because it takes a tensor of torch where it was given an array."""
    return "torch" in sys.modules and "Tensor" in str(error)


def _module(name: str, called: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise FunctionError(f"derivative={name!r} of {called} needs {name}, which is not installed") from None
