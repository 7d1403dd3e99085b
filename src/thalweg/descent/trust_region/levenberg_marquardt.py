"""Levenberg-Marquardt: the minimiser of |R d + z|^2 + mu |D d|^2, with Moré's scale D and Nielsen's damping mu.

Sources: J. J. Moré, "The Levenberg-Marquardt algorithm: implementation and theory", Numerical Analysis, LNM 630 (1978);
K. Madsen, H. B. Nielsen, O. Tingleff, *Methods for Non-Linear Least Squares Problems*, 2nd ed. (2004), section 3.2;
Nocedal & Wright, section 10.3.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import SUFFICIENT_DECREASE, TOO_HIGH
from thalweg.descent.parameters import Parameter
from thalweg.descent.trust_region.part import LEAST_GAIN, BoundedStep, GainRule
from thalweg.descent.trust_region.triangle import free_length, solve

LEAST_DAMPING = 2.0**-120
MOST_DAMPING = 2.0**120


def fill(
    n: int,
    T: Array,
    D: Array,
    fixed: Array,
    mu: float,
    longest: float,
    W: Array,
    p: Array,
    d: Array,
) -> float:
    """Write the damped step; the damping grows until it is no longer than it may be."""
    too_long = True
    while too_long:
        solve(n, T, D, fixed, mu, W, d)
        too_long = free_length(n, D, fixed, d) > longest and mu < MOST_DAMPING
        if too_long:
            mu = 4.0 * mu
    return mu


class LevenbergMarquardt(BoundedStep):
    """A Gauss-Newton step, damped towards steepest descent in the scale of the slopes.

    Example:
        >>> import thalweg as tw
        >>> f = tw.LeastSquares("a*exp(b*t)", {"t": [0, 1, 2], "y": [2, 1, 0.5]})
        >>> tw.descend(f, [1, 1], "levenberg-marquardt").x.round(6)
        array([ 2.      , -0.693147])
    """

    name = "levenberg-marquardt"
    fill = staticmethod(fill)


def first(p: Array, s: Array) -> float:
    """The damping of the first step."""
    s[0] = 2.0
    return p[0]


def judge(gain: float, mu: float, p: Array, s: Array) -> tuple[int, float]:
    """Accept: mu max(1/3, 1 - (2 gain - 1)^3); reject: mu nu, where nu doubles each time."""
    if gain > p[1]:
        t = 2.0 * gain - 1.0
        factor = 1.0 - t * t * t
        if factor < 1.0 / 3.0:
            factor = 1.0 / 3.0
        if mu * factor > LEAST_DAMPING:
            mu = mu * factor
        s[0] = 2.0
        return SUFFICIENT_DECREASE, mu
    following = mu * s[0]
    s[0] = 2.0 * s[0]
    return TOO_HIGH, following


class NielsenDamping(GainRule):
    """Damping that follows the gain smoothly, and grows ever faster while steps are rejected.

    Example:
        >>> NielsenDamping(damping=1.0).values["damping"]
        1.0
    """

    name = "damping by the gain"
    table = (
        Parameter(
            "damping", "τ", 1e-12, 1e-15, 1e15, "log", "damping of the first step, beside the squared slopes",
            slider=(1e-12, 1e2),
        ),
        LEAST_GAIN,
    )  # fmt: skip
    first = staticmethod(first)
    judge = staticmethod(judge)
