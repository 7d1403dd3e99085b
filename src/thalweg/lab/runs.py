"""One run, as the page draws it: how it ended, its path, and what it fitted."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ParameterError, ThalwegError
from thalweg.lab import tables
from thalweg.lab.callables import CallableError
from thalweg.lab.messages import Mark, RunInfo, RunRequest, RunsAsked
from thalweg.objective.function import FunctionError

if TYPE_CHECKING:
    from thalweg.lab.opening import Opening
    from thalweg.objective.protocol import Objective
    from thalweg.trajectory import Trajectory

SECONDS = 2.0
"""Time that one run may take; it then ends at its limit, with its path."""


@dataclass(frozen=True)
class Setting:
    """What all runs of a comparison have in common."""

    opening: Opening
    objective: Objective
    start: NDArray[np.float64]
    limits: dict[str, Any]

    @classmethod
    def of(cls, opening: Opening, objective: Objective, asked: RunsAsked) -> Setting:
        """The start within the bounds, and what ends a run."""
        start = np.array(asked.start, dtype=np.float64)
        if opening.bounds is not None:
            start = np.clip(start, *np.array(opening.bounds).T)
        limits = {
            "max_iterations": asked.max_iterations,
            "gtol": asked.gtol,
            "time_limit": SECONDS,
            "bounds": opening.bounds,
            **opening.limits,
        }
        return cls(opening, objective, start, limits)

    def descend(
        self,
        asked: RunRequest,
        start: NDArray[np.float64] | None = None,
        record: Literal["all", "last"] = "all",
    ) -> Trajectory:
        """The run, from another start where one is given.

        Raises:
            ThalwegError: The method, or an option, does not go with the problem; or the user's function raised.
        """
        from thalweg.entry import descend

        batches: dict[str, Any] = {}
        if self.opening.batches is not None and _takes_batches(asked.method):
            batches = dict(zip(("batch_size", "seed"), self.opening.batches, strict=True))
        return descend(
            self.objective,
            self.start if start is None else start,
            method=asked.method,
            options=tables.options(asked.method, asked.options),
            record=record,
            **batches,
            **self.limits,
        )


def run(setting: Setting, asked: RunRequest) -> tuple[RunInfo, list[NDArray[np.float64]]]:
    """The run's ending; its path (k+1, n+4), then, where there are data, its fitted curve and its predictions.

    Whatever a method cannot do here is said in its own verdict, and the other runs go on.
    """
    opening = setting.opening
    try:
        with quiet(setting.objective):
            done = setting.descend(asked)
            verdict = done.verdict
    except ParameterError as error:
        return _stopped(setting, asked.id, "cannot run here", error)
    except (CallableError, FunctionError) as error:
        return _stopped(setting, asked.id, "stopped by an error", error)
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
    if opening.data is not None:
        buffers += predictions(opening, done.x)
    return info, buffers


@contextmanager
def quiet(objective: Objective) -> Generator[None]:
    """Let what overflows, or a Python function warns of, say so by its result."""
    with np.errstate(all="ignore"):
        if objective.native is not None:
            yield
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def predictions(opening: Opening, x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The fitted curve and the predictions of a problem with data, at x."""
    from thalweg.lab.fits import predicted

    assert opening.data is not None
    fit: Any = opening.objective
    try:
        with quiet(opening.objective):
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
    setting: Setting, identity: str, headline: str, error: ThalwegError
) -> tuple[RunInfo, list[NDArray[np.float64]]]:
    """A run that did not come about, or that an exception in the user's function ended: its start is all there is."""
    said, start, opening = str(error), setting.start, setting.opening
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
    )
    buffers = [np.concatenate([start, [np.nan, np.nan, 0.0, 0.0]])[None, :]]
    return info, buffers + (predictions(opening, start) if opening.data is not None else [])
