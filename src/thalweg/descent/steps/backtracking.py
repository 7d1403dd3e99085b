"""Backtracking until Armijo's condition holds, with trial steps shrunk by interpolation.

With phi(alpha) = f(x + alpha d) and s = phi'(0) = g.d < 0, a trial is accepted when it lies on or below the line of
sufficient decrease (Armijo 1966; Nocedal & Wright, equation 3.4)

    phi(alpha) <= phi(0) + c1 alpha s .

Otherwise the next trial is the minimiser of the parabola through phi(0), s and phi(alpha), from the second shrink on
optionally of the cubic through the last two trials as well (Nocedal & Wright, section 3.5), clipped into
[shrink_min, shrink_max] times alpha.

Rounding.  Changes of f below about eps |f| cannot be seen: there the condition would hold or fail by chance, and the
search would stall near |g| = sqrt(2 L eps |f|).  A trial within 10 eps |f| of phi(0), above or below, is judged by its
slope instead, as in the approximate Wolfe condition of Hager and Zhang (2005): (2 c1 - 1) s >= phi'(alpha), which is
Armijo's condition for the parabola through both slopes.

The upper clip is not optional.  On a parabola the exact minimiser meets the condition at c1 = 1/2 with equality, so
rounding decides; without an upper clip below 1 the same trial would be proposed for ever.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.judgement import (
    DECREASE_WITHIN_ROUNDING,
    NOT_FINITE,
    OUT_OF_TRIALS,
    SLOPE_WANTED,
    SUFFICIENT_DECREASE,
    TOO_HIGH,
)
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products, StepRule
from thalweg.descent.steps.first_trial import INITIAL as INITIAL_LENGTH
from thalweg.descent.steps.first_trial import choice, first_trial
from thalweg.descent.stopping import ROUNDING
from thalweg.descent.vocabulary import pick, seldom, sqrt
from thalweg.errors import ParameterError

# parameters
C1 = 0
INITIAL = 1
INTERPOLATION = 2
SHRINK_MIN = 3
SHRINK_MAX = 4
FIRST_SHRINK_MIN = 5
MAX_TRIALS = 6
FIRST = 7

# state of one search
REJECTIONS = 0
LAST_ALPHA = 1
LAST_PHI = 2


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
    """The first trial, by the rule chosen."""
    s[REJECTIONS] = 0.0
    return first_trial(p[FIRST], p[INITIAL], k, phi, slope, last_alpha, last_phi, last_slope, products)


def judge(
    alpha: float, phi: float, slope: float, phi_0: float, slope_0: float, p: Array, s: Array
) -> tuple[int, float]:
    """Armijo's condition."""
    return judge_below(phi_0, alpha, phi, slope, phi_0, slope_0, p, s)


def judge_below(
    reference: float,
    alpha: float,
    phi: float,
    slope: float,
    phi_0: float,
    slope_0: float,
    p: Array,
    s: Array,
) -> tuple[int, float]:
    """Armijo's condition below a reference; a slope decides where rounding hides the decrease; else a shorter trial."""
    visible = ROUNDING * abs(phi_0)
    if phi < reference - visible and phi <= reference + p[C1] * alpha * slope_0:
        return SUFFICIENT_DECREASE, alpha
    if phi <= reference + visible:
        if slope != slope:
            return SLOPE_WANTED, alpha
        if slope <= (2.0 * p[C1] - 1.0) * slope_0:
            return DECREASE_WITHIN_ROUNDING, alpha
    s[REJECTIONS] += 1.0
    if s[REJECTIONS] >= p[MAX_TRIALS]:
        return OUT_OF_TRIALS, alpha
    finite = phi - phi == 0.0
    least = pick(finite and s[REJECTIONS] == 1.0, p[FIRST_SHRINK_MIN], p[SHRINK_MIN]) * alpha
    most = p[SHRINK_MAX] * alpha
    before, phi_before = s[LAST_ALPHA], s[LAST_PHI]
    s[LAST_ALPHA] = alpha
    s[LAST_PHI] = phi
    if not finite:
        return NOT_FINITE, pick(least <= most, least, most)
    following = parabola(alpha, phi, phi_0, slope_0)
    if p[INTERPOLATION] == 1.0 and s[REJECTIONS] > 1.0 and phi_before - phi_before == 0.0:
        following = cubic(alpha, phi, before, phi_before, phi_0, slope_0, following)
    if seldom(not following >= least):  # NaN goes to the lower clip
        following = least
    if seldom(following > most):
        following = most
    return TOO_HIGH, following


