"""Moré, Garbow and Hillstrom's collection: what is reached, at what cost, and what is claimed.

42 instances of the 35 problems, from the standard starts, with exact gradients; every method by its defaults, SciPy's
also with a gradient tolerance that makes it go on.  "Reached" is a published minimum of f, to six digits; "other" a
point that the exact Hessian shows to be a local minimiser.  A claim is "wrong" where the end point is neither, and
"shy" counts runs that arrived without saying so.  Evaluations are of f, those of the certificate apart.

The second table has ours again, from 10 and 100 times the standard starts, from where fewer arrive: what is claimed
must be right from there as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import thalweg as tw
from benchmarks._timing import at_least, at_most, table
from thalweg.descent.methods import METHODS
from thalweg.descent.steps import Polyak
from thalweg.problems import MORE_GARBOW_HILLSTROM, ResidualProblem

SEARCHES = {method.name for method in METHODS if method.step.searches and method.step is not Polyak}
"""Polyak's step needs a direction that goes down, and searches for nothing along it."""
FURTHER = (10.0, 100.0)
TIGHT: dict[str, Any] = {"gtol": 1e-10, "maxiter": 100_000}


class Ending(NamedTuple):
    x: Any
    fun: float
    success: bool
    evaluations: int
    apart: int = 0


class Count(NamedTuple):
    """How many runs reached a published minimum, arrived there or elsewhere, claimed success, rightly or not."""

    reached: int
    arrived: int
    claimed: int
    wrong: int
    shy: int


def count(endings: list[tuple[ResidualProblem, Ending]]) -> Count:
    reached = [problem.reached(end.fun) for problem, end in endings]
    arrived = [
        there or problem.has_minimiser_at(end.x)
        for there, (problem, end) in zip(reached, endings, strict=True)
    ]
    claims = [end.success for _, end in endings]
    return Count(
        sum(reached),
        sum(arrived),
        sum(claims),
        sum(claim and not there for claim, there in zip(claims, arrived, strict=True)),
        sum(there and not claim for claim, there in zip(claims, arrived, strict=True)),
    )


def ours(method: str, problem: ResidualProblem, factor: float = 1.0) -> Ending:
    run = tw.descend(problem.objective(), problem.start_from(factor), method)
    certificate = run.certificate
    return Ending(run.x, run.fun, run.success, run.nfev, certificate.evaluations + certificate.gradients)


def scipys(method: str, options: dict[str, Any], problem: ResidualProblem) -> Ending:
    from scipy.optimize import minimize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = minimize(problem.value, problem.start, jac=problem.gradient, method=method, options=options)
    return Ending(found.x, float(found.fun), bool(found.success), found.nfev)


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
        found = count(endings)
        evaluations = sum(end.evaluations for _, end in endings)
        rows.append([
            name, found.reached, found.arrived - found.reached, found.claimed, found.wrong, found.shy,
            f"{evaluations:,}", f"{sum(end.apart for _, end in endings):,}",
        ])  # fmt: skip
        totals[name] = found.arrived, evaluations
        if not name.startswith("SciPy"):
            wrong_claims += found.wrong
        if name in SEARCHES:
            claimed_least = min(claimed_least, 1.0 - found.shy / max(1, found.arrived))
    further, wrong_further = from_further_away()
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
    at_most("wrong successes from 10 and 100 times the starts, of these methods", wrong_further, 0, str)
    columns = ["", "reached", "other", "claimed", "wrong", "shy", "evaluations", "certificates"]
    return f"{table(columns, rows)}\n\n{further}"


def from_further_away() -> tuple[str, int]:
    """The second table, and how many claims in it are wrong."""
    rows: list[list[object]] = []
    wrong = 0
    for name in (method.name for method in METHODS if method.step.searches):
        row: list[object] = [name]
        for factor in FURTHER:
            found = count([(problem, ours(name, problem, factor)) for problem in MORE_GARBOW_HILLSTROM])
            row += [found.arrived, found.claimed, found.wrong, found.shy]
            wrong += found.wrong
        rows.append(row)
    columns = [
        f"{what}, x {factor:g}" for factor in FURTHER for what in ("arrived", "claimed", "wrong", "shy")
    ]
    return table(["", *columns], rows), wrong


if __name__ == "__main__":
    print(main())
