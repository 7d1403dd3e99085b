"""Performance profiles: on how many problems a method is within a factor of the best one.

With t_ps the cost of problem p by method s, the ratio is r_ps = t_ps / min_s t_ps, infinite where s does not solve p,
and the profile is rho_s(tau), the part of all problems with r_ps <= tau (Dolan & Moré, "Benchmarking optimization
software with performance profiles", Mathematical Programming 91, 2002).

A problem is solved at the first iterate with f <= f_L + tolerance (f_0 - f_L), where f_L is the least value that any
method reached, or the known minimum where that is less (Moré & Wild, "Benchmarking derivative-free optimization
algorithms", SIAM J. Optim. 20, 2009): so no method's own stopping test decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thalweg.errors import ParameterError
from thalweg.problems import MORE_GARBOW_HILLSTROM, PROBLEMS, find
from thalweg.progress import progress
from thalweg.survey.comparison import Methods, arguments
from thalweg.survey.methods import GRID, Arguments, settings, translated
from thalweg.survey.text import table
from thalweg.trajectory import Trajectory
from thalweg.trajectory.frames import frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Real = NDArray[np.float64]
Measure = Literal["evaluations", "gradients", "seconds"]
MEASURES: tuple[Measure, ...] = ("evaluations", "gradients", "seconds")

METHODS = ("armijo", "barzilai-borwein", "adam", "conjugate gradient", "hager-zhang", "l-bfgs", "bfgs")
"""What is compared where nothing is said."""
TOLERANCE = 1e-6
MAX_EVALUATIONS = 500
SECONDS = 0.5


class Case(NamedTuple):
    """A problem of a profile: its name, the function, the start, and the least value of f where that is known."""

    name: str
    objective: Any
    start: ArrayLike
    minimum: float | None


@dataclass(frozen=True)
class Profile:
    """Costs of methods over a set of problems, and their performance profiles.

    Attributes:
        methods: Their names.
        problems: Their names.
        costs: By measure ("evaluations" of f, "gradients", "seconds"), (problems, methods): what it took to solve the
            problem; inf where it was not solved.
        tuned: The setting that each method was given, "" for its default: of its step length, or of the first trial of
            its line search, that value of one grid, the same for all methods, with which it solves most problems, and
            those with the least evaluations.
        effort: What was done alike for every method, in a sentence.
    """

    methods: tuple[str, ...]
    problems: tuple[str, ...]
    costs: dict[str, Real]
    tuned: dict[str, str]
    effort: str

    def ratios(self, measure: Measure = "evaluations") -> Real:
        """The ratios r_ps, (problems, methods); inf where a problem was not solved.

        Raises:
            ParameterError: There is no such measure.
        """
        if measure not in self.costs:
            raise ParameterError(f"measure is one of {', '.join(map(repr, MEASURES))}, not {measure!r}")
        costs = self.costs[measure]
        best = costs.min(axis=1, keepdims=True)
        return np.divide(costs, best, out=np.full_like(costs, math.inf), where=np.isfinite(best))

    def rho(self, tau: ArrayLike, measure: Measure = "evaluations") -> Real:
        """The profiles rho_s(tau), (methods, taus): the part of the problems with a ratio of at most tau."""
        within = self.ratios(measure)[:, :, None] <= np.atleast_1d(np.asarray(tau, float))
        return within.mean(axis=0)

    @property
    def columns(self) -> dict[str, list[Any]]:
        """A row a method: the part of the problems that it solved, on which it was best, within twice the best."""
        best, within = self.rho(1.0)[:, 0], self.rho(2.0)[:, 0]
        by_time = self.rho(1.0, "seconds")[:, 0]
        solved = np.isfinite(self.costs["evaluations"]).mean(axis=0)
        return {
            "method": list(self.methods),
            "solved": solved.tolist(),
            "fewest evaluations": best.tolist(),
            "within twice": within.tolist(),
            "least time": by_time.tolist(),
            "setting": [self.tuned[name] or "default" for name in self.methods],
        }

    def to_frame(self, library: Literal["pandas", "polars"] | None = None) -> Any:
        """A row for each problem and method, with its costs and ratios, as a data frame; see `Trajectory.to_frame`."""
        p, s = len(self.problems), len(self.methods)
        columns: dict[str, Any] = {
            "problem": np.repeat(np.array(self.problems, dtype=object), s),
            "method": np.tile(np.array(self.methods, dtype=object), p),
        }
        for measure in MEASURES:
            columns[measure] = self.costs[measure].ravel()
            columns[f"{measure}_ratio"] = self.ratios(measure).ravel()
        return frame(columns, library)

    def plot(
        self,
        measure: Measure = "evaluations",
        *,
        theme: Literal["light", "dark"] = "light",
        axes: Axes | None = None,
    ) -> Figure:
        """Draw the profiles over tau.

        Args:
            measure: What the ratios are of.
            theme: "light" or "dark".
            axes: Where to draw, in place of a new figure.

        Raises:
            FigureError: Matplotlib is not installed (the extra ``figure``).
        """
        from thalweg.figure.performance import draw_profiles

        return draw_profiles(
            {name: self.ratios(measure)[:, i] for i, name in enumerate(self.methods)},
            measure=measure,
            theme=theme,
            axes=axes,
        )

    def __repr__(self) -> str:
        return f"{table(self.columns)}\n{len(self.problems)} problems. {self.effort}"


def profile(
    problems: Iterable[Any] | None = None,
    methods: Methods = METHODS,
    *,
    tune: bool = True,
    tolerance: float = TOLERANCE,
    max_evaluations: float = MAX_EVALUATIONS,
    time_limit: float = SECONDS,
) -> Profile:
    """Run methods over a set of problems, each tuned with the same effort, and profile them.

    With its defaults it takes a minute or two. On a terminal a bar shows how far it is.

    Args:
        problems: Names or problems of the catalogue, or pairs (objective, start) as for `descend`; by default the
            catalogue and the collection of Moré, Garbow and Hillstrom.
        methods: As for `compare`.
        tune: Whether each method with a step length, or a first trial, is run with its default and with each value of
            1e-3, 1e-2 and 1e-1, one for the whole set, and shown at its best. A method that is given a value
            keeps it.
        tolerance: How close a solution comes, as a part of the way from f at the start to its least known value.
        max_evaluations: Of each run.
        time_limit: Of each run, in seconds.

    Returns:
        Costs, ratios and profiles.

    Raises:
        ParameterError: There are no problems or no methods, or one that is unknown.

    Example:
        >>> import thalweg as tw
        >>> found = tw.profile(["himmelblau", "rosenbrock"], ["armijo", "bfgs"], tune=False)
        >>> found.costs["evaluations"].shape, bool(found.rho(1.0).sum() >= 1.0)
        ((2, 2), True)
    """
    cases = [_case(each) for each in (_own() if problems is None else problems)]
    asked = arguments(methods)
    if not cases:
        raise ParameterError("problems holds one problem at least")
    limits: Arguments = {
        "max_iterations": max_evaluations,
        "max_evaluations": max_evaluations,
        "gtol": 0.0,
        "time_limit": time_limit,
    }
    tried = {name: settings(given) if tune else [("", given)] for name, given in asked.items()}
    runs = _runs(cases, tried, limits)
    targets = [
        _target(case, [tries[i] for several in runs.values() for tries in several], tolerance)
        for i, case in enumerate(cases)
    ]
    tuned: dict[str, str] = {}
    chosen: list[Real] = []
    for name, several in tried.items():
        costs = [
            np.array([_cost(run, target) for run, target in zip(tries, targets, strict=True)])
            for tries in runs[name]
        ]
        merits = [_merit(each) for each in costs]
        best = merits.index(max(merits))
        tuned[name] = several[best][0]
        chosen.append(costs[best])
    whole = np.array(chosen)  # (methods, problems, measures)
    return Profile(
        methods=tuple(asked),
        problems=tuple(case.name for case in cases),
        costs={measure: whole[:, :, i].T.copy() for i, measure in enumerate(MEASURES)},
        tuned=tuned,
        effort=_effort(tune, tolerance, max_evaluations),
    )


def _runs(
    cases: Sequence[Case], tried: Mapping[str, Sequence[tuple[str, Arguments]]], limits: Arguments
) -> dict[str, list[list[Trajectory | None]]]:
    """All runs: by method, by setting, by problem."""
    runs: dict[str, list[list[Trajectory | None]]] = {}
    total = len(cases) * sum(map(len, tried.values()))
    with progress("profiling", total, "runs") as shown:
        for name, several in tried.items():
            runs[name] = [[] for _ in several]
            for tries, (_, given) in zip(runs[name], several, strict=True):
                for case in cases:
                    tries.append(_run(case, {**limits, **given}))
                    shown.advance(1)
    return runs


def _own() -> list[Any]:
    """The project's set: what has a minimum."""
    return [*(problem for problem in PROBLEMS if problem.minimum is not None), *MORE_GARBOW_HILLSTROM]


