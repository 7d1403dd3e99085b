"""Thalweg: gradient methods going down a function, live, and the reason for the way they go.

Example:
    >>> import thalweg as tw
    >>> f = tw.Formula("(1-x)^2 + a*(y-x^2)^2", parameters={"a": 100})
    >>> run = tw.descend(f, start=[-1.2, 1], method="armijo", max_iterations=20_000)
    >>> run.success
    True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.version import __version__

if TYPE_CHECKING:
    from thalweg.descent.custom import register
    from thalweg.descent.directions import (
        AdaGrad,
        Adam,
        ConjugateGradient,
        Coordinate,
        GaussNewton,
        HeavyBall,
        LimitedMemory,
        Lion,
        Nesterov,
        Newton,
        NewtonCG,
        QuasiNewton,
        RMSProp,
        SteepestDescent,
    )
    from thalweg.descent.judgement import Judgement
    from thalweg.descent.methods import Method
    from thalweg.descent.parameters import Parameter
    from thalweg.descent.part import Direction, StepRule
    from thalweg.descent.steps import (
        Backtracking,
        BarzilaiBorwein,
        Constant,
        HagerZhang,
        MoreThuente,
        Nonmonotone,
        Polyak,
        QuadraticStep,
        Schedule,
        StrongWolfe,
    )
    from thalweg.descent.stopping import Reason
    from thalweg.descent.trust_region.dogleg import Dogleg, TrustRadius
    from thalweg.descent.trust_region.levenberg_marquardt import LevenbergMarquardt, NielsenDamping
    from thalweg.entry import descend, iterate
    from thalweg.errors import ParameterError, ThalwegError
    from thalweg.expression.errors import FormulaError
    from thalweg.fit import Fit, fit
    from thalweg.lab import Lab, lab
    from thalweg.lab.link import link
    from thalweg.objective.formula import Formula
    from thalweg.objective.function import Function
    from thalweg.objective.gradient_check import GradientWarning
    from thalweg.objective.least_squares import LeastSquares
    from thalweg.objective.returned import FunctionError
    from thalweg.rows.reading import table
    from thalweg.rows.table import DataError
    from thalweg.scipy_like import minimize, scipy_method
    from thalweg.survey import compare, profile
    from thalweg.trajectory import Trajectory
    from thalweg.trajectory.saved import load
    from thalweg.verdict.certificate import Certificate
    from thalweg.verdict.verdict import Verdict

# Where each public name lives; it is imported when it is first asked for, so that `import thalweg` is instant.
_HOMES = {
    "AdaGrad": "thalweg.descent.directions",
    "Adam": "thalweg.descent.directions",
    "Backtracking": "thalweg.descent.steps",
    "BarzilaiBorwein": "thalweg.descent.steps",
    "Certificate": "thalweg.verdict.certificate",
    "ConjugateGradient": "thalweg.descent.directions",
    "Constant": "thalweg.descent.steps",
    "Coordinate": "thalweg.descent.directions",
    "DataError": "thalweg.rows.table",
    "Direction": "thalweg.descent.part",
    "Dogleg": "thalweg.descent.trust_region.dogleg",
    "Fit": "thalweg.fit",
    "Formula": "thalweg.objective.formula",
    "FormulaError": "thalweg.expression.errors",
    "Function": "thalweg.objective.function",
    "FunctionError": "thalweg.objective.returned",
    "GaussNewton": "thalweg.descent.directions",
    "GradientWarning": "thalweg.objective.gradient_check",
    "HagerZhang": "thalweg.descent.steps",
    "HeavyBall": "thalweg.descent.directions",
    "Judgement": "thalweg.descent.judgement",
    "Lab": "thalweg.lab",
    "LeastSquares": "thalweg.objective.least_squares",
    "LevenbergMarquardt": "thalweg.descent.trust_region.levenberg_marquardt",
    "LimitedMemory": "thalweg.descent.directions",
    "Lion": "thalweg.descent.directions",
    "Method": "thalweg.descent.methods",
    "MoreThuente": "thalweg.descent.steps",
    "Nesterov": "thalweg.descent.directions",
    "Newton": "thalweg.descent.directions",
    "NewtonCG": "thalweg.descent.directions",
    "NielsenDamping": "thalweg.descent.trust_region.levenberg_marquardt",
    "Nonmonotone": "thalweg.descent.steps",
    "Parameter": "thalweg.descent.parameters",
    "ParameterError": "thalweg.errors",
    "Polyak": "thalweg.descent.steps",
    "QuadraticStep": "thalweg.descent.steps",
    "QuasiNewton": "thalweg.descent.directions",
    "RMSProp": "thalweg.descent.directions",
    "Reason": "thalweg.descent.stopping",
    "Schedule": "thalweg.descent.steps",
    "SteepestDescent": "thalweg.descent.directions",
    "StepRule": "thalweg.descent.part",
    "StrongWolfe": "thalweg.descent.steps",
    "ThalwegError": "thalweg.errors",
    "Trajectory": "thalweg.trajectory",
    "TrustRadius": "thalweg.descent.trust_region.dogleg",
    "Verdict": "thalweg.verdict.verdict",
    "compare": "thalweg.survey",
    "descend": "thalweg.entry",
    "fit": "thalweg.fit",
    "iterate": "thalweg.entry",
    "lab": "thalweg.lab",
    "link": "thalweg.lab.link",
    "load": "thalweg.trajectory.saved",
    "minimize": "thalweg.scipy_like",
    "profile": "thalweg.survey",
    "register": "thalweg.descent.custom",
    "scipy_method": "thalweg.scipy_like",
    "table": "thalweg.rows.reading",
}

__all__ = [
    "AdaGrad",
    "Adam",
    "Backtracking",
    "BarzilaiBorwein",
    "Certificate",
    "ConjugateGradient",
    "Constant",
    "Coordinate",
    "DataError",
    "Direction",
    "Dogleg",
    "Fit",
    "Formula",
    "FormulaError",
    "Function",
    "FunctionError",
    "GaussNewton",
    "GradientWarning",
    "HagerZhang",
    "HeavyBall",
    "Judgement",
    "Lab",
    "LeastSquares",
    "LevenbergMarquardt",
    "LimitedMemory",
    "Lion",
    "Method",
    "MoreThuente",
    "Nesterov",
    "Newton",
    "NewtonCG",
    "NielsenDamping",
    "Nonmonotone",
    "Parameter",
    "ParameterError",
    "Polyak",
    "QuadraticStep",
    "QuasiNewton",
    "RMSProp",
    "Reason",
    "Schedule",
    "SteepestDescent",
    "StepRule",
    "StrongWolfe",
    "ThalwegError",
    "Trajectory",
    "TrustRadius",
    "Verdict",
    "__version__",
    "compare",
    "descend",
    "fit",
    "iterate",
    "lab",
    "link",
    "load",
    "minimize",
    "profile",
    "register",
    "scipy_method",
    "table",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'thalweg' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
