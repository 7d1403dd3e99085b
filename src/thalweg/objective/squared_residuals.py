"""From a model's formula to the machine code that a least-squares objective needs, each piece built on first use.

With residuals r = model - response and slopes J_i = dr/dx_i, the sums over the rows are, up to the loss's scale,

    value          r^2
    gradient       r J_i
    Gauss-Newton   J_i J_j
    Hessian        J_i J_j + r d^2r/dx_i dx_j
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Literal

from thalweg.expression.derivative import gradient, hessian
from thalweg.expression.graph import Graph
from thalweg.expression.parsed import Parsed
from thalweg.kernel.rows import SumKernel, ValueKernel

Loss = Literal["mean", "sum", "half"]


class SquaredResiduals:
    """The kernels of one model.

    Args:
        model: The model, whose last column is the response (and does not stand in the model).
        loss: ``"half"`` halves every sum; the mean is a matter of the divisor, not of the code.
    """

    def __init__(self, model: Parsed, loss: Loss) -> None:
        self._graph = graph = model.graph
        self._model = model.root
        self._residual = graph.subtract(model.root, graph.column(len(model.columns) - 1))
        self._n = len(model.variables)
        self._scale = 0.5 if loss == "half" else 1.0

    @cached_property
    def loss(self) -> SumKernel:
        """Value, then gradient."""
        r = self._residual
        terms = [
            self._graph.integer_power(r, 2),
            *(_product(self._graph, r, slope) for slope in self._slopes),
        ]
        return self._sums(terms, [self._scale, *[2.0 * self._scale] * self._n])

    @cached_property
    def hessian(self) -> SumKernel:
        """The lower triangle, row by row."""
        graph, r = self._graph, self._residual
        curvatures = [entry for row in hessian(graph, self._model, self._n) for entry in row]
        pairs = zip(self._products, curvatures, strict=True)
        return self._sums([_sum(graph, product, _product(graph, r, entry)) for product, entry in pairs])

    @cached_property
    def gauss_newton(self) -> SumKernel:
        """The lower triangle, row by row."""
        return self._sums(self._products)

    @cached_property
    def prediction(self) -> ValueKernel:
        """The model's value; it needs no response."""
        return ValueKernel(self._graph, [self._model], self._n)

    @cached_property
    def jacobian(self) -> ValueKernel:
        """The slopes."""
        return ValueKernel(self._graph, self._slopes, self._n)

    @cached_property
    def _slopes(self) -> list[int]:
        return gradient(self._graph, self._model, self._n)

    @cached_property
    def _products(self) -> list[int]:
        slopes = self._slopes
        return [_product(self._graph, a, b) for i, a in enumerate(slopes) for b in slopes[: i + 1]]

    def _sums(self, terms: Sequence[int], scales: Sequence[float] | None = None) -> SumKernel:
        return SumKernel(self._graph, terms, scales or [2.0 * self._scale] * len(terms), self._n)


@lru_cache(maxsize=16)
def squared_residuals(model: Parsed, loss: Loss) -> SquaredResiduals:
    """The kernels of a model: those made before, where it is among the last few, as when a fit is opened again."""
    return SquaredResiduals(model, loss)


def _product(graph: Graph, a: int, b: int) -> int:
    """A b, where zero makes zero and a square is one."""
    zero = graph.constant(0.0)
    if zero in (a, b):
        return zero
    return graph.integer_power(a, 2) if a == b else graph.multiply(a, b)


def _sum(graph: Graph, a: int, b: int) -> int:
    zero = graph.constant(0.0)
    return a if b == zero else b if a == zero else graph.add(a, b)
