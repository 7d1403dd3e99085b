"""How sure a fit is of its parameters, from the triangular factor R of the weighted Jacobian at the solution.

With W the weights, S the least weighted sum of squared residuals and p parameters fitted to n rows:

    s^2         = S / (n - p)                                residual variance; p is the rank of R
    covariance  = s^2 (J^T W J)^-1 = s^2 (R^T R)^-1           where the weights are relative
                = (R^T R)^-1                                  where they are 1/sigma^2 of known errors sigma
    R^2         = 1 - S / sum w (y - mean)^2                  (about 0 for a linear model without a constant)
    log L       = -n/2 (log(2 pi S/n) + 1) + sum log(w)/2     s estimated, by maximum likelihood
                = -(S + n log(2 pi))/2 + sum log(w)/2         errors known
    AIC, BIC    = 2k - 2 log L, k log n - 2 log L             k = p, and one more where s is estimated

AIC and BIC are those of R's `AIC(lm(...))` and `AIC(nls(...))`; statsmodels does not count s, and gives 2 (or log n)
less; lmfit leaves out n (log(2 pi) + 1) as well.

Sources: G. A. F. Seber, C. J. Wild, "Nonlinear Regression" (1989), 2.1; H. Akaike, IEEE Trans. Autom. Control 19
(1974).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ParameterError
from thalweg.fit.distributions import chi_square_tail, t_quantile, t_tail

Array = NDArray[np.float64]

LEVEL = 0.95
"""Confidence of intervals and bands, where none is asked for."""
_EPS = float(np.finfo(float).eps)


def checked_level(level: float) -> float:
    """The confidence level, if it is one.

    Raises:
        ParameterError: It is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ParameterError(f"a confidence level lies between 0 and 1, as 0.95 does, and is not {level:g}")
    return level


