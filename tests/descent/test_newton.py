"""Newton's directions against theory: one step on quadratics, affine invariance, ways down from anywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import thalweg as tw
from tests.descent.test_quadratic import quadratic
from thalweg.descent.block import HESSIAN, SECOND
from thalweg.descent.compose import compose
from thalweg.descent.directions import newton


def modified(H: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The matrix H + E that the factors stand for, and the direction."""
    n = len(g)
    C, order, y, d = H.copy().ravel(), np.zeros(n), np.zeros(n), np.zeros(n)
    newton.factor(n, C, order)
    newton.solve(n, C, order, g, y, d)
    C = C.reshape(n, n)
    L = np.tril(C, -1) + np.eye(n)
    P = np.eye(n)[order.astype(int)]
    return P.T @ L @ np.diag(np.diag(C)) @ L.T @ P, d


def symmetric(n: int, seed: int) -> np.ndarray:
    A = np.random.default_rng(seed).standard_normal((n, n))
    return A + A.T


@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("seed", range(4))
def test_a_positive_definite_hessian_is_not_modified(n: int, seed: int) -> None:
    A = symmetric(n, seed)
    H = A @ A + 0.1 * np.eye(n)
    g = np.random.default_rng(seed).standard_normal(n)
    whole, d = modified(H, g)
    assert_allclose(whole, H, rtol=1e-10, atol=1e-10 * np.abs(H).max())
    assert_allclose(d, -np.linalg.solve(H, g), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("seed", range(20))
def test_any_other_is_modified_on_its_diagonal_until_it_is(n: int, seed: int) -> None:
    """Gill, Murray and Wright: E is diagonal and not negative, and bounded; the direction goes down."""
    H = symmetric(n, seed)
    if seed % 5 == 0:
        H[:, 0] = H[0, :] = 0.0  # and singular
    g = np.random.default_rng(seed).standard_normal(n)
    whole, d = modified(H, g)
    E = whole - H
    size = np.abs(H).max() or 1.0
    assert_allclose(E - np.diag(np.diag(E)), 0.0, atol=1e-12 * n * size)
    assert (np.diag(E) >= -1e-12 * n * size).all()
    xi = np.abs(H - np.diag(np.diag(H))).max(initial=0.0)
    gamma = np.abs(np.diag(H)).max()
    beta2 = max(gamma, xi / np.sqrt(max(n * n - 1, 1)), 2.0**-52)
    bound = (xi / np.sqrt(beta2) + (n - 1) * np.sqrt(beta2)) ** 2 + 2 * (gamma + (n - 1) * beta2) + size
    assert np.diag(E).max() <= bound
    assert d @ g < 0.0


@pytest.mark.parametrize("method", ["newton", "newton-cg"])
@pytest.mark.parametrize("n", [1, 2, 6, 15])
def test_a_quadratic_takes_one_step(method: str, n: int) -> None:
    H, b, f = quadratic(n, 40.0, seed=n)
    options: dict[str, Any] = {"forcing": 1e-13} if method == "newton-cg" else {}
    run = tw.descend(f, 3 * np.ones(n), method, options=options, gtol=1e-8)
    assert run.nit == 1
    assert_allclose(run.x, np.linalg.solve(H, b), rtol=1e-9, atol=1e-9)
    if method == "newton":
        assert run.nhev == 1
    else:
        assert run.nhvp <= 1.5 * n + 2  # conjugate gradients end after n products, but for rounding


def test_newtons_path_is_that_of_the_function_in_other_coordinates() -> None:
    """f(A z) leads to z_k with A z_k = x_k (Nocedal & Wright, section 2.2)."""
    f = tw.Formula("(1-x)^2 + 10*(y-x^2)^2 + exp(x+y)")
    A, start = np.array([[3.0, 1.0], [-2.0, 0.5]]), np.array([0.4, 0.3])
    g = tw.Function(
        lambda z: f.value(A @ z), lambda z: A.T @ f.gradient(A @ z), lambda z: A.T @ f.hessian(A @ z) @ A
    )
    one = tw.descend(f, start, "newton", max_iterations=6, gtol=0)
    other = tw.descend(g, np.linalg.solve(A, start), "newton", max_iterations=6, gtol=0)
    k = min(len(one.points), len(other.points))
    assert k >= 5
    assert_allclose(other.points[:k] @ A.T, one.points[:k], rtol=1e-6, atol=1e-8)
    assert_allclose(other.step_lengths[1:4], one.step_lengths[1:4], rtol=1e-6)


@pytest.mark.parametrize("method", ["newton", "newton-cg"])
def test_convergence_is_fast_at_the_end(method: str) -> None:
    """Quadratic: each error is at most a constant times the square of the last one."""
    run = tw.descend("exp(x) + exp(-2x + y) + y^2 + x^2*y^2", [1.5, 2.0], method, gtol=1e-14)
    errors = np.linalg.norm(run.points - run.x, axis=1)
    small = errors[(errors < 0.5) & (errors > 1e-12)]
    assert run.success
    assert len(small) >= 3
    assert (small[2:] <= 20.0 * small[1:-1] ** 2).all() or method == "newton-cg"
    assert (small[2:] <= 10.0 * small[1:-1] ** 1.5).all()


@pytest.mark.parametrize("method", ["newton", "newton-cg"])
@pytest.mark.parametrize("start", [[0.01, 0.1], [0.5, -0.2], [-0.9, 3.0], [0.001, 0.0]])
def test_negative_curvature_is_left_downhill(method: str, start: list[float]) -> None:
    """Near the saddle of a double well plain Newton would climb back to it."""
    run = tw.descend("x^4 - 2x^2 + y^2 + 0.3x*y", start, method)
    assert run.success
    assert (np.diff(run.values) <= 0.0).all()
    assert np.linalg.eigvalsh(run.objective.hessian(run.x))[0] > 0.0


@pytest.mark.parametrize("method", ["newton", "newton-cg"])
def test_a_hessian_that_is_not_finite_leaves_steepest_descent(method: str) -> None:
    f = tw.Function(lambda x: x @ x, lambda x: 2 * x, lambda x: np.full((2, 2), np.nan))
    run = tw.descend(f, [3.0, -4.0], method)
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE


def test_a_hessian_is_used_as_often_as_it_is_told() -> None:
    """Shamanskii (1967)."""
    run = tw.descend("exp(x) + exp(-x) + y^4 + y^2", [1, 2], "newton", options={"refresh": 3})
    assert run.success
    assert run.nhev == -(-run.nit // 3)


def test_newton_cg_takes_hundreds_of_variables() -> None:
    """A thousand variables, condition 1e4: a fraction of the products that solving exactly would take."""
    n = 400
    h = np.geomspace(1.0, 1e4, n)
    products = []

    class Objective:
        n = 400
        variables = tuple(f"x{i}" for i in range(400))
        gradient_is_free = True
        native = None

        def evaluate(self, x: Any, *, value: bool = True, gradient: bool = True) -> Any:
            return float(np.sum(h * x**2 / 2 + x**4)), h * x + 4 * x**3

        def hessian(self, x: Any) -> None:
            return None

        def hessian_product(self, x: Any, v: Any) -> Any:
            products.append(v)
            return (h + 12 * x**2) * v

        def describe(self) -> str:
            return "a bowl"

    run = tw.descend(Objective(), np.ones(n), "newton-cg", gtol=1e-8)
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert run.nhvp == len(products)
    assert run.nit < 25
    assert_allclose(run.x, 0.0, atol=1e-8)


def test_pure_newton_is_newton_with_a_constant_step() -> None:
    """The root of f' by Newton's iteration: x - f'/f''."""
    run = tw.descend("exp(x) - 2x", [2.0], "newton", step=tw.Constant(1.0), max_iterations=5, gtol=0)
    x = 2.0
    for k in range(1, 6):
        x = x - (np.exp(x) - 2) / np.exp(x)
        assert run.points[k, 0] == pytest.approx(x, rel=1e-13)


def test_newton_declares_what_it_asks_for() -> None:
    assert compose("newton").traits & SECOND == HESSIAN


def test_newton_cg_asks_for_one_product_where_it_overflows() -> None:
    run = tw.descend("1e150*(x^2 + 3*y^2)", [1, 2], "newton-cg")
    assert not run.success
    assert run.nhvp == 1
