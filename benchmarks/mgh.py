"""Moré, Garbow and Hillstrom's collection: what is reached, at what cost, and what is claimed.

42 instances of the 35 problems, from the standard starts, with exact gradients; every method by its defaults, SciPy's
also with a gradient tolerance that makes it go on.  "Reached" is a published minimum of f, to six digits; "other" a
point that the exact Hessian shows to be a local minimiser.  A claim is "wrong" where the end point is neither, and
"shy" counts runs that arrived without saying so.  Evaluations are of f, those of the certificate apart.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import thalweg as tw
from benchmarks._timing import at_least, at_most, table
from thalweg.descent.methods import METHODS
from thalweg.descent.steps import Polyak
from thalweg.problems import MORE_GARBOW_HILLSTROM, ResidualProblem
from thalweg.verdict.hessian import conjugate

SEARCHES = {method.name for method in METHODS if method.step.searches and method.step is not Polyak}
"""Polyak's step needs a direction that goes down, and searches for nothing along it."""
TIGHT: dict[str, Any] = {"gtol": 1e-10, "maxiter": 100_000}


class Ending(NamedTuple):
    x: Any
    fun: float
    success: bool
    evaluations: int
    apart: int = 0


def ours(method: str, problem: ResidualProblem) -> Ending:
    run = tw.descend(problem.objective(), problem.start, method)
    certificate = run.certificate
    return Ending(run.x, run.fun, run.success, run.nfev, certificate.evaluations + certificate.gradients)


def scipys(method: str, options: dict[str, Any], problem: ResidualProblem) -> Ending:
    from scipy.optimize import minimize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = minimize(problem.value, problem.start, jac=problem.gradient, method=method, options=options)
    return Ending(found.x, float(found.fun), bool(found.success), found.nfev)


def is_minimiser(problem: ResidualProblem, x: Any) -> bool:
    """By the exact Hessian, which no method has seen."""
    hessian = problem.hessian(x)
    if not np.isfinite(hessian).all():
        return False
    known = conjugate(hessian, np.zeros_like(hessian), "exact")
    along = known.directions.T @ problem.gradient(x)
    floor = np.maximum(known.errors, 1e-300)
    decrement = float((along**2 / np.maximum(known.values, floor)).sum()) / 2
    return bool((known.values >= -1e-8).all()) and decrement <= 1e-6 * problem.value(x)


def main() -> str:
    contenders: dict[str, Callable[[ResidualProblem], Ending]] = {
        method.name: partial(ours, method.name) for method in METHODS if method.step.searches
    }
    contenders["SciPy BFGS"] = partial(scipys, "BFGS", {})
    contenders["SciPy BFGS, gtol 1e-10"] = partial(scipys, "BFGS", TIGHT)
    contenders["SciPy L-BFGS-B"] = partial(scipys, "L-BFGS-B", {})
    contenders["SciPy L-BFGS-B, gtol 1e-10"] = partial(
        scipys, "L-BFGS-B", {**TIGHT, "ftol": 0.0, "maxfun": 100_000}
    )
    rows: list[list[object]] = []
    totals: dict[str, tuple[int, int]] = {}
    wrong_claims = 0
    claimed_least = 1.0
    for name, contender in contenders.items():
        endings = [(problem, contender(problem)) for problem in MORE_GARBOW_HILLSTROM]
        reached = [problem.reached(end.fun) for problem, end in endings]
        arrived = [
            there or is_minimiser(problem, end.x)
            for there, (problem, end) in zip(reached, endings, strict=True)
        ]
        claims = [end.success for _, end in endings]
        wrong = sum(claim and not there for claim, there in zip(claims, arrived, strict=True))
        shy = sum(there and not claim for claim, there in zip(claims, arrived, strict=True))
        evaluations = sum(end.evaluations for _, end in endings)
        rows.append([
            name, sum(reached), sum(arrived) - sum(reached), sum(claims), wrong, shy,
            f"{evaluations:,}", f"{sum(end.apart for _, end in endings):,}",
        ])  # fmt: skip
        totals[name] = sum(arrived), evaluations
        if not name.startswith("SciPy"):
            wrong_claims += wrong
        if name in SEARCHES:
            claimed_least = min(claimed_least, 1.0 - shy / max(1, sum(arrived)))
    peer = totals["SciPy BFGS, gtol 1e-10"][1]
    at_least("minima of 42 that BFGS reaches", totals["bfgs"][0], 41, str)
    at_most(
        "evaluations that BFGS takes for the collection of 42, against SciPy's at gtol 1e-10",
        totals["bfgs"][1],
        peer,
        str,
    )
    at_least("minima of 42 that L-BFGS reaches", totals["l-bfgs"][0], 40, str)
    at_most("evaluations that L-BFGS takes for them", totals["l-bfgs"][1], 6000, str)
    at_most("wrong successes on the collection, of all methods that only go down", wrong_claims, 0, str)
    at_least(
        "success claimed where a run arrived, least of the line searches", claimed_least, 0.9, "{:.0%}".format
    )
    columns = ["", "reached", "other", "claimed", "wrong", "shy", "evaluations", "certificates"]
    return table(columns, rows)


if __name__ == "__main__":
    print(main())
