"""What a user's callable returned, as numbers: whatever is number-like is accepted, the rest gets a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

from thalweg.errors import ThalwegError
from thalweg.objective.arrays import numbers
from thalweg.objective.protocol import Vector


class FunctionError(ThalwegError, ValueError):
    """A callable is none, or returned something of the wrong kind or shape."""


def checked_callable(role: str, candidate: Any) -> Callable[..., Any]:
    """The candidate, which is to be callable."""
    if not callable(candidate):
        raise FunctionError(f"{role} must be callable, and is {_what(candidate)}")
    return candidate


def name_of(fun: Callable[..., Any]) -> str:
    """What messages call a callable."""
    return getattr(fun, "__qualname__", None) or type(fun).__name__


def number(name: str, result: object) -> float:
    """What a callable returned as a float: Python's or NumPy's numbers, or an array of one element."""
    if isinstance(result, float):
        return float(result)
    array = numbers(_detached(result))
    if array is None or array.size != 1:
        hint = "; a pair (value, gradient) needs jac=True" if _is_pair(result) else ""
        raise FunctionError(f"{name} must return one number, and returned {_what(result)}{hint}")
    return float(array.reshape(()))


def array(name: str, result: object, shape: tuple[int, ...]) -> Vector:
    """What a callable returned as a float64 array of this shape; a new one, since callables may reuse theirs."""
    found = numbers(_detached(result))
    if found is not None and found.size == math.prod(shape) == 1:
        found = found.reshape(shape)
    if found is None or found.shape != shape:
        got = _what(result) if found is None else f"the shape {found.shape}"
        raise FunctionError(f"{name} must have the shape {shape}, and has {got}")
    return found.copy()


def pair(name: str, result: object, n: int) -> tuple[float, Vector]:
    """Value and gradient (n,) of a callable that returns both."""
    try:
        value, gradient = cast("tuple[object, object]", result)
    except (TypeError, ValueError):
        raise FunctionError(
            f"with jac=True, {name} must return the pair (value, gradient), and returned {_what(result)}"
        ) from None
    return number(name, value), array(f"the gradient of {name}", gradient, (n,))


def _is_pair(result: object) -> bool:
    """Whether it looks like a value and a gradient."""
    return isinstance(result, tuple) and len(cast("tuple[object, ...]", result)) == 2


def _detached(result: Any) -> Any:
    """A tensor without the graph that it hangs on; anything else as it is."""
    return result.detach().cpu().numpy() if callable(getattr(result, "detach", None)) else result


def _what(result: object) -> str:
    """A few words on what came back instead of a number."""
    shape = getattr(result, "shape", ())
    return f"an array of shape {tuple(shape)}" if shape else f"{result!r:.60}"
