"""The state of W runs that go down side by side: one array ``a[row, lane]`` of float64, and the names of its rows.

A single run is a block with one lane.  The scalars of a run come first, then the memory of its step rule, then its
vectors, each n rows long, then second derivatives where its composition asks for them, and last the direction's own
memory.  The parameters `p` of a method are one
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
TRAITS = 2  # what the composition is made for: a sum of the traits below
STATUS = 3  # what the automaton is doing, or the Reason for which it ended; 0 where the lane carries no run
REQUEST = 4  # what is wanted: VALUE and GRADIENT at the trial point, or one of the further requests
ITERATION = 5  # k, the number of accepted steps
EVALUATIONS = 6  # values asked for so far
GRADIENTS = 7  # gradients asked for so far
HESSIANS = 8  # Hessians asked for so far
PRODUCTS = 9  # products of the Hessian with a vector asked for so far
ALPHA = 10  # step length of the trial
PHI = 11  # phi(alpha), the value at the trial point; +inf where value, gradient or point is not finite
NORM2 = 12  # |g|^2 there
PHI_0 = 13  # phi(0), the value at the iterate
SLOPE_0 = 14  # phi'(0) = g.d
FIRST_VALUE = 15  # f at the start
BEST_VALUE = 16  # the smallest f met at an iterate
BEST_NORM2 = 17  # the smallest |g|^2 met at an iterate
STALLED = 18  # iterations in a row that only rounding let pass
UNRECORDED = 19  # iterates to pass over before the next one is recorded
STEP = 20  # length of the step that led to the iterate
LANE = 21  # which run of a survey this lane carries
REACHED = 22  # evaluations when the iterate was reached, where it has not been recorded
BATCH = 23  # number of the mini-batch that the request is about; 0 without mini-batches
PAUSED = 24  # the state from which an ended run may go on; 0 where it has ended for good
RULE_STATE = 25  # first row of the step rule's own memory
RULE_ROWS = 32
TRIAL = RULE_STATE + RULE_ROWS  # first vector: the trial point

# ------------------------------------------------------------------------------------------------ bits of a request
VALUE = 1
GRADIENT = 2
BOTH = VALUE + GRADIENT
ELSEWHERE = 4  # the gradient at another point, v
HESSIAN = 8
PRODUCT = 16  # of the Hessian with a vector, v

# ------------------------------------------------------------------------------------------------ traits
# Compiled code is made for them: it holds nothing of what its composition has no use for.  What the direction asks for
# is the first kind of trait: ELSEWHERE, HESSIAN and PRODUCT.
CURVATURE = 32  # the step rule wants d.H d
SEARCHES = 64  # the step rule makes sense only along a direction that goes down
BOUNDED = 128  # the variables have bounds
BATCHED = 256  # every iterate is evaluated on a mini-batch of its own
KERNEL = 512  # of compiled code alone: a kernel tells both value and gradient, and nothing else is ever asked
SECOND = HESSIAN + PRODUCT + CURVATURE  # second derivatives, which no kernel gives
ASKING = ELSEWHERE + SECOND

# ------------------------------------------------------------------------------------------------ states while running
START = -1  # the start has been asked for
SEARCH = -2  # a trial has been asked for
TURNING = -3  # the direction has asked for something
MEASURING = -4  # the curvature along the direction has been asked for
ANEW = -5  # the search has failed: for the rest of the turn, until another one begins along -g

# ------------------------------------------------------------------------------------------------ states when paused
# Beside those while running, where something from outside ended it.
ARRIVED = -6  # at a new iterate, with no direction taken yet; at the trial point stands the one before
REFUSED = -7  # a trial has been refused, and the next one not been placed

# ------------------------------------------------------------------------------------------------ parameters p
GTOL2 = 0
FTOL = 1
XTOL = 2
MAX_ITERATIONS = 3
MAX_EVALUATIONS = 4
FUSED = 5  # 1: the gradient comes with the value at little extra cost, so ask for both at every trial
STRIDE = 6  # every how many iterates one is recorded
LIMITED = 7  # 1: there is a limit beside those on iterations and gradient, which most runs never look at
RULE = 8  # first parameter of the step rule
DIRECTION = 24  # first parameter of the direction
PARAMETERS = 40


def rows(n: int, memory: int, traits: int = 0) -> int:
    """Rows of a block for n variables whose direction keeps `memory` numbers."""
    bounds = 3 * n if traits & BOUNDED else 0
    answers = (n if traits & CURVATURE else 0) + (2 * n + 1 if traits & (ELSEWHERE + PRODUCT) else 0)
    return TRIAL + 6 * n + 1 + bounds + answers + (n * n if traits & HESSIAN else 0) + memory


LARGEST_BLOCK = 2**32
"""Bytes of a block.  Systems promise more memory than they have, and end the program that uses it."""


def new_block(n: int, memory: int, lanes: int = 1, traits: int = 0) -> Array:
    """An idle block: every lane free, n, the traits and the size of the direction's memory filled in.

    Raises:
        ParameterError: It would be larger than `LARGEST_BLOCK`, as that of a method with a dense n by n matrix may be.
    """
    size = 8 * rows(n, memory, traits) * lanes
    if size > LARGEST_BLOCK:
        raise ParameterError(
            f"this method needs {size / 2**30:,.1f} GiB of memory for {n:,} variables, more than the "
            f"{LARGEST_BLOCK >> 30} GiB that a run may have; one without a matrix, such as l-bfgs, needs less"
        )
    a = np.zeros((rows(n, memory, traits), lanes))
    a[SIZE] = n
    a[TRAITS] = traits
    a[MEMORY] = memory
    return a


def begin(a: Array, lane: int, start: Array, bounds: tuple[Array, Array] | None = None) -> None:
    """Put a run that begins at `start`, shape (n,), into a free lane; `bounds`, (n,) each, where it has the trait."""
    n = int(a[SIZE, lane])
    a[STATUS:, lane] = 0.0
    a[STATUS, lane] = START
    a[REQUEST, lane] = BOTH
    a[TRIAL : TRIAL + n, lane] = start
    if bounds is not None:
        first = TRIAL + 6 * n + 1
        a[first : first + n, lane], a[first + n : first + 2 * n, lane] = bounds
