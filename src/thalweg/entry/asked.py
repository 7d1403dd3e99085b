"""The arguments of `descend`, and what they mean: an objective, a first iterate, a composition, its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.descent import block
from thalweg.descent.compose import Composition, compose
from thalweg.descent.parameters import Value
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.stopping import check_limits
from thalweg.drive.single import Progress
from thalweg.errors import ParameterError, ThalwegError, warn
from thalweg.objective.arrays import numbers

if TYPE_CHECKING:
    from thalweg.objective.batches import Batches

Record = Literal["all", "last"] | int
Composed = tuple[str | None, Direction | None, StepRule | None, Mapping[str, Value] | None, str | None]
"""Method, direction, step, options and preset, as they are given."""


class Asked(NamedTuple):
    """The arguments of `descend`, as they are given; it says what they are."""

    objective: Any
    start: Any
    composed: Composed
    limits: tuple[float, ...]  # in the order of `stopping.LIMITS`
    time_limit: float
    callback: Callable[[Progress], object] | None
    record: Record
    check_gradient: bool
    bounds: Any
    batch_size: int | None
    seed: int | None


def objective_of(given: Any) -> Any:
    """What is given as an objective, made into one."""
    if hasattr(given, "evaluate"):
        return given
    if isinstance(given, str):
        from thalweg.objective.formula import Formula

        return Formula(given)
    if callable(given):
        from thalweg.objective.function import Function

        return Function(given)
    raise ParameterError(
        f"an objective is a Formula, a Function, a LeastSquares, a text or a callable, not {type(given).__name__}"
    )


def batches_of(target: Any, size: int | None, seed: int | None, limits: tuple[float, ...]) -> Batches | None:
    """The mini-batches that are asked for."""
    if size is None:
        if seed is not None:
            raise ParameterError("seed= deals rows out to mini-batches, and goes with batch_size=")
        return None
    from thalweg.objective.batches import Batches

    asked = check_limits(limits)
    for name in ("ftol", "xtol"):
        if asked[name] > 0.0:
            raise ParameterError(
                f"{name}= does not go with batch_size=: a short step, or a small change of f from one batch to the "
                "next, tells nothing of the end"
            )
    return Batches(target, size, 0 if seed is None else seed)


def _size(target: Any) -> int | None:
    """The number of variables; None for a callable that has not met its first point."""
    try:
        return target.n
    except ThalwegError:
        return None


def first_iterate(start: Any, target: Any) -> NDArray[np.float64]:
    """The start as an array (n,) of its own."""
    start = getattr(start, "x", start)  # of a result
    x = numbers(start)
    n = _size(target)
    if x is None or x.ndim > 1 or not x.size or (n is not None and x.size != n):
        wanted = "a list of numbers"
        if n is not None:
            wanted = f"{n} number{'s' * (n != 1)} ({', '.join(target.variables)})"
        told = f"an array of shape {x.shape}" if x is not None and x is start else repr(start)
        raise ParameterError(f"start is {wanted}, not {told}")
    x = np.array(x, ndmin=1)
    finite = np.isfinite(x)
    if np.count_nonzero(finite) < x.size:  # faster than `all`
        place = int(np.argmin(finite))
        raise ParameterError(f"start must be finite, and its element {place} is {x[place]}")
    return x


def inside(
    x: NDArray[np.float64], bounds: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """The point of the box that is nearest to the start; a warning where it is another one."""
    inside = np.clip(x, *bounds)
    moved = np.flatnonzero(inside != x)
    if moved.size:
        i = int(moved[0])
        warn(f"the start lies outside the bounds: its element {i} is moved from {x[i]:g} to {inside[i]:g}")
    return inside


Plan = tuple[Composition, NDArray[np.float64], bool]
_plans: dict[object, Plan] = {}
_MOST_PLANS = 1000


def planned(
    composed: Composed, limits: tuple[float, ...], record: Record, target: Any, bounded: bool, batched: bool
) -> Plan:
    """The composition and the vector of parameters that these arguments mean; looked up where they came before."""
    method, direction, step, options, preset = composed
    fused = bool(target.gradient_is_free) or batched  # where every trial is accepted
    key = found = None
    try:
        chosen = tuple(options.items()) if options else None
        key = (method, direction, step, chosen, preset, limits, record, fused, bounded, batched)
        found = _plans.get(key)
    except (AttributeError, TypeError):
        key = None  # a value that cannot be hashed, such as an array of one number; or no dict, which `compose` refuses
    if found is None:
        composition = compose(
            method,
            direction=direction,
            step=step,
            options=options,
            preset=preset,
            bounded=bounded,
            batched=batched,
        )
        fused = fused or composition.direction.residuals
        p = parameters(composition, limits, fused=fused, stride=_stride(record))
        found = (composition, p, record == "all")
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        if key is not None:
            _plans[key] = found
    return found


def _stride(record: Record) -> float:
    if record == "all":
        return 1.0
    if record == "last":
        return math.inf
    if (
        isinstance(cast(object, record), int | float | np.integer)
        and 1 <= record < math.inf
        and record == int(record)
    ):
        return float(record)
    raise ParameterError(f'record is "all", "last" or a whole number from 1 on, not {record!r}')


def parameters(
    composition: Composition, limits: tuple[float, ...], *, fused: bool, stride: float
) -> NDArray[np.float64]:
    """The vector `p` of block.py; `limits` in the order of `stopping.LIMITS`."""
    p = np.zeros(block.PARAMETERS)
    checked = check_limits(limits)
    p[block.MAX_ITERATIONS] = checked["max_iterations"]
    p[block.GTOL2] = checked["gtol"] * checked["gtol"]  # infinite where it overflows
    p[block.FTOL] = checked["ftol"]
    p[block.XTOL] = checked["xtol"]
    p[block.MAX_EVALUATIONS] = checked["max_evaluations"]
    p[block.LIMITED] = p[block.FTOL] > 0.0 or p[block.XTOL] > 0.0 or p[block.MAX_EVALUATIONS] < math.inf
    p[block.FUSED] = fused
    p[block.STRIDE] = stride
    for first, part in ((block.RULE, composition.step), (block.DIRECTION, composition.direction)):
        values = part.slots()
        p[first : first + len(values)] = values
    return p
