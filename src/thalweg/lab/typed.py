"""From a typed text, or a problem of the catalogue, to what is open: the laboratory's rule for names.

In a typed formula the variables are x and y, those of them that appear, else the first two names; every other name
becomes a parameter with a slider.  A formula with vectors has all of their elements as variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.lab import tables
from thalweg.lab.choices import DEFAULT_RANGE, good_start, suggested_options, with_heights
from thalweg.lab.opening import Opening, OpeningError, Range, check_finite, check_size

if TYPE_CHECKING:
    from thalweg.objective.formula import Formula
    from thalweg.problems import Problem
    from thalweg.problems.problem import Data

LONGEST_TEXT = 10_000
"""Characters of a formula that a page may send."""
MOST_PARAMETERS = 12
"""Sliders that a formula may have."""


def open_text(text: str, values: Mapping[str, float]) -> Opening:
    """A typed formula, by the laboratory's rule for names.

    Raises:
        FormulaError: The text is not a formula.
        OpeningError: It is too long, or has too many variables or parameters.
    """
    from thalweg.expression.parse import parse
    from thalweg.objective.formula import Formula

    check_length(text)
    parsed = parse(text)
    names = parsed.variables
    elements = tuple(name for vector in parsed.vectors for name in vector.elements())
    variables = elements or variables_among(names)
    check_size(len(variables))
    others = [name for name in names if name not in variables]
    if len(others) > MOST_PARAMETERS:
        raise OpeningError(
            f"the formula has {len(others)} names beside {' and '.join(variables[:2])}; "
            f"at most {MOST_PARAMETERS} can be parameters"
        )
    parameters = {name: values.get(name, 1.0) for name in others}
    for name, value in parameters.items():
        check_finite(name, value)
    formula = Formula(text, variables=variables, parameters=parameters)
    ranges = (DEFAULT_RANGE,) * len(variables)
    start = good_start(formula, ranges)
    idle = [] if elements else [name for name in variables if name not in names]
    return Opening(
        objective=formula,
        text=text,
        title="Formula",
        mathml=formula.to_mathml(),
        variables=variables,
        parameters=tuple(tables.parameter(name, value) for name, value in parameters.items()),
        ranges=with_heights(formula, ranges, start),
        equal_scale=len(variables) > 1,
        start=start,
        options=suggested_options(formula, start),
        warnings=tuple(f"f does not depend on {tables.symbol(name)}" for name in idle),
    )


def open_formula(formula: Formula) -> Opening:
    """A formula whose variables and parameters are known."""
    check_size(formula.n)
    ranges = (DEFAULT_RANGE,) * formula.n
    point = good_start(formula, ranges)
    return Opening(
        objective=formula,
        text=formula.text,
        title="Your formula",
        mathml=formula.to_mathml(),
        variables=formula.variables,
        parameters=tuple(tables.parameter(name, value, value) for name, value in formula.parameters.items()),
        ranges=with_heights(formula, ranges, point),
        equal_scale=formula.n > 1,
        start=point,
        options=suggested_options(formula, point),
    )


def variables_among(names: Sequence[str]) -> tuple[str, ...]:
    """The variables of a formula with these names.

    Example:
        >>> variables_among(["a", "y", "x"]), variables_among(["u", "v", "w"]), variables_among(["a", "y"])
        (('x', 'y'), ('u', 'v'), ('y',))
    """
    usual = tuple(name for name in ("x", "y") if name in names)
    return usual or tuple(names[:2]) or ("x", "y")


def open_problem(problem: Problem, text: str | None, values: Mapping[str, float]) -> Opening:
    """A problem of the catalogue; with another text, the same data under another model, or simply that text.

    Raises:
        FormulaError: The text is not a formula.
        OpeningError: It cannot be shown.
    """
    if text is None or text.strip() == problem.text:
        return _known(problem)
    check_length(text)
    if problem.data is None or not _is_model(text, problem.data):
        return open_text(text, values)
    from thalweg.lab.fits import open_squares
    from thalweg.objective.least_squares import LeastSquares

    loss = LeastSquares(text, problem.data.path, problem.data.response)
    opening = open_squares(loss, title=problem.title)
    known = loss.variables == problem.variables
    ranges: tuple[Range, ...] = _ranges(problem) if known else (DEFAULT_RANGE,) * loss.n
    start = good_start(loss, ranges)
    return replace(
        opening,
        problem=problem.id,
        ranges=with_heights(loss, ranges, start),
        start=start,
        options=suggested_options(loss, start),
    )


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
    from thalweg.lab.fits import open_squares
    from thalweg.objective.formula import Formula

    objective = problem.objective()
    if isinstance(objective, Formula):
        opening = Opening(
            objective=objective,
            text=problem.text,
            title=problem.title,
            mathml=objective.to_mathml(),
            variables=problem.variables,
            ranges=(),
            start=(),
        )
    else:
        opening = open_squares(objective, title=problem.title)
    return replace(
        opening,
        problem=problem.id,
        ranges=_ranges(problem),
        start=tuple(problem.start),
        options=problem.options,
        max_iterations=problem.max_iterations,
        minimisers=problem.minimisers,
        minimum=problem.minimum,
    )


def _ranges(problem: Problem) -> tuple[Range, ...]:
    return tuple((low, high) for low, high in problem.box)


def check_length(text: str) -> None:
    """Refuse a text that is too long to be read.

    Raises:
        OpeningError: It is.
    """
    if len(text) > LONGEST_TEXT:
        raise OpeningError(f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,} are read")
