"""Slices: callbacks, time limits, Ctrl-C, and records that grow, are thinned, or are not kept."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import thalweg as tw
from thalweg.drive import compiled, single, workspace

VALLEY = "(1-x)^2 + 100*(y-x^2)^2"
START = [-1.2, 1.0]


@pytest.fixture(params=["plain", "compiled", "callable"])
def objective(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    formula = tw.Formula(VALLEY)
    if request.param == "plain":
        monkeypatch.setattr(compiled, "PATIENCE", math.inf)
        monkeypatch.setattr(compiled, "_machines", {})
        yield formula
    elif request.param == "compiled":
        monkeypatch.setattr(compiled, "PATIENCE", 0)
        yield formula
    else:
        yield tw.Function(formula.value, formula.gradient)


def test_the_callback_sees_every_iteration_and_can_stop(objective: object) -> None:
    seen: list[single.Progress] = []

    def watch(progress: single.Progress) -> bool:
        seen.append(progress)
        return progress.iteration == 12

    run = tw.descend(objective, START, "armijo", callback=watch)
    free = tw.descend(objective, START, "armijo", max_iterations=12)
    assert run.reason is tw.Reason.CALLBACK
    assert not run.success
    assert [p.iteration for p in seen] == list(range(1, 13))
    assert_array_equal([p.x for p in seen], free.points[1:])
    assert_array_equal([p.fun for p in seen], free.values[1:])
    assert_array_equal([p.gradient_norm for p in seen], free.gradient_norms[1:])
    assert_array_equal(run.path, free.path)


def test_an_error_in_the_callback_is_the_callers(objective: object) -> None:
    def fail(progress: single.Progress) -> None:
        raise LookupError(progress.iteration)

    with pytest.raises(LookupError, match="1"):
        tw.descend(objective, START, "armijo", callback=fail)


def test_the_time_limit_ends_a_run_and_keeps_its_path(objective: object) -> None:
    begun = time.perf_counter()
    run = tw.descend(
        objective, START, step=tw.Constant(1e-9), gtol=0, max_iterations=1e9, time_limit=0.2, record=1000
    )
    assert run.reason is tw.Reason.TIME_LIMIT
    assert 0.2 <= run.seconds <= time.perf_counter() - begun
    assert run.nit > 100
    assert "s" in run.headline


def test_a_step_too_small_to_move_ends_at_the_floor(objective: object) -> None:
    run = tw.descend(objective, START, step=tw.Constant(1e-300), gtol=0, max_iterations=1e9, time_limit=60.0)
    assert run.reason is tw.Reason.PRECISION_FLOOR
    assert not run.success


@pytest.mark.parametrize("how", ["compiled", "callable"])
def test_ctrl_c_stops_at_once(how: str) -> None:
    script = f"""
import thalweg as tw, thalweg.drive
f = tw.Formula("{VALLEY}")
thalweg.drive.warm()
g = f if {how == "compiled"} else tw.Function(f.value, f.gradient)
try:
    print("ready", flush=True)
    tw.descend(g, [-1.2, 1], step=tw.Constant(1e-12), gtol=0, max_iterations=1e9, record="last")
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert process.wait(timeout=10) == 0


def test_an_exception_in_the_function_passes_through() -> None:
    def f(x: np.ndarray) -> float:
        if x[0] < 0.5:
            raise ZeroDivisionError("mine")
        return float(x[0] ** 2)

    with pytest.raises(ZeroDivisionError, match="mine"):
        tw.descend(f, [3.0], step=tw.Constant(0.1))


# ------------------------------------------------------------------------------------------------ records


def test_the_records_grow_with_the_run(objective: object) -> None:
    run = tw.descend(objective, START, step=tw.Constant(1e-4), max_iterations=3000, gtol=0)
    assert run.path.shape == (3001, 6)
    assert len(run.trials) == 3000
    assert_array_equal(run.evaluations, np.arange(1, 3002))
    assert_array_equal(run.trials["iteration"], np.arange(3000))


