"""What is negligible at the end of a run: the decrease that is still promised, and what f does nearby.

Nothing here is measured by how high f was at the start: of two runs that end at the same point, the one from further
away has not come closer to a minimum.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.stopping import DECREASE_TOLERANCE, DEFAULTS, ROUNDING
from thalweg.objective.noise import noise_of
from thalweg.verdict.hessian import EPS, Curvature

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

UNFINISHED = 0.1  # of what else is negligible beside |f|, where neither slope nor a look ahead confirms it
NEGLIGIBLE_STEP = 1e-5  # with a small gradient: of Newton's step beside each variable, or what it has moved
LARGEST_NEGLIGIBLE_STEP = 1e-3  # as far as this, that share grows with a gradient asked for that is larger
LARGEST_DECREASE = 2e-6  # and the share of |f| that may be left as far as this
TINY_STEP = 1e-8  # with a small gradient: enough for a run that starts where another one ended
PRECISE_STEP = 1e-6  # with a gradient that is nearly small, of Newton's step beside each variable
NEARLY = 1e3  # times the gradient that passes for small
FALLING_TO_ZERO = 0.1  # of f: more than that is left where f goes to 0
VANISHING = 10.0 * ROUNDING  # of what f varies by, of a value that goes to 0
NEAR = 1e-3  # beside the way that it has come, of a step to a minimum where f has no curvature
BESIDE = (1e-4, 1e-2)  # of the size of the variables, where f is looked at once more
LEFT_BEHIND = 1e-3  # of the way from the start: a variable that is smaller has no size of its own
KEPT = 0.5  # share of what Newton's model promises by which f must fall, and not by more than that again
NOISE = 10.0  # so many times the noise level of f is a difference

Real = NDArray[np.float64]


class Arrival:
    """The tests at the end point of a run, with the gradient's norm there; `value` is f elsewhere."""

    def __init__(self, run: Trajectory, value: Callable[[Real], float], norm: float) -> None:
        self._run, self._value = run, value
        tolerance = max(run.gtol, DEFAULTS["gtol"])
        self.small, self._nearly = norm <= tolerance, norm <= NEARLY * tolerance
        self._way = np.abs(run.x - run.start)
        self._lost = 0.0
        looser = tolerance / DEFAULTS["gtol"]
        self._share = min(DECREASE_TOLERANCE * looser, LARGEST_DECREASE)

    def see(self, known: Curvature) -> None:
        """Take note of the curvature: rounding x itself changes f by what follows from it."""
        across = EPS * float(np.linalg.norm(self._run.x / known.scale))
        self._lost = 0.5 * float(np.abs(known.values).max()) * across * across

    def arrived(self, decrement: float, step: Real, *, definite: bool = False) -> bool:
        """Whether the decrease that is still promised is negligible; `definite`: H is, and known well enough for it.

        It is so beside |f|, or, where a constant in f may hide it, beside what f varies by over the size of x. Where f
        falls to 0 nothing is negligible beside it. There, with a small gradient, Newton's step tells, which is short
        beside each variable or the way that it has come; or what f varies by, which has more digits than that shows.
        """
        size = abs(self._run.fun)
        if decrement <= ROUNDING * size:
            return True
        x = np.abs(self._run.x)
        to_zero = decrement >= FALLING_TO_ZERO * size
        short = max(NEGLIGIBLE_STEP, min(self._run.gtol, LARGEST_NEGLIGIBLE_STEP))
        if self.small:
            there = bool((np.abs(step) <= short * np.maximum(x, self._way)).all())
            if there or float(np.linalg.norm(step)) <= TINY_STEP or decrement <= self._share * size:
                return True
            near = float(np.linalg.norm(step)) <= NEAR * float(np.linalg.norm(np.maximum(x, self._way)))
            if near and to_zero and decrement <= VANISHING * self._relief < np.inf:
                return True
        precise = to_zero and definite and self._nearly and bool((np.abs(step) <= PRECISE_STEP * x).all())
        if not precise and decrement > self._share * size:
            return False
        kept = self._is_kept(decrement, step)
        if precise and kept:
            return True
        share = self._share if kept else UNFINISHED * self._share
        return decrement <= share * min(size, self._relief)

    def _is_kept(self, decrement: float, step: Real) -> bool:
        """Whether f falls along Newton's step by what the model promises."""
        fall = self._run.fun - self._value(self._run.x - step)
        return abs(fall - decrement) <= KEPT * decrement + ROUNDING * abs(self._run.fun)

    def lower(self, value: float, promised: float = 0.0) -> bool:
        """Whether a value elsewhere is lower than promised, by more than passes for nothing."""
        value += promised
        return self._is_less(value) and value < self._run.fun - NOISE * self.noise

    def _is_less(self, value: float) -> bool:
        """Whether a value is lower than that at `run.x` by more than passes for nothing, noise apart."""
        f = self._run.fun
        if not value + max(ROUNDING * abs(f), self._lost) < f:
            return False
        return value + max(self._share * min(abs(f), self._relief), ROUNDING * self._relief) < f

    def reach(self, d: Real) -> float:
        """How far it is along d (n,) until a variable has changed by its own size."""
        moving = d != 0.0
        return float((self._sizes[moving] / np.abs(d[moving])).min(initial=np.inf))

    def vanishes(self, d: Real, curvature: float) -> bool:
        """Whether what a curvature along d promises over the size of x is nothing beside what f varies by there."""
        reach = self.reach(d)
        return (
            0.0 < reach < np.inf and 0.5 * abs(curvature) * reach * reach <= ROUNDING * self._relief < np.inf
        )

    def falls_beside(self, softest: Real, promised: float) -> bool:
        """Whether f is lower nearby, which slope and curvature at a minimum rule out, and a jump or a step does not.

        It is looked for along the direction (n,) in which f is softest, and along a random one, both ways.
        """
        random = self._sizes * np.random.default_rng(1).standard_normal(len(self._sizes))
        for d in (softest, random):
            reach = self.reach(d)
            for h in BESIDE if 0.0 < reach < np.inf else ():
                for y in (self._run.x + h * reach * d, self._run.x - h * reach * d):
                    value = self._value(y) + promised
                    if self._is_less(value) and value < self._run.fun - NOISE * self._noise_at(y):
                        return True  # at a jump, f wavers at `run.x` but not here
        return False

    def is_level(self, d: Real) -> bool:
        """Whether f is level along d and does not stay so: on a plateau there is no telling where it goes down.

        Where f does not depend on something at all, it stays so.
        """
        reach = self.reach(d)
        if not 0.0 < reach < np.inf:
            return False
        f, visible = self._run.fun, max(ROUNDING * abs(self._run.fun), self._lost)
        near, far = (
            [self._value(self._run.x + h * reach * d) - f for h in (share, -share)] for share in (0.1, 1.0)
        )
        level = [abs(change) <= visible for change in near]
        lower = any(here and change < -visible for here, change in zip(level, far, strict=True))
        if not (lower or (all(level) and any(abs(change) > visible for change in far))):
            return False
        visible = max(visible, NOISE * self.noise)
        return any(visible < abs(change) < np.inf for change in far)

    @cached_property
    def _sizes(self) -> Real:
        """The size of each variable, (n,): its own, or the way it has come where that leaves nothing of it."""
        x = np.abs(self._run.x)
        return np.where(x > LEFT_BEHIND * self._way, x, self._way)

    @cached_property
    def _relief(self) -> float:
        """How much f varies over the size of x, whatever constant it has in it."""
        random = np.random.default_rng(0)
        ahead = self._sizes * random.uniform(0.5, 1.0, len(self._sizes))
        values = [self._value(self._run.x + sign * ahead) for sign in (1.0, -1.0)]
        differences = [abs(value - self._run.fun) for value in values if np.isfinite(value)]
        return max(differences, default=float("inf"))

    @cached_property
    def noise(self) -> float:
        """How much f wavers at `run.x`, where terms may cancel in it that are much larger than f; inf where it ends."""
        return self._noise_at(self._run.x)

    def _noise_at(self, x: Real) -> float:
        size = np.maximum(np.abs(self._run.x), self._way)
        along = np.where(size > 0.0, size, float(size.max()) or 1.0)
        along *= np.random.default_rng(0).uniform(0.5, 1.0, len(along))
        return noise_of(lambda t: self._value(x + t * along))
