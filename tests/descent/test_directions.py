"""Directions one call at a time, against the formulas of the textbooks in matrix form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import thalweg as tw
from thalweg.descent.directions import (
    AdaGrad,
    Adam,
    ConjugateGradient,
    HeavyBall,
    LimitedMemory,
    Lion,
    QuasiNewton,
    RMSProp,
)
from thalweg.descent.part import Direction

N = 5


class Walk:
    """A direction fed with a made-up sequence of points and gradients."""

    def __init__(self, direction: Direction, n: int = N) -> None:
        self.direction = direction
        self.p = np.array(direction.slots())
        self.memory = np.zeros(direction.memory(n))
        self.d = np.zeros(n)
        self.x = self.g = np.zeros(n)
        self.k = 0

    def to(self, x: np.ndarray, g: np.ndarray) -> np.ndarray:
        self.direction.fill(len(x), float(self.k), x, g, self.x, self.g, self.memory, self.p, self.d)
        self.x, self.g, self.k = x.copy(), g.copy(), self.k + 1
        return self.d.copy()


def convex_walk(steps: int, seed: int = 0, n: int = N) -> list[tuple[np.ndarray, np.ndarray]]:
    """Points and gradients of a convex quadratic, so that every pair has curvature."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((n, n))
    A = A @ A.T + np.eye(n)
    points = rng.standard_normal((steps, n))
    return [(x, A @ x) for x in points]


