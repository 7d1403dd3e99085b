"""Double-double arithmetic against exact fractions and mpmath."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from thalweg.fit.double_double import DoubleDouble, two_product, two_sum

NUMBERS = st.floats(-1e100, 1e100, allow_nan=False).filter(lambda v: v == 0.0 or abs(v) > 1e-100)
UNIT = Fraction(1, 2**104)
"""The bound of Hida, Li and Bailey on an operation's relative error is below 2^-104 with room to spare."""


def exact(number: DoubleDouble) -> Fraction:
    return Fraction(float(number.high)) + Fraction(float(number.low))


def pair(high: float, low: float) -> DoubleDouble:
    return DoubleDouble(*two_sum(np.array(high), np.array(low * abs(high) * 2.0**-54)))


PAIRS = st.builds(pair, NUMBERS, st.floats(-1, 1))


@given(NUMBERS, NUMBERS)
def test_sum_and_product_with_their_errors_are_exact(a: float, b: float) -> None:
    for errorless, truth in ((two_sum, Fraction(a) + Fraction(b)), (two_product, Fraction(a) * Fraction(b))):
        high, low = errorless(np.array(a), np.array(b))
        assert Fraction(float(high)) + Fraction(float(low)) == truth


@given(PAIRS, PAIRS)
def test_operations_are_right_to_32_digits(a: DoubleDouble, b: DoubleDouble) -> None:
    x, y = exact(a), exact(b)
    assert abs(exact(a + b) - (x + y)) <= 2 * UNIT * abs(x + y)
    assert abs(exact(a - b) - (x - y)) <= 2 * UNIT * abs(x - y)
    assert abs(exact(a * b) - x * y) <= 8 * UNIT * abs(x * y)
    if y:
        assert abs(exact(a / b) - x / y) <= 16 * UNIT * abs(x / y)


@given(st.floats(1e-3, 1e3), st.integers(-12, 12))
def test_whole_powers_keep_their_digits(a: float, k: int) -> None:
    truth = Fraction(a) ** k
    assert abs(exact(DoubleDouble.of(np.array(a)).power(k)) - truth) <= 200 * UNIT * abs(truth)


@given(st.floats(1e-100, 1e100))
def test_a_root_is_that_of_mpmath(a: float) -> None:
    with mp.workdps(60):
        root = DoubleDouble.of(np.array(a)).sqrt()
        found = mpf(float(root.high)) + mpf(float(root.low))
        assert abs(found / mp.sqrt(mpf(a)) - 1) < mpf(2) ** -100


def test_a_sum_that_cancels_keeps_what_is_left() -> None:
    values = np.array([1e16, 1.0, 1e-16, -1e16, -1.0])
    assert DoubleDouble.of(values).sum().rounded() == 1e-16


def test_the_root_of_zero_is_zero() -> None:
    assert DoubleDouble.of(np.array(0.0)).sqrt().rounded() == 0.0


def test_parts_that_would_overflow_are_left_out() -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        square = DoubleDouble.of(np.array(1e305)) * 2.0
    assert square.rounded() == pytest.approx(2e305, rel=1e-15)
