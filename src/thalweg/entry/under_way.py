"""A run under way: arguments made into one that begins, or into one that goes on where another had ended."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.descent import block
from thalweg.descent.stopping import CALLBACK, INTERRUPTED, RAISED
from thalweg.drive.single import Descent, Progress
from thalweg.drive.workspace import Outcome
from thalweg.entry.asked import Asked, batches_of, first_iterate, inside, objective_of, planned
from thalweg.errors import ParameterError, warn
from thalweg.objective.box import box
from thalweg.trajectory import Trajectory


class UnderWay:
    """Arguments made into a run under way."""

    def __init__(self, asked: Asked) -> None:
        self.target = target = objective_of(asked.objective)
        before = _run_of(asked.start)
        if before is not None:
            asked = _inherited(asked, before)
            if alike(target, before.objective):
                self.target = target = before.objective
        self.callback = asked.callback
        self.start = first_iterate(asked.start, target)
        self.bounds = self.batches = None
        if asked.bounds is not None:
            self.bounds = box(asked.bounds, len(self.start))
        if self.bounds is not None:
            self.start = inside(self.start, self.bounds)
        if asked.batch_size is not None or asked.seed is not None:
            self.batches = batches_of(target, asked.batch_size, asked.seed, asked.limits)
        bounded, batched = self.bounds is not None, self.batches is not None
        self.composition, self.p, logged = planned(
            asked.composed, asked.limits, asked.record, target, bounded, batched
        )
        if before is not None and self.composition == before.method:
            self.composition = before.method  # which has its name
        try:
            limited = asked.time_limit >= 0.0
        except TypeError:
            limited = False
        if not limited:
            raise ParameterError(f"time_limit is a number of seconds, not {asked.time_limit!r}")
        if self.composition.direction.residuals and not hasattr(target, "reduced"):
            raise ParameterError(
                f"{self.composition.direction.name} works on residuals, which {target.describe()} has not; "
                "a LeastSquares objective has"
            )
        self.time_limit = asked.time_limit
        self._goes_on = None
        if before is not None and self._may_go_on(before):
            self._goes_on = before
        self.before = None
        if (renew := getattr(target, "renew", None)) is not None:  # a callable
            if self._goes_on is None:
                renew()
            self.before = target.calls
            if asked.check_gradient and target.derivative == "given" and self._goes_on is None:
                _check_gradient(target, self.start)
        self.ended: Trajectory | None = None
        left = None
        if self._goes_on is not None:
            left, self.start = self._goes_on.left, self._goes_on.start
            self.p = self.p.copy()
            self.p[block.MAX_ITERATIONS] += self._goes_on.nit
            self.p[block.MAX_EVALUATIONS] += self._goes_on.nfev
        within, p = target, self.p
        if self.batches is not None:
            within, p = self.batches, self.p.copy()
            p[block.GTOL2] = -1.0  # no gradient of a batch is small enough
        self.descent = Descent(
            within, self.composition, self.start, p, logged=logged, bounds=self.bounds, left=left
        )

    @property
    def iteration(self) -> int:
        """The iteration at which it begins."""
        return 0 if self._goes_on is None else self._goes_on.nit

    def _may_go_on(self, run: Trajectory) -> bool:
        """Whether it is the same run: of the same objective, method, bounds and batches, and not ended for good."""
        same = self.target is run.objective and self.composition == run.method
        if self.bounds is None or run.bounds is None:
            same = same and self.bounds is run.bounds
        else:
            same = same and np.array_equal(self.bounds, run.bounds)
        if self.batches is None or run.batches is None:
            same = same and self.batches is run.batches
        else:
            same = same and (self.batches.size, self.batches.seed) == (run.batches.size, run.batches.seed)
        return same and run.left.may_go_on

    def to_the_end(self) -> Trajectory:
        """The run, when it has ended."""
        try:
            self.descent.go_down(time_limit=self.time_limit, callback=self.callback)
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
        if calls is not None and self._goes_on is not None and self._goes_on.calls is not None:
            calls = type(calls)(*(sum(two) for two in zip(calls, self._goes_on.calls, strict=True)))
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


def _run_of(start: Any) -> Trajectory | None:
    """The run whose result stands in place of a first iterate."""
    start = getattr(start, "trajectory", start)
    return start if isinstance(start, Trajectory) else None


def _inherited(asked: Asked, run: Trajectory) -> Asked:
    """Method, bounds and mini-batches are those of the run, where nothing else is said."""
    if all(part is None for part in asked.composed):
        step = run.method.step
        bent = asked.bounds is not None and not (
            step.bends or step.bounds_step
        )  # `compose` finds another one
        asked = asked._replace(composed=(None, run.method.direction, None if bent else step, None, None))
    if asked.bounds is None and run.bounds is not None:
        asked = asked._replace(bounds=run.bounds)
    if asked.batch_size is None and run.batches is not None:
        seed = run.batches.seed if asked.seed is None else asked.seed
        asked = asked._replace(batch_size=run.batches.size, seed=seed)
    return asked


def alike(objective: Any, other: Any) -> bool:
    """Whether two objectives are the same one: itself, the same formula, or made of the same callables."""
    if objective is other:
        return True
    return (
        type(objective) is type(other)
        and hasattr(objective, "made_of")
        and objective.made_of == other.made_of
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
        warn(
            f"the gradient that is given does not fit {target.describe()} at the start: its component "
            f"{target.variables[found.component]} is {found.given:.6g}, where differences of f give {found.found:.6g} "
            "(check_gradient=False does not look)",
            GradientWarning,
        )
