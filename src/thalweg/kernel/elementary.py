"""The elementary functions as code of ours, the same for one lane or for eight.

Sources: the argument reductions and the way a rounding error is carried along follow fdlibm (Sun Microsystems,
1993); the reduction of huge arguments is Payne and Hanek's (1983); the double-double logarithm under `power`
follows Dekker (1971). The polynomials are minimax approximations (Remez exchange, computed with 240 bits), each
with its largest relative error noted beside it.

Everything is branch-free but for one thing: where any lane holds a trigonometric argument beyond
`LARGEST_DIRECT`, the reduction of those lanes is done by a function that is built once (`payne_hanek`). The largest
errors seen, in units in the last place, with or without fused multiply-add: log 0.8, exp 0.9, sin and cos 1.1, power
1.3, tanh 2.3, tan 2.7.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from thalweg.kernel import double_double, payne_hanek
from thalweg.kernel.code import Code, Helper, Operand

LARGEST_DIRECT = 1e6
"""Trigonometric arguments up to here are reduced by subtracting multiples of pi/2 held in three or four pieces."""

# Adding it rounds to a whole number, which then stands in the low bits: 1.5 * 2^52.
_ROUNDER = 6755399441055744.0
_ROUNDER_BITS = 0x4338000000000000
_SIGN = -(1 << 63)

# pi/2 in pieces of 53, 33 and 53 bits; a fused multiply-add takes all their products with whole numbers below 2^20
# exactly, and the shorter piece in the middle makes the error of the second step representable ...
_HALF_PI_FUSED = (1.5707963267948966, 6.12323399538461e-17, 3.5215598651832e-27)
# ... and in pieces of 33 bits, whose products are exact as they stand.
_HALF_PI = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32)

# sin r = r + r^3 S(r^2), |r| <= pi/4: 2^-57
_SINE = (
    -0.16666666666666632,
    0.00833333333332242,
    -0.000198412698298132,
    2.7557313693876212e-06,
    -2.5050758434425897e-08,
    1.5896814827343614e-10,
)
# cos r = 1 - r^2/2 + r^4 C(r^2): 2^-59
_COSINE = (
    0.0416666666666666,
    -0.0013888888888874133,
    2.4801587289488012e-05,
    -2.755731435408952e-07,
    2.087572352133736e-09,
    -1.1359661103729142e-11,
)
# exp r = 1 + r + r^2 E(r), |r| <= log(2)/2: 2^-60 of exp(r) - 1
_EXPONENTIAL = (
    0.5,
    0.16666666666666677,
    0.0416666666666667,
    0.008333333333321624,
    0.0013888888888866893,
    0.00019841269886136084,
    2.4801587360462458e-05,
    2.7557244206825428e-06,
    2.7557242829125185e-07,
    2.5109035466803965e-08,
    2.0924424538210556e-09,
)
# log((1+s)/(1-s)) = 2 s + s^3 L(s^2), |s| <= 0.1716: 2^-58
_LOGARITHM = (
    0.6666666666666735,
    0.39999999999413144,
    0.2857142874276374,
    0.22222198531285986,
    0.181835666643296,
    0.15313986841148744,
    0.14796624259487906,
)
# log((1+s)/(1-s)) = 2 s (1 + s^2/3 + s^4 T(s^2)): 2^-66
_LOGARITHM_TAIL = (
    0.1999999999999999,
    0.14285714285722576,
    0.11111111108763423,
    0.09090909435748272,
    0.07692278395104708,
    0.06668160266863794,
    0.05837377572722977,
    0.05994770987594899,
)
_THIRD = (0.3333333333333333, 1.850371707708594e-17)  # 1/3 in two pieces

_LOG2_E = 1.4426950408889634
# log 2, its first piece short enough that whole multiples below 2^11 are exact
_LOG_2 = (0.6931471805598903, 5.497923018708371e-14)
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD


def _round_to_whole(code: Code, x: Operand, scale: float) -> tuple[Operand, Operand]:
    """Return the whole number nearest to x*scale, as a float and as bits whose low end counts it."""
    rounder = code.constant(_ROUNDER)
    shifted = code.multiply_add(x, code.constant(scale), rounder)
    return code.subtract(shifted, rounder), code.bits(shifted)


# ---------------------------------------------------------------------------------------------- sine and cosine


def _sine_cosine(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    size = code.absolute(x)
    r, tail, quadrant = _reduce(code, size)
    z = code.multiply(r, r)

    sine = code.multiply_add(code.multiply(z, r), code.polynomial(z, _SINE), tail)
    sine = code.add(r, sine)

    one = code.constant(1.0)
    half = code.multiply(z, code.constant(0.5))
    leading = code.subtract(one, half)
    rest = code.subtract(code.subtract(one, leading), half)
    rest = code.subtract(rest, code.multiply(r, tail))
    rest = code.multiply_add(code.multiply(z, z), code.polynomial(z, _COSINE), rest)
    cosine = code.add(leading, rest)

    odd = code.lowest_bit(quadrant)
    signs = code.combine("shl", quadrant, code.whole(62))
    x_sign = code.combine("xor", code.bits(x), signs)
    following = code.combine("add", quadrant, code.whole(1))
    return (
        with_sign_of(code, code.select(odd, cosine, sine), x_sign),
        with_sign_of(code, code.select(odd, sine, cosine), code.combine("shl", following, code.whole(62))),
    )


def with_sign_of(code: Code, a: Operand, bits: Operand) -> Operand:
    """Return a with its sign flipped where the highest of the bits is set."""
    flips = code.combine("and", bits, code.whole(_SIGN))
    return code.from_bits(code.combine("xor", code.bits(a), flips))


def _reduce(code: Code, x: Operand) -> tuple[Operand, Operand, Operand]:
    """Return x >= 0 less a multiple of pi/2, in two pieces, and the multiple in the low bits of an integer."""
    k, quadrant = _round_to_whole(code, x, 2.0 / math.pi)
    minus_k = code.negate(k)
    if code.module.fused:
        first, second, third = (code.constant(piece) for piece in _HALF_PI_FUSED)
        near = code.multiply_add(minus_k, first, x)  # exact
        r = code.multiply_add(minus_k, second, near)
        error = code.multiply_add(minus_k, second, code.subtract(near, r))
        tail = code.multiply_add(minus_k, third, error)
    else:
        first, second, third, fourth = (code.constant(piece) for piece in _HALF_PI)
        near = code.add(x, code.multiply(minus_k, first))  # exact, as all the products but the last
        step = code.multiply(k, second)
        r = code.subtract(near, step)
        error = code.subtract(code.subtract(near, r), step)
        tail = code.add(error, code.multiply(minus_k, third))
        tail = code.add(tail, code.multiply(minus_k, fourth))
        r, tail = double_double.sum_ordered(code, r, tail)  # k times the third piece is not that small
    large = code.compare("ogt", x, code.constant(LARGEST_DIRECT))
    return payne_hanek.where_large(code, large, x, (r, tail, quadrant))


# ------------------------------------------------------------------------------------------- exponential, tanh


def reduce_exponent(code: Code, x: Operand) -> tuple[Operand, Operand, Operand]:
    """Return x less a multiple of log 2, in two pieces, and the multiple as bits that count from _ROUNDER's."""
    k, bits = _round_to_whole(code, x, _LOG2_E)
    minus_k = code.negate(k)
    first, second = (code.constant(piece) for piece in _LOG_2)
    near = code.multiply_add(minus_k, first, x)  # exact
    step = code.multiply(k, second)
    r = code.subtract(near, step)
    return r, code.subtract(code.subtract(near, r), step), bits


