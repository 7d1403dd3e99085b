"""The catalogue: functions to try a method on, each with a sensible start, and what is known about its minimisers.

`PROBLEMS` are for looking at; `MORE_GARBOW_HILLSTROM` is the collection on which solvers are compared.
"""

from thalweg.problems.catalogue import PROBLEMS, ProblemError, find
from thalweg.problems.more_garbow_hillstrom import MORE_GARBOW_HILLSTROM, Minimum, ResidualProblem
from thalweg.problems.problem import Data, Problem

__all__ = [
    "MORE_GARBOW_HILLSTROM",
    "PROBLEMS",
    "Data",
    "Minimum",
    "Problem",
    "ProblemError",
    "ResidualProblem",
    "find",
]
