"""Whole conversations with a session: what a page asks, and what mathematics says the answers are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.lab.talk import ARMIJO, FIXED, Talk, first_box
from thalweg.descent.methods import every
from thalweg.lab.messages import (
    Field,
    Grid,
    Hello,
    Open,
    Opened,
    Probe,
    Reading,
    RunRequest,
    Welcome,
)
from thalweg.lab.opening import Box
from thalweg.problems import PROBLEMS, find


def plane(box: Box, shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of a grid, rows along y: independent of how the session makes them."""
    x0, x1, y0, y1 = box
    columns, rows = shape
    x = np.array([[x0 + (x1 - x0) * i / (columns - 1) for i in range(columns)]] * rows)
    y = np.array([[y0 + (y1 - y0) * j / (rows - 1)] * columns for j in range(rows)])
    return x, y


# ---------------------------------------------------------------------------------------------------------- greeting


def test_a_page_is_told_what_there_is(talk: Talk) -> None:
    welcome, _ = talk.ask(Welcome, Hello)
    assert [problem.id for problem in welcome.problems] == [problem.id for problem in PROBLEMS]
    assert welcome.first == "paraboloid"
    assert [method.name for method in welcome.methods] == [method.name for method in every()]
    assert [row.name for row in welcome.limits] == ["max_iterations", "gtol"]
    for row in [*welcome.limits, *(row for method in welcome.methods for row in method.parameters)]:
        assert math.isfinite(row.low)
        assert math.isfinite(row.high)
        assert row.low <= row.default <= row.high or row.default == 0  # which a logarithmic slider has not
        assert (row.scale == "choice") == bool(row.choices)
    for shown, method in zip(welcome.methods, every(), strict=True):
        names = [row.name for row in shown.parameters]
        assert sorted(names) == sorted(row.name for row in method.parameters)
        assert tuple(names[: shown.main]) == method.shown
    assert {m.name for m in welcome.methods if m.residuals} == {
        "gauss-newton",
        "levenberg-marquardt",
        "dogleg",
    }


# --------------------------------------------------------------------------------------------------- the whole talk


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.id)
def test_every_problem_opens_and_is_drawn_and_run(talk: Talk, problem: Any) -> None:
    opened = talk.open(problem=problem.id)
    assert (opened.problem, opened.title, opened.text) == (problem.id, problem.title, problem.text)
    assert opened.start == list(problem.start)
    reply, values = talk.field(opened)
    assert np.all(np.isfinite(values))
    assert values.min() >= reply.reference
    runs, buffers = talk.runs(opened, FIXED, ARMIJO)
    each = 1 if opened.data is None else 3
    assert len(buffers) == 2 * each
    for info, path in zip(runs.runs, buffers[::each], strict=True):
        assert path.shape == (info.iterations + 1, 6)
        assert path.dtype == np.float64
        assert list(path[0, :2]) == opened.start
        assert info.fun == pytest.approx(np.min(path[:, 2]))
        assert info.verdict
        assert info.headline
    if problem.minimum is not None:
        assert all(info.fun is not None and info.fun >= problem.minimum - 1e-9 for info in runs.runs)


def test_the_values_of_a_field_are_those_of_the_function(talk: Talk) -> None:
    opened = talk.open(problem="himmelblau")
    box = (-5.0, 4.0, -3.0, 5.0)
    reply, values = talk.field(opened, box=box, shape=(64, 40))
    x, y = plane(box, (64, 40))
    truth = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
    assert reply.reference == 0.0  # the known minimum
    np.testing.assert_allclose(values, truth, rtol=1e-6)
    assert reply.highest == pytest.approx(truth.max())


