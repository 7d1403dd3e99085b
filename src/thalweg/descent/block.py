"""The state of W runs that go down side by side: one array ``a[row, lane]`` of float64, and the names of its rows.

A single run is a block with one lane.  The scalars of a run come first, then the memory of its step rule, then its
vectors, each n rows long; the last vector is the direction's own memory.  The parameters `p` of a method are one
vector that all lanes share.  Every driver, plain or compiled, reads and writes this layout, so a run can be handed
from one to another at any time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ParameterError

Array = NDArray[np.float64]

# ------------------------------------------------------------------------------------------------ scalars of one run
SIZE = 0  # n, the number of variables
STATUS = 1  # what the automaton is doing, or the Reason for which it ended; 0 where the lane carries no run
REQUEST = 2  # what is wanted at the trial point: a sum of VALUE and GRADIENT
KNOWN = 3  # what is known there
ITERATION = 4  # k, the number of accepted steps
EVALUATIONS = 5  # values asked for so far
GRADIENTS = 6  # gradients asked for so far
ALPHA = 7  # step length of the trial
PHI = 8  # phi(alpha), the value at the trial point; +inf where value, gradient or point is not finite
SLOPE = 9  # phi'(alpha) there; NaN while its gradient is unknown
NORM2 = 10  # |g|^2 there
PHI_0 = 11  # phi(0), the value at the iterate
SLOPE_0 = 12  # phi'(0) = g.d
FIRST_VALUE = 13  # f at the start
BEST_VALUE = 14  # the smallest f met at an iterate
BEST_NORM2 = 15  # the smallest |g|^2 met at an iterate
STALLED = 16  # iterations in a row that only rounding let pass
UNRECORDED = 17  # iterates to pass over before the next one is recorded
STEP = 18  # length of the step that led to the iterate
LANE = 19  # which run of a survey this lane carries
REACHED = 20  # evaluations when the iterate was reached, where it has not been recorded
RULE_STATE = 21  # first row of the step rule's own memory
RULE_ROWS = 16
TRIAL = RULE_STATE + RULE_ROWS  # first vector: the trial point

# ------------------------------------------------------------------------------------------------ bits of a request
VALUE = 1
GRADIENT = 2
BOTH = VALUE + GRADIENT

# ------------------------------------------------------------------------------------------------ states while running
START = -1  # the start has been asked for
SEARCH = -2  # a trial has been asked for

# ------------------------------------------------------------------------------------------------ parameters p
GTOL2 = 0
FTOL = 1
XTOL = 2
MAX_ITERATIONS = 3
MAX_EVALUATIONS = 4
FUSED = 5  # 1: the gradient comes with the value at little extra cost, so ask for both at every trial
DESCENT_ONLY = 6  # 1: the step rule makes sense only along a direction that goes down
STRIDE = 7  # every how many iterates one is recorded
RULE = 8  # first parameter of the step rule
DIRECTION = 24  # first parameter of the direction
PARAMETERS = 40


def rows(n: int, memory: int) -> int:
    """Rows of a block for n variables whose direction keeps `memory` numbers."""
    return TRIAL + 6 * n + 1 + memory


LARGEST_BLOCK = 2**32
"""Bytes of a block.  Systems promise more memory than they have, and end the program that uses it."""


def new_block(n: int, memory: int, lanes: int = 1) -> Array:
    """An idle block: every lane free, n filled in.

    Raises:
        ParameterError: It would be larger than `LARGEST_BLOCK`, as that of a method with a dense n by n matrix may be.
    """
    size = 8 * rows(n, memory) * lanes
    if size > LARGEST_BLOCK:
        raise ParameterError(
            f"this method needs {size / 2**30:,.1f} GiB of memory for {n:,} variables, more than the "
            f"{LARGEST_BLOCK >> 30} GiB that a run may have; one without a matrix, such as l-bfgs, needs less"
        )
    a = np.zeros((rows(n, memory), lanes))
    a[SIZE] = n
    return a


def begin(a: Array, lane: int, start: Array) -> None:
    """Put a run that begins at `start`, shape (n,), into a free lane."""
    n = int(a[SIZE, lane])
    a[STATUS:, lane] = 0.0
    a[STATUS, lane] = START
    a[REQUEST, lane] = BOTH
    a[TRIAL : TRIAL + n, lane] = start
