"""From what a page asks to open to an objective over a plane: the laboratory's rules for names, boxes and starts.

The map has two axes.  In a typed formula they are x and y where either appears, else the first two names; every
other name becomes a parameter with a slider.  Where only one name is left, a second axis is added along which f does
not change.  Not here: what is computed on an open problem (`session.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.lab import tables
from thalweg.lab.messages import DataInfo, Opened, ParameterInfo

if TYPE_CHECKING:
    from thalweg.expression.parsed import Parsed
    from thalweg.objective.least_squares import LeastSquares
    from thalweg.objective.protocol import Objective
    from thalweg.problems import Problem
    from thalweg.problems.problem import Data

Box = tuple[float, float, float, float]
Vector = NDArray[np.float64]

OWN = "own"
"""Identity, in the problem menu, of what a script or notebook has handed over."""

LONGEST_TEXT = 10_000
"""Characters of a formula that a page may send."""
MOST_PARAMETERS = 12
"""Sliders that a formula may have."""
MOST_POINTS = 2_000
"""Data points that a page is sent to draw."""
CURVE_POINTS = 201
"""Abscissae at which a fitted curve is sampled."""

DEFAULT_BOX: Box = (-5.0, 5.0, -5.0, 5.0)
_STARTS = ((0.15, 0.75), (0.85, 0.75), (0.65, 0.6), (0.55, 0.55), (0.51, 0.52), (0.45, 0.45))
"""As parts of the box; symmetric points are avoided, since they show too little of a method."""
_ITERATIONS = 100


class OpeningError(ThalwegError, ValueError):
    """What was asked for cannot be shown on a plane."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Data in one predictor column, and where a fitted curve is sampled."""

    column: str
    response: str
    abscissae: Vector
    responses: Vector
    at: Vector


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An objective over a plane, with all that the page is told about it."""

    objective: Objective
    text: str
    title: str
    problem: str | None = None
    editable: bool = True
    mathml: str = ""
    variables: tuple[str, str] = ("x", "y")
    parameters: tuple[ParameterInfo, ...] = ()
    box: Box = DEFAULT_BOX
    equal_scale: bool = True
    start: tuple[float, float]
    options: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    max_iterations: int = _ITERATIONS
    minimisers: tuple[tuple[float, ...], ...] = ()
    minimum: float | None = None
    curve: Curve | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_callable(self) -> bool:
        """Whether the objective is a Python callable: slow, uninterruptible, and able to raise anything."""
        return self.objective.native is None

    def at(self, parameters: Mapping[str, float]) -> Objective:
        """The objective with these values of its parameters; those not named keep theirs."""
        if not parameters:
            return self.objective
        known = {info.name for info in self.parameters}
        for name, value in parameters.items():
            if name not in known:
                raise OpeningError(f"the formula has no parameter {name!r}")
            if not isfinite(value):
                raise OpeningError(f"the parameter {name} is a finite number, not {value}")
        from thalweg.objective.formula import Formula

        assert isinstance(self.objective, Formula)  # nothing else has parameters
        return self.objective.with_parameters(**parameters)

    def _cautions(self) -> tuple[str, ...]:
        """What a formula's operations say of where f has no value or no slope."""
        from thalweg.objective.formula import Formula

        return self.objective.warnings if isinstance(self.objective, Formula) else ()

    def is_unchanged(self, parameters: Mapping[str, float]) -> bool:
        """Whether these parameters are those that the known minimum belongs to."""
        present = {info.name: info.default for info in self.parameters}
        return all(present.get(name) == value for name, value in parameters.items())

    def opened(self, view: str, seq: int, revision: int) -> tuple[Opened, tuple[Vector, ...]]:
        """The message that tells the page, and its buffers."""
        curve = self.curve
        message = Opened(
            view=view,
            seq=seq,
            revision=revision,
            problem=self.problem,
            title=self.title,
            text=self.text,
            editable=self.editable,
            mathml=self.mathml,
            variables=[tables.symbol(name) for name in self.variables],
            parameters=list(self.parameters),
            box=self.box,
            equal_scale=self.equal_scale,
            start=list(self.start),
            options={name: dict(values) for name, values in self.options.items()},
            max_iterations=self.max_iterations,
            minimisers=[list(point) for point in self.minimisers],
            minimum=self.minimum,
            data=curve
            and DataInfo(abscissa=curve.column, response=curve.response, rows=len(curve.abscissae)),
            warnings=[*self.warnings, *self._cautions()],
        )
        return message, (curve.abscissae, curve.responses, curve.at) if curve else ()


