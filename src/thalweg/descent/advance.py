"""The automaton.  Told an evaluation at the trial point, it answers where to look next; it never evaluates.

One call is one turn of every lane of a block.  A turn observes what was told, lets the step rule judge it, makes the
trial the new iterate or asks for another, tests whether the run ends, takes a new direction at a new iterate, and
places the next trial with its request.  It counts requests, records trials and iterates, and turns a trial that is
not finite into a rejected one.

Where a search fails or a direction does not go down, the direction's memory is emptied and the run goes on along -g;
it ends where that would be the same search again.

Bounds on the variables are kept by `box.py`.

With mini-batches a request carries the number of its batch: that of the iterate which the trial would become.

What is not peculiar to searches along a direction, tests and records, is in `account.py`.
"""

from __future__ import annotations

from typing import Any

from thalweg.descent.account import (
    examine,
    keep_best,
    moved,
    norm2,
    observe,
    record_iterate,
    record_trial,
    reopen,
    rest,
    settle,
)
from thalweg.descent.block import (
    ALPHA,
    ANEW,
    ARRIVED,
    ASKING,
    BATCH,
    BATCHED,
    BEST_NORM2,
    BEST_VALUE,
    BOTH,
    BOUNDED,
    CURVATURE,
    DIRECTION,
    ELSEWHERE,
    EVALUATIONS,
    FIRST_VALUE,
    FUSED,
    GRADIENT,
    GRADIENTS,
    HESSIAN,
    HESSIANS,
    ITERATION,
    KERNEL,
    MAX_EVALUATIONS,
    MEASURING,
    MEMORY,
    NORM2,
    PAUSED,
    PHI,
    PHI_0,
    PRODUCT,
    PRODUCTS,
    REFUSED,
    REQUEST,
    RULE,
    RULE_STATE,
    SEARCH,
    SEARCHES,
    SLOPE_0,
    STALLED,
    STATUS,
    STEP,
    TURNING,
    VALUE,
    Array,
)
from thalweg.descent.box import hide, hide_answer, project, promise, show, stay_inside
from thalweg.descent.judgement import FAILED, NOT_FINITE, OUT_OF_TRIALS, QUESTION, REJECTED, STEP_TAKEN
from thalweg.descent.products import no_products, products
from thalweg.descent.stopping import (
    DIVERGED,
    FAINT,
    LINE_SEARCH_FAILED,
    MAX_EVALUATIONS_REACHED,
    NON_FINITE,
    NOT_DESCENT,
    PRECISION_FLOOR,
    ROUNDING,
    STALL_LIMIT,
    UNBOUNDED,
)
from thalweg.descent.vocabulary import (
    answer,
    direction,
    dot,
    gradient,
    has,
    iterate,
    lane,
    memory,
    pick,
    seen,
    seldom,
    size,
    sqrt,
    tail,
    told,
    trial,
    width,
)

ALONG = 1.0 - 1e-10  # squared cosine from which on two directions count as one
INFINITY = float("inf")


def advance(a: Array, p: Array, path: Array, log: Array, fill: Any, first: Any, judge: Any) -> int:
    """One turn of all lanes; returns how many still run.  `fill`, `first` and `judge` are the method's parts."""
    live = 0
    for i in range(width(a)):
        if width(a) == 1 or a[STATUS, i] < 0.0:  # a run alone has no turns once it has ended
            if has(a, ASKING) and a[STATUS, i] <= TURNING:
                count(a, i)
                depart(a, p, i, fill, first)
            else:
                known, slope = observe(a, i)
                if a[STATUS, i] == SEARCH:
                    arrived = weigh(a, p, log, i, known, slope, judge)
                else:
                    arrived = settle(a, i)
                if arrived:
                    arrive(a, p, path, i)
                    examine(a, p, i)
                    depart(a, p, i, fill, first)
            if goes_on(a, i):
                live += 1
            elif has(a, SEARCHES) and seldom(a[STATUS, i] == ANEW):
                live += begin_anew(a, p, i, first)
    return live


def resume(a: Array, p: Array, fill: Any, first: Any) -> None:
    """Runs that had ended go on, within the limits of `p`, as if they had not; see `account.reopen`."""
    for i in range(width(a)):
        paused = reopen(a, p, i)
        if paused == ARRIVED:
            depart(a, p, i, fill, first)
            if a[STATUS, i] == ANEW:
                begin_anew(a, p, i, first)
        elif paused == REFUSED and a[STATUS, i] == SEARCH:
            place(a, p, i)


