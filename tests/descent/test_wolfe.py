"""The strong Wolfe search on scalars alone: what it accepts meets its own conditions, on many lines."""

from __future__ import annotations

import numpy as np
import pytest

import thalweg as tw
from tests.descent.lines import MORE_THUENTE, Line, random_line, search
from thalweg.descent.judgement import DECREASE_WITHIN_ROUNDING, OUT_OF_TRIALS, SUFFICIENT_DECREASE, WOLFE
from thalweg.descent.steps import Backtracking, StrongWolfe
from thalweg.descent.stopping import ROUNDING


def check(line: Line, rule: StrongWolfe, *, fused: bool) -> int:
    """The conditions of what a search found, written down anew; returns its trials."""
    found = search(rule, line.phi, line.slope, fused=fused)
    c1, c2 = float(rule.values["c1"]), float(rule.values["c2"])
    phi_0, slope_0 = line.phi(0.0), line.slope(0.0)
    assert found.alpha is not None, (line.name, found.trials)
    phi, slope = line.phi(found.alpha), line.slope(found.alpha)
    if found.judgement == DECREASE_WITHIN_ROUNDING:
        assert phi <= phi_0 + ROUNDING * abs(phi_0)
        assert (2 * c1 - 1) * slope_0 >= slope >= c2 * slope_0
    else:
        assert phi <= phi_0 + c1 * found.alpha * slope_0
        if found.judgement == WOLFE:
            assert abs(slope) <= c2 * abs(slope_0)
        else:
            assert found.judgement == SUFFICIENT_DECREASE
            assert len(found.trials) > int(rule.values["max_trials"]) or _narrow(found.trials)
    return len(found.trials)


def _narrow(trials: list[float]) -> bool:
    near = np.sort(np.abs(np.array(trials[:-1]) - trials[-1]))
    return bool(near[0] == 0.0)  # the best of them was tried again, and taken


SETTINGS = {"1": (0.001, 0.1), "2": (0.1, 0.1), "3": (0.1, 0.1)}
"""c1 and c2 of Moré and Thuente's tables 1 to 3; those of 4 to 6 are 0.001 and 0.001."""
ENOUGH = 28
"""Trials for any of them; their own search takes at most 16, which this one is not."""


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("initial", [1e-3, 1e-1, 1e1, 1e3])
@pytest.mark.parametrize("line", MORE_THUENTE, ids=lambda line: line.name)
def test_more_and_thuentes_functions(line: Line, initial: float, fused: bool) -> None:
    c1, c2 = SETTINGS.get(line.name, (0.001, 0.001))
    trials = check(line, StrongWolfe(c1=c1, c2=c2, initial=initial), fused=fused)
    assert trials <= ENOUGH


@pytest.mark.parametrize("c2", [0.9, 0.1, 1e-3])
def test_random_lines_with_holes_and_walls(c2: float) -> None:
    wolfe = total = 0
    for seed in range(700):
        line = random_line(seed)
        if not line.slope(0.0) < 0:
            continue
        rng = np.random.default_rng(seed)
        rule = StrongWolfe(c2=c2, initial=10.0 ** rng.uniform(-5, 5))
        found = search(rule, line.phi, line.slope, fused=bool(seed % 2))
        total += 1
        wolfe += found.judgement == WOLFE
        check(line, rule, fused=bool(seed % 2))
    assert wolfe >= 0.93 * total  # the rest ends at a wall, where no point has a small slope, or in rounding


def test_slopes_are_asked_for_only_where_values_allow_a_step() -> None:
    line = MORE_THUENTE[0]
    found = search(StrongWolfe(c1=0.001, c2=0.1, initial=1e3), line.phi, line.slope)
    low = [a for a in found.trials if line.phi(a) <= line.phi(0) + 0.001 * a * line.slope(0)]
    assert found.slopes <= len(low)


@pytest.mark.parametrize(
    "rule", [StrongWolfe(max_trials=25), Backtracking(max_trials=25)], ids=lambda r: r.name
)
def test_where_there_is_no_step_the_search_ends(rule: StrongWolfe) -> None:
    """A slope that lies: phi rises, or is nowhere finite."""
    rises = search(rule, lambda a: 1.0 + a, lambda a: -1.0, fused=True)
    assert rises.alpha is None or rises.alpha < 1e-13
    nowhere = search(rule, lambda a: 1.0 if a == 0 else np.nan, lambda a: -1.0, fused=True)
    assert nowhere.judgement == OUT_OF_TRIALS


def test_a_trial_as_low_as_the_best_one_may_end_the_search() -> None:
    """Near the minimiser values of phi no longer differ, and slopes do: 35 trials were spent on this line."""
    found = search(
        StrongWolfe(c1=0.1, c2=0.1, initial=10.0), MORE_THUENTE[1].phi, MORE_THUENTE[1].slope, fused=True
    )
    assert found.judgement == WOLFE
    assert len(found.trials) <= 16


@pytest.mark.parametrize("method", ["bfgs", "l-bfgs", "conjugate gradient"])
def test_a_search_goes_on_by_slopes_where_rounding_hides_values(method: str) -> None:
    """f* = 4280 shows no decrease below 1e-12, which a gradient of 1e-5 promises; slopes lead on to 1e-9."""
    curvatures = np.logspace(0, 2, 5)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
        H, centre = turn @ np.diag(curvatures) @ turn.T, rng.standard_normal(5)
        f = tw.Function(
            lambda x, H=H, c=centre: 0.5 * float((x - c) @ H @ (x - c)) + 4280.0,
            lambda x, H=H, c=centre: H @ (x - c),
        )
        run = tw.descend(f, centre + rng.standard_normal(5), method, gtol=1e-9)
        assert run.reason is tw.Reason.GRADIENT_TOLERANCE
        assert run.success


def test_noise_larger_than_rounding_is_noticed() -> None:
    """Values off by 1e-12 of f, as where large terms cancel, ended searches that slopes could go on with."""
    rng = np.random.default_rng(1)
    f = tw.Function(
        lambda x: (1 + x[0] ** 2 + 10 * x[1] ** 2) * (1 + 1e-12 * rng.uniform(-1, 1)),
        lambda x: np.array([2 * x[0], 20 * x[1]]),
    )
    for start in rng.standard_normal((10, 2)):
        run = tw.descend(f, start, "bfgs")
        assert run.reason is tw.Reason.GRADIENT_TOLERANCE
        assert run.nfev < 60
