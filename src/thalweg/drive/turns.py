"""The loop that every driver runs: evaluate what is asked, let the automaton take its turn, until something ends it.

Written in the words of `descent/vocabulary.py`, so that it runs plain on any objective and compiled through a kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.descent.block import BATCH, ELSEWHERE, GRADIENT, REQUEST, SECOND, STATUS, VALUE, Array
from thalweg.descent.vocabulary import answer, has, memory, size, told, trial, vector, width
from thalweg.drive.second import tell


def ask(objective: Any, a: Array) -> None:
    """Evaluate exactly what each lane wants at its trial point.

    In compiled code `objective` is the address of a kernel, which gives both value and gradient; a lane that asks for
    more has been told by the driver already.
    """
    n = size(a)
    for i in range(a.shape[1]):
        request = int(a[REQUEST, i])
        if not request or not a[STATUS, i] < 0.0:
            continue
        if request > ELSEWHERE:
            tell(objective, a, i)
        elif request == ELSEWHERE:
            v = np.array(a[vector(a) : vector(a) + n, i])
            a[answer(a) + 1 : answer(a) + 1 + n, i] = objective.evaluate(v, value=False, gradient=True)[1]
        else:
            x = np.array(a[trial(a) : trial(a) + n, i])
            value, gradient = objective.evaluate(
                x, value=bool(request & VALUE), gradient=bool(request & GRADIENT)
            )
            if request & VALUE:
                a[told(a), i] = value
            if request & GRADIENT:
                a[told(a) + 1 : told(a) + 1 + n, i] = gradient


def ask_reduced(objective: Any, a: Array) -> None:
    """Residuals and slopes at the trial point of every lane, as F and the factor T (`descent/reduced.py`).

    In compiled code `objective` is the address of a kernel that gives them.
    """
    n = size(a)
    for i in range(a.shape[1]):
        if int(a[REQUEST, i]) and a[STATUS, i] < 0.0:
            numbers = objective.reduced(np.array(a[trial(a) : trial(a) + n, i]))
            a[memory(a) : memory(a) + len(numbers), i] = numbers


def ask_batches(objective: Any, a: Array) -> None:
    """The same as `ask`, of the mini-batch that each lane is at; `objective` is `objective/batches.py`'s."""
    for i in range(a.shape[1]):
        ask(objective.batch(int(a[BATCH, i])), a[:, i : i + 1])


def beyond(a: Array) -> bool:
    """Whether a lane wants what no kernel gives: a Hessian, or its product with a vector."""
    found = False
    if has(a, SECOND):
        for i in range(width(a)):
            found = found or (a[STATUS, i] < 0.0 and a[REQUEST, i] > ELSEWHERE)
    return found


def run(
    a: Array,
    p: Array,
    path: Array,
    log: Array,
    budget: int,
    objective: Any,
    ask: Any,
    step: Any,
    fill: Any,
    first: Any,
    judge: Any,
) -> int:
    """Turns of one run until it ends, `budget` of them are taken, or a record is full; returns 0 where it ended.

    It also returns where more is asked for than value and gradient, since compiled code leaves that to its driver.
    `ask` is one of the above; `step` is the automaton, `descent.advance.advance` or a sibling, plain or compiled.
    """
    # a turn writes at most one row to each record, so that how many may be taken is known ahead
    turns = budget
    if path[0] - path[1] < turns:
        turns = int(path[0] - path[1])
    if log[0] >= log[1] and log[0] - log[1] < turns:  # a log with no room at all, of -1 rows, is not kept
        turns = int(log[0] - log[1])
    going = int(a[STATUS, 0] < 0.0)
    while going > 0 and turns > 0:
        ask(objective, a)
        going = step(a, p, path, log, fill, first, judge)
        turns -= 1
        if beyond(a):
            turns = 0
    return going


def lockstep(
    a: Array,
    p: Array,
    none: Array,
    budget: int,
    wanted: int,
    objective: Any,
    step: Any,
    fill: Any,
    first: Any,
    judge: Any,
) -> int:
    """Turns of all lanes until `budget` are taken or at most `wanted` lanes still run; returns how many do.

    It also returns where a lane asks for more than value and gradient.  `none` stands where a single run has records.
    """
    live = width(a)
    while budget > 0 and live > wanted:
        ask(objective, a)
        live = step(a, p, none, none, fill, first, judge)
        budget -= 1
        if beyond(a):
            budget = 0
    return live