# ---------------------------------------------------------------------------------------------------------- formulas


def open_text(text: str, values: Mapping[str, float]) -> Opening:
    """A typed formula, by the laboratory's rule for names.

    Raises:
        FormulaError: The text is not a formula.
        OpeningError: It is too long, or has too many parameters.
    """
    from thalweg.expression.parse import parse
    from thalweg.objective.formula import Formula

    _check_length(text)
    parsed = parse(text)
    names = parsed.variables
    axes = plane(names) if not parsed.vectors else _plane_of(parsed)
    others = [name for name in names if name not in axes]
    if len(others) > MOST_PARAMETERS:
        raise OpeningError(
            f"the formula has {len(others)} names beside {axes[0]} and {axes[1]}; "
            f"at most {MOST_PARAMETERS} can be parameters"
        )
    parameters = {name: _finite(name, values.get(name, 1.0)) for name in others}
    formula = Formula(text, variables=axes, parameters=parameters)
    start = good_start(formula, DEFAULT_BOX)
    idle = [axis for axis in axes if axis not in names]
    return Opening(
        objective=formula,
        text=text,
        title="Formula",
        mathml=formula.to_mathml(),
        variables=axes,
        parameters=tuple(tables.parameter(name, value) for name, value in parameters.items()),
        start=start,
        options=suggested_options(formula, start),
        warnings=tuple(f"f does not depend on {tables.symbol(axis)}" for axis in idle),
    )


def _plane_of(parsed: Parsed) -> tuple[str, str]:
    """The axes for a formula with vectors, which are their elements."""
    elements = [name for vector in parsed.vectors for name in vector.elements()]
    if len(elements) != 2:
        named = " and ".join(map(str, parsed.vectors))
        raise OpeningError(
            f"the map has two axes, and {named} has {len(elements):,} elements; a vector of two can be shown, and in "
            "Python or on the command line any can be descended"
        )
    return elements[0], elements[1]


def plane(names: Sequence[str]) -> tuple[str, str]:
    """The axes of the map for a formula with these names.

    Example:
        >>> plane(["a", "y", "b"]), plane(["u", "v", "w"]), plane(["t"])
        (('x', 'y'), ('u', 'v'), ('t', 'y'))
    """
    if "x" in names or "y" in names or not names:
        return "x", "y"
    return (names[0], names[1]) if len(names) > 1 else (names[0], "y")


def open_problem(problem: Problem, text: str | None, values: Mapping[str, float]) -> Opening:
    """A problem of the catalogue; with another text, the same data under another model, or simply that text.

    Raises:
        FormulaError: The text is not a formula.
        OpeningError: It cannot be shown on a plane.
    """
    if text is None or text.strip() == problem.text:
        return _known(problem)
    _check_length(text)
    if problem.data is None or not _is_model(text, problem.data):
        return open_text(text, values)
    from thalweg.objective.least_squares import LeastSquares

    loss = LeastSquares(text, problem.data.path, problem.data.response)
    opening = open_fit(loss, title=problem.title)
    box = _box(problem) if loss.variables == problem.variables else DEFAULT_BOX
    start = good_start(loss, box)
    return replace(opening, problem=problem.id, box=box, start=start, options=suggested_options(loss, start))


def _is_model(text: str, data: Data) -> bool:
    """Whether a text that is typed over a fit is another model of the data, or simply a function: one that contains
    the response, or two names and no column."""
    from thalweg.expression.names import canonical
    from thalweg.expression.parse import parse
    from thalweg.rows.reading import table

    names = parse(text).variables
    columns = {canonical(name) for name in table(data.path).names}
    return canonical(data.response) not in names and (len(names) < 2 or not columns.isdisjoint(names))


