"""Verdicts against theory: curvature, limit and growth on quadratics, and end points whose kind is known."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thalweg as tw
from thalweg.problems.catalogue import PROBLEMS
from thalweg.verdict.certificate import certify
from thalweg.verdict.curvature import along_steps, growth_per_step
from thalweg.verdict.verdict import figure


def bare(H: np.ndarray) -> tw.Function:
    """A quadratic as a callable whose Hessian is not known."""

    def quietly(f):
        def wrapped(x: np.ndarray):
            with np.errstate(all="ignore"):
                return f(x)

        return wrapped

    return tw.Function(quietly(lambda x: 0.5 * float(x @ H @ x)), quietly(lambda x: H @ x), n=len(H))


def quadratic(mu: float, L: float, angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    return turn @ np.diag([mu, L]) @ turn.T


curvatures = st.tuples(st.floats(0.01, 1.0), st.floats(1.5, 100.0), st.floats(0.0, 3.0))


@settings(max_examples=40)
@given(curvatures, st.floats(1.05, 50.0), st.booleans())
def test_on_a_quadratic_limit_excess_and_growth_are_those_of_theory(
    shape: tuple[float, float, float], excess: float, known: bool
) -> None:
    mu, L, angle = shape
    H = quadratic(mu, L, angle)
    objective: object = bare(H)
    if known:
        a, b, c = H[0, 0], H[0, 1], H[1, 1]
        objective = tw.Formula("0.5*a*x^2 + b*x*y + 0.5*c*y^2", parameters={"a": a, "b": b, "c": c})
    alpha = excess * 2 / L
    run = tw.descend(objective, [1.0, 0.7], step=tw.Constant(alpha), max_iterations=10_000)
    assert run.mark == "diverged"
    assert run.reason is tw.Reason.DIVERGED
    ((parameter, limit, label),) = run.verdict.marks
    assert (parameter, label) == ("alpha", "2/L")
    assert limit == pytest.approx(2 / L, rel=1e-9 if known else 1e-3)
    steepest = np.linalg.eigh(H)[1][:, 1]
    if abs(steepest @ [1.0, 0.7]) > 1e-3:
        assert growth_per_step(run) == pytest.approx(abs(1 - alpha * L), rel=1e-2)
        assert np.nanmax(along_steps(run)) == pytest.approx(L, rel=1e-6)
    assert f"{figure(excess)[:3]}" in run.message


def test_on_a_curved_function_the_sentence_says_where() -> None:
    run = tw.descend("(1-x)^2 + 20*(y-x^2)^2", [-1.6, -0.5], step=tw.Constant(0.1))
    hessian = np.array([[2 - 80 * (-0.5) + 240 * 1.6**2, 80 * 1.6], [80 * 1.6, 40]])
    L = np.linalg.eigvalsh(hessian)[-1]
    assert abs(L - 681.923) < 1e-3
    assert run.verdict.marks == (("alpha", pytest.approx(2 / L), "2/L at the start"),)
    assert "34.1 times the limit 2/L = 0.00293 at the start" in run.message
    assert f"multiplies the error by {figure(0.1 * L - 1)}" in run.message


def test_a_step_that_is_short_enough_at_the_start_but_not_on_its_way() -> None:
    """The curvature of x^4/4 - x is 0 at 0 and 3 at the minimiser 1, where a step of 1 exceeds 2/3."""
    run = tw.descend("x^4/4 - x + x^2/100", [0.0], step=tw.Constant(3.0), max_iterations=500)
    assert run.mark == "diverged"
    assert "was short enough at the start, but on its way it met curvature" in run.message


@pytest.mark.parametrize("method", ["gradient descent", "armijo"])
@pytest.mark.parametrize(
    ("text", "start", "kind"),
    [
        ("x^2 - y^2", [1, 0], "saddle"),
        ("x^3 - 3x*y^2", [0, 0], "saddle"),
        ("x^4 + y^4", [0, 0], "flat"),
        ("-x^2 - y^2", [0, 0], "maximum"),
        ("x^2 + y^4", [1, 0], "minimum"),
        ("x^2 + 0*y", [1, 5], "minimum"),
        ("cos(x)", [0], "maximum"),
        ("(x^2-1)^2", [0], "maximum"),
        ("0*x + 3", [2], "flat"),
    ],
)
def test_a_stationary_point_is_told_for_what_it_is(
    method: str, text: str, start: list[float], kind: str
) -> None:
    run = tw.descend(text, start, method)
    assert certify(run).kind == kind
    assert run.success == (kind in ("minimum", "flat"))
    if kind in ("saddle", "maximum"):
        assert f"no minimum: a {kind}" in run.message


def test_a_gradient_that_is_small_far_from_any_minimum_is_no_success() -> None:
    run = tw.descend("-exp(-x^2)", [5.0], "armijo")
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert not run.success


def test_a_loose_function_tolerance_is_no_success() -> None:
    run = tw.descend("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1], "armijo", ftol=1e-2)
    assert run.reason is tw.Reason.FUNCTION_TOLERANCE
    assert not run.success
    assert "may still fall by" in run.message


def test_the_pace_predicts_the_iterations_to_go() -> None:
    """On x^2 a step alpha shrinks the gradient by 1 - 2 alpha."""
    arguments = {"step": tw.Constant(0.01), "gtol": 1e-8}
    run = tw.descend("x^2", [1.0], **arguments, max_iterations=100)
    whole = tw.descend("x^2", [1.0], **arguments, max_iterations=10_000)
    assert run.mark == "limit"
    assert "2 % smaller each step" in run.message
    said = int(run.message.split("some ")[1].split()[0].replace(",", ""))
    assert said == pytest.approx(whole.nit - 100, rel=0.05)


def test_falling_without_bound_and_leaving_the_domain_are_named() -> None:
    assert "without bound" in tw.descend("-x^2", [1.0], "armijo").headline
    left = tw.descend("x - log(x)", [0.5], step=tw.Constant(5.0), max_iterations=50)
    assert left.reason is tw.Reason.NON_FINITE
    assert "edge of its domain" in left.message
    started = tw.descend("log(x)", [-1.0])
    assert started.message == "f or its gradient is not finite at the start (-1)."


def test_no_problem_of_the_catalogue_ends_in_a_wrong_success_or_a_warning() -> None:
    for problem in PROBLEMS:
        objective = problem.objective()
        for method in ("gradient descent", "armijo"):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                run = tw.descend(
                    objective, problem.start, method, options=dict(problem.options.get(method, {}))
                )
                assert run.message
            if run.success:
                gradient, hessian = objective.gradient(run.x), objective.hessian(run.x)
                assert np.linalg.eigvalsh(hessian)[0] > 0
                decrement = 0.5 * gradient @ np.linalg.solve(hessian, gradient)
                assert decrement <= 1e-12 * (abs(run.fun) + abs(run.values[0]))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0003061621901, 3, "0.000306"),
        (326.62, 3, "327"),
        (12345.0, 3, "12345"),
        (1.5e-17, 3, "1.5e-17"),
        (0.0, 3, "0"),
        (-2.5, 3, "-2.5"),
        (1e80, 3, "1e+80"),
        (math.inf, 3, "inf"),
        (0.03004771715, 6, "0.0300477"),
    ],
)
def test_figures_are_written_as_people_write_them(value: float, digits: int, text: str) -> None:
    assert figure(value, digits) == text
