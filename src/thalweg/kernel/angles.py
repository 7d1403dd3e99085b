"""The inverse trigonometric functions, all by way of one angle of two sides, and the length of the third side.

Written as `elementary` is, branch-free and alike for one lane or for eight. The polynomial is a minimax approximation
(Remez exchange, computed with 240 bits). The largest errors seen, in units in the last place, with or without fused
multiply-add: atan 0.9, atan2 1.6, asin 1.3, acos 1.5, hypot 1.0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from thalweg.kernel.code import Code, Helper, Operand
from thalweg.kernel.elementary import with_sign_of

# atan t = t + t^3 A(t^2), |t| <= tan(pi/8): 2^-59
_ARCTANGENT = (
    -0.333333333333332,
    0.19999999999953202,
    -0.14285714280161935,
    0.11111110781916199,
    -0.09090897718175672,
    0.07692059588027349,
    -0.06663097694825829,
    0.058478480322214935,
    -0.05039138659068382,
    0.038060797754527725,
    -0.017903541709133178,
)
_TANGENT = 0.41421356237309503  # tan(pi/8)
_EIGHTH = (
    0.7853981633974483,
    3.061616997868383e-17,
)  # pi/4 in 50 bits, whose multiples up to 4 are exact, and the rest


def _angle(code: Code, y: Operand, x: Operand, leftwards: Operand | None = None) -> Operand:
    """Return the angle of a right triangle that stands on x, with y opposite, neither negative nor both infinite.

    Where `leftwards` holds, x points the other way, and the angle is more than a right one.
    """
    one, nothing = code.constant(1.0), code.constant(0.0)
    steep = code.compare("ogt", y, x)
    low, high = code.select(steep, x, y), code.select(steep, y, x)
    # With q = low/high above tan(pi/8), the angle is pi/4 + atan((q-1)/(q+1)).
    great = code.compare("ogt", high, code.constant(2.0**1000))
    scale = code.select(great, code.constant(2.0**-10), one)  # the sum must not overflow
    low, high = code.multiply(low, scale), code.multiply(high, scale)
    middle = code.compare("ogt", low, code.multiply(high, code.constant(_TANGENT)))
    above = code.select(middle, code.subtract(low, high), low)
    below = code.select(middle, code.add(low, high), high)
    below = code.select(code.compare("oeq", below, nothing), one, below)  # both sides are 0
    t = code.divide(above, below)
    z = code.multiply(t, t)
    bend = code.multiply(code.multiply(t, z), code.polynomial(z, _ARCTANGENT))

    # The octant: the angle is c pi/4 + s (t + bend).
    count = code.select(middle, one, nothing)
    sign = one
    if leftwards is None:
        count = code.select(steep, code.subtract(code.constant(2.0), count), count)
        sign = code.select(steep, code.constant(-1.0), one)
    else:
        back = code.value(f"xor {code.boolean} {steep}, {leftwards}")
        sign = code.select(back, code.constant(-1.0), one)
        base = code.select(steep, code.constant(2.0), code.select(leftwards, code.constant(4.0), nothing))
        count = code.add(base, code.multiply(sign, count))
    bend = code.multiply_add(count, code.constant(_EIGHTH[1]), code.multiply(sign, bend))
    t = code.multiply(sign, t)
    whole = code.multiply(count, code.constant(_EIGHTH[0]))  # exact
    total = code.add(whole, t)
    error = code.subtract(t, code.subtract(total, whole))
    return code.add(total, code.add(error, bend))


def _arctangent(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    y = _angle(code, code.absolute(x), code.constant(1.0))
    return (with_sign_of(code, y, code.bits(x)),)


def _arctangent_of_two(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    y, x = operands
    one, nothing = code.constant(1.0), code.constant(0.0)
    up, across = code.absolute(y), code.absolute(x)
    infinity = code.constant(math.inf)
    infinite = [code.compare("oeq", side, infinity) for side in (up, across)]
    both = code.value(f"and {code.boolean} {infinite[0]}, {infinite[1]}")
    up, across = code.select(both, one, up), code.select(both, one, across)
    leftwards = code.compare("olt", with_sign_of(code, one, code.bits(x)), nothing)  # -0 points left too
    angle = _angle(code, up, across, leftwards)
    return (with_sign_of(code, angle, code.bits(y)),)


def _other_side(code: Code, size: Operand) -> Operand:
    """Return the root of 1 - size^2, nan where size is more than 1."""
    one = code.constant(1.0)
    return code.square_root(code.multiply(code.subtract(one, size), code.add(one, size)))


def _arcsine(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    size = code.absolute(x)
    return (with_sign_of(code, _angle(code, size, _other_side(code, size)), code.bits(x)),)


def _arccosine(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    size = code.absolute(x)
    leftwards = code.compare("olt", x, code.constant(0.0))
    return (_angle(code, _other_side(code, size), size, leftwards),)


def _hypotenuse(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    a, b = map(code.absolute, operands)
    longer = code.select(code.compare("olt", a, b), b, a)
    one = code.constant(1.0)
    up, down = code.constant(2.0**600), code.constant(2.0**-600)
    great = code.compare("ogt", longer, code.constant(2.0**500))
    small = code.compare("olt", longer, code.constant(2.0**-400))
    scale = code.select(great, down, code.select(small, up, one))
    back = code.select(great, up, code.select(small, down, one))
    a, b = code.multiply(a, scale), code.multiply(b, scale)
    y = code.square_root(code.multiply_add(a, a, code.multiply(b, b)))
    return (code.multiply(y, back),)


ARCTANGENT = Helper("thalweg.atan", 1, 1, _arctangent)
ARCTANGENT_OF_TWO = Helper("thalweg.atan2", 2, 1, _arctangent_of_two)
ARCSINE = Helper("thalweg.asin", 1, 1, _arcsine)
ARCCOSINE = Helper("thalweg.acos", 1, 1, _arccosine)
HYPOTENUSE = Helper("thalweg.hypot", 2, 1, _hypotenuse)
