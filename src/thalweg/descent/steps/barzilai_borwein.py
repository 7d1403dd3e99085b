"""The step lengths of Barzilai and Borwein (1988), along -g.

With s the last step and y the change of the gradient over it, B = I / alpha meets the secant equation B s = y best for

    long     alpha = s.s / s.y
    short    alpha = s.y / y.y

and `alternate` takes the long one at even k, the short one at odd k (Dai & Fletcher 2005).  Where s.y <= 0 the step is
1/|g|, not below 1 and not above 1e5, as in Raydan's global method (1997), whose nonmonotone search this is: the values
may rise, and only their maximum over a window, or their average, must fall (`nonmonotone.py`).  The short one is the
default because that search leaves it alone more often.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products
from thalweg.descent.steps.backtracking import INITIAL, REJECTIONS
from thalweg.descent.steps.nonmonotone import FIRST, Nonmonotone, judge, refer
from thalweg.descent.vocabulary import pick, sqrt

# in place of the nonmonotone search's choice of a first trial
FORMULA = FIRST

# values of FORMULA
SHORT = 1.0
ALTERNATE = 2.0

# memory after that of the nonmonotone search
TURN = 31

LEAST = 1e-10
MOST = 1e10
LONGEST_BLIND = 1e5  # where there is no curvature to go by


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
    """The Barzilai-Borwein step."""
    _dd, gg, ss, sy, yy = products
    refer(k, phi, p, s)
    s[REJECTIONS] = 0.0
    norm = sqrt(gg)
    if k == 0.0:
        s[TURN] = 0.0
        return pick(norm > 1.0, p[INITIAL] / norm, p[INITIAL])
    s[TURN] = 1.0 - s[TURN]
    if not sy > 0.0:
        blind = pick(norm < 1.0, 1.0 / norm, 1.0)
        return pick(blind < LONGEST_BLIND, blind, LONGEST_BLIND)
    alpha = ss / sy
    if p[FORMULA] == SHORT or (p[FORMULA] == ALTERNATE and s[TURN] == 1.0):
        alpha = sy / yy
    alpha = pick(alpha >= LEAST, alpha, LEAST)  # NaN goes there too
    return pick(alpha <= MOST, alpha, MOST)


class BarzilaiBorwein(Nonmonotone):
    """The step lengths of Barzilai and Borwein with a nonmonotone search.

    Args:
        formula: ``"long"``, ``"short"`` or ``"alternate"``.
        initial: First trial of the first search, for a gradient of length 1 or less.

    The others are those of `Nonmonotone`.

    Example:
        >>> BarzilaiBorwein(formula="long").values["window"]
        10
    """

    name = "barzilai-borwein"
    table = (
        *Nonmonotone.table[:-1],
        Parameter("formula", "", "short", 0, 2, "choice", "which of the two step lengths",
                  choices=("long", "short", "alternate")),
    )  # fmt: skip
    first = staticmethod(first)
    bends = True
    judge = staticmethod(judge)
    along_gradient = "its length is an inverse curvature, in units of the gradient"
