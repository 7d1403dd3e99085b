"""Step lengths that follow a schedule: they depend on the iteration k alone, not on f.

With t = k - warmup, period T and factor gamma, the length is alpha times

    inverse        1 / (1 + t / T), whose sum diverges, while that of its squares does not: Robbins & Monro (1951)
    square root    1 / sqrt(1 + t / T)
    cosine         floor + (1 - floor) (1 + cos(pi min(t, T) / T)) / 2: Loshchilov & Hutter (2017), without restarts
    exponential    gamma^(t / T)
    step           gamma^floor(t / T)

and during the first `warmup` iterations it rises in a line, alpha (k + 1) / (warmup + 1).  Cosine, exponential and step
are `CosineAnnealingLR` (up to T), `ExponentialLR` and `StepLR` of PyTorch, `cosine_decay_schedule` and
`exponential_decay` of optax.
"""

from __future__ import annotations

from math import pi

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products, StepRule
from thalweg.descent.steps.constant import judge
from thalweg.descent.vocabulary import pick, sqrt

# parameters
ALPHA = 0
SHAPE = 1
PERIOD = 2
GAMMA = 3
FLOOR = 4
WARMUP = 5
GAMMA_EACH = 6  # gamma^(1/T), made from the others

# values of SHAPE
INVERSE = 0.0
SQUARE_ROOT = 1.0
COSINE = 2.0
EXPONENTIAL = 3.0

# memory: powers of gamma are running products
SHARE = 0
SINCE = 1  # iterations since gamma was last applied

TERMS = 14  # of the sine's series: the last one is below 1e-20 up to pi / 2


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
    """The schedule's length at iteration k."""
    t = k - p[WARMUP]
    if t <= 0.0:
        s[SHARE] = 1.0
        s[SINCE] = 0.0
        return p[ALPHA] * (k + 1.0) / (p[WARMUP] + 1.0)
    if p[SHAPE] == INVERSE:
        return p[ALPHA] / (1.0 + t / p[PERIOD])
    if p[SHAPE] == SQUARE_ROOT:
        return p[ALPHA] / sqrt(1.0 + t / p[PERIOD])
    if p[SHAPE] == COSINE:
        left = p[PERIOD] - pick(t < p[PERIOD], t, p[PERIOD])
        root = sine(0.5 * pi * left / p[PERIOD])  # whose square is (1 + cos u) / 2, and 0 at the end
        return p[ALPHA] * (p[FLOOR] + (1.0 - p[FLOOR]) * root * root)
    if p[SHAPE] == EXPONENTIAL:
        s[SHARE] *= p[GAMMA_EACH]
    else:
        s[SINCE] += 1.0
        if s[SINCE] == p[PERIOD]:
            s[SINCE] = 0.0
            s[SHARE] *= p[GAMMA]
    return p[ALPHA] * s[SHARE]


def sine(u: float) -> float:
    """Sin u by its series, 0 <= u <= pi / 2, in the few operations that parts are written in."""
    term = u
    total = u
    for j in range(1, TERMS):
        term *= -u * u / ((2.0 * j) * (2.0 * j + 1.0))
        total += term
    return total


class Schedule(StepRule):
    """A step length that follows a schedule.

    Args:
        alpha: Step length at the start, or at the end of the warm-up.
        shape: ``"inverse"``, ``"square root"``, ``"cosine"``, ``"exponential"`` or ``"step"``.
        period: T, in iterations.
        gamma: Factor of the exponential and the step schedule in every period.
        floor: Share of alpha at which the cosine ends.
        warmup: Iterations of the rise in a line before the schedule.

    Example:
        >>> Schedule(alpha=0.1, shape="cosine", period=50).values["warmup"]
        0
    """

    name = "schedule"
    table = (
        Parameter("alpha", "α", 0.1, 1e-300, 1e300, "log", "step length at the start, or after the warm-up",
                  slider=(1e-5, 10.0)),
        Parameter("shape", "", "inverse", 0, 4, "choice", "how the step length falls",
                  choices=("inverse", "square root", "cosine", "exponential", "step")),
        Parameter("period", "T", 100, 1, 1e9, "integer", "iterations in which it falls", slider=(1, 1000)),
        Parameter("gamma", "γ", 0.5, 1e-12, 1.0, "linear", "factor of the exponential and step schedules in a period"),
        Parameter("floor", "", 0.01, 0.0, 1.0, "linear", "share of the step length at which the cosine ends"),
        Parameter("warmup", "", 0, 0, 1e9, "integer", "iterations of a rise in a line before", slider=(0, 100)),
    )  # fmt: skip
    first = staticmethod(first)
    bends = True
    judge = staticmethod(judge)
    searches = False

    def slots(self) -> list[float]:
        """The table's values, and gamma^(1/T)."""
        slots = super().slots()
        return [*slots, slots[GAMMA] ** (1.0 / slots[PERIOD])]
