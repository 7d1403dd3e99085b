"""A model with its data, as the page shows it: the loss written out, the rows that are drawn, a fit that was made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from thalweg.lab.choices import (
    DEFAULT_RANGE,
    around,
    good_start,
    most_correlated,
    suggested_options,
    with_heights,
)
from thalweg.lab.opening import Data, Opening, OpeningError, Point, Range, Vector, check_size
from thalweg.lab.settings import settings_of

if TYPE_CHECKING:
    from thalweg.fit import Fit
    from thalweg.fit.solution import Solution
    from thalweg.objective.least_squares import LeastSquares

MOST_POINTS = 2_000
"""Data points that a page is sent to draw."""
CURVE_POINTS = 201
"""Abscissae at which a fitted curve is sampled."""
MOST_ROWS = 2_000_000
"""Rows of a fit that can be opened: every run passes over them many times."""
_ERRORS = 4.0
"""Standard errors that the map shows to both sides of an estimate, at least."""


def open_squares(loss: LeastSquares, *, title: str) -> Opening:
    """A model with its data; the caller knows ranges and start.

    Raises:
        OpeningError: The rows are streamed, or too many.
    """
    if loss.memory is None:
        raise OpeningError(
            f"the rows of {loss.source} are streamed, and the laboratory, which fits anew while you drag, needs them "
            "in memory: give memory= room for them, or open a sample"
        )
    if loss.rows > MOST_ROWS:
        raise OpeningError(
            f"the laboratory fits anew while you drag, up to {MOST_ROWS:,} rows, and {loss.source} has {loss.rows:,}: "
            "open a sample of them"
        )
    check_size(loss.n)
    return Opening(
        objective=loss,
        text=loss.model,
        title=title,
        mathml=_mathml_of(loss),
        variables=loss.variables,
        ranges=(DEFAULT_RANGE,) * loss.n,
        equal_scale=False,
        start=(0.0,) * loss.n,
        data=_data(loss),
    )


def open_fit(fit: Fit, start: Point | None = None) -> Opening:
    """A fit that was made: the same loss, data, bounds, method and start, so the same way to the estimates.

    What was solved directly starts at zero, from where a linear model takes one step, unless a start is given.

    Raises:
        OpeningError: As `open_squares`.
    """
    solution, found = fit.solution, fit.statistics
    loss, bounds = solution.objective, solution.bounds
    opening = open_squares(loss, title=_title(loss))
    begin = solution.start if solution.direct is None else np.zeros(loss.n)
    point = tuple(map(float, begin)) if start is None else start
    if bounds is not None:
        low, high = np.array(bounds).T
        point = tuple(map(float, np.clip(point, low, high)))
    errors = np.where(np.isfinite(found.standard_errors), _ERRORS * found.standard_errors, 0.0)
    x = solution.x
    ranges = around([(float(a - e), float(a + e)) for a, e in zip(x, errors, strict=True)], point)
    settings = settings_of(solution.run)
    return replace(
        opening,
        editable=False,
        bounds=bounds,
        ranges=with_heights(loss, ranges, point),
        axes=most_correlated(found.correlation, solution.free) if loss.n > 1 else (0, 1),
        start=point,
        options=suggested_options(loss, point),
        estimates=tuple(zip(map(float, x), map(float, found.standard_errors), strict=True)),
        minimisers=(tuple(map(float, x)),) if fit.success else (),
        warnings=_warnings(solution),
        **settings,
    )


def _warnings(solution: Solution) -> tuple[str, ...]:
    """Where the page shows another way than the fit went."""
    if solution.direct is not None:
        return ("the fit was solved directly, as the model is linear; here a method goes there step by step",)
    if not np.array_equal(solution.start, solution.run.start) and solution.bounds is None:
        return ("the fit solved linear parameters out; here the method goes down in all of them",)
    return ()


def open_loss(loss: LeastSquares, start: Point | None) -> Opening:
    """Squared residuals that nobody has fitted yet.

    The map shows the way from the start to where a descent ends: the scale of parameters is not known otherwise.
    """
    from thalweg.entry import descend

    opening = open_squares(loss, title="Your fit")
    zero = (0.0,) * loss.n
    point = start or (
        zero if np.isfinite(loss.evaluate(np.zeros(loss.n))[0]) else good_start(loss, opening.ranges)
    )
    end = descend(loss, list(point), method="levenberg-marquardt", max_iterations=1000, time_limit=1.0).x
    ranges: tuple[Range, ...] = around([(float(value), float(value)) for value in end], point)
    return replace(
        opening,
        editable=False,
        start=point,
        ranges=with_heights(loss, ranges, point),
        options=suggested_options(loss, point),
    )


def predicted(loss: LeastSquares, data: Data, x: Vector) -> tuple[Vector, Vector]:
    """The fitted curve, where there is one, and the prediction for each row that is drawn."""
    curve = np.empty(0) if data.column is None else loss.predict(x, {data.column: data.at})
    if data.column is not None and data.every > 1:
        rows = loss.predict(x, {data.column: data.abscissae})
    else:
        rows = loss.predict(x)[:: data.every]
    return np.ascontiguousarray(curve, dtype=float), np.ascontiguousarray(rows, dtype=float)


def _title(loss: LeastSquares) -> str:
    return "Your fit" if loss.source == "the data" else loss.source


def _data(loss: LeastSquares) -> Data:
    every = -(-loss.rows // MOST_POINTS)
    along = loss.columns[0] if len(loss.columns) == 1 and loss.groups is None else None
    x = np.empty(0) if along is None else loss.column(along)
    return Data(
        column=along,
        response=loss.response,
        abscissae=x[::every].copy(),
        responses=loss.observed[::every].copy(),
        at=x if along is None else np.linspace(float(np.min(x)), float(np.max(x)), CURVE_POINTS),
        every=every,
        total=loss.rows,
        description=loss.describe(),
    )


def _mathml_of(loss: LeastSquares) -> str:
    """The loss as the page shows it: mean (m x + b - y)^2; nothing for a Python function, which has no formula."""
    from thalweg.expression.parse import parse
    from thalweg.expression.printing import to_mathml
    from thalweg.objective.function_squares import FunctionSquares
    from thalweg.objective.model import sides

    if isinstance(loss, FunctionSquares):
        return ""
    left, right = sides(loss.model)
    read = loss.read
    own = read.own if loss.groups is not None else loss.variables
    if left is None:  # the response may be a column whose name is no symbol, so it joins as a node
        residual = parse(right, variables=own, columns=read.symbols)
        difference = residual.graph.subtract(
            residual.root, residual.graph.column(read.columns.index(loss.response))
        )
    else:
        residual = parse(f"({right}) - ({left})", variables=own, columns=read.symbols)
        difference = residual.root
    squared = replace(residual, root=residual.graph.integer_power(difference, 2))
    words = {
        "mean": "<mi>mean</mi>",
        "sum": "<mo>∑</mo>",
        "half": "<mfrac><mn>1</mn><mn>2</mn></mfrac><mo>∑</mo>",
    }
    opening, body = to_mathml(squared).split(">", 1)
    return f'{opening}>{words[loss.loss]}<mspace width="0.25em"/>{body}'
