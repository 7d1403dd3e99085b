"""The step that is exact on quadratics, against theory."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

import thalweg as tw
from thalweg.descent.directions import ConjugateGradient


def quadratic(n: int, condition: float, seed: int) -> tuple[np.ndarray, np.ndarray, tw.Function]:
    """H, b and f = x.H x / 2 - b.x with eigenvalues from 1 to `condition`."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    H = Q @ np.diag(np.geomspace(1.0, condition, n)) @ Q.T
    H = (H + H.T) / 2
    b = rng.standard_normal(n)
    return H, b, tw.Function(lambda x: 0.5 * x @ H @ x - b @ x, lambda x: H @ x - b, lambda x: H)


@pytest.mark.parametrize("seed", range(5))
def test_each_step_ends_where_the_slope_along_it_is_gone(seed: int) -> None:
    H, b, f = quadratic(5, 30.0, seed)
    run = tw.descend(f, np.ones(5), step=tw.QuadraticStep(), max_iterations=20)
    g = run.points @ H - b
    assert len(run.trials) == run.nit
    assert run.nhvp == run.nit
    for before, after in pairwise(g):
        assert abs(before @ after) <= 1e-12 * (before @ before)


@pytest.mark.parametrize("condition", [3.0, 100.0])
def test_steepest_descent_keeps_kantorovichs_bound(condition: float) -> None:
    """The gap to f* shrinks by ((kappa - 1) / (kappa + 1))^2 or more in every exact step (N&W, theorem 3.3)."""
    H, b, f = quadratic(8, condition, seed=3)
    run = tw.descend(f, 5 * np.ones(8), step=tw.QuadraticStep(), max_iterations=40)
    gap = run.values + 0.5 * b @ np.linalg.solve(H, b)
    factor = ((condition - 1) / (condition + 1)) ** 2
    assert (gap[1:] <= factor * gap[:-1] * (1 + 1e-9) + 1e-12).all()


@pytest.mark.parametrize("formula", list(ConjugateGradient.table[0].choices))
def test_conjugate_gradients_end_in_n_iterations(formula: str) -> None:
    """Hestenes & Stiefel (1952)."""
    H, b, f = quadratic(7, 50.0, seed=1)
    run = tw.descend(
        f, np.ones(7), direction=ConjugateGradient(beta=formula), step=tw.QuadraticStep(), gtol=1e-9
    )
    assert run.nit <= 8
    assert_allclose(run.x, np.linalg.solve(H, b), atol=1e-8)


def test_where_the_line_curves_downwards_the_search_begins_at_its_first_trial() -> None:
    run = tw.descend("x^4 - 2x^2", [0.1], step=tw.QuadraticStep(initial=0.25), max_iterations=1)
    assert run.trials["alpha"][0] == 0.25
