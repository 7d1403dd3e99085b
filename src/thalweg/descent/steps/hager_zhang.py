"""The line search of Hager and Zhang (2005), steps numbered as in CG_DESCENT (Hager & Zhang 2006, ACM TOMS 32, 113).

A trial ends the search when it meets one of

    T1   phi(alpha) - phi(0) <= delta alpha s  and  phi'(alpha) >= sigma s                     Wolfe
    T2   (2 delta - 1) s >= phi'(alpha) >= sigma s  and  phi(alpha) <= phi(0) + eps_k          approximate Wolfe

T2 compares slopes, which near a minimum still tell what rounding hides in values.  It counts from the time on when f
changes by less than omega C_k in an iteration, C_k being the running average of |f|, and wherever a change cannot be
seen at all.  Until then an interval [a, b] shrinks that has phi(a) <= phi(0) + eps_k, phi'(a) < 0 and phi'(b) >= 0:

    B0-B3   bracket: grow by rho until the slope rises, or the value is too high
    L1      secant2 (S1-S4): a secant, and a second one from the end that it moved
    L2      where that has not shrunk it by gamma, its middle
    U0-U3   update: which end a trial moves; U3 bisects by theta where a trial is high and still falls

A point that is not finite is one that is too high.  The first trial follows I0-I2: psi0 |f| / |s| at first (the paper's
choice for x = 0, whatever x is); then the minimiser of the parabola through phi(0), s and phi(psi1 alpha), which costs
an evaluation, or psi2 alpha where that parabola has none.
"""

from __future__ import annotations

from dataclasses import replace

from thalweg.descent.block import Array
from thalweg.descent.judgement import (
    APPROXIMATE_WOLFE,
    BEYOND,
    DECREASE,
    DECREASE_WITHIN_ROUNDING,
    NO_ROOM,
    NOT_FINITE,
    OUT_OF_TRIALS,
    PROBED,
    SLOPE_WANTED,
    SUFFICIENT_DECREASE,
    TOO_FLAT,
    TOO_HIGH,
    WOLFE,
)
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products, StepRule
from thalweg.descent.steps.backtracking import parabola
from thalweg.descent.steps.first_trial import CHOICES, INITIAL, choice, first_trial
from thalweg.descent.stopping import ROUNDING
from thalweg.descent.vocabulary import pick

# parameters
DELTA = 0
SIGMA = 1
EPSILON = 2
THETA = 3
GAMMA = 4
RHO = 5
PSI_0 = 6
PSI_1 = 7
PSI_2 = 8
OMEGA = 9
AVERAGING = 10
FIRST_TRIAL = 11
INITIAL_LENGTH = 12
MAX_TRIALS = 13

OWN = float(len(CHOICES))  # value of FIRST_TRIAL: I0 to I2

# memory over searches
Q = 0
C_K = 1
APPROXIMATE = 2  # 1: T2 counts from now on

# memory of one search
STAGE = 3
GO_ON = 4  # the stage that follows when U3 has ended
A = 5
SLOPE_A = 6
B = 7
SLOPE_B = 8
A_K = 9  # the interval when the iteration began
SLOPE_A_K = 10
B_K = 11
SLOPE_B_K = 12
HAT_A = 13
SLOPE_HAT_A = 14
HAT_B = 15
C = 16
TRIALS = 17
BEST = 18
BEST_PHI = 19
TAKE = 20  # 1: the best trial is tried again, to be taken

# stages: what the trial is for
PROBE = 0.0
BRACKET = 1.0
BISECT = 2.0
FIRST_SECANT = 3.0
SECOND_SECANT = 4.0
MIDDLE = 5.0

