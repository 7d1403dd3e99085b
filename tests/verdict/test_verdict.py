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
from thalweg.verdict.curvature import along_steps, eigensystem, growth_per_step
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


@pytest.mark.parametrize("method", ["heavy ball", "adam", "lion", "rmsprop"])
def test_the_limit_of_the_plain_constant_step_is_told_of_no_other_method(method: str) -> None:
    """The heavy ball is stable up to 2 (1 + beta) / L (Polyak 1964), and the adaptive methods have no such limit."""
    stable = tw.descend("x^2 + 10 y^2", [3, 4], method, options={"alpha": 0.15}, max_iterations=400)
    wild = tw.descend("x^2 + 10 y^2", [3, 4], method, options={"alpha": 5.0}, max_iterations=400)
    for run in (stable, wild):
        assert run.verdict.marks == ()
        assert "2/L" not in run.message
        assert len(along_steps(run)) == 0
    if method == "heavy ball":
        assert stable.success
        assert wild.mark == "diverged"


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
        ("x^4 + y^4", [0, 0], "minimum"),
        ("abs(x) + abs(y)", [0, 0], "minimum"),
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
    assert run.success == (kind == "minimum")
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


ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"


def rosenbrock(x: np.ndarray) -> float:
    return float((1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2)


@pytest.mark.parametrize("objective", [ROSENBROCK, rosenbrock], ids=["formula", "callable"])
@pytest.mark.parametrize(
    ("start", "tolerance"),
    [([1e4, 1e4], {"ftol": 1e-2}), ([1e3, -1e3], {"ftol": 1e-2}), ([1e3, 1e3], {"gtol": 10.0})],
)
def test_a_great_decrease_on_the_way_is_no_proof_of_arrival(
    objective: object, start: list[float], tolerance: dict[str, float]
) -> None:
    """The minimiser is (1, 1) with f = 0; these stop in the valley's walls or far out in it."""
    run = tw.descend(objective, start, "armijo", **tolerance)
    assert run.reason in (tw.Reason.FUNCTION_TOLERANCE, tw.Reason.GRADIENT_TOLERANCE)
    assert run.fun > 10.0
    assert not run.success


@pytest.mark.parametrize("start", [[1.0, 1.0], [1 + 1e-9, 1 + 2e-9]])
def test_where_one_run_arrived_the_next_begins_and_ends_well(start: list[float]) -> None:
    assert tw.descend(ROSENBROCK, start, "armijo").success
    assert tw.descend("x^2 + 3y^2", [1e-9, -1e-9], "armijo").success


def test_a_run_from_the_end_of_another_is_a_success_too() -> None:
    first = tw.descend(ROSENBROCK, [-1.2, 1], "armijo", max_iterations=20_000)
    assert first.success
    assert tw.descend(ROSENBROCK, first.x, "armijo").success


@pytest.mark.parametrize(
    ("text", "start", "arguments"),
    [
        ("x^2 - y^4", [1, 0], {"method": "armijo"}),
        ("x^2 - y^4", [1, 0], {"step": tw.Constant(0.1)}),
        ("x^3", [1], {"step": tw.Constant(0.3), "max_iterations": 100_000}),
        ("y^2 + x^3", [1, 1], {"step": tw.Constant(0.3), "max_iterations": 100_000}),
    ],
)
def test_where_curvature_alone_is_not_negative_f_is_looked_at(text, start, arguments) -> None:
    """Beyond these stationary points f falls on, which the Hessian does not show."""
    run = tw.descend(text, start, **arguments)
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert certify(run).kind == "saddle"
    assert not run.success


def test_a_slope_without_curvature_is_not_forgotten() -> None:
    """In y, 1e-4 are still to be gained, along a curvature 1e-12 times that in x."""
    run = tw.descend("x^2 + 1e-12*(y-1e4)^2", [1, 0], "armijo", gtol=1e-6)
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert certify(run).decrement == pytest.approx(1e-4, rel=1e-3)
    assert not run.success


def test_figures_of_tiny_functions_do_not_underflow() -> None:
    run = tw.descend("1e-200*(x-1)^2", [3.0], "armijo")
    assert certify(run).decrement == pytest.approx(4e-200)
    assert not run.success


@pytest.mark.parametrize("given", [True, False], ids=["gradient", "differences"])
@pytest.mark.parametrize(
    ("text", "start", "kind"),
    [
        ("x^2 - y^2", [1, 0], "saddle"),
        ("x*y", [0, 0], "saddle"),
        ("-x^2 - y^2", [0, 0], "maximum"),
        ("cos(x)", [0], "maximum"),
        ("cos(x - 3) + 1e3", [3], "maximum"),
        (ROSENBROCK, [1.1, 1.2], "minimum"),
        ("1e6*x^2 + (y - 1e-6)^2", [1, 1], "minimum"),
        ("0*x + 3", [2], "flat"),
    ],
)
def test_a_stationary_point_of_a_callable_is_told_too(
    given: bool, text: str, start: list[float], kind: str
) -> None:
    f = tw.Formula(text)
    run = tw.descend(
        tw.Function(f.value, f.gradient if given else None), start, "armijo", gtol=1e-6, max_iterations=20_000
    )
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert certify(run).kind == kind
    assert run.success == (kind == "minimum")


def test_a_look_round_the_end_point_raises_nothing_of_the_callables() -> None:
    """Its minimiser is 1e-5 from the edge of its domain, where Python's logarithm raises."""
    f = tw.Function(lambda x: x[0] * 1e5 - math.log(x[0]), lambda x: [1e5 - 1 / x[0]])
    assert tw.descend(f, [1e-5], "armijo").success
    edge = tw.Function(lambda x: float(x[0] ** 2) if x[0] == 0.0 else math.sqrt(-1.0), lambda x: 2 * x)
    assert tw.descend(edge, [0.0], "armijo").success


@pytest.mark.parametrize(
    ("jac", "component", "says"),
    [
        (lambda x: 0 * x, "x2", "is 0 at the end point, where differences of f give 4"),
        (lambda x: np.array([2 * x[0], 0.0]), "x2", "where differences of f give 4"),
        (lambda x: -2 * x, "x2", "is -4 at the end point, where differences of f give 4"),
        (lambda x: 2e-10 * x, "x2", "where differences of f give 4"),
    ],
)
def test_a_wrong_gradient_is_named_with_its_component(jac, component: str, says: str) -> None:
    run = tw.descend(tw.Function(lambda x: float(x @ x), jac), [1.0, 2.0], "armijo", check_gradient=False)
    assert not run.success
    assert "does not fit f" in run.message
    assert component in run.message
    assert says in run.message


@pytest.mark.parametrize("noise", [0.0, 1e-9, 1e-3, 1.0])
@pytest.mark.parametrize("offset", [0.0, 1.0, -1e8, 1e20])
def test_a_right_gradient_is_never_called_wrong(noise: float, offset: float) -> None:
    random = np.random.default_rng(3)
    for scale in (1e-6, 1.0, 1e6):
        for n in (1, 2, 5):
            centre = random.standard_normal(n) * scale
            f = tw.Function(
                lambda x, c=centre: float((x - c) @ (x - c)) + offset + noise * random.standard_normal(),
                lambda x, c=centre: 2 * (x - c),
            )
            for arguments in ({"method": "armijo"}, {"step": tw.Constant(0.1)}):
                run = tw.descend(f, centre + scale, **arguments)
                assert "does not fit" not in run.message


@pytest.mark.parametrize("record", [2, 7, "last"])
@pytest.mark.parametrize(
    ("alpha", "iterations"), [(0.0101, 300), (0.02, 30), (0.02, 5_000), (0.001, 100), (0.009, 5_000)]
)
def test_the_verdict_does_not_hang_on_what_was_recorded(record, alpha: float, iterations: int) -> None:
    """The step limit is 2/200; the gradient shrinks by 1 - 2 alpha or grows by 200 alpha - 1 in a step."""
    arguments = {"step": tw.Constant(alpha), "max_iterations": iterations}
    whole = tw.descend("x^2 + 100y^2", [1, 1], **arguments)
    thin = tw.descend("x^2 + 100y^2", [1, 1], **arguments, record=record)
    assert thin.success == whole.success
    assert thin.mark == whole.mark
    if record != "last":
        assert thin.message == whole.message
    f = tw.Formula("x^2 + 100y^2")
    thin = tw.descend(tw.Function(f.value, f.gradient), [1, 1], **arguments, record=record)
    assert thin.mark == whole.mark


def test_curvatures_near_overflow_and_underflow_are_those_of_lapack_scaled() -> None:
    matrix = np.array([[2.0, -1.0, 0.5], [-1.0, 3.0, 0.25], [0.5, 0.25, -1.0]])
    expected = np.linalg.eigvalsh(matrix)
    for exponent in (-1060, -600, 0, 600, 1020):
        values, vectors = eigensystem(np.ldexp(matrix, exponent))
        assert np.ldexp(values, -exponent) == pytest.approx(
            expected, rel=1e-2 if exponent == -1060 else 1e-14
        )
        assert vectors.T @ vectors == pytest.approx(np.eye(3), abs=1e-12)
    run = tw.descend(
        "x*y*z-w^2+sqrt(u)+cos(a)+b+c^4+tan(d)+log(q)",
        [1e-310, -1e308, 0.0, 1e8, 0.4757490652944901, 0.0, 1e150, -1.0, 5e-324, 1e-200],
        step=tw.Constant(1e-8),
        max_iterations=9,
    )
    assert run.reason is tw.Reason.NON_FINITE
    assert not run.success


@pytest.mark.parametrize(
    ("f", "start", "method"),
    [
        ("x^2*(1 + y)^3 + y^2", [5, -3], "bfgs"),
        ("(x - y^2)*(x - 3*y^2)", [1, 1], "bfgs"),
        ("x^3 - 3*x*y^2", [0.5, 0], "sr1"),
        ("x^3 - 3*x*y^2", [0.5, 0], "conjugate gradient"),
    ],
)
def test_a_run_that_fell_to_where_steps_are_lost_in_rounding_is_said_to_have_run_away(
    f: str, start: list[float], method: str
) -> None:
    run = tw.descend(f, start, method)
    assert run.fun < -1e50  # none of these has a lower bound
    assert "may have no minimum" in run.verdict.text
    assert not run.success


def test_a_few_steep_steps_are_no_sign_that_there_is_no_minimum() -> None:
    for method in ("bfgs", "armijo", "conjugate gradient", "l-bfgs"):
        for start in ([0, 0], [-1.2, 1], [0.3, 0.1]):
            for iterations in range(1, 25):
                run = tw.descend("(1 - x)^2 + 100*(y - x^2)^2", start, method, max_iterations=iterations)
                assert "no minimum" not in run.verdict.text
    kink = tw.descend("max(abs(x), abs(y - 1))", [1.3, 2.2], "bfgs", max_iterations=400)
    assert "growing" not in kink.verdict.text
    far = tw.descend("y^4 - x^2", [1e-3, 1], "bfgs")  # 1000 iterations, of which the last are no steeper
    assert "may have no minimum" in far.verdict.text
    endless = tw.descend("-x^2 - y^2", [1, 1], step=tw.Constant(0.1), max_iterations=40)
    assert "may have no minimum" in endless.verdict.text