def whole_of(code: Code, bits: Operand) -> Operand:
    """Return the integer that bits count from _ROUNDER's."""
    return code.combine("sub", bits, code.whole(_ROUNDER_BITS))


def power_of_two(code: Code, exponent: Operand) -> Operand:
    """Return 2 to an integer power between -1022 and 1023."""
    biased = code.combine("add", exponent, code.whole(1023))
    return code.from_bits(code.combine("shl", biased, code.whole(52)))


def exponential_less_one(code: Code, r: Operand, tail: Operand) -> Operand:
    """Return exp(r + tail) - 1 for |r| <= log(2)/2 and a far smaller tail."""
    return code.add(r, code.multiply_add(code.multiply(r, r), code.polynomial(r, _EXPONENTIAL), tail))


def _scaled_exponential(code: Code, r: Operand, tail: Operand, bits: Operand) -> Operand:
    """Return exp(r + tail) * 2^k; two factors, since 2^k alone may overflow or vanish where the product does not.

    The product with the first is exact, so the result is rounded once, as where the processor scales by itself.
    """
    y = code.add(code.constant(1.0), exponential_less_one(code, r, tail))
    scaled = code.scale(y, code.subtract(code.from_bits(bits), code.constant(_ROUNDER)))
    if scaled is not None:
        return scaled
    # Both exponents with their bias, in the low bits: what bits count from is a multiple of 2^12 that shifts out.
    biased = code.combine("add", bits, code.whole(2 * 1023))
    half = code.combine("lshr", biased, code.whole(1))
    for exponent in (half, code.combine("sub", biased, half)):
        y = code.multiply(y, code.from_bits(code.combine("shl", exponent, code.whole(52))))
    return y


