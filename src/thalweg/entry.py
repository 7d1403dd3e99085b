"""The public entry: one run of a method on an objective."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thalweg.descent import block
from thalweg.descent.methods import Composition, compose
from thalweg.descent.parameters import Value
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.stopping import DEFAULTS, check_limits
from thalweg.drive.single import Progress, go_down
from thalweg.errors import ParameterError, ThalwegError
from thalweg.objective.arrays import numbers
from thalweg.trajectory import Trajectory

Record = Literal["all", "last"] | int


def descend(
    objective: Any,
    start: ArrayLike,
    method: str | None = None,
    *,
    direction: Direction | None = None,
    step: StepRule | None = None,
    options: Mapping[str, Value] | None = None,
    preset: str | None = None,
    max_iterations: float = DEFAULTS["max_iterations"],
    gtol: float = DEFAULTS["gtol"],
    ftol: float = DEFAULTS["ftol"],
    xtol: float = DEFAULTS["xtol"],
    max_evaluations: float = DEFAULTS["max_evaluations"],
    time_limit: float = math.inf,
    callback: Callable[[Progress], object] | None = None,
    record: Record = "all",
) -> Trajectory:
    """Go down an objective from a start.

    Args:
        objective: A `Formula`, `Function` or `LeastSquares`; a text (a formula) or a Python callable also does.
        start: The first iterate, (n,), finite.
        method: Name of a method, see ``thalweg methods``; spaces, hyphens and case do not matter. "armijo" unless
            `step` is given.
        direction: A direction in place of the method's own.
        step: A step rule in place of the method's own; alone it means gradient descent.
        options: Values of the method's parameters by name.
        preset: Name of a preset of the method; `options` go on top of it.
        max_iterations: Largest number of iterations.
        gtol: Stop when the 2-norm of the gradient is at most this.
        ftol: Stop when a step lowers f by at most this times abs(f); 0 never stops for it.
        xtol: Stop when a step is at most this times the norm of x; 0 never stops for it.
        max_evaluations: Largest number of evaluations of f.
        time_limit: In seconds; noticed between two slices of some 20 ms, or after an evaluation that takes longer.
        callback: Called with a `Progress` after every iteration; a true answer stops the run.
        record: "all" iterates and trials, every k-th iterate (an integer), or only the "last" iterate; trials are
            kept with "all".

    Returns:
        The `Trajectory`; a run that fails is returned as well, with the reason.

    Raises:
        ParameterError: An unknown method or option, a value out of its range, a start of the wrong shape.
        FormulaError: The text is no formula.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1], method="armijo", max_iterations=20_000)
        >>> run.success, run.x.round(6)
        (True, array([1., 1.]))
        >>> tw.descend("x^2 + 10 y^2", [5, 1], step=tw.Constant(0.3)).reason.name
        'DIVERGED'
    """
    target = objective if hasattr(objective, "evaluate") else _objective(objective)
    x = _first_iterate(start, target)
    plan = _plan(
        method,
        direction,
        step,
        options,
        preset,
        (max_iterations, gtol, ftol, xtol, max_evaluations),
        record,
        target,
    )
    try:
        limited = time_limit >= 0.0
    except TypeError:
        limited = False
    if not limited:
        raise ParameterError(f"time_limit is a number of seconds, not {time_limit!r}")
    composition, p, logged = plan
    if composition.direction.residuals and not hasattr(target, "reduced"):
        raise ParameterError(
            f"{composition.direction.name} works on residuals, which {target.describe()} has not; "
            "a LeastSquares objective has"
        )
    outcome = go_down(target, composition, x, p, logged=logged, time_limit=time_limit, callback=callback)
    return Trajectory(target, composition, p, outcome, x)


def _objective(given: Any) -> Any:
    if isinstance(given, str):
        from thalweg.objective.formula import Formula

        return Formula(given)
    if callable(given):
        from thalweg.objective.function import Function

        return Function(given)
    raise ParameterError(
        f"an objective is a Formula, a Function, a LeastSquares, a text or a callable, not {type(given).__name__}"
    )


def _size(target: Any) -> int | None:
    """The number of variables; None for a callable that has not met its first point."""
    try:
        return target.n
    except ThalwegError:
        return None


def _first_iterate(start: Any, target: Any) -> NDArray[np.float64]:
    """The start as an array (n,) of its own."""
    x = numbers(start)
    n = _size(target)
    if x is None or x.ndim > 1 or (n is not None and x.size != n):
        wanted = f"{n} numbers ({', '.join(target.variables)})" if n is not None else "a list of numbers"
        told = f"an array of shape {x.shape}" if x is not None and x is start else repr(start)
        raise ParameterError(f"start is {wanted}, not {told}")
    x = np.array(x, ndmin=1)
    finite = np.isfinite(x)
    if not finite.all():
        place = int(np.argmin(finite))
        raise ParameterError(f"start is finite, but its element {place} is {x[place]}")
    return x


Plan = tuple[Composition, NDArray[np.float64], bool]
_plans: dict[object, Plan] = {}
_MOST_PLANS = 1000


def _plan(
    method: str | None,
    direction: Direction | None,
    step: StepRule | None,
    options: Mapping[str, Value] | None,
    preset: str | None,
    limits: tuple[float, ...],
    record: Record,
    target: Any,
) -> Plan:
    """The composition and the vector of parameters that these arguments mean; looked up where they came before."""
    fused = bool(target.gradient_is_free)
    chosen = tuple(options.items()) if options else None
    key = (method, direction, step, chosen, preset, limits, record, fused)
    try:
        found = _plans.get(key)
    except TypeError:  # a value that cannot be hashed, such as a NumPy array of one number
        key = found = None
    if found is None:
        composition = compose(method, direction=direction, step=step, options=options, preset=preset)
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
    p[block.FUSED] = fused
    p[block.STRIDE] = stride
    for first, part in ((block.RULE, composition.step), (block.DIRECTION, composition.direction)):
        values = part.slots()
        p[first : first + len(values)] = values
    return p
