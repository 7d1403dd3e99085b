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
MEMORY = 1  # how many numbers the direction's own memory has
STATUS = 2  # what the automaton is doing, or the Reason for which it ended; 0 where the lane carries no run
REQUEST = 3  # what is wanted at the trial point: a sum of VALUE and GRADIENT
KNOWN = 4  # what is known there
ITERATION = 5  # k, the number of accepted steps
EVALUATIONS = 6  # values asked for so far
GRADIENTS = 7  # gradients asked for so far
ALPHA = 8  # step length of the trial
PHI = 9  # phi(alpha), the value at the trial point; +inf where value, gradient or point is not finite
SLOPE = 10  # phi'(alpha) there; NaN while its gradient is unknown
NORM2 = 11  # |g|^2 there
PHI_0 = 12  # phi(0), the value at the iterate
SLOPE_0 = 13  # phi'(0) = g.d
FIRST_VALUE = 14  # f at the start
BEST_VALUE = 15  # the smallest f met at an iterate
BEST_NORM2 = 16  # the smallest |g|^2 met at an iterate
STALLED = 17  # iterations in a row that only rounding let pass
UNRECORDED = 18  # iterates to pass over before the next one is recorded
STEP = 19  # length of the step that led to the iterate
LANE = 20  # which run of a survey this lane carries
REACHED = 21  # evaluations when the iterate was reached, where it has not been recorded
RULE_STATE = 22  # first row of the step rule's own memory
RULE_ROWS = 32
TRIAL = RULE_STATE + RULE_ROWS  # first vector: the trial point

# ------------------------------------------------------------------------------------------------ bits of a request
VALUE = 1
GRADIENT = 2
BOTH = VALUE + GRADIENT

# ------------------------------------------------------------------------------------------------ states while running
START = -1  # the start has been asked for
SEARCH = -2  # a trial has been asked for
ANEW = -5  # the search has failed: for the rest of the turn, until another one begins along -g

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
    """An idle block: every lane free, n and the size of the direction's memory filled in.

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
    a[MEMORY] = memory
    return a


def begin(a: Array, lane: int, start: Array) -> None:
    """Put a run that begins at `start`, shape (n,), into a free lane."""
    n = int(a[SIZE, lane])
    a[STATUS:, lane] = 0.0
    a[STATUS, lane] = START
    a[REQUEST, lane] = BOTH
    a[TRIAL : TRIAL + n, lane] = start
