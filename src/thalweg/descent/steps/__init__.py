"""Step rules: one file for each."""

from thalweg.descent.steps.backtracking import Backtracking
from thalweg.descent.steps.constant import Constant

__all__ = ["Backtracking", "Constant"]
