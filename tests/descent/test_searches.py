"""Every search on scalars alone: what it accepts meets its conditions, written down anew, on thousands of lines."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize._dcsrch import DCSRCH

import thalweg as tw
from tests.descent.lines import MORE_THUENTE, Line, Search, random_line, search, varied_line
from thalweg.descent.judgement import Judgement
from thalweg.descent.part import StepRule
from thalweg.descent.stopping import ROUNDING

SEARCHES = [
    tw.Backtracking(),
    tw.Backtracking(interpolation="cubic", c1=0.3),
    tw.Nonmonotone(reference="average"),
    tw.StrongWolfe(),
    tw.StrongWolfe(c2=0.1),
    tw.MoreThuente(),
    tw.MoreThuente(c2=0.1),
    tw.MoreThuente(c1=0.1, c2=0.1001),
    tw.HagerZhang(first_trial="initial"),
    tw.HagerZhang(first_trial="initial", delta=0.05, sigma=0.1, theta=0.3),
]


def check(rule: StepRule, line: Line, found: Search) -> None:
    """The condition that the judgement of an accepted trial names."""
    said = (rule, line.name, Judgement(found.judgement), found.trials)
    assert found.alpha is not None, said
    c1 = float(rule.values.get("c1", rule.values.get("delta", 0)))
    c2 = float(rule.values.get("c2", rule.values.get("sigma", 0)))
    alpha, phi, slope = found.alpha, line.phi(found.alpha), line.slope(found.alpha)
    phi_0, slope_0 = line.phi(0.0), line.slope(0.0)
    visible = ROUNDING * abs(phi_0)
    near = 4e-16 * (abs(phi) + abs(phi_0))
    match Judgement(found.judgement):
        case Judgement.SUFFICIENT_DECREASE:
            assert phi <= phi_0 + c1 * alpha * slope_0 + near, said
        case Judgement.WOLFE:
            assert phi <= phi_0 + c1 * alpha * slope_0 + near, said
            assert slope >= c2 * slope_0, said
            if not isinstance(rule, tw.HagerZhang):
                assert slope <= -c2 * slope_0, said
        case Judgement.DECREASE_WITHIN_ROUNDING:
            assert phi <= phi_0 + visible, said
            assert slope <= (2 * c1 - 1) * slope_0 * (1 - 1e-12), said
        case Judgement.DECREASE:
            assert phi < phi_0, said
            assert alpha in found.trials[:-1], said  # it was tried before, and is the lowest
            assert phi <= min(line.phi(a) for a in found.trials if math.isfinite(line.phi(a))) + visible, said
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize("place", range(len(SEARCHES)))
@pytest.mark.parametrize("lines", [random_line, varied_line])
def test_what_is_accepted_meets_its_conditions(place: int, lines: Callable[[int], Line]) -> None:
    rule = SEARCHES[place]
    incomplete = total = trials = 0
    for seed in range(1500):
        line = lines(seed)
        if not line.slope(0.0) < 0:
            continue
        rng = np.random.default_rng(seed)
        natural = 1.0 if lines is random_line else _length(seed)
        begun = rule.replace({"initial": natural * 10.0 ** rng.uniform(-4, 4), "max_trials": 90})
        found = search(begun, line.phi, line.slope, fused=bool(seed % 2))
        check(begun, line, found)
        total += 1
        trials += len(found.trials)
        incomplete += found.judgement == Judgement.DECREASE
    assert total > 1200
    assert trials / total < 25
    # only at an edge up to which f falls is there nothing that meets the conditions of Wolfe
    assert incomplete <= 0.3 * total


def _length(seed: int) -> float:
    """The scale of a varied line."""
    return float(10.0 ** np.random.default_rng(seed).uniform(-8, 8))


# --------------------------------------------------------------------------------------------- Moré and Thuente

TABLES = {
    "1": (0.001, 0.1, ((6, 1.4, -9.2e-3), (3, 1.4, 4.7e-3), (1, 10, 9.4e-3), (4, 37, 7.3e-4))),
    "2": (0.1, 0.1, ((12, 1.6, 7.1e-9), (8, 1.6, 1.0e-10), (8, 1.6, -5.0e-9), (11, 1.6, -2.3e-8))),
    "3": (0.1, 0.1, ((12, 1.0, -5.1e-5), (12, 1.0, -1.9e-4), (10, 1.0, -2.0e-6), (13, 1.0, -1.6e-5))),
    "4": (0.001, 0.001, ((4, 0.08, -6.9e-5), (1, 0.10, -4.9e-5), (3, 0.35, -2.9e-6), (4, 0.83, 1.6e-5))),
    "5": (0.001, 0.001, ((6, 0.075, 1.9e-4), (3, 0.078, 7.4e-4), (7, 0.073, -2.6e-4), (8, 0.076, 4.5e-4))),
    "6": (0.001, 0.001, ((13, 0.93, 5.2e-4), (11, 0.93, 8.4e-5), (8, 0.92, -2.4e-4), (11, 0.92, -3.2e-4))),
}
"""J. J. Moré & D. J. Thuente, Line search algorithms with guaranteed sufficient decrease, ACM Transactions on
Mathematical Software 20(3), 1994, tables I to VI: mu, eta, and for alpha_0 = 1e-3 ... 1e3 evaluations, step and slope
there.

