"""Sums and products with their rounding errors, from which double-double arithmetic is made.

Sources: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18
(1971).
"""

from __future__ import annotations

from thalweg.kernel.code import Code, Operand


def product(code: Code, a: Operand, b: Operand) -> tuple[Operand, Operand]:
    """Return a*b rounded, and its rounding error."""
    rounded = code.multiply(a, b)
    return rounded, product_error(code, a, b, rounded)


def product_error(code: Code, a: Operand, b: Operand, rounded: Operand) -> Operand:
    """Return the rounding error of the product a*b."""
    if code.module.fused:
        return code.multiply_add(a, b, code.negate(rounded))
    a_high, a_low = _halves(code, a)
    b_high, b_low = _halves(code, b)
    error = code.subtract(code.multiply(a_high, b_high), rounded)
    error = code.add(error, code.multiply(a_high, b_low))
    error = code.add(error, code.multiply(a_low, b_high))
    error = code.add(error, code.multiply(a_low, b_low))
    # Where parts of the product underflow, their sum says less than nothing at all.
    tiny = code.compare("olt", code.absolute(rounded), code.constant(2.0**-960))
    return code.select(tiny, code.constant(0.0), error)


def _halves(code: Code, a: Operand) -> tuple[Operand, Operand]:
    """Split a into two numbers of 26 bits whose products with their like are exact (Dekker, Veltkamp)."""
    scaled = code.multiply(a, code.constant(134217729.0))  # 2^27 + 1
    high = code.subtract(scaled, code.subtract(scaled, a))
    return high, code.subtract(a, high)


def sum_ordered(code: Code, a: Operand, b: Operand) -> tuple[Operand, Operand]:
    """Return a + b rounded, and its rounding error, where |a| >= |b| or a is 0."""
    total = code.add(a, b)
    return total, code.subtract(b, code.subtract(total, a))
