"""The first trial of a search: one home for all rules that search (Nocedal & Wright, section 3.5).

With s_k the slope at the new iterate and alpha the last step length, the choices are

    initial        the same length at every iteration
    previous       alpha
    slope ratio    alpha s_{k-1} / s_k, as if the step changed f by as much as last time to first order
    quadratic      2 (f_k - f_{k-1}) / s_k, the minimiser of a parabola that would fall by as much as last time
    unit           1 from the second iteration on, as Newton's and quasi-Newton directions want it

The two guesses stay within a factor of ten of alpha, since a step made by rounding or luck says little about the next.
At the first iteration there is nothing to go by: `initial` is meant for a gradient of length 1 there, and is shortened
for a longer one, except where every search begins at `initial` by choice.
"""

from __future__ import annotations

from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Products
from thalweg.descent.stopping import ROUNDING
from thalweg.descent.vocabulary import pick, sqrt

RESTART = 0.0
PREVIOUS = 1.0
SLOPE_RATIO = 2.0
QUADRATIC = 3.0
UNIT = 4.0
CHOICES = ("initial", "previous", "slope ratio", "quadratic", "unit")
MOST_CHANGE = 10.0  # of a guess beside the last step

INITIAL = Parameter(
    "initial",
    "α₀",
    1.0,
    1e-300,
    1e300,
    "log",
    "first trial, of the first search or of all",
    slider=(1e-4, 1e3),
)


def choice(default: str) -> Parameter:
    """The row of a rule's table that chooses."""
    help = "where a search begins: at the initial length, or at a guess from the last step"
    return Parameter("first_trial", "", default, 0, len(CHOICES) - 1, "choice", help, choices=CHOICES)


def first_trial(
    chosen: float,
    initial: float,
    k: float,
    phi: float,
    slope: float,
    last_alpha: float,
    last_phi: float,
    last_slope: float,
    products: Products,
) -> float:
    """The first trial by the rule `chosen`."""
    if chosen == RESTART:
        return initial
    if k == 0.0:
        _dd, gg, _ss, _sy, _yy = products
        return pick(gg > 1.0, initial / sqrt(gg), initial)
    if chosen == PREVIOUS:
        return last_alpha
    if chosen == UNIT:
        return 1.0
    guess = last_alpha * last_slope / slope
    if chosen == QUADRATIC and phi < last_phi - ROUNDING * abs(phi):
        guess = 2.0 * (phi - last_phi) / slope
    least = last_alpha / MOST_CHANGE
    most = last_alpha * MOST_CHANGE
    guess = pick(guess >= least, guess, least)  # NaN goes there too
    return pick(guess <= most, guess, most)