@pytest.mark.parametrize("k", [1, 7, 100, 250])
def test_every_kth_iterate_and_always_the_last(objective: object, k: int) -> None:
    whole = tw.descend(objective, START, "armijo", max_iterations=250, gtol=0)
    thin = tw.descend(objective, START, "armijo", max_iterations=250, gtol=0, record=k)
    rows = sorted({*range(0, 251, k), 250})
    assert_array_equal(thin.points, whole.points[rows])
    assert_array_equal(thin.values, whole.values[rows])
    assert thin.gradient_norms == pytest.approx(whole.gradient_norms[rows], rel=1e-12)
    assert_array_equal(thin.step_lengths, whole.step_lengths[rows])
    assert_array_equal(thin.x, whole.x)


def test_only_the_last_iterate(objective: object) -> None:
    whole = tw.descend(objective, START, "armijo", max_iterations=250, gtol=0)
    last = tw.descend(objective, START, "armijo", max_iterations=250, gtol=0, record="last")
    assert_array_equal(last.points, whole.points[-1:])
    assert len(last.trials) == 0
    assert (last.nit, last.nfev, last.fun) == (whole.nit, whole.nfev, whole.fun)


def test_a_full_record_is_thinned_and_says_so(objective: object, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tw.descend(objective, START, step=tw.Constant(1e-4), max_iterations=2500, gtol=0)
    monkeypatch.setattr(workspace, "RECORD_BYTES", 2**15)
    monkeypatch.setattr(workspace, "PATH_ROWS", 64)
    monkeypatch.setattr(workspace, "LOG_ROWS", 64)
    monkeypatch.setattr(workspace, "_free", {})
    run = tw.descend(objective, START, step=tw.Constant(1e-4), max_iterations=2500, gtol=0)
    assert run.stride > 1
    assert run.path.nbytes <= 2**15
    rows = sorted({*range(0, 2501, run.stride), 2500})
    assert_array_equal(run.points, whole.points[rows])
    assert run.trials_dropped == 2500 - len(run.trials)
    assert_array_equal(run.trials["alpha"], 1e-4)
    assert_array_equal(run.trials["iteration"], np.arange(run.trials_dropped, 2500))
    assert run.verdict.text  # figures from a path with gaps


def test_runs_in_threads_do_not_disturb_each_other() -> None:
    formula = tw.Formula(VALLEY)
    alone = [tw.descend(formula, [s, 1.0], "armijo", max_iterations=400) for s in np.linspace(-2, 2, 16)]
    found: dict[int, tw.Trajectory] = {}

    def work(i: int) -> None:
        for _ in range(5):
            found[i] = tw.descend(formula, [np.linspace(-2, 2, 16)[i], 1.0], "armijo", max_iterations=400)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, run in enumerate(alone):
        assert_array_equal(run.path, found[i].path)


def test_a_run_inside_a_run() -> None:
    """A function that itself minimises: the inner run must not use the outer one's memory."""
    inner = tw.Formula("(y-a)^2 + y^4", variables=("y",), parameters={"a": 0.0})

    def outer(x: np.ndarray) -> float:
        return (
            tw.descend(
                inner.with_parameters(a=float(x[0])),
                [
                    0.0,
                ],
                "armijo",
                gtol=1e-12,
            ).fun
            + (x[0] - 1) ** 2
        )

    run = tw.descend(outer, [3.0], "armijo", gtol=1e-5)
    from scipy.optimize import minimize_scalar

    def value(a: float) -> float:
        return minimize_scalar(lambda y: (y - a) ** 2 + y**4, bracket=(0, 1), tol=1e-12).fun + (a - 1) ** 2

    assert run.x[0] == pytest.approx(minimize_scalar(value, bracket=(0, 2)).x, abs=1e-4)


# ------------------------------------------------------------------------------------------------ what comes out


def test_a_trajectory_pickles_as_what_it_says() -> None:
    run = tw.descend(VALLEY, START, "armijo", max_iterations=50)
    again = pickle.loads(pickle.dumps(run))
    assert_array_equal(run.path, again.path)
    assert_array_equal(run.trials, again.trials)
    assert run.verdict == again.verdict
    assert repr(run) == repr(again)


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ([1.0], "start is 2 numbers \\(x, y\\), not \\[1.0\\]"),
        (np.ones((1, 2)), "not an array of shape \\(1, 2\\)"),
        (None, "start is 2 numbers \\(x, y\\), not None"),
        ("1,2", "start is 2 numbers \\(x, y\\), not '1,2'"),
        ([1.0, "a"], "not \\[1.0, 'a'\\]"),
        ([1.0, math.nan], "start must be finite, and its element 1 is nan"),
        ([math.inf, -math.inf], "element 0 is inf"),
    ],
)
def test_a_bad_start_gets_one_sentence(start: list[float], says: str) -> None:
    with pytest.raises(tw.ParameterError, match=says):
        tw.descend(VALLEY, start)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"method": "adagard"},
            r"there is no method 'adagard' \(did you mean adagrad\?\); the methods are: gradient descent, armijo",
        ),
        (
            {"method": "armijo", "options": {"c2": 1}},
            "armijo has no parameter 'c2'; its parameters are: c1, first_shrink_min, first_trial, initial",
        ),
        (
            {"method": "armijo", "options": {"shrinkmax": 1}},
            r"no parameter 'shrinkmax' \(did you mean shrink_max\?\)",
        ),
        ({"method": "armijo", "options": {"c1": 2}}, "c1 lies between"),
        ({"method": "armijo", "options": {"c1": "x"}}, "c1 is a number, not 'x'"),
        ({"method": "armijo", "options": {"c1": [1]}}, "c1 is a number"),
        (
            {"method": "armijo", "options": {"interpolation": "linear"}},
            "interpolation is one of 'quadratic', 'cubic'",
        ),
        ({"method": "armijo", "preset": "mine"}, "armijo has no preset 'mine'; its presets are: origin"),
        ({"max_iterations": 1.5}, "max_iterations is a whole number"),
        ({"gtol": -1}, "gtol lies between"),
        ({"record": 0}, "record is"),
        ({"record": "some"}, "record is"),
        ({"record": None}, "record is"),
        ({"record": [1]}, "record is"),
        ({"time_limit": math.nan}, "time_limit is a number of seconds, not nan"),
        ({"time_limit": "1"}, "time_limit is a number of seconds, not '1'"),
    ],
)
def test_a_bad_argument_gets_one_sentence(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(tw.ParameterError, match=says):
        tw.descend(VALLEY, START, **arguments)


def test_an_array_of_one_number_is_a_number() -> None:
    one = tw.descend(VALLEY, START, options={"c1": np.array(0.1)}, gtol=np.array(1e-3))
    assert_array_equal(one.path, tw.descend(VALLEY, START, options={"c1": 0.1}, gtol=1e-3).path)


def test_a_method_that_needs_more_memory_than_a_run_may_have_is_refused() -> None:
    f = tw.Function(lambda x: x @ x, jac=lambda x: 2.0 * x)
    with pytest.raises(tw.ParameterError, match=r"needs 18\.6 GiB of memory for 50,000 variables.*l-bfgs"):
        tw.descend(f, np.ones(50_000), method="bfgs")
    assert tw.descend(f, np.ones(50_000), method="l-bfgs").success


def test_what_is_no_objective_is_refused() -> None:
    with pytest.raises(tw.ParameterError, match="an objective is"):
        tw.descend(3.0, [1.0])
    with pytest.raises(tw.FormulaError):
        tw.descend("x^2 +", [1.0])


@pytest.mark.parametrize("record", [3, "last"])
def test_the_last_row_has_the_bits_of_the_whole_path_and_warns_of_nothing(record: object) -> None:
    text = "(x-1)^2*(1+y^2) + exp(z)*x + (z+y)^4"
    for alpha, iterations in ((0.01, 100), (3.0, 4), (3.0, 5)):
        arguments = {"step": tw.Constant(alpha), "gtol": 0, "max_iterations": iterations}
        whole = tw.descend(text, [0.3, -0.7, 0.1], **arguments)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            thin = tw.descend(text, [0.3, -0.7, 0.1], **arguments, record=record)
        assert_array_equal(thin.path[-1], whole.path[-1])
        assert_array_equal(thin.start, whole.points[0])
        assert thin.first_value == whole.values[0]
        assert_array_equal(whole.iterations[thin.iterations], thin.iterations)
        assert_array_equal(whole.points[thin.iterations], thin.points)


@pytest.mark.parametrize("gtol", [1e155, 1e300, float("inf")])
def test_a_tolerance_may_be_as_large_as_it_likes(gtol: float) -> None:
    assert tw.descend("x^2", [3.0], gtol=gtol).reason is tw.Reason.GRADIENT_TOLERANCE
