"""What a run leaves behind: its iterates, its trials, its counts, and how it ended."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.advance import PATH_EXTRA
from thalweg.descent.block import (
    BEST_VALUE,
    EVALUATIONS,
    FIRST_VALUE,
    GRADIENTS,
    GTOL2,
    HESSIANS,
    ITERATION,
    PRODUCTS,
    STATUS,
)
from thalweg.descent.methods import Composition
from thalweg.descent.stopping import Reason
from thalweg.descent.vocabulary import best

if TYPE_CHECKING:
    from thalweg.drive.single import Outcome
    from thalweg.verdict.certificate import Certificate
    from thalweg.verdict.verdict import Verdict

Real = NDArray[np.float64]

TRIAL_TYPE = np.dtype(
    [("iteration", np.int64), ("alpha", float), ("phi", float), ("slope", float), ("judgement", np.int64)]
)


class Trajectory:
    """One run, as `thalweg.descend` returns it.

    The fields of SciPy's results stand beside the run's own.  With k iterations in n variables:

    Attributes:
        path: (k+1, n+4) float64: x, f, |g|, step length, evaluations so far; one row an iterate, the start first.
            Where not every iterate was recorded (``record=``), the last one stands there nevertheless.
        method: The direction and the step rule that ran, with their parameters.
        objective: What was minimised.
        start: The first iterate, (n,); it need not stand in the path.
        seconds: How long the run took.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("x^2 + y^2", [3, 4], method="gradient descent", options={"alpha": 0.25})
        >>> run.points[1]
        array([1.5, 2. ])
        >>> run.reason.name
        'GRADIENT_TOLERANCE'
    """

    def __init__(
        self, objective: Any, method: Composition, parameters: Real, outcome: Outcome, start: Real
    ) -> None:
        self.objective = objective
        self.method = method
        self.start = start
        self.path: Real = outcome.path
        self.seconds = outcome.seconds
        self._parameters = parameters
        self._block = outcome.block
        self._trials = outcome.trials
        self.trials_dropped = outcome.trials_dropped
        """Trials that the record could not hold: the oldest ones."""
        self.stride = outcome.stride
        """Every how many iterates one was recorded; 0: only the last."""

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "verdict"}

    @property
    def n(self) -> int:
        """Number of variables."""
        return self.path.shape[1] - PATH_EXTRA

    # ------------------------------------------------------------------------------------------------ the result

    @property
    def x(self) -> Real:
        """The best finite point met, (n,); the start where even that is not finite."""
        row = best(self._block[:, None])
        return self._block[row : row + self.n].copy()

    @property
    def fun(self) -> float:
        """The value of f there."""
        return float(self._block[BEST_VALUE])

    @cached_property
    def jac(self) -> Real:
        """The gradient at `x`, (n,); evaluated anew, and not counted."""
        gradient = self.objective.evaluate(self.x, value=False, gradient=True)[1]
        return np.asarray(gradient, dtype=float)

    @property
    def nit(self) -> int:
        """Number of iterations: accepted steps."""
        return int(self._block[ITERATION])

    @property
    def nfev(self) -> int:
        """Values of f asked for."""
        return int(self._block[EVALUATIONS])

    @property
    def njev(self) -> int:
        """Gradients asked for."""
        return int(self._block[GRADIENTS])

    @property
    def nhev(self) -> int:
        """Hessians asked for; where the objective has none, each took gradients, which `njev` counts."""
        return int(self._block[HESSIANS])

    @property
    def nhvp(self) -> int:
        """Products of the Hessian with a vector asked for; likewise."""
        return int(self._block[PRODUCTS])

    @property
    def gtol(self) -> float:
        """The tolerance on the gradient norm that the run had."""
        return math.sqrt(self._parameters[GTOL2])

    # ------------------------------------------------------------------------------------------------ the path

    @property
    def first_value(self) -> float:
        """The value of f at the start, whatever the path holds; 0 where it was not finite."""
        return float(self._block[FIRST_VALUE])

    @property
    def iterations(self) -> NDArray[np.int64]:
        """The number of the iteration that led to each recorded iterate, 0 for the start."""
        rows = np.arange(len(self.path)) * self.stride
        rows[-1] = self.nit
        return rows

    @property
    def points(self) -> Real:
        """The iterates, (k+1, n)."""
        return self.path[:, : self.n]

    @property
    def values(self) -> Real:
        """The values of f at the iterates, (k+1,)."""
        return self.path[:, self.n]

    @property
    def gradient_norms(self) -> Real:
        """The 2-norms of the gradient at the iterates, (k+1,)."""
        return self.path[:, self.n + 1]

    @property
    def step_lengths(self) -> Real:
        """The step lengths alpha that led to the iterates, (k+1,); 0 at the start."""
        return self.path[:, self.n + 2]

    @property
    def evaluations(self) -> NDArray[np.int64]:
        """How many values of f had been asked for when each iterate was reached, (k+1,)."""
        return self.path[:, self.n + 3].astype(np.int64)

    @cached_property
    def trials(self) -> NDArray[np.void]:
        """Every trial in order: iteration it started from, alpha, phi(alpha), phi'(alpha), judgement.

        The judgement is a number of `thalweg.Judgement`; phi' is NaN where the gradient was not asked for.
        """
        table = np.empty(len(self._trials), TRIAL_TYPE)
        for column, name in enumerate(TRIAL_TYPE.names or ()):
            table[name] = self._trials[:, column]
        return table

    # ------------------------------------------------------------------------------------------------ how it ended

    @property
    def reason(self) -> Reason:
        """Why it ended."""
        return Reason(int(self._block[STATUS]))

    @property
    def status(self) -> int:
        """The reason as a number, as SciPy's results have it."""
        return int(self._block[STATUS])

    @cached_property
    def certificate(self) -> Certificate:
        """What `x` is, minimum, saddle or neither, and the figures that show it."""
        from thalweg.verdict.certificate import certify

        return certify(self)

    @cached_property
    def verdict(self) -> Verdict:
        """How it ended and why, in words and figures."""
        from thalweg.verdict.verdict import judge_run

        return judge_run(self)

    @property
    def success(self) -> bool:
        """Whether it ended at a point that passes as a minimiser."""
        return self.verdict.success

    @property
    def message(self) -> str:
        """The verdict as plain text."""
        return self.verdict.text

    @property
    def mark(self) -> Literal["converged", "limit", "diverged", "failed"]:
        """The verdict in one word."""
        return self.verdict.mark

    @property
    def headline(self) -> str:
        """The verdict in a few words."""
        return self.verdict.headline

    def __repr__(self) -> str:
        x = np.array2string(self.x, precision=8, threshold=6)
        return (
            f"<Trajectory: {self.headline}; f = {self.fun:.10g} at {x}, nit = {self.nit}, nfev = {self.nfev}>"
        )
