"""Whether the gradient that is given for a callable fits it, as differences of f at the end point tell.

The objective is evaluated anew; a run's counts do not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.objective import gradient_check
from thalweg.objective.gradient_check import Misfit

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory


def misfit(run: Trajectory) -> Misfit | None:
    """The worst component of the user's gradient at `run.x`, where it clearly does not fit f; None where all do."""
    objective: Any = run.objective
    if getattr(objective, "derivative", None) != "given":
        return None
    return gradient_check.misfit(lambda x: objective.evaluate(x, gradient=False)[0], run.x, run.fun, run.jac)