Held against two public tests that reproduce them: `tests/testthat/test_more_thuente.R` of jlmelville/rconjgrad (all 24
counts, with O'Leary's translation of MINPACK's cvsrch), and `tests/testthat/test-linesearch.R` of patperry/r-mbest,
which says what is printed where its own search differs. Table II prints one slope as 10e-10, for 1.0e-10."""
STARTS = (1e-3, 1e-1, 1e1, 1e3)


@pytest.mark.parametrize("line", MORE_THUENTE, ids=lambda line: line.name)
def test_more_and_thuentes_tables(line: Line) -> None:
    """Evaluations and steps as published, the steps to the two digits that are printed."""
    mu, eta, rows = TABLES[line.name]
    for initial, (evaluations, step, slope) in zip(STARTS, rows, strict=True):
        rule = tw.MoreThuente(c1=mu, c2=eta, initial=initial)
        found = search(rule, line.phi, line.slope, fused=True)
        assert len(found.trials) == evaluations
        assert found.alpha is not None
        assert found.alpha == pytest.approx(step, rel=0.07)  # 0.085 is printed as 0.08
        # a slope of 1e-8 of the first one is what rounding made it on their machine
        assert line.slope(found.alpha) == pytest.approx(slope, rel=0.05, abs=1e-8)


@pytest.mark.parametrize("c2", [0.9, 0.1, 1e-3])
def test_more_thuente_tries_what_minpack_2_tries(c2: float) -> None:
    """Trial by trial the search of MINPACK-2 in SciPy's translation, on lines that are finite everywhere."""
    compared = 0
    for seed in range(600):
        line = random_line(seed)
        if not line.slope(0.0) < 0:
            continue
        initial = 10.0 ** np.random.default_rng(seed).uniform(-4, 4)
        tried: list[float] = []

        def phi(a: float, line: Line = line, tried: list[float] = tried) -> float:
            tried.append(a)
            return line.phi(a)

        with np.errstate(all="ignore"):
            peer = DCSRCH(phi, line.slope, 1e-4, c2, 1e-14, 0.0, 1e20)
            peer(initial, phi0=line.phi(0.0), derphi0=line.slope(0.0), maxiter=40)
        hidden = any(abs(line.phi(a) - line.phi(0.0)) <= ROUNDING * abs(line.phi(0.0)) for a in tried)
        if hidden or not all(math.isfinite(line.phi(a)) for a in tried):
            continue
        found = search(tw.MoreThuente(c2=c2, initial=initial), line.phi, line.slope, fused=True)
        ours = found.trials[:-1] if found.judgement == Judgement.DECREASE else found.trials
        assert_allclose(ours, tried[: len(ours)], rtol=1e-6, err_msg=line.name)
        assert abs(len(ours) - len(tried)) <= (found.judgement != Judgement.WOLFE)
        compared += 1
    assert compared > 200


# --------------------------------------------------------------------------------------------- captured lines

CAPTURED = [
    # the bracket is turned round, lo above hi: a signed a_hi - a_lo ends such a search at once (SciPy issue 13695)
    Line(
        "turned",
        lambda a: (a - 0.05) ** 2 * (1 + 30 * a),
        lambda a: 2 * (a - 0.05) * (1 + 30 * a) + 30 * (a - 0.05) ** 2,
    ),
    # the valley is a thousandth of the first trial, and the far side has a slope that falls again
    Line("far valley", lambda a: -a * math.exp(-1000 * a), lambda a: (1000 * a - 1) * math.exp(-1000 * a)),
    # values as large as those of a penalty, of which rounding hides the last decrease
    Line("hidden", lambda a: 1e9 + (a - 1e-4) ** 2, lambda a: 2 * (a - 1e-4)),
    # the step of a logarithm's Newton method leaves the domain again and again
    Line(
        "edge",
        lambda a: -math.log(1 - a) - 40 * a if a < 1 else math.nan,
        lambda a: 1 / (1 - a) - 40 if a < 1 else math.nan,
    ),
    # flat to the last bit from 1e-3 on, after a drop
    Line("cliff", lambda a: math.tanh(-2e4 * a), lambda a: -2e4 / math.cosh(min(2e4 * a, 300.0)) ** 2),
    # overflow on the first trials
    Line(
        "overflow",
        lambda a: math.exp(a) - 5 * a if a < 700 else math.inf,
        lambda a: math.exp(a) - 5 if a < 700 else math.inf,
    ),
]


@pytest.mark.parametrize("line", CAPTURED, ids=lambda line: line.name)
@pytest.mark.parametrize("initial", [1e-6, 1.0, 1e3])
@pytest.mark.parametrize("place", range(len(SEARCHES)))
def test_lines_on_which_searches_have_failed(place: int, initial: float, line: Line) -> None:
    rule = SEARCHES[place].replace({"initial": initial})
    found = search(rule, line.phi, line.slope)
    check(rule, line, found)


@pytest.mark.parametrize("place", range(len(SEARCHES)))
def test_a_slope_that_lies_ends_the_search(place: int) -> None:
    """Nowhere finite, or rising: there is no step, unless it is so short that rounding hides the rise."""
    rule = SEARCHES[place].replace({"max_trials": 30})
    nowhere = search(rule, lambda a: 1.0 if a == 0 else math.nan, lambda a: -1.0, fused=True)
    assert nowhere.alpha is None
    rises = search(rule, lambda a: 1.0 + a, lambda a: -1.0, fused=True)
    assert rises.alpha is None or rises.alpha <= 2 * ROUNDING
    assert max(len(nowhere.trials), len(rises.trials)) <= 31


@pytest.mark.parametrize("place", range(len(SEARCHES)))
@pytest.mark.parametrize("factor", [2.0**-20, 2.0**20])
def test_a_multiple_of_f_is_searched_alike(place: int, factor: float) -> None:
    """C phi for a power of two: the very same trials."""
    lines = [line for line in map(random_line, range(40)) if line.slope(0.0) < 0]
    for line in lines:
        times = Line("", lambda a, f=line.phi: factor * f(a), lambda a, f=line.slope: factor * f(a))
        one = search(SEARCHES[place], line.phi, line.slope)
        assert one == search(SEARCHES[place], times.phi, times.slope)
