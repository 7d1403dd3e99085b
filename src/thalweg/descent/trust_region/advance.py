"""The automaton of methods that bound the step: Levenberg-Marquardt and dogleg.  It never evaluates.

It is the sibling of `descent/advance.py`, with the same block, records and reasons.  Told F and the factor T = [R z] of
the residuals at the trial (`descent/reduced.py`), it compares what F lost with what the linear model promised.  The
ratio of the two, the gain, goes to the step rule, which accepts or not and sets the next damping or radius; the
direction part finds the step for it.  Where steps meet bounds, variables at a bound with the gradient pointing outward
are held, and those that would cross one stop there while the others are solved for again.

The end game.  Once all that a Gauss-Newton step still promises, |z|^2 / 2, is below the rounding of F, F can judge no
longer, and |z| does. Undamped Gauss-Newton steps go on as long as it falls: to the fixed point of the arithmetic,
which is worth several digits of the parameters and costs a few evaluations. Where they do not bring it down to
rounding, since the residuals are large and curved, damped steps go on in their place.
"""

from __future__ import annotations

from typing import Any

from thalweg.descent.account import (
    examine,
    keep_best,
    moved,
    observe,
    record_iterate,
    record_trial,
    reopen,
    rest,
    settle,
)
from thalweg.descent.block import (
    ALPHA,
    ARRIVED,
    BEST_VALUE,
    BOTH,
    DIRECTION,
    EVALUATIONS,
    ITERATION,
    MAX_EVALUATIONS,
    NORM2,
    PAUSED,
    PHI,
    PHI_0,
    REFUSED,
    REQUEST,
    RULE,
    RULE_STATE,
    SEARCH,
    START,
    STATUS,
    STEP,
    Array,
)
from thalweg.descent.judgement import (
    DECREASE_WITHIN_ROUNDING,
    NOT_FINITE,
    REJECTED,
    TOO_HIGH,
)
from thalweg.descent.reduced import FACTOR, told_numbers, unpack
from thalweg.descent.stopping import LINE_SEARCH_FAILED, MAX_EVALUATIONS_REACHED, PRECISION_FLOOR, ROUNDING
from thalweg.descent.trust_region.triangle import solve
from thalweg.descent.vocabulary import (
    direction,
    gradient,
    iterate,
    lane,
    memory,
    pick,
    size,
    sqrt,
    tail,
    told,
    trial,
    width,
)

INFINITY = float("inf")
UNDAMPED = 1.0
DAMPED = 2.0
IDLE_LIMIT = 3
"""Steps of the end game without a smaller |z|, after which the fixed point is reached."""

MOST_REFUSED = 60
"""Trials in a row that may be rejected: by then the step is below the last digit, unless a figure has overflowed."""

# ------------------------------------------------------------------- scalars, behind what is told, in a lane's memory
PROMISED = 0  # the decrease of F that the linear model promises for the trial
OFFSET2 = 1  # |z|^2 at the iterate, of what is not held at a bound
LEAST_OFFSET2 = 2  # the smallest in the end game
ENDING = 3  # in the end game: `UNDAMPED`, or `DAMPED` where that was in vain; else 0
IDLE = 4  # steps of the end game without a smaller |z|
BOUNDED = 5  # 1: there are bounds
VISIBLE = 6  # changes of F below this are rounding
REFUSALS = 7  # trials in a row that were rejected
SCALARS = 8


def own(n: int) -> int:
    """Where the scalars begin; behind them T (n+1, n+1) at the iterate, then vectors, then room to solve."""
    return told_numbers(n)


def vectors(n: int) -> int:
    """Where the vectors begin: scale D, lower and upper bounds, held, fixed."""
    return told_numbers(n) + SCALARS + (n + 1) * (n + 1)


def numbers(n: int) -> int:
    """Numbers of a lane's memory."""
    return vectors(n) + 5 * n + (n + 1) * (n + 1)


