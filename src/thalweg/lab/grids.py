"""The function over a plane through its domain: its values on a grid, as the map draws them, and at one point."""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import hypot, isfinite, nan
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thalweg.lab.callables import CallableError
from thalweg.objective.function import FunctionError

if TYPE_CHECKING:
    from thalweg.lab.opening import Box
    from thalweg.objective.protocol import Objective

SLICE_SECONDS = 0.01
"""A slice of work ends about this long after it began."""
MAP_SECONDS = (0.3, 2.0)
"""Time that a map may take, in motion and at rest: where the function is slow (a callable, a fit to very many rows)
its grid is coarser than was asked for."""
RESTING = 256 * 256
"""Points from which on a map is one at rest."""
COARSEST = 24
"""Columns and rows that a map has at least, however slow the function."""

_LARGEST = float(np.finfo(np.float32).max)
"""What is finite stays finite in single precision."""
_POLISH_ITERATIONS = 100


class FieldValues(NamedTuple):
    """Values over a box, ready for the page."""

    values: NDArray[np.float32]
    """(rows, columns) of f - reference; what is not finite stays so."""
    reference: float
    highest: float
    """The largest finite value; 0 where there is none."""
    trouble: str | None
    """What the function raised, if it did, at the first of the points where it did; they are undefined."""


class Slice(NamedTuple):
    """The plane that is drawn: two variables over a box, the others held; of one variable, a line."""

    box: Box
    shape: tuple[int, int]
    """Columns, rows; one row of one variable."""
    axes: tuple[int, int]
    at: NDArray[np.float64]
    """(n,): where the others are held."""

    def points(self, shape: tuple[int, int]) -> NDArray[np.float64]:
        """The points (n, N) of a grid of this shape, row by row."""
        xs, ys = _axes(self.box, shape)
        return self._with(np.tile(xs, len(ys)), np.repeat(ys, len(xs)))

    def diagonal(self, count: int) -> NDArray[np.float64]:
        """Points (n, N) from corner to corner."""
        x0, x1, y0, y1 = self.box
        return self._with(np.linspace(x0, x1, count + 2)[1:-1], np.linspace(y0, y1, count + 2)[1:-1])

    def _with(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        points = np.repeat(self.at[:, None], len(x), axis=1)
        if len(self.at) > 1:
            points[self.axes[1]] = y
        points[self.axes[0] if len(self.at) > 1 else 0] = x
        return points


Slices = Generator[None, None, NDArray[np.float64]]
Evaluate = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Values (N,) at points (n, N)."""


def field(objective: Objective, plane: Slice, minimum: float | None) -> Generator[None, None, FieldValues]:
    """Values over the plane, in slices of work.

    The reference is the known minimum or, where none is known, the smallest value seen: on the grid, at the point
    through which the plane goes, or at the end of a short descent in the plane from its lowest point, so that the
    contours round a minimum do not depend on where the grid fell.
    """
    trouble: list[str] = []
    values = yield from _values(objective, plane, trouble)
    told = trouble[0] if trouble else None
    is_finite = np.isfinite(values)
    finite = values[is_finite]
    if finite.size == 0:
        return FieldValues(values.astype(np.float32), minimum or 0.0, 0.0, told)
    reference = float(np.min(finite))
    if minimum is not None:
        reference = min(reference, minimum)
    elif objective.native is not None:
        reference = min(reference, _polished(objective, plane, values))
    with np.errstate(over="ignore"):
        heights = np.minimum(finite - reference, _LARGEST)
    values[is_finite] = heights
    return FieldValues(values.astype(np.float32), reference, float(np.max(heights)), told)


def reading(objective: Objective, point: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Value and gradient norm at a point; None where they are not finite."""
    value, gradient = objective.evaluate(point)
    if not isfinite(value):
        return None, None  # the gradient's formula may be defined where f is not
    norm = None if gradient is None else hypot(*(float(slope) for slope in gradient))
    return value, norm if norm is not None and isfinite(norm) else None


def _axes(box: Box, shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x0, x1, y0, y1 = box
    return np.linspace(x0, x1, shape[0]), np.linspace(y0, y1, shape[1])


def _values(objective: Objective, plane: Slice, trouble: list[str]) -> Slices:
    """The values, (rows, columns), in slices of work; on a coarser grid where they would take too long."""
    evaluate = _by_calls(objective, trouble) if objective.native is None else _by_batch(objective)
    seconds = _seconds_a_point(evaluate, plane.diagonal(1 if objective.native is None else 64))
    allowed = MAP_SECONDS[plane.shape[0] * plane.shape[1] >= RESTING]
    columns, rows = _affordable(plane.shape, allowed / seconds)
    points = plane.points((columns, rows))
    values = np.empty(points.shape[1])
    at_once = max(1, int(SLICE_SECONDS / seconds))
    for first in range(0, len(values), at_once):
        piece = slice(first, first + at_once)
        values[piece] = evaluate(points[:, piece])
        yield
    return values.reshape(rows, columns)


def _seconds_a_point(evaluate: Evaluate, sample: NDArray[np.float64]) -> float:
    """The best of three, since a machine may be busy; the first also builds the kernel where it is new."""
    spent: list[float] = []
    for _ in range(3):
        began = perf_counter()
        evaluate(sample)
        spent.append(perf_counter() - began)
    return max(min(spent), 1e-9) / sample.shape[1]


def _by_batch(objective: Objective) -> Evaluate:
    from thalweg.kernel.call import call_batch

    native = objective.native
    assert native is not None
    return lambda points: call_batch(native.batch, points, 1 + objective.n, native.context)[0]


def _by_calls(objective: Objective, trouble: list[str]) -> Evaluate:
    def value(point: NDArray[np.float64]) -> float:
        try:
            return objective.evaluate(point.copy(), gradient=False)[0]
        except (CallableError, FunctionError) as error:
            trouble.append(str(error))
            return nan

    return lambda points: np.array([value(point) for point in points.T])


def _affordable(shape: tuple[int, int], points: float) -> tuple[int, int]:
    """The shape, coarser by the same factor along both axes, with about so many points."""
    factor = min(1.0, (points / (shape[0] * shape[1])) ** 0.5)
    if shape[1] == 1:  # one variable: the line has all the points
        factor *= factor
    columns, rows = (min(side, max(COARSEST, int(side * factor))) for side in shape)
    return columns, rows


def _polished(objective: Objective, plane: Slice, values: NDArray[np.float64]) -> float:
    """The value at the end of a short descent from the lowest point of the grid, if that is a minimum in the box; of
    more than two variables, that at the point through which the plane goes, in the box or not."""
    from thalweg.entry import descend

    if len(plane.at) > 2:
        value = objective.evaluate(plane.at, gradient=False)[0]
        return value if isfinite(value) else float("inf")
    lowest = int(np.argmin(np.where(np.isfinite(values), values, np.inf)))
    start = plane.points((values.shape[1], values.shape[0]))[:, lowest]
    run = descend(objective, start, method="armijo", max_iterations=_POLISH_ITERATIONS, gtol=1e-10)
    x0, x1, y0, y1 = plane.box
    sides = [(x0, x1), (y0, y1)]
    inside = all(
        low <= run.x[axis] <= high
        for axis, (low, high) in zip(plane.axes, sides, strict=True)
        if axis < len(run.x)
    )
    return float(run.fun) if inside and run.success else float("inf")
