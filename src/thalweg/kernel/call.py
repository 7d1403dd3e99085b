"""Calling machine code from Python, by its address; the interpreter's lock is released meanwhile."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_POINT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_BATCH = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
)


class PointCall(threading.local):
    """A point kernel to be called with a point: each thread has its own copy of input and output.

    Args:
        address: Of the kernel.
        n: Numbers that it reads.
        outputs: Numbers that it writes.
        context: Address of what the kernel is given besides.
        owner: What must stay alive as long as this: the code, and what the context refers to.

    `call(x)` takes a float64 array (n,) and returns the outputs, an array that the thread's next call overwrites.
    """

    def __init__(self, address: int, n: int, outputs: int, context: int, owner: object = None) -> None:
        self._owner = owner
        point, out = np.empty(n), np.empty(outputs)
        places = (ctypes.c_void_p(place) for place in (point.ctypes.data, out.ctypes.data, context))
        self._state: tuple[Vector, Callable[..., Any], tuple[ctypes.c_void_p, ...], Vector]
        self._state = point, _POINT(address), tuple(places), out

    def __call__(self, x: Vector) -> Vector:
        """Return the outputs at x (n,), until the next call."""
        point, call, arguments, out = (
            self._state
        )  # fetched at once: what a thread has of its own is slow to reach
        point[:] = x
        call(*arguments)
        return out


def call_batch(address: int, x: Vector, outputs: int, context: int) -> Vector:
    """Call a batch kernel with points x (n, N) and return its outputs (outputs, N).

    Rows of x may lie apart, as those of a slice do; if numbers of a row do, x is copied.
    """
    count = x.shape[1]
    item = x.itemsize
    if x.strides[1] != item or x.strides[0] % item or x.strides[0] < count * item:
        x = np.ascontiguousarray(x)
    stride = x.strides[0] // item if len(x) > 1 else count
    out = np.empty((outputs, max(stride, count)))
    _BATCH(address)(x.ctypes.data, out.ctypes.data, context, count, stride)
    return out[:, :count]