def advance(a: Array, p: Array, path: Array, log: Array, fill: Any, first: Any, judge: Any) -> int:
    """One turn of all lanes; returns how many still run.  `fill`, `first` and `judge` are the method's parts."""
    live = 0
    for i in range(width(a)):
        if a[STATUS, i] < 0.0:
            unpack(a, i)
            _, slope = observe(a, i)
            if a[STATUS, i] == START:
                arrived = settle(a, i)
                begin(a, i)
                a[ALPHA, i] = first(tail(p, RULE), lane(a, RULE_STATE, i))
            else:
                arrived = weigh(a, p, log, i, slope, judge)
            if arrived:
                arrive(a, p, path, i)
            if a[STATUS, i] == SEARCH:
                propose(a, p, i, fill)
            if a[STATUS, i] == SEARCH:
                live += 1
    return live


def begin(a: Array, i: int) -> None:
    """No point is the best yet, and no step has been idle."""
    s = tail(lane(a, memory(a), i), own(size(a)))
    s[LEAST_OFFSET2] = INFINITY
    s[ENDING] = 0.0
    s[IDLE] = 0.0
    s[REFUSALS] = 0.0


def weigh(a: Array, p: Array, log: Array, i: int, slope: float, judge: Any) -> bool:
    """The rule's judgement of a trial; true where the trial becomes the new iterate."""
    n = size(a)
    m = lane(a, memory(a), i)
    s = tail(m, own(n))
    phi = a[PHI, i]
    lost = a[PHI_0, i] - phi
    visible = s[VISIBLE]
    finite = phi - phi == 0.0
    gain = -1.0
    if finite and s[PROMISED] > 0.0:  # a step that bounds have bent need not go down
        gain = lost / s[PROMISED]
    # where F cannot tell, the residuals' part in the span of the slopes does
    unclear = finite and s[PROMISED] <= visible and abs(lost) <= visible
    if unclear:
        gain = pick(offset2(n, tail(m, FACTOR)) < s[OFFSET2], 1.0, -1.0)
    if s[ENDING] == DAMPED:
        gain = pick(offset2(n, tail(m, FACTOR)) < s[OFFSET2], 0.5, -1.0)
    judgement, following = judge(gain, a[ALPHA, i], tail(p, RULE), lane(a, RULE_STATE, i))
    if s[ENDING] != 0.0:
        if s[ENDING] == UNDAMPED:
            following = a[ALPHA, i]
        judgement = TOO_HIGH
        if finite and lost >= -visible:
            judgement = DECREASE_WITHIN_ROUNDING
        else:
            a[STATUS, i] = PRECISION_FLOOR
    elif not finite:
        judgement = NOT_FINITE
    elif unclear and judgement < REJECTED:
        judgement = DECREASE_WITHIN_ROUNDING
    accepted = judgement < REJECTED
    s[REFUSALS] = pick(accepted, 0.0, s[REFUSALS] + 1.0)
    if a[STATUS, i] == SEARCH and s[REFUSALS] >= MOST_REFUSED:
        a[STATUS, i] = LINE_SEARCH_FAILED
    if a[STATUS, i] == SEARCH and not accepted and a[EVALUATIONS, i] >= p[MAX_EVALUATIONS]:
        a[STATUS, i] = MAX_EVALUATIONS_REACHED
        a[PAUSED, i] = REFUSED
    record_trial(a, log, slope, judgement)
    a[STEP, i] = a[ALPHA, i]
    a[ALPHA, i] = following
    if accepted:
        a[ITERATION, i] += 1.0
    return accepted


