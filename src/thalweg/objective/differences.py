"""The gradient of a callable, or the Jacobian of one that returns many numbers, by differences, central or forward.

For x_i the step is h = eps^(1/3) |x_i| (forward: eps^(1/2) |x_i|), relative, so that a variable of size 1e-6 is
treated as well as one of size 1; at x_i = 0 it is that root itself.  Where neither slope nor curvature of f shows over
the step (near x_i = 0, say, with f(0) = 1), the step grows a hundredfold until one does, and ends at the root times
max(|x_i|, 1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from thalweg.objective.protocol import Vector

EPS = 2.0**-52
CENTRAL_STEP = EPS ** (1 / 3)
"""Truncation grows as h^2 and rounding as eps/h: they balance here (Nocedal & Wright, section 8.1)."""
FORWARD_STEP = EPS**0.5
"""The same where truncation grows as h."""
VISIBLE_SLOPE = EPS**0.5
VISIBLE_CURVATURE = 1e3 * EPS
"""First and second differences of f, relative to |f|, that are clearly more than its rounding."""
GROWTH = 100.0
"""How much longer the next difference step is where the last one did not show in f."""

Fun = Callable[[Vector], float]
F = TypeVar("F", float, Vector)


def central(fun: Callable[[Vector], F], x: Vector, value: F | None) -> Vector:
    """Central differences: 2n evaluations, and more only where a step grows; `value` is f(x), where it is known.

    Returns:
        The gradient (n,) of a function that returns a number; (m, n) of one that returns m, an array (m,).
    """
    slopes: list[F] = []
    for i, x_i in enumerate(x.tolist()):
        moved = x.copy()
        longest = CENTRAL_STEP * max(abs(x_i), 1.0)
        h = CENTRAL_STEP * abs(x_i) or longest
        while True:
            ahead, behind = x_i + h, x_i - h  # rounded: what is divided by is their true distance
            moved[i] = ahead
            f_ahead = fun(moved)
            moved[i] = behind
            f_behind = fun(moved)
            size = max(_size(f_ahead), _size(f_behind))
            # Written so that nan ends it, too.
            if not h < longest or not _size(f_ahead - f_behind) <= VISIBLE_SLOPE * size:
                break
            if value is None:
                value = fun(x)
            if not _size(f_ahead - value + (f_behind - value)) <= VISIBLE_CURVATURE * size:
                break
            h = min(GROWTH * h, longest)
        slopes.append((f_ahead - f_behind) / (ahead - behind))
    return np.array(slopes).T


def forward(fun: Fun, x: Vector, value: float | None) -> Vector:
    """Forward differences: n evaluations beside f(x), half the digits of central ones."""
    if value is None:
        value = fun(x)
    gradient = np.empty_like(x)
    for i, x_i in enumerate(x.tolist()):
        moved = x.copy()
        longest = FORWARD_STEP * max(abs(x_i), 1.0)
        h = FORWARD_STEP * abs(x_i) or longest
        while True:
            moved[i] = ahead = x_i + h
            f_ahead = fun(moved)
            if not h < longest or not abs(f_ahead - value) <= VISIBLE_SLOPE * abs(value):
                break
            h = min(GROWTH * h, longest)
        gradient[i] = (f_ahead - value) / (ahead - x_i)
    return gradient


def _size(f: float | Vector) -> float:
    return abs(f) if isinstance(f, float) else float(np.linalg.norm(f))
