"""Many runs in lockstep: one block of lanes, evaluated by a batch kernel, refilled as runs end.

Every run gives the same bits as it would alone (`single.py`), whatever its neighbours do.  Paths are not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.block import (
    BEST_VALUE,
    EVALUATIONS,
    ITERATION,
    LANE,
    SECOND,
    STATUS,
    Array,
    begin,
    new_block,
)
from thalweg.descent.compose import Composition
from thalweg.descent.vocabulary import best
from thalweg.drive.compiled import Machine, machine_for
from thalweg.drive.second import tell_all
from thalweg.drive.single import quiet
from thalweg.drive.turns import lockstep
from thalweg.errors import ParameterError

WIDTH = 64
IDLE_LANES = 8  # a block is refilled when so many of its lanes have ended
SLICE = 4096  # turns


@dataclass(frozen=True, slots=True)
class Ends:
    """How each of m runs ended.

    Attributes:
        x: (m, n), the best point of each run.
        values: (m,), f there.
        status: (m,), the number of the `Reason`.
        iterations: (m,).
        evaluations: (m,).
    """

    x: NDArray[np.float64]
    values: NDArray[np.float64]
    status: NDArray[np.int64]
    iterations: NDArray[np.int64]
    evaluations: NDArray[np.int64]


def go_down_together(
    objective: Any,
    composition: Composition,
    starts: Array,
    p: Array,
    *,
    compiled: bool = True,
    bounds: tuple[Array, Array] | None = None,
) -> Ends:
    """Run a composition from every row of `starts` (m, n), with the parameters `p` of block.py.

    `compiled=False` runs the plain source, which is slow; an objective without a kernel runs plain in any case.

    Raises:
        ParameterError: The method works on residuals, or goes by mini-batches; lanes are told values and gradients.
    """
    if composition.direction.residuals or composition.batched:
        raise ParameterError(
            f"runs side by side are told values and gradients, and {composition.direction.name} "
            f"{'goes by mini-batches' if composition.batched else 'works on residuals'}; descend takes it"
        )
    m, n = len(starts), int(starts.shape[1])
    a = new_block(n, composition.direction.memory(n), WIDTH, composition.traits)
    a[LANE] = -1.0
    machine = machine_for(composition, n)
    native = objective.native if compiled else None
    ends = Ends(
        x=np.zeros((m, n)),
        values=np.zeros(m),
        status=np.zeros(m, dtype=np.int64),
        iterations=np.zeros(m, dtype=np.int64),
        evaluations=np.zeros(m, dtype=np.int64),
    )
    begun = 0
    while True:
        for lane in np.flatnonzero(a[STATUS] >= 0.0).tolist():
            if a[LANE, lane] >= 0.0:
                _harvest(a, lane, n, ends)
                a[LANE, lane] = -1.0
            if begun < m:
                begin(a, lane, starts[begun], bounds)
                a[LANE, lane] = begun
                begun += 1
        if not (a[LANE] >= 0.0).any():
            return ends
        _slice(objective, native, machine, a, p, wanted=WIDTH - IDLE_LANES if begun < m else 0)


def _slice(objective: Any, native: Any, machine: Machine, a: Array, p: Array, wanted: int) -> None:
    """Turns of the whole block until at most `wanted` lanes still run."""
    run = machine.lockstep(WIDTH) if native is not None else None
    none = np.zeros(2)
    if native is not None and run is not None:
        if machine.traits & SECOND:
            tell_all(objective, a)
        places = (a.ctypes.data, p.ctypes.data, none.ctypes.data)
        run(*places, SLICE, wanted, native.batch, native.context)
    else:
        lockstep(a, p, none, SLICE, wanted, objective, quiet(machine.automaton), *machine.parts)


def _harvest(a: Array, lane: int, n: int, ends: Ends) -> None:
    run = int(a[LANE, lane])
    row = best(a)
    ends.x[run] = a[row : row + n, lane]
    ends.values[run] = a[BEST_VALUE, lane]
    ends.status[run] = a[STATUS, lane]
    ends.iterations[run] = a[ITERATION, lane]
    ends.evaluations[run] = a[EVALUATIONS, lane]
