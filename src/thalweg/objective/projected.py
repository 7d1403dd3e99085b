"""Variable projection: a least-squares objective with the parameters solved out in which its model is linear.

Where the model is f0(b) + sum of a_i phi_i(b), the best a for given b is a linear problem, and what is left is a
function of b alone (Golub & Pereyra 1973, "The differentiation of pseudo-inverses and nonlinear least squares problems
whose variables separate"). Its residuals are those across the span of phi. With the columns of the slopes in the order
[J_a J_b r] their triangular factor has a block of rows below those of a, which is the factor of Kaufman's approximation
to its slopes (Kaufman 1975): what Gauss-Newton on all parameters does, once a is the best for every b.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thalweg.expression.derivative import gradient
from thalweg.expression.parsed import Parsed
from thalweg.objective.protocol import Vector

DEPENDENT = 1e-13
"""Pivots beside the length of their column below which a linear parameter is left at 0."""


def linear_parameters(parsed: Parsed) -> tuple[int, ...]:
    """Places of parameters in which a formula is linear together: no slope with respect to one depends on any of them.

    Example:
        >>> from thalweg.expression.parse import parse
        >>> linear_parameters(parse("b1*exp(-b2*x) + b3*x*b4", columns=["x"]))
        (0, 2)
        >>> linear_parameters(parse("where(x < k, a, b)", columns=["x"]))  # k is at place 0
        (1, 2)
    """
    graph, n = parsed.graph, len(parsed.variables)
    slopes = gradient(graph, parsed.root, n)
    uses = [
        {graph.nodes[i][1] for i in graph.reachable([slope]) if graph.nodes[i][0] == "variable"}
        for slope in slopes
    ]
    for place, slope in enumerate(slopes):
        if graph.nodes[slope] == (
            "constant",
            0.0,
        ):  # the k of where(x < k, a, b), which no linear problem finds
            uses[place].add(place)
    return linear_together(uses)


def linear_together(uses: Sequence[set[int]]) -> tuple[int, ...]:
    """Places of parameters none of whose slopes depends on any of them; `uses` says on which each slope depends."""
    chosen: list[int] = []
    for place in range(len(uses)):
        together = {*chosen, place}
        if all(not uses[each] & together for each in together):
            chosen.append(place)
    return tuple(chosen)


class Projected:
    """An objective of the parameters that are left when those in which its model is linear are solved out.

    Args:
        objective: Has `reduced` and `linear_factor`; its loss must not be robust.
        linear: Places of the parameters that are solved out.

    Example:
        >>> from thalweg.objective.least_squares import LeastSquares
        >>> data = {"t": [0, 1, 2, 3], "y": [2.0, 1.0, 0.5, 0.25]}
        >>> f = Projected(LeastSquares("a*exp(b*t)", data, loss="half"), [0])
        >>> f.variables, f.complete(np.array([-0.5])).round(3)
        (('b',), array([ 1.833, -0.5  ]))
    """

    gradient_is_free = True
    native = None
    native_reduced = None

    def __init__(
        self, objective: Any, linear: Sequence[int], fixed: Mapping[int, float] | None = None
    ) -> None:
        self.objective = objective
        self._fixed = dict(fixed or {})
        self.linear = [i for i in linear if i not in self._fixed]
        self.others = [i for i in range(objective.n) if i not in self.linear and i not in self._fixed]
        self.variables = tuple(objective.variables[i] for i in self.others)
        self.n = len(self.others)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.objective.rows

    def complete(self, x: Vector) -> Vector:
        """All parameters (objective.n,): x (n,), and the best of the others for it."""
        whole = self.without(x)
        for _ in range(2):  # the second time takes back what rounding left of the first
            factor = self.objective.linear_factor(whole, self.linear)
            whole[self.linear] += _solved(factor, len(self.linear))
        return whole

    def without(self, x: Vector) -> Vector:
        """All parameters (..., objective.n) where these are x (..., n), and those that are solved out 0."""
        whole = np.zeros((*x.shape[:-1], self.objective.n))
        whole[..., list(self._fixed)] = list(self._fixed.values())
        whole[..., self.others] = x
        return whole

    def reduced(self, x: Vector) -> Vector:
        """What methods on residuals are told; see `LeastSquares.reduced`."""
        triangle = self._ordered(self.complete(x))
        k = len(self.linear)
        block = np.zeros((self.n + 1, self.n + 1))
        rest = triangle[k:, k:]
        block[: len(rest)] = rest
        with np.errstate(all="ignore"):  # infinities are answers
            value = 0.5 * float(block[:, -1] @ block[:, -1])
        return np.concatenate([[value], block.ravel()])

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """Value and gradient (n,) at x (n,)."""
        told = self.reduced(x)
        triangle = told[1:].reshape(self.n + 1, self.n + 1)
        return float(told[0]), triangle[:, :-1].T @ triangle[:, -1]

    def hessian(self, x: Vector) -> None:
        """It is not known."""

    def describe(self) -> str:
        """One line for people."""
        out = ", ".join(self.objective.variables[i] for i in self.linear)
        return f"{self.objective.describe()}, with {out} solved out"

    def _ordered(self, whole: Vector) -> Vector:
        """The factor of [J_a J_b r] at a point."""
        n = self.objective.n
        triangle = self.objective.reduced(whole)[1:].reshape(n + 1, n + 1)
        columns = triangle[:, [*self.linear, *self.others, n]]
        if not np.isfinite(columns).all():
            return np.full((columns.shape[1],) * 2, np.nan)
        return np.asarray(np.linalg.qr(columns, mode="r"))


def _solved(factor: Vector, k: int) -> Vector:
    """The step d (k,) for which |J d + r| is least, from any factor of [J r], with 0 for what depends on others."""
    if not np.isfinite(factor).all():
        return np.full(k, np.nan)
    triangle = np.asarray(np.linalg.qr(factor, mode="r"))
    R, z = triangle[:k, :k], triangle[:k, -1]
    d = np.zeros(k)
    with np.errstate(all="ignore"):  # overflow is an answer
        kept = np.abs(np.diagonal(R)) > DEPENDENT * np.linalg.norm(R, axis=0)[: len(R)]
        kept = np.concatenate([kept, np.zeros(k - len(kept), dtype=bool)])
        if kept.any():
            d[kept] = np.linalg.lstsq(R[:, kept], -z, rcond=None)[0]
    return d
