"""Pictures of runs: the path stands where it went, and what cannot be drawn says so."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from numpy.testing import assert_array_equal

import thalweg as tw
from thalweg.figure.style import FigureError

mpl.use("Agg")
ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_path_of_two_variables_is_drawn_on_the_map(theme: str) -> None:
    run = tw.descend(ROSENBROCK, [-1.2, 1], "bfgs")
    figure = run.plot(theme=theme)
    (axes,) = figure.axes
    lines = axes.get_lines()
    assert_array_equal(lines[0].get_xydata(), run.points)
    assert_array_equal(lines[1].get_xydata(), [[-1.2, 1.0]])
    assert_array_equal(lines[2].get_xydata(), [run.x])
    assert len(axes.collections) > 0  # lines of equal f
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    assert (run.points > low).all()
    assert (run.points < high).all()
    figure.savefig(io.BytesIO())


def test_the_lines_are_those_of_f() -> None:
    """On x^2 + 4 y^2 each line is an ellipse."""
    run = tw.descend("x^2 + 4 y^2", [2, 1], "bfgs")
    contours = run.plot(box=[(-3, 3), (-2, 2)]).axes[0].collections[0]
    for path in contours.get_paths():
        if len(path.vertices) > 8:
            assert np.ptp(path.vertices[:, 0] ** 2 + 4 * path.vertices[:, 1] ** 2) < 0.05


def test_more_variables_have_curves_of_f_and_of_the_gradient() -> None:
    run = tw.descend("x^2 + 3 y^2 + 5 z^2", [3, 2, 1], "armijo")
    above, below = run.plot().axes
    assert_array_equal(above.get_lines()[0].get_xydata(), np.stack([run.iterations, run.values], axis=1))
    assert_array_equal(
        below.get_lines()[0].get_xydata(), np.stack([run.iterations, run.gradient_norms], axis=1)
    )
    assert (above.get_yscale(), below.get_yscale()) == ("log", "log")
    assert tw.descend("x^2 - 3", [1], "bfgs").plot().axes[0].get_yscale() == "linear"


def test_two_variables_may_have_curves_as_well() -> None:
    assert len(tw.descend(ROSENBROCK, [-1.2, 1], "bfgs").plot("convergence").axes) == 2


def test_callables_are_drawn_where_they_have_values() -> None:
    def f(x: np.ndarray) -> float:
        if x[0] < 0:
            raise ValueError("outside")
        return float((np.sqrt(x[0]) - 1) ** 2 + x[1] ** 2)

    assert len(tw.descend(f, [2.0, 1.0], "bfgs").plot(box=[(-1, 3), (-1, 2)]).axes[0].collections) > 0


def test_a_run_that_diverged_shows_where_it_came_from() -> None:
    run = tw.descend("x^2 + 10 y^2", [5, 1], step=tw.Constant(0.3))
    assert run.reason is tw.Reason.DIVERGED
    assert np.ptp(run.plot().axes[0].get_ylim()) < 100.0


def test_into_axes_of_ones_own() -> None:
    figure, (left, right) = pyplot.subplots(1, 2)
    assert tw.descend(ROSENBROCK, [-1.2, 1], "bfgs").plot(axes=right) is figure
    assert len(left.get_lines()) == 0
    assert len(right.get_lines()) == 3


def test_what_cannot_be_drawn_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    run = tw.descend("x^2 + 3 y^2 + 5 z^2", [3, 2, 1], "armijo")
    with pytest.raises(tw.ParameterError, match="two variables, and this function has 3"):
        run.plot("map")
    with pytest.raises(tw.ParameterError, match="'map' or 'convergence', not 'pie'"):
        run.plot("pie")  # type: ignore[arg-type]
    with pytest.raises(tw.ParameterError, match="go with the map"):
        run.plot(box=[(0, 1), (0, 1)])
    with pytest.raises(tw.ParameterError, match="box is two pairs"):
        tw.descend(ROSENBROCK, [-1.2, 1], "bfgs").plot(box=[(0, 1)])
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(FigureError, match=r"pip install 'thalweg\[figure\]'"):
        run.plot()
