"""The entry: the check of a gradient, one iteration at a time, warm starts, and what is left when something breaks."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import minimize, rosen, rosen_der

import thalweg as tw

VALLEY = "(1-x)^2 + 100*(y-x^2)^2"
START = [-1.2, 1.0]
METHODS = ["gradient descent", "armijo", "bfgs", "l-bfgs", "conjugate gradient", "adam"]


# ------------------------------------------------------------------------------------------------ one at a time


@pytest.mark.filterwarnings("ignore:overflow")  # of the callable, on the way of a step that is too long
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("objective", [VALLEY, tw.Function(rosen, rosen_der)], ids=["formula", "callable"])
def test_iterating_is_the_same_run_to_the_last_bit(objective, method: str) -> None:
    whole = tw.descend(objective, START, method, max_iterations=300)
    iterates = tw.iterate(objective, START, method, max_iterations=300)
    states = list(iterates)
    assert_array_equal(np.array([state.x for state in states]), whole.points)
    assert_array_equal([state.fun for state in states], whole.values)
    assert_array_equal([state.gradient_norm for state in states], whole.gradient_norms)
    assert_array_equal([state.step_length for state in states], whole.step_lengths)
    assert_array_equal([state.evaluations for state in states], whole.evaluations)
    assert [state.iteration for state in states] == list(range(whole.nit + 1))
    assert_array_equal(iterates.run.path, whole.path)
    for column in ("iteration", "alpha", "phi", "slope", "judgement"):
        assert_array_equal(iterates.run.trials[column], whole.trials[column])
    assert iterates.run.reason is whole.reason
    assert list(iterates) == []


def test_a_run_left_early_is_a_run() -> None:
    whole = tw.descend(VALLEY, START, "bfgs")
    iterates = tw.iterate(VALLEY, START, "bfgs")
    for state in iterates:
        if state.iteration == 7:
            break
    so_far = iterates.run
    assert (so_far.nit, so_far.reason) == (7, tw.Reason.CALLBACK)
    assert_array_equal(so_far.path, whole.path[:8])
    assert next(iterates).iteration == 8  # looking at it does not end it
    assert_array_equal(so_far.path, whole.path[:8])
    iterates.close()
    assert (iterates.run.nit, list(iterates)) == (8, [])
    assert not iterates.run.success
    assert "stopped by the callback" in repr(iterates.run)
    with tw.iterate(VALLEY, START, "bfgs") as others:
        next(others)
    assert others.run.nit == 0
    assert list(others) == []


def test_a_run_looked_at_before_its_first_evaluation() -> None:
    iterates = tw.iterate(VALLEY, START)
    assert_array_equal(iterates.run.x, START)
    assert math.isnan(iterates.run.fun)
    assert next(iterates).fun == pytest.approx(rosen(START))


def test_many_runs_side_by_side_do_not_disturb_each_other() -> None:
    starts = [[s, 1.0] for s in np.linspace(-2, 2, 9)]
    together = [tw.iterate(VALLEY, start, "bfgs") for start in starts]
    waiting = list(together)
    while waiting:
        waiting = [iterates for iterates in waiting if next(iterates, None) is not None]
    for start, iterates in zip(starts, together, strict=True):
        assert_array_equal(iterates.run.path, tw.descend(VALLEY, start, "bfgs").path)


def test_limits_hold_when_iterating() -> None:
    assert len(list(tw.iterate(VALLEY, START, max_iterations=5))) == 6
    slow = tw.iterate(VALLEY, START, step=tw.Constant(1e-9), gtol=0, max_iterations=1e9, time_limit=0.05)
    assert len(list(slow)) > 10
    assert slow.run.reason is tw.Reason.TIME_LIMIT
    with pytest.raises(tw.ParameterError):
        tw.iterate(VALLEY, START, "nonsense")
    assert list(tw.iterate("log(x)", [-1.0])) == []


# ------------------------------------------------------------------------------------------------ warm starts


def test_a_run_starts_where_another_ended() -> None:
    first = tw.descend(VALLEY, START, "bfgs", max_iterations=10)
    assert_array_equal(tw.descend(VALLEY, first, "dfp").start, first.x)
    of_scipy = minimize(rosen, START, method="Nelder-Mead")
    assert_array_equal(tw.descend(VALLEY, of_scipy, "bfgs").start, of_scipy.x)


# ------------------------------------------------------------------------------------------------ a gradient's check


def wrong(x):
    return rosen_der(x) * np.array([1.0, -1.0])


def test_a_doubtful_gradient_warns_with_both_figures_and_the_run_goes_on() -> None:
    with pytest.warns(
        tw.GradientWarning, match=r"rosen at the start: its component x2 is 88, .* give -88 "
    ) as caught:
        run = tw.descend(tw.Function(rosen, wrong), START, max_iterations=5)
    assert caught[0].filename == __file__
    assert run.nit <= 5
    with pytest.warns(tw.GradientWarning) as caught:
        next(tw.iterate(tw.Function(rosen, wrong), START))
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tw.descend(tw.Function(rosen, wrong), START, max_iterations=5, check_gradient=False)
        tw.descend(tw.Function(rosen, rosen_der), START, max_iterations=5)


def test_the_check_is_counted_and_costs_little() -> None:
    f = tw.Function(rosen, rosen_der)
    free = tw.descend(f, START, "bfgs", check_gradient=False)
    checked = tw.descend(f, START, "bfgs")
    assert free.calls is not None
    assert checked.calls is not None
    assert (free.calls.fun, free.calls.jac) == (free.nfev, free.njev)
    assert (checked.calls.fun - checked.nfev, checked.calls.jac - checked.njev) == (5, 1)
    assert_array_equal(free.path, checked.path)


def test_a_run_says_where_its_gradient_came_from_and_what_that_took() -> None:
    by_differences = tw.Function(rosen, derivative="differences")
    run = tw.descend(by_differences, START, "bfgs")
    assert run.derivative == "differences"
    assert run.calls is not None
    assert run.calls.fun == run.nfev + 4 * run.njev
    assert "gradient by differences" in repr(run)
    assert run.message.endswith(f"Gradient by differences, {run.calls.fun:,} calls of the function in all.")
    assert tw.descend(tw.Function(rosen, rosen_der), START, "bfgs").derivative == "given"
    exact = tw.descend(VALLEY, START, "bfgs")
    assert (exact.derivative, exact.calls) == ("exact", None)
    assert "radient by" not in exact.message + repr(exact)


def test_a_run_does_not_depend_on_the_runs_before_it() -> None:
    f = tw.Function(lambda x: (x[0] - 1) ** 2 + abs(x[1]) ** 3)
    first = tw.descend(f, [3.0, 2.0], "bfgs", gtol=1e-6)
    assert first.derivative == "differences"
    assert_array_equal(tw.descend(f, [3.0, 2.0], "bfgs", gtol=1e-6).path, first.path)


# ------------------------------------------------------------------------------------------------ what breaks


class MineError(Exception):
    pass


def breaking_after(calls: int):
    def f(x):
        nonlocal calls
        calls -= 1
        if calls < 0:
            raise MineError("no more")
        return rosen(x)

    return f


@pytest.mark.parametrize("calls", [0, 1, 30])
def test_an_exception_passes_through_and_carries_the_run(calls: int) -> None:
    f = tw.Function(breaking_after(calls), rosen_der)
    with pytest.raises(MineError, match="no more") as caught:
        tw.descend(f, START, "bfgs", check_gradient=False)
    run = caught.value.run  # type: ignore[attr-defined]
    assert run.reason is tw.Reason.RAISED
    whole = tw.descend(tw.Function(rosen, rosen_der), START, "bfgs", check_gradient=False)
    assert_array_equal(run.x, START if calls < 2 else run.points[-1])
    if calls:
        assert_array_equal(run.path, whole.path[: len(run.path)])
        assert len(run.path) == (1 if calls == 1 else int((whole.evaluations <= calls).sum()))
    (note,) = caught.value.__notes__
    assert f"{run.nit} iterations" in note
    assert "attribute `run`" in note
    assert not run.success
    assert "exception" in repr(run)


def test_an_exception_of_the_callback_carries_the_run_too() -> None:
    def fail(progress) -> None:
        if progress.iteration == 3:
            raise MineError

    with pytest.raises(MineError) as caught:
        tw.descend(VALLEY, START, "bfgs", callback=fail)
    assert caught.value.run.nit == 3  # type: ignore[attr-defined]


def test_an_exception_while_iterating_leaves_the_run() -> None:
    iterates = tw.iterate(tw.Function(breaking_after(30), rosen_der), START, "bfgs", check_gradient=False)
    with pytest.raises(MineError):
        list(iterates)
    assert iterates.run.reason is tw.Reason.RAISED
    assert iterates.run.nit > 3
    assert list(iterates) == []


def test_the_run_on_an_exception_is_that_of_the_outermost_call() -> None:
    def outer(x):
        return tw.descend(breaking_after(3), [x[0] + 1.0, 2.0], "armijo").fun

    with pytest.raises(MineError) as caught:
        tw.descend(outer, [1.0], "armijo")
    assert caught.value.run.n == 1  # type: ignore[attr-defined]
    assert len(caught.value.__notes__) == 1


@pytest.mark.parametrize("how", ["formula", "callable"])
def test_ctrl_c_carries_the_run(how: str) -> None:
    script = f"""