def arrive(a: Array, p: Array, path: Array, i: int) -> None:
    """The trial becomes the iterate: what holds there, the stopping tests, the record, the best point."""
    n = size(a)
    m = lane(a, memory(a), i)
    s, v, T = tail(m, own(n)), tail(m, vectors(n)), tail(m, FACTOR)
    now, D, held, W = tail(s, SCALARS), v, tail(v, 3 * n), tail(v, 5 * n)
    t, h = lane(a, trial(a), i), lane(a, told(a) + 1, i)
    some = hold(n, s, v, t, h)
    widen(n, T, D)
    before = s[OFFSET2]
    s[OFFSET2] = offset2(n, T)
    if some:
        d = lane(a, direction(a), i)
        for j in range(n):
            d[j] = 0.0
        solve(n, T, D, held, 0.0, W, d)
        s[OFFSET2] = 2.0 * promised(n, T, d)
    norm2 = 0.0
    for j in range(n):
        if held[j] == 0.0:
            norm2 += h[j] * h[j]
    a[NORM2, i] = norm2
    examine(a, p, i)
    s[VISIBLE] = rounding(n, a[PHI, i], D, t)
    nearer = s[OFFSET2] < s[LEAST_OFFSET2]
    if a[PHI, i] < a[BEST_VALUE, i] - s[VISIBLE] or (nearer and a[PHI, i] <= a[BEST_VALUE, i] + s[VISIBLE]):
        keep_best(a, i)
        s[LEAST_OFFSET2] = s[OFFSET2]
    if s[ENDING] != 0.0:
        fell = s[OFFSET2] < before
        s[IDLE] = pick(fell, s[IDLE], s[IDLE] + 1.0)
        if s[IDLE] >= IDLE_LIMIT and a[STATUS, i] == SEARCH:
            a[STATUS, i] = PRECISION_FLOOR
        if s[ENDING] == UNDAMPED and not fell and s[OFFSET2] > floor2(n, a[PHI, i], D, t):
            s[ENDING] = DAMPED
            s[IDLE] = 0.0
    if 0.5 * s[OFFSET2] > s[VISIBLE]:
        s[ENDING] = 0.0
    elif s[ENDING] == 0.0:
        s[ENDING] = UNDAMPED
    following = a[ALPHA, i]
    a[ALPHA, i] = a[STEP, i]
    record_iterate(a, p, path)
    a[ALPHA, i] = following
    for k in range((n + 1) * (n + 1)):
        now[k] = T[k]
    if a[STATUS, i] == SEARCH:
        become(a, i)
    else:
        rest(a, i)


def become(a: Array, i: int) -> None:
    """The trial is the iterate."""
    x, t = lane(a, iterate(a), i), lane(a, trial(a), i)
    g, h = lane(a, gradient(a), i), lane(a, told(a) + 1, i)
    for j in range(size(a)):
        x[j] = t[j]
        g[j] = h[j]
    a[PHI_0, i] = a[PHI, i]


def resume(a: Array, p: Array, fill: Any, _first: Any) -> None:
    """Runs that had ended go on, within the limits of `p`, as if they had not; see `account.reopen`."""
    for i in range(width(a)):
        paused = reopen(a, p, i)
        if paused == ARRIVED:
            if a[STATUS, i] == SEARCH:
                become(a, i)
            else:
                rest(a, i)
        if paused <= ARRIVED and a[STATUS, i] == SEARCH:
            propose(a, p, i, fill)


def propose(a: Array, p: Array, i: int, fill: Any) -> None:
    """The step from the iterate under the present damping or radius, the trial, and what is wanted there."""
    n = size(a)
    m = lane(a, memory(a), i)
    s, v = tail(m, own(n)), tail(m, vectors(n))
    T, D, held, fixed, W = tail(s, SCALARS), v, tail(v, 3 * n), tail(v, 4 * n), tail(v, 5 * n)
    x, t, d = lane(a, iterate(a), i), lane(a, trial(a), i), lane(a, direction(a), i)
    for j in range(n):
        fixed[j] = held[j]
        d[j] = 0.0
    longest = p[DIRECTION] * length(n, D, x)
    if longest == 0.0:
        longest = INFINITY
    crossing = True
    while crossing:
        if s[ENDING] == UNDAMPED:
            solve(n, T, D, fixed, 0.0, W, d)
        else:
            a[ALPHA, i] = fill(n, T, D, fixed, a[ALPHA, i], longest, W, tail(p, DIRECTION), d)
        crossing = False
        if s[BOUNDED] == 1.0:
            crossing = stop_at_bound(n, v, x, d)
    s[PROMISED] = promised(n, T, d)
    for j in range(n):
        t[j] = x[j] + d[j]
        if s[BOUNDED] == 1.0:  # x + (bound - x) may lie beyond it by rounding
            t[j] = pick(t[j] < v[n + j], v[n + j], t[j])
            t[j] = pick(t[j] > v[2 * n + j], v[2 * n + j], t[j])
    a[REQUEST, i] = BOTH
    if not moved(a, i):
        a[STATUS, i] = PRECISION_FLOOR


