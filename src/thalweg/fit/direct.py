"""A linear model fitted at once, without a start and without a descent, to the last digits that the data hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thalweg.fit.accurate_columns import accurate_columns
from thalweg.fit.double_double import DoubleDouble
from thalweg.fit.linear import LinearSystem
from thalweg.objective.least_squares import LeastSquares

Array = NDArray[np.float64]

MOST_NUMBERS = 100_000
"""Rows times parameters up to which this pays; a descent, exact in one step but for rounding, does the rest."""


@dataclass(frozen=True, eq=False)
class Direct:
    """The solution of a linear model.

    Attributes:
        x: The parameters, (n,).
        rss: The sum of squared residuals there.
        inverse: (J^T J)^-1 (n, n), as accurate as the parameters.
    """

    x: Array
    rss: float
    inverse: Array


def solve(objective: LeastSquares) -> Direct | None:
    """The solution; None where the model is not linear, its rows are too many, or do not determine all parameters.

    Example:
        >>> line = LeastSquares("m*t + b", {"t": [0, 1, 2, 3], "y": [1, 3, 5, 7]}, loss="half")
        >>> solve(line).x
        array([2., 1.])
        >>> solve(LeastSquares("exp(m*t)", {"t": [0, 1], "y": [1, 3]}, loss="half")) is None
        True
    """
    n, slopes = objective.n, objective.linear_slopes if objective.is_separable else None
    if slopes is None or objective.memory is None or not n <= objective.rows <= MOST_NUMBERS // n:
        return None
    read = objective.read
    nodes = [*slopes, read.prediction, read.observed, *([] if read.factor is None else [read.factor])]
    with np.errstate(all="ignore"):  # what is not finite is told where it is met again
        found = accurate_columns(read.graph, nodes, [objective.column(name) for name in read.columns], n)
        matrix, target = DoubleDouble.stack(found[:n]), found[n + 1] - found[n]
        if read.factor is not None:
            matrix, target = matrix * found[-1][:, None], target * found[-1]
    if not (np.isfinite(matrix.high).all() and np.isfinite(target.high).all()):
        return None
    system = LinearSystem(matrix)
    if system.rank < n:
        return None
    x, residuals = system.fit(target)
    return Direct(x, float(residuals @ residuals), system.inverse)
