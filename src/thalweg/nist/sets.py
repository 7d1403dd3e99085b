"""The Statistical Reference Datasets: models, data, starts and certified values, and how agreement is measured.

Source: National Institute of Standards and Technology, https://www.itl.nist.gov/div898/strd, public domain. Beside
the certified values stand the same to 25 digits, from the exact decimal data, so that 15 digits can be told from 14.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["linear", "nonlinear"]
MOST_DIGITS: dict[Kind, float] = {"linear": 15.0, "nonlinear": 11.0}
"""Digits that NIST certifies; agreement beyond counts as this."""


@dataclass(frozen=True, eq=False)
class ReferenceSet:
    """One data set.

    Example:
        >>> bod = reference_set("BoxBOD")
        >>> bod.model, bod.starts[0], bod.digits([213.8, 0.5472])
        ('b1*(1-exp(-b2*x))', (1.0, 1.0), 4.16...)
    """

    name: str
    kind: Kind
    difficulty: str
    """As NIST has it: lower, average or higher."""
    model: str
    response: str
    """A column, or the formula ``log(y)``."""
    parameters: tuple[str, ...]
    data: dict[str, list[float]]
    """Columns; among them the response's and the predictors'."""
    starts: tuple[tuple[float, ...], ...]
    """Two for each nonlinear set, the first far away; none for the linear ones."""
    certified: dict[str, Any]
    """parameters, std, rss, residual_std, dof; for linear sets r_squared."""
    refined: dict[str, Any]
    """parameters, std and rss to 25 digits, as text."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.data["y"])

    def digits(self, parameters: Iterable[float]) -> float:
        """The least number of digits in which these parameters agree with the certified ones, up to `MOST_DIGITS`."""
        return self._agreement(parameters, self.certified["parameters"])

    def error_digits(self, standard_errors: Iterable[float]) -> float:
        """The same of standard errors."""
        return self._agreement(standard_errors, self.certified["std"])

    def _agreement(self, found: Iterable[float], certified: Sequence[float]) -> float:
        return min(MOST_DIGITS[self.kind], correct_digits(found, [repr(value) for value in certified]))


def correct_digits(found: Iterable[float], truth: Sequence[str]) -> float:
    """The log relative error that NIST measures by, -log10(|found - true|/|true|): the least over all numbers.

    Where the truth is 0, the absolute error stands for the relative one. Exact agreement counts as 17, and an error
    larger than the number, or nan, as 0.

    Example:
        >>> correct_digits([3.14159, 2.718], ["3.14159265", "2.71828183"])
        3.98...
    """
    least = 17.0
    with localcontext(prec=50):
        for value, text in zip(found, truth, strict=True):
            number, right = Decimal(float(value)), Decimal(text)
            if not number.is_finite():
                return 0.0
            error = abs(number - right) / (abs(right) or 1)
            if error:
                least = min(least, -float(error.log10()))
    return max(least, 0.0)


@lru_cache(maxsize=2)
def reference_sets(kind: Kind) -> tuple[ReferenceSet, ...]:
    """All sets of a kind, in NIST's order of difficulty.

    Example:
        >>> len(reference_sets("linear")), len(reference_sets("nonlinear"))
        (11, 27)
    """
    text = (Path(__file__).parent / f"{kind}.json").read_text(encoding="utf-8")
    return tuple(
        ReferenceSet(
            name=problem["name"],
            kind=kind,
            difficulty=problem["difficulty"],
            model=problem["model"],
            response=problem["response"],
            parameters=tuple(problem["parameter_names"]),
            data=problem["data"],
            starts=tuple(map(tuple, problem.get("starts", ()))),
            certified=problem["certified"],
            refined=problem["refined"],
        )
        for problem in json.loads(text)["problems"]
    )


def reference_set(name: str) -> ReferenceSet:
    """The set of this name.

    Raises:
        KeyError: There is none.
    """
    kinds: tuple[Kind, ...] = ("linear", "nonlinear")
    for kind in kinds:
        for each in reference_sets(kind):
            if each.name.casefold() == name.casefold():
                return each
    raise KeyError(name)