def dense_inverse(formula: str, pairs: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The inverse Hessian approximation by the product forms of Nocedal & Wright (6.17), (6.15), (6.25)."""
    s, y = pairs[0]
    H = (s @ y) / (y @ y) * np.eye(len(s))
    for s, y in pairs:
        if formula == "bfgs":
            V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
            H = V @ H @ V.T + np.outer(s, s) / (s @ y)
        elif formula == "dfp":
            H = H - np.outer(H @ y, H @ y) / (y @ H @ y) + np.outer(s, s) / (s @ y)
        else:
            gap = s - H @ y
            if abs(gap @ y) > 1e-8 * np.linalg.norm(gap) * np.linalg.norm(y):  # (6.26)
                H = H + np.outer(gap, gap) / (gap @ y)
    return H


@pytest.mark.parametrize("formula", ["bfgs", "dfp", "sr1"])
def test_dense_updates_are_the_textbooks(formula: str) -> None:
    walk = Walk(QuasiNewton(update=formula))
    states = convex_walk(6, seed=3)
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    for i, (x, g) in enumerate(states):
        d = walk.to(x, g)
        if i == 0:
            assert_allclose(d, -g * min(1.0, 1.0 / np.linalg.norm(g)))
            continue
        pairs.append((x - states[i - 1][0], g - states[i - 1][1]))
        expected = -dense_inverse(formula, pairs) @ g
        if expected @ g < 0:
            assert_allclose(d, expected, rtol=1e-8, atol=1e-10 * np.linalg.norm(expected))
        else:  # SR1 may point uphill, and begins anew
            assert_allclose(d, -g * min(1.0, 1.0 / np.linalg.norm(g)))
            break


@pytest.mark.parametrize("m", [1, 2, 3, 10])
def test_the_two_loops_are_the_dense_update_of_the_last_pairs(m: int) -> None:
    walk = Walk(LimitedMemory(pairs=m))
    states = convex_walk(9, seed=5)
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    for i, (x, g) in enumerate(states):
        d = walk.to(x, g)
        if i == 0:
            continue
        pairs.append((x - states[i - 1][0], g - states[i - 1][1]))
        last = pairs[-m:]
        s, y = last[-1]
        H = (s @ y) / (y @ y) * np.eye(N)
        for s, y in last:
            V = np.eye(N) - np.outer(s, y) / (s @ y)
            H = V @ H @ V.T + np.outer(s, s) / (s @ y)
        assert_allclose(d, -H @ g, rtol=1e-9, atol=1e-10 * np.linalg.norm(d))


@pytest.mark.parametrize("direction", [QuasiNewton(), LimitedMemory(pairs=3)])
def test_a_pair_without_curvature_is_not_used(direction: Direction) -> None:
    walk, other = Walk(direction), Walk(direction)
    states = convex_walk(4, seed=1)
    for x, g in states:
        walk.to(x, g)
        other.to(x, g)
    x, g = states[-1]
    step = np.arange(1.0, N + 1)
    bent = walk.to(x + step, g - step)  # s.y < 0
    # the direction is -H g with the H of before: linear in g
    same = [other.direction, other.memory.copy(), other.d.copy()]
    straight = other.to(x + 0.0, g - step)  # s = 0: no update either
    assert same is not None
    assert_allclose(bent, straight, rtol=1e-12)


def betas(g: np.ndarray, old: np.ndarray, d: np.ndarray) -> dict[str, float]:
    y = g - old
    hz = (y - 2 * d * (y @ y) / (d @ y)) @ g / (d @ y)
    return {
        "fletcher-reeves": g @ g / (old @ old),
        "polak-ribiere+": max(0.0, g @ y / (old @ old)),
        "hestenes-stiefel": g @ y / (d @ y),
        "hager-zhang": max(hz, -1 / (np.linalg.norm(d) * min(0.01, np.linalg.norm(old)))),
    }


@pytest.mark.parametrize("formula", list(ConjugateGradient.table[0].choices))
def test_conjugate_directions_are_the_textbooks_and_restart_where_they_climb(formula: str) -> None:
    restarts = 0
    for seed in range(40):
        walk = Walk(ConjugateGradient(beta=formula))
        rng = np.random.default_rng(seed)
        old, d = None, None
        for _ in range(4):
            x, g = rng.standard_normal(N), rng.standard_normal(N)
            found = walk.to(x, g)
            if old is not None and d is not None:
                expected = -g + betas(g, old, d)[formula] * d
                if expected @ g > -0.01 * g @ g:
                    expected = -g
                    restarts += 1
                assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
            old, d = g, found
    # Hager and Zhang's formula goes down by itself (their theorem 1.1)
    assert (restarts > 0) == (formula != "hager-zhang")


def test_cg_on_a_quadratic_ends_in_n_iterations() -> None:
    """With a search that is nearly exact, conjugate gradients need n steps (Hestenes & Stiefel 1952)."""
    rng = np.random.default_rng(2)
    A = rng.standard_normal((6, 6))
    A = A @ A.T + np.eye(6)
    f = tw.Function(lambda x: 0.5 * x @ A @ x, lambda x: A @ x)
    for formula in ConjugateGradient.table[0].choices:
        run = tw.descend(
            f,
            rng.standard_normal(6),
            direction=ConjugateGradient(beta=formula),
            step=tw.StrongWolfe(c1=1e-10, c2=1e-9),
            gtol=1e-6,
        )
        assert run.success
        assert run.nit <= 7


@pytest.mark.parametrize(("excess", "stable"), [(0.98, True), (1.02, False)])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_heavy_ball_is_stable_up_to_its_limit(excess: float, stable: bool, beta: float) -> None:
    """On a quadratic with largest curvature L: alpha < 2 (1 + beta) / L (Polyak 1964)."""
    L = 7.0
    alpha = excess * 2 * (1 + beta) / L
    run = tw.descend(
        "0.5*(7x^2 + y^2)",
        [1, 1],
        "heavy ball",
        options={"alpha": alpha, "beta": beta},
        max_iterations=20_000,
    )
    assert run.success == stable
    assert (run.reason is tw.Reason.DIVERGED) == (not stable)


def test_lion_moves_every_coordinate_by_the_same_length() -> None:
    run = tw.descend("x^2 + 1000 y^2 + sin(z)", [3, 4, 1], "lion", options={"alpha": 1e-3}, max_iterations=50)
    assert_allclose(np.abs(np.diff(run.points, axis=0)), 1e-3, rtol=1e-9)


def test_adams_first_step_is_alpha_in_every_coordinate() -> None:
    """The bias correction makes m / sqrt(v) = sign(g) at the first step (Kingma & Ba 2015, section 2.1)."""
    for method in ("adam", "amsgrad", "rmsprop", "adagrad"):
        options: dict[str, Any] = {"alpha": 0.01, "eps": 0.0}
        run = tw.descend("x^2 + 1000 y^2", [3, -4], method, options=options, max_iterations=1)
        factor = 1 / math.sqrt(1 - 0.99) if method == "rmsprop" else 1.0
        assert_allclose(run.points[1] - run.points[0], [-0.01 * factor, 0.01 * factor], rtol=1e-9)


EVERY = [
    HeavyBall(),
    AdaGrad(),
    RMSProp(),
    Adam(),
    Adam(amsgrad="yes"),
    Lion(),
    ConjugateGradient(),
    QuasiNewton(),
    LimitedMemory(),
]


@pytest.mark.parametrize("direction", EVERY, ids=repr)
def test_a_direction_writes_only_what_it_may(direction: Direction) -> None:
    fence = 7.25
    n = 3
    memory = np.full(direction.memory(n) + 4, fence)
    memory[: direction.memory(n)] = 0.0
    d = np.full(n + 2, fence)
    d[:n] = 0.0
    states = convex_walk(30, seed=8, n=n)
    x_old = g_old = np.zeros(n)
    fill: Callable[..., None] = direction.fill
    for k, (x, g) in enumerate(states):
        before = x.copy(), g.copy()
        fill(n, float(k), x, g, x_old, g_old, memory, np.array(direction.slots()), d)
        assert (memory[direction.memory(n) :] == fence).all()
        assert (d[n:] == fence).all()
        assert (x == before[0]).all()
        assert (g == before[1]).all()
        x_old, g_old = x, g


@pytest.mark.parametrize(
    "direction", [QuasiNewton(damping="yes"), LimitedMemory(damping="yes")], ids=["bfgs", "l-bfgs"]
)
def test_powells_damping_keeps_the_update_where_a_step_has_no_curvature(direction: Direction) -> None:
    """Nocedal & Wright, procedure 18.2, with B in full: after a step along d with s.y < 0, d = -B^-1 g."""
    rng = np.random.default_rng(7)
    walk = Walk(direction)
    B, pairs = np.eye(N), []
    x, g = rng.standard_normal(N), rng.standard_normal(N)
    g /= 2 * np.linalg.norm(g)  # so that the first direction is -g
    d = walk.to(x, g)
    assert_allclose(d, -g)
    for k in range(4):
        s = 0.7 * d
        y = rng.standard_normal(N)
        y *= -np.sign(s @ y) if k % 2 else np.sign(s @ y)
        x, g = x + s, g + y
        d = walk.to(x, g)
        if (s @ y) < 0.2 * (s @ B @ s):
            theta = 0.8 * (s @ B @ s) / (s @ B @ s - s @ y)
            y = theta * y + (1 - theta) * B @ s
            assert s @ y == pytest.approx(0.2 * (s @ B @ s))
        if k == 0:
            B = (y @ y) / (s @ y) * np.eye(N)
        if isinstance(direction, LimitedMemory):  # its B is scaled by the newest pair, and built of all
            pairs.append((s, y))
            B = (y @ y) / (s @ y) * np.eye(N)
            for s_i, y_i in pairs:
                B = B - np.outer(B @ s_i, B @ s_i) / (s_i @ B @ s_i) + np.outer(y_i, y_i) / (s_i @ y_i)
        else:
            B = B - np.outer(B @ s, B @ s) / (s @ B @ s) + np.outer(y, y) / (s @ y)
        assert_allclose(d, -np.linalg.solve(B, g), rtol=1e-8, atol=1e-10)
