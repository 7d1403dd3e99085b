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


def _is_odd(b: float) -> bool:
    return math.isfinite(b) and math.fmod(b, 2.0) in (1.0, -1.0)
