"""Powell's dogleg: along steepest descent to its best point, from there towards the Gauss-Newton point, up to a radius.

Lengths are in the scale D, so that the path does not depend on the units of the variables.  Sources: M. J. D. Powell,
"A hybrid method for nonlinear equations" (1970); Madsen, Nielsen & Tingleff (2004), section 3.3; Nocedal & Wright,
section 4.1.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import SUFFICIENT_DECREASE, TOO_HIGH
from thalweg.descent.trust_region.part import LEAST_GAIN, BoundedStep, GainRule
from thalweg.descent.trust_region.triangle import free_length, solve
from thalweg.descent.vocabulary import sqrt, tail

INFINITY = float("inf")


def fill(
    n: int,
    T: Array,
    D: Array,
    fixed: Array,
    radius: float,
    longest: float,
    W: Array,
    p: Array,
    d: Array,
) -> float:
    """Write the point of the path at the radius, or its end, the Gauss-Newton step, where that is nearer."""
    if radius > longest:
        radius = longest
    m = n + 1
    solve(n, T, D, fixed, 0.0, W, d)
    if free_length(n, D, fixed, d) <= radius:
        return radius
    # Cauchy's point c = -t D^-2 g of the model |R d + z|^2 / 2, where the fixed variables have taken their steps
    u, c = tail(W, 0), tail(W, m)
    for k in range(n):
        u[k] = T[k * m + n]
        for j in range(k, n):
            if fixed[j] != 0.0:
                u[k] += T[k * m + j] * d[j]
    for j in range(n):
        c[j] = 0.0
        if fixed[j] == 0.0:
            for k in range(j + 1):
                c[j] -= T[k * m + j] * u[k] / (D[j] * D[j])
    slope = 0.0
    curvature = 0.0
    for k in range(n):
        v = 0.0
        for j in range(k, n):
            v += T[k * m + j] * c[j]
        slope -= u[k] * v
        curvature += v * v
    t = 0.0
    if curvature > 0.0:
        t = slope / curvature
    far = t * free_length(n, D, fixed, c)
    if far >= radius:
        t = t * radius / far
        for j in range(n):
            if fixed[j] == 0.0:
                d[j] = t * c[j]
        return radius
    # the step s in [0, 1] from Cauchy's point to the Gauss-Newton point at which |D d| is the radius
    aa = 0.0
    ab = 0.0
    for j in range(n):
        if fixed[j] == 0.0:
            b = D[j] * (d[j] - t * c[j])
            aa += b * b
            ab += D[j] * t * c[j] * b
    left = radius * radius - far * far
    root = sqrt(ab * ab + aa * left)
    s = left / (ab + root)
    if ab < 0.0:
        s = (root - ab) / aa
    for j in range(n):
        if fixed[j] == 0.0:
            d[j] = t * c[j] + s * (d[j] - t * c[j])
    return radius


class Dogleg(BoundedStep):
    """The Gauss-Newton step, bent towards steepest descent as far as a radius asks for it.

    Example:
        >>> import thalweg as tw
        >>> f = tw.LeastSquares("a*exp(b*t)", {"t": [0, 1, 2], "y": [2, 1, 0.5]})
        >>> tw.descend(f, [1, 1], "dogleg").x.round(6)
        array([ 2.      , -0.693147])
    """

    name = "dogleg"
    fill = staticmethod(fill)


def first(p: Array, s: Array) -> float:
    """No radius: the first step is bounded by its reach alone."""
    return INFINITY


def judge(gain: float, radius: float, p: Array, s: Array) -> tuple[int, float]:
    """Halve the radius where the gain is poor, double it where it is good."""
    following = radius
    if gain < 0.25:
        following = 0.5 * radius
    elif gain > 0.75:
        following = 2.0 * radius
    if gain > p[0]:
        return SUFFICIENT_DECREASE, following
    return TOO_HIGH, following


class TrustRadius(GainRule):
    """A radius within which the linearised residuals are trusted.

    Example:
        >>> TrustRadius(least_gain=0.1).values["least_gain"]
        0.1
    """

    name = "radius by the gain"
    table = (LEAST_GAIN,)
    first = staticmethod(first)
    judge = staticmethod(judge)