def _case(given: Any) -> Case:
    if isinstance(given, str):
        collection = {problem.id: problem for problem in MORE_GARBOW_HILLSTROM}
        given = collection.get(given) or find(given)
    if hasattr(given, "objective") and hasattr(given, "start"):
        minima = getattr(given, "minima", None)
        known = getattr(given, "minimum", None)
        minimum = min(each.value for each in minima) if minima else known
        return Case(given.id, given.objective(), given.start, minimum)
    try:
        objective, start = given
    except (TypeError, ValueError):
        raise ParameterError(
            f"a problem is a name, a problem of the catalogue, or a pair (objective, start), not {given!r:.60}"
        ) from None
    describe = getattr(objective, "describe", None)
    return Case(
        describe() if describe else str(getattr(objective, "__name__", objective)), objective, start, None
    )


def _run(case: Case, given: Arguments) -> Trajectory | None:
    """The run; None where the function raises on its way."""
    try:
        with np.errstate(all="ignore"):
            return translated(case.objective, case.start, given)
    except ArithmeticError:
        return None


def _target(case: Case, runs: Sequence[Trajectory | None], tolerance: float) -> float:
    """The value at which the problem is solved."""
    known = [] if case.minimum is None else [case.minimum]
    reached = [run.fun for run in runs if run is not None and math.isfinite(run.fun)]
    firsts = [run.first_value for run in runs if run is not None]
    if not (known + reached and firsts):
        return -math.inf
    least = min(known + reached)
    return least + tolerance * (max(firsts) - least)


def _cost(run: Trajectory | None, target: float) -> tuple[float, float, float]:
    """Evaluations, gradients and seconds up to the first iterate at or below the target."""
    if run is None or not (run.values <= target).any():
        return math.inf, math.inf, math.inf
    evaluations = float(run.evaluations[int(np.argmax(run.values <= target))])
    part = evaluations / max(run.nfev, 1)  # of the run: gradients and time are not recorded at each iterate
    return evaluations, math.ceil(part * run.njev), part * run.seconds


def _merit(costs: Real) -> tuple[int, float]:
    """How many problems are solved, then how few evaluations that took."""
    solved = np.isfinite(costs[:, 0])
    return int(solved.sum()), -float(np.log(costs[solved, 0]).sum())


def _effort(tune: bool, tolerance: float, limit: float) -> str:
    grid = ", ".join(f"{value:g}" for value in GRID)
    tuned = f"each with a step length or a first trial at the best of its default and {grid}, one for all problems"
    return (
        f"Solved: f within {tolerance:g} of the way from the start to the least known value, in {limit:,.0f} "
        f"evaluations. Methods: {tuned if tune else 'each with its defaults'}."
    )
