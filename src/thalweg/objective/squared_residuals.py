"""From a model's formula to the machine code that a least-squares objective needs, each piece built on first use.

With residuals r = model - response and slopes J_i = dr/dx_i, the sums over the rows are, up to the loss's scale,

    value          r^2
    gradient       r J_i
    Gauss-Newton   J_i J_j
    Hessian        J_i J_j + r d^2r/dx_i dx_j
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Literal, TypeVar

from thalweg.expression.derivative import gradient, hessian
from thalweg.expression.graph import Graph
from thalweg.expression.parsed import Parsed
from thalweg.kernel.rows import SumKernel, ValueKernel

Loss = Literal["mean", "sum", "half"]
K = TypeVar("K")


class SquaredResiduals:
    """The kernels of one model; safe to use from several threads.

    Args:
        model: The model, whose last column is the response (and does not stand in the model).
        loss: ``"half"`` halves every sum; the mean is a matter of the divisor, not of the code.
    """

    def __init__(self, model: Parsed, loss: Loss) -> None:
        self._graph = graph = model.graph
        self._model = model.root
        self._response = graph.column(len(model.columns) - 1)
        self._residual = graph.subtract(model.root, self._response)
        self._n = len(model.variables)
        self._scale = 0.5 if loss == "half" else 1.0
        self._lock = threading.RLock()
        self._sums: dict[str, SumKernel] = {}
        self._values: dict[str, ValueKernel] = {}

    @property
    def loss(self) -> SumKernel:
        """Value, then gradient."""
        return self._built(self._sums, "loss", self._build_loss)

    @property
    def hessian(self) -> SumKernel:
        """The lower triangle, row by row."""
        return self._built(self._sums, "hessian", self._build_hessian)

    @property
    def gauss_newton(self) -> SumKernel:
        """The lower triangle, row by row."""
        return self._built(self._sums, "gauss_newton", lambda: self._build_second(self._products))

    @property
    def prediction(self) -> ValueKernel:
        """The model's value; it needs no response."""
        return self._built(
            self._values, "prediction", lambda: ValueKernel(self._graph, [self._model], self._n)
        )

    @property
    def jacobian(self) -> ValueKernel:
        """The slopes."""
        return self._built(self._values, "jacobian", lambda: ValueKernel(self._graph, self._slopes, self._n))

    @property
    def augmented(self) -> ValueKernel:
        """The slopes, then the residual."""
        return self._built(
            self._values,
            "augmented",
            lambda: ValueKernel(self._graph, [*self._slopes, self._residual], self._n),
        )

    @property
    def spread(self) -> ValueKernel:
        """The slopes, 1, and the response, a row each: the factor of these columns holds what R^2 is made of."""
        graph = self._graph
        return self._built(
            self._values,
            "spread",
            lambda: ValueKernel(graph, [*self._slopes, graph.constant(1.0), self._response], self._n),
        )

    def _built(self, kernels: dict[str, K], name: str, build: Callable[[], K]) -> K:
        """The kernel of this name, built by one thread, since building adds nodes to the graph."""
        with self._lock:
            if name not in kernels:
                kernels[name] = build()
            return kernels[name]

    def _build_loss(self) -> SumKernel:
        graph, r = self._graph, self._residual
        terms = [graph.integer_power(r, 2), *(_product(graph, r, slope) for slope in self._slopes)]
        return SumKernel(graph, terms, [self._scale, *[2.0 * self._scale] * self._n], self._n)

    def _build_hessian(self) -> SumKernel:
        graph, r = self._graph, self._residual
        curvatures = [entry for row in hessian(graph, self._model, self._n) for entry in row]
        pairs = zip(self._products, curvatures, strict=True)
        return self._build_second(
            [_sum(graph, product, _product(graph, r, entry)) for product, entry in pairs]
        )

    def _build_second(self, terms: Sequence[int]) -> SumKernel:
        return SumKernel(self._graph, terms, [2.0 * self._scale] * len(terms), self._n)

    @cached_property
    def _slopes(self) -> list[int]:
        return gradient(self._graph, self._model, self._n)

    @cached_property
    def _products(self) -> list[int]:
        slopes = self._slopes
        return [_product(self._graph, a, b) for i, a in enumerate(slopes) for b in slopes[: i + 1]]


def linear_columns(model: Parsed) -> list[int] | None:
    """The nodes of d(model)/d(variable), one a variable; None where the model is not linear in its variables.

    Example:
        >>> from thalweg.expression.parse import parse
        >>> line = parse("b0 + b1*log(x)", variables=["b0", "b1"], columns=["x"])
        >>> linear_columns(line) is None, linear_columns(parse("b0^2*x", columns=["x"])) is None
        (False, True)
    """
    graph = model.graph
    slopes = gradient(graph, model.root, len(model.variables))
    depends = any(graph.nodes[node][0] == "variable" for node in graph.reachable(slopes))
    return None if depends else slopes


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
