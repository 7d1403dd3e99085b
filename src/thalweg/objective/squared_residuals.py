"""From a model to the machine code that a least-squares objective needs, each piece built on first use.

With residuals r = v (model - observed), v the root of a weight, and slopes J_i = dr/dx_i, the sums over the rows are,
up to the loss's scale,

    value          r^2
    gradient       r J_i
    Gauss-Newton   J_i J_j
    Hessian        J_i J_j + r d^2r/dx_i dx_j

Under a robust loss r^2 becomes C^2 rho(r^2/C^2), and the products get the factors rho' and rho' + 2 z rho''
(`robust.py`).
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
from thalweg.objective.model import Model, model_of
from thalweg.objective.robust import LEAST_SHARE, Rho, Robust, rho

HESSIAN_SIZE = 16
"""Parameters up to which the Hessian is summed with other things, whether or not it is wanted."""

Loss = Literal["mean", "sum", "half"]
K = TypeVar("K")


class SquaredResiduals:
    """The kernels of one model; safe to use from several threads.

    Args:
        model: The model.
        loss: ``"half"`` halves every sum; the mean is a matter of the divisor, not of the code.
        robust: What is summed of each residual, "linear" for its square.
        f_scale: The residual from which on a robust loss takes hold.
    """

    def __init__(self, model: Model, loss: Loss, robust: Robust = "linear", f_scale: float = 1.0) -> None:
        self._graph = graph = model.graph
        self._formula = model.parsed
        self._model = model.prediction
        self._observed = model.observed
        difference = graph.subtract(model.prediction, model.observed)
        self._factor = model.factor
        self._residual = difference if model.factor is None else graph.multiply(difference, model.factor)
        self._robust: Robust = robust
        self._f_scale = f_scale
        self._n = len(model.variables)
        self.scale = 0.5 if loss == "half" else 1.0
        """By which sums are multiplied."""
        self._lock = threading.RLock()
        self._sums: dict[str, SumKernel] = {}
        self._values: dict[str, ValueKernel] = {}

    @property
    def loss(self) -> SumKernel:
        """Value, then gradient."""
        return self._built(self._sums, "loss", self._build_loss)

    @property
    def value(self) -> SumKernel:
        """Value alone."""
        return self._built(
            self._sums, "value", lambda: SumKernel(self._graph, [self._value], [self.scale], self._n)
        )

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
        """The slopes of the model's value."""
        return self._built(
            self._values,
            "jacobian",
            lambda: ValueKernel(self._graph, gradient(self._graph, self._model, self._n), self._n),
        )

    @property
    def observed(self) -> ValueKernel:
        """What is predicted."""
        return self._built(
            self._values, "observed", lambda: ValueKernel(self._graph, [self._observed], self._n)
        )

    @property
    def weight_root(self) -> ValueKernel:
        """By which the difference of prediction and response is multiplied."""
        graph, v = self._graph, self._factor
        term = graph.constant(1.0) if v is None else v
        return self._built(self._values, "weight_root", lambda: ValueKernel(graph, [term], self._n))

    @property
    def residual(self) -> ValueKernel:
        """The weighted residual, and what the loss makes of it."""
        return self._built(
            self._values, "residual", lambda: ValueKernel(self._graph, [self._residual], self._n)
        )

    @property
    def augmented(self) -> ValueKernel:
        """The slopes of the weighted residual, then itself; both scaled as a robust loss wants."""
        return self._built(self._values, "augmented", self._build_augmented)

    @property
    def account_sums(self) -> SumKernel:
        """Value, number of rows that weigh, sum of the logarithms of their weights; then three sums of a robust loss:
        of r^2, of psi^2 with psi = rho' r, and of the curvature of the rows that weigh; the Hessian, where it is small.
        """
        return self._built(self._sums, "account", self._build_account_sums)

    @property
    def account_columns(self) -> ValueKernel:
        """The columns of `augmented`; then, with what residuals are multiplied by, 1 as these are scaled, 1, and y."""
        return self._built(self._values, "account", self._build_account_columns)

    @cached_property
    def linear_slopes(self) -> list[int] | None:
        """The nodes of the model's slopes, where it is linear in its variables; see `linear_columns`."""
        with self._lock:
            return linear_columns(self._formula)

    def _built(self, kernels: dict[str, K], name: str, build: Callable[[], K]) -> K:
        """The kernel of this name, built by one thread, since building adds nodes to the graph."""
        with self._lock:
            if name not in kernels:
                kernels[name] = build()
            return kernels[name]

    def _build_loss(self) -> SumKernel:
        graph, r = self._graph, self._residual
        pull = r if self._rho is None else graph.multiply(self._rho.slope, r)
        terms = [self._value, *(_product(graph, pull, slope) for slope in self._slopes)]
        return SumKernel(graph, terms, [self.scale, *[2.0 * self.scale] * self._n], self._n)

    def _build_hessian(self) -> SumKernel:
        return self._build_second(self._hessian_terms())

    def _hessian_terms(self) -> list[int]:
        graph, r = self._graph, self._residual
        curvatures = [entry for row in hessian(graph, r, self._n) for entry in row]
        pull, products = r, self._products
        if self._rho is not None:
            pull = graph.multiply(self._rho.slope, r)
            pairs = [(a, b) for i, a in enumerate(self._slopes) for b in self._slopes[: i + 1]]
            products = [_product(graph, self._rho.curvature, _product(graph, a, b)) for a, b in pairs]
        return [
            _sum(graph, product, _product(graph, pull, entry))
            for product, entry in zip(products, curvatures, strict=True)
        ]

    def _build_account_sums(self) -> SumKernel:
        graph, v, one = self._graph, self._factor, self._graph.constant(1.0)
        counted, logarithm = one, graph.constant(0.0)
        if v is not None:
            weighs = graph.truth("greater", v, graph.constant(0.0))
            counted = graph.call("where", weighs, one, graph.constant(0.0))
            logarithm = graph.call("log", graph.call("where", weighs, v, one))
        robust: list[int] = []
        if self._rho is not None and self._curvature is not None:
            psi = graph.multiply(self._rho.slope, self._residual)
            squares = [graph.integer_power(each, 2) for each in (self._residual, psi)]
            robust = [*squares, _product(graph, self._curvature, counted)]
        second = self._hessian_terms() if self._n <= HESSIAN_SIZE else []
        scales = [self.scale, 1.0, 2.0, *[1.0] * len(robust), *[2.0 * self.scale] * len(second)]
        return SumKernel(graph, [self._value, counted, logarithm, *robust, *second], scales, self._n)

    def _build_account_columns(self) -> ValueKernel:
        graph, v = self._graph, self._factor
        one = graph.constant(1.0) if v is None else v
        scaled = one if self._root is None else _product(graph, self._root, one)
        observed = self._observed if v is None else graph.multiply(self._observed, v)
        columns = [*self._scaled_slopes, self._scaled_residual, scaled, one, observed]
        return ValueKernel(graph, columns, self._n)

    def _build_second(self, terms: Sequence[int]) -> SumKernel:
        return SumKernel(self._graph, terms, [2.0 * self.scale] * len(terms), self._n)

    def _build_augmented(self) -> ValueKernel:
        return ValueKernel(self._graph, [*self._scaled_slopes, self._scaled_residual], self._n)

    @cached_property
    def _rho(self) -> Rho | None:
        if self._robust == "linear":
            return None
        return rho(self._graph, self._robust, self._residual, self._f_scale)

    @cached_property
    def _value(self) -> int:
        return self._graph.integer_power(self._residual, 2) if self._rho is None else self._rho.value

    @cached_property
    def _slopes(self) -> list[int]:
        return gradient(self._graph, self._residual, self._n)

    @cached_property
    def _curvature(self) -> int | None:
        """The curvature that Gauss-Newton takes for a robust loss."""
        if self._rho is None:
            return None
        least = self._graph.multiply(self._graph.constant(LEAST_SHARE), self._rho.slope)
        return self._graph.call("max", self._rho.curvature, least)

    @cached_property
    def _root(self) -> int | None:
        return None if self._curvature is None else self._graph.call("sqrt", self._curvature)

    @cached_property
    def _scaled_slopes(self) -> list[int]:
        if self._root is None:
            return self._slopes
        return [_product(self._graph, self._root, slope) for slope in self._slopes]

    @cached_property
    def _scaled_residual(self) -> int:
        if self._root is None or self._rho is None:
            return self._residual
        pull = self._graph.multiply(self._rho.slope, self._residual)
        return self._graph.divide(pull, self._root)

    @cached_property
    def _products(self) -> list[int]:
        slopes = self._scaled_slopes
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


@lru_cache(maxsize=64)
def squared_residuals(
    model: Model | Parsed, loss: Loss, robust: Robust = "linear", f_scale: float = 1.0
) -> SquaredResiduals:
    """The kernels of a model: those made before, where it is among the last few, as when a fit is opened again.

    A formula alone is a model whose last column is the response (and does not stand in it).
    """
    read = model_of(model) if isinstance(model, Parsed) else model
    return SquaredResiduals(read, loss, robust, f_scale)


def _product(graph: Graph, a: int, b: int) -> int:
    """A b, where zero makes zero and a square is one."""
    zero = graph.constant(0.0)
    if zero in (a, b):
        return zero
    return graph.integer_power(a, 2) if a == b else graph.multiply(a, b)


def _sum(graph: Graph, a: int, b: int) -> int:
    zero = graph.constant(0.0)
    return a if b == zero else b if a == zero else graph.add(a, b)
