"""Tails and quantiles of Student's t and of chi-square, which intervals and p values are made of.

Eleven digits and more, without SciPy. The normal distribution is Python's own `statistics.NormalDist`.

Sources: NIST Digital Library of Mathematical Functions, 8.17.22 (continued fraction of the incomplete beta function),
8.9.2 and 8.11.4 (incomplete gamma function); G. W. Hill, "Algorithm 395: Student's t-distribution", Comm. ACM 13
(1970).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

_TINY = 1e-300
_EPS = 2.0**-53
_MANY = 200
"""Degrees of freedom from which on the normal distribution, corrected, is the better way to the t."""


def t_tail(t: float, dof: float) -> float:
    """P(|T| >= |t|) for Student's t with `dof` > 0 degrees of freedom, normal where infinite: the two-sided p value.

    Example:
        >>> round(t_tail(2.0, 10), 6)
        0.073388
    """
    if math.isnan(t) or math.isinf(t):
        return math.nan if math.isnan(t) else 0.0
    if dof >= _MANY:
        return math.erfc(_as_normal(abs(t), dof) / math.sqrt(2.0))
    square = t * t
    return _beta_tail(dof / (dof + square), square / (dof + square), dof / 2.0)


def t_quantile(level: float, dof: float) -> float:
    """The t with P(|T| <= t) = level, 0 < level < 1, for `dof` > 0, infinite for the normal distribution.

    Example:
        >>> round(t_quantile(0.95, 10), 6)
        2.228139
    """
    tail = 1.0 - level
    log_t = math.log(NormalDist().inv_cdf(1.0 - tail / 2.0))  # of the normal, which lies below
    if math.isinf(dof):
        return math.exp(log_t)
    normalisation = math.exp(_log_gamma_ratio(dof / 2.0)) / math.sqrt(dof * math.pi)
    # log(tail) is concave in log(t), so Newton's iteration comes down to the root without a safeguard.
    for _ in range(100):
        t = math.exp(log_t)
        p = t_tail(t, dof)
        density = normalisation * math.exp(-(dof + 1.0) / 2.0 * math.log1p(t * t / dof))
        step = math.log(p / tail) * p / (2.0 * density * t)
        log_t += step
        if abs(step) <= 4.0 * _EPS:
            break
    return math.exp(log_t)


def chi_square_tail(value: float, dof: float) -> float:
    """P(X >= value) for chi-square with `dof` > 0 degrees of freedom.

    Example:
        >>> round(chi_square_tail(18.307, 10), 4)
        0.05
    """
    a, x = dof / 2.0, value / 2.0
    if x <= 0.0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1.0:
        term = total = 1.0 / a
        k = a
        while term > total * _EPS:
            k += 1.0
            term *= x / k
            total += term
        return 1.0 - front * total
    return front / (x + 1.0 - a + _continued_fraction(lambda k: (-k * (k - a), x + 2.0 * k + 1.0 - a)))


def _as_normal(t: float, dof: float) -> float:
    """The normal variable with the tail that t has, for many degrees of freedom (Hill's expansion)."""
    if math.isinf(dof):
        return t
    a = dof - 0.5
    b = 48.0 * a * a
    square = a * math.log1p(t * t / dof)
    z = math.sqrt(square)
    last = ((4.0 * square + 33.0) * square + 240.0) * square + 855.0
    return z + z * ((square + 3.0) - last / (10.0 * (b + 0.8 * square * square + 100.0))) / b


def _beta_tail(x: float, y: float, a: float) -> float:
    """The regularised incomplete beta function I_x(a, 1/2), y = 1 - x."""
    if y == 0.0:
        return 1.0
    if x == 0.0:
        return 0.0
    b = 0.5
    log_beta = 0.5 * math.log(math.pi) - _log_gamma_ratio(a)
    front = math.exp(a * math.log(x) if y > 0.5 else a * math.log1p(-y)) * math.sqrt(y) / math.exp(log_beta)
    if x < (a + 1.0) / (a + b + 2.0):
        return front / (a * (1.0 + _continued_fraction(lambda k: (_beta_term(k, a, b, x), 1.0))))
    return 1.0 - front / (b * (1.0 + _continued_fraction(lambda k: (_beta_term(k, b, a, y), 1.0))))


def _beta_term(k: int, a: float, b: float, x: float) -> float:
    m = k // 2
    if k % 2:
        return -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
    return m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))


def _continued_fraction(term: Callable[[int], tuple[float, float]]) -> float:
    """The sum a1/(b1 + a2/(b2 + ...)) with term(k) = a_k, b_k, by the modified Lentz algorithm."""
    value = c = _TINY
    d, settled = 0.0, False
    for k in range(1, 100_000):
        numerator, denominator = term(k)
        d = denominator + numerator * d
        c = denominator + numerator / c
        d = 1.0 / (d or _TINY)
        c = c or _TINY
        value *= c * d
        was_settled, settled = settled, abs(c * d - 1.0) <= 2.0 * _EPS
        if settled and was_settled:  # every other term of the beta function's fraction may be next to nothing
            break
    return value


def _log_gamma_ratio(a: float) -> float:
    """The logarithm of gamma(a + 1/2)/gamma(a)."""
    return math.lgamma(a + 0.5) - math.lgamma(a)
