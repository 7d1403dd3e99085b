"""Bounds on variables, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from thalweg.errors import ParameterError
from thalweg.objective.arrays import numbers
from thalweg.objective.protocol import Vector


def box(given: Any, n: int) -> tuple[Vector, Vector] | None:
    """Lower and upper bounds (n,) each; None where nothing is bounded.

    Args:
        given: None; one pair (low, high) for each variable, where None means that there is no such bound; a pair of
            arrays (n,), the lower and the upper bounds (for n = 2 as NumPy arrays, else it is read as two pairs); or
            `scipy.optimize.Bounds`.
        n: Number of variables.

    Raises:
        ParameterError: It is none of these, or a lower bound lies above its upper one.

    Example:
        >>> box([(0, 1), (None, 2)], 2)
        (array([  0., -inf]), array([1., 2.]))
        >>> box((np.zeros(2), np.inf), 2)
        (array([0., 0.]), array([inf, inf]))
    """
    if given is None:
        return None
    if hasattr(given, "lb") and hasattr(given, "ub"):
        sides = (given.lb, given.ub)
    else:
        try:
            rows: list[Any] = list(given)
        except TypeError:
            rows = []
        by_side = len(rows) == 2 and (n != 2 or any(isinstance(row, np.ndarray) for row in rows))
        if by_side:
            sides = (rows[0], rows[1])
        elif len(rows) == n and all(_is_pair(row) for row in rows):
            sides = tuple(zip(*rows, strict=True))
        else:
            raise ParameterError(
                f"bounds are {n} pairs (low, high), one a variable, or a pair of arrays ({n},), not {given!r:.80}"
            )
    low, high = _side(sides[0], n, -np.inf), _side(sides[1], n, np.inf)
    wrong = np.flatnonzero(~(low <= high))
    if wrong.size:
        i = int(wrong[0])
        raise ParameterError(
            f"bounds: the lower one of variable {i}, {low[i]:g}, lies above the upper one, {high[i]:g}"
        )
    if np.isneginf(low).all() and np.isposinf(high).all():
        return None
    return low, high


def _is_pair(row: object) -> bool:
    return isinstance(row, Sequence | np.ndarray) and len(cast(Sequence[object], row)) == 2


def _side(given: Any, n: int, nothing: float) -> Vector:
    """The bounds of one side (n,)."""
    if isinstance(given, Sequence):
        given = [nothing if bound is None else bound for bound in cast(Sequence[object], given)]
    side = numbers(nothing if given is None else given)
    if side is None or side.shape not in ((), (1,), (n,)) or np.isnan(side).any():
        raise ParameterError(f"bounds are numbers, {n} on each side, not {given!r:.80}")
    return np.array(np.broadcast_to(side, (n,)), dtype=float)
