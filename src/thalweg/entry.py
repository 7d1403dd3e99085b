"""The public entry: one run of a method on an objective, to its end or one iteration at a time."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thalweg.descent import block
from thalweg.descent.compose import Composition, compose
from thalweg.descent.parameters import Value
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.stopping import CALLBACK, DEFAULTS, INTERRUPTED, RAISED, check_limits
from thalweg.drive.single import Descent, Outcome, Progress
from thalweg.errors import ParameterError, ThalwegError
from thalweg.objective.arrays import numbers
from thalweg.objective.box import box
from thalweg.trajectory import Trajectory

if TYPE_CHECKING:
    from thalweg.objective.batches import Batches

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
    check_gradient: bool = True,
    bounds: Any = None,
    batch_size: int | None = None,
    seed: int | None = None,
) -> Trajectory:
    """Go down an objective from a start.

    Args:
        objective: A `Formula`, `Function` or `LeastSquares`; a text (a formula) or a Python callable also does.
        start: The first iterate, (n,), finite; or the result of another run, whose `x` it then is (what the method had
            gathered there, such as curvature, is gathered anew).
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
        check_gradient: Whether a gradient that is given for a callable is compared with differences before the first
            step: 2n evaluations up to 10 variables, 6 beyond (three random directions, which see errors that are
            large beside the whole gradient), and more only where it looks doubtful.
        bounds: Bounds on the variables: a pair (low, high) for each, with None where there is no bound; a pair of
            arrays (n,); or `scipy.optimize.Bounds`. A start outside is moved to the nearest point inside, with a
            warning.
        batch_size: For an objective over rows in memory (`LeastSquares`): evaluate every iterate on a mini-batch of so
            many rows, k-th iterate on k-th batch. Every epoch deals the rows out anew; see `objective/batches.py`. The
            run ends by its limits (`max_iterations` counts steps, `max_evaluations` batches), for on a batch a small
            gradient means nothing; only its end is judged on all rows. See `Trajectory.batches`. Methods that compare
            iterates, as line searches do, are refused: a search would have to evaluate both of its ends on one batch.
        seed: By which rows are dealt out to mini-batches, from 0 on; 0 unless it is given. The same seed gives the same
            bits.

    Returns:
        The `Trajectory`; a run that fails is returned as well, with the reason.

    Raises:
        ParameterError: An unknown method or option, a value out of its range, a start of the wrong shape.
        FormulaError: The text is no formula.
        Exception: What a callable raises, and KeyboardInterrupt, pass through unchanged; the attribute `run` of the
            exception is the `Trajectory` so far.

    Warns:
        GradientWarning: The gradient that is given does not fit the function; the run goes on.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1], method="armijo", max_iterations=20_000)
        >>> run.success, run.x.round(6)
        (True, array([1., 1.]))
        >>> tw.descend("x^2 + 10 y^2", [5, 1], step=tw.Constant(0.3)).reason.name
        'DIVERGED'
        >>> line = tw.LeastSquares("m*t + b", {"t": [0, 1, 2, 3], "y": [1, 3, 5, 7]})
        >>> run = tw.descend(line, [0, 0], step=tw.Constant(0.1), batch_size=2, seed=1, gtol=1e-6)
        >>> run.nit, run.x.round(6), run.batches.per_epoch
        (1000, array([2., 1.]), 2)
    """
    limits = max_iterations, gtol, ftol, xtol, max_evaluations
    under_way = _Run(
        objective,
        start,
        (method, direction, step, options, preset),
        limits,
        record,
        time_limit,
        check_gradient,
        bounds,
        (batch_size, seed),
    )
    return under_way.to_the_end(callback)


def iterate(
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
    record: Record = "all",
    check_gradient: bool = True,
    bounds: Any = None,
    batch_size: int | None = None,
    seed: int | None = None,
) -> Iterates:
    """The run that `descend` would do, one iteration at a time; the arguments are those of `descend`.

    Returns:
        An iterator over the iterates, the start first, each a `Progress`; its attribute `run` is the `Trajectory` so
        far, at any time.

    Raises:
        ParameterError: As `descend`.

    Example:
        >>> import thalweg as tw
        >>> iterates = tw.iterate("x^2 + 10 y^2", [3, 4], "bfgs")
        >>> for state in iterates:
        ...     if state.fun < 1e-3:
        ...         break
        >>> iterates.run.nit == state.iteration, iterates.run.reason.name
        (True, 'CALLBACK')
    """
    limits = max_iterations, gtol, ftol, xtol, max_evaluations
    return Iterates(
        _Run(
            objective,
            start,
            (method, direction, step, options, preset),
            limits,
            record,
            time_limit,
            check_gradient,
            bounds,
            (batch_size, seed),
        )
    )


class Iterates(Iterator[Progress]):
    """The iterates of a run that goes on when the next one is asked for; see `iterate`.

    `close`, or the end of a ``with``, ends it early. The clock of a time limit runs on between iterates.
    """

    def __init__(self, under_way: _Run) -> None:
        self._under_way = under_way

    def __next__(self) -> Progress:
        state = None if self._under_way.ended else self._under_way.next()
        if state is None:
            self.close()
            raise StopIteration
        return state

    @property
    def run(self) -> Trajectory:
        """What the run has left so far; its reason is CALLBACK where it has not ended by itself."""
        return self._under_way.so_far(CALLBACK)

    def close(self) -> None:
        """End the run: there are no more iterates."""
        self._under_way.end(CALLBACK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


Composed = tuple[str | None, Direction | None, StepRule | None, Mapping[str, Value] | None, str | None]
"""Method, direction, step, options and preset, as they are given."""


class _Run:
    """Arguments made into a run under way."""

    def __init__(
        self,
        objective: Any,
        start: Any,
        composed: Composed,
        limits: tuple[float, ...],
        record: Record,
        time_limit: float,
        check_gradient: bool,
        bounds: Any,
        mini: tuple[int | None, int | None],
    ) -> None:
        self.target = target = objective if hasattr(objective, "evaluate") else _objective(objective)
        self.start = _first_iterate(start, target)
        self.bounds = box(bounds, len(self.start))
        if self.bounds is not None:
            self.start = _inside(self.start, self.bounds)
        self.batches = _batches(target, *mini, limits)
        bounded, batched = self.bounds is not None, self.batches is not None
        self.composition, self.p, logged = _plan(composed, limits, record, target, bounded, batched)
        try:
            limited = time_limit >= 0.0
        except TypeError:
            limited = False
        if not limited:
            raise ParameterError(f"time_limit is a number of seconds, not {time_limit!r}")
        if self.composition.direction.residuals and not hasattr(target, "reduced"):
            raise ParameterError(
                f"{self.composition.direction.name} works on residuals, which {target.describe()} has not; "
                "a LeastSquares objective has"
            )
        self.time_limit = time_limit
        self.before = None
        if (renew := getattr(target, "renew", None)) is not None:  # a callable
            renew()
            self.before = target.calls
            if check_gradient and target.derivative == "given":
                _check_gradient(target, self.start)
        self.ended: Trajectory | None = None
        within, p = target, self.p
        if self.batches is not None:
            within, p = self.batches, self.p.copy()
            p[block.GTOL2] = -1.0  # no gradient of a batch is small enough
        self.descent = Descent(within, self.composition, self.start, p, logged=logged, bounds=self.bounds)

    def to_the_end(self, callback: Callable[[Progress], object] | None) -> Trajectory:
        """The run, when it has ended."""
        try:
            self.descent.go_down(time_limit=self.time_limit, callback=callback)
        except BaseException as error:
            self._hand_over(error)
            raise
        return self.end(CALLBACK)

    def next(self) -> Progress | None:
        """The next iterate."""
        try:
            return self.descent.next(time_limit=self.time_limit)
        except BaseException as error:
            self._hand_over(error)
            raise

    def so_far(self, reason: int) -> Trajectory:
        """What the run has left; `reason` is that of the end where it has not ended by itself."""
        return self.ended or self._trajectory(self.descent.outcome(reason))

    def end(self, reason: int) -> Trajectory:
        """What the run leaves; it does not go on."""
        if self.ended is None:
            self.ended = self._trajectory(self.descent.leave(reason))
        return self.ended

    def _trajectory(self, outcome: Outcome) -> Trajectory:
        calls = None if self.before is None else self.target.calls.since(self.before)
        batched = None
        if (batches := self.batches) is not None:
            from thalweg.drive.whole import judge_whole
            from thalweg.trajectory.batched import Batched

            whole = judge_whole(outcome, self.target, self.start)
            batched = Batched(batches.size, batches.seed, batches.rows, whole)
        return Trajectory(
            self.target,
            self.composition,
            self.p,
            outcome,
            self.start,
            calls=calls,
            bounds=self.bounds,
            batches=batched,
        )

    def _hand_over(self, error: BaseException) -> None:
        """Let an exception carry the run so far."""
        run = self.end(INTERRUPTED if isinstance(error, KeyboardInterrupt) else RAISED)
        inside = hasattr(error, "run")  # a run within this one has been here
        try:
            error.run = run  # type: ignore[attr-defined]
        except AttributeError:  # an exception that takes no attributes
            return
        if inside:
            return
        error.add_note(
            f"The run so far, {run.nit} iterations to f = {run.fun:.6g}, is the attribute `run` of this exception "
            "(where nothing caught it: sys.last_value.run)."
        )


def _check_gradient(target: Any, x: NDArray[np.float64]) -> None:
    """Warn where the gradient that a user gives does not fit the function at the start."""
    from thalweg.objective.gradient_check import GradientWarning, misfit

    try:
        value, gradient = target.evaluate(x)
    except Exception:  # the run meets it as well, and passes it on with what there is
        return
    found = misfit(target.value, x, value, gradient)
    if found is not None:
        warnings.warn(
            f"the gradient that is given does not fit {target.describe()} at the start: its component "
            f"{target.variables[found.component]} is {found.given:.6g}, where differences of f give {found.found:.6g} "
            "(check_gradient=False does not look)",
            GradientWarning,
            stacklevel=4,
        )


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


def _batches(target: Any, size: int | None, seed: int | None, limits: tuple[float, ...]) -> Batches | None:
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


def _first_iterate(start: Any, target: Any) -> NDArray[np.float64]:
    """The start as an array (n,) of its own."""
    start = getattr(start, "x", start)  # of a result
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
        raise ParameterError(f"start must be finite, and its element {place} is {x[place]}")
    return x


def _inside(
    x: NDArray[np.float64], bounds: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """The point of the box that is nearest to the start; a warning where it is another one."""
    inside = np.clip(x, *bounds)
    moved = np.flatnonzero(inside != x)
    if moved.size:
        i = int(moved[0])
        warnings.warn(
            f"the start lies outside the bounds: its element {i} is moved from {x[i]:g} to {inside[i]:g}",
            stacklevel=4,
        )
    return inside


Plan = tuple[Composition, NDArray[np.float64], bool]
_plans: dict[object, Plan] = {}
_MOST_PLANS = 1000


def _plan(
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
