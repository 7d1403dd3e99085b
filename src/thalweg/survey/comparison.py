"""One problem by several methods, in a table that counts evaluations, not iterations alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from thalweg.descent.stopping import DEFAULTS
from thalweg.errors import ParameterError
from thalweg.survey.methods import Arguments, named, translated
from thalweg.survey.text import table
from thalweg.trajectory import Trajectory
from thalweg.trajectory.frames import frame

METHODS = ("gradient descent", "armijo", "adam", "conjugate gradient", "l-bfgs", "bfgs")
"""What is compared where nothing is said."""

SHORT = 0.1  # seconds: a run that is repeated for the sake of its time

Methods = Sequence[str] | Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """Runs of several methods on one problem.

    Attributes:
        runs: The `Trajectory` of each method, by its name, in the order that was asked for.
        seconds: How long each took: the shortest of its repetitions.
    """

    runs: dict[str, Trajectory]
    seconds: dict[str, float]

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The table by its columns, a row a method.

        Where one of them went by mini-batches, "passes" tells how many evaluations on all rows each took, those that
        judged the end of a run on batches included; f and the gradient's norm are those of all rows.
        """
        runs = list(self.runs.values())
        batched = any(run.batches is not None for run in runs)
        return {
            "method": list(self.runs),
            "f": [run.fun for run in runs],
            "gradient_norm": [_norm(run) for run in runs],
            "iterations": [run.nit for run in runs],
            "evaluations": [run.nfev for run in runs],
            "gradients": [run.njev for run in runs],
            **({"passes": [_passes(run) for run in runs]} if batched else {}),
            "seconds": list(self.seconds.values()),
            "success": [run.success for run in runs],
            "verdict": [run.headline for run in runs],
        }

    def to_frame(self, library: Literal["pandas", "polars"] | None = None) -> Any:
        """The table as a data frame; see `Trajectory.to_frame`."""
        return frame(self.columns, library)

    def __getitem__(self, method: str) -> Trajectory:
        return self.runs[method]

    def __repr__(self) -> str:
        return table(self.columns)


def _norm(run: Trajectory) -> float:
    """|g| at the end; on mini-batches, where the last iterate's is that of a batch, on all rows."""
    return float(run.gradient_norms[-1] if run.batches is None else np.linalg.norm(run.jac))


def _passes(run: Trajectory) -> float:
    """Evaluations in units of all rows."""
    if run.batches is None:
        return float(run.nfev)
    return run.nfev / run.batches.per_epoch + run.batches.whole


def compare(
    objective: Any,
    start: ArrayLike,
    methods: Methods = METHODS,
    *,
    max_iterations: float = DEFAULTS["max_iterations"],
    max_evaluations: float = DEFAULTS["max_evaluations"],
    gtol: float = DEFAULTS["gtol"],
    time_limit: float = math.inf,
    repeats: int = 3,
) -> Comparison:
    """Go down a function from one start by several methods.

    Args:
        objective: As for `descend`.
        start: As for `descend`.
        methods: Names of methods; or names of your own, each with arguments of `descend` such as ``method``, ``step``,
            ``options``, ``bounds`` and, for an objective over rows, ``batch_size``.
        max_iterations: As for `descend`, for each method.
        max_evaluations: Likewise.
        gtol: Likewise.
        time_limit: Likewise, in seconds.
        repeats: How often a run of less than 0.1 s is done; the shortest time counts. Methods are translated before
            the clock starts.

    Returns:
        The runs with their table.

    Raises:
        ParameterError: An unknown method, or none; see `descend` for the rest.

    Example:
        >>> import thalweg as tw
        >>> tw.compare("x^2 + 10 y^2", [3, 4], ["armijo", "bfgs"]).columns["success"]
        [True, True]
        >>> two = {"short": {"step": tw.Constant(0.01)}, "long": {"step": tw.Constant(0.3)}}
        >>> tw.compare("x^2 + 10 y^2", [3, 4], two)["long"].reason.name
        'DIVERGED'
        >>> line = tw.LeastSquares("m*t + b", {"t": [0, 1, 2, 3], "y": [1, 3, 5, 7]})
        >>> by = {"all": {"method": "armijo"}, "two": {"step": tw.Constant(0.1), "batch_size": 2}}
        >>> [round(passes) for passes in tw.compare(line, [0, 0], by).columns["passes"]]
        [161, 502]
    """
    asked = arguments(methods)
    if repeats < 1:
        raise ParameterError(f"repeats is a whole number from 1 on, not {repeats!r}")
    limits = {
        "max_iterations": max_iterations,
        "max_evaluations": max_evaluations,
        "gtol": gtol,
        "time_limit": time_limit,
    }
    runs: dict[str, Trajectory] = {}
    seconds: dict[str, float] = {}
    for name, given in asked.items():
        run = translated(objective, start, {**limits, **given})
        runs[name], seconds[name] = run, run.seconds
        if run.seconds < SHORT:
            again = (translated(objective, start, {**limits, **given}) for _ in range(repeats - 1))
            seconds[name] = min([run.seconds, *(each.seconds for each in again)])
    return Comparison(runs, seconds)


def arguments(methods: Methods) -> dict[str, Arguments]:
    """Arguments of `descend` for each method by its name."""
    asked = named(methods)
    if not asked:
        raise ParameterError("methods names one method at least")
    return asked
