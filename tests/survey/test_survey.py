"""Comparisons hold each method's own run; profiles are Dolan and Moré's, on costs that are known."""

from __future__ import annotations

import io
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import rosen, rosen_der, rosen_hess

import thalweg as tw
from thalweg import progress
from thalweg.cli import run as command
from thalweg.descent.compose import compose
from thalweg.drive.lanes import go_down_together
from thalweg.entry import parameters
from thalweg.survey.performance import MEASURES, Profile

VALLEY = "(1-x)^2 + 100*(y-x^2)^2"
START = [-1.2, 1.0]


def known(costs) -> Profile:
    """A profile whose costs are given, (problems, methods)."""
    table = np.array(costs, float)
    methods = tuple("ABC"[: table.shape[1]])
    problems = tuple(map(str, range(len(table))))
    return Profile(methods, problems, dict.fromkeys(MEASURES, table), dict.fromkeys(methods, ""), "")


# ------------------------------------------------------------------------------------------------ compare


@pytest.mark.parametrize("objective", [VALLEY, tw.Formula(VALLEY), tw.Function(tw.Formula(VALLEY).value)])
def test_each_row_is_that_methods_own_run(objective) -> None:
    found = tw.compare(objective, START, ["armijo", "BFGS", "conjugate gradient"], max_iterations=200)
    assert list(found.runs) == ["armijo", "bfgs", "conjugate gradient"]
    for i, name in enumerate(found.runs):
        alone = tw.descend(objective, START, name, max_iterations=200)
        assert_array_equal(found[name].path, alone.path)
        row = {column: values[i] for column, values in found.columns.items()}
        assert (row["iterations"], row["evaluations"], row["gradients"]) == (
            alone.nit,
            alone.nfev,
            alone.njev,
        )
        assert (row["f"], row["success"], row["verdict"]) == (alone.fun, alone.success, alone.headline)
        assert 0.0 < found.seconds[name] <= found[name].seconds


def test_names_of_ones_own_with_arguments() -> None:
    asked = {"short": {"step": tw.Constant(0.01)}, "gentle": {"method": "adam", "options": {"alpha": 0.1}}}
    found = tw.compare("x^2 + 10 y^2", [3, 4], asked)
    assert found["short"].method.step.values["alpha"] == 0.01
    assert found["gentle"].method.step.values["alpha"] == 0.1


def test_a_comparison_as_text_and_as_a_data_frame() -> None:
    found = tw.compare("x^2 + 10 y^2", [3, 4], ["armijo", "bfgs"])
    head, *rows = repr(found).splitlines()
    assert head.split()[:2] == ["method", "f"]
    assert [row.split()[0] for row in rows] == ["armijo", "bfgs"]
    frame = found.to_frame("pandas")
    assert list(frame["method"]) == ["armijo", "bfgs"]
    assert list(frame.columns) == list(found.columns)


@pytest.mark.parametrize(
    ("methods", "says"),
    [
        ([], "methods names one method at least"),
        ("bfgs", r"methods is a list of names, such as \['bfgs'\], not a text"),
        (["nonsense"], "there is no method 'nonsense'"),
        ({"mine": {"method": "bfgs", "options": {"x": 1}}}, "bfgs has no parameter 'x'"),
    ],
)
def test_a_wrong_list_of_methods_gets_one_sentence(methods, says: str) -> None:
    with pytest.raises(tw.ParameterError, match=says):
        tw.compare("x^2", [1.0], methods)
    with pytest.raises(tw.ParameterError, match=says):
        tw.profile([("x^2", [1.0])], methods)


# ------------------------------------------------------------------------------------------------ profile


def test_ratios_and_profiles_are_those_of_the_definition() -> None:
    """By hand: B fails on the second problem, nobody solves the last."""
    found = known([[10, 20], [30, math.inf], [8, 2], [math.inf, math.inf]])
    assert_array_equal(found.ratios(), [[1, 2], [1, math.inf], [4, 1], [math.inf, math.inf]])
    rho = found.rho([1, 2, 3.9, 4, 1e9])
    assert_array_equal(rho, [[0.5, 0.5, 0.5, 0.75, 0.75], [0.25, 0.5, 0.5, 0.5, 0.5]])
    with pytest.raises(
        tw.ParameterError, match="measure is one of 'evaluations', 'gradients', 'seconds', not 'x'"
    ):
        found.ratios("x")  # type: ignore[arg-type]


def test_costs_are_counted_up_to_the_first_iterate_that_is_good_enough() -> None:
    cases = [("x^2 + 10 y^2", [3.0, 4.0]), (VALLEY, START)]
    found = tw.profile(cases, ["conjugate gradient", "bfgs"], tune=False, tolerance=1e-3)
    for p, (text, start) in enumerate(cases):
        for s, name in enumerate(found.methods):
            run = tw.descend(text, start, name, gtol=0, max_iterations=500, max_evaluations=500)
            there = run.values <= 1e-3 * run.first_value  # the least value is 0, nearly
            assert there.any()
            assert found.costs["evaluations"][p, s] == run.evaluations[np.argmax(there)]
            assert found.costs["gradients"][p, s] <= run.njev
            assert 0.0 < found.costs["seconds"][p, s] < 0.5


def test_a_known_minimum_that_nobody_reaches_leaves_the_problem_unsolved() -> None:
    found = tw.profile(["rosenbrock"], {"slow": {"step": tw.Constant(1e-6)}}, max_evaluations=50)
    assert found.costs["evaluations"].tolist() == [[math.inf]]
    assert found.rho(1e9).tolist() == [[0.0]]


