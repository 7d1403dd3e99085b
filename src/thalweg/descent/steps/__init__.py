"""Step rules: one file for each."""

from thalweg.descent.steps.backtracking import Backtracking
from thalweg.descent.steps.barzilai_borwein import BarzilaiBorwein
from thalweg.descent.steps.constant import Constant
from thalweg.descent.steps.hager_zhang import HagerZhang
from thalweg.descent.steps.more_thuente import MoreThuente
from thalweg.descent.steps.nonmonotone import Nonmonotone
from thalweg.descent.steps.polyak import Polyak
from thalweg.descent.steps.quadratic import QuadraticStep
from thalweg.descent.steps.schedule import Schedule
from thalweg.descent.steps.wolfe import StrongWolfe

__all__ = [
    "Backtracking",
    "BarzilaiBorwein",
    "Constant",
    "HagerZhang",
    "MoreThuente",
    "Nonmonotone",
    "Polyak",
    "QuadraticStep",
    "Schedule",
    "StrongWolfe",
]
