"""A step that meets the strong Wolfe conditions (Nocedal & Wright, algorithms 3.5 and 3.6).

    phi(alpha) <= phi(0) + c1 alpha s        sufficient decrease
    |phi'(alpha)| <= c2 |s|                  curvature

The search first grows the trial until it has bracketed such a step, then zooms in by safeguarded cubic interpolation.
Where rounding hides the decrease, the slopes alone decide (Hager & Zhang 2005, the approximate Wolfe conditions).  How
large rounding is shows on the way: nearer to the start, f rises by less, unless what rises is noise.  The best trial is
kept: where the zoom cannot go on, a step that meets the first condition is taken all the same.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import (
    BEYOND,
    DECREASE_WITHIN_ROUNDING,
    NOT_FINITE,
    OUT_OF_TRIALS,
    SLOPE_WANTED,
    SUFFICIENT_DECREASE,
    TOO_FLAT,
    TOO_HIGH,
    WOLFE,
)
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products, StepRule
from thalweg.descent.steps.first_trial import INITIAL as INITIAL_LENGTH
from thalweg.descent.steps.first_trial import choice, first_trial
from thalweg.descent.stopping import FAINT, ROUNDING
from thalweg.descent.vocabulary import sqrt

# parameters
C1 = 0
C2 = 1
INITIAL = 2
GROWTH = 3
MAX_TRIALS = 4
FIRST = 5

# state of one search; `lo` is the best trial so far, `hi` the other end of the bracket, NaN where there is none
TRIALS = 0
LO = 1
PHI_LO = 2
SLOPE_LO = 3
HI = 4
PHI_HI = 5
SLOPE_HI = 6  # NaN where it is not known
TAKE_LO = 7  # 1: lo is tried again, to be taken
RISEN_AT = 8  # the last trial above phi(0), 0 where there is none
RISE = 9  # and how far above it was
NOISE = 10  # the largest rise that was noise; kept from search to search

NAN = float("nan")
MARGIN = 0.1  # an interpolated trial keeps this share of the bracket from its ends
HIDDEN = 0.1  # share of a search that a trial costs whose value rounding hides: slopes have noise as well
NARROW = 1e-14  # a bracket this small beside its ends can hold no better step


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
    """The first trial, by the rule chosen, and no bracket."""
    s[TRIALS] = 0.0
    s[LO] = 0.0
    s[PHI_LO] = phi
    s[SLOPE_LO] = slope
    s[HI] = NAN
    s[TAKE_LO] = 0.0
    s[RISEN_AT] = 0.0
    if k == 0.0:
        s[NOISE] = 0.0
    return first_trial(p[FIRST], p[INITIAL], k, phi, slope, last_alpha, last_phi, last_slope, products)


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """Bracket, then zoom."""
    if s[TAKE_LO] == 1.0:
        return SUFFICIENT_DECREASE, alpha
    visible = rounding(alpha, phi - phi_0, abs(phi_0), s)
    # no higher than the best trial so far, as far as rounding tells
    low = phi <= phi_0 + p[C1] * alpha * slope_0 and phi <= s[PHI_LO] + ROUNDING * abs(s[PHI_LO])
    hidden = phi <= phi_0 + visible and phi >= phi_0 - visible
    if (low or hidden) and slope != slope:
        return SLOPE_WANTED, alpha
    if low and not hidden and abs(slope) <= -p[C2] * slope_0:
        return WOLFE, alpha
    low = low and phi < s[PHI_LO]
    if hidden and slope <= (2.0 * p[C1] - 1.0) * slope_0 and slope >= p[C2] * slope_0:
        return DECREASE_WITHIN_ROUNDING, alpha
    s[TRIALS] += 1.0
    judgement = TOO_HIGH
    if phi - phi != 0.0:
        judgement = NOT_FINITE
    elif hidden:
        low = slope < 0.0  # as far as slopes tell
        s[TRIALS] += HIDDEN * p[MAX_TRIALS]
    bracketed = s[HI] == s[HI]
    if low:
        judgement = TOO_FLAT
        if slope > 0.0:
            judgement = BEYOND
        # the bracket lies on the side to which the slope of the new lo falls
        turned = slope > 0.0
        if bracketed:
            turned = slope * (s[HI] - s[LO]) >= 0.0
        if turned:
            s[HI] = s[LO]
            s[PHI_HI] = s[PHI_LO]
            s[SLOPE_HI] = s[SLOPE_LO]
        s[LO] = alpha
        s[PHI_LO] = phi
        s[SLOPE_LO] = slope
    else:
        s[HI] = alpha
        s[PHI_HI] = phi
        s[SLOPE_HI] = slope
    following = p[GROWTH] * alpha
    if s[HI] == s[HI]:
        following = between(s[LO], s[PHI_LO], s[SLOPE_LO], s[HI], s[PHI_HI], s[SLOPE_HI], visible)
        if abs(s[HI] - s[LO]) <= NARROW * (s[HI] + s[LO]):
            s[TRIALS] = p[MAX_TRIALS]
    if s[TRIALS] >= p[MAX_TRIALS]:
        if s[LO] == 0.0:
            return OUT_OF_TRIALS, alpha
        s[TAKE_LO] = 1.0
        return judgement, s[LO]
    return judgement, following


def rounding(alpha: float, rise: float, size: float, s: Array) -> float:
    """How far values of f may be apart by rounding alone, as far as this run has seen.

    A convex phi that falls at first rises at alpha / 2 by less than half of what it rises at alpha.
    """
    if rise > 0.0 and rise <= FAINT * size:
        if alpha <= 0.5 * s[RISEN_AT] and rise >= 0.5 * s[RISE] and rise > s[NOISE]:
            s[NOISE] = rise
        s[RISEN_AT] = alpha
        s[RISE] = rise
    visible = ROUNDING * size
    if s[NOISE] > visible:
        visible = s[NOISE]
        if visible > FAINT * size:
            visible = FAINT * size
    return visible


def between(
    lo: float, phi_lo: float, slope_lo: float, hi: float, phi_hi: float, slope_hi: float, visible: float
) -> float:
    """A trial inside the bracket: the cubic's minimiser, else the parabola's, else the middle.

    Where rounding hides the difference of the values, the secant of the slopes.
    """
    width = hi - lo
    following = NAN
    if abs(phi_hi - phi_lo) <= visible and slope_hi == slope_hi:
        following = lo - slope_lo * width / (slope_hi - slope_lo)
    elif phi_hi - phi_hi == 0.0:
        if slope_hi == slope_hi:
            # through both values and slopes (Nocedal & Wright, equation 3.59)
            theta = slope_lo + slope_hi - 3.0 * (phi_lo - phi_hi) / (lo - hi)
            square = theta * theta - slope_lo * slope_hi
            if square >= 0.0:
                root = sqrt(square)
                if width < 0.0:
                    root = -root
                following = hi - width * (slope_hi + root - theta) / (slope_hi - slope_lo + 2.0 * root)
        else:
            following = lo - slope_lo * width * width / (2.0 * (phi_hi - phi_lo - slope_lo * width))
    near = lo + MARGIN * width
    far = hi - MARGIN * width
    if width < 0.0:
        near = hi - MARGIN * width
        far = lo + MARGIN * width
    if not following >= near:
        if not following < near:
            following = lo + 0.5 * width  # NaN
        else:
            following = near
    if following > far:
        following = far
    return following


class StrongWolfe(StepRule):
    """A step that meets the strong Wolfe conditions.

    Args:
        c1: Sufficient decrease.
        c2: Curvature: share of the first slope that may be left.
        initial: First trial of every search, or of the first one alone where `first_trial` says so.
        growth: Factor of the trials until the step is bracketed.
        max_trials: Trials of one search before the best of them is taken, or the search given up.
        first_trial: ``"initial"``, ``"previous"``, ``"slope ratio"``, ``"quadratic"`` or ``"unit"``, as
            `first_trial.py` has them.

    Example:
        >>> StrongWolfe(c2=0.1).values["c1"]
        0.0001
    """

    name = "strong wolfe"
    table = (
        Parameter("c1", "c₁", 1e-4, 1e-12, 0.5, "log", "sufficient decrease: share of the slope's promise to keep",
                  slider=(1e-6, 0.5)),
        Parameter("c2", "c₂", 0.9, 1e-12, 0.999999, "linear", "curvature: share of the first slope that may be left"),
        INITIAL_LENGTH,
        Parameter("growth", "", 4.0, 1.1, 100.0, "log", "factor of the trials until the step is bracketed"),
        Parameter("max_trials", "", 40, 1, 1000, "integer", "trials of one search"),
        choice("initial"),
    )  # fmt: skip
    first = staticmethod(first)
    judge = staticmethod(judge)
