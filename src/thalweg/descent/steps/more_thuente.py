"""The line search of Moré and Thuente (1994, ACM TOMS 20, 286), which ends at a step with

    phi(alpha) <= phi(0) + mu alpha s        sufficient decrease, mu = c1
    |phi'(alpha)| <= eta |s|                 curvature, eta = c2

It keeps an interval with ends x, the best trial so far, and y, and updates it so that it holds a point of the kind that
is sought.  Until a trial has psi <= 0 and a slope that does not fall, the auxiliary function
psi(alpha) = phi(alpha) - phi(0) - mu alpha s takes the place of phi where phi would mislead (section 3).  The trial is
chosen by four cases (section 4), and is the middle of the interval where two steps have not shrunk it to 0.66.

Added to the paper: where rounding hides the change of phi, it is replaced by alpha (s + phi'(alpha)) / 2, which turns
sufficient decrease into the approximate Wolfe condition of Hager and Zhang; a point that is not finite bounds the
trials, which then go half the way to it; and where the search cannot go on, x is taken as long as f is lower there.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import (
    BEYOND,
    DECREASE,
    DECREASE_WITHIN_ROUNDING,
    NO_ROOM,
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
from thalweg.descent.steps.first_trial import INITIAL, choice, first_trial
from thalweg.descent.stopping import ROUNDING
from thalweg.descent.vocabulary import pick, sqrt

# parameters
C1 = 0
C2 = 1
INITIAL_LENGTH = 2
FIRST_TRIAL = 3
XTOL = 4
ALPHA_MAX = 5
MAX_TRIALS = 6

# memory of one search
BRACKETED = 0
AUXILIARY = 1  # 1: psi still takes the place of phi
X = 2
PHI_X = 3
SLOPE_X = 4
Y = 5
PHI_Y = 6
SLOPE_Y = 7
LEAST = 8  # where the next trial may lie
MOST = 9
WIDTH = 10
WIDTH_BEFORE = 11
WALL_BELOW = 12  # points that are not finite, on either side
WALL_ABOVE = 13
TRIALS = 14
TAKE = 15  # 1: x is tried again, to be taken

SHRINK = 0.66
GROW_LEAST = 1.1
GROW_MOST = 4.0
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
    """Begin with x = y = 0 and no bracket."""
    alpha = first_trial(
        p[FIRST_TRIAL], p[INITIAL_LENGTH], k, phi, slope, last_alpha, last_phi, last_slope, products
    )
    alpha = pick(alpha <= p[ALPHA_MAX], alpha, p[ALPHA_MAX])
    s[BRACKETED] = 0.0
    s[AUXILIARY] = 1.0
    s[X] = 0.0
    s[PHI_X] = phi
    s[SLOPE_X] = slope
    s[Y] = 0.0
    s[PHI_Y] = phi
    s[SLOPE_Y] = slope
    s[LEAST] = 0.0
    s[MOST] = alpha + GROW_MOST * alpha
    s[WIDTH] = p[ALPHA_MAX]
    s[WIDTH_BEFORE] = 2.0 * p[ALPHA_MAX]
    s[WALL_BELOW] = -INFINITY
    s[WALL_ABOVE] = INFINITY
    s[TRIALS] = 0.0
    s[TAKE] = 0.0
    return alpha


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """The conditions; else the interval with the trial in it, and the next trial."""
    if s[TAKE] == 1.0:
        return DECREASE, alpha
    if phi == -INFINITY:
        return SUFFICIENT_DECREASE, alpha
    s[TRIALS] += 1.0
    if phi - phi != 0.0:
        return wall(alpha, phi_0, p, s)
    if slope != slope:
        s[TRIALS] -= 1.0
        return SLOPE_WANTED, alpha
    hidden = abs(phi - phi_0) <= ROUNDING * abs(phi_0)
    if hidden:
        phi = phi_0 + 0.5 * alpha * (slope_0 + slope)
    gained = pick(hidden, 0.5 * alpha * (slope_0 + slope), phi - phi_0)
    promise = p[C1] * slope_0
    low = gained <= alpha * promise
    if low and abs(slope) <= -p[C2] * slope_0:
        return pick(hidden, DECREASE_WITHIN_ROUNDING, WOLFE), alpha
    if low and alpha >= p[ALPHA_MAX] and slope <= promise:
        return SUFFICIENT_DECREASE, alpha
    if low and slope >= 0.0:
        s[AUXILIARY] = 0.0
    judgement = pick(low, pick(slope >= 0.0, BEYOND, TOO_FLAT), TOO_HIGH)
    if s[BRACKETED] == 1.0 and (
        alpha <= s[LEAST] or alpha >= s[MOST] or s[MOST] - s[LEAST] <= p[XTOL] * s[MOST]
    ):
        return end(judgement, NO_ROOM, alpha, phi_0, s)
    # psi in place of phi: f and slopes less those of the line of sufficient decrease
    tilt = 0.0
    if s[AUXILIARY] == 1.0 and phi <= s[PHI_X] and not low:
        tilt = promise
    following = choose(
        s[X], s[PHI_X] - s[X] * tilt, s[SLOPE_X] - tilt,
        s[Y], s[PHI_Y] - s[Y] * tilt, s[SLOPE_Y] - tilt,
        alpha, phi - alpha * tilt, slope - tilt,
        s[BRACKETED] == 1.0, s[LEAST], s[MOST],
    )  # fmt: skip
    if following != following:  # values or slopes too large to compute with
        following = s[X] + 0.5 * (alpha - s[X])
    higher = phi - alpha * tilt > s[PHI_X] - s[X] * tilt
    turned = (slope - tilt) * (s[SLOPE_X] - tilt) < 0.0
    if higher:
        s[BRACKETED] = 1.0
        s[Y] = alpha
        s[PHI_Y] = phi
        s[SLOPE_Y] = slope
    else:
        if turned:
            s[BRACKETED] = 1.0
            s[Y] = s[X]
            s[PHI_Y] = s[PHI_X]
            s[SLOPE_Y] = s[SLOPE_X]
        s[X] = alpha
        s[PHI_X] = phi
        s[SLOPE_X] = slope
    if s[BRACKETED] == 1.0:
        if abs(s[Y] - s[X]) >= SHRINK * s[WIDTH_BEFORE]:
            following = s[X] + 0.5 * (s[Y] - s[X])
        s[WIDTH_BEFORE] = s[WIDTH]
        s[WIDTH] = abs(s[Y] - s[X])
        s[LEAST] = pick(s[X] < s[Y], s[X], s[Y])
        s[MOST] = pick(s[X] < s[Y], s[Y], s[X])
    else:
        s[LEAST] = following + GROW_LEAST * (following - s[X])
        s[MOST] = following + GROW_MOST * (following - s[X])
    following = pick(following >= 0.0, following, 0.0)
    following = pick(following <= p[ALPHA_MAX], following, p[ALPHA_MAX])
    if following >= s[WALL_ABOVE]:
        following = alpha + 0.5 * (s[WALL_ABOVE] - alpha)
    if following <= s[WALL_BELOW]:
        following = alpha + 0.5 * (s[WALL_BELOW] - alpha)
    if s[TRIALS] >= p[MAX_TRIALS]:
        return end(judgement, OUT_OF_TRIALS, alpha, phi_0, s)
    inside = following > s[LEAST] and following < s[MOST] and s[MOST] - s[LEAST] > p[XTOL] * s[MOST]
    walled = following == alpha  # no number lies between the trial and the wall
    if (s[BRACKETED] == 1.0 and not inside) or walled:
        return end(judgement, NO_ROOM, alpha, phi_0, s)
    return judgement, following


def wall(alpha: float, phi_0: float, p: Array, s: Array) -> tuple[int, float]:
    """After a trial that is not finite: half the way back to x, with no bracket but the wall."""
    if alpha > s[X]:
        s[WALL_ABOVE] = alpha
    else:
        s[WALL_BELOW] = alpha
    following = s[X] + 0.5 * (alpha - s[X])
    s[BRACKETED] = 0.0
    s[WIDTH] = abs(alpha - s[X])
    s[WIDTH_BEFORE] = 2.0 * s[WIDTH]
    s[LEAST] = pick(alpha > s[X], s[X], alpha)
    s[MOST] = pick(alpha > s[X], alpha, s[X])
    if s[TRIALS] >= p[MAX_TRIALS]:
        return end(NOT_FINITE, OUT_OF_TRIALS, alpha, phi_0, s)
    if s[MOST] - s[LEAST] <= p[XTOL] * s[MOST]:
        return end(NOT_FINITE, NO_ROOM, alpha, phi_0, s)
    return NOT_FINITE, following


def end(judgement: int, why: int, alpha: float, phi_0: float, s: Array) -> tuple[int, float]:
    """The search cannot go on: x is taken where f is lower, else it has failed."""
    if s[X] > 0.0 and s[PHI_X] < phi_0:
        s[TAKE] = 1.0
        return judgement, s[X]
    return why, alpha


def choose(
    x: float, fx: float, gx: float,
    y: float, fy: float, gy: float,
    t: float, ft: float, gt: float,
    bracketed: bool, least: float, most: float,
) -> float:  # fmt: skip
    """The next trial, by the four cases of section 4, from values and slopes at the ends x, y and the trial t."""
    if ft > fx:  # case 1: a higher value; the minimiser lies between
        cubic = x + (t - x) * cubic_place(fx, gx, ft, gt, t - x)
        quadratic = x + 0.5 * (gx / ((fx - ft) / (t - x) + gx)) * (t - x)
        return pick(abs(cubic - x) < abs(quadratic - x), cubic, cubic + 0.5 * (quadratic - cubic))
    secant = t + gt / (gt - gx) * (x - t)
    if gt * gx < 0.0:  # case 2: a lower value, slopes of opposite sign
        cubic = t + (x - t) * cubic_place(ft, gt, fx, gx, x - t)
        return pick(abs(cubic - t) > abs(secant - t), cubic, secant)
    far = pick(t > x, most, least)
    if abs(gt) < abs(gx):  # case 3: a lower value, slopes of one sign, the new one smaller
        # the cubic may have no minimiser beyond t, or may tend to infinity
        theta = 3.0 * (fx - ft) / (t - x) + gx + gt
        gamma = root(theta, gx, gt)
        gamma = pick(t > x, -gamma, gamma)
        r = (gamma - gt + theta) / (gamma + (gx - gt) + gamma)
        cubic = pick(r < 0.0 and gamma != 0.0, t + r * (x - t), far)
        nearer = abs(cubic - t) < abs(secant - t)
        if bracketed:
            following = pick(nearer, cubic, secant)
            limit = t + SHRINK * (y - t)
            beyond = following > limit if t > x else following < limit
            return pick(beyond, limit, following)
        following = pick(nearer, secant, cubic)
        following = pick(following <= most, following, most)
        return pick(following >= least, following, least)
    if bracketed:  # case 4: a lower value, slopes of one sign, the new one no smaller
        return t + (y - t) * cubic_place(ft, gt, fy, gy, y - t)
    return far


def cubic_place(f0: float, g0: float, f1: float, g1: float, h: float) -> float:
    """Where the cubic through values and slopes at both ends of a line of length h has its minimiser, in units of h."""
    theta = 3.0 * (f0 - f1) / h + g0 + g1
    gamma = root(theta, g0, g1)
    gamma = pick(h < 0.0, -gamma, gamma)
    return (gamma - g0 + theta) / (gamma - g0 + gamma + g1)


def root(theta: float, g0: float, g1: float) -> float:
    """sqrt(theta^2 - g0 g1), 0 below zero, without overflow on the way."""
    size = pick(abs(g0) > abs(g1), abs(g0), abs(g1))
    size = pick(abs(theta) > size, abs(theta), size)
    square = (theta / size) * (theta / size) - (g0 / size) * (g1 / size)
    return size * sqrt(pick(square > 0.0, square, 0.0))


class MoreThuente(StepRule):
    """The line search of Moré and Thuente, which meets the strong Wolfe conditions.

    Args:
        c1: Sufficient decrease (mu in the paper).
        c2: Curvature: share of the first slope that may be left (eta).
        initial: First trial of the first search, or of all.
        first_trial: How the others are found; see `first_trial.py`.
        xtol: Width of the interval, beside its upper end, at which the search ends.
        alpha_max: Longest step length.
        max_trials: Trials of one search before the best of them is taken, or the search given up.

    Example:
        >>> MoreThuente(c2=0.1).values["xtol"]
        1e-14
    """

    name = "more-thuente"
    table = (
        Parameter("c1", "μ", 1e-4, 1e-12, 0.5, "log", "sufficient decrease: share of the slope's promise to keep",
                  slider=(1e-6, 0.5)),
        Parameter("c2", "η", 0.9, 1e-12, 0.999999, "linear", "curvature: share of the first slope that may be left"),
        INITIAL,
        choice("initial"),
        Parameter("xtol", "", 1e-14, 1e-16, 0.1, "log", "width of the interval beside its end at which to give up"),
        Parameter("alpha_max", "", 1e20, 1e-300, 1e300, "log", "longest step length", slider=(1.0, 1e20)),
        Parameter("max_trials", "", 40, 1, 1000, "integer", "trials of one search"),
    )  # fmt: skip
    first = staticmethod(first)
    judge = staticmethod(judge)
