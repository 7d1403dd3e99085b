"""Line searches: evaluations of f that each needs until |g| <= 1e-6.

The same directions with every search, each by its defaults and with the first trials that suit the direction, on twelve
problems of Moré, Garbow and Hillstrom from their standard starts.  SciPy's rows are its `minimize` with the same kind
of direction, whose search is `line_search_wolfe1` (MINPACK-2's `dcsrch`), with `line_search_wolfe2` where that fails,
and the same bound on the 2-norm of the gradient.  "-" is a run that did not get there within 5,000 evaluations.
"""

from __future__ import annotations

import warnings
from typing import Any

import thalweg as tw
from benchmarks._timing import at_most, table
from thalweg.descent.part import Direction, StepRule
from thalweg.problems import MORE_GARBOW_HILLSTROM, ResidualProblem

PROBLEMS = (
    "rosenbrock", "beale", "helical-valley", "bard", "powell-singular", "wood", "kowalik-and-osborne",
    "brown-and-dennis", "biggs-exp6", "extended-rosenbrock", "trigonometric", "chebyquad-8",
)  # fmt: skip
GTOL = 1e-6
MOST = 5000

ROWS: tuple[tuple[str, Direction, StepRule], ...] = (
    ("-g, Armijo, first trial 1", tw.SteepestDescent(), tw.Backtracking()),
    ("-g, Armijo, slope ratio", tw.SteepestDescent(), tw.Backtracking(first_trial="slope ratio")),
    ("-g, Barzilai-Borwein, window", tw.SteepestDescent(), tw.BarzilaiBorwein()),
    ("-g, Barzilai-Borwein, average", tw.SteepestDescent(), tw.BarzilaiBorwein(reference="average")),
    ("PR+, strong Wolfe, first trial 1", tw.ConjugateGradient(), tw.StrongWolfe(c2=0.1)),
    ("PR+, strong Wolfe, slope ratio", tw.ConjugateGradient(), tw.StrongWolfe(c2=0.1, first_trial="slope ratio")),
    ("PR+, Moré-Thuente, first trial 1", tw.ConjugateGradient(), tw.MoreThuente(c2=0.1)),
    ("PR+, Moré-Thuente, slope ratio", tw.ConjugateGradient(), tw.MoreThuente(c2=0.1, first_trial="slope ratio")),
    ("HZ, Hager-Zhang, sigma 0.9", tw.ConjugateGradient(beta="hager-zhang"), tw.HagerZhang()),
    ("HZ, Hager-Zhang, sigma 0.5", tw.ConjugateGradient(beta="hager-zhang"), tw.HagerZhang(sigma=0.5)),
    ("BFGS, Armijo", tw.QuasiNewton(), tw.Backtracking()),
    ("BFGS, strong Wolfe", tw.QuasiNewton(), tw.StrongWolfe()),
    ("BFGS, Moré-Thuente", tw.QuasiNewton(), tw.MoreThuente()),
    ("BFGS, Hager-Zhang", tw.QuasiNewton(), tw.HagerZhang(first_trial="unit")),
)  # fmt: skip
PEERS = ("CG", "BFGS")


def ours(problem: ResidualProblem, direction: Direction, step: StepRule) -> int | None:
    """Evaluations of f until the gradient is small enough."""
    run = tw.descend(
        problem.objective(), problem.start, direction=direction, step=step, gtol=GTOL, max_evaluations=MOST,
        max_iterations=MOST,
    )  # fmt: skip
    return run.nfev if run.reason is tw.Reason.GRADIENT_TOLERANCE else None


def scipys(problem: ResidualProblem, method: str) -> int | None:
    """The same by SciPy."""
    from scipy.optimize import minimize

    options: dict[str, Any] = {"gtol": GTOL, "norm": 2, "maxiter": MOST}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = minimize(problem.value, problem.start, jac=problem.gradient, method=method, options=options)
    return int(found.nfev) if found.success and found.nfev <= MOST else None


def main() -> str:
    problems = {problem.id: problem for problem in MORE_GARBOW_HILLSTROM}
    spent: dict[str, list[int | None]] = {
        name: [ours(problems[id], direction, step) for id in PROBLEMS] for name, direction, step in ROWS
    }
    spent |= {f"SciPy {method}": [scipys(problems[id], method) for id in PROBLEMS] for method in PEERS}

    def total(name: str) -> int:
        """A run that did not get there has spent all it had."""
        return sum(MOST if each is None else each for each in spent[name])

    at_most(
        "evaluations of conjugate gradients that begin by the slopes' ratio, against SciPy's CG",
        total("PR+, Moré-Thuente, slope ratio"), total("SciPy CG"), str,
    )  # fmt: skip
    at_most(
        "against beginning every search at 1",
        total("PR+, Moré-Thuente, slope ratio"), total("PR+, Moré-Thuente, first trial 1"), str,
    )  # fmt: skip
    at_most(
        "evaluations of BFGS with strong Wolfe, against SciPy's",
        total("BFGS, strong Wolfe"),
        total("SciPy BFGS"),
        str,
    )
    numbers = [str(problems[id].number) for id in PROBLEMS]
    rows = [
        [name, *("-" if each is None else each for each in counts), f"{total(name):,}"]
        for name, counts in spent.items()
    ]
    titles = ", ".join(f"{problems[id].number} {problems[id].title}" for id in PROBLEMS)
    return table(["", *numbers, "all"], rows) + f"\n\n{titles}.\n"


if __name__ == "__main__":
    print(main())
