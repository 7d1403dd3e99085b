"""What differences tell about a callable round its end point: its Hessian, and whether a gradient given for it fits.

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

MOST_VARIABLES = 10  # a Hessian takes 8n gradients
STEP = 2.0**-13  # eps^(1/4): truncation of some h^2, rounding of some eps/h^2
APART = 3.0  # the same difference over a step so many times as long has nine times its truncation, a ninth of its noise
MISFIT = 0.1
"""How far a gradient may be from differences, beside what f changes over their step."""

UNCERTAIN = 0.1
"""How far two estimates of a Hessian may be apart, beside its size."""

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A Hessian (n, n) and how far its eigenvalues may be off."""

    hessian: Real
    error: float


@dataclass(frozen=True)
class Misfit:
    """A component of a gradient that does not fit f."""

    variable: str
    given: float
    found: float


def hessian(objective: Any, x: Real) -> Estimate | None:
    """The Hessian by differences of gradients; None where there are too many variables, or it cannot be told.

    Two steps of different length must agree, which tells the error of truncation and of rounding alike. Steps are
    relative to each variable, or, where that is too short for f to show it, to 1.
    """
    if len(x) > MOST_VARIABLES:
        return None
    estimates: list[Estimate] = []
    size = np.abs(x)
    for scale in (np.where(size > 0.0, size, 1.0), np.maximum(size, 1.0)):
        try:
            short = _slopes_of_gradient(objective, x, STEP * scale)
            long = _slopes_of_gradient(objective, x, APART * STEP * scale)
        except Exception:  # the callable's own, outside its domain; only the run passes it on
            continue
        if not (np.isfinite(short).all() and np.isfinite(long).all()):
            continue
        estimates.append(Estimate(short / 2.0 + short.T / 2.0, float(np.linalg.norm(short - long))))
    best = min(estimates, key=lambda estimate: estimate.error, default=None)
    if best is None or not best.error <= UNCERTAIN * float(np.linalg.norm(best.hessian)) < np.inf:
        return None
    return best


def _slopes_of_gradient(objective: Any, x: Real, steps: Real) -> Real:
    slopes = np.empty((len(x), len(x)))
    for i, h in enumerate(steps):
        ahead, behind = x.copy(), x.copy()
        ahead[i] += h
        behind[i] -= h
        rise = _gradient(objective, ahead) - _gradient(objective, behind)
        slopes[i] = rise / (ahead[i] - behind[i])
    return slopes


def _gradient(objective: Any, x: Real) -> Real:
    return objective.evaluate(x, value=False, gradient=True)[1]


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
