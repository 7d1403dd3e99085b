"""The Gauss-Newton direction: the step that would be right if the residuals were linear (Nocedal & Wright, 10.3).

It minimises |J d + r| by the triangular factor of J, never by J^T J, whose condition is the square of that of J.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.part import Direction
from thalweg.descent.reduced import FACTOR, told_numbers
from thalweg.descent.trust_region.triangle import lengths, solve
from thalweg.descent.vocabulary import dot, tail


def gauss_newton(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Solve R d = -z; where slopes depend on one another, the last of them stay at 0."""
    T = tail(memory, FACTOR)
    D, fixed, W = (
        tail(T, (n + 1) * (n + 1)),
        tail(T, (n + 1) * (n + 1) + n),
        tail(T, (n + 1) * (n + 1) + 2 * n),
    )
    lengths(n, T, D)
    solve(n, T, D, fixed, 0.0, W, d)
    if not dot(n, d, g) < 0.0:  # rounding decides: there is nothing left to gain
        for j in range(n):
            d[j] = -g[j]


class GaussNewton(Direction):
    """The step to the minimiser of the linearised residuals.

    Example:
        >>> import thalweg as tw
        >>> f = tw.LeastSquares("a*exp(b*t)", {"t": [0, 1, 2], "y": [2, 1, 0.5]})
        >>> tw.descend(f, [1, -1], "gauss-newton").x.round(6)
        array([ 2.      , -0.693147])
    """

    name = "gauss-newton"
    fill = staticmethod(gauss_newton)
    residuals = True
    unbounded = "it sees the residuals' factor of all variables; levenberg-marquardt goes within bounds"

    def memory(self, n: int) -> int:
        """F and T, the lengths of J's columns, no fixed variables, and room to solve."""
        return told_numbers(n) + 2 * n + (n + 1) * (n + 1)
