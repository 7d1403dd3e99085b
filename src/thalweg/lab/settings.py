"""A run's method, limits and batches, as the page is to repeat them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.descent.compose import compose
from thalweg.lab.messages import Suggestion

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

MOST_ITERATIONS = 20_000
"""Iterations that a run may have here."""


def settings_of(run: Trajectory) -> dict[str, Any]:
    """The fields of an `Opening` by which its page repeats the run.

    A method that was put together of parts has no name, and so no sliders: the page then shows what it shows of every
    problem.
    """
    limits = run.limits
    settings: dict[str, Any] = {
        "max_iterations": int(min(limits.pop("max_iterations"), MOST_ITERATIONS)),
        "gtol": limits.pop("gtol"),
        "limits": limits,
    }
    if run.batches is not None:
        settings["batches"] = (run.batches.size, run.batches.seed)
    if run.method.name:
        settings["methods"] = (Suggestion(method=run.method.name, options=_options(run)),)
    return settings


def _options(run: Trajectory) -> dict[str, float]:
    """What differs from the method as it is by default."""
    usual = compose(run.method.name, bounded=run.bounds is not None, batched=run.batches is not None)
    pairs = [(run.method.direction, usual.direction), (run.method.step, usual.step)]
    return {
        row.name: row.slot(part.values[row.name])
        for part, default in pairs
        for row in part.table
        if part.values[row.name] != default.values.get(row.name)
    }
