"""What the line-search methods do on the collection of Moré, Garbow and Hillstrom, from its starts, by their defaults.

A run has arrived where f is that of a published minimum, or where the exact Hessian, which the method and its
certificate never see, shows a local minimiser.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

import thalweg as tw
from thalweg.descent.methods import METHODS
from thalweg.problems import MORE_GARBOW_HILLSTROM, ResidualProblem

REACHED = {"bfgs": (41, 4547), "l-bfgs": (40, 6000)}
"""Minima to be reached, and evaluations that may take. SciPy's BFGS reaches 41 in some 4,550 evaluations at gtol 1e-10,
and some 30 by its defaults. Other methods get fewer iterations, for the sake of time."""
CLAIMED = ("bfgs", "l-bfgs", "dfp", "sr1", "conjugate gradient", "hager-zhang")
"""Methods that get far enough here for their claims to be counted."""
SEARCHING = [method.name for method in METHODS if method.step.searches]


class Ending(NamedTuple):
    problem: ResidualProblem
    arrived: bool
    success: bool
    evaluations: int


def endings(method: str) -> list[Ending]:
    found: list[Ending] = []
    for problem in MORE_GARBOW_HILLSTROM:
        arguments = {} if method in REACHED else {"max_iterations": 200}
        run = tw.descend(problem.objective(), problem.start, method, **arguments)
        arrived = problem.reached(run.fun) or problem.has_minimiser_at(run.x)
        found.append(Ending(problem, arrived, run.success, run.nfev))
    return found


@pytest.mark.parametrize("method", SEARCHING)
def test_success_is_claimed_where_a_minimum_is_reached_and_nowhere_else(method: str) -> None:
    ended = endings(method)
    arrived = [ending for ending in ended if ending.arrived]
    assert [ending.problem.id for ending in ended if ending.success and not ending.arrived] == []
    if method in CLAIMED:
        assert sum(ending.success for ending in arrived) >= 0.9 * len(arrived)
    if method in REACHED:
        minima, evaluations = REACHED[method]
        assert len(arrived) >= minima
        assert sum(ending.evaluations for ending in ended) <= evaluations


@pytest.mark.parametrize("factor", [10.0, 100.0])
@pytest.mark.parametrize("method", SEARCHING)
def test_nothing_is_claimed_wrongly_from_further_away_either(method: str, factor: float) -> None:
    """Where f was 1e50 at the start, what is left of it is small beside that, and means nothing."""
    wrong: list[str] = []
    for problem in MORE_GARBOW_HILLSTROM:
        run = tw.descend(problem.objective(), problem.start_from(factor), method, max_iterations=100)
        if run.success and not (problem.reached(run.fun) or problem.has_minimiser_at(run.x)):
            wrong.append(problem.id)
    assert wrong == []
