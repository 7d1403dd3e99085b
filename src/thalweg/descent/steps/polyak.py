"""Polyak's step length for a known least value f* (Polyak 1987, Introduction to Optimization, section 5.3).

    alpha = (f - f*) / |g|^2        along -g; along any d that goes down, (f - f*) / -g.d

It is the step to where the tangent reaches f*.  For convex f the distance to a minimiser never grows.  Where f* is
too low the steps are too long, so they are capped; where f is at f* or below it, there is no such step, and the search
has failed.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import AT_TARGET, STEP_TAKEN
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products, StepRule
from thalweg.descent.vocabulary import pick

# parameters
F_STAR = 0
MOST = 1


def first(
    k: float,
    phi: float,
    slope: float,
    last_alpha: float,
    last_phi: float,
    last_slope: float,
    products: Products,
    p: Array,
    s: Array,
) -> float:
    """To where the tangent reaches f*, capped."""
    alpha = (phi - p[F_STAR]) / -slope
    return pick(alpha > 0.0 and alpha <= p[MOST], alpha, p[MOST])


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """Any point will do, as long as f* was still below."""
    return pick(phi_0 > p[F_STAR], STEP_TAKEN, AT_TARGET), alpha


class Polyak(StepRule):
    """Polyak's step length for a known least value.

    Args:
        f_star: The least value of f.
        alpha_max: Longest step length.

    Example:
        >>> Polyak(f_star=-1.0).values["alpha_max"]
        1000.0
    """

    name = "polyak step"
    table = (
        Parameter("f_star", "f*", 0.0, -1e300, 1e300, "linear", "least value of f", slider=(-10.0, 10.0)),
        Parameter("alpha_max", "", 1e3, 1e-300, 1e300, "log", "longest step length", slider=(1e-2, 1e4)),
    )  # fmt: skip
    first = staticmethod(first)
    bends = True
    judge = staticmethod(judge)

    def unbatched(self) -> str:
        """See `Part.unbatched`."""
        return "f* is the least value of f, and every batch has one of its own"