def test_a_path_follows_its_own_definition(talk: Talk) -> None:
    """x_{k+1} = x_k - alpha g_k, for Rosenbrock's function with the gradient by hand."""
    opened = talk.open(problem="rosenbrock")
    step = RunRequest(id="1", method="gradient descent", options={"alpha": 0.002})
    runs, (path,) = talk.runs(opened, step, start=[-1.2, 1.0], max_iterations=50)
    x, y = -1.2, 1.0
    for row in path:
        slope = (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))
        assert row[:4] == pytest.approx(
            [x, y, (1 - x) ** 2 + 100 * (y - x * x) ** 2, math.hypot(*slope)], rel=1e-6
        )
        x, y = x - 0.002 * slope[0], y - 0.002 * slope[1]
    assert (runs.runs[0].iterations, runs.runs[0].evaluations) == (50, 51)
    assert list(path[:, 5]) == list(range(1, 52))


def test_a_diverging_run_comes_with_its_path_and_the_limit_for_the_slider(talk: Talk) -> None:
    opened = talk.open(text="x^2 + 10y^2")
    too_long = RunRequest(id="1", method="gradient descent", options={"alpha": 0.2})
    runs, (path,) = talk.runs(opened, too_long, start=[1.0, 1.0])
    (info,) = runs.runs
    assert (info.mark, info.success) == ("diverged", False)
    assert np.all(np.isfinite(path))
    assert len(path) > 2
    limits = [mark.value for mark in info.marks if mark.parameter == "alpha"]
    assert limits == [pytest.approx(2 / 20)]


def test_a_vector_of_two_is_shown_and_one_too_long_refused_with_a_sentence(talk: Talk) -> None:
    opened = talk.open(text="a*(x[2] - x[1]^2)^2 + sum((1 - x[i])^2, i, 1, 2)")
    assert list(opened.variables) == ["x[1]", "x[2]"]
    assert [parameter.name for parameter in opened.parameters] == ["a"]
    _, values = talk.field(opened)
    x, y = plane(first_box(opened), (33, 21))
    expected = (y - x**2) ** 2 + (1 - x) ** 2 + (1 - y) ** 2
    np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-2)
    refused = talk.refused(Open, text="sum(x[i]^2, i, 1, 1000)")
    assert "up to 100 variables, and this has 1,000" in refused.message


# ------------------------------------------------------------------------------------------------- n variables, or one


