"""What every automaton does with what it is told: observe and count it, test whether the run ends, record it.

The automata are `advance.py` and its sibling `trust_region/advance.py`.  `path` and `log` are records
[capacity, used, row, row, ...] of a single run; lanes of a survey record nothing.
"""

from __future__ import annotations

from thalweg.descent.block import (
    ALPHA,
    ARRIVED,
    BATCHED,
    BEST_NORM2,
    BEST_VALUE,
    BOTH,
    BOUNDED,
    EVALUATIONS,
    FIRST_VALUE,
    FTOL,
    GRADIENT,
    GRADIENTS,
    GTOL2,
    ITERATION,
    KERNEL,
    LIMITED,
    MAX_EVALUATIONS,
    MAX_ITERATIONS,
    NORM2,
    PAUSED,
    PHI,
    PHI_0,
    REACHED,
    REFUSED,
    REQUEST,
    SEARCH,
    STATUS,
    STRIDE,
    UNRECORDED,
    VALUE,
    XTOL,
    Array,
)
from thalweg.descent.box import blocked, projected
from thalweg.descent.stopping import (
    FUNCTION_TOLERANCE,
    GRADIENT_TOLERANCE,
    MAX_EVALUATIONS_REACHED,
    MAX_ITERATIONS_REACHED,
    NON_FINITE,
    STEP_TOLERANCE,
)
from thalweg.descent.vocabulary import (
    best,
    direction,
    dot,
    gradient,
    has,
    iterate,
    lane,
    pick,
    seldom,
    size,
    sqrt,
    tail,
    told,
    trial,
    width,
)

PATH_EXTRA = 4  # columns of a path row after x: f, |g|, step length, evaluations so far
TRIAL_COLUMNS = 5  # columns of a log row: iteration, alpha, phi, slope, judgement
INFINITY = float("inf")
NAN = float("nan")


def settle(a: Array, i: int) -> bool:
    """The start is told, with which every later test compares; true where a run can begin there."""
    keep_best(a, i)
    if a[PHI, i] - a[PHI, i] == 0.0:
        a[STATUS, i] = SEARCH
        a[FIRST_VALUE, i] = a[PHI, i]
        a[NORM2, i] = norm2(a, i)
        a[BEST_NORM2, i] = a[NORM2, i]
        return True
    a[STATUS, i] = NON_FINITE
    return False


def norm2(a: Array, i: int) -> float:
    """|g|^2 at the trial point, or that of the projected gradient."""
    if has(a, BOUNDED):
        return projected(a, i)
    h = lane(a, told(a) + 1, i)
    return dot(size(a), h, h)


def observe(a: Array, i: int) -> tuple[float, float]:
    """Count what was asked, and find whether what was told is finite.

    Returns which of value and gradient are known, and the slope phi'(alpha), which is NaN while the gradient is not.
    """
    n = size(a)
    x, f, d = lane(a, trial(a), i), lane(a, told(a), i), lane(a, direction(a), i)
    g = tail(f, 1)
    request = pick(has(a, KERNEL), BOTH, a[REQUEST, i])
    if request != GRADIENT:
        a[EVALUATIONS, i] += 1.0
    if request != VALUE:
        a[GRADIENTS, i] += 1.0
    known = pick(request == GRADIENT, BOTH, request)
    doubt = 0.0 * f[0]  # stays zero while everything is finite
    for j in range(n):
        doubt += 0.0 * x[j]
    slope = NAN
    if known == BOTH:
        slope = 0.0
        for j in range(n):
            doubt += 0.0 * g[j]
            if has(a, BOUNDED):
                slope += pick(blocked(a, i, j), 0.0, d[j] * g[j])
            else:
                slope += d[j] * g[j]
        if seldom(slope != slope):  # overflow; NaN would say that the gradient is not known
            slope = INFINITY
    a[PHI, i] = f[0]
    if seldom(doubt != 0.0):
        a[PHI, i] = pick(f[0] == -INFINITY, -INFINITY, INFINITY)
    return known, slope


def moved(a: Array, i: int) -> bool:
    """Whether the trial differs from the iterate at all."""
    x, t = lane(a, iterate(a), i), lane(a, trial(a), i)
    different = has(a, BATCHED)  # where one batch has no slope, the next one has
    for j in range(size(a)):
        different = different or t[j] != x[j]
    return different


def rest(a: Array, i: int) -> None:
    """The run has ended at the trial, which is the iterate now; the one before is kept, so that the run may go on."""
    exchange(a, i)
    a[PAUSED, i] = ARRIVED