def _known(problem: Problem) -> Opening:
    from thalweg.objective.formula import Formula

    objective = problem.objective()
    if isinstance(objective, Formula):
        opening = Opening(
            objective=objective,
            text=problem.text,
            title=problem.title,
            mathml=objective.to_mathml(),
            variables=(problem.variables[0], problem.variables[1]),
            start=(0.0, 0.0),
        )
    else:
        opening = open_fit(objective, title=problem.title)
    return replace(
        opening,
        problem=problem.id,
        box=_box(problem),
        start=(problem.start[0], problem.start[1]),
        options=problem.options,
        max_iterations=problem.max_iterations,
        minimisers=problem.minimisers,
        minimum=problem.minimum,
    )


def open_fit(loss: LeastSquares, *, title: str) -> Opening:
    """A model with its data, drawn where it predicts from one column; the caller knows box and start."""
    if len(loss.variables) != 2:
        names = ", ".join(loss.variables) or "none"
        raise OpeningError(
            f"the map has two axes, so a model has two parameters to fit; this one has: {names}"
        )
    return Opening(
        objective=loss,
        text=loss.model,
        title=title,
        mathml=_mathml_of(loss),
        variables=(loss.variables[0], loss.variables[1]),
        equal_scale=False,
        start=(0.0, 0.0),
        curve=_curve(loss, loss.columns[0]) if len(loss.columns) == 1 else None,
    )


def _mathml_of(loss: LeastSquares) -> str:
    """The loss as the page shows it: mean (m x + b - y)^2."""
    from thalweg.expression.names import canonical
    from thalweg.expression.parse import parse
    from thalweg.expression.printing import to_mathml

    columns = [canonical(name) for name in (*loss.columns, loss.response)]
    model = parse(loss.model, variables=loss.variables, columns=columns)
    residual = model.graph.subtract(model.root, model.graph.column(len(columns) - 1))
    squared = replace(model, root=model.graph.integer_power(residual, 2))
    words = {
        "mean": "<mi>mean</mi>",
        "sum": "<mo>∑</mo>",
        "half": "<mfrac><mn>1</mn><mn>2</mn></mfrac><mo>∑</mo>",
    }
    opening, body = to_mathml(squared).split(">", 1)
    return f'{opening}>{words[loss.loss]}<mspace width="0.25em"/>{body}'


def _curve(loss: LeastSquares, abscissa: str) -> Curve:
    x, y = loss.column(abscissa), loss.column(loss.response)
    every = -(-len(x) // MOST_POINTS)
    return Curve(
        column=abscissa,
        response=loss.response,
        abscissae=x[::every].copy(),
        responses=y[::every].copy(),
        at=np.linspace(float(np.min(x)), float(np.max(x)), CURVE_POINTS),
    )


# ---------------------------------------------------------------------------------------------------- sensible choices


def good_start(objective: Objective, box: Box) -> tuple[float, float]:
    """The first of a few scattered points of the box where f and its gradient are finite; else its middle."""
    x0, x1, y0, y1 = box
    for u, v in _STARTS:
        point = (x0 + u * (x1 - x0), y0 + v * (y1 - y0))
        value, gradient = objective.evaluate(np.array(point))
        if isfinite(value) and gradient is not None and bool(np.all(np.isfinite(gradient))):
            return point
    return (x0 + x1) / 2, (y0 + y1) / 2


def suggested_options(objective: Objective, start: tuple[float, float]) -> dict[str, dict[str, float]]:
    """A step length that suits the start: 1/L with the largest curvature there, rounded down to 1, 2 or 5 times a
    power of ten; none where the curvature is not known."""
    curvature = objective.hessian(np.array(start))
    if curvature is None or not np.all(np.isfinite(curvature)):
        return {}
    largest = float(np.max(np.abs(np.linalg.eigvalsh(curvature))))
    if not 1e-6 <= largest <= 1e6:
        return {}
    return {"gradient descent": {"alpha": tables.one_two_five_below(1.0 / largest)}}


def _box(problem: Problem) -> Box:
    (x0, x1), (y0, y1) = problem.box
    return x0, x1, y0, y1


def _check_length(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise OpeningError(f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,} are read")


def _finite(name: str, value: float) -> float:
    if not isfinite(value):
        raise OpeningError(f"the parameter {name} is a finite number, not {value}")
    return value