import os, signal, threading, time
import thalweg as tw

def interrupt():  # once the run has had half a second of the processor, however busy the machine is
    begun = time.process_time()
    while time.process_time() < begun + 0.5:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)

f = tw.Formula("{VALLEY}")
g = f if {how == "formula"} else tw.Function(f.value, f.gradient)
tw.descend(g, [-1.2, 1], step=tw.Constant(1e-12), max_iterations=10)
try:
    threading.Thread(target=interrupt, daemon=True).start()
    tw.descend(g, [-1.2, 1], step=tw.Constant(1e-12), gtol=0, max_iterations=1e9, record="last")
except KeyboardInterrupt as stopped:
    print(stopped.run.reason.name, stopped.run.nit > 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "INTERRUPTED True\n"


# ------------------------------------------------------------------------------------------------ what callables return


@pytest.mark.parametrize(
    "kind", [float, np.float32, np.float64, np.array, lambda v: np.array([v]), lambda v: [v]]
)
def test_numbers_of_every_kind_do(kind) -> None:
    run = tw.descend(tw.Function(lambda x: kind(rosen(x)), rosen_der), START, "bfgs", gtol=1e-2)
    assert np.abs(run.x - 1.0).max() < 1e-1


@pytest.mark.parametrize(
    "start", [[-1, 1], (-1, 1), np.array([-1, 1]), np.array([-1, 1], np.float32), [np.int8(-1), True]]
)
def test_starts_of_every_kind_do(start) -> None:
    assert tw.descend(rosen, start, "bfgs", gtol=1e-5).success
    assert tw.descend(lambda x: (x[0] - 3) ** 2, np.array(1), "bfgs").x == pytest.approx([3.0])


@pytest.mark.parametrize(
    ("fun", "says"),
    [
        (lambda x: None, "must return one number, and returned None"),
        (lambda x: "1", "must return one number, and returned '1'"),
        (lambda x: 1j, "must return one number, and returned 1j"),
        (lambda x: x, r"must return one number, and returned an array of shape \(2,\)"),
        (
            lambda x: (rosen(x), rosen_der(x)),
            r"must return one number, .*; a pair \(value, gradient\) needs jac=True",
        ),
    ],
)
def test_what_is_no_number_gets_one_sentence(fun, says: str) -> None:
    with pytest.raises(tw.FunctionError, match=says):
        tw.descend(fun, START)


def test_nan_at_the_start_and_on_the_way_ends_or_is_stepped_back_from() -> None:
    assert tw.descend(lambda x: math.nan, START).reason is tw.Reason.NON_FINITE
    run = tw.descend(lambda x: math.log(x[0]) ** 2 if x[0] > 0 else math.nan, [3.0], "bfgs", gtol=1e-6)
    assert run.x == pytest.approx([1.0], abs=1e-5)


def test_runs_in_threads_have_callables_of_their_own() -> None:
    ends: list[tw.Trajectory] = []
    threads = [
        threading.Thread(target=lambda: ends.append(tw.descend(rosen, START, "bfgs"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in ends:
        assert_array_equal(run.path, ends[0].path)


def lines_warned_at(call: Callable[[], object]) -> list[int]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert {each.filename for each in caught} == {__file__}
    return [each.lineno for each in caught]


@pytest.mark.parametrize(
    "call",
    [
        lambda: tw.descend("x^2", [5.0], bounds=[(0, 1)]),
        lambda: tw.iterate("x^2", [5.0], bounds=[(0, 1)]),
        lambda: tw.minimize(rosen, [5.0, 5.0], jac=wrong, bounds=[(0, 1), (0, 9)]),
        lambda: tw.fit("a*exp(-k*x)", {"x": [1, 2, 3], "y": [3, 2, 1]}, start=[1, 5], bounds={"k": (0, 1)}),
    ],
    ids=["descend", "iterate", "minimize", "fit"],
)
def test_a_warning_names_the_line_that_called_the_package(call: Callable[[], object]) -> None:
    lines = lines_warned_at(call)
    assert lines
    assert set(lines) == {call.__code__.co_firstlineno}
