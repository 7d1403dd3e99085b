"""Tails and quantiles against mpmath at 40 digits."""

from __future__ import annotations

import math

import mpmath
import pytest
from mpmath import mp

from thalweg.fit.distributions import chi_square_tail, t_quantile, t_tail

DEGREES = (1, 2, 3, 5, 12, 39, 41, 150, 201, 1000, 123_456, 10_000_000)


def true_t_tail(t: float, dof: float) -> mpmath.mpf:
    with mp.workdps(40):
        x = mp.mpf(dof) / (dof + mp.mpf(t) ** 2)
        return mp.betainc(mp.mpf(dof) / 2, mp.mpf(1) / 2, 0, x, regularized=True)


@pytest.mark.parametrize("dof", DEGREES[:-1])
@pytest.mark.parametrize("t", [1e-8, 0.1, 0.7, 1.0, 1.96, 3.3, 7.0, 30.0])
def test_the_tail_of_students_t_is_that_of_mpmath(t: float, dof: float) -> None:
    true = float(true_t_tail(t, dof))
    assert t_tail(t, dof) == pytest.approx(true, rel=1e-11 if true > 1e-30 else 1e-5, abs=1e-300)


@pytest.mark.parametrize("dof", DEGREES)
@pytest.mark.parametrize("level", [0.1, 0.5, 0.6827, 0.9, 0.95, 0.99, 0.999999])
def test_the_quantile_of_students_t_has_the_tail_asked_for(level: float, dof: float) -> None:
    t = t_quantile(level, dof)
    with mp.workdps(40):
        tail = float(true_t_tail(t, dof)) if dof < 1e7 else math.erfc(t / math.sqrt(2))
    assert tail == pytest.approx(1.0 - level, rel=1e-11 if dof < 1e7 else 2e-5)


def test_quantiles_of_one_and_two_degrees_are_those_of_their_closed_forms() -> None:
    for level in (0.2, 0.9, 0.99999):
        assert t_quantile(level, 1) == pytest.approx(math.tan(math.pi * level / 2), rel=1e-11)
        assert t_quantile(level, 2) == pytest.approx(level * math.sqrt(2 / (1 - level**2)), rel=1e-11)


def test_the_tail_at_the_ends() -> None:
    assert t_tail(0.0, 5) == 1.0
    assert t_tail(math.inf, 5) == 0.0
    assert math.isnan(t_tail(math.nan, 5))


@pytest.mark.parametrize("dof", [1, 2, 7, 30, 400, 5000])
@pytest.mark.parametrize("ratio", [0.01, 0.5, 0.95, 1.0, 1.1, 2.0, 6.0])
def test_the_tail_of_chi_square_is_that_of_mpmath(ratio: float, dof: int) -> None:
    with mp.workdps(40):
        true = mp.gammainc(mp.mpf(dof) / 2, mp.mpf(ratio * dof) / 2, mp.inf, regularized=True)
    assert chi_square_tail(ratio * dof, dof) == pytest.approx(float(true), rel=1e-10, abs=1e-300)
