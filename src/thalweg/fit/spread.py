"""How much the response varies: what R^2 compares the residuals with.

About its mean, unless the model is linear and has no constant, such as b*x: for it the alternative to compare with is
0, not a mean that it cannot express (so do R and NIST's certified values).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.objective.least_squares import Account
from thalweg.objective.protocol import Vector

_NOT_EXPRESSED = 1e-7
"""Part of a constant that a linear model must leave over, not to have one."""


@dataclass(frozen=True)
class Spread:
    """The sum of squares of the response, and about what."""

    total: float
    about_mean: bool


def of_response(account: Account, is_linear: bool) -> Spread:
    """The spread of an objective's response, from its account at any point, and whether its model is linear.

    Example:
        >>> from thalweg.objective.least_squares import LeastSquares
        >>> t, y = [1, 2, 3], [2, 4, 7]
        >>> of_response(LeastSquares("m*t", {"t": t, "y": y}).account(np.ones(1)), is_linear=True).about_mean
        False
        >>> line = LeastSquares("m*t + b", {"t": t, "y": y})
        >>> round(of_response(line.account(np.ones(2)), is_linear=True).total, 6)
        12.666667
    """
    if is_linear:
        R: Vector = np.asarray(np.linalg.qr(account.with_constant, mode="r"))
        alone = abs(R[-1, -1]) if R.shape[0] == R.shape[1] else 0.0
        if alone > _NOT_EXPRESSED * np.linalg.norm(R[:, -1]):
            response = account.response[:, 1]
            return Spread(float(response @ response), about_mean=False)
    r: Vector = np.asarray(np.linalg.qr(account.response, mode="r"))
    return Spread(float(r[-1, 1] ** 2) if len(r) > 1 else 0.0, about_mean=True)
