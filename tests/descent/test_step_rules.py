"""Step rules against theory and other libraries: their bounds, their rates, what does not change them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import thalweg as tw
from thalweg.descent.block import RULE_ROWS
from thalweg.descent.judgement import Judgement
from thalweg.descent.part import StepRule
from thalweg.descent.stopping import ROUNDING, Reason

HARD = "exp(x) + exp(-x) - 2 + 3 (exp(y) - y - 1) + 4280"
LINE_SEARCHES = [
    "armijo",
    "barzilai-borwein",
    "conjugate gradient",
    "hager-zhang",
    "bfgs",
    "l-bfgs",
]


def bowl(curvatures: np.ndarray, seed: int = 0) -> tw.Function:
    """A convex quadratic with these curvatures in turned axes and its minimum 0 at the origin."""
    n = len(curvatures)
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]
    A = axes * curvatures @ axes.T
    return tw.Function(lambda x: 0.5 * x @ A @ x, lambda x: A @ x, n=n)


# ------------------------------------------------------------------------------------------------ precision floor


@pytest.mark.parametrize("method", LINE_SEARCHES)
@pytest.mark.parametrize("start", [[3.0, -4.0], [1.0, 1.0], [-2.0, 0.7]])
def test_a_gradient_of_1e_9_is_reached_at_a_height_of_4280(method: str, start: list[float]) -> None:
    run = tw.descend(HARD, start, method, gtol=1e-9, max_iterations=3000)
    assert run.reason is Reason.GRADIENT_TOLERANCE
    assert run.x == pytest.approx([0.0, 0.0], abs=1e-8)


@pytest.mark.parametrize("step", [tw.MoreThuente(), tw.HagerZhang(), tw.Nonmonotone()], ids=lambda s: s.name)
@pytest.mark.parametrize("direction", [tw.SteepestDescent(), tw.QuasiNewton(), tw.ConjugateGradient()])
def test_so_it_is_by_other_pairs(step: StepRule, direction: Any) -> None:
    run = tw.descend(HARD, [3.0, -4.0], direction=direction, step=step, gtol=1e-9, max_iterations=3000)
    assert run.reason is Reason.GRADIENT_TOLERANCE


# ------------------------------------------------------------------------------------------------ invariances


@pytest.mark.parametrize("method", LINE_SEARCHES)
def test_a_constant_added_changes_nothing_but_rounding(method: str) -> None:
    """The paths of f and f + 1 agree until differences of f get small."""
    options = {"first_trial": "slope ratio"} if method == "hager-zhang" else {}  # psi0 |f| does depend on f
    one, other = (
        tw.descend(f"(1-x)^2 + 100 (y-x^2)^2 + {c}", [-1.2, 1], method, options=options, max_iterations=4)
        for c in (0, 1)
    )
    assert_allclose(one.points, other.points, rtol=1e-9)


@pytest.mark.parametrize(("method", "options"), [("bb", "initial"), ("polyak step", "alpha_max")])
def test_step_lengths_scale_with_f(method: str, options: str) -> None:
    """The path of f / 64 is that of f, where the first trial, or the cap, is scaled alike."""
    start = [0.005, 0.01]  # |g| < 1, where the first trial is what it is set to
    one = tw.descend("x^2 + 10 y^2 - x*y", start, method, options={options: 0.02}, max_iterations=8, gtol=0)
    other = tw.descend(
        "(x^2 + 10 y^2 - x*y) / 64", start, method, options={options: 0.02 * 64}, max_iterations=8, gtol=0
    )
    assert_array_equal(one.points, other.points)


# ------------------------------------------------------------------------------------------------ nonmonotone searches


@pytest.mark.parametrize("window", [1, 4, 10])
@pytest.mark.parametrize("method", ["rule", "barzilai-borwein"])
def test_the_maximum_over_a_window_never_rises(window: int, method: str) -> None:
    """Grippo, Lampariello and Lucidi's theorem; and without a window the values fall."""
    rose = 0
    for start in np.random.default_rng(0).uniform(-2, 2, (12, 2)):
        how: dict[str, Any] = (
            {"step": tw.Nonmonotone(window=window, initial=0.02)}
            if method == "rule"
            else {"method": method, "options": {"window": window}}
        )
        f = tw.descend("(1-x)^2 + 100 (y-x^2)^2", start, **how, max_iterations=300).values
        slack = ROUNDING * np.abs(f).max()
        largest = np.array([f[max(0, k - window + 1) : k + 1].max() for k in range(len(f))])
        # the reference of step k bounds f_{k+1}, so the maximum over M values falls from one to the next
        assert (largest[1:] <= largest[:-1] + slack).all()
        assert (f <= f[0] + slack).all()
        rose += int((np.diff(f) > slack).sum())
    assert (rose > 0) == (window > 1 and method == "barzilai-borwein") or method == "rule"


