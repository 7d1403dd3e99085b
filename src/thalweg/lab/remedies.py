"""What would help a run that did not arrive, tried out: only what did help is told, with its result.

A remedy is another value, another method, or another start.  They are tried where trying is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from thalweg.errors import ThalwegError
from thalweg.lab import tables
from thalweg.lab.choices import good_start
from thalweg.lab.messages import Remedy, RunRequest
from thalweg.lab.runs import Setting, quiet

if TYPE_CHECKING:
    from thalweg.lab.opening import Point
    from thalweg.trajectory import Trajectory

MOST_WORK = 1_000_000
"""Evaluations, times rows, that a run may have taken to be worth trying again."""
MOST = 2
_FAR = 1e6
_SEEN = 1e-3
"""What comes lower by less than this share of what the run itself fell by has not helped."""


def remedies(setting: Setting, asked: RunRequest) -> list[Remedy]:
    """What helps, the gentlest first; nothing where the run arrives, or where trying would take long."""
    opening = setting.opening
    if setting.objective.native is None or opening.batches is not None:
        return []
    with quiet(setting.objective):
        try:
            done = setting.descend(asked, record="last")
        except ThalwegError:
            return []
        work = done.nfev * (1 if opening.data is None else opening.data.total)
        if done.success or work > MOST_WORK:
            return []
        helped = (_helped(setting, done, *candidate) for candidate in _candidates(setting, done, asked))
        return list(islice(filter(None, helped), MOST))


def _helped(
    setting: Setting, done: Trajectory, label: str, changed: RunRequest, start: Point | None
) -> Remedy | None:
    """The remedy with its result, if it did help."""
    try:
        tried = setting.descend(changed, None if start is None else np.array(start), "last")
    except ThalwegError:
        return None
    if not _is_better(tried, done):
        return None
    return Remedy(
        label=label,
        result=_result(tried),
        method=changed.method,
        options=changed.options,
        start=None if start is None else list(start),
    )


def _candidates(
    setting: Setting, done: Trajectory, asked: RunRequest
) -> Iterator[tuple[str, RunRequest, Point | None]]:
    """What to try: the words for it, the run, and another start where that is the remedy."""
    if not isfinite(done.first_value) or not isfinite(done.fun):
        opening = setting.opening
        n = len(opening.variables)
        start = good_start(setting.objective, opening.ranges[:n])
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
    others = ["levenberg-marquardt"] if setting.opening.works_on_residuals else ["armijo", "bfgs"]
    for method in others:
        if method != asked.method:
            yield f"Use {tables.title(method)}", RunRequest(id=asked.id, method=method, options={}), None


def _is_better(tried: Trajectory, done: Trajectory) -> bool:
    """Whether it arrived, or came lower by what can be seen."""
    falls = abs(tried.fun) > _FAR * max(1.0, abs(done.first_value))  # for ever, most likely
    if not isfinite(tried.fun) or falls or tried.mark in ("diverged", "failed"):
        return False
    if tried.success or not isfinite(done.fun):
        return True
    return tried.fun < done.fun - _SEEN * abs(done.first_value - done.fun)


def _result(tried: Trajectory) -> str:
    if tried.success:
        return f"converges in {tried.nit:,}, f = {tried.fun:.4g}"
    return f"gives f = {tried.fun:.4g}"
