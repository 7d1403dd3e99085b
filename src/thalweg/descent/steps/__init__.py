"""Step rules: one file for each."""

from thalweg.descent.steps.backtracking import Backtracking
from thalweg.descent.steps.constant import Constant
from thalweg.descent.steps.wolfe import StrongWolfe

__all__ = ["Backtracking", "Constant", "StrongWolfe"]
