"""What a fit gives: estimates with their uncertainties."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thalweg.fit.solution import Solution
from thalweg.trajectory import Trajectory

Real = NDArray[np.float64]


class Fit:
    """A fitted model, as `thalweg.fit` returns it.

    Attributes:
        solution: What the descent found.

    Example:
        >>> import thalweg as tw
        >>> data = {"t": [0, 1, 2, 3], "y": [1.0, 3.1, 4.9, 7.0]}
        >>> fit = tw.fit("m*t + b", data, start={"m": 1, "b": 0})
        >>> {name: round(value, 6) for name, value in fit.parameters.items()}
        {'m': 1.98, 'b': 1.03}
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    @property
    def run(self) -> Trajectory:
        """The descent, with its path, trials and verdict."""
        return self.solution.run

    @property
    def parameters(self) -> dict[str, float]:
        """The estimates by name."""
        return dict(zip(self.solution.names, self.solution.x.tolist(), strict=True))

    @property
    def rss(self) -> float:
        """The sum of squared residuals."""
        return self.solution.rss

    @property
    def degrees_of_freedom(self) -> int:
        """Rows less free parameters."""
        return self.solution.rows - int(np.count_nonzero(self.solution.free))

    @property
    def residual_standard_deviation(self) -> float:
        """sqrt(rss / degrees of freedom); NaN where there are none."""
        return float(np.sqrt(self.rss / self.degrees_of_freedom)) if self.degrees_of_freedom > 0 else np.nan

    @cached_property
    def covariance(self) -> Real:
        """(n, n): s^2 (J^T J)^-1; NaN for parameters that are not free."""
        free = self.solution.free
        R = np.linalg.qr(self.solution.factor[:, free], mode="r")
        covariance = np.full((len(free), len(free)), np.nan)
        try:
            inverse = np.linalg.inv(R)
        except np.linalg.LinAlgError:  # parameters that cannot be told apart
            return covariance
        covariance[np.ix_(free, free)] = self.residual_standard_deviation**2 * (inverse @ inverse.T)
        return covariance

    @property
    def standard_errors(self) -> dict[str, float]:
        """The square roots of the covariance's diagonal, by name."""
        return dict(zip(self.solution.names, np.sqrt(np.diagonal(self.covariance)).tolist(), strict=True))

    def __repr__(self) -> str:
        values = ", ".join(f"{name} = {value:.8g}" for name, value in self.parameters.items())
        return f"<Fit: {values}; rss = {self.rss:.8g}>"
