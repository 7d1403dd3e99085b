"""Whether a gradient that a user gives for f is the gradient of f, by differences of f.

A slope is doubted only where nothing else explains what differences find: their own truncation (a step three times as
long shows it), noise in f (`noise.py`), or a kink, at which any slope between the two one-sided ones is as good.
Up to `MOST_COMPONENTS` variables each component is looked at; beyond, three random directions, which see all of
them at once, and where one of these is doubtful halving it finds the component.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from thalweg.objective.differences import CENTRAL_STEP
from thalweg.objective.noise import noise_of
from thalweg.objective.protocol import Vector

MOST_COMPONENTS = 10
DIRECTIONS = 3
AGREEMENT = 1e-4  # of the slope: two figures that agree so well are the same
LONGEST = 1e-2  # times the size of x or 1: noise may ask for such a step
LONGER = 3.0  # a step so many times as long has nine times the truncation
SAFETY = 10.0  # times the estimated errors

Fun = Callable[[Vector], float]


@dataclass(frozen=True)
class Misfit:
    """A component of a gradient that does not fit f: which one, the given figure, and what differences find."""

    component: int
    given: float
    found: float


class GradientWarning(UserWarning):
    """A gradient that was given does not fit the function, as differences show."""


class Checker:
    """f round a point, with its noise, which is estimated when it is first wanted."""

    def __init__(self, fun: Fun, x: Vector, value: float, gradient: Vector) -> None:
        self._fun = fun
        self._x = x
        self._value = value
        self._gradient = gradient
        self._noise: float | None = None

    def worst(self) -> Misfit | None:
        """The worst component; None where all fit, or nothing can be told."""
        n = len(self._x)
        if not (np.isfinite(self._value) and np.isfinite(self._gradient).all()):
            return None
        if n <= MOST_COMPONENTS:
            found = [self._component(i) for i in range(n)]
        else:
            found = [self._component(i) for i in sorted(set(self._suspects()))]
        doubtful = [misfit for misfit in found if misfit is not None]
        return max(doubtful, key=lambda each: abs(each.found - each.given), default=None)

    def _component(self, i: int) -> Misfit | None:
        d = np.zeros(len(self._x))
        d[i] = 1.0
        found = self._doubt(d * self._scale())
        if found is None:
            return None
        return Misfit(i, float(self._gradient[i]), float(found / self._scale()[i]))

    def _suspects(self) -> Iterator[int]:
        """For each doubtful random direction the component that halving it leads to."""
        random = np.random.default_rng(0)
        for _ in range(DIRECTIONS):
            d = random.choice([-1.0, 1.0], len(self._x)) * self._scale()
            if self._doubt(d) is None:
                continue
            among = np.arange(len(d))
            while len(among) > 1:
                half = among[: len(among) // 2]
                part = np.zeros(len(d))
                part[half] = d[half]
                among = half if self._doubt(part) is not None else among[len(among) // 2 :]
            yield int(among[0])

    def _scale(self) -> Vector:
        return np.where(self._x != 0.0, np.abs(self._x), 1.0)

    def _doubt(self, d: Vector) -> float | None:
        """What f's slope along d is, where the gradient clearly tells another one; None where it may be right."""
        given = float(self._gradient @ d)
        size = float(np.abs(self._gradient) @ np.abs(d))
        h = CENTRAL_STEP
        short = self._sides(d, h)
        if short is None:
            return None
        slope = (short[1] - short[0]) / (2.0 * h)
        if abs(slope - given) <= AGREEMENT * (size + abs(slope)):
            return None
        longest = LONGEST * max(1.0, 1.0 / float(np.abs(d).max()))
        noise = self._noise_along(d)
        while SAFETY * noise / h > AGREEMENT * (size + abs(slope)) and h < longest:
            h = min(100.0 * h, longest)
            wider = self._sides(d, h)
            if wider is None:
                return None
            short, slope = wider, (wider[1] - wider[0]) / (2.0 * h)
        long = self._sides(d, LONGER * h)
        if long is None:
            return None
        truncation = abs((long[1] - long[0]) / (2.0 * LONGER * h) - slope)
        error = SAFETY * (truncation + noise / h)
        backward, forward = (self._value - short[0]) / h, (short[1] - self._value) / h
        between = min(backward, forward) - error <= given <= max(backward, forward) + error
        if between or abs(slope - given) <= AGREEMENT * (size + abs(slope)) + error:
            return None
        return slope

    def _sides(self, d: Vector, h: float) -> tuple[float, float] | None:
        """Values at x - h d and x + h d; None where either is not finite, or the callable refuses it."""
        behind, ahead = self._at(self._x - h * d), self._at(self._x + h * d)
        return (behind, ahead) if np.isfinite(behind) and np.isfinite(ahead) else None

    def _noise_along(self, d: Vector) -> float:
        if self._noise is None:
            self._noise = noise_of(lambda t: self._at(self._x + t * d))
        return self._noise

    def _at(self, x: Vector) -> float:
        try:
            return self._fun(x)
        except Exception:  # the callable's own, outside its domain; only a run passes it on
            return float("nan")


def misfit(fun: Fun, x: Vector, value: float, gradient: Vector) -> Misfit | None:
    """The worst component of a gradient, given for f at x (n,), that clearly does not fit; None where all may be right.

    Takes 2n evaluations up to 10 variables, 6 beyond, and more only for what looks doubtful.

    Example:
        >>> misfit(lambda x: x[0] ** 2 + x[1] ** 3, np.array([1.0, 2.0]), 9.0, np.array([2.0, 4.0]))
        Misfit(component=1, given=4.0, found=12.000...)
    """
    return Checker(fun, x, value, gradient).worst()
