"""Diagnostics of residuals against refits without a row, all orders of signs, and SciPy's quantiles."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import scipy.stats

from thalweg.fit.diagnostics import Diagnostics

RNG = np.random.default_rng(11)
T = np.linspace(0.0, 3.0, 14)
A = np.column_stack([T**0, T, T**2])
Y = A @ [1.0, -2.0, 0.5] + 0.1 * RNG.normal(size=len(T))


def fit(a: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    x = np.linalg.lstsq(a, y)[0]
    r = y - a @ x
    return x, r, float(np.sqrt(r @ r / (len(y) - a.shape[1])))


def diagnosed(**known: bool) -> Diagnostics:
    _, r, s = fit(A, Y)
    return Diagnostics(r, np.linalg.qr(A)[0], s, **known)


def test_leverage_is_how_much_a_prediction_moves_with_its_response() -> None:
    for row in range(len(T)):
        moved = Y.copy()
        moved[row] += 1.0
        change = (A @ fit(A, moved)[0] - A @ fit(A, Y)[0])[row]
        assert diagnosed().leverage[row] == pytest.approx(change, rel=1e-9)
    assert np.sum(diagnosed().leverage) == pytest.approx(3.0)


def test_studentized_residuals_use_the_deviation_of_the_fit_without_the_row() -> None:
    for row in range(len(T)):
        rest = np.arange(len(T)) != row
        x, _, s = fit(A[rest], Y[rest])
        missed = Y[row] - A[row] @ x
        spread = math.sqrt(1.0 + A[row] @ np.linalg.inv(A[rest].T @ A[rest]) @ A[row])
        assert diagnosed().studentized[row] == pytest.approx(missed / (s * spread), rel=1e-9)


def test_influence_is_cooks_distance_of_the_fit_without_the_row() -> None:
    x, _, s = fit(A, Y)
    for row in range(len(T)):
        rest = np.arange(len(T)) != row
        moved = A @ (fit(A[rest], Y[rest])[0] - x)
        assert diagnosed().influence[row] == pytest.approx(moved @ moved / (3 * s**2), rel=1e-9)


def test_a_row_that_is_always_met_has_no_standardised_residual() -> None:
    a = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    shown = Diagnostics(np.array([1.0, -1.0, 0.0]), np.linalg.qr(a)[0], 1.4)
    assert shown.leverage[2] == pytest.approx(1.0)
    assert math.isnan(shown.standardized[2])


@pytest.mark.parametrize("signs", ["++--+-", "+++---++-", "-+-+-+-++", "+---------", "++++-----"])
def test_the_runs_test_counts_all_orders_of_the_signs(signs: str) -> None:
    r = np.array([1.0 if sign == "+" else -1.0 for sign in signs])
    found = Diagnostics(r, np.zeros((len(r), 1)), 1.0).runs

    def runs_of(positive: tuple[int, ...]) -> int:
        inside = [place in positive for place in range(len(r))]
        return 1 + sum(a != b for a, b in itertools.pairwise(inside))

    orders = [runs_of(each) for each in itertools.combinations(range(len(r)), signs.count("+"))]
    assert found.runs == 1 + sum(a != b for a, b in itertools.pairwise(signs))
    assert found.expected == pytest.approx(float(np.mean(orders)))
    assert found.p_value == pytest.approx(float(np.mean(np.array(orders) <= found.runs)))


def test_the_runs_of_many_rows_follow_the_normal_distribution() -> None:
    r = np.where(np.arange(900) % 3 == 0, 1.0, -1.0)  # 300 above, 600 below, 600 runs where 401 are expected
    found = Diagnostics(r, np.zeros((900, 1)), 1.0).runs
    assert (found.runs, found.expected) == (600, 401.0)
    assert found.p_value == pytest.approx(1.0)
    few = Diagnostics(np.sort(r), np.zeros((900, 1)), 1.0).runs
    assert (few.runs, few.p_value) == (2, pytest.approx(0.0, abs=1e-12))


def test_residuals_of_one_sign_are_one_run() -> None:
    found = Diagnostics(np.ones(5), np.zeros((5, 1)), 1.0).runs
    assert (found.runs, found.expected, found.p_value) == (1, 1.0, 1.0)


def test_durbin_watson_is_near_two_for_noise_four_for_zigzag_and_zero_for_drift() -> None:
    def of(r: np.ndarray) -> float:
        return Diagnostics(r, np.zeros((len(r), 1)), 1.0).durbin_watson

    assert of(RNG.normal(size=20_000)) == pytest.approx(2.0, abs=0.05)
    assert of(np.tile([1.0, -1.0], 1000)) == pytest.approx(4.0, abs=0.01)
    assert of(np.linspace(-1.0, 1.0, 1000)) == pytest.approx(0.0, abs=0.01)


def test_the_order_of_the_rows_can_be_that_of_a_predictor() -> None:
    t = np.array([3.0, 1.0, 4.0, 2.0])
    shown = Diagnostics(t - 2.5, np.zeros((4, 1)), 1.0, order=np.argsort(t))
    assert shown.runs.runs == 2


def test_the_anderson_darling_test_rejects_normal_samples_as_often_as_it_says() -> None:
    p = [
        Diagnostics(RNG.normal(2.0, 3.0, size=60), np.zeros((60, 1)), 3.0).normality.p_value
        for _ in range(2000)
    ]
    for level in (0.05, 0.25, 0.5):
        assert np.mean(np.array(p) < level) == pytest.approx(level, abs=0.035)
    skewed = Diagnostics(RNG.exponential(size=60), np.zeros((60, 1)), 1.0).normality
    assert skewed.p_value < 0.001


def test_the_anderson_darling_statistic_is_scipys_with_stephens_correction() -> None:
    sample = RNG.normal(size=37)
    theirs = scipy.stats.anderson(sample, "norm", method="interpolate").statistic
    mine = Diagnostics(sample, np.zeros((37, 1)), 1.0).normality.statistic
    assert mine == pytest.approx(theirs * (1 + 0.75 / 37 + 2.25 / 37**2), rel=1e-9)


def test_normal_scores_stand_in_the_rows_order() -> None:
    shown = Diagnostics(np.array([3.0, -1.0, 0.5]), np.zeros((3, 1)), 1.0)
    assert list(np.argsort(shown.normal_scores)) == [1, 2, 0]
    assert shown.normal_scores[2] == pytest.approx(0.0, abs=1e-12)


def test_known_errors_make_both_kinds_of_residuals_one() -> None:
    np.testing.assert_array_equal(diagnosed(known=True).studentized, diagnosed(known=True).standardized)
