"""The constant step: x + alpha d whatever f says there.

On a quadratic with largest curvature L it converges along -g if and only if alpha < 2/L (Nocedal & Wright,
section 3.3); beyond that every step multiplies the error along the steepest axis by |1 - alpha L| > 1.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import STEP_TAKEN
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products, StepRule


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
    """Always alpha."""
    return p[0]


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """Any point will do."""
    return STEP_TAKEN, alpha


class Constant(StepRule):
    """The same step length at every iteration.

    Args:
        alpha: Step length, in units of x per unit of gradient.

    Example:
        >>> Constant(alpha=0.05)
        Constant(alpha=0.05)
    """

    name = "constant step"
    table = (
        Parameter(
            "alpha",
            "α",
            0.1,
            1e-300,
            1e300,
            "log",
            "step length, the same at every iteration",
            slider=(1e-5, 10.0),
        ),
    )
    first = staticmethod(first)
    bends = True
    judge = staticmethod(judge)
    searches = False

    def __init__(self, alpha: object = None, **values: object) -> None:
        super().__init__(**values if alpha is None else {**values, "alpha": alpha})
