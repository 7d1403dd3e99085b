"""How much the response varies: what R^2 compares the residuals with.

About its mean, unless the model is linear and has no constant, such as b*x: for it the alternative to compare with is
0, not a mean that it cannot express (so do R and NIST's certified values).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.objective.least_squares import LeastSquares
from thalweg.objective.protocol import Vector

_NOT_EXPRESSED = 1e-7
"""Part of a constant that a linear model must leave over, not to have one."""


@dataclass(frozen=True)
class Spread:
    """The sum of squares of the response, and about what."""

    total: float
    about_mean: bool


def of_response(objective: LeastSquares, x: Vector) -> Spread:
    """The spread of an objective's response, by one pass over its rows; x (n,) is any point.

    Example:
        >>> t, y = [1, 2, 3], [2, 4, 7]
        >>> of_response(LeastSquares("m*t", {"t": t, "y": y}), np.ones(1)).about_mean
        False
        >>> round(of_response(LeastSquares("m*t + b", {"t": t, "y": y}), np.ones(2)).total, 6)
        12.666667
    """
    factor = objective.spread(x)
    constant, response = factor[:, -2], factor[:, -1]
    left_over = abs(factor[-2, -2]) > _NOT_EXPRESSED * np.linalg.norm(constant)
    if left_over and objective.is_linear:
        return Spread(float(response @ response), about_mean=False)
    r: Vector = np.asarray(np.linalg.qr(factor[:, -2:], mode="r"))
    return Spread(float(r[1, 1] ** 2), about_mean=True)
