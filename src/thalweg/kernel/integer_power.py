"""Whole powers by repeated multiplication, the rounding errors carried along where they would add up."""

from __future__ import annotations

from thalweg.kernel import double_double
from thalweg.kernel.code import Code, Operand

_UNCORRECTED = 4
"""The largest exponent whose few roundings stay below 2 units in the last place by themselves."""


class Powers:
    """The powers of one base, written as they are asked for; what several have in common is written once.

    The power of an even exponent is a square, of an odd one a product with the base. Each has a rounded value and,
    if it is asked for, a correction: its rounding error and what it inherits from its factors.
    """

    def __init__(self, code: Code, base: Operand, correction: Operand | None = None) -> None:
        self._code = code
        self._values: dict[int, Operand] = {1: base}
        self._corrections: dict[int, Operand | None] = {1: correction}
        self._of_reciprocal: Powers | None = None

    def power(self, exponent: int) -> Operand:
        """Return the base to a whole power other than 0, to at most 2 units in the last place."""
        if exponent == -1:
            return self._code.divide(self._code.constant(1.0), self._values[1])
        if exponent < 0:
            return self._reciprocal().power(-exponent)
        value = self._value(exponent)
        if exponent <= _UNCORRECTED and self._corrections[1] is None:
            return value
        correction = self._correction(exponent)
        if correction is None:
            return value
        code = self._code
        # Where the power overflows its correction is no number, and a zero has its sign to keep.
        sound = code.compare("olt", code.absolute(correction), code.absolute(value))
        return code.select(sound, code.add(value, correction), value)

    def _value(self, exponent: int) -> Operand:
        value = self._values.get(exponent)
        if value is None:
            a, b = _factors(exponent)
            value = self._values[exponent] = self._code.multiply(self._value(a), self._value(b))
        return value

    def _correction(self, exponent: int) -> Operand | None:
        if exponent in self._corrections:
            return self._corrections[exponent]
        code = self._code
        a, b = _factors(exponent)
        total = double_double.product_error(code, self._value(a), self._value(b), self._value(exponent))
        for factor, other in ((a, b), (b, a)):
            inherited = self._correction(factor)
            if inherited is not None:
                total = code.multiply_add(self._value(other), inherited, total)
        self._corrections[exponent] = total
        return total

    def _reciprocal(self) -> Powers:
        """Powers of 1/base: the reciprocal of a power might overflow or vanish where the result does not."""
        if self._of_reciprocal is None:
            code = self._code
            one, base = code.constant(1.0), self._values[1]
            value = code.divide(one, base)
            product = code.multiply(value, base)
            error = double_double.product_error(code, value, base, product)
            remainder = code.subtract(code.subtract(one, product), error)
            self._of_reciprocal = Powers(code, value, code.multiply(remainder, value))
        return self._of_reciprocal


def _factors(exponent: int) -> tuple[int, int]:
    return (exponent // 2, exponent // 2) if exponent % 2 == 0 else (exponent - 1, 1)
