"""Levenberg-Marquardt, dogleg and Gauss-Newton against the theory of linear least squares and against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from numpy.testing import assert_allclose, assert_array_equal

import thalweg as tw
from thalweg.descent.compose import compose
from thalweg.descent.judgement import REJECTED, SUFFICIENT_DECREASE, TOO_HIGH
from thalweg.descent.trust_region import dogleg, levenberg_marquardt
from thalweg.descent.trust_region.triangle import solve
from thalweg.drive import compiled

FITTING = ["levenberg-marquardt", "dogleg", "gauss-newton"]
DECAY = {
    "t": np.linspace(0, 3, 12),
    "y": 2.5 * np.exp(-1.3 * np.linspace(0, 3, 12)) + 0.01 * np.cos(np.arange(12)),
}


def factor_of(J: np.ndarray, r: np.ndarray) -> np.ndarray:
    """T (n+1, n+1) of [J r]."""
    return np.linalg.qr(np.column_stack([J, r]), mode="r")


def random_problem(seed: int, n: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(9, n)), generator.normal(size=9), generator.uniform(0.5, 2.0, n)


def solved(
    J: np.ndarray, r: np.ndarray, D: np.ndarray, mu: float, fixed: np.ndarray, d: np.ndarray
) -> np.ndarray:
    n = len(D)
    d = d.copy()
    solve(n, factor_of(J, r).ravel(), D, fixed, mu, np.zeros((n + 1) ** 2), d)
    return d


@pytest.mark.parametrize("mu", [0.0, 1e-6, 1.0, 1e6])
@pytest.mark.parametrize("seed", range(3))
def test_the_damped_step_minimises_the_augmented_system(seed: int, mu: float) -> None:
    J, r, D = random_problem(seed)
    augmented = np.vstack([J, math.sqrt(mu) * np.diag(D)])
    expected = np.linalg.lstsq(augmented, -np.concatenate([r, np.zeros(4)]), rcond=None)[0]
    assert_allclose(solved(J, r, D, mu, np.zeros(4), np.zeros(4)), expected, rtol=1e-10)


@pytest.mark.parametrize("mu", [0.0, 0.3])
def test_fixed_variables_keep_their_step_and_the_others_make_the_best_of_it(mu: float) -> None:
    J, r, D = random_problem(7)
    fixed, given = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 0.7, 0.0, -0.2])
    free = fixed == 0.0
    d = solved(J, r, D, mu, fixed, given)
    rest = r + J[:, ~free] @ given[~free]
    augmented = np.vstack([J[:, free], math.sqrt(mu) * np.diag(D[free])])
    expected = np.linalg.lstsq(augmented, -np.concatenate([rest, np.zeros(2)]), rcond=None)[0]
    assert_array_equal(d[~free], given[~free])
    assert_allclose(d[free], expected, rtol=1e-10)


def test_a_step_along_which_nothing_changes_is_not_taken() -> None:
    J = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    d = solved(J, np.array([1.0, 0.0, 1.0]), np.linalg.norm(J, axis=0), 0.0, np.zeros(2), np.zeros(2))
    assert d[1] == 0.0
    assert np.isfinite(d).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 2.0])
def test_the_dogleg_ends_at_the_radius_or_at_the_gauss_newton_point(seed: int, share: float) -> None:
    J, r, D = random_problem(seed)
    whole = np.linalg.lstsq(J, -r, rcond=None)[0]
    radius = share * float(np.linalg.norm(D * whole))
    d = np.zeros(4)
    T = factor_of(J, r).ravel()
    dogleg.fill(4, T, D, np.zeros(4), radius, math.inf, np.zeros(25), np.zeros(2), d)
    if share > 1.0:
        assert_allclose(d, whole, rtol=1e-10)
        return
    assert np.linalg.norm(D * d) == pytest.approx(radius, rel=1e-10)
    # no worse than the best point of steepest descent within the radius (Nocedal & Wright, theorem 4.4)
    g = (J.T @ r) / D**2
    model = lambda step: float(np.linalg.norm(J @ step + r))  # noqa: E731
    t = min(float(g @ (J.T @ r)) / float(np.linalg.norm(J @ g)) ** 2, radius / float(np.linalg.norm(D * g)))
    assert model(d) <= model(-t * g) * (1 + 1e-12)


def test_damping_follows_nielsen() -> None:
    p, s = np.array([1e-3, 1e-4]), np.zeros(16)
    assert levenberg_marquardt.first(p, s) == 1e-3
    assert levenberg_marquardt.judge(1.0, 9.0, p, s) == (SUFFICIENT_DECREASE, 3.0)
    assert levenberg_marquardt.judge(0.5, 9.0, p, s) == (SUFFICIENT_DECREASE, 9.0)
    assert levenberg_marquardt.judge(0.25, 8.0, p, s) == (SUFFICIENT_DECREASE, 9.0)
    assert [levenberg_marquardt.judge(-1.0, 1.0, p, s)[1] for _ in range(4)] == [2.0, 4.0, 8.0, 16.0]
    assert levenberg_marquardt.judge(math.nan, 1.0, p, s)[0] == TOO_HIGH


@pytest.mark.parametrize("method", FITTING)
def test_a_linear_model_takes_one_step(method: str) -> None:
    t = np.linspace(-1, 2, 20)
    y = np.sin(3 * t)
    f = tw.LeastSquares("a + b*t + c*t^2", {"t": t, "y": y}, loss="half")
    run = tw.descend(f, [0, 0, 0], method, gtol=0)
    A = np.stack([np.ones_like(t), t, t**2], axis=1)
    expected = scipy.linalg.lstsq(A, y)[0]
    assert_allclose(run.points[1], expected, rtol=1e-9)
    assert_allclose(run.x, expected, rtol=1e-13)


@pytest.mark.parametrize("loss", ["mean", "sum", "half"])
@pytest.mark.parametrize("method", FITTING)
def test_the_end_is_scipys(method: str, loss: str) -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DECAY, loss=loss)
    run = tw.descend(f, [1, 1], method, gtol=0)
    peer = scipy.optimize.least_squares(f.residuals, [1, 1], f.jacobian, method="lm", xtol=1e-15, ftol=1e-15)
    assert_allclose(run.x, peer.x, rtol=1e-8)
    assert run.fun == pytest.approx(f.value(peer.x), rel=1e-12)
    assert run.success


@pytest.mark.parametrize("method", ["levenberg-marquardt", "dogleg"])
def test_units_do_not_matter(method: str) -> None:
    """Moré's scale: a parameter in other units goes the same way."""
    one = tw.descend(tw.LeastSquares("a*exp(-b*t)", DECAY), [1, 0.2], method, gtol=0, max_iterations=5)
    other = tw.descend(
        tw.LeastSquares("a/1024*exp(-b*8*t)", DECAY), [1024, 0.025], method, gtol=0, max_iterations=5
    )
    assert_allclose(other.points * [1 / 1024, 8], one.points, rtol=1e-9)


