"""What all rows say of a run on mini-batches, whose own values are those of batches.

Values of different batches cannot be compared, so the run knows of no best point. Where it has ended, its start and its
last iterate are evaluated on all rows, and the lower one of the two is the best point.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from thalweg.descent.block import BEST_VALUE, FIRST_VALUE, Array
from thalweg.descent.vocabulary import best, gradient, iterate
from thalweg.drive.workspace import Outcome


def judge_whole(outcome: Outcome, objective: Any, start: Array) -> int:
    """Write it into what the run leaves; returns how many evaluations on all rows, with gradients, it took."""
    outcome.block = block = outcome.block.copy()  # the run's own goes on from where it was
    n = len(start)
    rows = block[:, None]
    last = outcome.path[-1, :n]
    at_last, slope = objective.evaluate(np.array(last))
    moved = bool((last != start).any())
    at_start = objective.evaluate(start)[0] if moved else at_last
    for row, vector in ((iterate(rows), last), (gradient(rows), slope)):
        block[row : row + n] = vector
    lower = at_last <= at_start
    block[best(rows) : best(rows) + n] = last if lower else start
    block[BEST_VALUE] = at_last if lower else at_start
    block[FIRST_VALUE] = at_start if math.isfinite(at_start) else 0.0
    return 2 if moved else 1
