"""Functions that compute next to nothing: steps and choices, written where they are needed.

nan in, nan out: the lesser and the greater of two are nan where either is (IEEE 754's minimum and maximum, not C's
fmin and fmax), so that a formula which has no value somewhere shows it. Of two zeros the first is taken.
"""

from __future__ import annotations

from thalweg.kernel.code import Code, Operand
from thalweg.kernel.elementary import with_sign_of


def sign(code: Code, x: Operand) -> Operand:
    """Return 1 or -1 with the sign of x; a zero keeps its sign and nan stays nan."""
    nothing = code.constant(0.0)
    y = code.select(code.compare("olt", x, nothing), code.constant(-1.0), x)
    return code.select(code.compare("ogt", x, nothing), code.constant(1.0), y)


def floor(code: Code, x: Operand) -> Operand:
    """Return the largest whole number up to x; LLVM's own would call the system on old processors."""
    size = code.absolute(x)
    whole_from = code.constant(2.0**52)  # on, doubles are whole, and adding it rounds smaller ones
    rounded = code.subtract(code.add(size, whole_from), whole_from)
    rounded = with_sign_of(code, rounded, code.bits(x))
    less = code.subtract(rounded, code.constant(1.0))
    y = code.select(code.compare("ogt", rounded, x), less, rounded)
    return code.select(code.compare("olt", size, whole_from), y, x)


def ramp(code: Code, x: Operand) -> Operand:
    """Return x where it is positive, else 0; nan stays nan."""
    nothing = code.constant(0.0)
    return code.select(code.compare("olt", x, nothing), nothing, x)


def minimum(code: Code, a: Operand, b: Operand) -> Operand:
    """Return the lesser of two."""
    return _choice(code, "olt", a, b)


def maximum(code: Code, a: Operand, b: Operand) -> Operand:
    """Return the greater of two."""
    return _choice(code, "ogt", a, b)


def _choice(code: Code, predicate: str, a: Operand, b: Operand) -> Operand:
    y = code.select(code.compare(predicate, b, a), b, a)
    return code.select(code.compare("uno", a, b), code.add(a, b), y)
