"""One run, as the page draws it: how it ended, its path, and the curve it fitted."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thalweg.lab.callables import CallableError
from thalweg.lab.messages import Mark, RunInfo, RunRequest

if TYPE_CHECKING:
    from thalweg.lab.opening import Curve, Opening
    from thalweg.objective.protocol import Objective

SECONDS = 2.0
"""Time that one run may take; it then ends at its limit, with its path."""


def run(
    opening: Opening,
    objective: Objective,
    start: NDArray[np.float64],
    asked: RunRequest,
    max_iterations: int,
    gtol: float,
) -> tuple[RunInfo, list[NDArray[np.float64]]]:
    """The run's ending; its path (k+1, n+4), then its fitted curve where there are data.

    Raises:
        ParameterError: There is no such method, or an option is outside its range.
    """
    from thalweg.entry import descend

    try:
        with np.errstate(all="ignore"):  # a run that overflows says so itself
            done = descend(
                objective,
                start,
                method=asked.method,
                options=asked.options,
                max_iterations=max_iterations,
                gtol=gtol,
                time_limit=SECONDS,
            )
            verdict = done.verdict
    except CallableError as error:
        return _stopped(asked.id, start, str(error))
    info = RunInfo(
        id=asked.id,
        mark=done.mark,
        headline=done.headline,
        verdict=verdict.markup,
        reason=done.reason.name,
        success=done.success,
        iterations=done.nit,
        evaluations=done.nfev,
        gradient_evaluations=done.njev,
        x=[float(coordinate) for coordinate in done.x],
        fun=float(done.fun) if isfinite(done.fun) else None,
        milliseconds=1e3 * done.seconds,
        marks=[Mark(parameter=name, value=value, label=label) for name, value, label in verdict.marks],
    )
    buffers = [np.ascontiguousarray(done.path)]
    if opening.curve is not None:
        buffers.append(_fitted(objective, opening.curve, done.x))
    return info, buffers


def _fitted(objective: Any, curve: Curve, x: NDArray[np.float64]) -> NDArray[np.float64]:
    fitted: NDArray[np.float64] = objective.predict(x, {curve.column: curve.at})
    return np.ascontiguousarray(fitted, dtype=np.float64)


def _stopped(
    identity: str, start: NDArray[np.float64], said: str
) -> tuple[RunInfo, list[NDArray[np.float64]]]:
    """A run that an exception in the user's function ended: its start is all there is to draw."""
    info = RunInfo(
        id=identity,
        mark="failed",
        headline="stopped by an error",
        verdict=f"{said[0].upper()}{said[1:]}.",
        reason="EXCEPTION",
        success=False,
        iterations=0,
        evaluations=0,
        gradient_evaluations=0,
        x=[float(coordinate) for coordinate in start],
        fun=None,
        milliseconds=0.0,
        marks=[],
    )
    return info, [np.concatenate([start, [np.nan, np.nan, 0.0, 0.0]])[None, :]]
