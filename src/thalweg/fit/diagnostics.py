"""What the residuals say of a fit, row by row and in a few numbers.

Everything is computed from the weighted residuals r and the weighted Jacobian J at the solution, whose tangent plane
stands for the model: exact for a linear model, an approximation for any other.

Sources: R. D. Cook, S. Weisberg, "Residuals and Influence in Regression" (1982); J. Durbin, G. S. Watson, Biometrika 37
(1950); A. Wald, J. Wolfowitz, Ann. Math. Statist. 11 (1940); R. B. D'Agostino, M. A. Stephens, "Goodness-of-Fit
Techniques" (1986), table 4.9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EXACT = 400
"""Rows up to which the runs test sums its exact distribution."""


@dataclass(frozen=True)
class Runs:
    """The runs test: too few runs of one sign mean that neighbouring residuals hang together."""

    runs: int
    """Runs of residuals of one sign, in the order of the rows."""
    expected: float
    """As many are to be expected of independent residuals."""
    p_value: float
    """Chance of so few runs or fewer."""


@dataclass(frozen=True)
class Normality:
    """The Anderson-Darling test of the residuals against a normal distribution of unknown mean and variance."""

    statistic: float
    """A^2, corrected for the number of rows."""
    p_value: float
    """Chance of one so large or larger."""


class Diagnostics:
    """The residuals of a fit and what they tell.

    Args:
        residuals: Weighted, response minus prediction, (rows,).
        factor: Q (rows, p) of the weighted Jacobian J = Q R.
        deviation: The residual standard deviation, or 1 where the measurement errors are known.
        known: Whether the measurement errors are known.
        order: The order in which runs and the Durbin-Watson statistic take the rows; by default as they come.

    Example:
        >>> t = np.arange(6.0)
        >>> q, _ = np.linalg.qr(np.column_stack([t**0, t]))
        >>> Diagnostics(np.array([1.0, -1, -1, 1, 1, -1]), q, 1.2).leverage.round(3)
        array([0.524, 0.295, 0.181, 0.181, 0.295, 0.524])
    """

    def __init__(
        self,
        residuals: Array,
        factor: Array,
        deviation: float,
        *,
        known: bool = False,
        order: NDArray[np.intp] | None = None,
    ) -> None:
        self.residuals = residuals
        self._factor = factor
        self._deviation = deviation
        self._known = known
        self._order = np.arange(len(residuals)) if order is None else order

    @cached_property
    def leverage(self) -> Array:
        """How much of each row's prediction is its own response, from 0 to 1, (rows,); they add up to p."""
        return np.sum(self._factor**2, axis=1)

    @cached_property
    def standardized(self) -> Array:
        """Residuals in units of their own standard deviation s sqrt(1 - leverage), (rows,).

        Nan for a row that the fit goes through whatever its response is.
        """
        return _quotient(self.residuals, self._deviation * self._rest)

    @cached_property
    def studentized(self) -> Array:
        """Residuals in units of the deviation that the fit without that row has, (rows,); each is t-distributed.

        Equal to `standardized` where the measurement errors are known.
        """
        if self._known:
            return self.standardized
        rows, p = self._factor.shape
        dof = rows - p
        if dof < 2:
            return np.full_like(self.residuals, math.nan)
        without = np.maximum(dof - self.standardized**2, 0.0) / (dof - 1)
        return _quotient(self.standardized, np.sqrt(without))

    @cached_property
    def influence(self) -> Array:
        """Cook's distance of each row, (rows,): how far the parameters move without it; above 1 is much."""
        p = self._factor.shape[1]
        return self.standardized**2 * _quotient(self.leverage, self._rest**2) / p

    @property
    def durbin_watson(self) -> float:
        """Durbin and Watson's d: near 2 for independent residuals, towards 0 where neighbours resemble each other."""
        r = self.residuals[self._order]
        return float(_quotient(np.sum(np.diff(r) ** 2), np.sum(r**2)))

    @property
    def runs(self) -> Runs:
        """The test of Wald and Wolfowitz on the signs of the residuals; zeros are left out."""
        signs = np.sign(self.residuals[self._order])
        signs = signs[signs != 0.0]
        above, below = int(np.sum(signs > 0)), int(np.sum(signs < 0))
        runs = int(np.sum(signs[1:] != signs[:-1])) + (len(signs) > 0)
        if not above or not below:
            return Runs(runs, 1.0 if len(signs) else 0.0, 1.0)
        return Runs(runs, 1.0 + 2.0 * above * below / (above + below), _few_runs(runs, above, below))

    @property
    def normality(self) -> Normality:
        """How well the standardised residuals go with a normal distribution; nan for fewer than 8 rows."""
        z = np.sort(self.standardized[np.isfinite(self.standardized)])
        deviation = float(np.std(z, ddof=1)) if len(z) > 1 else 0.0
        if len(z) < 8 or not deviation > 0.0:
            return Normality(math.nan, math.nan)
        n, z = len(z), (z - np.mean(z)) / deviation
        tail = np.array([math.log(0.5 * math.erfc(v / math.sqrt(2.0)) or 1e-300) for v in z])
        head = np.array([math.log(0.5 * math.erfc(-v / math.sqrt(2.0)) or 1e-300) for v in z])
        weights = (2.0 * np.arange(1, n + 1) - 1.0) / n
        statistic = (-n - float(weights @ (head + tail[::-1]))) * (1.0 + 0.75 / n + 2.25 / n**2)
        return Normality(statistic, _anderson_darling_tail(statistic))

    @property
    def normal_scores(self) -> Array:
        """What each standardised residual would be in a perfect normal sample (Blom), (rows,), in the rows' order."""
        n = len(self.residuals)
        ranks = np.argsort(np.argsort(self.standardized)) + 1.0
        inverse = NormalDist().inv_cdf
        return np.array([inverse((rank - 0.375) / (n + 0.25)) for rank in ranks])

    @cached_property
    def _rest(self) -> Array:
        rest = np.maximum(1.0 - self.leverage, 0.0)
        return np.sqrt(np.where(rest > 1e-12, rest, 0.0))


def _quotient(a: Array | float, b: Array | float) -> Array:
    with np.errstate(all="ignore"):
        return np.where(np.equal(b, 0.0), math.nan, np.divide(a, b))


def _few_runs(runs: int, above: int, below: int) -> float:
    """P(R <= runs) where all orders of the signs are equally likely."""
    n = above + below
    if n > _EXACT:
        mean = 1.0 + 2.0 * above * below / n
        variance = (mean - 1.0) * (mean - 2.0) / (n - 1.0)
        return NormalDist(mean, math.sqrt(variance)).cdf(runs + 0.5)
    ways = 0
    for r in range(2, runs + 1):
        k, odd = divmod(r, 2)
        if odd:
            ways += math.comb(above - 1, k) * math.comb(below - 1, k - 1)
            ways += math.comb(above - 1, k - 1) * math.comb(below - 1, k)
        else:
            ways += 2 * math.comb(above - 1, k - 1) * math.comb(below - 1, k - 1)
    return ways / math.comb(n, above)


def _anderson_darling_tail(a: float) -> float:
    a = min(a, 100.0)  # the fits below are none beyond
    if a >= 0.6:
        return math.exp(1.2937 - 5.709 * a + 0.0186 * a * a)
    if a > 0.34:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    if a > 0.2:
        return 1.0 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    return 1.0 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)