def test_tuning_tries_the_same_values_for_every_method_that_has_a_step_length() -> None:
    """On a bowl of curvature 200 only the steps below 0.01 converge; a value that is given is kept."""
    cases = [("100 x^2 + 50 y^2", [1.0, 1.0])]
    found = tw.profile(cases, ["gradient descent", "adam", "bfgs"])
    assert found.tuned["gradient descent"] == "alpha = 0.001"
    assert np.isfinite(found.costs["evaluations"]).all()
    assert "0.001, 0.01, 0.1" in found.effort
    fixed = tw.profile(cases, {"mine": {"method": "gradient descent", "options": {"alpha": 0.1}}})
    assert fixed.tuned == {"mine": ""}


def test_a_profile_as_text_frame_and_figure(tmp_path: Path) -> None:
    found = known([[10, 20], [30, math.inf], [8, 2]])
    assert repr(found).splitlines()[1].split()[:3] == ["A", "1", "0.6667"]
    frame = found.to_frame("pandas")
    assert list(frame["problem"]) == ["0", "0", "1", "1", "2", "2"]
    assert list(frame["evaluations_ratio"])[:3] == [1.0, 2.0, 1.0]
    figure = found.plot(theme="dark")
    figure.savefig(tmp_path / "p.png")
    lines = figure.axes[0].get_lines()
    assert [line.get_label() for line in lines] == ["A", "B"]
    for line, exact in zip(lines, found.rho([1.0, 2.0, 4.0]), strict=True):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert [y[x <= tau][-1] for tau in (1.0, 2.0, 4.0)] == pytest.approx(exact)
    from matplotlib import pyplot

    pyplot.close(figure)


@pytest.mark.parametrize("problem", [3, "nonsense", ("x^2",)])
def test_a_wrong_problem_gets_one_sentence(problem) -> None:
    with pytest.raises(tw.ThalwegError, match="problem"):
        tw.profile([problem], ["bfgs"])
    with pytest.raises(tw.ParameterError, match="problems holds one problem at least"):
        tw.profile([], ["bfgs"])


def test_a_long_profile_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal)
    tw.profile([("x^2", [1.0]), ("x^4", [1.0])], ["gradient descent", "bfgs"])
    # Two problems; alpha at 0.1, its default, 0.001 and 0.01, and the first trial at 1, its default, and all three.
    assert f"{2 * 3 + 2 * 4} runs" in terminal.getvalue()


# ------------------------------------------------------------------------------------------------ the command


def test_the_command_prints_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["compare", "rosenbrock", "--methods", "armijo,bfgs"]) == 0
    assert "converged in" in capsys.readouterr().out
    assert command(["compare", "x^2 + a y^2", "--start", "3,4", "--parameter", "a=10", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["variables"] == ["x", "y"]
    rows = {row["method"]: row for row in data["methods"]}
    assert rows["bfgs"]["success"] is True
    assert rows["bfgs"]["x"] == pytest.approx([0, 0], abs=1e-8)


@pytest.mark.parametrize(
    "arguments",
    [["compare"], ["compare", "x^2", "--profile"], ["compare", "x^2", "--start", "1", "--figure", "p.png"]],
)
def test_the_command_refuses_what_does_not_go_together(arguments, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


# ------------------------------------------------------------------------------------------------ batches and callables


def test_mini_batches_are_compared_by_passes_over_the_rows() -> None:
    t = np.arange(12.0)
    line = tw.LeastSquares("m*t + b", {"t": t / 12, "y": 3 * t / 12 + 1})
    by = {
        "all rows": {"method": "bfgs"},
        "four rows": {"method": "adam", "batch_size": 4, "options": {"alpha": 0.1}},
    }
    found = tw.compare(line, [0, 0], by, max_iterations=30)
    whole, batched = found.runs.values()
    assert found.columns["passes"] == [whole.nfev, batched.nfev / 3 + batched.batches.whole]
    assert found.columns["gradient_norm"][1] == pytest.approx(np.linalg.norm(line.gradient(batched.x)))
    assert found.columns["f"][1] == line.value(batched.x)
    assert "passes" not in tw.compare(line, [0, 0], ["bfgs"]).columns


@pytest.mark.parametrize("method", ["newton", "newton-cg", "coordinate descent"])
@pytest.mark.parametrize("has_hessian", [True, False])
def test_second_derivatives_of_a_callable(method: str, has_hessian: bool) -> None:
    """Given, or by differences; alone, in a comparison and in lockstep they lead to the same bits."""
    f = tw.Function(rosen, rosen_der, rosen_hess if has_hessian else None, n=2)
    starts = np.random.default_rng(3).uniform(-2.0, 2.0, (5, 2))
    composition = compose(method)
    p = parameters(composition, (60, 1e-8, 0.0, 0.0, math.inf), fused=False, stride=1.0)
    ends = go_down_together(f, composition, starts, p)
    for i, start in enumerate(starts):
        alone = tw.descend(f, start, method, max_iterations=60)
        compared = tw.compare(f, start, [method], max_iterations=60)[method]
        assert (alone.x == ends.x[i]).all()
        assert (alone.x == compared.x).all()
        assert alone.nit == compared.nit == ends.iterations[i]


def test_runs_side_by_side_refuse_what_lanes_are_not_told() -> None:
    line = tw.LeastSquares("m*t + b", {"t": [0, 1, 2, 3], "y": [1, 3, 5, 7]})
    fitting = compose("levenberg-marquardt")
    p = parameters(fitting, (60, 1e-8, 0.0, 0.0, math.inf), fused=True, stride=1.0)
    with pytest.raises(tw.ParameterError, match="works on residuals; descend takes it"):
        go_down_together(line, fitting, np.zeros((3, 2)), p)
    with pytest.raises(tw.ParameterError, match="goes by mini-batches; descend takes it"):
        go_down_together(line, compose("adam", batched=True), np.zeros((3, 2)), p)
