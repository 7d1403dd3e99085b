"""Confidence and prediction bands: how sure a fit is of its curve, and where new responses will fall.

By the delta method, the curve's variance is that of its tangent, g^T covariance g, with g the slopes of the prediction
in the parameters: exact for a linear model. A new response adds the variance of its own error.

Source: G. A. F. Seber, C. J. Wild, "Nonlinear Regression" (1989), 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Band:
    """A curve with its band, row by row; each array is (rows,).

    Example:
        >>> band = Band(np.array([1.0, 2.0]), np.array([0.1, 0.2]), 2.0)
        >>> band.lower
        array([0.8, 1.6])
    """

    prediction: Array
    """The fitted curve."""
    standard_error: Array
    """Of the curve, or of the difference to a new response."""
    quantile: float
    """Half the width of the band in standard errors."""

    @property
    def lower(self) -> Array:
        """Where the band begins."""
        return self.prediction - self.quantile * self.standard_error

    @property
    def upper(self) -> Array:
        """Where it ends."""
        return self.prediction + self.quantile * self.standard_error
