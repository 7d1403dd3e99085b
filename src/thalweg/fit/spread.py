"""How much the response varies: what R^2 compares the residuals with.

About its mean, unless the model is linear and has no constant, such as b*x: for it the alternative to compare with is
0, not a mean that it cannot express (so do R and NIST's certified values).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.objective.factored_squares import Account
from thalweg.objective.protocol import Vector

_ROUNDING = float(np.finfo(float).eps)
"""Deviation from the mean beside the response that is rounding: it does not vary."""
_NOT_EXPRESSED = 1e-7
"""Part of a constant that a linear model must leave over, not to have one."""


@dataclass(frozen=True)
class Spread:
    """The sum of squares of the response, about its mean or 0, and which of the two; and that about 0."""

    total: float
    about_mean: bool
    size: float


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
    y = account.response[:, 1]
    size = float(y @ y)
    if is_linear:
        R: Vector = np.asarray(np.linalg.qr(account.with_constant, mode="r"))
        alone = abs(R[-1, -1]) if R.shape[0] == R.shape[1] else 0.0
        if alone > _NOT_EXPRESSED * np.linalg.norm(R[:, -1]):
            return Spread(size, about_mean=False, size=size)
    r: Vector = np.asarray(np.linalg.qr(account.response, mode="r"))
    total = float(r[-1, 1] ** 2) if len(r) > 1 else 0.0
    constant = total <= _ROUNDING**2 * size * account.rows
    return Spread(0.0 if constant else total, about_mean=True, size=size)
