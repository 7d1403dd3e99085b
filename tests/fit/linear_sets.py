"""The eleven linear sets of NIST's Statistical Reference Datasets, as the tests and benchmarks read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent.parent / "data" / "nist_linear.json"


@dataclass(frozen=True)
class LinearSet:
    name: str
    model: str
    parameters: tuple[str, ...]
    predictors: tuple[str, ...]
    data: dict[str, list[float]]
    truth: list[Any]
    """Parameters to 25 digits (mpmath)."""
    deviations: list[Any]
    """Standard errors to 25 digits."""
    certified: dict[str, Any]


def read() -> list[LinearSet]:
    problems = json.loads(DATA.read_text(encoding="utf-8"))["problems"]
    return [
        LinearSet(
            name=p["name"],
            model=p["model"],
            parameters=tuple(p["parameter_names"]),
            predictors=tuple(p["predictors"]),
            data=p["data"],
            truth=p["refined_mpmath"]["parameters"],
            deviations=p["refined_mpmath"]["std"],
            certified=p["certified"],
        )
        for p in problems
    ]


LINEAR_SETS = read()


def digits(found: NDArray[np.float64], truth: list[str]) -> float:
    """The least number of correct digits (NIST's log relative error), where 0 is certified that of the error itself."""
    with mpmath.workdps(40):
        worst = 16.0
        for value, text in zip(found, truth, strict=True):
            right = mpmath.mpf(text)
            error = abs(mpmath.mpf(float(value)) - right)
            if right:
                error /= abs(right)
            if error:
                worst = min(worst, float(-mpmath.log10(error)))
        return worst
