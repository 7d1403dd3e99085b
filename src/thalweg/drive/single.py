"""One run: a method and an objective brought together, in slices.

Between two slices live the clock, the callback, Ctrl-C and the growth of the records; all state of the run is in its
block, so stopping and resuming cost nothing, and a run may begin plain and go on compiled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.account import PATH_EXTRA, TRIAL_COLUMNS
from thalweg.descent.block import (
    BEST_VALUE,
    EVALUATIONS,
    GRADIENTS,
    ITERATION,
    MEASURING,
    NORM2,
    PARAMETERS,
    PAUSED,
    PHI,
    PHI_0,
    REACHED,
    SECOND,
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
from thalweg.descent.compose import Composition
from thalweg.descent.stopping import CALLBACK, NON_FINITE, TIME_LIMIT
from thalweg.descent.vocabulary import best, iterate, trial
from thalweg.descent.vocabulary import memory as memory_row
from thalweg.drive.compiled import Machine, machine_for
from thalweg.drive.second import tell_all
from thalweg.drive.turns import ask_reduced, run

FIRST_SLICE = 256  # turns
PLAIN_SLICE = 64  # plain turns are slow: the clock stays in sight, and the compiled part takes over soon
LONGEST_SLICE = 2**32
PLAIN_ROWS = 100  # a plain turn goes through so many rows of a block in the time that all else of it takes
SLICE_SECONDS = 0.02  # what later slices aim at: Ctrl-C and time limits are noticed this soon
PATH_ROWS = 256
LOG_ROWS = 1024
RECORD_BYTES = 2**28
"""Largest record of one run; beyond it the path is thinned to every second row, and the oldest trials go."""


Bounds = tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a callback sees after every iteration: x (n,), f, |g|, the counts so far, and the step that led there.

    With mini-batches f and |g| are those of the iterate's batch.
    """

    x: NDArray[np.float64]
    fun: float
    gradient_norm: float
    iteration: int
    evaluations: int
    step_length: float


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


class _Workspace:
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
        """Let a full record grow, or thin it: the stride doubles with every second row of a path that goes."""
        path, log = self.path, self.log
        if path[1] >= path[0]:
            if 2 * path.nbytes <= RECORD_BYTES:
                self.path = np.concatenate([path, np.empty(len(path) - 2)])
                self.measure()
            else:
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
                self.log = np.concatenate([log, np.empty(len(log) - 2)])
                self.measure()
            else:
                rows = self.trial_rows
                half = len(rows) // 2
                rows[: len(rows) - half] = rows[half:].copy()
                log[1] = len(rows) - half
                self.dropped += half


Shape = tuple[int, int, int]
"""n, the memory of the direction, and the traits of a composition: what the size of a workspace depends on."""

_free: dict[Shape, list[_Workspace]] = {}
_KEPT = 4  # workspaces of a shape that wait for later runs
_KEPT_SHAPES = 64
_KEPT_NUMBERS = 2**18  # a larger one is not kept


def _take(shape: Shape) -> _Workspace:
    waiting = _free.get(shape)
    try:
        return waiting.pop() if waiting else _Workspace(*shape)
    except IndexError:  # another thread took the last one
        return _Workspace(*shape)


def _give_back(shape: Shape, space: _Workspace) -> None:
    if len(space.path) + len(space.log) + len(space.block) <= _KEPT_NUMBERS:
        if len(_free) >= _KEPT_SHAPES and shape not in _free:
            _free.clear()
        waiting = _free.setdefault(shape, [])
        if len(waiting) < _KEPT:
            waiting.append(space)


