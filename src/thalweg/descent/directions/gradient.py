"""The direction of steepest descent, d = -g (Cauchy 1847; Nocedal & Wright, section 2.2)."""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.part import Direction


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write d = -g."""
    for i in range(n):
        d[i] = -g[i]


class SteepestDescent(Direction):
    """The negative gradient.

    Example:
        >>> SteepestDescent()
        SteepestDescent()
    """

    name = "steepest descent"
    fill = staticmethod(fill)
