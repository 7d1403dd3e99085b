"""What a run is at work on, its block and its records, and what it leaves of them.

Workspaces are kept for later runs of the same shape, since making one takes longer than a short run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from thalweg.descent.account import PATH_EXTRA, TRIAL_COLUMNS
from thalweg.descent.block import (
    EVALUATIONS,
    ITERATION,
    MEASURING,
    NORM2,
    PARAMETERS,
    PAUSED,
    PHI,
    PHI_0,
    REACHED,
    START,
    STATUS,
    STEP,
    STRIDE,
    TRIAL,
    TURNING,
    UNRECORDED,
    Array,
    begin,
    new_block,
)
from thalweg.descent.vocabulary import iterate, trial

PATH_ROWS = 256
LOG_ROWS = 1024
NEARLY_FULL = 0.875
RECORD_BYTES = 2**28
"""Largest record of one run; beyond it the path is thinned to every second row, and the oldest trials go."""

Bounds = tuple[Array, Array]


@dataclass(slots=True)
class Outcome:
    """What a run leaves: its block, its records, how long it took, and from where it may go on.

    `state` is the block as the run left it; `block`, which tells the result, is another one only with mini-batches.
    """

    block: Array
    path: Array
    trials: Array
    stride: int
    trials_dropped: int
    seconds: float
    logged: bool = False
    state: Array | None = None

    @property
    def may_go_on(self) -> bool:
        """Whether the run has not ended for good."""
        return self.state is not None and bool(self.state[PAUSED] < 0.0)


class Workspace:
    """A block, its parameters and its records, with their addresses; used again by later runs of the same shape."""

    __slots__ = (
        "block",
        "columns",
        "dropped",
        "log",
        "logged",
        "p",
        "path",
        "path_rows",
        "places",
        "trial_rows",
    )

    def __init__(self, n: int, memory: int, traits: int) -> None:
        self.block = new_block(n, memory, 1, traits)
        self.p = np.zeros(PARAMETERS)
        self.columns = n + PATH_EXTRA
        self.path = np.empty(2 + PATH_ROWS * self.columns)
        self.log = np.empty(2 + LOG_ROWS * TRIAL_COLUMNS)
        self.dropped = 0
        self.logged = True
        self.measure()

    def measure(self) -> None:
        """The capacities, rows and addresses of the arrays, after any of them has been replaced."""
        self.path[0] = (len(self.path) - 2) // self.columns
        self.log[0] = (len(self.log) - 2) // TRIAL_COLUMNS if self.logged else -1.0
        self.path_rows = self.path[2:].reshape(-1, self.columns)
        self.trial_rows = self.log[2:].reshape(-1, TRIAL_COLUMNS)
        self.places = tuple(array.ctypes.data for array in (self.block, self.p, self.path, self.log))

    def begin(self, start: Array, p: Array, logged: bool, bounds: Bounds | None) -> None:
        """Put a run at its start."""
        begin(self.block, 0, start, bounds)
        self.p[:] = p
        self.path[1] = 0.0
        self.log[1] = 0.0
        self.dropped = 0
        if logged != self.logged:
            self.logged = logged
            self.measure()

    def restore(self, left: Outcome, p: Array) -> None:
        """Put a run where it ended, with its records."""
        assert left.state is not None
        self.block[:, 0] = left.state
        self.p[:] = p
        self.p[STRIDE] = left.stride or math.inf
        used = len(left.path) if left.state[PAUSED] != START else 0
        if left.stride > 1 and left.state[ITERATION] % left.stride:
            used -= 1  # the last iterate is between two that are recorded
        self.dropped, self.logged = left.trials_dropped, left.logged
        self.path = np.empty(2 + max(PATH_ROWS, 2 * used) * self.columns)
        self.log = np.empty(2 + max(LOG_ROWS, 2 * len(left.trials)) * TRIAL_COLUMNS)
        self.measure()
        self.path[1], self.log[1] = used, len(left.trials)
        self.path_rows[:used] = left.path[:used]
        self.trial_rows[: len(left.trials)] = left.trials

    def make_room(self) -> None:
        """Let records grow, or thin a full one: the stride doubles with every second row of a path that goes.

        A path grows a little before that, since a slice has no more turns than there are rows left, and a turn whose
        trial is rejected fills none.
        """
        path, log = self.path, self.log
        if path[1] >= NEARLY_FULL * path[0] and 2 * path.nbytes <= RECORD_BYTES:
            self.path = _longer(path)
            self.measure()
        elif path[1] >= path[0]:
            rows = self.path_rows
            self.block[REACHED, 0] = rows[-1, -1]
            kept = rows[::2].copy()
            rows[: len(kept)] = kept
            path[1] = len(kept)
            before = self.p[STRIDE]
            self.p[STRIDE] = 2.0 * before
            self.block[UNRECORDED, 0] = 2.0 * before - 1.0 if len(rows) % 2 else before - 1.0
        if log[1] == log[0]:
            if 2 * log.nbytes <= RECORD_BYTES:
                self.log = _longer(log)
                self.measure()
            else:
                rows = self.trial_rows
                half = len(rows) // 2
                rows[: len(rows) - half] = rows[half:].copy()
                log[1] = len(rows) - half
                self.dropped += half

    def leave(self, seconds: float) -> Outcome:
        """A copy of what the run leaves; the last iterate stands in the path whatever the stride."""
        a, n = self.block[:, 0].copy(), self.columns - PATH_EXTRA
        used, logged = int(self.path.item(1)), int(self.log.item(1))
        stride = self.p.item(STRIDE)
        path = self.path_rows[:used].copy()
        if not used:  # the start itself is not finite
            path = np.array([[*a[TRIAL : TRIAL + n + 1], math.nan, 0.0, a[EVALUATIONS]]])
        elif stride > 1.0 and a[ITERATION] % stride != 0.0:
            x, value = newest(self.block)
            last = [*a[x : x + n], a[value], math.sqrt(a[NORM2]), a[STEP], a[REACHED]]
            path = np.vstack([path[: used if stride < math.inf else 0], last])
        trials = self.trial_rows[:logged].copy()
        every = int(stride) if stride < math.inf else 0
        return Outcome(a, path, trials, every, self.dropped, seconds, self.logged, a)


def _longer(record: Array) -> Array:
    """The record with room for twice as many rows, which are not touched before they are needed."""
    longer = np.empty(2 * len(record) - 2)
    longer[: len(record)] = record
    return longer


def newest(a: Array) -> tuple[int, int]:
    """Rows of the newest iterate and its value: while its direction is still asking, it stands at the trial point."""
    return (trial(a), PHI) if a[STATUS, 0] in (TURNING, MEASURING) else (iterate(a), PHI_0)


Shape = tuple[int, int, int]
"""n, the memory of the direction, and the traits of a composition: what the size of a workspace depends on."""

_free: dict[Shape, list[Workspace]] = {}
_KEPT = 4  # workspaces of a shape that wait for later runs
_KEPT_SHAPES = 64
_KEPT_NUMBERS = 2**18  # a larger one is not kept


def take(shape: Shape) -> Workspace:
    """One that is free, or a new one."""
    waiting = _free.get(shape)
    try:
        return waiting.pop() if waiting else Workspace(*shape)
    except IndexError:  # another thread took the last one
        return Workspace(*shape)


def give_back(shape: Shape, space: Workspace) -> None:
    """Keep it for a later run, unless it is large or enough are waiting."""
    if len(space.path) + len(space.log) + len(space.block) <= _KEPT_NUMBERS:
        if len(_free) >= _KEPT_SHAPES and shape not in _free:
            _free.clear()
        waiting = _free.setdefault(shape, [])
        if len(waiting) < _KEPT:
            waiting.append(space)
