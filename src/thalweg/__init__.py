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
    from thalweg.descent.directions import SteepestDescent
    from thalweg.descent.judgement import Judgement
    from thalweg.descent.steps import Backtracking, Constant
    from thalweg.descent.stopping import Reason
    from thalweg.entry import descend
    from thalweg.errors import ParameterError, ThalwegError
    from thalweg.expression.errors import FormulaError
    from thalweg.lab import Lab, lab
    from thalweg.objective.formula import Formula
    from thalweg.objective.function import Function
    from thalweg.objective.least_squares import LeastSquares
    from thalweg.trajectory import Trajectory
    from thalweg.verdict.verdict import Verdict

# Where each public name lives; it is imported when it is first asked for, so that `import thalweg` is instant.
_HOMES = {
    "Backtracking": "thalweg.descent.steps",
    "Constant": "thalweg.descent.steps",
    "Formula": "thalweg.objective.formula",
    "FormulaError": "thalweg.expression.errors",
    "Function": "thalweg.objective.function",
    "Judgement": "thalweg.descent.judgement",
    "Lab": "thalweg.lab",
    "LeastSquares": "thalweg.objective.least_squares",
    "ParameterError": "thalweg.errors",
    "Reason": "thalweg.descent.stopping",
    "SteepestDescent": "thalweg.descent.directions",
    "ThalwegError": "thalweg.errors",
    "Trajectory": "thalweg.trajectory",
    "Verdict": "thalweg.verdict.verdict",
    "descend": "thalweg.entry",
    "lab": "thalweg.lab",
}

__all__ = [
    "Backtracking",
    "Constant",
    "Formula",
    "FormulaError",
    "Function",
    "Judgement",
    "Lab",
    "LeastSquares",
    "ParameterError",
    "Reason",
    "SteepestDescent",
    "ThalwegError",
    "Trajectory",
    "Verdict",
    "__version__",
    "descend",
    "lab",
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
