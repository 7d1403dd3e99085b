"""A start for a fit that was given none: the linear parameters solved out, a space-filling search over the rest.

Points of Halton's sequence are turned into values of the other parameters: half of them as the formula suggests
(`plausible`), half spread over the logarithms of magnitudes. For the best of them each parameter in turn is tried at
all its other values, which finds a second peak or period where the first was met. Some of them, and some points from
further down, go down a little way, and the lowest end is the start. Nothing is random: the same data give the same
start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from thalweg.entry import descend
from thalweg.errors import ParameterError
from thalweg.fit.cautions import undetermined
from thalweg.fit.plausible import plausible
from thalweg.fit.solution import ENDED, SMALL_OFFSET, Real
from thalweg.objective.function_squares import FunctionSquares
from thalweg.objective.least_squares import LeastSquares
from thalweg.objective.projected import Projected
from thalweg.progress import Progress, progress
from thalweg.trajectory import Trajectory

POINTS = 800
"""Points tried for each parameter that is searched, up to `MOST_POINTS`."""
MOST_POINTS = 4000
OF_A_FUNCTION = 0.5
"""What is left of these numbers where a Python function is called."""
SWEPT = 24
"""How many of the best are tried with other values of each parameter,"""
SWEEPS = 6
"""at most so many times,"""
VALUES = 160
"""with so many values for all parameters together."""
DESCENTS = 24
"""How many go down a little way: half of them from the best, half from points spread over the best"""
SHARE = 0.1
"""of all points."""
SHORT = 60
"""Iterations of such a descent."""
DECADES = 2.0
"""How far magnitudes reach beyond the sizes that the data suggest."""
APART = 0.05
"""Starts whose loss is within this share of one another's, and as near in every parameter, count as one."""
SAME = 1e-6
"""Minima whose losses are within this share of one another's count as one."""
MOST_ROWS = 4096
"""Rows beyond which the search looks at some so many of them alone,"""
FINAL = 4
"""and so many of its ends are compared on all."""
BLOCK = 256
"""Points whose factors are solved together."""


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


