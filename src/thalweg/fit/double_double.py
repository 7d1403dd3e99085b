"""Arrays of about 32 significant digits: each number is the unevaluated sum of two float64.

An operation costs ten to twenty of NumPy's own. It is for what cancels and must not lose digits, the columns and
residuals of a linear fit, and not for passes over many rows.

Sources: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18
(1971); Y. Hida, X. S. Li, D. H. Bailey, "Algorithms for quad-double precision floating point arithmetic", ARITH-15
(2001); T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_SPLITTER = 134217729.0  # 2^27 + 1


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """Sum: a + b rounded, and its rounding error, whichever is the larger (Knuth)."""
    total = a + b
    b_part = total - a
    return total, (a - (total - b_part)) + (b - b_part)


def two_product(a: Array, b: Array) -> tuple[Array, Array]:
    """Product: a * b rounded, and its rounding error (Dekker), taken as 0 where halving a factor overflows."""
    product = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, np.where(np.isfinite(error), error, 0.0)


def _halves(a: Array) -> tuple[Array, Array]:
    """Two numbers of 26 bits that add up to a (Veltkamp)."""
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def _ordered(a: Array, b: Array) -> DoubleDouble:
    """The sum a + b as high and low part, where |a| >= |b|."""
    total = a + b
    return DoubleDouble(total, b - (total - a))


@dataclass(frozen=True, eq=False)
class DoubleDouble:
    """An array of numbers high + low, with |low| at most half a unit in the last place of high.

    Broadcasts as NumPy's arrays do; the other operand of + - * / may be an array or a number.

    Example:
        >>> third = DoubleDouble.of(1.0) / DoubleDouble.of(3.0)
        >>> float((third * 3.0 - 1.0).rounded())
        0.0
    """

    high: Array
    low: Array

    __array_ufunc__ = None  # so that array - DoubleDouble comes here

    @classmethod
    def of(cls, values: ArrayLike | DoubleDouble) -> DoubleDouble:
        """Numbers that are exact as they stand."""
        if isinstance(values, DoubleDouble):
            return values
        high = np.asarray(values, dtype=np.float64)
        return cls(high, np.zeros_like(high))

    @classmethod
    def stack(cls, parts: list[DoubleDouble]) -> DoubleDouble:
        """Vectors (rows,) as the columns of a matrix (rows, parts)."""
        return cls(np.stack([p.high for p in parts], axis=-1), np.stack([p.low for p in parts], axis=-1))

    @classmethod
    def join(cls, parts: list[DoubleDouble]) -> DoubleDouble:
        """Matrices (rows, some) side by side."""
        return cls(np.hstack([p.high for p in parts]), np.hstack([p.low for p in parts]))

    def rounded(self) -> Array:
        """The nearest float64."""
        return self.high + self.low

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return self.high.shape

    def __getitem__(self, key: Any) -> DoubleDouble:
        return DoubleDouble(self.high[key], self.low[key])

    def __neg__(self) -> DoubleDouble:
        return DoubleDouble(-self.high, -self.low)

    def __add__(self, other: ArrayLike | DoubleDouble) -> DoubleDouble:
        b = DoubleDouble.of(other)
        total, error = two_sum(self.high, b.high)
        low, low_error = two_sum(self.low, b.low)
        partial = _ordered(total, error + low)
        return _ordered(partial.high, partial.low + low_error)

    def __sub__(self, other: ArrayLike | DoubleDouble) -> DoubleDouble:
        return self + -DoubleDouble.of(other)

    def __mul__(self, other: ArrayLike | DoubleDouble) -> DoubleDouble:
        b = DoubleDouble.of(other)
        product, error = two_product(self.high, b.high)
        return _ordered(product, error + (self.high * b.low + self.low * b.high))

    def __truediv__(self, other: ArrayLike | DoubleDouble) -> DoubleDouble:
        """Long division with three digits of 53 bits."""
        b = DoubleDouble.of(other)
        first = self.high / b.high
        rest = self - b * first
        second = rest.high / b.high
        rest = rest - b * second
        return _ordered(first, second) + rest.high / b.high

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: ArrayLike) -> DoubleDouble:
        return -self + other

    def __rtruediv__(self, other: ArrayLike) -> DoubleDouble:
        return DoubleDouble.of(other) / self

    def power(self, exponent: int) -> DoubleDouble:
        """To the power of a whole number of either sign, by squaring."""
        result, base, left = DoubleDouble.of(np.ones_like(self.high)), self, abs(exponent)
        while left:
            if left & 1:
                result = result * base
            left >>= 1
            if left:
                base = base * base
        return result if exponent >= 0 else 1.0 / result

    def sqrt(self) -> DoubleDouble:
        """The root, by one step of Newton's from that of the high part (Karp); 0 stays 0."""
        root = np.sqrt(self.high)
        square, error = two_product(root, root)
        rest = self - DoubleDouble(square, error)
        return _ordered(root, np.divide(rest.high, 2.0 * root, out=np.zeros_like(root), where=root > 0.0))

    def sum(self, axis: int = 0) -> DoubleDouble:
        """The sum along an axis, of neighbours first."""
        high, low = np.moveaxis(self.high, axis, 0), np.moveaxis(self.low, axis, 0)
        terms = DoubleDouble(high, low)
        while terms.shape[0] > 1:
            count = terms.shape[0] // 2 * 2
            pairs = terms[0:count:2] + terms[1:count:2]
            rest = terms[count:]
            terms = DoubleDouble(
                np.concatenate([pairs.high, rest.high]), np.concatenate([pairs.low, rest.low])
            )
        return terms[0]
