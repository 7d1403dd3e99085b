"""`descend` and `iterate`: one run of a method on an objective, to its end or one iteration at a time."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from numpy.typing import ArrayLike

from thalweg.descent.parameters import Value
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.stopping import CALLBACK, DEFAULTS
from thalweg.drive.single import Progress
from thalweg.entry.asked import Asked, Record
from thalweg.entry.under_way import UnderWay
from thalweg.trajectory import Trajectory

P = ParamSpec("P")
R = TypeVar("R")


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
        start: The first iterate, (n,), finite; or the result of another run. Of the same objective and method, that run
            goes on, bit for bit as if it had not ended: with all that the method has gathered, within limits that count
            from here, and with its record. Else, and where it had ended for good (no lower point was found, or f is not
            finite), a new run begins at its `x`.
        method: Name of a method, see ``thalweg methods``; spaces, hyphens and case do not matter. "armijo" unless
            `step` is given; where `start` is a result, the method that led there, with its bounds and mini-batches.
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
        >>> (
        ...     tw.descend("(1-x)^2 + 100*(y-x^2)^2", run, max_iterations=5).nit - run.nit
        ... )  # there is nothing left to do
        0
        >>> tw.descend("x^2 + 10 y^2", [5, 1], step=tw.Constant(0.3)).reason.name
        'DIVERGED'
        >>> line = tw.LeastSquares("m*t + b", {"t": [0, 1, 2, 3], "y": [1, 3, 5, 7]})
        >>> run = tw.descend(line, [0, 0], step=tw.Constant(0.1), batch_size=2, seed=1, gtol=1e-6)
        >>> run.nit, run.x.round(6), run.batches.per_epoch
        (1000, array([2., 1.]), 2)
    """
    composed = method, direction, step, options, preset
    limits = max_iterations, gtol, ftol, xtol, max_evaluations
    rest = time_limit, callback, record, check_gradient, bounds, batch_size, seed
    return UnderWay(Asked(objective, start, composed, limits, *rest)).to_the_end()


def _as(model: Callable[P, object]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """A function with the arguments of another one, for `help`, completion and the type checker."""

    def spelled(function: Callable[..., R]) -> Callable[P, R]:
        signature = inspect.signature(model)
        function.__signature__ = signature.replace(return_annotation="Iterates")  # type: ignore[attr-defined]
        return cast("Callable[P, R]", function)

    return spelled


@_as(descend)
def iterate(*given: Any, **named: Any) -> Iterates:
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
    bound = _SIGNATURE.bind(*given, **named)
    bound.apply_defaults()
    objective, start, *others = bound.arguments.values()
    composed, limits, rest = tuple(others[:5]), tuple(others[5:10]), others[10:]
    return Iterates(UnderWay(Asked(objective, start, cast(Any, composed), limits, *rest)))


_SIGNATURE = inspect.signature(descend)


class Iterates(Iterator[Progress]):
    """The iterates of a run that goes on when the next one is asked for; see `iterate`.

    `close`, or the end of a ``with``, ends it early. The clock of a time limit runs on between iterates.
    """

    def __init__(self, under_way: UnderWay) -> None:
        self._under_way = under_way
        self._first = under_way.iteration

    def __next__(self) -> Progress:
        state = None if self._under_way.ended else self._under_way.next()
        if state is None:
            self.close()
            raise StopIteration
        callback = self._under_way.callback
        if callback is not None and state.iteration > self._first and callback(state):
            self.close()
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
