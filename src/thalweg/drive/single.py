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

from thalweg.descent.block import (
    BEST_VALUE,
    EVALUATIONS,
    GRADIENTS,
    ITERATION,
    NORM2,
    PAUSED,
    SECOND,
    START,
    STATUS,
    STEP,
    TRIAL,
    Array,
)
from thalweg.descent.compose import Composition
from thalweg.descent.stopping import CALLBACK, NON_FINITE, TIME_LIMIT
from thalweg.descent.vocabulary import best
from thalweg.descent.vocabulary import memory as memory_row
from thalweg.drive.compiled import Machine, machine_for
from thalweg.drive.second import tell_all
from thalweg.drive.turns import ask_reduced, run
from thalweg.drive.workspace import Bounds, Outcome, Workspace, give_back, newest, take

FIRST_SLICE = 256  # turns
PLAIN_SLICE = 64  # plain turns are slow: the clock stays in sight, and the compiled part takes over soon
LONGEST_SLICE = 2**32
PLAIN_ROWS = 100  # a plain turn goes through so many rows of a block in the time that all else of it takes
SLICE_SECONDS = 0.02  # what later slices aim at: Ctrl-C and time limits are noticed this soon


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


class Descent:
    """One run of a composition on an objective from `start` (n,), with the parameters `p` of block.py.

    `bounds` are the lowest and the highest values (n,) of the variables, and `start` lies within; `box.py` keeps them
    for a composition that is bounded, else the direction does. What a run of the same composition has `left` goes on,
    as if it had not ended, within the limits of `p`.

    `go_down` takes it to its end, `next` to the next iterate, and either may follow the other. What there is so far
    can be had at any time, after an exception of the objective too.
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
        self._space = take(self._shape)
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
        x, value = newest(a)
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
        left = self._space.leave(self._before + perf_counter() - self._begun)
        if self.running:
            _pause(left.block[:, None], reason)
        if a[STATUS, 0] == START:  # nothing is known of f yet
            left.block[best(a) : best(a) + n] = a[TRIAL : TRIAL + n, 0]
            left.block[BEST_VALUE] = left.path[0, n] = math.nan
        return left

    def leave(self, reason: int) -> Outcome:
        """Its outcome; the descent itself is not to be used any more."""
        left = self.outcome(reason)
        give_back(self._shape, self._space)
        return left


def _pause(a: Array, reason: int) -> None:
    """End a run from outside; it may go on where it was."""
    a[PAUSED, 0] = a[STATUS, 0]
    a[STATUS, 0] = reason


def _slice(objective: Any, native: Any, machine: Machine, space: Workspace, budget: int) -> int:
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


def _compiled_turn(step: Callable[..., int], space: Workspace) -> Callable[..., int]:
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
