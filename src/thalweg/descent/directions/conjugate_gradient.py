"""Nonlinear conjugate gradients, d = -g + beta d_old (Nocedal & Wright, section 5.2).

With y = g - g_old the formulas for beta are

    Fletcher-Reeves (1964)     g.g / g_old.g_old
    Polak-Ribiere+             max(g.y / g_old.g_old, 0)
    Hestenes-Stiefel (1952)    g.y / d_old.y
    Hager-Zhang (2005)         (y - 2 d_old |y|^2 / d_old.y).g / d_old.y, not below -1 / (|d_old| min(0.01, |g_old|))

The direction is taken anew along -g where it would not go down well enough: d.g > -0.01 |g|^2.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import CHANGE_OF_ROWS, Direction
from thalweg.descent.vocabulary import dot, sqrt

FLETCHER_REEVES = 0.0
POLAK_RIBIERE = 1.0
HESTENES_STIEFEL = 2.0
HAGER_ZHANG = 3.0
ENOUGH = 0.01  # share of |g|^2 by which a direction must go down
ETA = 0.01  # of Hager and Zhang's lower limit


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -g + beta d, or -g alone."""
    if k == 0.0:
        for i in range(n):
            d[i] = -g[i]
        return
    gg = 0.0
    gy = 0.0
    dy = 0.0
    yy = 0.0
    dg = 0.0
    for i in range(n):
        y = g[i] - g_old[i]
        gg += g[i] * g[i]
        gy += g[i] * y
        dy += d[i] * y
        yy += y * y
        dg += d[i] * g[i]
    old = dot(n, g_old, g_old)
    beta = 0.0
    if p[0] == FLETCHER_REEVES:
        beta = gg / old
    elif p[0] == POLAK_RIBIERE:
        beta = gy / old
        if beta < 0.0:
            beta = 0.0
    elif p[0] == HESTENES_STIEFEL:
        beta = gy / dy
    else:
        beta = (gy - 2.0 * dg * yy / dy) / dy
        norm = sqrt(old)
        least = -1.0 / (sqrt(dot(n, d, d)) * (norm if norm < ETA else ETA))
        if beta < least:
            beta = least
    if not -gg + beta * dg <= -ENOUGH * gg:  # NaN goes here too
        beta = 0.0
    for i in range(n):
        d[i] = beta * d[i] - g[i]


class ConjugateGradient(Direction):
    """Nonlinear conjugate gradients.

    Args:
        beta: ``"fletcher-reeves"``, ``"polak-ribiere+"``, ``"hestenes-stiefel"`` or ``"hager-zhang"``.

    Example:
        >>> ConjugateGradient()
        ConjugateGradient(beta='polak-ribiere+')
    """

    name = "conjugate gradient"
    table = (
        Parameter("beta", "β", "polak-ribiere+", 0, 3, "choice", "formula for beta",
                  choices=("fletcher-reeves", "polak-ribiere+", "hestenes-stiefel", "hager-zhang")),
    )  # fmt: skip
    fill = staticmethod(fill)

    def unbatched(self) -> str:
        """See `Part.unbatched`."""
        return CHANGE_OF_ROWS
