"""A start for a fit that was given none: the linear parameters solved out, a space-filling search over the rest.

The points of Halton's sequence fill the box of the logarithms of the other parameters' magnitudes, with either sign;
the magnitudes reach around 1, the predictors' own size, and one over it. The best few go down a little way, and the
best of those is the start. Nothing is random: the same data give the same start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from thalweg.entry import descend
from thalweg.errors import ParameterError
from thalweg.fit.cautions import undetermined
from thalweg.fit.solution import ENDED, SMALL_OFFSET, Real
from thalweg.objective.least_squares import LeastSquares
from thalweg.objective.projected import Projected

POINTS = 400
"""Points tried for each parameter that is searched, up to `MOST_POINTS`."""
MOST_POINTS = 2000
DESCENTS = 24
"""How many of the best go down a little way."""
SHORT = 60
"""Iterations of such a descent."""
DECADES = 2.0
"""How far magnitudes reach beyond the sizes that the data suggest."""
APART = 0.05
"""Starts whose loss is within this share of one another's, and as near in every parameter, count as one."""

SAME = 1e-6
"""Minima whose losses are within this share of one another's count as one."""


def halton(count: int, dimensions: int) -> Real:
    """The first points of Halton's sequence in the unit cube, (count, dimensions), each scrambled by a fixed shift.

    Example:
        >>> halton(3, 2).shape
        (3, 2)
    """
    points = np.empty((count, dimensions))
    for d, base in enumerate(_primes(dimensions)):
        index, scale = np.arange(1, count + 1), 1.0
        column = np.zeros(count)
        while index.any():
            scale /= base
            column += scale * (index % base)
            index //= base
        points[:, d] = (column + math.sqrt(base)) % 1.0
    return points


class Sought(NamedTuple):
    """A start (n,), a few words on how it was found, and a caution where there is reason for one."""

    start: Real
    how: str
    caution: str | None = None


def search(objective: LeastSquares, lower: Real, upper: Real) -> Sought:
    """A start within bounds.

    Raises:
        ParameterError: The loss is finite at none of the points tried.
    """
    bounded = np.isfinite(lower) | np.isfinite(upper)
    linear = tuple(i for i in objective.linear_parameters if not bounded[i])
    projected = Projected(objective, linear)
    count = min(MOST_POINTS, max(1, POINTS * projected.n)) if projected.n else 1
    candidates = _points(objective, projected, lower, upper, count)
    tried = [(loss, x) for x in candidates if math.isfinite(loss := float(projected.reduced(x)[0]))]
    if not tried:
        raise ParameterError(
            f"no start was found: {objective.model!r} is not finite at any of {count:,} points; give one by start="
        )
    tried.sort(key=lambda each: each[0])
    bounds = list(zip(lower, upper, strict=True)) if bounded.any() else None
    best: tuple[float, Real] | None = None
    minima: list[float] = []
    for _, x in _distinct(tried)[:DESCENTS]:
        whole = np.clip(projected.complete(x), lower, upper)
        if np.isfinite(whole).all():
            run = descend(
                objective, whole, "levenberg-marquardt", gtol=0.0, max_iterations=SHORT, bounds=bounds
            )
            if math.isfinite(run.fun) and (best is None or run.fun < best[0]):
                best = run.fun, whole  # its descent is the fit's own, from where it can be seen
            if run.reason in ENDED and _is_minimum(objective, run.x):
                minima.append(run.fun)
    assert best is not None
    names = ", ".join(objective.variables[i] for i in linear)
    if not projected.n:
        return Sought(best[1], "solved, since the model is linear in its parameters")
    solved = f", {names} solved out" if names else ""
    return Sought(best[1], f"searched at {count:,} points{solved}", _caution(minima, best[0]))


def _is_minimum(objective: LeastSquares, x: Real) -> bool:
    """Whether the loss is stationary at x (n,), and the data determine all parameters there."""
    n = objective.n
    triangle = objective.reduced(x)[1:].reshape(n + 1, n + 1)
    along, across = float(np.linalg.norm(triangle[:-1, -1])), abs(float(triangle[-1, -1]))
    return along <= SMALL_OFFSET * across and not undetermined(triangle[:-1, :-1], objective.variables)


def _caution(minima: Sequence[float], best: float) -> str | None:
    """What is to be said where short descents met several minima, of these losses."""
    same = best * (1.0 + SAME)
    others = sorted(loss for loss in minima if loss > same)
    if not others or best <= 0.0:
        return None
    kinds = sum(loss > last * (1.0 + SAME) for last, loss in pairwise([best, *others]))
    return (
        f"The search for a start met {kinds} other minim{'um' if kinds == 1 else 'a'}, at which {len(others)} of the "
        f"{len(minima)} short descents that arrived ended; the lowest has {others[0] / best:.4g} times the sum of "
        "squares, and there may be better ones that no descent met."
    )


def _points(objective: LeastSquares, projected: Projected, lower: Real, upper: Real, count: int) -> Real:
    """Points (count, n) of the parameters that are searched."""
    n = projected.n
    low, high = _decades(objective)
    unit = halton(count, 2 * n)
    exponents = low + (high - low) * unit[:, :n]
    values = 10.0**exponents * np.where(unit[:, n:] < 0.3, -1.0, 1.0)
    for j, place in enumerate(projected.others):
        a, b = lower[place], upper[place]
        if np.isfinite(a) and np.isfinite(b):
            values[:, j] = a + (b - a) * unit[:, j]
        elif np.isfinite(a):
            values[:, j] = a + np.abs(values[:, j])
        elif np.isfinite(b):
            values[:, j] = b - np.abs(values[:, j])
    return values


def _decades(objective: LeastSquares) -> tuple[float, float]:
    """Logarithms of the smallest and the largest magnitude that is tried."""
    sizes = [0.0]
    for name in objective.columns:
        size = float(np.median(np.abs(objective.column(name))))
        if size > 0.0:
            sizes += [math.log10(size), -math.log10(size)]
    return min(sizes) - DECADES, max(sizes) + DECADES / 2.0


def _distinct(tried: Sequence[tuple[float, Real]]) -> list[tuple[float, Real]]:
    """Those that are not nearly another one before them."""
    kept: list[tuple[float, Real]] = []
    for loss, x in tried:
        if len(kept) >= DESCENTS:
            break
        if not any(
            loss <= (1.0 + APART) * other and np.all(np.abs(x - y) <= APART * np.abs(y)) for other, y in kept
        ):
            kept.append((loss, x))
    return kept


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found