def parabola(alpha: float, phi: float, phi_0: float, slope_0: float) -> float:
    """Minimiser of the parabola through phi(0), phi'(0) and phi(alpha) (Nocedal & Wright, equation 3.58)."""
    return -slope_0 * alpha * alpha / (2.0 * (phi - phi_0 - alpha * slope_0))


def cubic(
    alpha: float, phi: float, before: float, phi_before: float, phi_0: float, slope_0: float, otherwise: float
) -> float:
    """Minimiser of the cubic through phi(0), phi'(0) and the last two trials (Nocedal & Wright, section 3.5)."""
    above = (phi - phi_0 - alpha * slope_0) / (alpha * alpha)
    above_before = (phi_before - phi_0 - before * slope_0) / (before * before)
    a = (above - above_before) / (alpha - before)
    b = (alpha * above_before - before * above) / (alpha - before)
    discriminant = b * b - 3.0 * a * slope_0
    root = sqrt(pick(discriminant >= 0.0, discriminant, 0.0))
    # -s / (b + root) is (-b + root) / (3 a) without its division by a leading coefficient near zero
    minimiser = -slope_0 / (b + root)
    return pick(minimiser > 0.0, minimiser, otherwise)


class Backtracking(StepRule):
    """Armijo's condition with trial steps shrunk by quadratic or cubic interpolation.

    Args:
        c1: Fraction of the slope's promise that a step must keep, 0 < c1 < 1.
        initial: First trial of every search, or of the first one alone where `first_trial` says so.
        interpolation: ``"quadratic"`` or ``"cubic"``.
        shrink_min: A rejected step shrinks at most to this fraction ...
        shrink_max: ... and at least to this one.
        first_shrink_min: The first shrink of a search may go further down, to this fraction: one long jump when the
            first trial is far too long.
        max_trials: Trials of one search before it is given up.
        first_trial: ``"initial"``, ``"previous"``, ``"slope ratio"``, ``"quadratic"`` or ``"unit"``, as
            `first_trial.py` has them.
        clip: Short for (shrink_min, shrink_max).

    Example:
        >>> Backtracking(c1=0.5, clip=(0.5, 0.9)).values["shrink_max"]
        0.9
    """

    name = "backtracking"
    table = (
        Parameter("c1", "c₁", 1e-4, 1e-12, 0.999, "log", "sufficient decrease: share of the slope's promise to keep",
                  slider=(1e-6, 0.5)),
        INITIAL_LENGTH,
        Parameter("interpolation", "", "quadratic", 0, 1, "choice", "how the next trial is found",
                  choices=("quadratic", "cubic")),
        Parameter("shrink_min", "", 0.1, 0.0, 0.999, "linear", "a rejected step shrinks at most to this fraction"),
        Parameter("shrink_max", "", 0.5, 1e-3, 0.999, "linear", "a rejected step shrinks at least to this fraction"),
        Parameter("first_shrink_min", "", 1e-3, 0.0, 0.999, "log", "lower limit of the first shrink of a search"),
        Parameter("max_trials", "", 100, 1, 10_000, "integer", "trials before a search is given up"),
        choice("initial"),
    )  # fmt: skip
    first = staticmethod(first)
    bends = True
    judge = staticmethod(judge)

    def __init__(self, *, clip: tuple[float, float] | None = None, **values: object) -> None:
        if clip is not None:
            try:
                shrink_min, shrink_max = clip
            except (TypeError, ValueError):
                raise ParameterError(f"clip is the pair (shrink_min, shrink_max), not {clip!r}") from None
            values = {**values, "shrink_min": shrink_min, "shrink_max": shrink_max}
        super().__init__(**values)
