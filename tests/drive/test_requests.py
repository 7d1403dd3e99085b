"""What a method may ask for: Hessians and products are told exactly, counted exactly, and alike in every driver."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import thalweg as tw
from tests.drive.test_bits import Plain, same
from thalweg.descent.block import CURVATURE, ELSEWHERE, HESSIAN, PRODUCT, Array
from thalweg.descent.compose import Composition
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.stopping import DEFAULTS
from thalweg.drive import compiled, lanes
from thalweg.entry import parameters
from thalweg.objective import second

TEXT = "(1-x)^2 + 3*(y-x^2)^2 + x^4"


def cramer(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> int:
    """Newton's direction for two variables."""
    told = 4
    if memory[told] == 0.0:
        memory[told] = 1.0
        return HESSIAN
    memory[told] = 0.0
    determinant = memory[0] * memory[3] - memory[1] * memory[2]
    d[0] = -(memory[3] * g[0] - memory[1] * g[1]) / determinant
    d[1] = -(memory[0] * g[1] - memory[2] * g[0]) / determinant
    return 0


def cauchy(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> int:
    """-g times its best length on the quadratic model; every second product is asked for twice."""
    step = 2 * n + 1
    if memory[step] == 0.0 or (memory[step] == 1.0 and k / 2.0 == int(k / 2.0)):
        for i in range(n):
            memory[i] = g[i]
        memory[step] += 1.0
        return PRODUCT
    memory[step] = 0.0
    gg = 0.0
    gHg = 0.0
    for i in range(n):
        gg += g[i] * g[i]
        gHg += g[i] * memory[n + 1 + i]
    for i in range(n):
        d[i] = -gg / abs(gHg) * g[i]
    return 0


class Cramer(Direction):
    name = "cramer"
    fill = staticmethod(cramer)
    asks = HESSIAN

    def memory(self, n: int) -> int:
        return 1


class Cauchy(Direction):
    name = "cauchy"
    fill = staticmethod(cauchy)
    asks = PRODUCT

    def memory(self, n: int) -> int:
        return 1


def ahead(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> int:
    """The midpoint method for x' = -g(x): the gradient half a step ahead, where f is lower there."""
    told = 2 * n + 1
    if memory[told] == 0.0:
        memory[told] = 1.0
        memory[told + 1] = memory[n]
        for i in range(n):
            memory[i] = x[i] - 1e-3 * g[i]
        return ELSEWHERE
    memory[told] = 0.0
    for i in range(n):
        d[i] = -memory[n + 1 + i]
    if memory[told + 1] < -1.0:
        d[0] = -g[0]
    return 0


class Ahead(Direction):
    name = "ahead"
    fill = staticmethod(ahead)
    asks = ELSEWHERE

    def memory(self, n: int) -> int:
        return 2


PAIRS = [
    (Ahead(), tw.Constant(1e-3)),
    (Ahead(), tw.Backtracking()),
    (Cramer(), tw.Backtracking()),
    (Cauchy(), tw.Backtracking()),
    (tw.SteepestDescent(), tw.QuadraticStep()),
    (Cramer(), tw.QuadraticStep()),
    (Cauchy(), tw.QuadraticStep()),
]


class Counted:
    """A formula that counts what it is asked for, and gives no more."""

    native = None
    gradient_is_free = False

    def __init__(self, second_derivatives: str) -> None:
        self.formula = tw.Formula(TEXT)
        self.n, self.variables = self.formula.n, self.formula.variables
        self.values = self.gradients = self.hessians = self.products = 0
        self._given = second_derivatives

    def evaluate(self, x: Array, *, value: bool = True, gradient: bool = True) -> Any:
        self.values += value
        self.gradients += gradient
        told = self.formula.evaluate(x)
        return told[0] if value else np.nan, told[1] if gradient else None

    def hessian(self, x: Array) -> Any:
        if self._given == "none":
            return None
        self.hessians += 1
        return self.formula.hessian(x)

    def hessian_product(self, x: Array, v: Array) -> Any:
        if self._given != "products":
            return None
        self.products += 1
        return self.formula.hessian(x) @ v


@pytest.mark.parametrize("patience", [0, float("inf")])
@pytest.mark.parametrize("given", ["products", "hessian", "none"])
@pytest.mark.parametrize(("direction", "step"), PAIRS)
def test_the_counts_are_the_calls(
    direction: Direction, step: StepRule, given: str, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "PATIENCE", patience)
    monkeypatch.setattr(compiled, "_machines", {})
    f = Counted(given)
    run = tw.descend(f, [-1.2, 1], direction=direction, step=step, max_iterations=7, gtol=0)
    assert run.nit == 7
    assert (run.nfev, run.njev) == (f.values, f.gradients)
    hessians = 7 if direction.asks == HESSIAN else 0  # none is wanted where the run ends
    products = (11 if direction.asks == PRODUCT else 0) + (7 if step.asks == CURVATURE else 0)
    assert (run.nhev, run.nhvp) == (hessians, products)
    assert f.products == (products if given == "products" else 0)
    assert f.hessians == (0 if given == "none" else hessians) + (products if given == "hessian" else 0)
    others = 7 if direction.asks == ELSEWHERE else 0
    assert run.njev == 8 + others + (4 * hessians + 2 * products if given == "none" else 0)


@pytest.mark.parametrize(("direction", "step"), PAIRS)
def test_plain_compiled_and_sliced_runs_agree(
    direction: Direction, step: StepRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    formula = tw.Formula(TEXT)
    arguments: dict[str, Any] = {"direction": direction, "step": step, "max_iterations": 30}
    for start in ([-1.2, 1.0], [2.0, -3.0]):
        monkeypatch.setattr(compiled, "PATIENCE", 0)
        run = tw.descend(formula, start, **arguments)
        stepped = tw.descend(Plain(formula), start, **arguments)
        sliced = tw.descend(formula, start, callback=lambda _: False, **arguments)
        assert compiled.machine_for(run.method, 2).refused is None
        with monkeypatch.context() as apart:
            apart.setattr(compiled, "PATIENCE", float("inf"))
            apart.setattr(compiled, "_machines", {})
            plain = tw.descend(formula, start, **arguments)
        for other in (stepped, sliced, plain):
            same(run, other)
            assert (run.nhev, run.nhvp) == (other.nhev, other.nhvp)


@pytest.mark.parametrize(("direction", "step"), PAIRS)
def test_a_run_among_others_ends_as_it_does_alone(
    direction: Direction, step: StepRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    formula = tw.Formula(TEXT)
    composition = Composition(direction, step)
    p = parameters(composition, (30, *list(DEFAULTS.values())[1:]), fused=True, stride=1.0)
    points = np.random.default_rng(1).uniform(-3, 3, (100, 2))
    ends = lanes.go_down_together(formula, composition, points, p)
    for i in (0, 1, 40, 63, 64, 99):
        alone = tw.descend(formula, points[i], direction=direction, step=step, max_iterations=30)
        assert_array_equal(ends.x[i], alone.x)
        assert (ends.status[i], ends.iterations[i], ends.evaluations[i]) == (
            alone.status,
            alone.nit,
            alone.nfev,
        )


@pytest.mark.parametrize(("direction", "step"), PAIRS)
def test_a_callback_sees_the_iterate_that_it_is_called_for(
    direction: Direction, step: StepRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a slice ends while the next direction is still asking."""
    for patience in (0, float("inf")):
        monkeypatch.setattr(compiled, "PATIENCE", patience)
        monkeypatch.setattr(compiled, "_machines", {})
        seen: list[Any] = []
        run = tw.descend(
            TEXT, [-1.2, 1], direction=direction, step=step, max_iterations=9, callback=seen.append
        )
        assert_array_equal([state.x for state in seen], run.points[1:])
        assert [state.fun for state in seen] == list(run.values[1:])


def test_newton_reaches_the_minimum_of_a_quadratic_in_one_step() -> None:
    run = tw.descend("3x^2 + x*y + 2y^2 - x", [5, -7], direction=Cramer(), step=tw.Backtracking())
    assert run.nit == 1
    assert_allclose(run.x, np.linalg.solve([[6, 1], [1, 4]], [1, 0]), rtol=1e-14)


def test_differences_stand_in_for_second_derivatives() -> None:
    """Against the exact ones of the formula, at points and along vectors of any size."""
    f = tw.Formula("exp(x)*y^2 + x^4*y + sin(x*y)")
    apart = tw.Function(f.value, f.gradient, n=2)
    rng = np.random.default_rng(4)
    for size in (1e-6, 1.0, 3.0):
        x = size * rng.uniform(-1, 1, 2)
        v = 10.0 ** rng.uniform(-8, 8) * rng.standard_normal(2)
        exact = f.hessian(x)
        found, gradients = second.hessian(apart, x)
        assert gradients == 4
        assert_allclose(found, exact, rtol=1e-5, atol=1e-6)
        assert_array_equal(found, found.T)
        product, gradients = second.hessian_product(apart, x, v)
        assert gradients == 2
        assert_allclose(product, exact @ v, atol=1e-6 * np.abs(exact @ v).max())
    assert_array_equal(second.hessian_product(apart, x, np.zeros(2))[0], 0.0)
