"""A Python function fitted to rows of data: least squares whose model is no formula.

At a point x the function is replaced by its tangent, f + J d, which is a model that a formula can say: its columns are
J, f and the response, its variables d, and what is wanted at x is that at d = 0. So weights, robust losses and the
factor of [J r] come from the same code as those of a formula. Only the Hessian is not known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thalweg.expression.graph import Graph
from thalweg.kernel.rows import Rows, SumPass, ValueKernel
from thalweg.objective.factored_squares import Account
from thalweg.objective.groups import GroupedFunction
from thalweg.objective.least_squares import LeastSquares
from thalweg.objective.model import CODES, Model, ModelError, Weighting, weight_factor
from thalweg.objective.model_function import ModelFunction
from thalweg.objective.projected import linear_together
from thalweg.objective.protocol import Vector
from thalweg.objective.returned import checked_callable
from thalweg.objective.squared_residuals import SquaredResiduals, squared_residuals
from thalweg.rows.reading import table
from thalweg.rows.source import MemorySource, Source
from thalweg.rows.table import Table, no_column, symbols


class FunctionSquares(LeastSquares):
    """The squared residuals of a Python function on rows of data, as a function of its parameters.

    Args:
        model: Called with columns (rows,) and parameters, returns a prediction for each row (rows,); see
            `ModelFunction` for which is which.
        data: As for `LeastSquares`; all rows are held in memory.
        response: The column that is to be predicted, "y" unless it is named.
        jac: Called as `model`, returns its slopes (rows, n).
        named: The other arguments of `LeastSquares`.

    Raises:
        DataError: As `LeastSquares`.
        ModelError: As `LeastSquares`; or the function's arguments do not say what is a column.
        FunctionError: When called: the function does not return a number for each row.

    Example:
        >>> f = FunctionSquares(lambda t, m, b: m * t + b, {"t": [0, 1, 2], "y": [1, 3, 5]})
        >>> f.variables, f.value([2, 0]), f.gradient([2, 0])
        (('m', 'b'), 1.0, array([-2., -2.]))
    """

    gradient_is_free = False

    def __init__(
        self,
        model: Callable[..., Any],
        data: object,
        response: str | None = None,
        *,
        jac: Callable[..., Any] | None = None,
        **named: Any,
    ) -> None:
        self._given = checked_callable("the model", model)
        self._jac = None if jac is None else checked_callable("jac", jac)
        super().__init__(self._given, data, response, **named)  # pyright: ignore[reportArgumentType] - see `_reading`
        if self._data.memory is None:
            raise ModelError(
                f"{self.source} {table(data).have} more rows than memory= has room for, and a Python function "
                "wants them all at once; a formula does not"
            )
        self._predictors = [self.column(name) for name in self.columns]
        places = self.n + 1
        self._last = [self.column(name) for name in self._read.columns[self._read.predictors :]]
        self._rows = Rows([*np.zeros((places, self.rows)), *self._last])
        self._tangent = MemorySource(self.source, [str(j) for j in range(len(self._rows))], self._rows, 0)

    def _reading(
        self,
        model: Any,
        response: str | None,
        source: Table,
        order: tuple[str, ...] | None,
        weighting: Weighting | None,
        weight: str | None,
    ) -> Model:
        spelled = symbols(source.names)
        response = spelled.get(response or "y", response or "y")
        weight = None if weight is None else spelled.get(weight, weight)
        for name in (response, weight):
            if name is not None and name not in source.names:
                raise no_column(name, source.source, source.names)
        taken = [response, *([] if weight is None else [weight])]
        names = [name for name in source.names if name != CODES]
        one = ModelFunction(model, names, taken, order, self._jac)
        called = self._called = one if self.groups is None else GroupedFunction(one, self.groups)
        tangent = _tangent(len(called.parameters), weighting)
        columns = (*called.predictors, *taken)
        return Model(
            called.text,
            tangent.graph,
            tangent.prediction,
            tangent.observed,
            tangent.factor,
            called.parameters,
            columns,
            columns,
            len(called.predictors),
            response,
            weighting,
            weight,
            one.parameters,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        _, (_, data, response, named, source) = super().__reduce__()
        return _restore, (self._given, data, response, {**named, "jac": self._jac}, source)

    @cached_property
    def linear_parameters(self) -> tuple[int, ...]:
        """Places of parameters in which the model is linear together, as far as its slopes at two points show."""
        return linear_together(self._called.linear_uses(self._predictors)) if self.is_separable else ()

    @property
    def is_linear(self) -> bool:
        """Whether the model is linear in its parameters, as far as its slopes at two points show."""
        return len(self.linear_parameters) == self.n

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """Value and gradient (n,) at x (n,); without the gradient, the function is called once."""
        if gradient:
            return super().evaluate(x, value=value)
        if not value:
            return math.nan, None
        self._fill(self._called.values(x, self._predictors), np.zeros((self.rows, self.n)))
        found = float(self._tangent.reduce(np.zeros(self.n), sums=self._kernels.value).sums[0])
        return found / self._divisor + self._scale * self._ridge * float(x @ x), None

    def estimate(self, x: Vector, rows: Rows, times: float) -> Vector:
        """Value and gradient (1+n,) at x (n,) from some of the rows; see `LeastSquares.estimate`."""
        columns = [rows[j] for j in range(len(rows))]
        predictors, last = columns[: self._read.predictors], columns[self._read.predictors :]
        f = self._called.values(x, predictors)
        tangent = Rows([*self._called.slopes(x, predictors, f).T, f, *last])
        there = SumPass(self._kernels.loss, tangent, self._divisor / times)(np.zeros(self.n))
        return self._penalised(x, there)

    def hessian(self, x: ArrayLike) -> Any:
        """It is not known."""

    def account(self, x: Vector) -> Account:
        """See `LeastSquares.account`; the Hessian is not known, since the tangent has no curvature."""
        return super().account(x)._replace(hessian=None)

    def hessian_product(self, x: ArrayLike, v: ArrayLike) -> None:
        """It is not known."""

    def linear_factor(self, x: Vector, linear: Sequence[int]) -> Vector:
        """See `LeastSquares.linear_factor`; the slopes are differences over 1, one call each."""
        f, scale = self._called.values(x, self._predictors), math.sqrt(2.0 * self._scale)
        columns = np.empty((self.rows, 1 + len(linear)))
        for j, place in enumerate(linear):
            moved = x.copy()
            moved[place] += 1.0
            columns[:, j] = self._called.values(moved, self._predictors)
        with np.errstate(all="ignore"):  # infinities are answers
            columns[:, :-1] -= f[:, None]
            columns[:, -1] = f - self._last[0]
            columns *= scale if self._roots is None else scale * self._roots[:, None]
        if not np.isfinite(columns).all():
            return np.full((1 + len(linear), 1 + len(linear)), np.nan)
        return np.asarray(np.linalg.qr(columns, mode="r"))

    def linear_factors(self, points: Vector, linear: Sequence[int]) -> Vector:
        """See `LeastSquares.linear_factors`."""
        return np.array([self.linear_factor(x, linear) for x in points])

    @cached_property
    def _roots(self) -> Vector | None:
        return self.weight_roots

    def predict(self, x: ArrayLike, columns: object = None) -> Vector:
        """The model's value (rows,) at x (n,) for every row, of these data or of others; see `LeastSquares`."""
        return self._called.values(self._point(x), self._columns_of(columns))

    def jacobian(self, x: ArrayLike, columns: object = None) -> Vector:
        """Derivatives of the prediction (rows, n) at x (n,); see `LeastSquares`."""
        x, of = self._point(x), self._columns_of(columns)
        return self._called.slopes(x, of, self._called.values(x, of))

    def _columns_of(self, data: object) -> Sequence[Vector]:
        return self._predictors if data is None else super()._columns_of(data)

    @property
    def takes_one_pass(self) -> bool:
        """Never: whether the model is linear is not certain."""
        return False

    @property
    def linear_slopes(self) -> None:
        """No formula says them."""

    def _build_kernels(self) -> SquaredResiduals:
        return squared_residuals(
            _tangent(self.n, self._read.weighting), self.loss, self._robust, self._f_scale
        )

    @property
    def _loss(self) -> None:
        """No machine code calls the function; so for `_reduced_pass`, and what is made of both."""

    @cached_property
    def _reduced_pass(self) -> None:
        pass

    def _at(self, x: Vector) -> tuple[Source, Vector]:
        f = self._called.values(x, self._predictors)
        self._fill(f, self._called.slopes(x, self._predictors, f))
        return self._tangent, np.zeros(self.n)

    def _some_at(self, x: Vector, rows: Rows) -> tuple[Rows, Vector]:
        columns = [rows[j] for j in range(len(rows))]
        predictors, last = columns[: len(self._predictors)], columns[len(self._predictors) :]
        f = self._called.values(x, predictors)
        return Rows([*self._called.slopes(x, predictors, f).T, f, *last]), np.zeros(self.n)

    def _constants(self, kernel: ValueKernel) -> Vector:
        return kernel(np.zeros(self.n), self._rows)[0]

    def _values(self, kernel: ValueKernel, x: Vector, columns: object = None) -> Vector:
        self._at(x)
        return kernel(np.zeros(self.n), self._rows)

    def _fill(self, f: Vector, J: Vector) -> None:
        """Make the rows those of the tangent."""
        self._rows.clear()
        self._rows.append([*J.T, f, *self._last])
        self._rows.seal()


@lru_cache(maxsize=64)
def _tangent(n: int, weighting: Weighting | None) -> Model:
    """The model f + J d: n columns of J, then f, the response, and the weighting's."""
    graph = Graph()
    prediction = graph.column(n)
    for j in range(n):
        prediction = graph.add(prediction, graph.multiply(graph.column(j), graph.variable(j)))
    factor = None if weighting is None else weight_factor(graph, graph.column(n + 2), weighting)
    names = tuple(f"c{j}" for j in range(n + (2 if weighting is None else 3)))
    variables = tuple(f"d{j}" for j in range(n))
    return Model(
        "", graph, prediction, graph.column(n + 1), factor, variables, names, names, n + 1, names[n + 1]
    )


def _restore(
    model: Callable[..., Any], data: object, response: str | None, named: dict[str, Any], source: str
) -> FunctionSquares:
    restored = FunctionSquares(model, data, response, **named)
    restored._source = source  # pyright: ignore[reportPrivateUsage]
    return restored
