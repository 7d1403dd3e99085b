"""What the end point of a run is, certified by gradient and Hessian there.

The Newton decrement 1/2 g.H^-1.g is what a quadratic model still promises (Boyd & Vandenberghe, section 9.5). Where
that is negligible beside what the run has gained, and no eigenvalue of H is clearly negative, the point passes as a
minimiser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from thalweg.descent.stopping import ROUNDING
from thalweg.verdict.curvature import MOST_VARIABLES, along_steps

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

NEGLIGIBLE_CURVATURE = 1e-8  # beside the largest eigenvalue
NEGLIGIBLE_DECREASE = 1e-6  # beside |f| and what the run has gained

Kind = Literal["minimum", "saddle", "maximum", "flat", "not stationary", "unknown"]


@dataclass(frozen=True)
class Certificate:
    """The end point: what it is, the eigenvalues of the Hessian there, and the decrease still promised.

    Figures that are not known are NaN. `decrement` comes from the curvature along the path where there is no Hessian;
    `kind` is "unknown" then.
    """

    kind: Kind
    smallest: float
    largest: float
    decrement: float
    arrived: bool
    """Whether the decrease still promised is negligible."""


def certify(run: Trajectory) -> Certificate:
    """The certificate of `run.x`."""
    nan = float("nan")
    if not np.isfinite(run.fun):
        return Certificate("unknown", nan, nan, nan, arrived=False)
    gained = abs(run.fun) + abs(run.values[0] - run.fun)
    gradient = run.jac
    hessian = run.objective.hessian(run.x) if run.n <= MOST_VARIABLES else None
    if hessian is None or not np.isfinite(hessian).all() or not np.isfinite(gradient).all():
        curvatures = along_steps(run)[-20:]
        curvatures = curvatures[curvatures > 0.0]
        decrement = float(gradient @ gradient / curvatures.min() / 2.0) if len(curvatures) else nan
        return Certificate("unknown", nan, nan, decrement, arrived=decrement <= NEGLIGIBLE_DECREASE * gained)
    values, vectors = np.linalg.eigh(hessian)
    smallest, largest = float(values[0]), float(values[-1])
    size = max(abs(smallest), abs(largest))
    curved = np.abs(values) > NEGLIGIBLE_CURVATURE * size
    along = vectors.T @ gradient
    decrement = float(np.sum(along[curved] ** 2 / np.abs(values[curved]))) / 2.0
    positive = smallest >= -NEGLIGIBLE_CURVATURE * size
    if positive:
        arrived = decrement <= NEGLIGIBLE_DECREASE * gained
    else:
        # the decrement means nothing here: the gradient, or the step that would bring it to zero, is negligible
        step = float(np.linalg.norm(along[curved] / values[curved]))
        small = float(np.linalg.norm(gradient)) <= run.gtol
        arrived = small or step <= NEGLIGIBLE_DECREASE * float(np.linalg.norm(run.x))
    kind: Kind = "not stationary"
    if size == 0.0 and not gradient.any():
        kind = "saddle" if _falls_nearby(run) else "flat"
    elif size == 0.0:
        arrived = False
    elif arrived and positive:
        kind = "minimum"
    elif arrived:
        kind = "maximum" if largest <= NEGLIGIBLE_CURVATURE * size else "saddle"
    return Certificate(kind, smallest, largest, decrement if positive else nan, bool(arrived))


def _falls_nearby(run: Trajectory) -> bool:
    """Whether f is lower somewhere near `run.x`, where gradient and Hessian vanish: a look in 64 directions."""
    x = run.x
    directions = np.random.default_rng(0).standard_normal((64, run.n))
    for d in directions:
        for h in (1e-3, -1e-3):
            near = run.objective.evaluate(x + h * max(1.0, float(np.linalg.norm(x))) * d, gradient=False)[0]
            if near < run.fun - ROUNDING * abs(run.fun):
                return True
    return False