def _as_suggested(count: int) -> slice:
    """Which of so many points the formula suggests: the first half.

    Not every other one, which in base 2 is all that lies in one half of the interval: the other would never be drawn.
    """
    return slice(0, (count + 1) // 2)


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
    return _Search(objective, lower, upper).sought()


class _End(NamedTuple):
    """Where a short descent ended: the loss, the parameters (n,), and whether that is a minimum."""

    loss: float
    x: Real
    is_minimum: bool


class _Search:
    def __init__(self, objective: LeastSquares, lower: Real, upper: Real) -> None:
        self._objective = objective
        self._few = objective.thinned(MOST_ROWS)
        self._squares = squares = self._few.squares_alone()
        self._lower, self._upper = lower, upper
        self._effort = 1.0 if objective.gradient_is_free else OF_A_FUNCTION
        fixed = {i: float(lower[i]) for i in np.flatnonzero(lower == upper).tolist()}
        self._projected = Projected(squares, squares.linear_parameters, fixed)
        bounded = np.isfinite(lower) | np.isfinite(upper)
        self._bounds = list(zip(lower, upper, strict=True)) if bounded.any() else None
        self._solves_within = bool(bounded[self._projected.linear].any())

    def sought(self) -> Sought:
        n, linear = self._projected.n, self._projected.linear
        points = self._points(int(self._effort * min(MOST_POINTS, POINTS * n))) if n else np.empty((1, 0))
        count = len(points)
        with progress("searching for a start", None, "points") as shown:
            losses = self._losses(points, shown)
            if not np.isfinite(losses).any():
                self._objective.require_finite(
                    np.clip(self._projected.without(points[0]), self._lower, self._upper)
                )
                raise ParameterError(
                    f"no start was found: {self._objective.model!r} is not finite at any of {count:,} points; "
                    "give one by start="
                )
            begins = self._swept(points, losses, shown)
            ends = [end for x in begins if (end := self._descent(x)) is not None]
            if not ends:
                raise ParameterError(
                    f"no start was found: no descent from the best of {count:,} points stays finite; give one by start="
                )
            shown.advance(len(ends))
        ends.sort(key=lambda end: end.loss)
        same = ends[0].loss * (1.0 + SAME) + self._rounding
        agree = sum(end.loss <= same for end in ends)
        best = self._on_all_rows(ends)
        if not n:
            return Sought(best, "solved, since the model is linear in its parameters")
        names = ", ".join(self._objective.variables[i] for i in linear)
        how = f"searched at {count:,} points" + (f", {names} solved out" if names else "")
        if self._few is not self._objective:
            how += f", on {self._few.rows:,} of the rows"
        how += f"; {agree} of {len(ends)} short descents ended there"
        caution = _caution([end.loss for end in ends if end.is_minimum], ends[0].loss, same)
        if caution is None and agree == 1 and len(ends) > 1:
            caution = (
                f"Of the {len(ends)} short descents of the search for a start only one came down as far as the start "
                "that was found; there may be better minima that none met."
            )
        return Sought(best, how, caution)

    # ------------------------------------------------------------------------------------------------- where it looks

    def _points(self, count: int) -> Real:
        """Points (count, n) of the parameters that are searched."""
        others, all_of = self._projected.others, self._objective.n
        unit = halton(count, 2 * len(others))
        values, columns = self._spread(unit), [self._squares.column(name) for name in self._squares.columns]
        half = _as_suggested(count)
        if columns and isinstance(self._squares, FunctionSquares):  # no formula says what a parameter is for
            at, sign = unit[half, : len(others)], unit[half, len(others) :]
            low, high = float(np.min(columns[0])), float(np.max(columns[0]))
            values[half] = np.where(sign < 0.5, low + (high - low) * at, values[half])
        elif columns:
            draws, usual, known = (
                np.zeros((len(unit[half]), 2 * all_of)),
                np.zeros((len(unit[half]), all_of)),
                np.ones(all_of),
            )
            known[others] = np.nan
            for j, place in enumerate(others):
                draws[:, [2 * place, 2 * place + 1]] = unit[half][:, [j, len(others) + j]]
                usual[:, place] = values[half, j]
            values[half] = plausible(self._squares.parsed, columns, draws, usual, known)[:, others]
        return self._within(values, unit)

    def _spread(self, unit: Real) -> Real:
        """Values over all magnitudes from one over the data's sizes to these, and around 1."""
        sizes = [0.0]
        for name in self._squares.columns:
            size = float(np.median(np.abs(self._squares.column(name))))
            if size > 0.0:
                sizes += [math.log10(size), -math.log10(size)]
        low, high = min(sizes) - DECADES, max(sizes) + DECADES / 2.0
        n = self._projected.n
        return 10.0 ** (low + (high - low) * unit[:, :n]) * np.where(unit[:, n:] < 0.3, -1.0, 1.0)

    def _within(self, values: Real, unit: Real) -> Real:
        """The same within the bounds: folded back at one bound, spread between two."""
        for j, place in enumerate(self._projected.others):
            a, b, v = self._lower[place], self._upper[place], values[:, j]
            if np.isfinite(a) and np.isfinite(b):
                even = a + (b - a) * unit[:, j]
                values[:, j] = np.where((v >= a) & (v <= b), v, even)
                rest = slice(_as_suggested(len(unit)).stop, None)
                values[rest, j] = even[rest]
            elif np.isfinite(a):
                values[:, j] = np.where(v < a, 2.0 * a - v, v)
            elif np.isfinite(b):
                values[:, j] = np.where(v > b, 2.0 * b - v, v)
        return values

    # ------------------------------------------------------------------------------------------------- what it finds

    def _losses(self, points: Real, shown: Progress) -> Real:
        """The least loss at each of the points, with the linear parameters solved out."""
        found = np.empty(len(points))
        for first in range(0, len(points), BLOCK):
            some = points[first : first + BLOCK]
            factors = self._factors(some)
            finite = np.isfinite(factors).all(axis=(1, 2))
            factors[~finite] = 0.0
            found[first : first + BLOCK] = np.where(finite, self._least(factors), math.inf)
            shown.advance(len(some))
        return found

    def _least(self, factors: Real) -> Real:
        """The least loss for each of these factors of [J_a r]."""
        R: Real = np.asarray(np.linalg.qr(factors, mode="r"))
        with np.errstate(all="ignore"):  # overflow is an answer
            losses = 0.5 * R[:, -1, -1] ** 2 if R.shape[1] == R.shape[2] else np.zeros(len(R))
            if self._solves_within:
                lower, upper = self._linear_bounds
                try:
                    a = np.linalg.solve(R[:, :-1, :-1], -R[:, :-1, -1:])[..., 0]
                    outside = ~((a >= lower) & (a <= upper)).all(axis=1)
                except np.linalg.LinAlgError:  # one of them is singular, or there are fewer rows
                    outside = np.ones(len(R), dtype=bool)
                losses[outside] = [_solved_within(r, lower, upper)[1] for r in R[outside]]
        return losses

    def _factors(self, points: Real) -> Real:
        """[J_a r], as rows of a factor, where the linear parameters a are 0: one for each point."""
        return self._squares.linear_factors(self._projected.without(points), self._projected.linear)

    @property
    def _linear_bounds(self) -> tuple[Real, Real]:
        return self._lower[self._projected.linear], self._upper[self._projected.linear]

    def _swept(self, points: Real, losses: Real, shown: Progress) -> list[Real]:
        """Where short descents begin: the best points, and what became of them when each parameter in turn was tried
        at the others' values."""
        order = [i for i in np.argsort(losses, kind="stable").tolist() if math.isfinite(losses[i])]
        first = _distinct([(float(losses[i]), points[i]) for i in order], DESCENTS)
        n = self._projected.n
        if not n:
            return [x for _, x in first]
        each = max(VALUES // n, 16)
        pool = np.sort(points, axis=0)[np.linspace(0, len(points) - 1, each).astype(int)]
        swept = [
            (loss, x.copy())
            for loss, x in first[: max(1, int(self._effort * min(SWEPT, MOST_POINTS // (n * each))))]
        ]
        for _ in range(SWEEPS):
            tried = np.repeat([x for _, x in swept], n * each, axis=0).reshape(len(swept), n, each, n)
            for j in range(n):
                tried[:, j, :, j] = pool[:, j]
            found = self._losses(tried.reshape(-1, n), shown).reshape(len(swept), -1)
            before = [loss for loss, _ in swept]
            for k, at in enumerate(np.argmin(found, axis=1).tolist()):
                if found[k, at] < swept[k][0]:
                    swept[k] = float(found[k, at]), tried[k].reshape(-1, n)[at]
            if before == [loss for loss, _ in swept]:
                break
        swept.sort(key=lambda pair: pair[0])
        most = max(4, int(self._effort * DESCENTS))
        best = _distinct(swept, most // 2)
        # the others from further down: they tell how far the end depends on where a descent begins
        good = order[: max(int(SHARE * len(order)), most)]
        spread = [(float(losses[i]), points[i]) for i in good[:: max(len(good) // (most - len(best)), 1)]]
        return [x for _, x in _distinct([*best, *spread], most)]

    def _descent(self, x: Real) -> _End | None:
        """A short descent from these values of the parameters that are searched."""
        projected, free = self._projected, self._few.is_separable and not self._solves_within
        if self._solves_within:
            whole = projected.without(x)
            whole[projected.linear] = _solved_within(self._factors(x[None, :])[0], *self._linear_bounds)[0]
        else:
            whole = projected.complete(x)
        if not np.isfinite(whole).all():
            return None
        if free and projected.n and projected.linear:
            bounds = None if self._bounds is None else [self._bounds[i] for i in projected.others]
            run = _short(projected, x, bounds)
            end = projected.complete(run.x)
        else:
            run = _short(self._few, whole, self._bounds)
            end = run.x
        if not (math.isfinite(run.fun) and np.isfinite(end).all()):
            return None
        return _End(run.fun, end, run.reason in ENDED and _is_minimum(self._few, end))

    @property
    def _rounding(self) -> float:
        """What a loss may be off by where it is nothing but rounding."""
        return float(np.sum((8.0 * np.finfo(float).eps * self._few.observed) ** 2))

    def _on_all_rows(self, ends: Sequence[_End]) -> Real:
        """The best end, by the loss of all rows."""
        if self._few is self._objective:
            return ends[0].x
        best = [x for _, x in _distinct([(end.loss, end.x) for end in ends], FINAL)]
        runs = [_short(self._objective, x, self._bounds) for x in best]
        return min(runs, key=lambda run: run.fun).x


def _short(objective: Any, x: Real, bounds: Any) -> Trajectory:
    """A short descent."""
    return descend(
        objective, x, "levenberg-marquardt", gtol=0.0, max_iterations=SHORT, bounds=bounds, record="last"
    )


def _solved_within(R: Real, lower: Real, upper: Real) -> tuple[Real, float]:
    """The a within bounds for which |[J_a r] (a, 1)| is small, from any factor R of [J_a r], and half its square."""
    k = len(lower)
    held, a = np.zeros(k, dtype=bool), np.zeros(k)
    if not np.isfinite(R).all():
        return a, math.inf
    for _ in range(k + 1):
        rest = R[:, -1] + R[:, :k][:, held] @ a[held]
        if not held.all():
            a[~held] = np.linalg.lstsq(R[:, :k][:, ~held], -rest, rcond=None)[0]
        outside = (a < lower) | (a > upper)
        if not outside.any():
            break
        a = np.clip(a, lower, upper)
        held |= outside
    with np.errstate(all="ignore"):  # overflow is an answer
        left = R[:, :k] @ a + R[:, -1]
        return a, 0.5 * float(left @ left)


def _is_minimum(objective: LeastSquares, x: Real) -> bool:
    """Whether the loss is stationary at x (n,), and the data determine all parameters there."""
    n = objective.n
    triangle = objective.reduced(x)[1:].reshape(n + 1, n + 1)
    along, across = float(np.linalg.norm(triangle[:-1, -1])), abs(float(triangle[-1, -1]))
    return along <= SMALL_OFFSET * across and not undetermined(triangle[:-1, :-1], objective.variables)


def _caution(minima: Sequence[float], best: float, same: float) -> str | None:
    """What is to be said where short descents met several minima, of these losses."""
    others = sorted(loss for loss in minima if loss > same)
    if not others or best <= 0.0:
        return None
    kinds = sum(loss > last * (1.0 + SAME) for last, loss in pairwise([best, *others]))
    return (
        f"The search for a start met {kinds} other minim{'um' if kinds == 1 else 'a'}, at which {len(others)} of the "
        f"{len(minima)} short descents that arrived ended; the lowest has {others[0] / best:.4g} times the sum of "
        "squares, and there may be better ones that no descent met."
    )


def _distinct(tried: Sequence[tuple[float, Real]], most: int) -> list[tuple[float, Real]]:
    """Those that are not nearly another one before them."""
    kept: list[tuple[float, Real]] = []
    for loss, x in tried:
        if len(kept) >= most:
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
