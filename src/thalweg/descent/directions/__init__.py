"""Search directions: one file for each family."""

from thalweg.descent.directions.adaptive import AdaGrad, Adam, Lion, RMSProp
from thalweg.descent.directions.conjugate_gradient import ConjugateGradient
from thalweg.descent.directions.gauss_newton import GaussNewton
from thalweg.descent.directions.gradient import SteepestDescent
from thalweg.descent.directions.momentum import HeavyBall
from thalweg.descent.directions.quasi_newton import LimitedMemory, QuasiNewton

__all__ = [
    "AdaGrad",
    "Adam",
    "ConjugateGradient",
    "GaussNewton",
    "HeavyBall",
    "LimitedMemory",
    "Lion",
    "QuasiNewton",
    "RMSProp",
    "SteepestDescent",
]
