"""Mini-batches: beside loops in NumPy over the same permutations, closed forms, and counts of what was called."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import thalweg as tw
from thalweg.descent.methods import FITTING, METHODS
from thalweg.drive.compiled import Machine
from thalweg.objective.batches import Batches
from thalweg.objective.function_squares import FunctionSquares

RNG = np.random.default_rng(7)
ROWS = 100
T = RNG.uniform(-1.0, 1.0, ROWS)
Y = 2.0 * T - 1.0 + 0.1 * RNG.standard_normal(ROWS)
W = RNG.uniform(0.5, 2.0, ROWS)
DATA = {"t": T, "y": Y, "w": W}
X = np.column_stack([T, np.ones(ROWS)])
LINE = "m*t + b"
TAKING = (
    "gradient descent",
    "heavy ball",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adam",
    "adamw",
    "amsgrad",
    "lion",
)


def line(**options: Any) -> tw.LeastSquares:
    return tw.LeastSquares(LINE, DATA, **options)


def dealt(size: int, seed: int, steps: int) -> list[np.ndarray]:
    """The rows of the first batches, as the documentation says they are dealt out."""
    found: list[np.ndarray] = []
    epoch = 0
    while len(found) < steps:
        order = np.random.Generator(np.random.PCG64([seed, epoch])).permutation(ROWS)
        found += [order[first : first + size] for first in range(0, ROWS, size)]
        epoch += 1
    return found[:steps]


def slope(x: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    """The gradient of the mean of squares, from a batch."""
    times = math.ceil(ROWS / size)
    return 2.0 * times / ROWS * X[rows].T @ (X[rows] @ x - Y[rows])


# ---------------------------------------------------------------------------------------------------- the objective


@pytest.mark.parametrize("size", [1, 7, 25, 32, 99, 100])
@pytest.mark.parametrize("loss", ["mean", "sum", "half"])
def test_the_mean_over_an_epoch_is_the_loss_of_all_rows(size: int, loss: Any) -> None:
    x, ridge = np.array([0.3, -2.0]), 0.7
    r = X @ x - Y
    scale = {"mean": 1.0 / ROWS, "sum": 1.0, "half": 0.5}[loss]
    value = scale * ((W * r**2).sum() + ridge * x @ x)
    gradient = 2.0 * scale * (X.T @ (W * r) + ridge * x)
    batches = Batches(line(loss=loss, weights="w", ridge=ridge), size, seed=5)
    for epoch in (0, 3):
        numbers = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        told = [batches.batch(number).evaluate(x) for number in numbers]
        assert_allclose(np.mean([f for f, _ in told]), value, rtol=1e-13)
        assert_allclose(np.mean([g for _, g in told], axis=0), gradient, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 7, 25, 100])
def test_every_row_comes_once_an_epoch_and_epochs_differ(size: int) -> None:
    batches = Batches(line(), size, seed=1)
    epochs = [
        np.concatenate([batches.places(e * batches.per_epoch + k) for k in range(batches.per_epoch)])
        for e in range(3)
    ]
    for order in epochs:
        assert_array_equal(np.sort(order), np.arange(ROWS))
    assert (epochs[0] != epochs[1]).any()
    assert (epochs[1] != epochs[2]).any()
    assert_array_equal(batches.places(0), epochs[0][:size])  # an epoch that is past can be had again


# ---------------------------------------------------------------------------------------------------- step by step


def by_sgd(x: np.ndarray, gradients: Callable[[int, np.ndarray], np.ndarray], steps: int) -> list[np.ndarray]:
    path = [x]
    for k in range(steps):
        path.append(path[-1] - 0.05 * gradients(k, path[-1]))
    return path


def by_momentum(
    x: np.ndarray, gradients: Callable[[int, np.ndarray], np.ndarray], steps: int
) -> list[np.ndarray]:
    path, v = [x], np.zeros(2)
    for k in range(steps):
        v = 0.9 * v - gradients(k, path[-1])
        path.append(path[-1] + 0.05 * v)
    return path


def by_adam(
    x: np.ndarray, gradients: Callable[[int, np.ndarray], np.ndarray], steps: int
) -> list[np.ndarray]:
    """Kingma and Ba, algorithm 1."""
    path, m, v = [x], np.zeros(2), np.zeros(2)
    for k in range(steps):
        g = gradients(k, path[-1])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        unbiased, spread = m / (1.0 - 0.9 ** (k + 1)), v / (1.0 - 0.999 ** (k + 1))
        path.append(path[-1] - 0.05 * unbiased / (np.sqrt(spread) + 1e-8))
    return path


LOOPS = {"gradient descent": by_sgd, "heavy ball": by_momentum, "adam": by_adam}


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("size", [1, 32, 50])
def test_every_step_is_that_of_a_loop_in_numpy(name: str, size: int) -> None:
    rows = dealt(size, 11, 300)
    path = LOOPS[name](np.array([3.0, 4.0]), lambda k, x: slope(x, rows[k], size), 299)
    run = tw.descend(
        line(), [3, 4], name, options={"alpha": 0.05}, batch_size=size, seed=11, max_iterations=299
    )
    assert_allclose(run.points, path, rtol=1e-9, atol=1e-12)
    times = math.ceil(ROWS / size)
    for k in (0, 1, 150, 299):
        r = X[rows[k]] @ run.points[k] - Y[rows[k]]
        assert run.values[k] == pytest.approx(times / ROWS * r @ r, rel=1e-11)
        assert run.gradient_norms[k] == pytest.approx(
            np.linalg.norm(slope(run.points[k], rows[k], size)), rel=1e-9
        )


def test_a_gradient_elsewhere_is_of_the_iterates_own_batch() -> None:
    """Nesterov's look-ahead y = x + beta s, at the k-th iterate on the k-th batch."""
    rows = dealt(25, 2, 60)
    path, alpha, beta = [np.array([3.0, 4.0])], 0.05, 0.8
    for k in range(59):
        step = path[k] - path[k - 1] if k else np.zeros(2)
        y = path[k] + beta * step
        path.append(y - alpha * slope(y, rows[k], 25))
    run = tw.descend(
        line(), [3, 4], "nesterov", options={"schedule": "constant", "beta": beta, "alpha": alpha},
        batch_size=25, seed=2, max_iterations=59,
    )  # fmt: skip
    assert_allclose(run.points, path, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", TAKING)
def test_plain_and_compiled_turns_have_the_same_bits(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tw.Trajectory:
        return tw.descend(line(), [3, 4], method, batch_size=32, seed=4, max_iterations=150)

    translated = Machine.step
    with monkeypatch.context() as plain:
        plain.setattr(Machine, "step", lambda self, now=False: None)
        slowly = run()
    monkeypatch.setattr(Machine, "step", lambda self, now=False: translated(self, now=True))
    quickly = run()
    assert slowly.nit == 150
    assert_array_equal(quickly.path, slowly.path)
    assert_array_equal(quickly.trial_rows, slowly.trial_rows)
    assert_array_equal(quickly.x, slowly.x)


# ---------------------------------------------------------------------------------------------------- where it leads


@pytest.mark.parametrize(
    ("direction", "alpha"), [(tw.SteepestDescent(), 0.2), (tw.HeavyBall(), 0.02), (tw.Adam(), 0.1)]
)
def test_a_falling_step_leads_to_the_closed_form(direction: Any, alpha: float) -> None:
    best, (rss,), *_ = np.linalg.lstsq(X, Y)
    step = tw.Schedule(alpha=alpha, shape="inverse", period=50)
    run = tw.descend(
        line(), [3, 4], direction=direction, step=step, batch_size=20, max_iterations=20_000, record="last"
    )
    assert_allclose(run.x, best, atol=1e-3)
    assert run.fun == pytest.approx(rss / ROWS, rel=1e-4)
    longer = tw.descend(
        line(), [3, 4], direction=direction, step=step, batch_size=20, max_iterations=200, record="last"
    )
    assert longer.fun > run.fun


def test_a_model_that_fits_every_row_is_found_and_certified() -> None:
    exact = tw.LeastSquares(LINE, {"t": T, "y": 2.0 * T - 1.0})
    run = tw.descend(exact, [3, 4], step=tw.Constant(0.2), batch_size=10, max_iterations=3000)
    assert_allclose(run.x, [2.0, -1.0], atol=1e-12)
    assert run.success
    assert run.certificate.kind == "minimum"
    assert run.reason is tw.Reason.MAX_ITERATIONS  # no batch's gradient ends it


def test_a_batch_without_a_slope_is_not_the_end() -> None:
    """At 0 the first row is fitted: where it comes first, nothing moves before the second."""
    two = tw.LeastSquares("c", {"y": [0.0, 1.0]}, parameters=["c"])
    for seed in range(6):
        run = tw.descend(two, [0.0], step=tw.Constant(0.25), batch_size=1, seed=seed, max_iterations=400)
        assert run.nit == 400
        assert 0.2 < run.x[0] < 0.8


def test_same_seed_same_bits_another_seed_another_path() -> None:
    def path(seed: int | None) -> np.ndarray:
        return tw.descend(line(), [3, 4], "adam", batch_size=32, seed=seed, max_iterations=40).path

    assert_array_equal(path(0), path(None))
    assert_array_equal(path(9), path(9))
    assert (path(9) != path(0)).any()


def test_one_iteration_at_a_time_it_is_the_same_run() -> None:
    whole = tw.descend(line(), [3, 4], "adam", batch_size=32, seed=3, max_iterations=30)
    iterates = tw.iterate(line(), [3, 4], "adam", batch_size=32, seed=3, max_iterations=30)
    points = [state.x for state in iterates]
    assert_array_equal(points, whole.points)
    assert_array_equal(iterates.run.path, whole.path)
    assert iterates.run.fun == whole.fun


def test_bounds_hold_on_every_batch() -> None:
    run = tw.descend(
        line(), [0.5, 0.5], step=tw.Constant(0.1), batch_size=10, max_iterations=500,
        bounds=[(None, 1.5), (-0.5, None)],
    )  # fmt: skip
    assert (run.points <= [1.5, np.inf]).all()
    assert (run.points >= [-np.inf, -0.5]).all()
    assert_array_equal(run.x, [1.5, -0.5])  # every row's fit lies beyond both, but for noise
    assert run.success


# ---------------------------------------------------------------------------------------------------- the end, counted


@pytest.mark.parametrize("alpha", [0.1, 3.0])
def test_the_end_is_judged_on_all_rows(alpha: float) -> None:
    start = np.array([3.0, 4.0])
    run = tw.descend(line(), start, step=tw.Constant(alpha), batch_size=32, max_iterations=50)
    values = [float(np.mean((X @ x - Y) ** 2)) for x in (start, run.points[-1])]
    assert run.first_value == pytest.approx(values[0], rel=1e-13)
    assert run.fun == pytest.approx(min(values), rel=1e-13)
    assert_array_equal(run.x, start if values[0] < values[1] else run.points[-1])
    assert_allclose(run.jac, 2.0 / ROWS * X.T @ (X @ run.x - Y), rtol=1e-10, atol=1e-14)
    assert run.certificate.gradient_norm == pytest.approx(np.linalg.norm(run.jac))
    assert (values[0] < values[1]) == (alpha == 3.0)
    assert not run.success


@pytest.mark.parametrize("method", ["adam", "nesterov"])
def test_counts_are_those_of_the_calls(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    f, calls, rows = line(), {"batches": 0, "whole": 0}, list[int]()
    estimate, evaluate = f.estimate, f.evaluate

    def estimated(x: Any, some: Any, times: float) -> Any:
        calls["batches"] += 1
        rows.append(some.count)
        return estimate(x, some, times)

    def evaluated(x: Any, **wanted: bool) -> Any:
        calls["whole"] += 1
        return evaluate(x, **wanted)

    monkeypatch.setattr(f, "estimate", estimated)
    monkeypatch.setattr(f, "evaluate", evaluated)
    run = tw.descend(f, [3, 4], method, batch_size=32, max_iterations=9)
    elsewhere = run.njev - run.nfev  # gradients without a value
    assert elsewhere == (0 if method == "adam" else 7)
    assert (run.nit, run.nfev) == (9, 10)
    assert calls == {"batches": run.nfev + elsewhere, "whole": 2}
    assert run.batches is not None
    assert (run.batches.size, run.batches.rows, run.batches.per_epoch, run.batches.whole) == (32, 100, 4, 2)
    assert rows.count(4) == (2 if method == "adam" else 4)  # the last of four batches has four rows
    assert "batches of 32 of the 100 rows (seed 0)" in run.message
    assert run.certificate.evaluations + run.certificate.gradients <= calls["whole"] + 2


def test_a_request_carries_the_number_of_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    batch = Batches.batch

    def noted(self: Batches, number: int) -> Any:
        asked.append(number)
        return batch(self, number)

    monkeypatch.setattr(Batches, "batch", noted)
    tw.descend(line(), [3, 4], "adam", batch_size=32, max_iterations=6)
    assert asked == [0, 1, 2, 3, 4, 5, 6]
    asked.clear()
    tw.descend(line(), [3, 4], "nesterov", batch_size=32, max_iterations=6)
    assert asked == [
        0,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
        6,
    ]  # no look-ahead before there is momentum, nor at the end


def test_the_limit_of_evaluations_counts_batches() -> None:
    run = tw.descend(line(), [3, 4], "adam", batch_size=32, max_evaluations=17)
    assert (run.nfev, run.reason) == (17, tw.Reason.MAX_EVALUATIONS)


def test_no_step_is_one_evaluation() -> None:
    run = tw.descend(line(), [3, 4], "adam", batch_size=32, max_iterations=0)
    assert run.batches is not None
    assert run.batches.whole == 1
    assert run.fun == pytest.approx(np.mean((X @ [3, 4] - Y) ** 2))


def test_a_start_without_a_value_is_told() -> None:
    run = tw.descend(tw.LeastSquares("log(c)*t", DATA), [-1.0], "adam", batch_size=10)
    assert run.reason is tw.Reason.NON_FINITE
    assert not run.success
    assert_array_equal(run.x, [-1.0])


# ---------------------------------------------------------------------------------------------------- kinds of models


@pytest.mark.parametrize(
    "options", [{}, {"weights": "w", "ridge": 0.3}, {"robust": "huber", "f_scale": 0.05}]
)
@pytest.mark.parametrize("grouped", [False, True])
def test_a_python_function_goes_the_way_of_its_formula(options: dict[str, Any], grouped: bool) -> None:
    data: dict[str, Any] = {**DATA, "site": ["north", "south"] * (ROWS // 2)}
    grouping = {"groups": "site", "shared": ["b"]} if grouped else {}
    formula = tw.LeastSquares("exp(m*t) + b", data, **options, **grouping)

    called: list[int] = []

    def model(t: Any, m: Any, b: Any) -> Any:
        called.append(len(t))
        return np.exp(m * t) + b

    function = FunctionSquares(model, data, jac=lambda t, m, b: np.column_stack([t * np.exp(m * t), t**0]), **options,
                               **grouping)  # fmt: skip
    start = np.full(formula.n, 0.3)
    asked = {"batch_size": 24, "seed": 6, "max_iterations": 40, "options": {"alpha": 0.03}}
    called.clear()
    one, other = (tw.descend(f, start, "gradient descent", **asked) for f in (formula, function))
    assert_allclose(other.path, one.path, rtol=1e-9, atol=1e-12)
    assert other.fun == pytest.approx(one.fun, rel=1e-12)
    assert_allclose(other.jac, one.jac, rtol=1e-8, atol=1e-12)
    if not grouped:
        assert sorted(set(called)) == [4, 24, 100]
        assert len(called) == other.nfev + 2  # once a batch, and start and end on all rows


# ---------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("method", [m.name for m in METHODS + FITTING if m.name not in TAKING])
def test_methods_that_compare_iterates_are_refused_with_the_reason(method: str) -> None:
    with pytest.raises(tw.ParameterError, match=r"batch_size= does not go with .*: (it|f\*) .*adam"):
        tw.descend(line(), [3, 4], method, batch_size=10)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"batch_size": 0}, "from 1 to 100, the number of rows, not 0"),
        ({"batch_size": 101}, "not 101"),
        ({"batch_size": 2.5}, r"not 2\.5"),
        ({"batch_size": True}, "not True"),
        ({"batch_size": "32"}, "not '32'"),
        ({"batch_size": 10, "seed": -1}, "seed is a whole number from 0 on, not -1"),
        ({"seed": 1}, "goes with batch_size="),
        ({"batch_size": 10, "ftol": 1e-6}, "ftol= does not go with batch_size="),
        ({"batch_size": 10, "xtol": 1e-6}, "xtol= does not go with batch_size="),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(tw.ParameterError, match=told):
        tw.descend(line(), [3, 4], "adam", **options)


@pytest.mark.parametrize("restart", ["function", "gradient"])
def test_restarts_compare_iterates(restart: str) -> None:
    with pytest.raises(tw.ParameterError, match="restart compares"):
        tw.descend(line(), [3, 4], "nesterov", options={"restart": restart}, batch_size=10)


def test_a_rule_of_ones_own_is_refused_unless_it_does_not_search() -> None:
    class Searching(tw.Constant):
        searches = True

    with pytest.raises(tw.ParameterError, match="compares a trial"):
        tw.descend(line(), [3, 4], step=Searching(0.1), batch_size=10)


def test_what_has_no_rows_in_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tw.ParameterError, match=r"over rows.*x\^2"):
        tw.descend("x^2", [3], "adam", batch_size=10)
    file = tmp_path / "line.csv"
    file.write_text("t,y\n" + 200_000 * "0,1\n")
    streamed = tw.LeastSquares(LINE, file, memory=3_160_000)
    assert streamed.memory is None
    with pytest.raises(tw.ParameterError, match=r"line\.csv are streamed"):
        tw.descend(streamed, [3, 4], "adam", batch_size=10)


# ---------------------------------------------------------------------------------------------------- kept, and fitted


def test_a_run_is_saved_and_pickled_with_its_batches(tmp_path: Path) -> None:
    run = tw.descend(line(), [3, 4], "adam", batch_size=32, seed=8, max_iterations=20)
    run.save(tmp_path / "run.json")
    for again in (tw.load(tmp_path / "run.json"), pickle.loads(pickle.dumps(run))):
        assert again.batches == run.batches
        assert again.method == run.method
        assert again.message == run.message
        assert again.fun == run.fun
        assert_array_equal(again.path, run.path)
        assert_array_equal(again.jac, run.jac)


def test_fit_takes_batches() -> None:
    fit = tw.fit(LINE, DATA, method="adam", batch_size=25, seed=1, start=[0, 0], options={"alpha": 0.01})
    assert fit.run.batches is not None
    assert (fit.run.batches.size, fit.run.batches.seed) == (25, 1)
    best = np.linalg.lstsq(X, Y)[0]
    assert_allclose(list(fit.parameters.values()), best, atol=0.02)
    with pytest.raises(tw.ParameterError, match="does not go with levenberg-marquardt"):
        tw.fit(LINE, DATA, batch_size=25)
    with pytest.raises(tw.ParameterError, match="batch_size= goes with"):
        tw.fit("a*exp(-k*t)", DATA, method="variable projection", batch_size=25, start=[1, 1])
    with pytest.raises(tw.ParameterError, match="goes with batch_size="):
        tw.fit(LINE, DATA, seed=1, method="adam")
