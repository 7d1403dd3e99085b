"""A run as a data frame and as a file: every number comes back to the last bit, and nothing in the file is run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import rosen, rosen_der

import thalweg as tw
from thalweg.trajectory.saved import SavedError

VALLEY = "(1-x)^2 + a*(y-x^2)^2"
START = [-1.2, 1.0]

FIELDS = ("nit", "nfev", "njev", "status", "success", "message", "mark", "headline", "gtol", "stride", "seconds",
          "first_value", "derivative", "calls", "trials_dropped", "verdict", "n")  # fmt: skip


def runs():
    yield tw.descend(tw.Formula(VALLEY, parameters={"a": 100}), START, "bfgs")
    yield tw.descend(r"\frac{x^2}{2} + y^2", START, step=tw.Constant(1.7), max_iterations=30)
    yield tw.descend("x^2 + log(y)", [1.0, 1e-3], step=tw.Constant(1.0))
    yield tw.descend("log(x)", [-1.0])
    yield tw.descend(tw.Function(rosen, rosen_der), START, "l-bfgs", record=7)
    yield tw.descend(rosen, START, "armijo", max_iterations=10, gtol=0.0)
    yield tw.descend(tw.LeastSquares("m*t + b", {"t": [0, 1, 2], "y": [1, 3, 4.5]}), [0, 0], "armijo")


@pytest.mark.parametrize("run", list(runs()), ids=lambda run: run.objective.describe()[:20])
def test_a_run_comes_back_as_it_was(run: tw.Trajectory, tmp_path: Path) -> None:
    run.save(tmp_path / "run.json")
    again = tw.load(tmp_path / "run.json")
    assert again.reason is run.reason
    for field in FIELDS:
        assert getattr(again, field) == getattr(run, field), field
    for field in ("x", "fun", "jac", "start", "path", "points", "iterations", "trial_rows"):
        assert_array_equal(getattr(again, field), getattr(run, field), field)
    assert repr(again.method) == repr(run.method)
    assert again.method == run.method
    assert repr(again) == repr(run)
    assert again.objective.describe() == run.objective.describe()
    again.save(str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_text() == (tmp_path / "run.json").read_text()


def test_a_formula_comes_back_as_a_formula_and_goes_on(tmp_path: Path) -> None:
    f = tw.Formula(VALLEY, parameters={"a": 100})
    tw.descend(f, START, "bfgs", max_iterations=5).save(tmp_path / "run.json")
    again = tw.load(tmp_path / "run.json")
    on = tw.descend(again.objective, again, "bfgs")
    assert on.success
    assert_array_equal(on.start, again.x)


def test_bounds_come_back_with_what_is_told_of_them(tmp_path: Path) -> None:
    bounds = [(None, 1.5), (0.25, None)]
    run = tw.descend("(x-2)^2 + (y+1)^2", [0, 1], "armijo", bounds=bounds)
    run.save(tmp_path / "run.json")
    again = tw.load(tmp_path / "run.json")
    assert_array_equal(again.bounds, [[-np.inf, 0.25], [1.5, np.inf]])
    assert again.method == run.method
    assert again.method.bounded
    assert again.x.tolist() == [1.5, 0.25]
    del again.certificate, again.verdict  # found anew, they are the same: on the face of the box
    assert again.certificate == run.certificate
    assert again.success


def test_a_file_of_before_bounds_were_saved_is_read(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    tw.descend(VALLEY.replace("a", "100"), START, "bfgs").save(file)
    data = json.loads(file.read_text())
    del data["bounds"], data["batches"], data["method"]["bounded"]
    file.write_text(json.dumps(data))
    assert tw.load(file).bounds is None
    assert tw.load(file).success


def test_a_callable_says_that_it_was_not_saved(tmp_path: Path) -> None:
    tw.descend(rosen, START, "bfgs").save(tmp_path / "run.json")
    again = tw.load(tmp_path / "run.json")
    with pytest.raises(SavedError, match="rosen was not saved with its run"):
        tw.descend(again.objective, again)


def test_a_part_of_ones_own_comes_back_with_its_values(tmp_path: Path) -> None:
    class Mine(tw.Constant):
        pass

    run = tw.descend("x^2", [1.0], step=Mine(alpha=0.3))
    run.save(tmp_path / "run.json")
    assert tw.load(tmp_path / "run.json").method.step.values == {"alpha": 0.3} | run.method.step.values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no saved run"),
        ("[1, 2]", "is no saved run"),
        ('{"format": 1}', "is no saved run"),
        ('{"format": 99}', "has the format 99, and this version of Thalweg reads 1"),
        ('{"a": 1}', "is no saved run"),
    ],
)
def test_another_file_is_refused_in_a_sentence(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(SavedError, match=says):
        tw.load(tmp_path / "run.json")
    with pytest.raises(FileNotFoundError):
        tw.load(tmp_path / "none.json")


def test_a_file_that_was_changed_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    tw.descend("x^2", [1.0]).save(file)
    data = json.loads(file.read_text())
    data["objective"]["formula"] = "__import__('os').system('true')"
    file.write_text(json.dumps(data))
    with pytest.raises((SavedError, tw.FormulaError)):
        tw.load(file)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_run_as_a_data_frame(library) -> None:
    run = tw.descend("x^2 + 10 y^2", [3, 4], "bfgs", record=2)
    frame = run.to_frame(library)
    assert type(frame).__module__.startswith(library)
    assert list(frame.columns) == ["iteration", "x", "y", "f", "gradient_norm", "step_length", "evaluations"]
    assert_array_equal(np.asarray(frame["iteration"]), run.iterations)
    assert_array_equal(np.asarray(frame["x"]), run.points[:, 0])
    assert_array_equal(np.asarray(frame["f"]), run.values)
    assert_array_equal(np.asarray(frame["evaluations"]), run.evaluations)


def test_another_library_is_refused() -> None:
    with pytest.raises(tw.ParameterError, match="library is 'pandas' or 'polars', not 'arrow'"):
        tw.descend("x^2", [1.0]).to_frame("arrow")  # type: ignore[arg-type]
