"""Backtracking that lets f rise now and then: Armijo's condition below a reference R_k in place of f_k.

    phi(alpha) <= R_k + c1 alpha s

    window     R_k = max of the last M values of f        Grippo, Lampariello & Lucidi (1986)
    average    R_k = C_k, Q_{k+1} = eta Q_k + 1, C_{k+1} = (eta Q_k C_k + f_{k+1}) / Q_{k+1}     Zhang & Hager (2004)

The maximum over a window never rises, so f stays below its value at the start; neither does C_k, which lies between f_k
and the mean of all values so far.  Directions that do well without falling at every step, above all Barzilai and
Borwein's (`barzilai_borwein.py`), are left alone by it.  A rejected trial shrinks to a tenth at most: a long jump
to the line's minimiser would make a step of steepest descent of it.
"""

from __future__ import annotations

from dataclasses import replace

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products
from thalweg.descent.steps.backtracking import INITIAL, REJECTIONS, Backtracking, judge_below
from thalweg.descent.steps.first_trial import first_trial

# parameters after backtracking's own, but for its last
KIND = 7
WINDOW = 8
ETA = 9
FIRST = 10

AVERAGE = 1.0  # value of KIND
LARGEST_WINDOW = 20

# memory after that of one search
REFERENCE = 3
WEIGHT = 4  # Q
COUNT = 5
VALUES = 6


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
    """Bring the reference up to date, and begin as backtracking does."""
    refer(k, phi, p, s)
    s[REJECTIONS] = 0.0
    return first_trial(p[FIRST], p[INITIAL], k, phi, slope, last_alpha, last_phi, last_slope, products)


def refer(k: float, phi: float, p: Array, s: Array) -> None:
    """R_k from the values up to f_k = phi; at k = 0 it is phi itself."""
    if k == 0.0:
        s[WEIGHT] = 0.0
        s[COUNT] = 0.0
    if p[KIND] == AVERAGE:
        before = p[ETA] * s[WEIGHT]
        s[WEIGHT] = before + 1.0
        if k == 0.0:
            s[REFERENCE] = phi
        else:
            s[REFERENCE] = (before * s[REFERENCE] + phi) / s[WEIGHT]
        return
    place = s[COUNT]
    while place >= p[WINDOW]:
        place -= p[WINDOW]
    s[VALUES + int(place)] = phi
    s[COUNT] += 1.0
    known = s[COUNT]
    if known > p[WINDOW]:
        known = p[WINDOW]
    s[REFERENCE] = phi
    for j in range(int(known)):
        if s[VALUES + j] > s[REFERENCE]:
            s[REFERENCE] = s[VALUES + j]


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """Armijo's condition below the reference."""
    return judge_below(s[REFERENCE], alpha, phi, slope, phi_0, slope_0, p, s)


class Nonmonotone(Backtracking):
    """Backtracking below the largest of the last values, or below their running average.

    Args:
        reference: ``"window"`` or ``"average"``.
        window: M, how many values the largest is taken of.
        eta: Weight of the past in the average; 0 is the monotone search.

    The others are those of `Backtracking`.

    Example:
        >>> Nonmonotone(window=5).values["reference"]
        'window'
    """

    name = "nonmonotone backtracking"
    table = (
        *(replace(row, default=0.1) if row.name == "first_shrink_min" else row for row in Backtracking.table[:-1]),
        Parameter("reference", "R", "window", 0, 1, "choice", "what a trial must lie below",
                  choices=("window", "average")),
        Parameter("window", "M", 10, 1, LARGEST_WINDOW, "integer", "values of which the largest is taken"),
        Parameter("eta", "η", 0.85, 0.0, 1.0, "linear", "weight of the past in the average"),
        Backtracking.table[-1],
    )  # fmt: skip
    first = staticmethod(first)
    judge = staticmethod(judge)