def _outside(code: Code, x: Operand, low: float, high: float, inside: Operand) -> Operand:
    """Return inf where x is above `high`, 0 below `low`, and what was computed in between or for nan."""
    inside = code.select(code.compare("ogt", x, code.constant(high)), code.constant(math.inf), inside)
    return code.select(code.compare("olt", x, code.constant(low)), code.constant(0.0), inside)


def exponential(code: Code, x: Operand) -> Operand:
    """Return exp x."""
    # Beyond these it is 0 and infinity in any case; nan passes both comparisons as it is.
    for beyond, limit in (("ogt", 710.0), ("olt", -746.0)):
        x = code.select(code.compare(beyond, x, code.constant(limit)), code.constant(limit), x)
    return _scaled_exponential(code, *reduce_exponent(code, x))


def _exponential(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    return (exponential(code, operands[0]),)


def _hyperbolic_tangent(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    """Write tanh |x| as t/(t+2) with t = exp(2|x|) - 1, which is accurate near 0 too, and sech x as 2 sqrt(t+1)/(t+2).

    Where exp(2|x|) would overflow, t is exp|x| / 2^64: tanh is 1 anyway, and sech x is 2^-63/t.
    """
    (x,) = operands
    size, two = code.absolute(x), code.constant(2.0)
    far = code.compare("ogt", size, code.constant(354.0))
    largest = code.constant(750.0)  # sech of it is 0 in double precision
    argument = code.select(far, size, code.add(size, size))
    argument = code.select(code.compare("ogt", argument, largest), largest, argument)
    r, tail, bits = reduce_exponent(code, argument)
    less = code.select_bits(far, code.whole(64), code.whole(0))
    scale = power_of_two(code, code.combine("sub", whole_of(code, bits), less))
    less_one = code.subtract(scale, code.constant(1.0))
    t = code.multiply_add(scale, exponential_less_one(code, r, tail), less_one)
    below = code.add(t, two)
    y = code.divide(t, below)
    root = code.square_root(code.add(t, code.constant(1.0)))
    secant = code.divide(code.select(far, code.constant(2.0**-63), code.add(root, root)), below)
    return with_sign_of(code, y, code.bits(x)), secant


# ------------------------------------------------------------------------------------------- logarithm and power


def decompose(code: Code, x: Operand) -> tuple[Operand, Operand]:
    """Return m in [sqrt(1/2), sqrt(2)) and the whole number k (a float) with x = m * 2^k, for x > 0."""
    tiny = code.compare("olt", x, code.constant(2.2250738585072014e-308))
    scaled = code.multiply(x, code.constant(18014398509481984.0))  # 2^54
    bits = code.bits(code.select(tiny, scaled, x))
    above = code.combine("sub", bits, code.whole(_SQRT_HALF_BITS))
    exponent = code.combine("ashr", above, code.whole(52))
    m = code.from_bits(code.combine("sub", bits, code.combine("shl", exponent, code.whole(52))))
    # An integer becomes a float by way of the rounder's bits: baseline x86 converts no vectors of 64-bit integers.
    counted = code.from_bits(code.combine("add", exponent, code.whole(_ROUNDER_BITS)))
    start = code.select(tiny, code.constant(_ROUNDER + 54.0), code.constant(_ROUNDER))
    return m, code.subtract(counted, start)


def _logarithm(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    (x,) = operands
    return (at_ends_of_logarithm(code, x, positive_logarithm(code, x)),)


def positive_logarithm(code: Code, x: Operand, correction: Operand | None = None) -> Operand:
    """Return log x for x > 0, to which a far smaller correction is added before the last rounding."""
    m, k = decompose(code, x)
    f = code.subtract(m, code.constant(1.0))
    s = code.divide(f, code.add(f, code.constant(2.0)))
    z = code.multiply(s, s)
    rest = code.multiply(z, code.polynomial(z, _LOGARITHM))
    # log(1+f) = f - (f^2/2 - s (f^2/2 + z L(z))): the large term is exact.
    half_square = code.multiply(code.multiply(f, f), code.constant(0.5))
    inner = code.multiply(s, code.add(half_square, rest))
    inner = code.multiply_add(k, code.constant(_LOG_2[1]), inner)
    if correction is not None:
        inner = code.add(inner, correction)
    y = code.subtract(code.subtract(half_square, inner), f)
    return code.subtract(code.multiply(k, code.constant(_LOG_2[0])), y)


def at_ends_of_logarithm(code: Code, x: Operand, y: Operand) -> Operand:
    """Return y where x is positive and finite, and what the logarithm is elsewhere."""
    nothing, infinity = code.constant(0.0), code.constant(math.inf)
    at_most_zero = code.select(
        code.compare("oeq", x, nothing), code.constant(-math.inf), code.constant(math.nan)
    )
    y = code.select(code.compare("ogt", x, nothing), y, at_most_zero)
    return code.select(code.compare("oeq", x, infinity), infinity, y)


def logarithm_of_mantissa(code: Code, x: Operand) -> tuple[Operand, Operand, Operand]:
    """Return, for finite x = m * 2^k > 0, k and log m in two pieces good to 2^-64."""
    m, k = decompose(code, x)
    one = code.constant(1.0)
    f = code.subtract(m, one)
    # s = f / (2+f) in two pieces; 2+f = d + d_low, and 1/(2+f) = (1-s)/2.
    d = code.add(m, one)
    d_low = code.subtract(m, code.subtract(d, one))
    s = code.divide(f, d)
    back, back_low = double_double.product(code, s, d)
    remainder = code.subtract(code.subtract(f, back), back_low)
    remainder = code.subtract(remainder, code.multiply(s, d_low))
    half = code.constant(0.5)
    s_low = code.multiply(remainder, code.subtract(half, code.multiply(half, s)))
    # z = s^2 in two pieces
    z, z_low = double_double.product(code, s, s)
    z_low = code.multiply_add(code.add(s, s), s_low, z_low)
    # q = z/3 + z^2 T(z) in two pieces
    third, third_low = (code.constant(piece) for piece in _THIRD)
    q, q_low = double_double.product(code, z, third)
    q_low = code.add(q_low, code.multiply_add(z, third_low, code.multiply(z_low, third)))
    q_low = code.multiply_add(code.multiply(z, z), code.polynomial(z, _LOGARITHM_TAIL), q_low)
    q, q_low = double_double.sum_ordered(code, q, q_low)
    # log m = 2 (s + s q) in two pieces
    p, p_low = double_double.product(code, s, q)
    p_low = code.add(p_low, code.multiply_add(s, q_low, code.multiply(s_low, q)))
    high, low = double_double.sum_ordered(code, s, p)
    low = code.add(low, code.add(s_low, p_low))
    return k, code.add(high, high), code.add(low, low)


def _logarithm_in_two(code: Code, x: Operand) -> tuple[Operand, Operand]:
    """Return log x, x > 0 and finite, in two pieces good to 2^-64."""
    k, high, low = logarithm_of_mantissa(code, x)
    whole = code.multiply(k, code.constant(_LOG_2[0]))  # exact
    total, error = double_double.sum_ordered(code, whole, high)
    low = code.add(error, code.multiply_add(k, code.constant(_LOG_2[1]), low))
    return double_double.sum_ordered(code, total, low)


def _power(code: Code, operands: Sequence[Operand]) -> Sequence[Operand]:
    """x^y = exp(y log|x|), with the signs, zeros and infinities that C's pow gives."""
    x, y = operands
    size = code.absolute(x)
    one, nothing = code.constant(1.0), code.constant(0.0)
    nan, infinity = code.constant(math.nan), code.constant(math.inf)

    log, log_low = _logarithm_in_two(code, size)
    log = code.select(code.compare("oeq", size, infinity), infinity, log)
    log = code.select(code.compare("oeq", size, nothing), code.constant(-math.inf), log)
    e, e_low = double_double.product(code, y, log)
    e_low = code.multiply_add(y, log_low, e_low)
    r, tail, bits = reduce_exponent(code, e)
    r, tail = double_double.sum_ordered(code, r, code.add(tail, e_low))
    magnitude = _outside(code, e, -746.0, 710.0, _scaled_exponential(code, r, tail, bits))
    magnitude = code.select(code.compare("oeq", size, one), one, magnitude)

    # A negative base: whole exponents only, and the sign of the odd ones.
    y_size = code.absolute(y)
    ulp_is_one = code.constant(4503599627370496.0)  # 2^52
    beyond = code.compare("oge", y_size, ulp_is_one)
    shifted = code.add(y_size, ulp_is_one)
    rounded = code.select(beyond, y_size, code.subtract(shifted, ulp_is_one))
    is_whole = code.compare("oeq", rounded, y_size)
    parity = code.bits(code.select(beyond, y_size, shifted))
    even = code.compare("oge", y_size, code.constant(9007199254740992.0))  # 2^53
    parity = code.select_bits(even, code.whole(0), parity)
    parity = code.select_bits(is_whole, parity, code.whole(0))
    sign = code.combine("and", code.bits(x), code.combine("shl", parity, code.whole(63)))
    result = with_sign_of(code, magnitude, sign)

    defined = code.select(is_whole, result, nan)
    result = code.select(code.compare("olt", x, nothing), defined, result)
    # A pole or a root of infinity has no sign to lose: pow(-inf, 1/2) is inf, pow(-inf, -1/2) is 0.
    result = code.select(code.compare("oeq", size, infinity), with_sign_of(code, magnitude, sign), result)
    result = code.select(code.compare("uno", x, y), nan, result)
    result = code.select(code.compare("oeq", y, nothing), one, result)
    return (code.select(code.compare("oeq", x, one), one, result),)


# ---------------------------------------------------------------------------------------------------- the helpers

SINE_COSINE = Helper("thalweg.sincos", 1, 2, _sine_cosine)
EXPONENTIAL = Helper("thalweg.exp", 1, 1, _exponential)
LOGARITHM = Helper("thalweg.log", 1, 1, _logarithm)
HYPERBOLIC_TANGENT_SECANT = Helper("thalweg.tanhsech", 1, 2, _hyperbolic_tangent)
POWER = Helper("thalweg.pow", 2, 1, _power)
