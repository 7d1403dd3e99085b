"""`thalweg compare`: a table of methods on one function, or their performance profiles over a set of problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thalweg.cli.descending import Order, what_and_where
from thalweg.cli.drawing import check_figure, draw
from thalweg.cli.output import as_json, write
from thalweg.survey import compare, profile
from thalweg.survey.comparison import METHODS
from thalweg.survey.performance import MEASURES
from thalweg.survey.performance import METHODS as PROFILED


def compare_methods(order: Order, methods: Sequence[str] | None, *, json: bool) -> None:
    """Run the methods on what was typed, and print the table."""
    objective, start, _ = what_and_where(order)
    found = compare(
        objective, start, methods or METHODS, max_iterations=order.max_iterations, gtol=order.gtol
    )
    if not json:
        write(f"{objective.describe()}\n\n{found}\n")
        return
    columns = found.columns
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    points = [run.x.tolist() for run in found.runs.values()]
    data: dict[str, Any] = {
        "objective": objective.describe(),
        "variables": list(objective.variables),
        "start": [float(x) for x in start],
        "methods": [{**row, "x": point} for row, point in zip(rows, points, strict=True)],
    }
    write(as_json(data))


def profile_methods(methods: Sequence[str] | None, figure: str | None, *, json: bool) -> None:
    """Profile the methods, print what was found, and draw it."""
    if figure is not None:
        check_figure(figure)
    found = profile(methods=methods or PROFILED)
    if figure is not None:
        draw(found.plot(), figure)
    if not json:
        write(f"{found}\n")
        return
    data: dict[str, Any] = {
        "methods": list(found.methods),
        "problems": list(found.problems),
        "effort": found.effort,
        "settings": found.tuned,
        "costs": {measure: found.costs[measure].tolist() for measure in MEASURES},
        "ratios": {measure: found.ratios(measure).tolist() for measure in MEASURES},
    }
    write(as_json(data))