@pytest.mark.parametrize("eta", [0.0, 0.5, 0.85, 1.0])
def test_zhang_and_hagers_average_bounds_the_values(eta: float) -> None:
    """C_k by its definition, and f_{k+1} below it."""
    run = tw.descend(
        "(1-x)^2 + 100 (y-x^2)^2",
        [-1.2, 1],
        "bb",
        options={"reference": "average", "eta": eta},
        max_iterations=200,
    )
    f = run.values
    C, Q = f[0], 1.0
    for k in range(len(f) - 1):
        assert f[k + 1] <= C * (1 + 1e-12) + 1e-15
        Q, C = eta * Q + 1, (eta * Q * C + f[k + 1]) / (eta * Q + 1)
        assert f[k + 1] <= C * (1 + 1e-12) + 1e-15


# ------------------------------------------------------------------------------------------------ Barzilai and Borwein


@pytest.mark.parametrize("formula", ["long", "short", "alternate"])
def test_its_lengths_are_rayleigh_quotients(formula: str) -> None:
    """s.s / s.y and s.y / y.y of the steps that were made, as NumPy has them."""
    curvatures = np.array([1.0, 3.0, 20.0, 100.0])
    run = tw.descend(
        bowl(curvatures), [1.0, -2.0, 3.0, 1.0], "bb", options={"formula": formula, "window": 20}
    )
    assert run.reason is Reason.GRADIENT_TOLERANCE
    s = np.diff(run.points, axis=0)[:-1]
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]
    A = axes * curvatures @ axes.T
    y = s @ A
    long, short = (s * s).sum(1) / (s * y).sum(1), (s * y).sum(1) / (y * y).sum(1)
    odd = np.arange(1, len(long) + 1) % 2 == 1
    expected = {"long": long, "short": short, "alternate": np.where(odd, short, long)}[formula]
    first_trials = run.trials["alpha"][np.r_[True, np.diff(run.trials["iteration"]) != 0]]
    assert_allclose(first_trials[1 : len(expected) + 1], expected[: len(first_trials) - 1], rtol=1e-5)


@pytest.mark.parametrize("formula", ["long", "short", "alternate"])
@pytest.mark.parametrize("condition", [10, 1e3, 1e5])
def test_it_converges_on_every_convex_quadratic(formula: str, condition: float) -> None:
    """Raydan (1993); and in far fewer iterations than condition / 2 log(1e8), which steepest descent needs."""
    f = bowl(np.geomspace(1, condition, 20))
    run = tw.descend(f, np.ones(20), "bb", options={"formula": formula, "window": 20}, max_iterations=20_000)
    assert run.reason is Reason.GRADIENT_TOLERANCE
    if condition > 100:
        assert run.nit < 0.25 * condition * math.log(1e8)


def test_in_two_variables_it_is_superlinear() -> None:
    """Barzilai and Borwein (1988): R-superlinear for n = 2: the digits gained in three steps become more and more."""
    run = tw.descend("x^2/2 + 10 y^2", [1.0, 0.3], "bb", options={"formula": "long"}, gtol=1e-30)
    assert run.reason is Reason.GRADIENT_TOLERANCE
    assert run.nit < 20
    digits = -np.log10(run.gradient_norms[run.gradient_norms > 0])[::3]
    assert digits[-1] > 10
    gained = np.diff(digits)
    assert (gained[1:] > 1.5 * gained[:-1]).all()


def test_without_curvature_it_takes_raydans_step() -> None:
    """On a concave stretch s.y < 0: 1/|g| within [1, 1e5]."""
    run = tw.descend("0 - x^2 / 2 - 1e-3 x", [0.01], "bb", max_iterations=4)
    norms = run.gradient_norms[:-1]
    assert_allclose(run.trials["alpha"][1:], np.clip(1 / norms[1 : len(run.trials)], 1, 1e5), rtol=1e-12)


# ------------------------------------------------------------------------------------------------ Polyak


@pytest.mark.parametrize("condition", [2, 10, 50])
def test_polyaks_step_brings_every_step_nearer(condition: float) -> None:
    """|x_{k+1} - x*|^2 <= |x_k - x*|^2 - (f_k - f*)^2 / |g|^2 for convex f (Polyak 1987, section 5.3)."""
    f = bowl(np.geomspace(1, condition, 6))
    run = tw.descend(f, np.arange(1.0, 7.0), "polyak step", gtol=1e-10, max_iterations=5000)
    assert run.reason is Reason.GRADIENT_TOLERANCE
    distance2 = (run.points**2).sum(1)
    gain = (run.values[:-1] / run.gradient_norms[:-1]) ** 2
    assert (distance2[1:] <= (distance2[:-1] - gain) * (1 + 1e-12)).all()
    # for curvatures mu..L that is a rate of 1 - mu / (4 L) at least
    k = np.arange(len(distance2))
    assert (distance2 <= distance2[0] * (1 - 1 / (4 * condition)) ** k * (1 + 1e-9)).all()


