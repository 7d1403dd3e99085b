"""Functions made of exponentials and of log(1+x), each accurate where the plain formula would lose its digits.

Written as `elementary` is, branch-free and alike for one lane or for eight. The largest errors seen, in units in the
last place, with or without fused multiply-add: expm1 1.7, log1p 0.8, sinh 1.4, cosh 1.2, sigmoid 1.6, softplus 1.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from thalweg.kernel.code import Code, Helper, Operand
from thalweg.kernel.elementary import (
    at_ends_of_logarithm,
    exponential,
    exponential_less_one,
    positive_logarithm,
    power_of_two,
    reduce_exponent,
    whole_of,
    with_sign_of,
)

_LARGEST_HYPERBOLIC = 710.4758600739439  # where sinh and cosh reach the largest double
_LARGEST_EXPONENTIAL = 709.782712893384  # and where exp does
_NOTHING_LEFT = -40.0  # exp of it is lost beside 1
_TINY = 2.0**-54  # log(1+x) and exp(x)-1 are x below it


def _quartered(code: Code, x: Operand) -> tuple[Operand, Operand]:
    """Return exp(x)/4 and (exp(x)-1)/4, of which neither overflows before sinh and cosh do."""
    r, tail, bits = reduce_exponent(code, x)
    scale = power_of_two(code, code.combine("sub", whole_of(code, bits), code.whole(2)))
    less_one = exponential_less_one(code, r, tail)
    whole = code.multiply(scale, code.add(code.constant(1.0), less_one))
    return whole, code.multiply_add(scale, less_one, code.subtract(scale, code.constant(0.25)))


def _clamped(code: Code, x: Operand, low: float, high: float) -> Operand:
    x = code.select(code.compare("olt", x, code.constant(low)), code.constant(low), x)
    return code.select(code.compare("ogt", x, code.constant(high)), code.constant(high), x)


def _exponential_less_one(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    _, quarter = _quartered(code, _clamped(code, x, _NOTHING_LEFT, 710.0))
    half = code.add(quarter, quarter)
    y = code.add(half, half)
    y = code.select(code.compare("ogt", x, code.constant(_LARGEST_EXPONENTIAL)), code.constant(math.inf), y)
    return (_itself_near_zero(code, x, y),)


def _itself_near_zero(code: Code, x: Operand, y: Operand) -> Operand:
    """Return x where it is tiny or a zero of either sign, else y."""
    return code.select(code.compare("olt", code.absolute(x), code.constant(_TINY)), x, y)


def _hyperbolic_sine(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    """Write sinh |x| as (t + t/(t+1))/2 with t = exp|x| - 1."""
    (x,) = operands
    size = code.absolute(x)
    _, quarter = _quartered(code, _clamped(code, size, 0.0, 711.0))
    half = code.add(quarter, quarter)
    whole = code.add(half, half)
    y = code.add(half, code.divide(half, code.add(code.constant(1.0), whole)))
    y = code.select(code.compare("ogt", size, code.constant(_LARGEST_HYPERBOLIC)), code.constant(math.inf), y)
    return (_itself_near_zero(code, x, with_sign_of(code, y, code.bits(x))),)


def _hyperbolic_cosine(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    size = code.absolute(operands[0])
    quarter, _ = _quartered(code, _clamped(code, size, 0.0, 711.0))
    half = code.add(quarter, quarter)
    y = code.add(half, code.divide(code.constant(0.25), half))
    beyond = code.compare("ogt", size, code.constant(_LARGEST_HYPERBOLIC))
    return (code.select(beyond, code.constant(math.inf), y),)


def _log_of_one_more(code: Code, x: Operand) -> Operand:
    """Return log(1+x): that of the rounded sum, and the sum's rounding error over the sum."""
    one = code.constant(1.0)
    u = code.add(one, x)
    large = code.compare("ogt", code.absolute(x), one)
    first, second = code.select(large, x, one), code.select(large, one, x)
    error = code.subtract(second, code.subtract(u, first))
    y = at_ends_of_logarithm(code, u, positive_logarithm(code, u, code.divide(error, u)))
    return _itself_near_zero(code, x, y)


def _logarithm_of_one_more(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    return (_log_of_one_more(code, operands[0]),)


def _logistic(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    one = code.constant(1.0)
    e = exponential(code, code.negate(code.absolute(x)))
    return (code.divide(code.select(code.compare("olt", x, code.constant(0.0)), e, one), code.add(one, e)),)


def _smooth_ramp(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    nothing = code.constant(0.0)
    ramp = code.select(code.compare("olt", x, nothing), nothing, x)
    e = exponential(code, code.negate(code.absolute(x)))
    return (code.add(ramp, _log_of_one_more(code, e)),)


def _log_sum_exp(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    a, b = operands
    larger = code.select(code.compare("olt", a, b), b, a)
    distance = code.absolute(code.subtract(a, b))
    distance = code.select(code.compare("oeq", a, b), code.constant(0.0), distance)  # of two infinities
    return (code.add(larger, _log_of_one_more(code, exponential(code, code.negate(distance)))),)


EXPONENTIAL_LESS_ONE = Helper("thalweg.expm1", 1, 1, _exponential_less_one)
HYPERBOLIC_SINE = Helper("thalweg.sinh", 1, 1, _hyperbolic_sine)
HYPERBOLIC_COSINE = Helper("thalweg.cosh", 1, 1, _hyperbolic_cosine)
LOGARITHM_OF_ONE_MORE = Helper("thalweg.log1p", 1, 1, _logarithm_of_one_more)
LOGISTIC = Helper("thalweg.sigmoid", 1, 1, _logistic)
SMOOTH_RAMP = Helper("thalweg.softplus", 1, 1, _smooth_ramp)
LOG_SUM_EXP = Helper("thalweg.logsumexp", 2, 1, _log_sum_exp)
