"""Sensible choices where nobody has said anything: a start, the ranges of the map, a step length."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.lab import tables
from thalweg.verdict.curvature import if_told

if TYPE_CHECKING:
    from thalweg.lab.opening import Point, Range
    from thalweg.objective.protocol import Objective

DEFAULT_RANGE = (-5.0, 5.0)
_STARTS = ((0.15, 0.75), (0.85, 0.75), (0.65, 0.6), (0.55, 0.55), (0.51, 0.52), (0.45, 0.45))
"""As parts of the ranges, in turn; symmetric points are avoided, since they show too little of a method."""
_MARGIN = 0.3
"""Space beside what the map must show, as a part of its extent."""
_SAMPLES = 201


def good_start(objective: Objective, ranges: Sequence[Range]) -> Point:
    """The first of a few scattered points of the ranges where f and its gradient are finite; else their middle."""
    for parts in _STARTS:
        point = tuple(low + parts[i % 2] * (high - low) for i, (low, high) in enumerate(ranges))
        value, gradient = objective.evaluate(np.array(point))
        if isfinite(value) and gradient is not None and bool(np.all(np.isfinite(gradient))):
            return point
    return tuple((low + high) / 2 for low, high in ranges)


def suggested_options(objective: Objective, start: Point) -> dict[str, dict[str, float]]:
    """A step length that suits the start: 1/L with the largest curvature there, rounded down to 1, 2 or 5 times a
    power of ten; none where the curvature is not known."""
    curvature = if_told(lambda: objective.hessian(np.array(start)))
    if curvature is None or not np.all(np.isfinite(curvature)):
        return {}
    largest = float(np.max(np.abs(np.linalg.eigvalsh(curvature))))
    if not 1e-6 <= largest <= 1e6:
        return {}
    return {"gradient descent": {"alpha": tables.one_two_five_below(1.0 / largest)}}


def with_heights(objective: Objective, ranges: Sequence[Range], start: Point) -> tuple[Range, ...]:
    """The ranges; of one variable alone, followed by one of f, which the map then has along its other axis.

    It reaches from the lowest value to that of the start, or to what nine tenths of the values lie below.
    """
    if len(ranges) != 1:
        return tuple(ranges)
    low, high = ranges[0]
    points = [*np.linspace(low, high, _SAMPLES), start[0]]
    values = np.array([objective.evaluate(np.array([x]), gradient=False)[0] for x in points])
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return ranges[0], (-1.0, 1.0)
    least, most = float(np.min(finite)), float(np.quantile(finite, 0.9))
    if isfinite(values[-1]):
        most = max(most, float(values[-1]))
    margin = 0.08 * (most - least) or max(1.0, abs(least))
    return ranges[0], (least - margin, most + margin)


def around(ranges: Sequence[Range], point: Sequence[float]) -> tuple[Range, ...]:
    """The ranges, widened where the point lies outside or at an edge."""
    return tuple(_interval(low, high, value) for (low, high), value in zip(ranges, point, strict=True))


def _interval(low: float, high: float, value: float) -> Range:
    if low < value < high:
        return low, high
    low, high = min(low, value), max(high, value)
    margin = _MARGIN * (high - low) or max(1.0, abs(value))
    return float(low - margin), float(high + margin)


def most_correlated(correlation: NDArray[np.float64], among: NDArray[np.bool_]) -> tuple[int, int]:
    """The two of some variables whose estimates go together most, in their order; the first two where none do.

    Example:
        >>> r = np.array([[1, 0.1, 0.9], [0.1, 1, 0.2], [0.9, 0.2, 1]])
        >>> (
        ...     most_correlated(r, np.array([True, True, True])),
        ...     most_correlated(r, np.array([True, True, False])),
        ... )
        ((0, 2), (0, 1))
    """
    size = np.abs(np.where(np.isfinite(correlation), correlation, 0.0))
    size = np.triu(np.where(among[:, None] & among[None, :], size, -1.0), 1)
    first, second = np.unravel_index(int(np.argmax(size)), size.shape)
    return (int(first), int(second)) if size[first, second] > 0.0 else (0, 1)
