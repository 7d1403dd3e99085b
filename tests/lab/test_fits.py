"""Fits and runs in the laboratory: the page repeats what was done, to the last bit, and its links carry it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import thalweg as tw
from thalweg.lab import fits
from thalweg.lab.link import LinkError
from thalweg.lab.messages import (
    Failed,
    Grid,
    Open,
    Opened,
    Paths,
    Predict,
    Predicted,
    RunPoint,
    RunRequest,
    Runs,
)
from thalweg.lab.opening import OpeningError
from thalweg.lab.own import open_own
from thalweg.lab.session import Session

X = np.linspace(0.0, 5.0, 30)
Y = 3.0 * np.exp(-X) + 0.5 + 0.05 * np.sin(37.0 * X**2)
DATA = {"x": X, "y": Y}
GROUPS = {"x": np.r_[X, X], "y": np.r_[Y, 2 * Y], "g": ["cold"] * 30 + ["hot"] * 30}
DECAY = "a*exp(-k*x) + c"
START = {"a": 1.0, "k": 0.3, "c": 0.0}

Buffers = tuple[NDArray[Any], ...]


def show(thing: object, **asked: Any) -> tuple[Session, Opened, Buffers]:
    session = Session(open_own(thing))
    opened, buffers = session.answer(Open(view="v", seq=1, **(asked or {"problem": "own"})))
    assert isinstance(opened, Opened), opened
    return session, opened, buffers


def first_runs(session: Session, opened: Opened) -> tuple[Runs, Buffers]:
    """The runs that a fresh page asks for."""
    runs = [
        RunRequest(id=str(i), method=first.method, options=first.options)
        for i, first in enumerate(opened.methods)
    ]
    gtol = 1e-8 if opened.gtol is None else opened.gtol
    message, buffers = session.answer(
        Paths(
            view="v",
            seq=2,
            revision=opened.revision,
            start=opened.start,
            runs=runs,
            max_iterations=opened.max_iterations,
            gtol=gtol,
        )
    )
    assert isinstance(message, Runs), message
    return message, buffers


FITS: dict[str, dict[str, Any]] = {
    "one parameter": {"model": "exp(-k*x)", "data": DATA, "start": [1.0]},
    "two parameters": {"model": "a*exp(-k*x)", "data": DATA, "start": [1.0, 1.0]},
    "three parameters": {"model": DECAY, "data": DATA, "start": START},
    "bounds, weights, a robust loss": {
        "model": DECAY,
        "data": DATA,
        "start": START,
        "bounds": {"c": (None, 0.4)},
        "fixed": {"k": 1.2},
        "weights": np.linspace(1.0, 2.0, 30),
        "loss": "huber",
        "f_scale": 0.1,
    },
    "errors and a ridge": {
        "model": DECAY,
        "data": {**DATA, "s": 0.1 + 0.02 * X},
        "start": START,
        "errors": "s",
        "ridge": 0.5,
    },
    "an equation, by Gauss-Newton": {
        "model": "log(y) = b1 - b2*x + b3*x^2",
        "data": DATA,
        "start": [1.0, 1.0, 1.0],
        "method": "gauss-newton",
        "options": {"c1": 0.01},
    },
    "groups": {
        "model": DECAY,
        "data": GROUPS,
        "groups": "g",
        "shared": ["k"],
        "start": START,
        "method": "dogleg",
    },
    "two predictors": {
        "model": "a*exp(-k*x) + c*z",
        "data": {**DATA, "z": np.cos(X)},
        "start": [1.0, 1.0, 1.0],
    },
    "mini-batches": {
        "model": "a*exp(-k*x)",
        "data": DATA,
        "start": [1.0, 1.0],
        "method": "adam",
        "options": {"amsgrad": "yes", "alpha": 0.02},
        "batch_size": 7,
        "seed": 3,
        "max_iterations": 300,
    },
}


@pytest.mark.parametrize("given", FITS.values(), ids=FITS)
def test_a_fit_opens_as_it_is_and_so_does_its_link(given: dict[str, Any]) -> None:
    fit = tw.fit(**given)
    session, opened, _ = show(fit)
    assert opened.residuals
    assert not opened.editable
    assert len(opened.variables) == len(fit.parameters)
    assert opened.link is not None
    _, (path, curve, predicted) = first_runs(session, opened)
    np.testing.assert_array_equal(path, fit.run.path)
    rows = fit.predict()
    np.testing.assert_allclose(predicted, fit.solution.objective.predict(fit.run.x)[:2000], rtol=1e-12)
    assert len(predicted) == len(rows)
    assert opened.data is not None
    assert len(curve) == (201 if opened.data.abscissa is not None else 0)

    other = Session()
    again, _ = other.answer(Open(view="v", seq=1, shared=opened.link))
    assert isinstance(again, Opened), again
    errors = fit.statistics.standard_errors.tolist()
    told = [math.nan if error is None else error for _, error in opened.estimates or []]
    assert [value for value, _ in opened.estimates or []] == list(fit.parameters.values())
    np.testing.assert_array_equal(told, np.where(np.isfinite(errors), errors, math.nan))
    for field in (
        "estimates",
        "variables",
        "ranges",
        "axes",
        "start",
        "bounds",
        "methods",
        "max_iterations",
        "gtol",
        "text",
    ):
        assert getattr(again, field) == getattr(opened, field), field
    assert (again.mathml, again.data) == (opened.mathml, opened.data)
    assert again.link == opened.link
    _, (path, *_) = first_runs(other, again)
    np.testing.assert_array_equal(path, fit.run.path)


def test_the_map_of_a_fit_is_a_slice_of_its_loss() -> None:
    fit = tw.fit(DECAY, DATA, start=START)
    session, opened, _ = show(fit)
    i, j = opened.axes
    assert {i, j} == {1, 2}, "k and c go together most"
    assert abs(fit.correlation[i, j]) == np.max(np.abs(fit.correlation - np.eye(3)))
    box = (0.5, 1.5, 0.2, 0.8)
    at = [fit.parameters["a"], 0.0, 0.0]
    field, (values,) = session.answer(
        Grid(view="v", seq=3, revision=opened.revision, box=box, shape=(5, 4), axes=opened.axes, at=at)
    )
    for row, c in enumerate(np.linspace(0.2, 0.8, 4)):
        for column, k in enumerate(np.linspace(0.5, 1.5, 5)):
            truth = 0.5 * np.sum((at[0] * np.exp(-k * X) + c - Y) ** 2)
            assert values[row, column] + field.reference == pytest.approx(truth, rel=1e-6)  # type: ignore[union-attr]
    assert opened.minimisers == [list(fit.parameters.values())]
    for name, (low, high) in zip(fit.parameters, opened.ranges, strict=True):
        assert low < START[name] < high
        assert low < fit.parameters[name] - 3 * fit.standard_errors[name]
        assert high > fit.parameters[name] + 3 * fit.standard_errors[name]


def test_a_fit_of_one_parameter_is_a_curve() -> None:
    fit = tw.fit("exp(-k*x)", DATA, start=[1.0])
    session, opened, _ = show(fit)
    assert len(opened.ranges) == 2
    (x0, x1), (low, high) = opened.ranges
    assert low < fit.rss / 2 < high
    _, (values,) = session.answer(
        Grid(view="v", seq=3, revision=opened.revision, box=(x0, x1, low, high), shape=(7, 1))
    )
    assert values.shape == (1, 7)


def test_the_curve_of_any_iterate_is_told() -> None:
    session, opened, _ = show(tw.fit(DECAY, DATA, start=START))
    points = [RunPoint(id="1", x=[1.0, 0.5, 0.25]), RunPoint(id="2", x=[2.0, 1.0, 0.0])]
    told, buffers = session.answer(Predict(view="v", seq=3, revision=opened.revision, points=points))
    assert isinstance(told, Predicted)
    assert told.ids == ["1", "2"]
    at = np.linspace(0.0, 5.0, 201)
    np.testing.assert_allclose(buffers[0], np.exp(-0.5 * at) + 0.25, rtol=1e-12)
    np.testing.assert_allclose(buffers[3], 2 * np.exp(-X), rtol=1e-12)
    failed, _ = session.answer(Predict(view="v", seq=3, revision=opened.revision, points=points * 5))
    assert isinstance(failed, Failed)
    assert "up to 8 points" in failed.message


def test_a_start_outside_the_bounds_is_moved_inside_them() -> None:
    fit = tw.fit(DECAY, DATA, start=START, bounds={"c": (0.0, 0.4)})
    session, opened, _ = show(fit)
    runs, (path, *_) = session.answer(
        Paths(
            view="v",
            seq=2,
            revision=opened.revision,
            start=[1.0, 1.0, 9.0],
            runs=[RunRequest(id="1", method="bfgs", options={})],
            max_iterations=100,
            gtol=0.0,
        )
    )
    assert isinstance(runs, Runs)
    assert path[0, 2] == 0.4
    assert np.all(path[:, 2] <= 0.4)


def test_what_was_solved_directly_goes_from_zero_and_says_so() -> None:
    fit = tw.fit("m*x + b", DATA)
    session, opened, _ = show(fit)
    assert (opened.start, len(opened.warnings)) == ([0.0, 0.0], 1)
    assert "solved directly" in opened.warnings[0]
    runs, _ = first_runs(session, opened)
    assert runs.runs[0].x == pytest.approx(list(fit.parameters.values()), rel=1e-9)
    assert open_own(fit, [1.0, 2.0]).start == (1.0, 2.0)


def test_variable_projection_opens_at_its_start_and_says_what_is_other() -> None:
    fit = tw.fit(DECAY, DATA, start=START, method="variable projection")
    session, opened, _ = show(fit)
    assert opened.start == list(START.values())
    assert "solved linear parameters out" in opened.warnings[0]
    runs, _ = first_runs(session, opened)
    assert runs.runs[0].x == pytest.approx(list(fit.parameters.values()), rel=1e-6)


def test_a_python_function_is_fitted_on_the_page_too_and_has_no_link() -> None:
    fit = tw.fit(lambda x, a, k: a * np.exp(-k * x), DATA, start=[1.0, 1.0])
    session, opened, _ = show(fit)
    assert (opened.link, opened.mathml) == (None, "")
    assert opened.unlinked is not None
    assert "a Python function does not go into a link" in opened.unlinked
    _, (path, *_) = first_runs(session, opened)
    np.testing.assert_array_equal(path, fit.run.path)
    with pytest.raises(LinkError, match="Python function"):
        tw.link(fit)


def test_of_many_rows_all_are_fitted_and_some_drawn() -> None:
    x = np.linspace(0.0, 5.0, 300_000)
    fit = tw.fit(DECAY, {"x": x, "y": 3.0 * np.exp(-x) + 0.5 + 0.1 * np.sin(1e4 * x)}, start=START)
    session, opened, buffers = show(fit)
    assert opened.data is not None
    assert (opened.data.total, opened.data.rows) == (300_000, 2_000)
    assert opened.unlinked is not None
    assert "300,000 rows" in opened.unlinked
    _, (path, _, predicted) = first_runs(session, opened)
    np.testing.assert_array_equal(path, fit.run.path)
    np.testing.assert_allclose(predicted, fit.predict({"x": buffers[0]}), rtol=1e-12)


def test_rows_that_are_not_in_memory_or_too_many_are_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = np.linspace(0.0, 1.0, 400_000)
    loss = tw.LeastSquares("m*x + b", {"x": x, "y": 2.0 * x}, memory="4 MB")
    assert loss.memory is None
    with pytest.raises(OpeningError, match=r"streamed.*memory= room"):
        open_own(loss)
    monkeypatch.setattr(fits, "MOST_ROWS", 20)
    with pytest.raises(OpeningError, match="up to 20 rows, and the data has 30"):
        open_own(tw.fit("a*exp(-k*x)", DATA, start=[1.0, 1.0]))


# ------------------------------------------------------------------------------------------------------------- runs


def test_a_run_opens_as_it_is() -> None:
    valley = "(1 - x)^2 + 100*(y - x^2)^2"
    run = tw.descend(valley, [-1.2, 1.0], "bfgs", options={"c2": 0.5}, max_iterations=50, ftol=1e-3)
    session, opened, _ = show(run)
    assert [(first.method, first.options) for first in opened.methods] == [("bfgs", {"c2": 0.5})]
    assert (opened.max_iterations, opened.gtol, opened.start) == (50, 1e-8, [-1.2, 1.0])
    _, (path,) = first_runs(session, opened)
    np.testing.assert_array_equal(path, run.path)
    assert opened.link is not None
    other = Session()
    again, _ = other.answer(Open(view="v", seq=1, shared=opened.link))
    assert isinstance(again, Opened)
    np.testing.assert_array_equal(first_runs(other, again)[1][0], run.path)


def test_a_bounded_run_of_many_variables_opens_as_it_is() -> None:
    bounds = [(-1.0, 2.0)] * 5
    run = tw.descend(
        "sum((x[i] - i)^2, i, 1, 5)", np.zeros(5), "gradient descent", bounds=bounds, options={"alpha": 0.1}
    )
    session, opened, _ = show(run)
    assert opened.bounds == bounds
    _, (path,) = first_runs(session, opened)
    np.testing.assert_array_equal(path, run.path)


def test_a_run_of_nameless_parts_opens_with_the_usual_methods() -> None:
    _, opened, _ = show(tw.descend("x^2 + 3y^2", [1.0, 2.0], step=tw.Constant(0.1)))
    assert [first.method for first in opened.methods] == ["gradient descent", "armijo"]