@pytest.mark.parametrize("method", FITTING)
@pytest.mark.parametrize("start", [[1.0, 1.0], [0.3, -2.0], [0.0, 0.0]])
def test_plain_and_compiled_runs_agree_to_the_last_bit(
    method: str, start: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DECAY, loss="half")
    assert compiled.machine_for(compose(method), 2).run(now=True) is not None
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    run = tw.descend(f, start, method, gtol=0)
    monkeypatch.setattr(compiled, "PATIENCE", math.inf)
    monkeypatch.setattr(compiled, "_machines", {})
    plain = tw.descend(f, start, method, gtol=0)
    assert_array_equal(run.path, plain.path)
    assert_array_equal(run.trials["phi"], plain.trials["phi"])
    assert (run.reason, run.nit, run.nfev) == (plain.reason, plain.nit, plain.nfev)


def test_values_never_rise_beyond_rounding_and_rejected_trials_are_recorded() -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DECAY, loss="half")
    run = tw.descend(f, [0.3, -2.0], "levenberg-marquardt", gtol=0)
    assert np.all(np.diff(run.values) <= 1e-12 * run.values[:-1])
    assert len(run.trials) == run.nfev - 1
    assert np.count_nonzero(run.trials["judgement"] < REJECTED) == run.nit


def test_residuals_are_asked_of_those_who_have_them() -> None:
    with pytest.raises(tw.ParameterError, match="levenberg-marquardt works on residuals"):
        tw.descend("x^2 + y^2", [1, 1], "levenberg-marquardt")


def test_parts_that_do_not_belong_together_are_refused() -> None:
    f = tw.LeastSquares("a*exp(-b*t)", DECAY)
    with pytest.raises(tw.ParameterError, match="does not go with"):
        tw.descend(f, [1, 1], "levenberg-marquardt", step=tw.Constant())