NARROW = 1e-15  # of an interval beside its end: it holds no other number
INFINITY = float("inf")


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
    """I0 to I2, or another first trial; C_k and whether T2 counts."""
    if k == 0.0:
        s[Q] = 1.0
        s[C_K] = abs(phi)
        s[APPROXIMATE] = 0.0
    else:
        s[Q] = 1.0 + s[Q] * p[AVERAGING]
        s[C_K] += (abs(phi) - s[C_K]) / s[Q]
        if abs(phi - last_phi) <= p[OMEGA] * s[C_K]:
            s[APPROXIMATE] = 1.0
    s[STAGE] = BRACKET
    s[A] = 0.0
    s[SLOPE_A] = slope
    s[TRIALS] = 0.0
    s[BEST] = 0.0
    s[BEST_PHI] = phi
    s[TAKE] = 0.0
    if p[FIRST_TRIAL] != OWN:
        return first_trial(
            p[FIRST_TRIAL], p[INITIAL_LENGTH], k, phi, slope, last_alpha, last_phi, last_slope, products
        )
    if k == 0.0:
        return pick(phi == 0.0, 1.0, p[PSI_0] * abs(phi) / -slope)
    s[STAGE] = PROBE
    return p[PSI_1] * last_alpha


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """T1 and T2; else what the trial tells of the interval, and the next one."""
    if s[TAKE] == 1.0:
        return DECREASE, alpha
    if phi == -INFINITY:
        return SUFFICIENT_DECREASE, alpha
    finite = phi - phi == 0.0
    visible = ROUNDING * abs(phi_0)
    if s[STAGE] == PROBE:
        s[STAGE] = BRACKET
        following = parabola(alpha, phi, phi_0, slope_0)
        if not (phi <= phi_0 - visible and following > 0.0 and following < INFINITY):
            following = p[PSI_2] * (alpha / p[PSI_1])
        return PROBED, following
    if finite and slope != slope:
        return SLOPE_WANTED, alpha
    eps = p[EPSILON] * s[C_K]
    eps = pick(eps > visible, eps, visible)
    if finite and slope >= p[SIGMA] * slope_0:
        if phi < phi_0 - visible and phi - phi_0 <= p[DELTA] * alpha * slope_0:
            return WOLFE, alpha
        if slope <= (2.0 * p[DELTA] - 1.0) * slope_0:
            if abs(phi - phi_0) <= visible:
                return DECREASE_WITHIN_ROUNDING, alpha
            if s[APPROXIMATE] == 1.0 and phi <= phi_0 + eps:
                return APPROXIMATE_WOLFE, alpha
    s[TRIALS] += 1.0
    if finite and phi < s[BEST_PHI]:
        s[BEST] = alpha
        s[BEST_PHI] = phi
    rises = finite and slope >= 0.0
    low = finite and phi <= phi_0 + eps
    judgement = pick(rises, BEYOND, pick(low, TOO_FLAT, pick(finite, TOO_HIGH, NOT_FINITE)))
    following = shrink(alpha, slope, rises, low, p, s)
    narrow = following <= 0.0
    if narrow or s[TRIALS] >= p[MAX_TRIALS]:
        if not s[BEST_PHI] < phi_0 - visible:
            return pick(narrow, NO_ROOM, OUT_OF_TRIALS), alpha
        s[TAKE] = 1.0
        return judgement, s[BEST]
    return judgement, following


def shrink(c: float, slope: float, rises: bool, low: bool, p: Array, s: Array) -> float:
    """Move an end of the interval to the trial c and return the next trial; 0 where the interval is too narrow."""
    stage = s[STAGE]
    if stage == BISECT:
        if rises:  # U3a
            s[A] = s[HAT_A]
            s[SLOPE_A] = s[SLOPE_HAT_A]
            stage = s[GO_ON]
        elif low:  # U3b
            s[HAT_A] = c
            s[SLOPE_HAT_A] = slope
        else:  # U3c
            s[HAT_B] = c
    elif not rises and not low:  # B2 and U3; from the last low trial, where B2 goes back to 0
        s[HAT_A] = s[A]
        s[SLOPE_HAT_A] = s[SLOPE_A]
        s[HAT_B] = c
        s[GO_ON] = stage
        stage = BISECT
        s[STAGE] = BISECT
    elif low and not rises:  # B3 and U2
        s[A] = c
        s[SLOPE_A] = slope
        if stage == BRACKET:
            return p[RHO] * c
    if rises:  # B1, U1 and U3a
        s[B] = c
        s[SLOPE_B] = slope
    if stage == BISECT:
        d = (1.0 - p[THETA]) * s[HAT_A] + p[THETA] * s[HAT_B]
        return pick(s[HAT_B] - s[HAT_A] > NARROW * s[HAT_B], d, 0.0)
    a = s[A]
    b = s[B]
    if not b - a > NARROW * b:
        return 0.0
    if stage == FIRST_SECANT:
        second = 0.0
        if b == s[C]:  # S2
            second = secant(s[B_K], s[SLOPE_B_K], b, s[SLOPE_B])
        elif a == s[C]:  # S3
            second = secant(s[A_K], s[SLOPE_A_K], a, s[SLOPE_A])
        if second > a and second < b:
            s[STAGE] = SECOND_SECANT
            return second
        stage = SECOND_SECANT  # U0
    if stage == SECOND_SECANT and b - a > p[GAMMA] * (s[B_K] - s[A_K]):  # L2
        s[STAGE] = MIDDLE
        return 0.5 * (a + b)
    s[A_K] = a  # L3
    s[SLOPE_A_K] = s[SLOPE_A]
    s[B_K] = b
    s[SLOPE_B_K] = s[SLOPE_B]
    s[C] = secant(a, s[SLOPE_A], b, s[SLOPE_B])  # S1
    if s[C] > a and s[C] < b:
        s[STAGE] = FIRST_SECANT
        return s[C]
    s[STAGE] = MIDDLE
    return 0.5 * (a + b)


