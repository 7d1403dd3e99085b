"""One run, as the page draws it: how it ended, its path, and what it fitted."""

from __future__ import annotations

import warnings
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ParameterError, ThalwegError
from thalweg.lab import tables
from thalweg.lab.callables import CallableError
from thalweg.lab.messages import Mark, RunInfo, RunRequest
from thalweg.lab.remedies import remedies

if TYPE_CHECKING:
    from thalweg.lab.opening import Opening
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
    """The run's ending; its path (k+1, n+4), then, where there are data, its fitted curve and its predictions.

    Whatever a method cannot do here is said in its own verdict, and the other runs go on.
    """
    from thalweg.entry import descend
    from thalweg.objective.function import FunctionError

    if opening.bounds is not None:
        start = np.clip(start, *np.array(opening.bounds).T)
    limits: dict[str, Any] = {
        "max_iterations": max_iterations,
        "gtol": gtol,
        "time_limit": SECONDS,
        "bounds": opening.bounds,
        **opening.limits,
    }
    size, seed = (
        opening.batches if opening.batches is not None and _takes_batches(asked.method) else (None, None)
    )
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():  # what overflows says so itself
            warnings.simplefilter("ignore")
            done = descend(
                objective,
                start,
                method=asked.method,
                options=tables.options(asked.method, asked.options),
                batch_size=size,
                seed=seed,
                **limits,
            )
            verdict = done.verdict
            helps = remedies(opening, objective, done, asked, limits)
    except (CallableError, FunctionError) as error:
        return _stopped(opening, asked.id, start, "stopped by an error", error)
    except ParameterError as error:
        return _stopped(opening, asked.id, start, "cannot run here", error)
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
        remedies=helps,
    )
    buffers = [np.ascontiguousarray(done.path)]
    if opening.data is not None:
        buffers += predictions(opening, done.x)
    return info, buffers


def predictions(opening: Opening, x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The fitted curve and the predictions of a problem with data, at x."""
    from thalweg.lab.fits import predicted

    assert opening.data is not None
    fit: Any = opening.objective
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(predicted(fit, opening.data, x))
    except Exception:  # a Python function that is undefined there: nothing is drawn
        return [np.full(len(opening.data.at), np.nan), np.full(len(opening.data.responses), np.nan)]


def _capital(said: str) -> str:
    """A clause as a sentence begins; a parameter's name keeps its letters."""
    first = said.split(" ", 1)[0]
    return said if any(c.isdigit() or c == "_" for c in first) else said[0].upper() + said[1:]


def _takes_batches(method: str) -> bool:
    from thalweg.descent.compose import compose

    try:
        compose(method, batched=True)
    except ParameterError:
        return False
    return True


def _stopped(
    opening: Opening, identity: str, start: NDArray[np.float64], headline: str, error: ThalwegError
) -> tuple[RunInfo, list[NDArray[np.float64]]]:
    """A run that did not come about, or that an exception in the user's function ended: its start is all there is."""
    said = str(error)
    info = RunInfo(
        id=identity,
        mark="failed",
        headline=headline,
        verdict=f"{_capital(said)}.",
        reason="EXCEPTION",
        success=False,
        iterations=0,
        evaluations=0,
        gradient_evaluations=0,
        x=[float(coordinate) for coordinate in start],
        fun=None,
        milliseconds=0.0,
        marks=[],
        remedies=[],
    )
    buffers = [np.concatenate([start, [np.nan, np.nan, 0.0, 0.0]])[None, :]]
    return info, buffers + (predictions(opening, start) if opening.data is not None else [])
