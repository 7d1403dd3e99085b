"""Losses that let outliers weigh less: rho of the squared residual in units of a scale C, as SciPy's `least_squares`.

With z = (r/C)^2 the loss is the sum of C^2 rho(z) in place of r^2. For Gauss-Newton the row is scaled: the slopes by
sqrt(s) and the residual by rho'/sqrt(s), so that J^T r is the exact gradient and J^T J nearly the Hessian. The exact
curvature would be s = rho' + 2 z rho'' (Triggs et al. 2000, "Bundle adjustment: a modern synthesis", section 4.3),
which vanishes or turns negative at outliers; s is kept above a tenth of rho'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from thalweg.expression.graph import Graph

Robust = Literal["linear", "soft_l1", "huber", "cauchy", "arctan"]
LEAST_SHARE = 0.1
"""Of rho' in the curvature."""


class Rho(NamedTuple):
    """Nodes of rho(z), of rho'(z), and of rho'(z) + 2 z rho''(z)."""

    value: int
    slope: int
    curvature: int


Build: TypeAlias = "Callable[[Graph, int, int], Rho]"


def _soft_l1(graph: Graph, z: int, root: int) -> Rho:
    """2 (sqrt(1 + z) - 1) and its derivatives; written so that small z keep their digits."""
    one, two = graph.constant(1.0), graph.constant(2.0)
    larger = graph.add(z, one)
    length = graph.call("sqrt", larger)
    value = graph.divide(graph.multiply(two, z), graph.add(length, one))
    slope = graph.divide(one, length)
    return Rho(value, slope, graph.divide(slope, larger))


def _huber(graph: Graph, z: int, root: int) -> Rho:
    """Quadratic up to z = 1, then linear: 2 sqrt(z) - 1."""
    one, two, zero = graph.constant(1.0), graph.constant(2.0), graph.constant(0.0)
    inside = graph.truth("less_equal", root, one)
    beyond = graph.subtract(graph.multiply(two, root), one)
    slope = graph.call("where", inside, one, graph.divide(one, root))
    return Rho(graph.call("where", inside, z, beyond), slope, graph.call("where", inside, one, zero))


def _cauchy(graph: Graph, z: int, root: int) -> Rho:
    """log(1 + z)."""
    one = graph.constant(1.0)
    larger = graph.add(z, one)
    slope = graph.divide(one, larger)
    curvature = graph.divide(graph.subtract(one, z), graph.integer_power(larger, 2))
    return Rho(graph.call("log1p", z), slope, curvature)


def _arctan(graph: Graph, z: int, root: int) -> Rho:
    """atan(z)."""
    one, three = graph.constant(1.0), graph.constant(3.0)
    square = graph.integer_power(z, 2)
    larger = graph.add(square, one)
    slope = graph.divide(one, larger)
    curvature = graph.subtract(one, graph.multiply(three, square))
    return Rho(graph.call("atan", z), slope, graph.divide(curvature, graph.integer_power(larger, 2)))


ROBUST: dict[str, Build] = {"soft_l1": _soft_l1, "huber": _huber, "cauchy": _cauchy, "arctan": _arctan}
"""The losses that are not linear, by name."""


def rho(graph: Graph, name: Robust, r: int, scale: float) -> Rho:
    """The loss of a residual's node, with rho scaled by C^2, so that value, slope and curvature are those for r^2."""
    C = graph.constant(scale)
    root = graph.divide(graph.call("abs", r), C)
    z = graph.integer_power(graph.divide(r, C), 2)
    value, slope, curvature = ROBUST[name](graph, z, root)
    return Rho(graph.multiply(graph.constant(scale * scale), value), slope, curvature)