@dataclass(frozen=True, kw_only=True, eq=False)
class Statistics:
    """The numbers that a table of results is made of.

    Attributes:
        names: Of the p fitted parameters.
        x: Their estimates, (p,).
        factor: R (p, p) of the weighted Jacobian at x.
        rss: The weighted sum of squared residuals.
        least: What was minimised, if that is more than squares: a robust loss or a penalty.
        influence: For a robust loss, what stands for the sum of squares in the variance of the estimates.
        rows: How many rows there are.
        known: Whether the weights are 1/sigma^2 of known measurement errors.
        total: The weighted sum of squares of the response about its mean, or about 0: what R^2 compares with.
        size: That about 0.
        about_mean: Which of the two.
        log_weights: The sum of the logarithms of the weights.
        held: Which parameters lie on a bound and count as given, (p,).
        inverse: (R^T R)^-1 (p, p) where it is known better than from R.

    Example:
        >>> r = np.linalg.qr(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]))[1]
        >>> found = Statistics(
        ...     names=("b", "m"), x=np.array([1.0, 2.0]), factor=r, rss=0.06, rows=3, total=8.0
        ... )
        >>> found.standard_errors.round(4), found.dof
        (array([0.2236, 0.1732]), 1)
    """

    names: Sequence[str]
    x: Array
    factor: Array
    rss: float
    rows: int
    total: float
    size: float = 0.0
    least: float | None = None
    influence: float | None = None
    known: bool = False
    about_mean: bool = True
    log_weights: float = 0.0
    held: NDArray[np.bool_] | None = None
    inverse: Array | None = None

    # ------------------------------------------------------------------------------------------------- the parameters

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which parameters were fitted, (p,): all that do not lie on a bound."""
        return np.ones(len(self.x), dtype=bool) if self.held is None else ~self.held

    @property
    def rank(self) -> int:
        """How many combinations of the fitted parameters the data determine: as many as these, or fewer."""
        if self.inverse is not None:
            return int(np.sum(self.free))
        return self._directions.scaled.shape[1]

    @property
    def dof(self) -> int:
        """Degrees of freedom: rows less what was determined from them (as R has it), never below 0."""
        return max(self.rows - self.rank, 0)

    @property
    def residual_variance(self) -> float:
        """S / (n - p); nan without degrees of freedom."""
        return self.rss / self.dof if self.dof else math.nan

    @property
    def residual_standard_deviation(self) -> float:
        """The root of the residual variance: of a row of weight 1."""
        return math.sqrt(self.residual_variance)

    @property
    def variance(self) -> float:
        """What (R^T R)^-1 is multiplied by: the residual variance, or 1 where the measurement errors are known.

        Under a robust loss it is the sum of psi^2 / (n - p) over the mean of psi', errors known or not.
        """
        if self.influence is not None:
            return self.influence / self.dof if self.dof else math.nan
        return 1.0 if self.known else self.residual_variance

    @property
    def minimum(self) -> float:
        """What was minimised, at its least: the sum of squares unless the loss is robust, or there is a penalty."""
        return self.rss if self.least is None else self.least

    @cached_property
    def unscaled_covariance(self) -> Array:
        """(R^T R)^-1, (p, p).

        The rows of parameters that the data do not determine are infinite on the diagonal and nan beside it; those of
        parameters on a bound are nan.
        """
        full = np.full((len(self.x), len(self.x)), math.nan)
        free = np.flatnonzero(self.free)
        if self.inverse is not None and len(free) == len(self.x):
            inverse = self.inverse
        else:
            found = self._directions
            inverse = found.scaled @ found.scaled.T
            lost = found.lost
            inverse[lost, :] = inverse[:, lost] = math.nan
            inverse[lost, lost] = math.inf
        full[np.ix_(free, free)] = inverse
        return full

    @cached_property
    def _directions(self) -> _Directions:
        return _Directions(self.factor[:, self.free], self.rows)

    def deviation(self, slopes: Array) -> Array:
        """Standard errors of functions of the parameters, such as predictions, by their slopes at x (the delta method).

        Args:
            slopes: Derivatives of each function with respect to the parameters, (functions, p).

        Returns:
            (functions,); infinite for a function that the data do not determine.
        """
        found = self._directions
        slopes = slopes[:, self.free]
        errors = np.linalg.norm(slopes @ found.scaled, axis=1) * math.sqrt(self.variance)
        errors[found.is_lost(slopes)] = math.inf
        return errors

    @cached_property
    def covariance(self) -> Array:
        """Of the estimates, (p, p); see `unscaled_covariance` for parameters that are not determined."""
        with np.errstate(invalid="ignore"):
            return self.unscaled_covariance * self.variance

    @property
    def standard_errors(self) -> Array:
        """Roots of the covariance's diagonal, (p,)."""
        return np.sqrt(np.diag(self.covariance))

    def standard_error_if_free(self, place: int) -> float:
        """That of a parameter which stands at a bound, if it did not: a measure for how far it may be moved."""
        held = ~self.free
        held[place] = False
        return float(
            replace(self, held=held, inverse=None).unscaled_covariance[place, place] ** 0.5
        ) * math.sqrt(self.variance)

    @cached_property
    def correlation(self) -> Array:
        """Of the estimates, (p, p); exactly 1 on the diagonal. It does not depend on the residuals."""
        deviations = np.sqrt(np.diag(self.unscaled_covariance))
        with np.errstate(invalid="ignore"):
            correlation = self.unscaled_covariance / np.multiply.outer(deviations, deviations)
        np.fill_diagonal(correlation, 1.0)
        return correlation

    @property
    def t_values(self) -> Array:
        """Estimates in units of their standard errors, (p,)."""
        with np.errstate(all="ignore"):
            return self.x / self.standard_errors

    @property
    def p_values(self) -> Array:
        """Chance of so large a t value (or larger, of either sign) were the parameter 0, (p,)."""
        return np.array([self._tail(t) for t in self.t_values.tolist()])

    def intervals(self, level: float = LEVEL) -> Array:
        """Symmetric confidence intervals, estimate -+ t standard errors, (p, 2).

        Args:
            level: The confidence, of each interval on its own.

        Raises:
            ParameterError: The level is not between 0 and 1.
        """
        half = self.quantile(level) * self.standard_errors
        return np.column_stack([self.x - half, self.x + half])

    def quantile(self, level: float = LEVEL) -> float:
        """Half the width of an interval in standard errors: of Student's t; of the normal where errors are known."""
        level = checked_level(level)
        if self.known:
            return t_quantile(level, math.inf)
        return t_quantile(level, self.dof) if self.dof else math.nan

    def _tail(self, t: float) -> float:
        if self.known:
            return t_tail(t, math.inf)
        return t_tail(t, self.dof) if self.dof else math.nan

    # ------------------------------------------------------------------------------------------------- the whole fit

    @property
    def r_squared(self) -> float:
        """The part of the response's variation that the model explains; nan where the response does not vary."""
        if not self.total > 0.0:
            return math.nan
        explained = 1.0 - self.rss / self.total
        return (
            explained if abs(explained) > 8.0 * _EPS else 0.0
        )  # a constant explains nothing, but for rounding

    @property
    def adjusted_r_squared(self) -> float:
        """R^2 with variances in place of sums of squares; nan without degrees of freedom."""
        spread = self.rows - (1 if self.about_mean else 0)
        return 1.0 - (1.0 - self.r_squared) * spread / self.dof if self.dof else math.nan

    @property
    def log_likelihood(self) -> float:
        """Log L of normal errors; infinite for a perfect fit whose errors are not known, nan under a robust loss."""
        n = self.rows
        if self.influence is not None:
            return math.nan
        if self.known:
            return -0.5 * (self.rss + n * math.log(2.0 * math.pi) - self.log_weights)
        if self.rss <= 0.0:
            return math.inf
        return -0.5 * (n * (math.log(2.0 * math.pi * self.rss / n) + 1.0) - self.log_weights)

    @property
    def aic(self) -> float:
        """Akaike's information criterion: smaller is better, among models of the same responses."""
        return 2.0 * self._counted - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """The Bayesian (Schwarz's) information criterion."""
        return self._counted * math.log(self.rows) - 2.0 * self.log_likelihood if self.rows else math.nan

    @property
    def goodness_of_fit(self) -> float:
        """Chance of so large a chi-square S, or larger, if model and errors are right; nan where errors are unknown."""
        return chi_square_tail(self.rss, self.dof) if self.known and self.dof else math.nan

    @property
    def _counted(self) -> int:
        return self.rank + (0 if self.known else 1)


class _Directions:
    """The singular directions of R (m, p) that carry weight: (R^T R)^-1 is `scaled` times its transpose.

    An R that is not finite has none.
    """

    def __init__(self, r: Array, rows: int) -> None:
        r = r if np.isfinite(r).all() else np.zeros_like(r)
        norms = np.linalg.norm(r, axis=0)
        self._scales = 1.0 / np.where(norms > 0.0, norms, 1.0)
        _, values, directions = np.linalg.svd(r * self._scales, full_matrices=False)
        kept = values > np.max(values, initial=0.0) * max(rows, len(norms)) * _EPS
        self._kept = directions[kept]
        self.scaled = self._scales[:, None] * (self._kept / values[kept, None]).T
        self.lost = 1.0 - np.sum(self._kept**2, axis=0) > 1e-8
        """Parameters that take part in a direction without weight, (p,)."""

    def is_lost(self, slopes: Array) -> NDArray[np.bool_]:
        """Which functions with these slopes (functions, p) change along a direction without weight."""
        moved = slopes * self._scales
        rest = moved - moved @ self._kept.T @ self._kept
        return np.linalg.norm(rest, axis=1) > 1e-8 * np.linalg.norm(moved, axis=1)
