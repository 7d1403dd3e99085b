"""Arithmetic on plain floats that follows IEEE 754 where Python would raise.

It overflows to inf and leaves domains as nan. This is what constants are folded with; it is not how formulas
are evaluated, which is the kernel's work.
"""

import math
from collections.abc import Callable


def divide(a: float, b: float) -> float:
    """Return a/b, with the signed infinity of IEEE 754 for a zero divisor and nan for 0/0."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or math.isnan(a):
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """Return a to the power b as C's pow does: nan for the root of a negative number, inf at a pole."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and _is_odd(b) else math.inf
    except ValueError:
        if a == 0.0:  # a pole: zero to a negative power
            return math.copysign(math.inf, a) if _is_odd(b) else math.inf
        return math.nan


def logarithm(a: float) -> float:
    """Return the natural logarithm, -inf at zero and nan below it."""
    if a > 0.0:
        return math.log(a)
    return -math.inf if a == 0.0 else math.nan


def exponential(a: float) -> float:
    """Return e to the power a, inf beyond the largest float."""
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def sign(a: float) -> float:
    """Return -1, 0 or 1 with the sign of a; nan stays nan."""
    if a > 0.0:
        return 1.0
    if a < 0.0:
        return -1.0
    return a  # a zero keeps its sign, nan stays nan


def nan_outside_domain(function: Callable[[float], float]) -> Callable[[float], float]:
    """Return the function with nan where the one of the standard library raises ValueError."""

    def guarded(a: float) -> float:
        try:
            return function(a)
        except ValueError:
            return math.nan

    return guarded


def inverse_hyperbolic_tangent(a: float) -> float:
    """Return the inverse of tanh, infinite at -1 and 1 and nan beyond them."""
    return math.copysign(math.inf, a) if abs(a) == 1.0 else nan_outside_domain(math.atanh)(a)


def hyperbolic_sine(a: float) -> float:
    """Return sinh, infinite beyond the largest float."""
    try:
        return math.sinh(a)
    except OverflowError:
        return math.copysign(math.inf, a)


def hyperbolic_cosine(a: float) -> float:
    """Return cosh, inf beyond the largest float."""
    try:
        return math.cosh(a)
    except OverflowError:
        return math.inf


def hyperbolic_secant(a: float) -> float:
    """Return 1/cosh, accurate where cosh is beyond the largest float."""
    e = math.exp(-abs(a))
    return 2.0 * e / (1.0 + e * e)


def exponential_less_one(a: float) -> float:
    """Return e to the power a less 1, exact near 0, inf beyond the largest float."""
    try:
        return math.expm1(a)
    except OverflowError:
        return math.inf


def with_pole_at(pole: float, function: Callable[[float], float]) -> Callable[[float], float]:
    """Return a logarithm of the standard library with -inf at its pole and nan below it."""

    def guarded(a: float) -> float:
        if a > pole:
            return function(a)
        return -math.inf if a == pole else math.nan

    return guarded


def cube_root(a: float) -> float:
    """Return the real cube root, that of a negative number too."""
    root = math.copysign(abs(a) ** (1.0 / 3.0), a)
    if root == 0.0 or not math.isfinite(root):
        return root
    return root - (root - a / root / root) / 3.0  # a Newton step: 1/3 is not a double


def floor(a: float) -> float:
    """Return the largest whole number up to a, whatever its size."""
    if not math.isfinite(a) or a == 0.0:
        return a
    return float(math.floor(a))


def logistic(a: float) -> float:
    """Return 1/(1 + exp(-a)), accurate where it vanishes."""
    e = math.exp(-abs(a))
    return (1.0 if a >= 0.0 else e) / (1.0 + e)


def smooth_ramp(a: float) -> float:
    """Return log(1 + exp(a))."""
    return ramp(a) + math.log1p(math.exp(-abs(a)))


def ramp(a: float) -> float:
    """Return a where it is positive, else 0; nan stays nan."""
    return 0.0 if a < 0.0 else a


def minimum(a: float, b: float) -> float:
    """Return the lesser of two, nan where either is; the first of two zeros."""
    return math.nan if a != a or b != b else b if b < a else a


def maximum(a: float, b: float) -> float:
    """Return the greater of two, nan where either is; the first of two zeros."""
    return math.nan if a != a or b != b else b if b > a else a


def choice(condition: float, a: float, b: float) -> float:
    """Return a where the condition holds, else b."""
    return a if condition else b


def hypotenuse(a: float, b: float) -> float:
    """Return the root of a^2 + b^2, which overflows only where the root itself does; nan where either is."""
    return math.nan if a != a or b != b else math.hypot(a, b)


def log_sum_exp(a: float, b: float) -> float:
    """Return log(exp(a) + exp(b)), which overflows nowhere."""
    distance = 0.0 if a == b else abs(a - b)
    return maximum(a, b) + math.log1p(math.exp(-distance))


def _is_odd(b: float) -> bool:
    return math.isfinite(b) and math.fmod(b, 2.0) in (1.0, -1.0)
