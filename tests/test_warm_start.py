"""A run that goes on from a result: bit for bit what it would have been, had it not ended."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

import thalweg as tw
from thalweg.descent.methods import FITTING, METHODS

ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"
START = [-1.2, 1.0]
LINE = {"t": np.linspace(0.0, 3.0, 7), "y": np.exp(-0.7 * np.linspace(0.0, 3.0, 7)) + 0.01}


def same(a: tw.Trajectory, b: tw.Trajectory) -> bool:
    arrays = [(a.path, b.path), (a.trial_rows, b.trial_rows), (a.memory, b.memory), (a.x, b.x)]
    counts = [(r.nit, r.nfev, r.njev, r.nhev, r.nhvp, r.reason, r.fun, r.stride) for r in (a, b)]
    return all(p.tobytes() == q.tobytes() for p, q in arrays) and counts[0] == counts[1]


def short(method: str) -> dict[str, object]:
    table = {row.name for row in next(m for m in METHODS if m.name == method).parameters}
    return {"options": {"alpha": 1e-3}} if "alpha" in table else {}


@pytest.mark.parametrize("kind", ["formula", "callable"])
@pytest.mark.parametrize("method", [method.name for method in METHODS])
def test_fifty_iterations_and_fifty_more_are_a_hundred(method: str, kind: str) -> None:
    f = tw.Formula(ROSENBROCK) if kind == "formula" else tw.Function(rosen, rosen_der)
    whole = tw.descend(f, START, method, max_iterations=100, **short(method))
    for first in (0, 1, 2, 50):
        half = tw.descend(f, START, method, max_iterations=first, **short(method))
        assert same(tw.descend(f, half, max_iterations=100 - first), whole)


@pytest.mark.parametrize("method", [method.name for method in FITTING])
def test_a_fit_goes_on_as_well(method: str) -> None:
    model = tw.LeastSquares("a*exp(-b*t)", LINE, response="y")
    whole = tw.descend(model, [3.0, 0.1], method)
    for first in (1, 2, 3):
        half = tw.descend(model, [3.0, 0.1], method, max_iterations=first)
        assert same(tw.descend(model, half), whole)


@pytest.mark.parametrize("method", ["armijo", "bfgs", "l-bfgs", "adam", "coordinate descent"])
def test_within_bounds(method: str) -> None:
    bounds = [(-2, 0.5), (-1, None)]
    whole = tw.descend(ROSENBROCK, START, method, bounds=bounds, max_iterations=60, **short(method))
    half = tw.descend(ROSENBROCK, START, method, bounds=bounds, max_iterations=7, **short(method))
    assert same(tw.descend(ROSENBROCK, half, max_iterations=53), whole)


@pytest.mark.parametrize("method", ["adam", "heavy ball", "gradient descent"])
def test_on_mini_batches(method: str) -> None:
    model = tw.LeastSquares("m*t + b", LINE, response="y")
    batches = {"batch_size": 3, "seed": 5}
    whole = tw.descend(model, [1, 1], method, max_iterations=40, **batches, **short(method))
    half = tw.descend(model, [1, 1], method, max_iterations=11, **batches, **short(method))
    assert same(tw.descend(model, half, max_iterations=29), whole)


@pytest.mark.parametrize("record", ["all", "last", 1, 3, 7])
def test_the_record_goes_on(record: object) -> None:
    whole = tw.descend(ROSENBROCK, START, "armijo", max_iterations=100, record=record)
    for first in (0, 1, 6, 50):
        half = tw.descend(ROSENBROCK, START, "armijo", max_iterations=first, record=record)
        on = tw.descend(ROSENBROCK, half, max_iterations=100 - first)
        assert same(on, whole)
        assert on.start.tolist() == START


@pytest.mark.parametrize("method", ["armijo", "bfgs", "newton", "levenberg-marquardt"])
def test_from_wherever_something_stopped_it(method: str) -> None:
    """A limit of evaluations within a search, a callback, an exception of the function, a loop that is left."""
    f = (
        tw.LeastSquares("a*exp(-b*t)", LINE, response="y")
        if method == "levenberg-marquardt"
        else tw.Formula(ROSENBROCK)
    )
    start = [3.0, 0.1] if method == "levenberg-marquardt" else START
    whole = tw.descend(f, start, method, max_iterations=12)
    for k in range(1, whole.nfev):
        half = tw.descend(f, start, method, max_evaluations=k)
        assert same(tw.descend(f, half, max_iterations=12 - half.nit), whole)
    half = tw.descend(f, start, method, callback=lambda state: state.iteration == 3)
    assert half.reason is tw.Reason.CALLBACK
    assert same(tw.descend(f, half, max_iterations=9), whole)
    iterates = tw.iterate(f, start, method)
    for state in iterates:
        if state.iteration == 4:
            break
    assert same(tw.descend(f, iterates.run, max_iterations=8), whole)


def test_what_a_function_raised_may_be_mended() -> None:
    broken = False

    def f(x: np.ndarray) -> float:
        if broken and x[0] > 0.5:
            raise RuntimeError("the license server is away")
        return rosen(x)

    function = tw.Function(f, rosen_der)
    whole = tw.descend(function, START, "bfgs")
    broken = True
    with pytest.raises(RuntimeError) as caught:
        tw.descend(function, START, "bfgs")
    broken = False
    half: tw.Trajectory = caught.value.run  # type: ignore[attr-defined]
    assert 0 < half.nit < whole.nit
    assert same(tw.descend(function, half), whole)


def test_a_smaller_tolerance_goes_on_and_the_same_one_does_not() -> None:
    half = tw.descend(ROSENBROCK, START, "bfgs", gtol=1e-2)
    assert same(tw.descend(ROSENBROCK, half, gtol=1e-2), half)
    assert same(tw.descend(ROSENBROCK, half, gtol=1e-8), tw.descend(ROSENBROCK, START, "bfgs", gtol=1e-8))


def test_iterate_goes_on_one_by_one() -> None:
    half = tw.descend(ROSENBROCK, START, "l-bfgs", max_iterations=10)
    states = list(tw.iterate(ROSENBROCK, half, max_iterations=5))
    whole = tw.descend(ROSENBROCK, START, "l-bfgs", max_iterations=15)
    assert [state.iteration for state in states] == list(range(10, 16))
    assert [state.fun for state in states] == whole.values[10:].tolist()


def test_other_objective_method_or_bounds_begin_anew_at_its_x() -> None:
    half = tw.descend(ROSENBROCK, START, "bfgs", max_iterations=10)
    tilted = tw.descend(f"{ROSENBROCK} + x", half)
    assert (tilted.path[0, :2] == half.x).all()
    assert tilted.method.name == "bfgs"
    other = tw.descend(ROSENBROCK, half, "l-bfgs", max_iterations=3)
    assert (other.nit, other.method.name, other.start.tolist()) == (3, "l-bfgs", half.x.tolist())
    assert tw.descend(ROSENBROCK, half, bounds=[(-2, 2), (-2, 2)], max_iterations=3).nit == 3
    assert tw.descend(ROSENBROCK, half.x, "bfgs", max_iterations=3).nit == 3
    assert tw.descend(ROSENBROCK, half, "bfgs", max_iterations=3).nit == 13  # which is the same method
    assert tw.descend(ROSENBROCK, half, "bfgs", options={"c2": 0.5}, max_iterations=3).nit == 3


def test_a_run_that_ended_for_good_begins_anew() -> None:
    """It diverged, and so nothing is left to go on from but the best point."""
    lost = tw.descend("x^2 + 10 y^2", [5, 1], step=tw.Constant(0.3))
    assert lost.reason is tw.Reason.DIVERGED
    anew = tw.descend("x^2 + 10 y^2", lost, max_iterations=2)
    assert anew.nit == 2
    assert (anew.path[0, :2] == lost.x).all()


def test_a_run_from_a_file_begins_anew(tmp_path) -> None:
    tw.descend(ROSENBROCK, START, "bfgs", max_iterations=10).save(tmp_path / "run.json")
    loaded = tw.load(tmp_path / "run.json")
    assert tw.descend(ROSENBROCK, loaded, max_iterations=3).nit == 3


@pytest.mark.parametrize("method", [None, "BFGS", "CG", "L-BFGS-B", "hager-zhang"])
def test_minimize_goes_on_from_its_result(method: str | None) -> None:
    def both(x: np.ndarray, scale: float) -> tuple[float, np.ndarray]:
        return scale * rosen(x), scale * rosen_der(x)

    args = (2.0,)
    whole = tw.minimize(both, START, args, method, jac=True, options={"maxiter": 25})
    half = tw.minimize(both, START, args, method, jac=True, options={"maxiter": 10})
    on = tw.minimize(both, half, args, method, jac=True, options={"maxiter": 15})
    assert same(on.trajectory, whole.trajectory)
    assert (on.nit, on.fun) == (whole.nit, whole.fun)
    named = tw.minimize(both, half, args, "DFP", jac=True, options={"maxiter": 5})
    assert named.nit == 5
