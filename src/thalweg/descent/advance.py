"""The automaton.  Told an evaluation at the trial point, it answers where to look next; it never evaluates.

One call is one turn of every lane of a block: observe what was told, let the step rule judge it, make the trial the
new iterate or not, test whether the run ends, record, take a new direction where there is a new iterate, and place
the next trial with its request.  It counts requests, and turns a trial that is not finite into a rejected one.

`path` and `log` receive rows [capacity, used, row, row, ...] for a single run; survey lanes record nothing.
"""

from __future__ import annotations

from typing import Any

from thalweg.descent.block import (
    ALPHA,
    BEST_NORM2,
    BEST_VALUE,
    BOTH,
    COMMIT,
    DESCENT_ONLY,
    EVALUATIONS,
    FIRST_VALUE,
    FTOL,
    FUSED,
    GRADIENT,
    GRADIENTS,
    GTOL2,
    ITERATION,
    JUDGED,
    JUDGEMENT,
    KNOWN,
    MAX_EVALUATIONS,
    MAX_ITERATIONS,
    NEXT,
    NORM2,
    PHI,
    PHI_0,
    REQUEST,
    SEARCH,
    SLOPE,
    SLOPE_0,
    STALLED,
    START,
    STATUS,
    TRIALS,
    VALUE,
    XTOL,
    Array,
)
from thalweg.descent.judgement import DECREASE_WITHIN_ROUNDING, FAILED, NOT_FINITE, QUESTION, REJECTED
from thalweg.descent.stopping import (
    DIVERGED,
    FUNCTION_TOLERANCE,
    GRADIENT_TOLERANCE,
    LINE_SEARCH_FAILED,
    MAX_EVALUATIONS_REACHED,
    MAX_ITERATIONS_REACHED,
    NON_FINITE,
    NOT_DESCENT,
    PRECISION_FLOOR,
    STALL_LIMIT,
    STEP_TOLERANCE,
    UNBOUNDED,
)
from thalweg.descent.vocabulary import (
    best,
    call,
    direction,
    gradient,
    iterate,
    lane,
    pick,
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


def advance(a: Array, p: Array, path: Array, log: Array, turn: Any, first: Any, judge: Any) -> int:
    """One turn of all lanes; returns how many are still running.  `turn`, `first`, `judge` are the method's parts."""
    live = 0
    for i in range(width(a)):
        observe(a, i)
    call(judge, a, p)
    for i in range(width(a)):
        decide(a, p, i)
    if width(a) == 1:
        record_trial(a, log)
        record_iterate(a, path)
    call(turn, a, p)
    call(first, a, p)
    for i in range(width(a)):
        live += place(a, p, i)
    return live


def observe(a: Array, i: int) -> None:
    """Value, slope and finiteness of what was told at the trial point."""
    n = size(a)
    x, f, d = lane(a, trial(a), i), lane(a, told(a), i), lane(a, direction(a), i)
    g = tail(f, 1)
    request = a[REQUEST, i]
    known = pick(request == GRADIENT, BOTH, request)
    a[KNOWN, i] = known
    a[EVALUATIONS, i] += pick(request == GRADIENT or request == 0.0, 0.0, 1.0)
    a[GRADIENTS, i] += pick(request == VALUE or request == 0.0, 0.0, 1.0)
    doubt = 0.0 * f[0]  # stays zero while everything is finite
    slope = 0.0
    norm2 = 0.0
    for j in range(n):
        doubt += 0.0 * x[j]
        slope += d[j] * g[j]
        norm2 += g[j] * g[j]
    gradient_doubt = 0.0
    for j in range(n):
        gradient_doubt += 0.0 * g[j]
    whole = known == BOTH
    doubt += pick(whole, gradient_doubt, 0.0)
    nan = INFINITY - INFINITY
    a[PHI, i] = pick(doubt == 0.0, f[0], pick(f[0] == -INFINITY, -INFINITY, INFINITY))
    a[SLOPE, i] = pick(whole, slope, nan)
    a[NORM2, i] = norm2


def decide(a: Array, p: Array, i: int) -> None:
    """Whether the trial becomes the iterate, and whether the run ends."""
    n = size(a)
    status = a[STATUS, i]
    start = status == START
    search = status == SEARCH
    phi, phi_0, norm2 = a[PHI, i], a[PHI_0, i], a[NORM2, i]
    finite = phi - phi == 0.0
    judgement = a[JUDGEMENT, i]
    accepted = search and judgement < REJECTED
    a[JUDGEMENT, i] = pick(accepted and not finite, NOT_FINITE, judgement)
    commit = start or (accepted and finite and a[KNOWN, i] == BOTH)
    k = a[ITERATION, i] + pick(commit and search, 1.0, 0.0)
    # how far the trial is from the iterate, and whether it is another point at all
    moved = 0.0
    step2 = 0.0
    length2 = 0.0
    x, t = lane(a, iterate(a), i), lane(a, trial(a), i)
    for j in range(n):
        step = t[j] - x[j]
        moved += pick(step != 0.0, 1.0, 0.0)
        step2 += step * step
        length2 += t[j] * t[j]
    # rounding alone let this step pass, and the gradient is no smaller either
    idle = judgement == DECREASE_WITHIN_ROUNDING and not norm2 < a[BEST_NORM2, i]
    stalled = pick(commit, pick(search and idle, a[STALLED, i] + 1.0, 0.0), a[STALLED, i])
    a[STALLED, i] = stalled
    # the reasons, the last that holds is the one that counts
    decrease = phi_0 - phi
    size_f = pick(phi < 0.0, -phi, phi)
    ended = SEARCH
    ended = pick(a[EVALUATIONS, i] >= p[MAX_EVALUATIONS], MAX_EVALUATIONS_REACHED, ended)
    ended = pick(k >= p[MAX_ITERATIONS], MAX_ITERATIONS_REACHED, ended)
    ended = pick(stalled >= STALL_LIMIT, PRECISION_FLOOR, ended)
    ended = pick(search and step2 < p[XTOL] * p[XTOL] * length2, STEP_TOLERANCE, ended)
    ended = pick(search and decrease >= 0.0 and decrease < p[FTOL] * size_f, FUNCTION_TOLERANCE, ended)
    ended = pick(norm2 <= p[GTOL2], GRADIENT_TOLERANCE, ended)
    ended = pick(start and not finite, NON_FINITE, ended)
    # without a new iterate: a question goes on; so does a search that may try again
    kept = SEARCH
    kept = pick(a[EVALUATIONS, i] >= p[MAX_EVALUATIONS], MAX_EVALUATIONS_REACHED, kept)
    kept = pick(judgement >= FAILED and judgement < QUESTION, LINE_SEARCH_FAILED, kept)
    lost = pick(phi_0 > a[FIRST_VALUE, i] or phi == INFINITY and p[DESCENT_ONLY] == 0.0, DIVERGED, NON_FINITE)
    kept = pick(accepted and not finite, lost, kept)
    kept = pick(phi == -INFINITY, UNBOUNDED, kept)
    question = search and (judgement >= QUESTION or (accepted and finite and not commit))
    kept = pick(question, SEARCH, kept)
    # a trial that rounds to the iterate itself: nothing nearer can be tried
    stuck = search and moved == 0.0
    wedged = pick(a[TRIALS, i] == 0.0, PRECISION_FLOOR, LINE_SEARCH_FAILED)
    commit = commit and not stuck
    judged = search and not question
    a[STATUS, i] = pick(stuck, wedged, pick(commit, ended, pick(search, kept, status)))
    a[COMMIT, i] = pick(commit, 1.0, 0.0)
    a[JUDGED, i] = pick(judged, 1.0, 0.0)
    a[TRIALS, i] = pick(commit, 0.0, a[TRIALS, i] + pick(judged, 1.0, 0.0))
    a[ITERATION, i] = pick(commit, k, a[ITERATION, i])
    a[REQUEST, i] = pick(question and not stuck, GRADIENT, 0.0)


def record_trial(a: Array, log: Array) -> None:
    """A row of the log for a trial that has been judged for good."""
    used = log[1]
    if a[JUDGED, 0] != 0.0 and used < log[0]:
        row = tail(log, 2 + TRIAL_COLUMNS * int(used))
        row[0] = a[ITERATION, 0] - a[COMMIT, 0]
        row[1] = a[ALPHA, 0]
        row[2] = lane(a, told(a), 0)[0]
        row[3] = a[SLOPE, 0]
        row[4] = a[JUDGEMENT, 0]
        log[1] = used + 1.0


def record_iterate(a: Array, path: Array) -> None:
    """A row of the path for a new iterate."""
    if a[COMMIT, 0] == 0.0:
        return
    used = path[1]
    if used < path[0]:
        n = size(a)
        row = tail(path, 2 + (n + PATH_EXTRA) * int(used))
        x = lane(a, trial(a), 0)
        for j in range(n):
            row[j] = x[j]
        row[n] = lane(a, told(a), 0)[0]
        row[n + 1] = sqrt(a[NORM2, 0])
        row[n + 2] = a[ALPHA, 0]
        row[n + 3] = a[EVALUATIONS, 0]
        path[1] = used + 1.0


def place(a: Array, p: Array, i: int) -> int:
    """Make the trial the iterate where it was accepted, and set the next trial and its request."""
    n = size(a)
    commit = a[COMMIT, i] != 0.0
    x, g, d = lane(a, iterate(a), i), lane(a, gradient(a), i), lane(a, direction(a), i)
    t, h, b = lane(a, trial(a), i), lane(a, told(a) + 1, i), lane(a, best(a), i)
    status = a[STATUS, i]
    uphill = commit and status == SEARCH and p[DESCENT_ONLY] != 0.0 and not a[SLOPE_0, i] < 0.0
    status = pick(uphill, NOT_DESCENT, status)
    a[STATUS, i] = status
    first = a[ITERATION, i] == 0.0
    better = commit and (first or a[PHI, i] < a[BEST_VALUE, i])
    a[FIRST_VALUE, i] = pick(commit and first, a[PHI, i], a[FIRST_VALUE, i])
    a[BEST_VALUE, i] = pick(better, a[PHI, i], a[BEST_VALUE, i])
    smaller = commit and (first or a[NORM2, i] < a[BEST_NORM2, i])
    a[BEST_NORM2, i] = pick(smaller, a[NORM2, i], a[BEST_NORM2, i])
    question = a[REQUEST, i] == GRADIENT
    alpha = pick(question, a[ALPHA, i], a[NEXT, i])
    a[ALPHA, i] = alpha
    for j in range(n):
        b[j] = pick(better, t[j], b[j])
        x[j] = pick(commit, t[j], x[j])
        g[j] = pick(commit, h[j], g[j])
        t[j] = x[j] + alpha * d[j]
    live = status == SEARCH
    wanted = pick(p[FUSED] != 0.0, BOTH, VALUE)
    a[REQUEST, i] = pick(live, pick(question, GRADIENT, wanted), 0.0)
    return int(pick(live, 1, 0))
