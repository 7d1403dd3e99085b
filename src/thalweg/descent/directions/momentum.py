"""Momentum: the step carries on, the gradient only bends it (Polyak 1964).

With step length alpha the iteration is v <- beta v - g(x), x <- x + alpha v.  For a constant alpha that is
x - alpha g + beta (x - x_old); on a quadratic with largest curvature L it is stable if and only if
alpha < 2 (1 + beta) / L.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction

BETA = 0


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write v = beta v - g; at the start v is -g."""
    if k == 0.0:
        for i in range(n):
            d[i] = -g[i]
    else:
        for i in range(n):
            d[i] = p[BETA] * d[i] - g[i]


class HeavyBall(Direction):
    """Polyak's heavy ball.

    Args:
        beta: Momentum: how much of the last direction is kept.

    Example:
        >>> HeavyBall(beta=0.5)
        HeavyBall(beta=0.5)
    """

    name = "heavy ball"
    table = (
        Parameter("beta", "β", 0.9, 0.0, 1.0, "linear", "momentum: share of the last direction that is kept"),
    )
    fill = staticmethod(fill)
