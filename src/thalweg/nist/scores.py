"""How Thalweg, or a peer, fares on the reference data sets: digits that agree, and what was claimed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.fit import fit
from thalweg.nist.sets import ReferenceSet
from thalweg.objective.least_squares import LeastSquares

Array = NDArray[np.float64]

SOLVED = 4.0
"""Digits from which on NIST counts a nonlinear set as solved."""


@dataclass(frozen=True)
class Score:
    """One fit of one set."""

    digits: float
    """Correct digits of the worst parameter."""
    error_digits: float
    """Correct digits of the worst standard error."""
    claimed: bool
    """Whether success was claimed."""
    evaluations: int | None
    """Evaluations of the model, where they are told."""
    seconds: float

    @property
    def solved(self) -> bool:
        """Whether the parameters are right to 4 digits."""
        return self.digits >= SOLVED

    @property
    def wrong(self) -> bool:
        """Whether success was claimed of what is wrong."""
        return self.claimed and not self.solved


@dataclass(frozen=True)
class Answer:
    """What a program says of one fit."""

    parameters: Sequence[float]
    standard_errors: Sequence[float]
    claimed: bool
    evaluations: int | None = None


Solver = Callable[[ReferenceSet, "Sequence[float] | None"], Answer]
"""Fits a set from a start (None for a linear set)."""


def thalweg(given: ReferenceSet, start: Sequence[float] | None) -> Answer:
    """The answer of `thalweg.fit` with its defaults."""
    found = fit(given.model, plain_data(given), parameters=given.parameters, start=start)
    return Answer(
        list(found.parameters.values()),
        list(found.standard_errors.values()),
        found.success,
        None if start is None else found.run.nfev,
    )


def score(given: ReferenceSet, solver: Solver = thalweg) -> list[Score]:
    """One score a start; one for a linear set.

    Example:
        >>> from thalweg.nist.sets import reference_set
        >>> [score] = score(reference_set("Longley"))
        >>> round(score.digits), score.claimed, score.solved
        (15, True, True)
    """
    scores: list[Score] = []
    for start in given.starts or [None]:
        began = perf_counter()
        answer = solver(given, start)
        seconds = perf_counter() - began
        scores.append(
            Score(
                given.digits(answer.parameters),
                given.error_digits(answer.standard_errors),
                answer.claimed,
                answer.evaluations,
                seconds,
            )
        )
    return scores


def plain_data(given: ReferenceSet) -> dict[str, Any]:
    """The set's columns with the response in column y: Nelson's is the logarithm of what the file has."""
    data: dict[str, Any] = dict(given.data)
    if given.response == "log(y)":
        data["y"] = np.log(data["y"])
    return data


@lru_cache(maxsize=64)
def objective(given: ReferenceSet) -> LeastSquares:
    """The set's residuals, for peers that want a function."""
    return LeastSquares(given.model, plain_data(given), parameters=given.parameters, loss="half")