def test_a_least_value_that_is_too_high_is_noticed() -> None:
    run = tw.descend("x^2 + y^2", [1, 2], "polyak step", options={"f_star": 1.0}, max_iterations=100)
    assert run.reason is Reason.LINE_SEARCH_FAILED
    assert run.trials["judgement"][-1] == Judgement.AT_TARGET
    assert run.fun <= 1.0


# ------------------------------------------------------------------------------------------------ schedules


def lengths(rule: StepRule, count: int) -> list[float]:
    """What a rule that looks at k alone gives for k = 0, 1, ..."""
    p, s = np.array(rule.slots()), np.zeros(RULE_ROWS)
    return [rule.first(float(k), 1.0, -1.0, 0.0, 0.0, 0.0, (1.0,) * 5, p, s) for k in range(count)]


RECORDED = json.loads((Path(__file__).parent.parent / "data" / "schedules" / "schedules.json").read_text())


@pytest.mark.parametrize(
    "row", RECORDED["schedules"], ids=lambda row: f"{row['library']} {row['options']['shape']}"
)
def test_schedules_are_those_of_pytorch_and_optax(row: dict[str, Any]) -> None:
    """As recorded by tests/data/schedules/record.py; optax reckons a step count in single precision at times."""
    ours = lengths(tw.Schedule(alpha=RECORDED["alpha"], **row["options"]), len(row["lengths"]))
    assert_allclose(ours, row["lengths"], rtol=1e-12 if row["library"] == "torch" else 1e-6)


@pytest.mark.parametrize("shape", ["inverse", "square root", "cosine", "exponential", "step"])
@pytest.mark.parametrize("warmup", [0, 5])
def test_schedules_are_their_formulas(shape: str, warmup: int) -> None:
    alpha, T, gamma, floor = 0.3, 20, 0.5, 0.05
    formulas = {
        "inverse": lambda t: 1 / (1 + t / T),
        "square root": lambda t: 1 / math.sqrt(1 + t / T),
        "cosine": lambda t: floor + (1 - floor) * (1 + math.cos(math.pi * min(t, T) / T)) / 2,
        "exponential": lambda t: gamma ** (t / T),
        "step": lambda t: gamma ** (t // T),
    }
    expected = [
        alpha * (k + 1) / (warmup + 1) if k < warmup else alpha * formulas[shape](k - warmup)
        for k in range(90)
    ]
    rule = tw.Schedule(alpha=alpha, shape=shape, period=T, gamma=gamma, floor=floor, warmup=warmup)
    assert_allclose(lengths(rule, 90), expected, rtol=1e-13)
    run = tw.descend("x^2 + y^2", [1, 1], step=rule, max_iterations=90, gtol=0, options={})
    assert_array_equal(run.trials["alpha"], lengths(rule, len(run.trials)))


# ------------------------------------------------------------------------------------------------ first trials


@pytest.mark.parametrize("chosen", ["initial", "previous", "slope ratio", "quadratic", "unit"])
def test_first_trials_follow_nocedal_and_wright(chosen: str) -> None:
    """Section 3.5, recomputed from the path that was recorded."""
    run = tw.descend(
        "(1-x)^2 + 5 (y-x^2)^2", [-1.2, 1], "armijo", options={"first_trial": chosen}, max_iterations=30
    )
    begun = run.trials[np.r_[True, np.diff(run.trials["iteration"]) != 0]]["alpha"]
    f, slopes, taken = run.values, -(run.gradient_norms**2), run.step_lengths
    last = taken[1 : len(begun)] if len(taken) == len(f) else taken[: len(begun) - 1]
    k = np.arange(1, len(begun))
    expected = {
        "initial": np.ones(len(k)),
        "previous": last,
        "unit": np.ones(len(k)),
        "slope ratio": np.clip(last * slopes[k - 1] / slopes[k], last / 10, last * 10),
        "quadratic": np.clip(2 * (f[k] - f[k - 1]) / slopes[k], last / 10, last * 10),
    }[chosen]
    assert_allclose(begun[1:], expected, rtol=1e-9)
    assert begun[0] == pytest.approx(1.0 if chosen == "initial" else 1 / run.gradient_norms[0], rel=1e-12)


def test_conjugate_gradients_save_evaluations_by_it() -> None:
    """Against beginning at 1, over quadratics whose scale is not 1: at most half of the evaluations."""
    spent = {"initial": 0, "slope ratio": 0}
    for seed, scale in enumerate([1e-4, 1e-2, 1e2, 1e4]):
        f = bowl(scale * np.geomspace(1, 300, 8), seed)
        for chosen in spent:
            run = tw.descend(f, np.ones(8), "cg", options={"first_trial": chosen}, gtol=1e-6 * scale)
            assert run.reason is Reason.GRADIENT_TOLERANCE
            spent[chosen] += run.nfev
    assert spent["slope ratio"] <= 0.5 * spent["initial"]