# ---------------------------------------------------------------------------------------------------------- the pieces


def offset2(n: int, T: Array) -> float:
    """|z|^2: twice the decrease that an undamped step promises."""
    total = 0.0
    for k in range(n):
        total += T[k * (n + 1) + n] * T[k * (n + 1) + n]
    return total


def rounding(n: int, F: float, D: Array, x: Array) -> float:
    """Changes of F that are rounding: each residual has that of the model's value, which is about |D x| in all."""
    model = length(n, D, x)
    return ROUNDING * (F + sqrt(2.0 * F) * model) + 0.5 * ROUNDING * ROUNDING * model * model


def floor2(n: int, F: float, D: Array, x: Array) -> float:
    """|z|^2 that is rounding."""
    model = length(n, D, x)
    return ROUNDING * ROUNDING * (model * model + 2.0 * F)


def length(n: int, D: Array, x: Array) -> float:
    """|D x|."""
    total = 0.0
    for j in range(n):
        total += D[j] * x[j] * D[j] * x[j]
    return sqrt(total)


def promised(n: int, T: Array, d: Array) -> float:
    """The decrease of F that the linear model promises: -(z.u + u.u/2) with u = R d, where nothing cancels."""
    total = 0.0
    for k in range(n):
        u = 0.0
        for j in range(k, n):
            u += T[k * (n + 1) + j] * d[j]
        total -= u * (T[k * (n + 1) + n] + 0.5 * u)
    return total


def widen(n: int, T: Array, D: Array) -> None:
    """Moré's scale: the largest length that each column of J has had (1 while it is zero)."""
    for j in range(n):
        total = 0.0
        for k in range(j + 1):
            total += T[k * (n + 1) + j] * T[k * (n + 1) + j]
        total = sqrt(total)
        D[j] = pick(total > D[j], total, D[j])
        D[j] = pick(D[j] == 0.0, 1.0, D[j])


def hold(n: int, s: Array, v: Array, t: Array, h: Array) -> bool:
    """Mark the variables at a bound whose gradient points outward; says whether there are any."""
    some = False
    if s[BOUNDED] == 1.0:
        for j in range(n):
            low = t[j] <= v[n + j] and h[j] >= 0.0
            high = t[j] >= v[2 * n + j] and h[j] <= 0.0
            v[3 * n + j] = pick(low or high or v[n + j] == v[2 * n + j], 1.0, 0.0)
            some = some or v[3 * n + j] == 1.0
    return some


def stop_at_bound(n: int, v: Array, x: Array, d: Array) -> bool:
    """Let the variable that would first cross a bound stop there, and fix it; says whether there is one."""
    soonest = 1.0
    which = -1
    for j in range(n):
        if v[4 * n + j] == 0.0:
            room = v[n + j] - x[j]
            if d[j] > 0.0:
                room = v[2 * n + j] - x[j]
            if abs(room) < soonest * abs(d[j]):
                soonest = abs(room) / abs(d[j])
                which = j
    for j in range(n):
        if j == which:
            low = v[n + j] - x[j]
            high = v[2 * n + j] - x[j]
            d[j] = pick(d[j] > 0.0, high, low)
            v[4 * n + j] = 1.0
    return which >= 0