def rastrigin(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sum(x**2 - 10 * np.cos(2 * np.pi * x) + 10, axis=-1)


def test_of_many_variables_the_map_is_a_slice_through_a_point(talk: Talk) -> None:
    opened = talk.open(text="sum(x[i]^2 - 10 cos(2 pi x[i]) + 10, i, 1, 10)")
    assert len(opened.variables) == len(opened.ranges) == len(opened.start) == 10
    at = [0.5 * i for i in range(10)]
    reply, values = talk.field(opened, axes=(7, 2), at=at, box=(-1.0, 2.0, 0.0, 3.0), shape=(13, 9))
    assert reply.axes == (7, 2)
    x, y = plane((-1.0, 2.0, 0.0, 3.0), (13, 9))
    points = np.tile(np.array(at), (9, 13, 1))
    points[..., 7], points[..., 2] = x, y
    np.testing.assert_allclose(values, rastrigin(points), rtol=1e-5)
    assert reply.reference <= rastrigin(np.array(at))

    runs, (path,) = talk.runs(opened, ARMIJO)
    assert path.shape == (runs.runs[0].iterations + 1, 14)
    np.testing.assert_allclose(path[:, 10], rastrigin(path[:, :10]), rtol=1e-9, atol=1e-9)
    for axes in ((0, 0), (0, 10), (-1, 2)):
        failed = talk.refused(
            Grid, revision=opened.revision, box=(0.0, 1.0, 0.0, 1.0), shape=(9, 9), axes=axes, at=at
        )
        assert "two of the 10 variables" in failed.message
    failed = talk.refused(
        Grid, revision=opened.revision, box=(0.0, 1.0, 0.0, 1.0), shape=(9, 9), at=[1.0, 2.0]
    )
    assert "point of the slice has 10" in failed.message


def test_of_one_variable_the_map_is_a_curve(talk: Talk) -> None:
    opened = talk.open(text="a*(x - 1)^2 + 3", parameters={"a": 2.0})
    assert (opened.variables, opened.axes, opened.warnings) == (["x"], (0, 1), [])
    (x0, x1), (low, high) = opened.ranges
    assert low < 3.0 < high
    reply, values = talk.field(opened, box=(x0, x1, low, high), shape=(11, 1))
    assert reply.shape == (11, 1)
    np.testing.assert_allclose(values[0], 2 * (np.linspace(x0, x1, 11) - 1) ** 2 + 3, rtol=1e-6)
    runs, (path,) = talk.runs(opened, ARMIJO)
    assert path.shape[1] == 5
    assert runs.runs[0].x == pytest.approx([1.0], abs=1e-6)
    reading, _ = talk.ask(Reading, Probe, revision=opened.revision, point=[2.0])
    assert (reading.value, reading.gradient_norm) == (5.0, 4.0)


def test_a_reading_is_value_and_slope(talk: Talk) -> None:
    opened = talk.open(text="x^2*y")
    reading, _ = talk.ask(Reading, Probe, revision=opened.revision, point=[3.0, 5.0])
    assert (reading.value, reading.gradient_norm) == (45.0, pytest.approx(math.hypot(30.0, 9.0)))


def test_what_is_undefined_is_left_open(talk: Talk) -> None:
    opened = talk.open(text="log(x) + y^2")
    _, values = talk.field(opened, box=(-1.0, 1.0, -1.0, 1.0), shape=(4, 3))
    assert np.array_equal(np.isfinite(values), [[False, False, True, True]] * 3)
    reading, _ = talk.ask(Reading, Probe, revision=opened.revision, point=[-1.0, 0.0])
    assert (reading.value, reading.gradient_norm) == (None, None)
    runs, (path,) = talk.runs(opened, ARMIJO, start=[-1.0, 0.0])
    assert (runs.runs[0].mark, runs.runs[0].fun) == ("failed", None)
    assert path.shape == (1, 6)


def test_a_function_that_is_nowhere_finite_still_has_a_map(talk: Talk) -> None:
    opened = talk.open(text="log(-1 - x^2) + y")
    reply, values = talk.field(opened)
    assert not np.isfinite(values).any()
    assert (reply.reference, reply.highest) == (0.0, 0.0)


def test_huge_values_stay_finite_in_single_precision(talk: Talk) -> None:
    opened = talk.open(text="exp(x^2) + y")
    reply, (values,) = talk.ask(
        Field, Grid, revision=opened.revision, box=(0.0, 26.0, -1.0, 1.0), shape=(27, 2)
    )
    assert np.all(np.isfinite(values))
    assert math.isfinite(reply.highest)


def test_without_a_known_minimum_the_reference_is_the_valley_s_own(talk: Talk) -> None:
    """The minimum lies between the points of any such grid; the contours must not depend on where they fall."""
    opened = talk.open(text="(x - 0.3217)^2 + (y + 0.1234)^2 + 7")
    for shape in ((16, 16), (33, 21)):
        reply, _ = talk.field(opened, shape=shape)
        assert reply.reference == pytest.approx(7.0, abs=1e-12)


def test_of_an_unbounded_function_the_reference_is_the_lowest_value_seen(talk: Talk) -> None:
    opened = talk.open(problem="saddle")
    reply, values = talk.field(opened, box=(-2.0, 2.0, -1.0, 3.0))
    assert reply.reference == -9.0
    assert values.min() == -9.0


# ---------------------------------------------------------------------------------------------------------- the data


def test_the_regression_comes_with_its_data_and_fitted_lines(talk: Talk) -> None:
    opened, buffers = talk.ask(Opened, Open, problem="noisy-line")
    t, y, at = buffers
    rows = np.loadtxt(find("noisy-line").data.path, delimiter=",", skiprows=1)  # type: ignore[union-attr]
    assert opened.data is not None
    assert (opened.data.abscissa, opened.data.response, opened.data.rows) == ("t", "y", 300)
    np.testing.assert_array_equal(np.stack([t, y], axis=1), rows)
    assert (at[0], at[-1]) == (t.min(), t.max())
    assert not opened.equal_scale

    runs, (_, curve, predicted) = talk.runs(opened, ARMIJO, max_iterations=1000)
    slope, intercept = np.polyfit(rows[:, 0], rows[:, 1], 1)
    assert runs.runs[0].x == pytest.approx([slope, intercept], rel=1e-5)
    np.testing.assert_allclose(curve, runs.runs[0].x[0] * at + runs.runs[0].x[1], rtol=1e-12)

    np.testing.assert_allclose(predicted, runs.runs[0].x[0] * t + runs.runs[0].x[1], rtol=1e-12)

    _, values = talk.field(opened, shape=(9, 7))
    m, b = plane(first_box(opened), (9, 7))
    residuals = m[..., None] * rows[:, 0] + b[..., None] - rows[:, 1]
    np.testing.assert_allclose(values, np.mean(residuals**2, axis=-1), rtol=1e-5)


def test_another_model_is_fitted_to_the_same_data(talk: Talk) -> None:
    opened = talk.open(problem="noisy-line", text="c*t^2 + d")
    assert opened.variables == ["c", "d"]
    assert opened.data is not None
    assert (opened.problem, opened.minimum, opened.minimisers) == ("noisy-line", None, [])
    runs, _ = talk.runs(opened, ARMIJO, max_iterations=2000)
    rows = np.loadtxt(find("noisy-line").data.path, delimiter=",", skiprows=1)  # type: ignore[union-attr]
    design = np.stack([rows[:, 0] ** 2, np.ones(len(rows))], axis=1)
    assert runs.runs[0].x == pytest.approx(np.linalg.lstsq(design, rows[:, 1])[0], rel=1e-4)


@pytest.mark.parametrize("text", ["x^2 + y^2", "u^2 + v^2", "a*x + y"])
def test_what_is_no_model_of_the_data_opens_as_a_function(talk: Talk, text: str) -> None:
    opened = talk.open(problem="noisy-line", text=text)
    assert (opened.problem, opened.data, opened.text) == (None, None, text)
    assert opened.variables == (["u", "v"] if "u" in text else ["x", "y"])


def test_a_model_with_another_number_of_parameters_is_fitted_too(talk: Talk) -> None:
    rows = np.loadtxt(find("noisy-line").data.path, delimiter=",", skiprows=1)  # type: ignore[union-attr]
    opened = talk.open(problem="noisy-line", text="a*t^2 + b*t + c")
    assert opened.variables == ["a", "b", "c"]
    lm = RunRequest(id="lm", method="levenberg-marquardt", options={})
    runs, _ = talk.runs(opened, lm)
    assert runs.runs[0].x == pytest.approx(np.polyfit(rows[:, 0], rows[:, 1], 2), rel=1e-6)


# ---------------------------------------------------------------------------------------------------------- the names


@pytest.mark.parametrize(
    ("text", "variables", "parameters"),
    [
        ("a*x^2 + y^2", ["x", "y"], ["a"]),
        ("u^2 + v^2", ["u", "v"], []),
        ("u^2 + v^2 + w", ["u", "v"], ["w"]),
        ("b*y^2", ["y"], ["b"]),
        ("t^2", ["t"], []),
        ("7", ["x", "y"], []),
        ("pi*x + e^y", ["x", "y"], []),
    ],
)
def test_names_become_axes_or_sliders(
    talk: Talk, text: str, variables: list[str], parameters: list[str]
) -> None:
    opened = talk.open(text=text)
    assert opened.variables == variables
    assert [row.name for row in opened.parameters] == parameters
    assert all(row.default == 1.0 and row.low < 1.0 < row.high for row in opened.parameters)


def test_greek_names_are_written_as_letters_wherever_the_page_shows_them(talk: Talk) -> None:
    opened = talk.open(problem=None, text="theta^2 + phi_1^2 + cos(3theta)", parameters={})
    assert opened.variables == ["θ", "φ_1"]
    opened = talk.open(problem=None, text="x^2 + beta*y^2", parameters={"beta": 3.0})
    assert [(info.name, info.symbol) for info in opened.parameters] == [("beta", "β")]


def test_a_constant_has_two_axes_and_depends_on_neither(talk: Talk) -> None:
    opened = talk.open(text="7")
    assert opened.warnings == ["f does not depend on x", "f does not depend on y"]


def test_where_a_formula_may_have_no_value_is_said_as_it_is_opened(talk: Talk) -> None:
    opened = talk.open(text="x*log(x) + |y|")
    assert opened.warnings == [
        "may be undefined for x <= 0 (log)",
        "not differentiable where y = 0 (abs)",
    ]


def test_a_parameter_s_value_reaches_field_runs_and_reading(talk: Talk) -> None:
    opened = talk.open(text="a*x^2 + y^2", parameters={"a": 3.0})
    assert opened.parameters[0].default == 3.0
    for values_given, a in (({}, 3.0), ({"a": 5.0}, 5.0)):
        reading, _ = talk.ask(
            Reading, Probe, revision=opened.revision, point=[2.0, 1.0], parameters=values_given
        )
        assert reading.value == 4 * a + 1
        _, values = talk.field(opened, box=(0.0, 2.0, 0.0, 1.0), shape=(3, 2), parameters=values_given)
        np.testing.assert_allclose(values, [[0, a, 4 * a], [1, a + 1, 4 * a + 1]], rtol=1e-6)
        _, (path,) = talk.runs(opened, FIXED, start=[2.0, 1.0], max_iterations=1, parameters=values_given)
        assert path[1, :2] == pytest.approx([2 - 0.1 * 2 * a * 2, 1 - 0.1 * 2])


def test_the_range_of_a_parameter_stands_still_while_its_value_moves(talk: Talk) -> None:
    ranges = {
        (row.low, row.high)
        for a in (0.5, 1.0, 3.0)
        for row in talk.open(text="a*x", parameters={"a": a}).parameters
    }
    assert len(ranges) == 1
    (wide,) = talk.open(text="a*x", parameters={"a": 100.0}).parameters
    assert wide.low <= 100.0 <= wide.high


def test_a_suggested_step_converges_on_a_quadratic(talk: Talk) -> None:
    for text in ("x^2 + y^2", "50x^2 + y^2", "0.01x^2 + 0.003y^2"):
        opened = talk.open(text=text)
        step = RunRequest(id="1", method="gradient descent", options=opened.options["gradient descent"])
        runs, _ = talk.runs(opened, step, max_iterations=20_000)
        assert runs.runs[0].mark == "converged"


@pytest.mark.parametrize("text", ["sqrt(x) + sqrt(y)", "log(x*y)", "1/x + y^2", "sqrt(4 - x - y)"])
def test_the_start_is_where_the_function_is_finite(talk: Talk, text: str) -> None:
    opened = talk.open(text=text)
    reading, _ = talk.ask(Reading, Probe, revision=opened.revision, point=opened.start)
    assert reading.value is not None
    assert reading.gradient_norm is not None


@pytest.mark.parametrize(
    "text", ["(1 - x)^2 + a (y - x^2)^2 + 0 Sin[x]", r"\left(1 - x\right)^{2} + a (y - x^2)^2"]
)
def test_what_is_pasted_from_mathematica_or_latex_opens_as_it_is(talk: Talk, text: str) -> None:
    opened = talk.open(text=text, parameters={"a": 3.0})
    assert opened.text == text
    assert opened.variables == ["x", "y"]
    assert [row.name for row in opened.parameters] == ["a"]
    assert "<msup>" in opened.mathml
    assert talk.runs(opened, ARMIJO)[0].runs[0].fun == pytest.approx(0.0, abs=1e-3)
    failed = talk.refused(Open, text=text + r" + \sni x")
    assert failed.position == len(text) + 3
