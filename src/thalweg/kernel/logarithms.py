"""Logarithms to base 2 and 10, from the logarithm in two pieces, so that those of whole powers are whole.

The largest error seen, in units in the last place: 0.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from thalweg.kernel import double_double
from thalweg.kernel.code import Code, Helper, Operand
from thalweg.kernel.elementary import at_ends_of_logarithm, logarithm_of_mantissa

# of base 2 and 10: 1/log(base) in two pieces; log(2)/log(base) in two, the first short enough for exact products
_BINARY = (1.4426950408889634, 2.0355273740931033e-17, 1.0, 0.0)
_DECIMAL = (0.4342944819032518, 1.098319650216765e-17, 0.30102999566383914, 1.42050232272661e-13)


def _to_base(
    base: tuple[float, float, float, float], code: Code, operands: Sequence[Operand]
) -> Sequence[Operand]:
    (x,) = operands
    factor, factor_low, unit, unit_low = map(code.constant, base)
    k, log, log_low = logarithm_of_mantissa(code, x)
    part, part_low = double_double.product(code, log, factor)
    part_low = code.add(part_low, code.multiply_add(log, factor_low, code.multiply(log_low, factor)))
    total, error = double_double.sum_ordered(code, code.multiply(k, unit), part)
    error = code.add(error, code.multiply_add(k, unit_low, part_low))
    return (at_ends_of_logarithm(code, x, code.add(total, error)),)


BINARY_LOGARITHM = Helper("thalweg.log2", 1, 1, partial(_to_base, _BINARY))
DECIMAL_LOGARITHM = Helper("thalweg.log10", 1, 1, partial(_to_base, _DECIMAL))
