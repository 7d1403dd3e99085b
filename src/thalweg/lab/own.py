"""What a script or a notebook hands to the laboratory: a formula or its text, a fit, or a callable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from thalweg.lab import tables
from thalweg.lab.callables import Tolerant
from thalweg.lab.opening import (
    DEFAULT_BOX,
    OWN,
    Box,
    Opening,
    OpeningError,
    good_start,
    open_fit,
    open_text,
    plane,
    suggested_options,
)
from thalweg.objective.arrays import numbers
from thalweg.objective.formula import Formula
from thalweg.objective.function import Function, FunctionError
from thalweg.objective.least_squares import LeastSquares

_MARGIN = 0.3
"""Space beside what the map must show, as a part of its extent."""


def open_own(objective: object, start: Sequence[float] | None = None) -> Opening:
    """The objective as the page shows it first.

    Raises:
        OpeningError: It has not two variables, or the start has not two numbers.
        FormulaError: A text is not a formula.
    """
    point = None if start is None else _point(start)
    opening = replace(_open(objective, point), problem=OWN)
    if point is None or isinstance(objective, LeastSquares):
        return opening
    return replace(
        opening,
        start=point,
        box=_around(opening.box, point),
        options=suggested_options(opening.objective, point),
    )


def _open(objective: Any, start: tuple[float, float] | None) -> Opening:
    if isinstance(objective, str):
        return replace(open_text(objective, {}), title="Your formula")
    if isinstance(objective, Formula):
        return _open_formula(objective)
    if isinstance(objective, LeastSquares):
        return _open_fit(objective, start)
    if isinstance(objective, Function):
        return _open_function(objective, start)
    if callable(objective):
        return _open_function(Function(objective, n=2), start)
    raise OpeningError(
        f"the laboratory opens a formula, a fit or a callable, not a value of type {type(objective).__name__}"
    )


def _open_formula(formula: Formula) -> Opening:
    names = formula.variables
    if len(names) > 2:
        raise OpeningError(f"the map has two axes, and this formula has the variables {', '.join(names)}")
    if len(names) < 2:
        formula = Formula(
            formula.text, variables=plane(names), parameters=formula.parameters, syntax=formula.syntax
        )
    point = good_start(formula, DEFAULT_BOX)
    return Opening(
        objective=formula,
        text=formula.text,
        title="Your formula",
        mathml=formula.to_mathml(),
        variables=(formula.variables[0], formula.variables[1]),
        parameters=tuple(tables.parameter(name, value, value) for name, value in formula.parameters.items()),
        start=point,
        options=suggested_options(formula, point),
    )


def _open_fit(loss: LeastSquares, start: tuple[float, float] | None) -> Opening:
    """The map shows the way from the start to where a descent ends: the scale of parameters is not known otherwise."""
    from thalweg.entry import descend

    opening = open_fit(loss, title="Your fit")
    point = start or (0.0, 0.0)
    end = descend(loss, list(point), method="armijo", max_iterations=1000, time_limit=1.0).x
    return replace(
        opening,
        editable=False,
        start=point,
        box=_around((end[0], end[0], end[1], end[1]), point),
        options=suggested_options(loss, point),
    )


def _open_function(function: Function, start: tuple[float, float] | None) -> Opening:
    try:
        n = function.n
    except FunctionError:  # not known before the first point, and the first has two coordinates
        n = 2
    if n != 2:
        raise OpeningError(f"the map has two axes, and this function has {n} variables")
    tolerant = Tolerant(function)
    return Opening(
        objective=tolerant,
        text=function.describe(),
        title="Your function",
        editable=False,
        variables=tolerant.variables,
        start=start or good_start(tolerant, DEFAULT_BOX),
    )


def _point(start: Sequence[float]) -> tuple[float, float]:
    point = numbers(start)
    if point is None or point.shape != (2,) or not np.isfinite(point).all():
        raise OpeningError(f"the start has two finite numbers, one for each axis of the map, not {start!r}")
    return float(point[0]), float(point[1])


def _around(box: Box, point: tuple[float, float]) -> Box:
    """The box, widened where the point lies outside or at its edge."""
    x0, x1 = _interval(box[0], box[1], point[0])
    y0, y1 = _interval(box[2], box[3], point[1])
    return x0, x1, y0, y1


def _interval(low: float, high: float, value: float) -> tuple[float, float]:
    if low < value < high:
        return low, high
    low, high = min(low, value), max(high, value)
    margin = _MARGIN * (high - low) or max(1.0, abs(value))
    return float(low - margin), float(high + margin)
