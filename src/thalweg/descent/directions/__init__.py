"""Search directions: one file for each family."""

from thalweg.descent.directions.adaptive import AdaGrad, Adam, Lion, RMSProp
from thalweg.descent.directions.conjugate_gradient import ConjugateGradient
from thalweg.descent.directions.coordinate import Coordinate
from thalweg.descent.directions.gauss_newton import GaussNewton
from thalweg.descent.directions.gradient import SteepestDescent
from thalweg.descent.directions.momentum import HeavyBall
from thalweg.descent.directions.nesterov import Nesterov
from thalweg.descent.directions.newton import Newton
from thalweg.descent.directions.newton_cg import NewtonCG
from thalweg.descent.directions.quasi_newton import LimitedMemory, QuasiNewton

__all__ = [
    "AdaGrad",
    "Adam",
    "ConjugateGradient",
    "Coordinate",
    "GaussNewton",
    "HeavyBall",
    "LimitedMemory",
    "Lion",
    "Nesterov",
    "Newton",
    "NewtonCG",
    "QuasiNewton",
    "RMSProp",
    "SteepestDescent",
]
