"""The graph: simplification changes no bit of a value, each node stands once, numbers fold as IEEE 754 says."""

from __future__ import annotations

import itertools
import math
import pickle
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.expression.evaluate import NUMPY, evaluate_in_doubles
from thalweg.expression import arithmetic
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import MAX_INTEGER_POWER, FormulaSizeError, Graph

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -3.0, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan]


def bits(value: float) -> bytes:
    return b"nan" if math.isnan(value) else struct.pack("d", value)


def pieces(graph: Graph) -> list[int]:
    """Nodes of every shape that a builder looks into."""
    x, y = graph.variable(0), graph.variable(1)
    two, minus_two = graph.constant(2.0), graph.constant(-2.0)
    return [
        x,
        y,
        graph.negate(x),
        graph.multiply(two, x),
        graph.multiply(minus_two, y),
        graph.divide(two, y),
        graph.divide(minus_two, x),
        graph.negate(graph.multiply(x, y)),
        graph.add(x, y),
        graph.constant(0.0),
        graph.constant(-0.0),
        graph.constant(1.0),
        graph.constant(-1.0),
        minus_two,
        graph.constant(-1.0 / 3.0),
    ]


@given(st.sampled_from(SPECIAL) | st.floats(), st.sampled_from(SPECIAL) | st.floats())
def test_simplification_changes_no_bit(x: float, y: float) -> None:
    graph = Graph()
    nodes = pieces(graph)
    values = evaluate_in_doubles(graph, nodes, [x, y])
    operations: dict[str, Callable[[np.float64, np.float64], np.float64]] = {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
    }
    built: list[int] = []
    wanted: list[float] = []
    with np.errstate(all="ignore"):
        for (a, at_a), (b, at_b) in itertools.product(zip(nodes, values, strict=True), repeat=2):
            for name, operation in operations.items():
                built.append(getattr(graph, name)(a, b))
                wanted.append(float(operation(np.float64(at_a), np.float64(at_b))))
    for a, at_a in zip(nodes, values, strict=True):
        built.append(graph.negate(a))
        wanted.append(-at_a)
    for found, value in zip(evaluate_in_doubles(graph, built, [x, y]), wanted, strict=True):
        assert bits(found) == bits(value)


@pytest.mark.parametrize("a", SPECIAL)
@pytest.mark.parametrize("b", SPECIAL)
def test_numbers_fold_as_ieee_says(a: float, b: float) -> None:
    with np.errstate(all="ignore"):
        assert bits(arithmetic.divide(a, b)) == bits(float(np.float64(a) / np.float64(b)))
        assert bits(arithmetic.power(a, b)) == bits(float(NUMPY["power"](a, b)))


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if FUNCTIONS[name].takes(1)])
@pytest.mark.parametrize("a", [*SPECIAL, 0.1, 10.0, 1000.0, -1000.0])
def test_functions_of_numbers_never_raise(name: str, a: float) -> None:
    with np.errstate(all="ignore"):
        wanted = float(NUMPY[name](np.float64(a)))
    assert FUNCTIONS[name].plain(a) == pytest.approx(wanted, rel=1e-15, abs=0.0, nan_ok=True)


@pytest.mark.parametrize("name", ["atan2", "min", "max", "hypot", "logsumexp"])
def test_functions_of_two_numbers_never_raise(name: str) -> None:
    for a in [*SPECIAL, 0.1, -1000.0]:
        for b in [*SPECIAL, 0.1, -1000.0]:
            with np.errstate(all="ignore"):
                wanted = float(NUMPY[name](np.float64(a), np.float64(b)))
            if name == "hypot" and (math.isnan(a) or math.isnan(b)):
                wanted = math.nan  # C says inf for hypot(inf, nan)
            assert FUNCTIONS[name].plain(a, b) == pytest.approx(wanted, rel=1e-15, abs=0.0, nan_ok=True)


def test_each_node_stands_once() -> None:
    graph = Graph()
    x, y = graph.variable(0), graph.variable(1)
    assert graph.add(x, y) == graph.add(y, x)
    assert graph.multiply(x, y) == graph.multiply(y, x)
    assert graph.subtract(x, y) != graph.subtract(y, x)
    assert graph.call("sin", x) == graph.call("sin", x)
    assert graph.constant(2) == graph.constant(2.0)
    assert graph.constant(0.0) != graph.constant(-0.0)
    assert graph.constant(math.nan) == graph.constant(-math.nan)


def test_operands_stand_before_what_uses_them() -> None:
    graph = Graph()
    root = graph.power(graph.add(graph.variable(0), graph.constant(1.0)), graph.variable(1))
    assert graph.reachable([root]) == sorted(graph.reachable([root]))
    assert graph.reachable([root])[-1] == root


def test_whole_exponents_make_integer_powers_up_to_a_limit() -> None:
    graph = Graph()
    x = graph.variable(0)

    def node(exponent: float) -> tuple[object, ...]:
        return graph.nodes[graph.power(x, graph.constant(exponent))]

    assert node(0.0) == ("constant", 1.0)
    assert node(1.0) == ("variable", 0)
    assert node(-3.0) == ("integer_power", x, -3)
    assert node(0.5)[0] == "power"
    assert node(MAX_INTEGER_POWER + 1.0)[0] == "power"
    assert graph.nodes[graph.integer_power(x, MAX_INTEGER_POWER + 1)][0] == "power"
    assert node(math.inf)[0] == node(math.nan)[0] == "power"


def test_a_graph_has_a_limit() -> None:
    graph = Graph(max_nodes=10)
    for i in range(10):
        graph.variable(i)
    with pytest.raises(FormulaSizeError, match="more than 10 operations"):
        graph.variable(10)


def test_an_unknown_function_is_a_key_error() -> None:
    graph = Graph()
    with pytest.raises(KeyError):
        graph.call("sinus", graph.variable(0))


def test_a_graph_pickles_and_can_be_built_on() -> None:
    graph = Graph()
    root = graph.call("sin", graph.variable(0))
    again: Graph = pickle.loads(pickle.dumps(graph))
    assert again.nodes == graph.nodes
    assert again.call("sin", again.variable(0)) == root
    assert repr(again) == "Graph(2 nodes)"
