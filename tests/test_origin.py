"""The workload that Thalweg began with, and its figures.

The figures were derived from closed forms (normal equations in NumPy) and theory: on a quadratic a fixed step alpha
converges if and only if alpha < 2/L, and the error along the steepest axis is multiplied by 1 - alpha L at each step.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

import thalweg as tw
from thalweg.descent.judgement import Judgement
from thalweg.problems import find

EXAMPLES = Path(__file__).parent.parent / "examples"


class Line:
    """The regression of a CSV file, with its closed form from NumPy."""

    def __init__(self, identity: str) -> None:
        problem = find(identity)
        assert problem.data is not None
        self.loss = problem.objective()
        t, y = np.loadtxt(problem.data.path, delimiter=",", skiprows=1).T
        A = np.stack([t, np.ones_like(t)], axis=1)
        self.solution, squares, *_ = np.linalg.lstsq(A, y, rcond=None)
        self.minimum = float(squares[0]) / len(t)
        self.mu, self.L = np.linalg.eigvalsh(2.0 / len(t) * A.T @ A)


@pytest.fixture(scope="module")
def noisy() -> Line:
    return Line("noisy-line")


@pytest.fixture(scope="module")
def wide() -> Line:
    return Line("wide-line")


def fixed(line: Line, alpha: float, **limits: float) -> tw.Trajectory:
    return tw.descend(line.loss, [0, 0], "gradient descent", options={"alpha": alpha}, gtol=1e-4, **limits)


def test_the_data_are_those_of_the_question(noisy: Line, wide: Line) -> None:
    assert noisy.solution == pytest.approx([1.30001663438, 4.10257507792], rel=1e-11)
    assert noisy.minimum == pytest.approx(0.0300477171535, rel=1e-11)
    assert [noisy.mu, noisy.L] == pytest.approx([0.153895, 2.540368], rel=1e-5)
    assert wide.L / wide.mu == pytest.approx(11_950, rel=1e-3)
    limit = 2 / wide.L
    assert limit == pytest.approx(3.0616e-4, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "start", "minimum"), [("x^2 + y^2", [3, 4], 0.0), ("sin(x)*cos(y)", [1, 1.2], -1.0)]
)
@pytest.mark.parametrize(("method", "options"), [("gradient descent", {"alpha": 0.1}), ("armijo", {})])
def test_the_two_functions_that_always_worked(text, start, minimum, method, options) -> None:
    run = tw.descend(text, start, method, options=options)
    assert run.success
    assert run.mark == "converged"
    assert run.fun == pytest.approx(minimum, abs=1e-15)


@pytest.mark.parametrize(("part", "iterations"), [(0.5, 115), (0.9, 62), (0.99, 574)])
def test_fixed_steps_below_the_limit_converge_in_so_many_iterations(
    noisy: Line, part: float, iterations: int
) -> None:
    run = fixed(noisy, part * 2 / noisy.L)
    assert run.success
    assert run.nit == iterations
    # |g| <= 1e-4 leaves an error of at most |g| / mu
    assert np.linalg.norm(run.x - noisy.solution) <= 1e-4 / noisy.mu


@pytest.mark.parametrize("alpha", [0.787288, 0.8, 1.0])
def test_steps_from_the_limit_on_do_not_converge_and_the_verdict_says_why(noisy: Line, alpha: float) -> None:
    run = fixed(noisy, alpha, max_iterations=5000)
    assert not run.success
    assert run.mark == "diverged"
    (mark,) = run.verdict.marks
    assert mark[0] == "alpha"
    assert mark[1] == pytest.approx(2 / noisy.L, rel=1e-12)
    assert mark[2] == "2/L"
    assert f"{alpha:g}" in run.message
    assert "2/L = 0.787" in run.message


@pytest.mark.parametrize(
    ("alpha", "growth", "overflow"), [(0.1, 652, 54), (0.01, 64.3, 84), (0.001, 5.53, 204)]
)
def test_on_a_wide_abscissa_the_usual_steps_explode(
    wide: Line, alpha: float, growth: float, overflow: int
) -> None:
    run = fixed(wide, alpha)
    assert run.reason is tw.Reason.DIVERGED
    assert run.nit == overflow - 1  # that many finite steps, and the path is kept to the last of them
    assert len(run.points) == overflow
    assert np.isfinite(run.path[:, :3]).all()
    assert run.trials["judgement"][-1] == Judgement.NOT_FINITE
    # the error along the steepest axis, from the values: f - f* grows by growth^2
    factors = np.sqrt(run.values[2:40] / run.values[1:39])
    assert np.median(factors) == pytest.approx(growth, rel=2e-3)
    assert abs(1 - alpha * wide.L) == pytest.approx(growth, rel=2e-3)
    assert f"{growth:g}" in run.message
    assert f"{alpha * wide.L / 2:.3g} times" in run.message
    assert run.headline == f"diverged at step {overflow}"
    # the best point is the start, and it is finite
    np.testing.assert_array_equal(run.x, [0, 0])


def test_ten_steps_suffice_to_be_lost_and_to_know_why(wide: Line) -> None:
    run = fixed(wide, 0.1, max_iterations=10)
    assert run.values[-1] > 1e50
    assert run.mark == "diverged"
    assert "327 times the limit 2/L = 0.000306" in run.message


def test_a_short_step_on_a_wide_abscissa_converges_but_slowly(wide: Line) -> None:
    run = fixed(wide, 1e-4, max_iterations=1000)
    assert run.mark == "limit"
    assert (np.diff(run.values) < 0).all()
    armijo = tw.descend(wide.loss, [0, 0], "armijo", gtol=1e-4)
    assert armijo.success
    assert armijo.nfev < 200


def test_armijo_with_the_long_first_jump(noisy: Line) -> None:
    """Restarting at 100 with c1 = 1e-4 and next = min(0.5 a, a_q): 4 iterations and 9 evaluations."""
    options = {"c1": 1e-4, "initial": 100.0, "shrink_min": 0.0, "first_shrink_min": 0.0, "shrink_max": 0.5}
    run = tw.descend(noisy.loss, [0, 0], "armijo", options=options, gtol=1e-4)
    assert (run.nit, run.nfev) == (4, 9)
    assert run.x == pytest.approx([1.30001167581, 4.10255942975], rel=1e-11)


def test_the_origins_preset_ends_at_the_closed_form(noisy: Line) -> None:
    run = tw.descend(noisy.loss, [0, 0], "armijo", preset="origin", gtol=1e-4)
    assert run.success
    assert run.method.step.values["c1"] == 0.5
    assert run.method.step.values["initial"] == 100.0
    assert np.linalg.norm(run.x - noisy.solution) <= 1e-4 / noisy.mu
    assert run.fun == pytest.approx(noisy.minimum, abs=1e-4**2 / (2 * noisy.mu))


def test_the_example_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "origin.py"), run_name="__main__")
    out = capsys.readouterr().out
    assert out.count("diverged at step") == 3
    assert "converged in 115 iterations" in out
    assert "each step multiplies the error by 652" in out