def weigh(a: Array, p: Array, log: Array, i: int, known: float, slope: float, judge: Any) -> bool:
    """The rule's judgement of a trial; true where the trial becomes the new iterate."""
    phi = a[PHI, i]
    judgement, following = judge(
        a[ALPHA, i], phi, slope, a[PHI_0, i], first_slope(a, i), tail(p, RULE), lane(a, RULE_STATE, i)
    )
    finite = phi - phi == 0.0
    if seldom(judgement >= QUESTION and known == BOTH):
        judgement = OUT_OF_TRIALS  # there is no answer but the one the rule has been given
    accepted = judgement < REJECTED
    if judgement >= QUESTION or (accepted and finite and known != BOTH):
        a[REQUEST, i] = GRADIENT  # at the same point
        return False
    if seldom(accepted and not finite):
        record_trial(a, log, slope, NOT_FINITE)
        a[STATUS, i] = lost(a, i)
        return False
    record_trial(a, log, slope, judgement)
    if seldom(not moved(a, i)):
        # the trial rounds to the iterate itself: nothing nearer can be tried
        a[STATUS, i] = pick(hopeless(a, i), PRECISION_FLOOR, ANEW)
        return False
    if accepted:
        a[NORM2, i] = norm2(a, i)
        a[ITERATION, i] += 1.0
        compare(a, i, judgement)
        return True
    if seldom(judgement >= FAILED):
        a[STATUS, i] = pick(hopeless(a, i), LINE_SEARCH_FAILED, ANEW)
        return False
    a[ALPHA, i] = following
    if seldom(a[EVALUATIONS, i] >= p[MAX_EVALUATIONS]):
        a[STATUS, i] = MAX_EVALUATIONS_REACHED
        a[PAUSED, i] = REFUSED
        return False
    place(a, p, i)
    return False


def compare(a: Array, i: int, judgement: int) -> None:
    """Keep the new iterate where it is the best one so far, and count those of a search that are no better.

    Among values that only rounding tells apart, the one with the smaller gradient is the best.
    """
    phi = a[PHI, i]
    least = a[BEST_VALUE, i]
    visible = ROUNDING * abs(least)
    flatter = a[NORM2, i] < a[BEST_NORM2, i]
    idle = False
    if seldom(phi >= least - visible):
        if has(a, SEARCHES):
            # where noise alone lets steps pass, values hover just above the best one, and gradients are no smaller
            idle = judgement != STEP_TAKEN and not flatter and phi <= least + FAINT * abs(least)
        if flatter and phi <= least + visible:
            keep_best(a, i)
    else:
        keep_best(a, i)
    a[BEST_NORM2, i] = pick(flatter, a[NORM2, i], a[BEST_NORM2, i])
    if has(a, SEARCHES):
        a[STALLED, i] = pick(idle, a[STALLED, i] + 1.0, 0.0)
        if idle and a[STALLED, i] >= STALL_LIMIT:
            a[STATUS, i] = PRECISION_FLOOR


def first_slope(a: Array, i: int) -> float:
    """The slope at alpha = 0 that a trial is compared with."""
    if has(a, BOUNDED):
        return promise(a, i)
    return a[SLOPE_0, i]


def lost(a: Array, i: int) -> int:
    """The reason, where a rule that asks nothing has stepped to a point that is not finite."""
    if a[PHI, i] == -INFINITY:
        return UNBOUNDED
    if a[PHI_0, i] > a[FIRST_VALUE, i] or lane(a, told(a), i)[0] == INFINITY:
        return DIVERGED
    return NON_FINITE


def hopeless(a: Array, i: int) -> bool:
    """Whether beginning anew along -g would be the same search again: d lies along it, or nothing is searched for."""
    if not has(a, SEARCHES):
        return True
    d = lane(a, direction(a), i)
    along = a[SLOPE_0, i] * a[SLOPE_0, i] >= ALONG * a[NORM2, i] * dot(size(a), d, d)
    return along


def arrive(a: Array, p: Array, path: Array, i: int) -> None:
    """The trial becomes the iterate: record it."""
    a[STEP, i] = a[ALPHA, i]
    record_iterate(a, p, path)


def goes_on(a: Array, i: int) -> bool:
    """Whether the run has not ended, nor its search failed."""
    if has(a, ASKING):
        return a[STATUS, i] < 0.0 and a[STATUS, i] != ANEW
    return a[STATUS, i] == SEARCH


def count(a: Array, i: int) -> None:
    """Count what has been told for the sake of the next direction."""
    if a[REQUEST, i] == HESSIAN:
        a[HESSIANS, i] += 1.0
    elif a[REQUEST, i] == PRODUCT:
        a[PRODUCTS, i] += 1.0
    else:
        a[GRADIENTS, i] += 1.0


