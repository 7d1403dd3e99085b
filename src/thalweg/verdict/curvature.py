"""The curvature that a run met: along its steps, from what its trials told; and at a point, from an exact Hessian.

Along a step of length alpha in direction d the mean curvature is h = d.(g+ - g) / (alpha |d|^2), which costs nothing:
both slopes have been evaluated.  On a quadratic every h lies between the smallest and the largest eigenvalue L of the
Hessian, and a constant step alpha converges if and only if alpha < 2/L (Nocedal & Wright, section 3.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.directions import SteepestDescent
from thalweg.descent.judgement import REJECTED

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

MOST_VARIABLES = 200  # larger Hessians take longer than a verdict may
AWAY = 1e6  # times the start's size, beyond which a point is nowhere near a minimum
LONG = 10  # iterations, from which on a path tells whether f falls ever faster


def along_steps(run: Trajectory) -> NDArray[np.float64]:
    """Curvature h along every accepted step of a descent along -g whose path is recorded whole, (k,).

    NaN where a figure overflowed.  Empty where the path has gaps, along any other direction d, whose length and
    first slope no record holds, within bounds, and on mini-batches.
    """
    plain = run.bounds is None and run.batches is None
    if not plain or not isinstance(run.method.direction, SteepestDescent):
        return np.empty(0)
    accepted = run.trials[run.trials["judgement"] < REJECTED]
    k = len(run.path) - 1
    if run.stride != 1 or run.trials_dropped or len(accepted) < k:
        return np.empty(0)
    accepted = accepted[:k]
    with np.errstate(all="ignore"):
        g2 = run.gradient_norms[:k] ** 2
        h = (accepted["slope"] + g2) / (accepted["alpha"] * g2)
    return np.where(np.isfinite(h), h, np.nan)


def if_told(ask: Callable[[], Any]) -> Any:
    """What a callable tells of the curvature to those who only look at a run; None where it raises.

    A run that goes by the curvature passes on what is raised; one that does not has no need of it.
    """
    try:
        return ask()
    except Exception:
        return None


def eigenvalues(objective: Any, x: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Eigenvalues of the exact Hessian at x, ascending; None where it is not told, too large, or not finite."""
    if len(x) > MOST_VARIABLES:
        return None
    hessian = if_told(lambda: objective.hessian(x))
    if hessian is None or not np.isfinite(hessian).all():
        return None
    return eigensystem(hessian)[0]


def eigensystem(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eigenvalues (n,), ascending, and vectors (n, n) of a symmetric matrix.

    It is scaled by a power of 2: LAPACK's iteration does not converge on entries of 1e300.
    """
    exponent = int(np.frexp(np.abs(matrix).max())[1])
    values, vectors = np.linalg.eigh(np.ldexp(matrix, -exponent))
    return np.ldexp(values, exponent), vectors


def growth_per_step(run: Trajectory) -> float:
    """Geometric mean of the factor by which |g| changed in a step, over the last ten or more whose figures are finite.

    More than ten where the path has gaps; NaN where it holds fewer than two such rows.
    """
    norms, iterations = run.gradient_norms, run.iterations
    known = np.isfinite(norms) & (norms > 0.0)
    norms, iterations = norms[known], iterations[known]
    if len(norms) < 2:
        return float("nan")
    first = max(0, np.count_nonzero(iterations <= iterations[-1] - 10) - 1)
    steps = int(iterations[-1] - iterations[first])
    return math.exp((math.log(norms[-1]) - math.log(norms[first])) / steps)


def falls_ever_faster(run: Trajectory) -> bool:
    """Whether f fell further in the last third of a path of some length than before, each step steeper than all."""
    values, norms = run.values, run.gradient_norms
    if run.nit < LONG or len(norms) < 4:
        return False
    late = float(values[-1 - len(values) // 3])
    *before, one, two, three = norms.tolist()
    return max(before) < one < two < three and float(values[0]) - late < late - float(values[-1])


def ran_away(run: Trajectory, slope: float) -> bool:
    """Whether f fell while the point, and the gradient's norm, which is now `slope`, outgrew the start's by far."""
    is_far = float(np.linalg.norm(run.x)) > AWAY * (float(np.linalg.norm(run.start)) or 1.0)
    return is_far and run.fun < run.first_value and slope > AWAY * float(run.gradient_norms[0])
