"""What the end point of a run is, certified by gradient and Hessian there.

The Newton decrement 1/2 g.H^-1.g is what a quadratic model still promises (Boyd & Vandenberghe, section 9.5). Where
that is negligible beside what the run has gained, and no eigenvalue of H is clearly negative, the point passes as a
minimiser.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.stopping import ROUNDING
from thalweg.verdict import differences
from thalweg.verdict.curvature import MOST_VARIABLES, along_steps, eigensystem
from thalweg.verdict.differences import Estimate

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

NEGLIGIBLE_CURVATURE = 1e-8  # beside the largest eigenvalue
NEGLIGIBLE_DECREASE = 1e-6  # beside |f| and what the run has gained
NEGLIGIBLE_STEP = 1e-6  # beside each variable
SHORT_STEP = 1e-2  # beside |x| and the way from the start: further away, the model of f is not to be trusted
TINY_STEP = 1e-8  # with a small gradient: enough for a run that starts where another one ended
SMALLEST_CURVATURE = 1e-12  # beside the largest: rounding of the gradient hides smaller ones
MOST_IDLE = 10  # directions without curvature that are looked along
BEYOND = 30.0  # Newton steps at which f must not be lower than they promise

Kind = Literal["minimum", "saddle", "maximum", "flat", "not stationary", "unknown"]


@dataclass(frozen=True)
class Certificate:
    """The end point: what it is, the eigenvalues of the Hessian there, and the decrease still promised.

    Figures that are not known are NaN. Where a callable has no Hessian, it is found by differences; where they cannot
    tell, `decrement` comes from the curvature along the path, and `kind` is "unknown".
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
    gained = abs(run.fun) + abs(run.first_value - run.fun)
    reach = max(float(np.linalg.norm(run.x)), float(np.linalg.norm(run.x - run.start)))
    gradient = run.jac
    estimate = _hessian(run) if np.isfinite(gradient).all() else None
    if estimate is None:
        curvatures = along_steps(run)[-20:]
        curvatures = curvatures[curvatures > 0.0]
        if not len(curvatures):
            return Certificate("unknown", nan, nan, nan, arrived=False)
        length = float(np.linalg.norm(gradient))
        step = length / float(curvatures.min())
        decrement = length * step / 2.0
        arrived = decrement <= NEGLIGIBLE_DECREASE * gained and step <= SHORT_STEP * reach
        return Certificate("unknown", nan, nan, decrement, arrived=arrived)

    values, vectors = eigensystem(estimate.hessian)
    smallest, largest = float(values[0]), float(values[-1])
    size = max(abs(smallest), abs(largest))
    negligible = max(NEGLIGIBLE_CURVATURE * size, 2.0 * estimate.error)
    positive = smallest >= -negligible
    along = vectors.T @ gradient
    if size == 0.0:
        if gradient.any():
            return Certificate("not stationary", smallest, largest, nan, arrived=False)
        return Certificate(_look_round(run), smallest, largest, 0.0, arrived=True)

    # Newton's step and what it promises; where there is hardly any curvature, a slope promises much
    steps = along / np.maximum(np.abs(values), max(SMALLEST_CURVATURE * size, estimate.error))
    step = float(np.linalg.norm(steps))
    decrement = float(np.abs(along) @ np.abs(steps)) / 2.0
    small = float(np.linalg.norm(gradient)) <= run.gtol
    there = bool((np.abs(vectors @ steps) <= NEGLIGIBLE_STEP * np.abs(run.x)).all())
    there = there or (small and step <= TINY_STEP)
    if positive:
        arrived = there or (decrement <= NEGLIGIBLE_DECREASE * gained and step <= SHORT_STEP * reach)
    else:  # what the step promises means nothing here, and a short one nothing beside a steep slope
        level = float(np.linalg.norm(gradient)) <= NEGLIGIBLE_STEP * float(run.gradient_norms[0])
        arrived = (there and level) or (small and step <= SHORT_STEP * reach)
    kind: Kind = "not stationary"
    if arrived and positive:
        idle = vectors[:, np.abs(values) <= negligible].T if estimate.error == 0.0 else np.empty((0, run.n))
        beyond = run.x - BEYOND * (vectors @ steps)
        passing = _value(run, beyond) < run.fun - 2.0 * decrement - ROUNDING * abs(run.fun)
        kind = "saddle" if passing or _falls_along(run, idle, NEGLIGIBLE_DECREASE * gained) else "minimum"
    elif arrived:
        kind = "maximum" if largest <= negligible else "saddle"
    return Certificate(kind, smallest, largest, decrement if positive else nan, arrived)


def _hessian(run: Trajectory) -> Estimate | None:
    """The exact Hessian at `run.x`, else that by differences; None where neither is to be had."""
    if run.n > MOST_VARIABLES:
        return None
    exact = run.objective.hessian(run.x)
    if exact is None:
        return differences.hessian(run.objective, run.x)
    return Estimate(exact, 0.0) if np.isfinite(exact).all() else None


def _value(run: Trajectory, x: NDArray[np.float64]) -> float:
    """The value at a point that the run did not ask for; NaN where the callable refuses it."""
    try:
        return float(run.objective.evaluate(x, gradient=False)[0])
    except Exception:  # the callable's own, outside its domain; only the run passes it on
        return float("nan")


def _falls_along(run: Trajectory, directions: NDArray[np.float64], visible: float) -> bool:
    """Whether f keeps falling along one of these directions, in which it has no curvature at `run.x`."""
    length = max(1.0, float(np.linalg.norm(run.x)))
    for d in directions[:MOST_IDLE]:
        for sign in (1.0, -1.0):
            values = [run.fun, *(_value(run, run.x + sign * h * length * d) for h in (1e-3, 1e-2, 1e-1))]
            if all(after < before for before, after in pairwise(values)) and values[-1] < run.fun - visible:
                return True
    return False


def _look_round(run: Trajectory) -> Kind:
    """What `run.x` is, where gradient and Hessian vanish: a look in 64 directions, both ways."""
    length = 1e-3 * max(1.0, float(np.linalg.norm(run.x)))
    directions = np.random.default_rng(0).standard_normal((64, run.n))
    near = [_value(run, run.x + h * d) for d in directions for h in (length, -length)]
    visible = ROUNDING * abs(run.fun)
    if any(value < run.fun - visible for value in near):
        return "saddle"
    return "minimum" if all(value > run.fun + visible for value in near) else "flat"
