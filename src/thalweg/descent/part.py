"""What a direction and a step rule are: plain mathematics of one run, with a table of parameters.

A part is a class that names its functions and its parameters; an instance holds parameter values.  Its functions
are written once.  Three short templates carry them to all lanes of a block: interpreted as they stand, or compiled
for one lane or many (`compiled.py`).  The mathematics of a part knows nothing of lanes, drivers or the function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar, cast

from thalweg.descent import block, vocabulary
from thalweg.descent.block import (
    ALPHA,
    COMMIT,
    DIRECTION,
    ITERATION,
    JUDGEMENT,
    NEXT,
    PHI,
    PHI_0,
    RULE,
    RULE_STATE,
    SEARCH,
    SLOPE,
    SLOPE_0,
    STATUS,
    Array,
)
from thalweg.descent.parameters import Parameter, Value, values_from
from thalweg.descent.vocabulary import direction, dot, gradient, iterate, lane, memory, size, tail, told, trial, width

BlockFunction = Callable[[Array, Array], None]


def part(*_: Any) -> Any:
    """The name by which a template calls the part it carries; `bind` puts the part there."""
    raise RuntimeError("a template has been called without its part")


# ------------------------------------------------------------------------------------------------ templates


def direction_block(a: Array, p: Array) -> None:
    """A new direction in every lane that has a new iterate."""
    n = size(a)
    for i in range(width(a)):
        if a[COMMIT, i] != 0.0:
            part(
                n,
                a[ITERATION, i],
                lane(a, trial(a), i),
                lane(a, told(a) + 1, i),
                lane(a, iterate(a), i),
                lane(a, gradient(a), i),
                lane(a, memory(a), i),
                tail(p, DIRECTION),
                lane(a, direction(a), i),
            )


def first_block(a: Array, p: Array) -> None:
    """The slope along the new direction, and the first trial of its search."""
    n = size(a)
    for i in range(width(a)):
        if a[COMMIT, i] != 0.0:
            slope = dot(n, lane(a, direction(a), i), lane(a, told(a) + 1, i))
            a[NEXT, i] = part(
                a[ITERATION, i],
                a[PHI, i],
                slope,
                a[ALPHA, i],
                a[PHI_0, i],
                a[SLOPE_0, i],
                tail(p, RULE),
                lane(a, RULE_STATE, i),
            )
            a[PHI_0, i] = a[PHI, i]
            a[SLOPE_0, i] = slope


def judge_block(a: Array, p: Array) -> None:
    """The rule's judgement of the trial, in every lane that searches."""
    for i in range(width(a)):
        if a[STATUS, i] == SEARCH:
            judgement, alpha = part(
                a[ALPHA, i], a[PHI, i], a[SLOPE, i], a[PHI_0, i], a[SLOPE_0, i], tail(p, RULE), lane(a, RULE_STATE, i)
            )
            a[JUDGEMENT, i] = judgement
            a[NEXT, i] = alpha


TEMPLATES: dict[str, Callable[..., None]] = {
    "direction": direction_block,
    "first": first_block,
    "judge": judge_block,
}


def bind(function: Callable[..., Any], **names: object) -> Callable[..., Any]:
    """The same code with some of its global names bound anew."""
    source = cast(FunctionType, function)
    return FunctionType(source.__code__, {**source.__globals__, **names}, source.__name__, source.__defaults__)


# ------------------------------------------------------------------------------------------------ parts


class Part:
    """A part with its parameter values; see `Direction` and `StepRule`."""

    name: ClassVar[str]
    table: ClassVar[tuple[Parameter, ...]] = ()

    def __init__(self, **values: object) -> None:
        self.values: dict[str, Value] = values_from(self.name, self.table, values)

    def __init_subclass__(cls) -> None:
        """Give the constructor the signature that the table implies."""
        keyword = inspect.Parameter.KEYWORD_ONLY
        rows = [inspect.Parameter(row.name, keyword, default=row.default) for row in cls.table]
        cls.__signature__ = inspect.Signature(rows)  # type: ignore[attr-defined]

    def slots(self) -> list[float]:
        """Parameter values in the order of the table, as compiled code sees them."""
        return [row.slot(self.values[row.name]) for row in self.table]

    def replace(self, **values: object) -> Part:
        """The same part with some values changed."""
        return type(self)(**{**self.values, **values})

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{type(self).__name__}({shown})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values == cast(Part, other).values

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.values.items())))


class Direction(Part):
    """A search direction: `fill(n, k, x, g, x_old, g_old, memory, p, d)` writes d.

    x and g are the new iterate and its gradient, x_old and g_old the previous ones (meaningless at k = 0), d still
    holds the previous direction.  `memory` numbers are the direction's own and start at zero.
    """

    fill: ClassVar[Callable[..., None]]

    def memory(self, n: int) -> int:
        """How many numbers the direction keeps between iterations."""
        return 0


class StepRule(Part):
    """A step rule: two functions on scalars.

    `first(k, phi, slope, last_alpha, last_phi, last_slope, p, s)` gives the first trial of a search;
    `judge(alpha, phi, slope, phi_0, slope_0, p, s)` answers a trial with a judgement and the next step length.
    `phi` is +inf where the trial is not finite, `slope` is NaN where the gradient is not known; a rule that needs it
    answers SLOPE_WANTED and is asked again.  It may be asked twice about an accepted trial and must answer alike.
    `s` is the rule's own memory, at most 16 numbers.
    """

    first: ClassVar[Callable[..., float]]
    judge: ClassVar[Callable[..., tuple[int, float]]]
    searches: ClassVar[bool] = True
    """Whether the rule only makes sense along a direction that goes down."""


__all__ = ["TEMPLATES", "Direction", "Part", "StepRule", "bind", "block", "vocabulary"]
