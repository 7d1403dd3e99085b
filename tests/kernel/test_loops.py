"""Sums as loops in machine code: true values and derivatives, the same bits at one point and in batches."""

from __future__ import annotations

import llvmlite.binding as llvm
import numpy as np
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

from tests.expression.evaluate import evaluate
from tests.expression.strategies import VECTORS, sum_formulas
from tests.kernel.machine import same_bits, targets
from thalweg.expression import derivative
from thalweg.expression.parse import parse
from thalweg.kernel import build, looped
from thalweg.kernel.call import PointCall, call_batch
from thalweg.kernel.kernel import Kernel
from thalweg.kernel.module import Module
from thalweg.objective.formula import Formula

ROSENBROCK = "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, n-1)"


@pytest.mark.parametrize("n", [2, 3, 8, 9, 10, 256, 257, 258, 265, 1000])
def test_the_chained_rosenbrock_function_is_scipys(n: int) -> None:
    f = Formula(ROSENBROCK, parameters={"n": n})
    x, v = np.random.default_rng(n).normal(size=(2, n))
    value, gradient = f.value_and_gradient(x)
    assert value == pytest.approx(rosen(x), rel=1e-14)
    np.testing.assert_allclose(gradient, rosen_der(x), rtol=1e-11, atol=1e-10)
    np.testing.assert_allclose(f.hessian_product(x, v), rosen_hess_prod(x, v), rtol=1e-11, atol=1e-9)
    if n < 20:
        np.testing.assert_allclose(f.hessian(x), rosen_hess(x), rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("name", targets())
@settings(max_examples=20, deadline=None)
@given(text=sum_formulas())
def test_batches_have_the_bits_of_single_points(name: str, text: str) -> None:
    formula = parse(text, variables=VECTORS)
    n = len(formula.variables)
    kernel = Kernel(formula.graph, formula.root, n, targets()[name])
    point = PointCall(kernel.point, n, 1 + n, 0, kernel)
    for count in (1, 7, 8, 19):
        x = np.random.default_rng(count).normal(size=(n, count))
        found = call_batch(kernel.batch, x, 1 + n, 0)
        for k in range(count):
            assert same_bits(point(x[:, k]), found[:, k].copy())


@settings(max_examples=40, deadline=None)
@given(text=sum_formulas())
def test_values_and_derivatives_are_those_of_the_definition(text: str) -> None:
    formula = parse(text, variables=VECTORS)
    f = Formula(text, variables=VECTORS)
    n = f.n
    x = np.random.default_rng(3).uniform(0.2, 1.2, n)
    v = np.random.default_rng(4).normal(size=n)
    value, gradient = f.value_and_gradient(x)
    with mp.workdps(70):
        h = mpf(10) ** -20

        def at(point: list[mpf]) -> mpf:
            return evaluate(formula.graph, [formula.root], point)[0]

        exact = [mpf(float(c)) for c in x]
        direction = [mpf(float(c)) for c in v]
        assert value == pytest.approx(float(at(exact)), rel=1e-11, abs=1e-11)
        product = f.hessian_product(x, v)
        scale = 1.0 + float(np.abs(gradient).max())
        curvature = 1.0 + float(np.abs(product).max())
        for k in range(0, n, 3):
            moved = [[c + s * h * (j == k) for j, c in enumerate(exact)] for s in (1, -1)]
            slope = (at(moved[0]) - at(moved[1])) / (2 * h)
            assert gradient[k] == pytest.approx(float(slope), rel=1e-10, abs=1e-11 * scale)
            corners = [
                at([c + s * h * (j == k) + t * h * direction[j] for j, c in enumerate(exact)])
                for s, t in ((1, 1), (-1, -1), (1, -1), (-1, 1))
            ]
            second = (corners[0] + corners[1] - corners[2] - corners[3]) / (4 * h * h)
            assert product[k] == pytest.approx(float(second), rel=1e-9, abs=1e-10 * curvature)


@pytest.mark.parametrize("zeros", [0, 1, 2, 3])
def test_the_derivatives_of_a_product_are_exact_where_factors_are_zero(zeros: int) -> None:
    f = Formula("prod(x[i], i, 1, 5)*a")
    x = np.array([2.0, 3.0, 5.0, 7.0, 11.0, 13.0])
    x[:zeros] = 0.0
    v = np.array([1.0, -2.0, 3.0, 1.0, 1.0, 2.0])

    def others(*left: int) -> float:
        return float(np.prod([x[k] for k in range(6) if k not in left]))

    assert f.value(x) == others()
    assert f.gradient(x) == pytest.approx([others(k) for k in range(6)], rel=1e-15)
    expected = [sum(others(k, j) * v[j] for j in range(6) if j != k) for k in range(6)]
    assert f.hessian_product(x, v) == pytest.approx(expected, rel=1e-14)


def test_empty_sums_are_0_and_empty_products_1() -> None:
    f = Formula("a + sum(x[i], i, 3, 2) + prod(x[i], i, 1, 0) + x[2]*sum(sum(x[j], j, i+1, 2), i, 1, 2)")
    assert f.variables == ("a", "x[1]", "x[2]")
    assert f.value([5.0, 1.0, 2.0]) == 5.0 + 0.0 + 1.0 + 2.0 * 2.0
    assert f.gradient([5.0, 1.0, 2.0]).tolist() == [1.0, 0.0, 4.0]


def test_terms_are_summed_in_the_documented_order() -> None:
    n = 1003
    f = Formula("sum(x[i], i, 1, n)", parameters={"n": n})
    x = np.random.default_rng(0).normal(size=n) * 10.0 ** np.random.default_rng(1).integers(-8, 9, n)
    partial = [0.0] * 8
    for t, term in enumerate(x.tolist()):
        partial[t % 8] += term
    four = [partial[k] + partial[k + 4] for k in range(4)]
    assert f.value(x) == (four[0] + four[2]) + (four[1] + four[3])


def test_sums_wait_for_one_another_and_meet_parameters_and_choices() -> None:
    f = Formula("sum(where(b > 0, x[i], -x[i])*exp(-m*mean(x)), i, 1, 20)^2", parameters={"m": 0.5, "b": 1.0},
                variables=["x[1..20]"])  # fmt: skip
    x = np.random.default_rng(0).normal(size=20)
    total = x.sum() * np.exp(-0.5 * x.mean())
    assert f.value(x) == pytest.approx(total**2, rel=1e-13)
    assert f.with_parameters(b=-1.0).value(x) == pytest.approx(total**2, rel=1e-13)
    slope = 2.0 * total * np.exp(-0.5 * x.mean()) * (1.0 - 0.5 * x.sum() / 20.0)
    assert f.gradient(x) == pytest.approx(np.full(20, slope), rel=1e-12)


def test_code_for_arm_is_generated() -> None:
    formula = parse(
        "sum(100*(x[i+1]-x[i]^2)^2 + exp(-x[i])*a, i, 1, 99) + sum(sum(x[i]*x[j], j, 1, i), i, 1, 9)"
    )
    n = len(formula.variables)
    found = derivative.adjoints(formula.graph, formula.root, n)
    module = Module(fused=True)
    looped.point(module, "point", formula.graph, [formula.root], found, n)
    looped.batch(module, "batch", formula.graph, [formula.root], found, n)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple("aarch64-unknown-linux-gnu").create_target_machine(opt=1, jit=True)
    parsed = llvm.parse_assembly(module.text(), llvm.create_context())
    parsed.triple = "aarch64-unknown-linux-gnu"
    assembly = machine.emit_assembly(parsed)
    assert "fmul" in assembly
    assert "point:" in assembly
    assert "batch:" in assembly


def test_a_long_sum_takes_as_little_code_as_a_short_one() -> None:
    lines: list[int] = []
    for n in (1_000, 1_000_000):
        formula = parse(ROSENBROCK, parameters=["n"], sizes={"n": n})
        kernel = Kernel(formula.graph, formula.root, n)
        module = build.host().module()
        kernel._emit_point(module)  # pyright: ignore[reportPrivateUsage]
        lines.append(len(module.text().splitlines()))
    assert lines[0] == lines[1]
