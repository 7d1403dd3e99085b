"""Whether the gradient that is given for a callable fits it, as differences of f at the end point tell.

The functions here evaluate the objective anew; a run's counts do not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.stopping import ROUNDING

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

MOST_VARIABLES = 10  # which takes 4n values
STEP = 2.0**-13  # eps^(1/4): truncation of some h^2, rounding of some eps/h^2
MISFIT = 0.1
"""How far a gradient may be from differences, beside what f changes over their step."""


Real = NDArray[np.float64]


@dataclass(frozen=True)
class Misfit:
    """A component of a gradient that does not fit f."""

    variable: str
    given: float
    found: float


def misfit(run: Trajectory) -> Misfit | None:
    """The worst component of the user's gradient at `run.x`, where it clearly does not fit f; None where all do.

    A slope that differences find is believed only where a step ten times as long finds the same, which noise does not.
    """
    objective: Any = run.objective
    if getattr(objective, "derivative", None) != "given" or run.n > MOST_VARIABLES:
        return None
    x, given, value = run.x, run.jac, run.fun
    worst: Misfit | None = None
    for i, g in enumerate(given.tolist()):
        h = STEP * (abs(x[i]) or 1.0)
        try:
            slope, change = _slope(objective, x, i, h, value)
            off = abs(slope - g)
            rounding = 10.0 * ROUNDING * abs(value) / h
            if not off > MISFIT * (change + abs(g)) + rounding:
                continue
            again = _slope(objective, x, i, 10.0 * h, value)[0]
        except Exception:  # as above
            continue
        if abs(slope - again) <= MISFIT * off and (worst is None or off > abs(worst.found - worst.given)):
            worst = Misfit(objective.variables[i], g, slope)
    return worst


def _slope(objective: Any, x: Real, i: int, h: float, value: float) -> tuple[float, float]:
    """The central difference of f, and how much f changes for each unit of its step."""
    ahead, behind = x.copy(), x.copy()
    ahead[i] += h
    behind[i] -= h
    width = ahead[i] - behind[i]
    f_ahead = objective.evaluate(ahead, gradient=False)[0]
    f_behind = objective.evaluate(behind, gradient=False)[0]
    change = (abs(f_ahead - value) + abs(f_behind - value)) / width
    return float((f_ahead - f_behind) / width), float(change)