def depart(a: Array, p: Array, i: int, fill: Any, first: Any) -> None:
    """Take a new direction and a first trial, where the run goes on; what they ask for comes first."""
    n = size(a)
    x, g, d = lane(a, iterate(a), i), lane(a, gradient(a), i), lane(a, direction(a), i)
    t, h = lane(a, trial(a), i), lane(a, told(a) + 1, i)
    if seldom(a[STATUS, i] >= 0.0):
        rest(a, i)
        return
    if not (has(a, CURVATURE) and a[STATUS, i] == MEASURING):
        if has(a, BOUNDED):
            if a[STATUS, i] == SEARCH:
                hide(a, i)
            else:
                hide_answer(a, i, a[REQUEST, i])
        wanted = turn(a, p, i, fill)
        if wanted != 0:
            ask(a, i, wanted, TURNING)
            return
        if has(a, BOUNDED):
            show(a, i)
        if has(a, CURVATURE):
            ask(a, i, PRODUCT, MEASURING)
            return
    if has(a, ASKING):
        a[STATUS, i] = SEARCH
    slope = dot(n, d, h)
    a[ALPHA, i] = first(
        a[ITERATION, i],
        a[PHI, i],
        slope,
        a[ALPHA, i],
        a[PHI_0, i],
        a[SLOPE_0, i],
        products(a, i),
        tail(p, RULE),
        lane(a, RULE_STATE, i),
    )
    a[SLOPE_0, i] = slope
    a[PHI_0, i] = a[PHI, i]
    for j in range(n):
        x[j] = t[j]
        g[j] = h[j]
    if has(a, SEARCHES) and seldom(not slope < 0.0):
        a[STATUS, i] = ANEW
    else:
        place(a, p, i)


def begin_anew(a: Array, p: Array, i: int, first: Any) -> int:
    """The direction's memory is emptied, and a search begins from the iterate along -g, no longer than 1.

    Returns 1, or 0 where not even that goes down.
    """
    n = size(a)
    g, d, m = lane(a, gradient(a), i), lane(a, direction(a), i), lane(a, memory(a), i)
    for j in range(int(a[MEMORY, i])):
        m[j] = 0.0
    scale = 1.0
    if a[NORM2, i] > 1.0:
        scale = 1.0 / sqrt(a[NORM2, i])
    for j in range(n):
        d[j] = -scale * g[j]
    if has(a, BOUNDED):
        stay_inside(a, i)
    slope = dot(n, d, g)
    if not slope < 0.0:
        a[STATUS, i] = NOT_DESCENT
        return 0
    a[ALPHA, i] = first(
        0.0,
        a[PHI_0, i],
        slope,
        0.0,
        a[PHI_0, i],
        0.0,
        no_products(a, i),
        tail(p, RULE),
        lane(a, RULE_STATE, i),
    )
    a[SLOPE_0, i] = slope
    a[STATUS, i] = SEARCH
    place(a, p, i)
    return 1


def turn(a: Array, p: Array, i: int, fill: Any) -> int:
    """A new direction; returns what it must be told before it can be written, else 0."""
    n = size(a)
    x, g, d = lane(a, iterate(a), i), lane(a, gradient(a), i), lane(a, direction(a), i)
    t, h = lane(a, trial(a), i), lane(a, told(a) + 1, i)
    if has(a, ELSEWHERE + PRODUCT) and a[STATUS, i] == SEARCH:
        a[answer(a), i] = a[PHI, i]
    if has(a, ELSEWHERE + HESSIAN + PRODUCT):
        return fill(n, a[ITERATION, i], t, h, x, g, lane(a, seen(a), i), tail(p, DIRECTION), d)
    fill(n, a[ITERATION, i], t, h, x, g, lane(a, seen(a), i), tail(p, DIRECTION), d)
    return 0


def ask(a: Array, i: int, wanted: int, state: int) -> None:
    """Ask for something more at the new iterate, where the trial point still is."""
    a[REQUEST, i] = wanted
    a[STATUS, i] = state


def place(a: Array, p: Array, i: int) -> None:
    """The next trial, x + alpha d, and what is wanted there."""
    x, t, d = lane(a, iterate(a), i), lane(a, trial(a), i), lane(a, direction(a), i)
    alpha = a[ALPHA, i]
    for j in range(size(a)):
        t[j] = x[j] + alpha * d[j]
    if has(a, BOUNDED):
        project(a, i)
    if has(a, BATCHED):
        a[BATCH, i] = a[ITERATION, i] + 1.0
    if not has(a, KERNEL):
        a[REQUEST, i] = pick(p[FUSED] != 0.0, BOTH, VALUE)
