"""Ten thousand iterations, compiled, against gradient descent written by hand in C.

Both call the same kernel through the same pointer and leave the same records: the C source is `c/descent.c`.  "Direct"
calls the compiled loop with records that are large enough already, as the C program is called; `descend` is the whole
call from Python, which lets its records grow and copies them.  Before anything is timed, paths and trials are
compared: they are the same to the last bit.

The C program does less.  It relies on there being room in its records, keeps no best point and counts no gradients,
knows no limits but those on iterations and the gradient, does not begin anew along -g where a search fails, and cannot
be stopped between two trials to go on later.  The compiled loop does all that in the time that is compared.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import thalweg as tw
from benchmarks._formulas import HIMMELBLAU, ROSENBROCK, WAVES, Surface, rosenbrock
from benchmarks._timing import Times, alternate, at_most, ratio, seconds, table
from thalweg.descent import block
from thalweg.descent.account import PATH_EXTRA, TRIAL_COLUMNS
from thalweg.descent.compose import compose
from thalweg.descent.stopping import DEFAULTS
from thalweg.drive.compiled import machine_for
from thalweg.entry import parameters

SOURCE = Path(__file__).parent / "c" / "descent.c"
COMPILER = ("gcc", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
ITERATIONS = 10_000
TRIALS = 20 * ITERATIONS
ROUNDS = 15
GTOL = 0.0

Vector = NDArray[np.float64]


class Case(NamedTuple):
    """A run of the comparison."""

    surface: Surface
    method: str
    options: dict[str, float]
    limit: float | None
    """The ratio to be reached."""


CASES = (
    Case(ROSENBROCK, "gradient descent", {"alpha": 1e-3}, 1.25),
    Case(HIMMELBLAU, "gradient descent", {"alpha": 1e-5}, 1.25),
    Case(WAVES, "gradient descent", {"alpha": 1e-4}, 1.25),
    Case(rosenbrock(10), "gradient descent", {"alpha": 1e-4}, None),
    Case(ROSENBROCK, "armijo", {}, 1.0),
    Case(ROSENBROCK, "armijo", {"initial": 2e-3}, 1.0),
    Case(rosenbrock(10), "armijo", {}, None),
)


def compiled(folder: str, n: int) -> ctypes.CDLL:
    """The C source, built for n variables."""
    library = Path(folder) / f"descent{n}.so"
    subprocess.run([*COMPILER, f"-DN={n}", str(SOURCE), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


class Records(NamedTuple):
    """Rows of iterates and trials: of a run, or room for them with the two numbers before that `advance` wants."""

    path: Vector
    log: Vector


def room(n: int) -> Records:
    """Room for a run.  All write into the same, since where it lies in memory makes a difference of a tenth or two."""
    path, log = np.zeros(2 + TRIALS * (n + PATH_EXTRA)), np.zeros(2 + TRIALS * TRIAL_COLUMNS)
    path[0] = log[0] = TRIALS  # the compiled loop takes no more turns than there is room for rows
    return Records(path, log)


def rows(records: Records, n: int, iterates: int, trials: int) -> Records:
    """A copy of the rows that a run has left in its room."""
    path, log = (
        record[2:].reshape(-1, columns)
        for record, columns in zip(records, (n + PATH_EXTRA, TRIAL_COLUMNS), strict=True)
    )
    return Records(path[:iterates].copy(), log[:trials].copy())


def by_hand(
    library: ctypes.CDLL, case: Case, formula: tw.Formula, records: Records
) -> tuple[Callable[[], Any], Callable[[], Records]]:
    """A call of the C program, and what it left."""
    start = np.array(case.surface.start)
    done, evaluations = ctypes.c_int64(), ctypes.c_int64()
    values = compose(case.method, options=case.options).step.values
    real, pointer = ctypes.c_double, ctypes.c_void_p
    objective = [pointer(formula.native.point), pointer(formula.native.context), pointer(start.ctypes.data)]
    limits = [real(GTOL**2), ctypes.c_int64(ITERATIONS)]
    places = [*(pointer(record[2:].ctypes.data) for record in records), ctypes.byref(done)]
    if case.method == "armijo":
        names = ("c1", "initial", "shrink_min", "shrink_max", "first_shrink_min", "max_trials")
        function = library.armijo
        arguments: list[Any] = [
            *objective,
            *(real(float(values[name])) for name in names),
            *limits,
            *places,
            ctypes.byref(evaluations),
        ]
    else:
        function = library.constant_step
        arguments = [*objective, real(float(values["alpha"])), *limits, *places]

    def left() -> Records:
        trials = done.value if case.method != "armijo" else evaluations.value - 1
        return rows(records, formula.n, done.value + 1, trials)

    return lambda: function(*arguments), left


def direct(
    case: Case, formula: tw.Formula, records: Records
) -> tuple[Callable[[], Any], Callable[[], Records]]:
    """A call of the compiled loop with records ready, and what it left."""
    n = formula.n
    composition = compose(case.method, options=case.options)
    start = np.array(case.surface.start)
    limits = (ITERATIONS, GTOL, *(DEFAULTS[name] for name in ("ftol", "xtol", "max_evaluations")))
    p = parameters(composition, limits, fused=True, stride=1.0)
    a = block.new_block(n, composition.direction.memory(n), 1, composition.traits)
    run = machine_for(composition, n).run(now=True)
    assert run is not None
    pointer = ctypes.c_void_p
    arguments = [pointer(each.ctypes.data) for each in (a, p, *records)]
    arguments += [ctypes.c_int64(2**62), pointer(formula.native.point), pointer(formula.native.context)]

    def call() -> None:
        block.begin(a, 0, start)
        records.path[1] = records.log[1] = 0.0
        run(*arguments)

    def left() -> Records:
        return rows(records, n, int(records.path[1]), int(records.log[1]))

    return call, left


def from_python(case: Case, formula: tw.Formula) -> tuple[Callable[[], Any], Callable[[], Records]]:
    """The call that a user makes, and what it leaves."""

    def call() -> Any:
        return tw.descend(
            formula,
            case.surface.start,
            case.method,
            options=case.options,
            max_iterations=ITERATIONS,
            gtol=GTOL,
        )

    def left() -> Records:
        run = call()
        trials = np.array([list(each) for each in run.trials.tolist()], float)
        return Records(run.path, trials)

    return call, left


def measure(case: Case, library: ctypes.CDLL) -> tuple[dict[str, Times], int, int]:
    formula = tw.Formula(case.surface.new(), variables=case.surface.names)
    records = room(formula.n)
    ways = {
        "C": by_hand(library, case, formula, records),
        "direct": direct(case, formula, records),
        "descend": from_python(case, formula),
    }
    expected: Records | None = None
    for call, left in ways.values():
        call()
        found = left()
        expected = expected or found
        np.testing.assert_array_equal(found.path, expected.path)
        np.testing.assert_array_equal(found.log, expected.log)
    assert expected is not None
    times = alternate({name: call for name, (call, _) in ways.items()}, ROUNDS)
    return times, len(expected.path) - 1, len(expected.log)


def main() -> str:
    if shutil.which(COMPILER[0]) is None:
        return "There is no C compiler here."
    lines: list[list[object]] = []
    worst: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        libraries = {n: compiled(folder, n) for n in {len(case.surface.names) for case in CASES}}
        for case in CASES:
            times, iterations, trials = measure(case, libraries[len(case.surface.names)])
            quotient = {
                name: float(np.median(np.divide(times[name].rounds, times["C"].rounds))) for name in times
            }
            if case.limit is not None:
                worst[case.method] = max(worst.get(case.method, 0.0), quotient["direct"])
            options = ", ".join(f"{name} = {value:g}" for name, value in case.options.items())
            lines.append(
                [
                    f"{case.surface.title}, {case.method}{f' ({options})' if options else ''}",
                    f"{iterations:,}",
                    f"{trials:,}",
                    times["C"],
                    times["direct"],
                    ratio(quotient["direct"]),
                    times["descend"],
                    ratio(quotient["descend"]),
                    seconds(times["direct"].median / trials),
                ]
            )
    limits = {case.method: case.limit for case in CASES if case.limit is not None}
    for method, measured in worst.items():
        at_most(f"{ITERATIONS:,} compiled iterations against C, {method}", measured, limits[method], ratio)
    columns = ["", "iterations", "trials", "C", "direct", "/ C", "`descend`", "/ C", "direct, a trial"]
    return table(columns, lines)


if __name__ == "__main__":
    print(main())
