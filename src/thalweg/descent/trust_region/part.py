"""The parts of a method that bounds its step: what the automaton `advance.py` beside this file calls."""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.trust_region.advance import BOUNDED, numbers, own, vectors

REACH = Parameter(
    "reach",
    "",
    1.0,
    1e-6,
    1e6,
    "log",
    "longest step beside the point itself, both in the scale of the slopes",
)
LEAST_GAIN = Parameter(
    "least_gain", "η", 1e-4, 0.0, 0.5, "log", "share of the promised decrease that a step must reach",
    slider=(1e-6, 0.25),
)  # fmt: skip


class BoundedStep(Direction):
    """A step of bounded length: `fill(n, T, D, fixed, bound, longest, W, p, d)` writes d and returns the bound used.

    T is the factor [R z] of the residuals and their slopes (`descent/reduced.py`), D the scale of the variables,
    `bound` the damping or radius, W room for (n+1, n+1) numbers. Where `fixed` is not 0, d is given; of the rest, |D d|
    is at most `longest`, for which the bound is tightened.
    """

    table = (REACH,)

    residuals = True
    bounds_step = True

    def memory(self, n: int) -> int:
        """What the automaton keeps; such a part has no memory of its own."""
        return numbers(n)

    def bound(self, memory: Array, lower: Array, upper: Array) -> None:
        """Variables stay within these; those whose bounds are equal stay where they are."""
        n = len(lower)
        memory[own(n) + BOUNDED] = 1.0
        memory[vectors(n) + n : vectors(n) + 2 * n] = lower
        memory[vectors(n) + 2 * n : vectors(n) + 3 * n] = upper


class GainRule(StepRule):
    """A rule on the gain, the share of the promised decrease that a trial reached: -1 where it is not finite.

    `first(p, s)` gives the first bound (damping or radius), `judge(gain, bound, p, s)` a judgement and the next bound.
    """

    searches = False
    bounds_step = True
