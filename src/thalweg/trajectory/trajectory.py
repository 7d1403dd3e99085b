"""What a run leaves behind: its iterates, its trials, its counts, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.account import PATH_EXTRA
from thalweg.descent.block import (
    BEST_VALUE,
    EVALUATIONS,
    FIRST_VALUE,
    FTOL,
    GRADIENTS,
    GTOL2,
    HESSIANS,
    ITERATION,
    MAX_EVALUATIONS,
    MAX_ITERATIONS,
    PRODUCTS,
    STATUS,
    XTOL,
)
from thalweg.descent.compose import Composition
from thalweg.descent.stopping import Reason
from thalweg.descent.vocabulary import best, gradient, iterate, memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from thalweg.drive.workspace import Outcome
    from thalweg.objective.function import Calls
    from thalweg.trajectory.batched import Batched
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
        bounds: Lower and upper bounds of the variables, (n,) each, or None. With them |g| is the norm of the projected
            gradient P(x - g) - x.
        batches: Size, seed and number of the mini-batches, or None. With them path, trials and counts are those of
            batches: iterate k was evaluated on batch k, and its f cannot be compared with another's. `x` is the start
            or the last iterate, whichever is lower on all rows, and `fun`, `jac` and the certificate are of all rows.
        seconds: How long the run took.
        derivative: Where the gradient came from: "exact" for formulas and models, else as in `Function`.
        calls: How often the run called a callable's `fun`, `jac`, `hess` and `hessp`, with the check of a gradient that
            is given, and with what differences took; None for formulas and models. `nfev` and `njev` count what the
            method asked for.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("x^2 + y^2", [3, 4], method="gradient descent", options={"alpha": 0.25})
        >>> run.points[1]
        array([1.5, 2. ])
        >>> run.reason.name
        'GRADIENT_TOLERANCE'
    """

    def __init__(
        self,
        objective: Any,
        method: Composition,
        parameters: Real,
        outcome: Outcome,
        start: Real,
        *,
        calls: Calls | None = None,
        bounds: tuple[Real, Real] | None = None,
        batches: Batched | None = None,
    ) -> None:
        self.objective = objective
        self.method = method
        self.start = start
        self.bounds = bounds
        self.batches = batches
        self.left = outcome
        """What the driver left, from where the run may go on."""
        self.path: Real = outcome.path
        self.seconds = outcome.seconds
        self.calls = calls
        self.derivative: str = getattr(objective, "derivative", "exact")
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
        """The gradient at `x`, (n,); where the run does not know it evaluated anew, and not counted."""
        if self.jac_is_known:
            g = gradient(self._block[:, None])
            return self._block[g : g + self.n].copy()
        found = self.objective.evaluate(self.x, value=False, gradient=True)[1]
        return np.asarray(found, dtype=float)

    @property
    def jac_is_known(self) -> bool:
        """Whether the best point is the last iterate, whose gradient the run has."""
        x = iterate(self._block[:, None])
        return math.isfinite(self.fun) and bool((self._block[x : x + self.n] == self.x).all())

    @property
    def memory(self) -> Real:
        """What the direction kept at the end, in its own order."""
        return self._block[memory(self._block[:, None]) :]

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

    @property
    def limits(self) -> dict[str, float]:
        """What would have ended the run: `max_iterations`, `gtol`, `ftol`, `xtol` and `max_evaluations`."""
        p = self._parameters
        return {
            "max_iterations": float(p[MAX_ITERATIONS]),
            "gtol": self.gtol,
            "ftol": float(p[FTOL]),
            "xtol": float(p[XTOL]),
            "max_evaluations": float(p[MAX_EVALUATIONS]),
        }

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

    @property
    def trial_rows(self) -> Real:
        """The trials as an array, one row each; see `trials`."""
        return self._trials

    @cached_property
    def trials(self) -> NDArray[np.void]:
        """Every trial in order: iteration it started from, alpha, phi(alpha), phi'(alpha), judgement.

        The judgement is a number of `thalweg.Judgement`; phi' is NaN where the gradient was not asked for.
        """
        table = np.empty(len(self._trials), TRIAL_TYPE)
        for column, name in enumerate(TRIAL_TYPE.names or ()):
            table[name] = self._trials[:, column]
        return table

    # ------------------------------------------------------------------------------------------------ as a table

    @property
    def columns(self) -> list[str]:
        """Names of the columns of `to_frame`."""
        return ["iteration", *self.objective.variables, "f", "gradient_norm", "step_length", "evaluations"]

    def to_frame(self, library: Literal["pandas", "polars"] | None = None) -> Any:
        """The iterates as a data frame, one row each.

        Args:
            library: "pandas" or "polars". By default the one that is imported already, else the one that is
                installed, else pandas.

        Raises:
            ParameterError: It is not installed.
        """
        from thalweg.trajectory.frames import frame

        values = [self.iterations, *self.path.T[:-1], self.evaluations]
        return frame(dict(zip(self.columns, values, strict=True)), library)

    def lab(self, start: Sequence[float] | None = None) -> Any:
        """Open the run in the laboratory; see `thalweg.lab`, and `thalweg.link` for a link to it.

        Args:
            start: Where methods start, (n,); by default where the run did.

        Returns:
            In a notebook the widget; else, when the laboratory is stopped, None.
        """
        import thalweg

        return thalweg.lab(self, start)

    def save(self, path: str | Path) -> None:
        """Write the run as JSON, for `thalweg.load`: path, trials, counts and verdict, and a formula too.

        A callable, or a model with its data, is described in a line, not saved. What is not finite stands there as
        text, "inf" or "nan".
        """
        from thalweg.trajectory.saved import save

        save(self, path)

    def plot(
        self,
        kind: Literal["map", "convergence"] | None = None,
        *,
        box: Sequence[tuple[float, float]] | None = None,
        theme: str = "light",
        axes: Axes | None = None,
    ) -> Figure:
        """A picture of the run, by matplotlib (the extra `figure`).

        Args:
            kind: "map": the path over lines of equal f, for two variables, where it is the default; "convergence": f
                and |g| over the iterations.
            box: Of the map, [(low, high), (low, high)]; by default round the path. f is evaluated at 81 x 81 points.
            theme: "light" or "dark".
            axes: Of matplotlib, to draw the map into.

        Returns:
            The figure.

        Raises:
            FigureError: Matplotlib is not installed.
            ParameterError: There is no such kind, or it is not for this run.

        Example:
            >>> import thalweg as tw
            >>> figure = tw.descend("x^2 + 10 y^2", [3, 4], "bfgs").plot()
        """
        from thalweg.trajectory.pictures import draw

        return draw(self, kind, box=box, theme=theme, axes=axes)

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
        """The verdict as plain text, and where a gradient came from that is neither exact nor given."""
        return self.verdict.text + self._source

    @property
    def _source(self) -> str:
        if self.derivative in ("exact", "given"):
            return ""
        calls = "" if self.calls is None else f", {self.calls.fun:,} calls of the function in all"
        return f" Gradient by {self.derivative}{calls}."

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
        source = "" if self.derivative in ("exact", "given") else f", gradient by {self.derivative}"
        counts = f"nit = {self.nit}, nfev = {self.nfev}{source}"
        return f"<Trajectory: {self.headline}; f = {self.fun:.10g} at {x}, {counts}>"
