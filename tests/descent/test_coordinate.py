"""Coordinate descent against the method of Gauss and Seidel, and by its rules."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import thalweg as tw
from tests.descent.test_quadratic import quadratic


@pytest.mark.parametrize("n", [2, 3, 6])
def test_on_a_quadratic_a_cycle_is_a_sweep_of_gauss_and_seidel(n: int) -> None:
    H, b, f = quadratic(n, 20.0, seed=n)
    run = tw.descend(f, np.ones(n), "coordinate descent", max_iterations=5 * n, gtol=0)
    lower, upper = np.tril(H), np.triu(H, 1)
    x = np.ones(n)
    for sweep in range(1, 6):
        x = np.linalg.solve(lower, b - upper @ x)
        assert_allclose(run.points[n * sweep], x, rtol=1e-9, atol=1e-12)


def test_each_step_moves_one_variable_and_the_largest_gradient_is_the_steepest() -> None:
    H, b, f = quadratic(5, 50.0, seed=9)
    for order in ("cyclic", "largest gradient"):
        run = tw.descend(
            f, np.ones(5), "coordinate descent", options={"order": order}, max_iterations=40, gtol=0
        )
        moved = np.diff(run.points, axis=0) != 0.0
        assert (moved.sum(axis=1) == 1).all()
        which = moved.argmax(axis=1)
        if order == "cyclic":
            assert (which == np.arange(40) % 5).all()
        else:
            gradients = np.abs(run.points[:-1] @ H - b)
            assert (which == gradients.argmax(axis=1)).all()


@pytest.mark.parametrize("order", ["cyclic", "largest gradient"])
def test_variables_that_are_done_are_passed_over(order: str) -> None:
    """On a separable function one pass is enough, and no step of length zero ends the run."""
    run = tw.descend("(x-1)^2 + 50(y-2)^2 + 3z^2", [5, 5, 0], "coordinate descent", options={"order": order})
    assert run.success
    assert run.nit == 2
    assert_allclose(run.x, [1, 2, 0], atol=1e-12)


def test_a_curved_function_is_brought_to_its_minimum() -> None:
    run = tw.descend("exp(x+y) + x^2 + 2y^2 - 3x", [3, -3], "coordinate descent")
    assert run.success
    assert_allclose(run.jac, 0.0, atol=1e-8)
