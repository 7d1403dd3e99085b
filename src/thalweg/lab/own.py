"""What a script or a notebook hands to the laboratory: a formula or its text, a fit, a run, or a callable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from thalweg.lab import link
from thalweg.lab.callables import Tolerant
from thalweg.lab.choices import DEFAULT_RANGE, around, good_start, suggested_options, with_heights
from thalweg.lab.fits import open_fit, open_loss
from thalweg.lab.opening import OWN, Opening, OpeningError, Point, check_size
from thalweg.lab.settings import settings_of
from thalweg.lab.typed import open_formula, open_text
from thalweg.objective.arrays import numbers
from thalweg.objective.formula import Formula
from thalweg.objective.function import Function, FunctionError
from thalweg.objective.least_squares import LeastSquares
from thalweg.trajectory import Trajectory

if TYPE_CHECKING:
    from thalweg.fit import Fit


def open_own(objective: object, start: Sequence[float] | None = None) -> Opening:
    """The objective as the page shows it first.

    Raises:
        OpeningError: It cannot be shown, or the start has not one number for each variable.
        FormulaError: A text is not a formula.
    """
    point = None if start is None else _point(start)
    opening = replace(_open(objective, point), problem=OWN)
    if point is not None and len(point) != len(opening.variables):
        raise OpeningError(
            f"the start has {len(opening.variables)} finite numbers, one for each variable "
            f"({', '.join(opening.variables[:6])}{', ...' * (len(opening.variables) > 6)}), not {start!r}"
        )
    if point is not None and point != opening.start:
        n = len(point)
        ranges = with_heights(opening.objective, around(opening.ranges[:n], point), point)
        options = suggested_options(opening.objective, point)
        opening = replace(opening, start=point, ranges=ranges, options=options)
    return link.linked(opening)


def _open(objective: Any, start: Point | None) -> Opening:
    if isinstance(objective, str):
        return replace(open_text(objective, {}), title="Your formula")
    if isinstance(objective, Formula):
        return open_formula(objective)
    if isinstance(objective, LeastSquares):
        return open_loss(objective, _sized(start, objective.n))
    if isinstance(objective, Trajectory):
        return _open_run(objective, start)
    if isinstance(objective, Function):
        return _open_function(objective, start)
    if hasattr(objective, "solution"):
        fit: Fit = objective
        return open_fit(fit, _sized(start, len(fit.solution.x)))
    if callable(objective):
        return _open_function(Function(objective, n=len(start) if start else 2), start)
    raise OpeningError(
        "the laboratory opens a formula, a fit, a run or a callable, not a value of type "
        f"{type(objective).__name__}"
    )


def _open_run(run: Trajectory, start: Point | None) -> Opening:
    """The run itself: its objective, start, method and limits."""
    begin = start or tuple(map(float, run.start))
    opening = _open(run.objective, begin)
    if run.bounds is not None:
        pairs = tuple((float(low), float(high)) for low, high in zip(*run.bounds, strict=True))
        opening = replace(opening, bounds=pairs)
    wanted = [opening.ranges[i] for i in range(run.n)]
    ranges = with_heights(run.objective, around(around(wanted, begin), run.x.tolist()), begin)
    return replace(opening, start=begin, ranges=ranges, **settings_of(run))


def _open_function(function: Function, start: Point | None) -> Opening:
    try:
        n = function.n
    except FunctionError:  # not known before the first point
        n = len(start) if start else 2
    check_size(n)
    tolerant = Tolerant(function, n)
    ranges = (DEFAULT_RANGE,) * n
    point = _sized(start, n) or good_start(tolerant, ranges)
    return Opening(
        objective=tolerant,
        text=function.describe(),
        title="Your function",
        editable=False,
        variables=tolerant.variables,
        ranges=with_heights(tolerant, ranges, point),
        equal_scale=n > 1,
        start=point,
    )


def _sized(start: Point | None, n: int) -> Point | None:
    """The start, where it has the right length; a wrong one is told of later."""
    return start if start is not None and len(start) == n else None


def _point(start: Sequence[float]) -> Point:
    point = numbers(start)
    if point is None or point.ndim != 1 or not point.size or not np.isfinite(point).all():
        raise OpeningError(f"the start has finite numbers, one for each variable, not {start!r}")
    return tuple(map(float, point))
