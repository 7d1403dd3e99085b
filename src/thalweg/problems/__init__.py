"""The catalogue: functions to try a method on, each with a sensible start, and what is known about its minimisers."""

from thalweg.problems.catalogue import PROBLEMS, ProblemError, find
from thalweg.problems.problem import Data, Problem

__all__ = ["PROBLEMS", "Data", "Problem", "ProblemError", "find"]
