"""Bounds on the variables, by two-metric projection (Bertsekas 1982), for any direction and along any step rule.

The trial is P(x + alpha d), each variable cut off at its bounds.  A variable that is at a bound, or near it, with a
gradient that points outward is *held*: the direction is found for the others alone, as if it were not there (its
gradient, its part of the last step and its share of a Hessian are hidden), and goes straight along its own -g_j.  So a
direction that scales the gradient by a matrix scales the free variables by a matrix of their own, without which a
projected step need not go down.  Near means closer than the projected gradient is long, which keeps the path from
breaking at once where a variable is just off its bound.

Sufficient decrease is asked of g.(P(x + alpha d) - x) in place of alpha g.d, and the stopping tests look at the
projected gradient P(x - g) - x.
"""

from __future__ import annotations

from thalweg.descent.block import (
    ALPHA,
    ELSEWHERE,
    HESSIAN,
    NORM2,
    PRODUCT,
    SEARCHES,
    SLOPE_0,
    Array,
)
from thalweg.descent.vocabulary import (
    answer,
    bounds,
    direction,
    gradient,
    has,
    hessian,
    iterate,
    lane,
    pick,
    size,
    sqrt,
    told,
    trial,
)

NEAR = 1e-4  # of |x_j| + 1: variables further away from a bound are not held


def lower(a: Array, i: int) -> Array:
    """The lower bounds."""
    return lane(a, bounds(a), i)


def upper(a: Array, i: int) -> Array:
    """The upper bounds."""
    return lane(a, bounds(a) + size(a), i)


def kept(a: Array, i: int) -> Array:
    """The gradient at the new iterate while some of it is hidden."""
    return lane(a, bounds(a) + 2 * size(a), i)


def cut(value: float, low: float, high: float) -> float:
    """The value, or the bound that it crosses."""
    value = pick(value < low, low, value)
    return pick(value > high, high, value)


def projected(a: Array, i: int) -> float:
    """|P(x - g) - x|^2 at the trial point, without the rounding of x - g."""
    low, high = lower(a, i), upper(a, i)
    t, h = lane(a, trial(a), i), lane(a, told(a) + 1, i)
    total = 0.0
    for j in range(size(a)):
        step = cut(-h[j], low[j] - t[j], high[j] - t[j])
        total += step * step
    return total


def blocked(a: Array, i: int, j: int) -> bool:
    """Whether variable j stands at a bound, at the trial point, and d points outward."""
    low, high = lower(a, i), upper(a, i)
    t, d = lane(a, trial(a), i), lane(a, direction(a), i)
    return (t[j] <= low[j] and d[j] <= 0.0) or (t[j] >= high[j] and d[j] >= 0.0)


def held(a: Array, i: int, j: int) -> bool:
    """Whether variable j is at a bound, or near it, and its gradient points outward."""
    low, high, t, h = lower(a, i), upper(a, i), lane(a, trial(a), i), kept(a, i)
    near = 0.0
    if has(a, SEARCHES):
        near = NEAR * (1.0 + abs(t[j]))
        length = sqrt(a[NORM2, i])
        near = pick(length < near, length, near)
    down = t[j] <= low[j] + near and h[j] > 0.0
    up = t[j] >= high[j] - near and h[j] < 0.0
    return down or up or low[j] == high[j]


def hide(a: Array, i: int) -> None:
    """Let a direction see the free variables alone; what bounds cut off the last step is no part of d."""
    x, g, d = lane(a, iterate(a), i), lane(a, gradient(a), i), lane(a, direction(a), i)
    t, h, own = lane(a, trial(a), i), lane(a, told(a) + 1, i), kept(a, i)
    for j in range(size(a)):
        own[j] = h[j]
        if blocked(a, i, j) and a[ALPHA, i] > 0.0:
            d[j] = (t[j] - x[j]) / a[ALPHA, i]
        if held(a, i, j):
            h[j] = 0.0
            g[j] = 0.0
            x[j] = t[j]
            d[j] = 0.0


def hide_answer(a: Array, i: int, request: float) -> None:
    """The same for a Hessian, its product with a vector, or a gradient elsewhere."""
    n = size(a)
    if has(a, HESSIAN) and request == HESSIAN:
        H = lane(a, hessian(a), i)
        for j in range(n):
            if held(a, i, j):
                for m in range(n):
                    H[j * n + m] = 0.0
                    H[m * n + j] = 0.0
                H[j * n + j] = 1.0
    if has(a, ELSEWHERE + PRODUCT) and request != HESSIAN:
        u = lane(a, answer(a) + 1, i)
        for j in range(n):
            u[j] = pick(held(a, i, j), 0.0, u[j])


def show(a: Array, i: int) -> None:
    """The gradient as it is; held variables go along it, and none leaves the box."""
    g, d, h, own = (
        lane(a, gradient(a), i),
        lane(a, direction(a), i),
        lane(a, told(a) + 1, i),
        kept(a, i),
    )
    for j in range(size(a)):
        h[j] = own[j]
        if held(a, i, j):
            g[j] = h[j]
            d[j] = -h[j]
        if blocked(a, i, j):
            d[j] = 0.0


def stay_inside(a: Array, i: int) -> None:
    """At the iterate, no part of d points out of the box."""
    low, high = lower(a, i), upper(a, i)
    x, d = lane(a, iterate(a), i), lane(a, direction(a), i)
    for j in range(size(a)):
        if (x[j] <= low[j] and d[j] < 0.0) or (x[j] >= high[j] and d[j] > 0.0):
            d[j] = 0.0


def promise(a: Array, i: int) -> float:
    """g.(P(x + alpha d) - x) / alpha, the slope of which sufficient decrease is asked; g.d where that is no descent."""
    x, g, t = lane(a, iterate(a), i), lane(a, gradient(a), i), lane(a, trial(a), i)
    total = 0.0
    for j in range(size(a)):
        total += g[j] * (t[j] - x[j])
    return pick(total < 0.0, total / a[ALPHA, i], a[SLOPE_0, i])


def project(a: Array, i: int) -> None:
    """Cut the trial off at the bounds."""
    low, high, t = lower(a, i), upper(a, i), lane(a, trial(a), i)
    for j in range(size(a)):
        t[j] = cut(t[j], low[j], high[j])
