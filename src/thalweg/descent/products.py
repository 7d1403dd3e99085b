"""What a step rule may look at beside values and slopes: products of d, g, s, y and H d."""

from __future__ import annotations

from thalweg.descent.block import CURVATURE, NORM2, Array
from thalweg.descent.part import Products
from thalweg.descent.vocabulary import (
    curvature,
    direction,
    dot,
    gradient,
    has,
    iterate,
    lane,
    size,
    told,
    trial,
)

NAN = float("nan")


def products(a: Array, i: int) -> Products:
    """What a step rule may want to know of d, g, s, y and H; compiled code leaves out what it does not look at."""
    x, g, d = lane(a, iterate(a), i), lane(a, gradient(a), i), lane(a, direction(a), i)
    t, h = lane(a, trial(a), i), lane(a, told(a) + 1, i)
    dd = 0.0
    ss = 0.0
    sy = 0.0
    yy = 0.0
    for j in range(size(a)):
        s = t[j] - x[j]
        y = h[j] - g[j]
        dd += d[j] * d[j]
        ss += s * s
        sy += s * y
        yy += y * y
    if has(a, CURVATURE):
        return dd, a[NORM2, i], ss, sy, yy, dot(size(a), d, lane(a, curvature(a), i))
    return dd, a[NORM2, i], ss, sy, yy


def no_products(a: Array, i: int) -> Products:
    """The same where there is no last step and the curvature is not known."""
    d = lane(a, direction(a), i)
    dd = dot(size(a), d, d)
    if has(a, CURVATURE):
        return dd, a[NORM2, i], 0.0, 0.0, 0.0, NAN
    return dd, a[NORM2, i], 0.0, 0.0, 0.0
