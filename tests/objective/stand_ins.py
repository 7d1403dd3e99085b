"""Stand-ins for torch and JAX, a few words of each: enough to show how a callable of theirs is differentiated.

Both are large, and not installed with what the tests need. The stand-ins answer in the same way, by arithmetic on
values that carry gradient and Hessian along; where the libraries are installed, as they are for the benchmarks, the
same tests run with them too, which holds the stand-ins to what they stand for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np


class Jet:
    """An array whose elements carry their gradients (..., n) and Hessians (..., n, n)."""

    def __init__(self, value, slope=None, curvature=None, *, traced: bool = False) -> None:
        self.value = np.asarray(value)
        shape = self.value.shape
        self.requires_grad = slope is not None
        self.slope = np.zeros((*shape, 1)) if slope is None else slope
        self.curvature = np.zeros((*shape, 1, 1)) if curvature is None else curvature
        self.traced = traced

    @classmethod
    def seeded(cls, x: Any):
        """Independent variables (n,)."""
        value, traced = (x.value, x.traced) if isinstance(x, Jet) else (np.asarray(x), False)
        n = value.size
        return cls(value, np.eye(n), np.zeros((n, n, n)), traced=traced)

    def like(self, value, slope, curvature):
        parts = (slope, curvature) if self.requires_grad else (None, None)
        return type(self)(value, *parts, traced=self.traced)

    def mapped(self, f, df, ddf):
        v, s = self.value, self.slope
        bent = ddf(v)[..., None, None] * s[..., :, None] * s[..., None, :]
        return self.like(f(v), df(v)[..., None] * s, df(v)[..., None, None] * self.curvature + bent)

    def joined(self, value, slope, curvature, other):
        made = self if self.requires_grad else other
        return made.like(value, slope, curvature)

    def other(self, other):
        return other if isinstance(other, Jet) else type(self)(other)

    def __getitem__(self, place):
        return self.like(self.value[place], self.slope[place], self.curvature[place])

    def __add__(self, other):
        b = self.other(other)
        return self.joined(self.value + b.value, self.slope + b.slope, self.curvature + b.curvature, b)

    def __mul__(self, other):
        a, b = self, self.other(other)
        slope = a.slope * b.value[..., None] + b.slope * a.value[..., None]
        cross = a.slope[..., :, None] * b.slope[..., None, :]
        curvature = a.curvature * b.value[..., None, None] + b.curvature * a.value[..., None, None]
        return a.joined(a.value * b.value, slope, curvature + cross + np.swapaxes(cross, -1, -2), b)

    def __pow__(self, p: int):
        return self.mapped(
            lambda v: v**p, lambda v: p * v ** (p - 1.0), lambda v: p * (p - 1) * v ** (p - 2.0)
        )

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self.other(other)

    def __rsub__(self, other):
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__

    def __gt__(self, other) -> bool:
        if self.traced:
            raise JAXTypeError("a traced value has no truth")
        return bool(self.value > other)

    def sum(self):
        axes = tuple(range(self.value.ndim))
        return self.like(self.value.sum(), self.slope.sum(axis=axes), self.curvature.sum(axis=axes))

    def reshape(self, shape):
        n = self.slope.shape[-1]
        return self.like(
            self.value.reshape(shape), self.slope.reshape(*shape, n), self.curvature.reshape(*shape, n, n)
        )


# ----------------------------------------------------------------------------------------------------------- torch


class Tensor(Jet):
    __module__ = "torch"

    def detach(self):
        return Tensor(self.value)

    def cpu(self):
        return self

    def numpy(self):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.value

    def __array__(self, dtype=None, copy=None):
        return self.numpy()


def torch() -> ModuleType:
    """A module named torch."""
    module = ModuleType("torch")

    def tensor(x, dtype=None, requires_grad=False):
        return Tensor.seeded(x) if requires_grad else Tensor(np.array(x))

    def checked(x):
        if not isinstance(x, Tensor):
            raise TypeError(f"argument 'input' must be Tensor, not {type(x).__name__}")
        return x

    def sum(x):
        return checked(x).sum()

    def square(x):
        return checked(x) ** 2

    def as_tensor(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    def grad(value, point, materialize_grads=False):
        return (Tensor(value.slope),)

    def hessian(f, x):
        return Tensor(f(Tensor.seeded(x)).curvature)

    def vhp(f, x, v):
        found = f(Tensor.seeded(x))
        return Tensor(found.value), Tensor(found.curvature @ v.value)

    for function in (tensor, sum, square, as_tensor):
        function.__module__, function.__qualname__ = "torch", function.__name__
        setattr(module, function.__name__, function)
    module.Tensor, module.float64 = Tensor, np.float64
    module.autograd = ModuleType("torch.autograd")
    module.autograd.grad = grad
    module.autograd.functional = ModuleType("torch.autograd.functional")
    module.autograd.functional.hessian, module.autograd.functional.vhp = hessian, vhp
    return module


# ------------------------------------------------------------------------------------------------------------- JAX


class JAXTypeError(TypeError):
    """What JAX raises where a traced value is to decide a branch."""


class Array(Jet):
    __module__ = "jax"

    @property
    def dtype(self):
        return self.value.dtype

    def __array__(self, dtype=None, copy=None):
        return self.value


def jax() -> ModuleType:
    """A module named jax, which computes in single precision unless it is told otherwise."""
    module, numpy = ModuleType("jax"), ModuleType("jax.numpy")
    doubles = [False]

    @contextlib.contextmanager
    def enable_x64(wanted: bool) -> Iterator[None]:
        before, doubles[0] = doubles[0], wanted
        try:
            yield
        finally:
            doubles[0] = before

    def asarray(x):
        return x if isinstance(x, Array) else Array(np.asarray(x, np.float64 if doubles[0] else np.float32))

    def exp(x):
        return asarray(x).mapped(np.exp, np.exp, np.exp)

    def value_and_grad(f):
        def both(x):
            found = f(Array.seeded(x))
            return Array(found.value), Array(found.slope)

        return both

    class Grad:
        def __init__(self, f) -> None:
            self.f = f

        def __call__(self, x):
            return Array(self.f(Array.seeded(x)).slope)

    def jvp(gradient, at, along):
        found = gradient.f(Array.seeded(at[0]))
        return Array(found.slope), Array(found.curvature @ along[0].value)

    def jit(f):
        return lambda *arrays: f(*(Array(each.value, traced=True) for each in arrays))

    numpy.asarray = numpy.array = asarray
    numpy.sum, numpy.exp = (lambda x: asarray(x).sum()), exp
    numpy.reshape = lambda x, shape: x.reshape(shape)
    module.numpy, module.enable_x64, module.jit, module.jvp = numpy, enable_x64, jit, jvp
    module.value_and_grad, module.grad = value_and_grad, Grad
    module.hessian = lambda f: lambda x: Array(f(Array.seeded(x)).curvature)
    module.Array = Array  # SciPy asks for it
    module.errors = ModuleType("jax.errors")
    module.errors.JAXTypeError = JAXTypeError
    return module
