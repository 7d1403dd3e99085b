"""The step that is exact on a quadratic, from the curvature along the direction (Nocedal & Wright, equation 3.55).

On f = x.H x / 2 - b.x the minimiser along d is alpha = -g.d / d.H d.  On any other function that is the minimiser of
the model along d, and only the first trial: Armijo's condition decides, and backtracking goes on from there.  Where
the line does not curve upwards the model has no minimiser, and the search begins at `initial`.
"""

from __future__ import annotations

from thalweg.descent.block import CURVATURE, Array
from thalweg.descent.part import Products
from thalweg.descent.steps.backtracking import INITIAL, REJECTIONS, Backtracking
from thalweg.descent.vocabulary import pick


def first(
    k: float,
    phi: float,
    slope: float,
    last_alpha: float,
    last_phi: float,
    last_slope: float,
    products: Products,
    p: Array,
    s: Array,
) -> float:
    """The minimiser of the quadratic model along the direction."""
    _, _, _, _, _, dHd = products
    s[REJECTIONS] = 0.0
    alpha = p[INITIAL]
    if dHd > 0.0:
        minimiser = -slope / dHd
        alpha = pick(minimiser - minimiser == 0.0, minimiser, alpha)
    return alpha


class QuadraticStep(Backtracking):
    """The step that is exact on quadratics; elsewhere it is where backtracking begins.

    It takes a product of the Hessian with d in every iteration.

    Args:
        initial: First trial where the line does not curve upwards; the rest as in `Backtracking`.

    Example:
        >>> QuadraticStep().values["c1"]
        0.0001
    """

    name = "exact for quadratics"
    table = Backtracking.table[:-1]  # it has a first trial of its own
    first = staticmethod(first)
    asks = CURVATURE
