"""What would help a run that did not arrive, tried out: only what did help is told, with its result.

A remedy is another value, another method, or another start.  They are tried where trying is quick, since a page asks
for runs while a hand drags.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.lab import tables
from thalweg.lab.choices import good_start
from thalweg.lab.messages import Remedy, RunRequest

if TYPE_CHECKING:
    from thalweg.lab.opening import Opening
    from thalweg.objective.protocol import Objective
    from thalweg.trajectory import Trajectory

MOST_WORK = 1_000_000
"""Evaluations, times rows, that a run may have taken to be worth trying again."""
MOST = 2
_FAR = 1e6
_NEARLY = 0.999
"""What ends above this share of the gap that there was has not helped."""


def remedies(
    opening: Opening,
    objective: Objective,
    done: Trajectory,
    asked: RunRequest,
    limits: dict[str, Any],
) -> list[Remedy]:
    """What helps, the gentlest first; nothing where the run arrived, or where trying would take long."""
    work = done.nfev * (1 if opening.data is None else opening.data.total)
    if done.success or objective.native is None or work > MOST_WORK or opening.batches is not None:
        return []
    found: list[Remedy] = []
    for label, changed, start in _candidates(opening, objective, done, asked):
        begin = done.start if start is None else np.array(start)
        tried = _try(objective, begin, changed, limits)
        if tried is not None and _is_better(tried, done):
            found.append(
                Remedy(
                    label=label,
                    result=_result(tried),
                    method=changed.method,
                    options=changed.options,
                    start=None if start is None else list(start),
                )
            )
        if len(found) == MOST:
            break
    return found


def _candidates(
    opening: Opening, objective: Objective, done: Trajectory, asked: RunRequest
) -> Iterator[tuple[str, RunRequest, tuple[float, ...] | None]]:
    """What to try: the words for it, the run, and another start where that is the remedy."""
    if not isfinite(done.first_value) or not isfinite(done.fun):
        n = len(opening.variables)
        start = good_start(objective, opening.ranges[:n])
        shown = ", ".join(f"{value:.3g}" for value in start[:3]) + ", …" * (n > 3)
        yield f"Start at ({shown})", asked, start
        return
    limit = next(
        (value for name, value, label in done.verdict.marks if (name, label) == ("alpha", "2/L")), None
    )
    if limit is not None and asked.options.get("alpha", 0.0) != (
        half := tables.one_two_five_below(limit / 2)
    ):
        changed = RunRequest(id=asked.id, method=asked.method, options={**asked.options, "alpha": half})
        yield f"Set α to {half:g}", changed, None
    others = ["levenberg-marquardt"] if opening.works_on_residuals else ["armijo", "bfgs"]
    for method in others:
        if method != asked.method:
            yield f"Use {tables.title(method)}", RunRequest(id=asked.id, method=method, options={}), None


def _try(
    objective: Objective, start: NDArray[np.float64], asked: RunRequest, limits: dict[str, Any]
) -> Trajectory | None:
    from thalweg.entry import descend

    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options = tables.options(asked.method, asked.options)
            return descend(
                objective, start, asked.method, options=options, record="last", **cast(Any, limits)
            )
    except ThalwegError:
        return None


def _is_better(tried: Trajectory, done: Trajectory) -> bool:
    """Whether it arrived, or came lower by what can be seen."""
    falls = abs(tried.fun) > _FAR * max(1.0, abs(done.first_value))  # for ever, most likely
    if not isfinite(tried.fun) or falls or tried.mark in ("diverged", "failed"):
        return False
    if tried.success or not isfinite(done.fun):
        return True
    gap = done.first_value - done.fun
    return tried.fun < done.fun - (1.0 - _NEARLY) * abs(gap)


def _result(tried: Trajectory) -> str:
    if tried.success:
        return f"converges in {tried.nit:,}, f = {tried.fun:.4g}"
    return f"gives f = {tried.fun:.4g}"