def exchange(a: Array, i: int) -> None:
    """Iterate and trial change places, with value and gradient."""
    x, t = lane(a, iterate(a), i), lane(a, trial(a), i)
    g, h = lane(a, gradient(a), i), lane(a, told(a) + 1, i)
    for j in range(size(a)):
        x_j = x[j]
        x[j] = t[j]
        t[j] = x_j
        g_j = g[j]
        g[j] = h[j]
        h[j] = g_j
    phi = a[PHI, i]
    a[PHI, i] = a[PHI_0, i]
    a[PHI_0, i] = phi


def reopen(a: Array, p: Array, i: int) -> int:
    """An ended run goes on, within the limits of `p`; returns the state in which it was paused, 0 where it cannot."""
    paused = int(a[PAUSED, i])
    if paused == ARRIVED:
        exchange(a, i)
        a[STATUS, i] = SEARCH
        examine(a, p, i)
    elif paused == REFUSED:
        a[STATUS, i] = pick(a[EVALUATIONS, i] >= p[MAX_EVALUATIONS], MAX_EVALUATIONS_REACHED, SEARCH)
    elif paused < 0:
        a[STATUS, i] = paused
    if a[STATUS, i] < 0.0:
        a[PAUSED, i] = 0.0
    return paused


def keep_best(a: Array, i: int) -> None:
    """The trial is the best point so far."""
    t, b = lane(a, trial(a), i), lane(a, best(a), i)
    a[BEST_VALUE, i] = lane(a, told(a), i)[0]
    for j in range(size(a)):
        b[j] = t[j]


def examine(a: Array, p: Array, i: int) -> None:
    """The stopping tests at a new iterate; where several hold, the most telling one is the reason."""
    if seldom(a[ITERATION, i] >= p[MAX_ITERATIONS]):
        a[STATUS, i] = pick(a[STATUS, i] < 0.0, MAX_ITERATIONS_REACHED, a[STATUS, i])
    if seldom(p[LIMITED] > 0.0):
        examine_limits(a, p, i)
    if seldom(a[NORM2, i] <= p[GTOL2]):
        a[STATUS, i] = GRADIENT_TOLERANCE


def examine_limits(a: Array, p: Array, i: int) -> None:
    """The tests that few runs ask for."""
    phi = a[PHI, i]
    if a[STATUS, i] < 0.0 and a[EVALUATIONS, i] >= p[MAX_EVALUATIONS]:
        a[STATUS, i] = MAX_EVALUATIONS_REACHED
    if p[XTOL] > 0.0 and a[ITERATION, i] > 0.0:
        step2 = 0.0
        length2 = 0.0
        x, t = lane(a, iterate(a), i), lane(a, trial(a), i)
        for j in range(size(a)):
            step = t[j] - x[j]
            step2 += step * step
            length2 += t[j] * t[j]
        if step2 <= p[XTOL] * p[XTOL] * length2:
            a[STATUS, i] = STEP_TOLERANCE
    if p[FTOL] > 0.0 and a[ITERATION, i] > 0.0:
        decrease = a[PHI_0, i] - phi
        if decrease >= 0.0 and decrease <= p[FTOL] * abs(phi):
            a[STATUS, i] = FUNCTION_TOLERANCE


def record_trial(a: Array, log: Array, slope: float, judgement: int) -> None:
    """A row of the log for a trial that has been judged for good."""
    used = log[1]
    if width(a) == 1 and used < log[0]:
        row = tail(log, 2 + TRIAL_COLUMNS * int(used))
        row[0] = a[ITERATION, 0]
        row[1] = a[ALPHA, 0]
        row[2] = lane(a, told(a), 0)[0]
        row[3] = slope
        row[4] = judgement
        log[1] = used + 1.0


def record_iterate(a: Array, p: Array, path: Array) -> None:
    """A row of the path for every `p[STRIDE]`-th iterate; that there is room is seen to by whoever takes turns."""
    if width(a) > 1:
        return
    if seldom(p[STRIDE] > 1.0):
        if a[UNRECORDED, 0] > 0.0:
            a[UNRECORDED, 0] -= 1.0
            a[REACHED, 0] = a[EVALUATIONS, 0]
            return
        a[UNRECORDED, 0] = p[STRIDE] - 1.0
    n = size(a)
    used = path[1]
    row = tail(path, 2 + (n + PATH_EXTRA) * int(used))
    x = lane(a, trial(a), 0)
    for j in range(n):
        row[j] = x[j]
    row[n] = a[PHI, 0]
    row[n + 1] = sqrt(a[NORM2, 0])
    row[n + 2] = a[ALPHA, 0]
    row[n + 3] = a[EVALUATIONS, 0]
    path[1] = used + 1.0