def secant(a: float, slope_a: float, b: float, slope_b: float) -> float:
    """Where the line through both slopes is zero; 0, which lies in no interval, where they are equal."""
    if slope_a == slope_b:
        return 0.0
    return (a * slope_b - b * slope_a) / (slope_b - slope_a)


class HagerZhang(StepRule):
    """The line search of CG_DESCENT: approximate Wolfe conditions, secant steps and bisection.

    Args:
        delta: Sufficient decrease.
        sigma: Curvature: share of the first slope that may be left.
        epsilon: By how much of |f| an approximate step may rise.
        theta: Where U3 cuts its interval.
        gamma: Share to which secant2 must shrink an interval, or its middle is tried.
        rho: Factor of the trials until the step is bracketed.
        psi0: Share of |f| that the very first trial aims at.
        psi1: Where the parabola of the first trial is probed, in units of the last step.
        psi2: First trial in units of the last step, where there is no parabola.
        omega: Change of f beside its average below which approximate steps count.
        averaging: Weight of the past in that average.
        first_trial: ``"hager-zhang"``, or one of those of `first_trial.py`.
        initial: First trial of the first search, for those.
        max_trials: Trials of one search before the best of them is taken, or the search given up.

    Example:
        >>> HagerZhang(sigma=0.5).values["delta"]
        0.1
    """

    name = "hager-zhang"
    table = (
        Parameter("delta", "δ", 0.1, 1e-12, 0.499999, "log", "sufficient decrease: share of the slope's promise",
                  slider=(1e-4, 0.4)),
        Parameter("sigma", "σ", 0.9, 1e-12, 0.999999, "linear", "curvature: share of the first slope that may be left"),
        Parameter("epsilon", "ε", 1e-6, 0.0, 1.0, "log", "by how much of |f| an approximate step may rise",
                  slider=(1e-12, 1e-2)),
        Parameter("theta", "θ", 0.5, 1e-3, 0.999, "linear", "where a bisection cuts"),
        Parameter("gamma", "γ", 0.66, 1e-3, 0.999, "linear", "share to which two secants must shrink the interval"),
        Parameter("rho", "ρ", 5.0, 1.1, 100.0, "log", "factor of the trials until the step is bracketed"),
        Parameter("psi0", "ψ₀", 0.01, 1e-12, 1e6, "log", "share of |f| that the very first trial aims at",
                  slider=(1e-4, 1.0)),
        Parameter("psi1", "ψ₁", 0.1, 1e-6, 1e3, "log", "where the first trial's parabola is probed, in last steps",
                  slider=(1e-2, 1.0)),
        Parameter("psi2", "ψ₂", 2.0, 1e-3, 1e3, "log", "first trial without a parabola, in last steps",
                  slider=(1.0, 10.0)),
        Parameter("omega", "ω", 1e-3, 0.0, 1.0, "log", "change of f beside |f| below which approximate steps count",
                  slider=(1e-6, 1.0)),
        Parameter("averaging", "Δ", 0.7, 0.0, 1.0, "linear", "weight of the past in the average of |f|"),
        replace(choice("initial"), default="hager-zhang", high=OWN, choices=(*CHOICES, "hager-zhang")),
        INITIAL,
        Parameter("max_trials", "", 60, 1, 1000, "integer", "trials of one search"),
    )  # fmt: skip
    first = staticmethod(first)
    judge = staticmethod(judge)
