"""What the emitted functions do besides computing: arithmetic as typed, tails, strides, parameters, columns."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from tests.kernel.machine import Machine, same_bits, targets
from thalweg.expression.derivative import gradient
from thalweg.expression.graph import Graph
from thalweg.expression.parse import parse
from thalweg.kernel import build, emit
from thalweg.kernel.call import PointCall, call_batch
from thalweg.kernel.code import LANES, Code


def test_arithmetic_is_rounded_operation_by_operation() -> None:
    """As NumPy does it: nothing is fused or reordered, whatever the processor offers."""
    formula = parse("a*b + c*d - (a - b)*(c + d)/(a*a + 1) + |c| - sqrt(d*d)", variables=list("abcd"))
    rng = np.random.default_rng(0)
    a, b, c, d = x = rng.normal(size=(4, 1000))
    wanted = a * b + c * d - (a - b) * (c + d) / (a * a + 1) + np.abs(c) - np.sqrt(d * d)
    for target in targets().values():
        (found,) = Machine(target, formula.graph, [formula.root], 4).together(x)
        assert same_bits(found, wanted)


def test_a_negative_zero_is_kept() -> None:
    graph = Graph()
    x = graph.variable(0)
    roots = [graph.negate(x), graph.multiply(x, graph.constant(-0.0)), graph.constant(-0.0)]
    found = Machine(build.host(), graph, roots, 1).together(np.array([[0.0, 2.0]]))
    assert same_bits(found, np.array([[-0.0, -2.0], [-0.0, -0.0], [-0.0, -0.0]]))


@pytest.fixture(scope="module")
def machine() -> Machine:
    formula = parse("sin(x)*y + exp(-x^2)", variables=["x", "y"])
    roots = [formula.root, *gradient(formula.graph, formula.root, 2)]
    return Machine(build.host(), formula.graph, roots, 2)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 100])
@pytest.mark.parametrize("offset", [0, 1, 3, 7])
def test_every_count_stride_and_alignment(machine: Machine, count: int, offset: int) -> None:
    """All points are computed and nothing is written beside them."""
    for extra in (0, 1, 8):
        stride = count + extra
        x = np.random.default_rng(count).normal(size=2 * stride + 8)[offset:]
        memory = np.full(3 * stride + 24, 7.25)
        start = (-memory.ctypes.data // 8) % LANES + offset
        out = memory[start:]
        batch = ctypes.CFUNCTYPE(
            None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
        )(machine.library["batch"])
        batch(x.ctypes.data, out.ctypes.data, None, count, stride)
        points = np.array([x[:count], x[stride : stride + count]])
        for row, wanted in enumerate(machine.one_by_one(points)):
            assert same_bits(out[row * stride : row * stride + count], wanted)
            assert np.all(out[row * stride + count : (row + 1) * stride] == 7.25)
        assert np.all(memory[:start] == 7.25)
        assert np.all(out[3 * stride :] == 7.25)


def test_results_too_large_for_a_cache_are_the_same(machine: Machine) -> None:
    count = emit.STREAMED // 24 + 13
    x = np.random.default_rng(1).normal(size=(2, count))
    found = machine.together(x)
    pieces = [machine.together(x[:, start : start + 65536]) for start in range(0, count, 65536)]
    assert same_bits(found, np.concatenate(pieces, axis=1))


def test_parameters_come_from_the_context() -> None:
    formula = parse("a*x + b", parameters=["a", "b"])
    module = build.host().module()
    emit.point(module, "point", formula.graph, [formula.root])
    emit.batch(module, "batch", formula.graph, [formula.root], 1)
    library = build.host().build(module)
    values = np.array([3.0, 0.25])
    at = PointCall(library["point"], 1, 1, values.ctypes.data)
    assert at(np.array([2.0]))[0] == 6.25
    x = np.arange(11.0)[None, :]
    assert np.array_equal(call_batch(library["batch"], x, 1, values.ctypes.data)[0], 3.0 * x[0] + 0.25)
    values[:] = [-1.0, 5.0]
    assert at(np.array([2.0]))[0] == 3.0
    assert np.array_equal(call_batch(library["batch"], x, 1, values.ctypes.data)[0], 5.0 - x[0])


@pytest.mark.parametrize("width", [1, 8])
def test_a_body_can_stand_in_any_function(width: int) -> None:
    """A graph with a data column, its leaves loaded by the caller."""
    formula = parse("m*t + c - y", variables=["m", "c"], columns=["t", "y"])
    module = build.host().module()
    code = Code(module, width)

    def leaf(kind: str, place: int) -> str:
        if kind == "variable":
            scalar = code.value(
                f"load double, ptr {code.value(f'getelementptr double, ptr %x, i64 {place}')}"
            )
            return code.spread(scalar)
        address = code.value(f"getelementptr double, ptr %columns, i64 {place * width}")
        return code.value(f"load {code.real}, ptr {address}, align 8")

    (residual,) = emit.emit_body(code, formula.graph, [formula.root], leaf)
    code.line(f"store {code.real} {residual}, ptr %out, align 8")
    module.define("residual", "ptr %x, ptr %columns, ptr %out", code)
    library = build.host().build(module)

    t, y = np.arange(1.0, 9.0)[:width], np.linspace(0.0, 1.0, 8)[:width]
    x, columns, out = np.array([2.0, 0.5]), np.concatenate([t, y]), np.empty(width)
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(library["residual"])
    function(x.ctypes.data, columns.ctypes.data, out.ctypes.data)
    assert np.array_equal(out, 2.0 * t + 0.5 - y)