class Descent:
    """One run of a composition on an objective from `start` (n,), with the parameters `p` of block.py.

    `bounds`, lower and upper (n,) each, go with a composition that is bounded, and `start` lies within. What a run of
    the same composition has `left` goes on, as if it had not ended, within the limits of `p`.

    `go_down` takes it to its end, `next` to the next iterate, and either may follow the other. What there is so far
    can be had at any time, after an exception of the objective too. `bounds` are the lowest and highest values (n,) of
    the variables, for directions that have a use for them.
    """

    def __init__(
        self,
        objective: Any,
        composition: Composition,
        start: Array,
        p: Array,
        *,
        logged: bool = True,
        bounds: Bounds | None = None,
        left: Outcome | None = None,
    ) -> None:
        self._begun = perf_counter()
        self._before = 0.0 if left is None else left.seconds
        self._objective = objective
        self._shape = len(start), composition.direction.memory(len(start)), composition.traits
        self._space = _take(self._shape)
        self._machine = machine_for(composition, len(start))
        if left is None:
            self._space.begin(start, p, logged, bounds if composition.bounded else None)
            if bounds is not None and not composition.bounded:
                composition.direction.bound(self._space.block[memory_row(self._space.block) :, 0], *bounds)
        else:
            self._space.restore(left, p)
            quiet(self._machine.resume)(self._space.block, self._space.p, *self._machine.parts[:2])
        self._native = objective.native_reduced if self._machine.ask is ask_reduced else objective.native
        self._told = -1.0  # the last iteration that `next` told

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return bool(self._space.block[STATUS, 0] < 0.0)

    def go_down(
        self, *, time_limit: float = math.inf, callback: Callable[[Progress], object] | None = None
    ) -> None:
        """Take it to its end, or until the callback or the time limit stops it."""
        space, watched = self._space, callback is not None
        budget = 1 if watched else FIRST_SLICE
        a = space.block
        reported = a[ITERATION, 0]  # the start is no iteration
        while self.running:
            before = perf_counter()
            going = _slice(self._objective, self._native, self._machine, space, budget)
            if callback is not None and a[ITERATION, 0] != reported and a[STATUS, 0] != NON_FINITE:
                reported = float(a[ITERATION, 0])
                if callback(self.progress()) and going:
                    _pause(a, CALLBACK)
                    break
            if not going:
                break
            now = perf_counter()
            if now - self._begun >= time_limit:
                _pause(a, TIME_LIMIT)
                break
            if not watched and now - before < SLICE_SECONDS / 2:
                budget = min(2 * budget, LONGEST_SLICE)
            elif now - before > SLICE_SECONDS and budget > 1:
                budget //= 2
            space.make_room()

    def next(self, *, time_limit: float = math.inf) -> Progress | None:
        """The next iterate, the start first; None where the run has ended without another."""
        a = self._space.block
        while True:
            if a[STATUS, 0] != START and a[ITERATION, 0] > self._told and self._space.path[1] > 0.0:
                self._told = float(a[ITERATION, 0])
                return self.progress()
            if not self.running:
                return None
            if perf_counter() - self._begun >= time_limit:
                _pause(a, TIME_LIMIT)
                return None
            self._space.make_room()
            _slice(self._objective, self._native, self._machine, self._space, 1)

    def progress(self) -> Progress:
        """The iterate at which it is."""
        a, n = self._space.block, self._shape[0]
        x, value = _newest(a)
        return Progress(
            a[x : x + n, 0].copy(),
            float(a[value, 0]),
            math.sqrt(a[NORM2, 0]),
            int(a[ITERATION, 0]),
            int(a[EVALUATIONS, 0]),
            float(a[STEP, 0]),
        )

    def outcome(self, reason: int) -> Outcome:
        """What it has left so far; `reason` is that of the end where it has not ended by itself."""
        a, n = self._space.block, self._shape[0]
        left = _leave(self._space, n, self._before + perf_counter() - self._begun)
        if self.running:
            _pause(left.block[:, None], reason)
        if a[STATUS, 0] == START:  # nothing is known of f yet
            left.block[best(a) : best(a) + n] = a[TRIAL : TRIAL + n, 0]
            left.block[BEST_VALUE] = left.path[0, n] = math.nan
        return left

    def leave(self, reason: int) -> Outcome:
        """Its outcome; the descent itself is not to be used any more."""
        left = self.outcome(reason)
        _give_back(self._shape, self._space)
        return left


def _pause(a: Array, reason: int) -> None:
    """End a run from outside; it may go on where it was."""
    a[PAUSED, 0] = a[STATUS, 0]
    a[STATUS, 0] = reason


def _newest(a: Array) -> tuple[int, int]:
    """Rows of the newest iterate and its value: while its direction is still asking, it stands at the trial point."""
    return (trial(a), PHI) if a[STATUS, 0] in (TURNING, MEASURING) else (iterate(a), PHI_0)


def _slice(objective: Any, native: Any, machine: Machine, space: _Workspace, budget: int) -> int:
    """One slice of a run, compiled where that is ready; returns 0 where the run ended."""
    fill, first, judge = machine.parts
    if native is not None:
        compiled = machine.run()
        if compiled is not None:
            if machine.traits & SECOND:
                tell_all(objective, space.block)
            return compiled(*space.places, budget, native.point, native.context)
    a = space.block
    step = machine.step() if native is None else None
    turn = quiet(machine.automaton) if step is None else _compiled_turn(step, space)
    before = a[EVALUATIONS, 0] + a[GRADIENTS, 0]
    records = space.p, space.path, space.log
    weight = 1 + len(a) // PLAIN_ROWS if step is None else 1
    turns = max(1, min(budget, PLAIN_SLICE // weight))
    going = run(a, *records, turns, objective, machine.ask, turn, fill, first, judge)
    machine.plain_turns += weight * int(a[EVALUATIONS, 0] + a[GRADIENTS, 0] - before) if step is None else 0
    return going


def _compiled_turn(step: Callable[..., int], space: _Workspace) -> Callable[..., int]:
    """The compiled automaton in place of the plain one, at work on the same block."""
    places = space.places

    def turn(*_: object) -> int:
        return step(*places)

    return turn


def quiet(automaton: Callable[..., Any]) -> Callable[..., Any]:
    """The automaton as it stands; NumPy's scalars warn of overflow, which here is a number like any other."""

    def turn(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return automaton(*arguments)

    return turn


def _leave(space: _Workspace, n: int, seconds: float) -> Outcome:
    """Copy what the run leaves; the last iterate stands in the path whatever the stride."""
    a = space.block[:, 0].copy()
    used, logged = int(space.path.item(1)), int(space.log.item(1))
    stride = space.p.item(STRIDE)
    path = space.path_rows[:used].copy()
    if not used:  # the start itself is not finite
        path = np.array([[*a[TRIAL : TRIAL + n + 1], math.nan, 0.0, a[EVALUATIONS]]])
    elif stride > 1.0 and a[ITERATION] % stride != 0.0:
        x, value = _newest(space.block)
        last = [*a[x : x + n], a[value], math.sqrt(a[NORM2]), a[STEP], a[REACHED]]
        path = np.vstack([path[: used if stride < math.inf else 0], last])
    trials = space.trial_rows[:logged].copy()
    every = int(stride) if stride < math.inf else 0
    return Outcome(a, path, trials, every, space.dropped, seconds, space.logged, a)
