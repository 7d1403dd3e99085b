"""Certificates against end points whose kind is known, and attempts to get a success that is none."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import scipy.optimize

import thalweg as tw
from thalweg.descent.stopping import CERTIFICATE_BUDGET
from thalweg.nist.scores import objective
from thalweg.nist.sets import reference_set
from thalweg.problems import MORE_GARBOW_HILLSTROM, ResidualProblem
from thalweg.problems.more_garbow_hillstrom.scalable import watson
from thalweg.verdict.hessian import conjugate, curvature

BY_ID = {problem.id: problem for problem in MORE_GARBOW_HILLSTROM}
QUICK = {"method": "bfgs", "max_iterations": 300}


def ends(f: object, start: list[float], **arguments: object) -> tw.Certificate:
    run = tw.descend(f, start, **{**QUICK, **arguments})
    assert run.success == run.certificate.success
    return run.certificate


def callable_of(text: str, **arguments: object) -> tw.Function:
    """A formula as a callable that has its gradient and no Hessian."""
    f = tw.Formula(text, **arguments)
    return tw.Function(f.value, f.gradient, n=f.n)


both = pytest.mark.parametrize("made", [tw.Formula, callable_of], ids=["formula", "callable"])


# ------------------------------------------------------------------------------------------------ what is no success


@both
@pytest.mark.parametrize(
    ("text", "start", "kind"),
    [
        ("x^2 - y^2", [2, 0], "saddle"),
        ("x^2 - 1e-6*y^2", [2, 0], "saddle"),
        ("1e6*x^2 - 1e-6*y^2", [1, 0], "saddle"),
        ("1e12*x^2 - 1e-6*y^2", [1e-6, 0], "saddle"),
        ("x^3 - 3*x*y^2", [0, 0], "saddle"),
        ("x^4 - y^4", [1, 0], "saddle"),
        ("x^2 + y^3", [1, 0], "saddle"),
        ("-x^2 - 2*y^2", [0, 0], "maximum"),
        ("tanh(x)", [-30], "flat"),
        ("2 - tanh(x)^2", [40], "flat"),
        ("exp(-x)", [0], "not stationary"),
        ("-atan(x)", [1], "not stationary"),
        ("1/x", [1], "not stationary"),
        ("x^2 + 1e-12*y^2", [1, 1], "not stationary"),
        ("x^2 + 1e-20*(y - 1e8)^2", [1, 0], "not stationary"),
    ],
)
def test_no_success_is_claimed_where_f_falls_on(made, text: str, start: list[float], kind: str) -> None:
    certificate = ends(made(text), start)
    assert certificate.kind == kind
    assert not certificate.success


@both
def test_a_run_that_is_stopped_early_has_no_success(made) -> None:
    rosenbrock = made("(1-x)^2 + 100*(y-x^2)^2")
    for k in range(1, 25):
        certificate = ends(rosenbrock, [-1.2, 1], max_iterations=k)
        assert not certificate.success
    for gtol in (10.0, 1.0, 0.1):
        run = tw.descend(rosenbrock, [-1.2, 1], "armijo", gtol=gtol)
        assert run.reason is tw.Reason.GRADIENT_TOLERANCE
        assert not run.success


@pytest.mark.parametrize("offset", [1e10, -1e10, 4280.0])
def test_a_constant_in_f_hides_nothing_that_is_still_to_be_gained(offset: float) -> None:
    """What is left is small beside |f|, and large beside what the run has gained."""
    f = tw.Formula("(1-x)^2 + 100*(y-x^2)^2 + c", parameters={"c": offset})
    assert not ends(f, [-1.2, 1], max_iterations=8).success
    certificate = ends(f, [-1.2, 1])
    assert certificate.kind == "minimum"
    assert certificate.success


def test_a_plateau_that_a_run_falls_onto_is_no_minimum() -> None:
    """From 4171 to 2020, where the exponentials have underflowed; the minimum is 124.36."""
    problem = BY_ID["jennrich-and-sampson"]
    run = tw.descend(problem.objective(), problem.start, "armijo")
    assert run.success == problem.reached(run.fun)
    plateau = tw.descend(problem.objective(), [-400.0, -400.0], "bfgs")
    assert plateau.certificate.kind == "flat"
    assert not plateau.success
    assert "plateau" in plateau.message


def test_watson_with_twelve_variables_is_seen_not_to_have_arrived() -> None:
    """A small gradient, and along a curvature of 1.7e-11, 1e-14 times the largest, f may still fall to a thirtieth."""
    problem = BY_ID["watson-12"]
    run = tw.descend(problem.objective(), problem.start, "bfgs")
    certificate = run.certificate
    expected = np.linalg.eigvalsh(problem.hessian(run.x))
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert not run.success
    assert certificate.found == "differences"
    assert certificate.smallest == pytest.approx(expected[0], rel=0.05)
    assert certificate.largest == pytest.approx(expected[-1], rel=1e-6)
    left = run.fun - problem.minima[0].value
    assert certificate.decrement == pytest.approx(left, rel=0.05)


@pytest.mark.parametrize("n", [11, 15, 20])
def test_watson_with_more_variables_is_not_claimed_either(n: int) -> None:
    """From these ends Levenberg and Marquardt's steps go on, to less than half of f."""
    problem = ResidualProblem(20, f"watson-{n}", "Watson", (0.0,) * n, (), watson)
    run = tw.descend(problem.objective(), problem.start, "bfgs")
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
    further = scipy.optimize.least_squares(problem.residuals, run.x, problem.jacobian, x_scale="jac", **tight)
    assert 2 * further.cost < run.fun / 2
    assert run.reason is tw.Reason.GRADIENT_TOLERANCE
    assert not run.success


def test_the_minimum_that_is_published_for_biggs_is_a_saddle() -> None:
    """The start has x1 = x5 and x3 = x6, and so have all iterates; across that, f falls with curvature -0.0098."""
    problem = BY_ID["biggs-exp6"]
    run = tw.descend(problem.objective(), problem.start, "bfgs")
    assert problem.reached(run.fun)
    expected = np.linalg.eigvalsh(problem.hessian(run.x))
    assert expected[0] == pytest.approx(-9.803e-3, rel=1e-3)
    assert run.certificate.kind == "saddle"
    assert run.certificate.smallest == pytest.approx(expected[0], rel=1e-3)


# ------------------------------------------------------------------------------------------------ what is a success


@both
@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("x^4", [1]),
        ("abs(x)^1.5", [1]),
        ("x^2 + y^4", [1, 1]),
        ("x^2 + 0*y", [1, 5]),
        ("1e6*(x-1e-6)^2 + 1e-6*(y-1e6)^2", [0, 0]),
        ("log(exp(x-y) + exp(y-x))", [1, -1]),
        ("(x-1)^2/(1+(x-1)^2)", [1.3]),
        ("(1-x)^2 + 100*(y-x^2)^2 + 4280", [-1.2, 1]),
        ("cos(x)*cos(y)", [2, 1]),
        ("x - log(x)", [3]),
        ("sqrt(x)*(x-1)", [0.5]),
    ],
)
def test_a_minimum_is_a_success_however_it_is_scaled(made, text: str, start: list[float]) -> None:
    certificate = ends(made(text), start, gtol=1e-10, max_iterations=1000)
    assert certificate.kind == "minimum"
    assert certificate.success


def test_a_limit_that_a_run_reaches_when_it_has_arrived_takes_no_success_away() -> None:
    run = tw.descend("x^2 + 10*y^2 + 1", [3, 4], step=tw.Constant(0.05), max_iterations=200, gtol=0.0)
    assert run.reason is tw.Reason.MAX_ITERATIONS
    assert run.success
    assert "reached when the limit of iterations was reached" in run.message


def test_at_the_precision_floor_success_is_what_the_decrement_says() -> None:
    arrived = tw.descend("(1-x)^2 + 100*(y-x^2)^2 + 1e6", [-1.2, 1], "bfgs", gtol=0.0)
    assert arrived.reason in (tw.Reason.PRECISION_FLOOR, tw.Reason.GRADIENT_TOLERANCE)
    assert arrived.success
    random = np.random.default_rng(5)
    noisy = tw.Function(lambda x: float(x @ x) + 1.0 + 1e-3 * random.random(), lambda x: 2 * x)
    stuck = tw.descend(noisy, [0.1, 0.1], "armijo")
    assert stuck.reason is not tw.Reason.GRADIENT_TOLERANCE
    assert stuck.success == (stuck.certificate.decrement <= 1e-6)


def test_single_precision_is_judged_by_what_it_can_show() -> None:
    def f(x: np.ndarray) -> np.float32:
        x = x.astype(np.float32)
        return (x[0] - np.float32(1)) ** 2 + np.float32(10) * (x[1] + np.float32(2)) ** 2

    def g(x: np.ndarray) -> np.ndarray:
        x = x.astype(np.float32)
        return np.array([2 * (x[0] - np.float32(1)), 20 * (x[1] + np.float32(2))], np.float32)

    certificate = ends(tw.Function(f, g), [3.0, 4.0])
    assert certificate.kind == "minimum"
    assert (certificate.smallest, certificate.largest) == (
        pytest.approx(2, abs=0.1),
        pytest.approx(20, abs=0.1),
    )
    assert not ends(tw.Function(f, g), [3.0, 4.0], max_iterations=1).success


def test_noise_in_f_and_gradient_leaves_the_kind_unknown() -> None:
    random = np.random.default_rng(2)
    noisy = tw.Function(lambda x: float((x - 1) @ (x - 1)) + 1e-6 * random.standard_normal(), n=2)
    run = tw.descend(noisy, [3.0, 4.0], "bfgs", max_iterations=50)
    assert run.certificate.kind in ("unknown", "not stationary")
    assert not run.success


def test_the_edge_of_a_domain_close_to_the_end_point_raises_nothing() -> None:
    f = tw.Function(lambda x: x[0] * 1e9 - math.log(x[0]), lambda x: [1e9 - 1 / x[0]])
    certificate = ends(f, [1e-9], method="armijo", gtol=1e-3)
    assert certificate.kind == "minimum"
    nan = tw.Function(
        lambda x: float((x[0] - 1) ** 2) if x[0] > 1 - 1e-9 else math.nan,
        lambda x: [2 * (x[0] - 1) if x[0] > 1 - 1e-9 else math.nan],
    )
    certificate = ends(nan, [1.0])
    assert (certificate.kind, certificate.success) == ("flat", False)


# ------------------------------------------------------------------------------------------------ within bounds


@both
@pytest.mark.parametrize(
    ("text", "start", "bounds", "kind"),
    [
        ("(x+1)^2", [3.0], [(0, 5)], "minimum"),
        ("-x^2", [0.5], [(0, 1)], "minimum"),
        ("-x^2", [0.0], [(0, 1)], "maximum"),
        ("x^2 - y^2", [1.0, 0.5], [(-2, 2), (-1, 1)], "minimum"),
        ("x^2 - y^2", [1.0, 0.0], [(-2, 2), (0, 1)], "saddle"),
        ("(x-1)^2 + (y+1)^2", [2.0, 3.0], [(-2, 2), (0, 5)], "minimum"),
        ("(x-1)^2 + y^3", [3.0, 0.0], [(-2, 5), (-1, 5)], "saddle"),
        ("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1.0], [(-2, 0.5), (-2, 2)], "minimum"),
    ],
)
def test_within_bounds_the_free_variables_tell(
    made, text: str, start: list[float], bounds: list[tuple[float, float]], kind: str
) -> None:
    """By the conditions of second order; a bound without a slope towards it holds nothing."""
    certificate = ends(made(text), start, method="l-bfgs", bounds=bounds)
    assert certificate.kind == kind
    assert certificate.success == (kind == "minimum")


# ------------------------------------------------------------------------------------------------ how it is found


@pytest.mark.parametrize(
    "name", ["wood", "osborne-1", "watson-9", "brown-and-dennis", "penalty-ii-10", "bard"]
)
def test_differences_find_the_eigenvalues_of_the_exact_hessian(name: str) -> None:
    problem = BY_ID[name]
    run = tw.descend(problem.objective(), problem.start, "bfgs")
    expected = np.linalg.eigvalsh(problem.hessian(run.x))
    certificate = run.certificate
    assert certificate.found == "differences"
    assert certificate.largest == pytest.approx(expected[-1], rel=1e-5)
    assert certificate.smallest == pytest.approx(expected[0], rel=1e-2)
    gradient = problem.gradient(run.x)
    decrement = gradient @ np.linalg.solve(problem.hessian(run.x), gradient) / 2
    assert certificate.decrement == pytest.approx(decrement, rel=1e-2)


def test_a_given_hessian_is_used_as_it_is() -> None:
    problem = BY_ID["wood"]
    f = tw.Function(problem.value, problem.gradient, problem.hessian)
    run = tw.descend(f, problem.start, "bfgs")
    assert run.certificate.found == "exact"
    assert run.certificate.hessians == 1
    expected = np.linalg.eigvalsh(problem.hessian(run.x))
    assert run.certificate.smallest == pytest.approx(expected[0], rel=1e-12)


def test_what_a_certificate_costs_is_told_apart_and_true() -> None:
    problem = BY_ID["wood"]
    f = problem.objective()
    run = tw.descend(f, problem.start, "bfgs", check_gradient=False)
    values, gradients = f.evaluations, f.gradient_evaluations
    assert (values, gradients) == (run.nfev, run.njev)
    certificate = run.certificate
    assert f.evaluations - values == certificate.evaluations
    assert f.gradient_evaluations - gradients == certificate.gradients > 8
    assert (run.nfev, run.njev) == (values, gradients)


@pytest.mark.parametrize("given", [True, False], ids=["products", "differences"])
def test_for_many_variables_lanczos_tells_the_extremes_and_the_decrement(given: bool) -> None:
    n = 300
    curvatures = np.linspace(1.0, 50.0, n)
    f = tw.Function(lambda x: float(curvatures @ (x - 1) ** 2) / 2, lambda x: curvatures * (x - 1), n=n)
    if given:
        f.hessian_product = lambda x, v: curvatures * v  # type: ignore[method-assign]
    run = tw.descend(f, np.zeros(n), "l-bfgs")
    certificate = run.certificate
    assert certificate.found == "lanczos"
    assert certificate.smallest == pytest.approx(1.0, rel=0.5)
    assert certificate.largest == pytest.approx(50.0, rel=0.05)
    gradient = curvatures * (run.x - 1)
    assert certificate.decrement == pytest.approx(gradient @ (gradient / curvatures) / 2, rel=0.01)
    assert certificate.gradients <= CERTIFICATE_BUDGET + 2
    assert run.success
    assert "as far as some products with the Hessian tell" in run.message
    assert (certificate.hessians > 0) == given


def test_lanczos_sees_a_way_down_that_the_gradient_has_no_share_in() -> None:
    n = 100
    curvatures = np.ones(n)
    curvatures[7] = -1.0
    f = tw.Function(lambda x: float(curvatures @ x**2) / 2, lambda x: curvatures * x, n=n)
    start = np.ones(n)
    start[7] = 0.0
    run = tw.descend(f, start, "l-bfgs")
    assert run.certificate.found == "lanczos"
    assert run.certificate.smallest == pytest.approx(-1.0)
    assert run.certificate.kind == "saddle"
    assert not run.success


def test_the_kind_does_not_hang_on_the_units_of_the_variables() -> None:
    """By Sylvester's law scaling leaves the signs of the eigenvalues, and Newton's decrement is invariant."""
    rng = np.random.default_rng(4)
    for negative in (0, 1):
        Q = np.linalg.qr(rng.standard_normal((5, 5)))[0]
        H = Q @ np.diag([1.0, 2.0, 3.0, 4.0, -0.1 if negative else 0.1]) @ Q.T
        for _ in range(20):
            units = 10.0 ** rng.uniform(-9, 9, 5)
            scaled = units[:, None] * H * units
            found = conjugate((scaled + scaled.T) / 2, np.zeros((5, 5)), "exact")
            assert (found.values < 0).sum() == negative
            g = units * rng.standard_normal(5)
            along = found.directions.T @ g
            decrement = float((along**2 / found.values).sum()) / 2
            z = g / units
            assert decrement == pytest.approx(z @ np.linalg.solve(H, z) / 2, rel=1e-6)


def test_small_curvatures_are_resolved_beside_large_ones() -> None:
    """A Hilbert matrix of order 8 has eigenvalues from 1.7 to 1.1e-10."""
    H = 1 / (np.arange(8)[:, None] + np.arange(8) + 1)
    f = tw.Function(lambda x: float(x @ H @ x) / 2, lambda x: H @ x, n=8)
    found = curvature(f, np.ones(8), H @ np.ones(8))
    assert found is not None
    assert found.smallest == pytest.approx(np.linalg.eigvalsh(H)[0], rel=0.02)


# ------------------------------------------------------------------------------------------------ where it is told


def test_a_saved_run_keeps_its_certificate(tmp_path) -> None:
    problem = BY_ID["wood"]
    for start in (problem.start, [0.0, 0.0, 0.0, 0.0]):
        run = tw.descend(problem.objective(), start, "bfgs", max_iterations=60)
        run.save(tmp_path / "run.json")
        assert repr(tw.load(tmp_path / "run.json").certificate) == repr(run.certificate)


def test_the_certificate_is_part_of_json_and_of_the_exit_status() -> None:
    from typer.testing import CliRunner

    from thalweg.cli.commands import app

    told = CliRunner().invoke(app, ["descend", "x^2 - y^2", "--start", "3,0", "--method", "bfgs", "--json"])
    data = json.loads(told.stdout)
    assert told.exit_code == 1
    assert data["success"] is False
    assert data["certificate"]["kind"] == "saddle"
    assert data["certificate"]["smallest"] == -2.0
    assert data["certificate"]["largest"] == 2.0
    assert data["certificate"]["found"] == "exact"
    told = CliRunner().invoke(app, ["descend", "x^2 + y^2", "--start", "3,4", "--method", "bfgs", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["certificate"]["kind"] == "minimum"


@pytest.mark.parametrize("start", [[3.0, 4.0], [0.5, -0.3], [60.0, -40.0]])
def test_a_small_gradient_close_to_a_minimum_of_zero_at_zero_is_a_success(start: list[float]) -> None:
    """Neither f nor x has a size of its own there, and Newton's step is short beside the way that the run has come."""
    for text in ("x^2 + y^2", "50*x^2 + y^2", "0.01*x^2 + 0.003*y^2"):
        for method in ("bfgs", "armijo"):
            run = tw.descend(text, start, method, max_iterations=20_000)
            assert run.reason is tw.Reason.GRADIENT_TOLERANCE
            assert run.success, (text, method)


@pytest.mark.parametrize("name", ["DanWood", "Lanczos3", "Roszman1", "Thurber", "Rat42", "Misra1c"])
@pytest.mark.parametrize("method", ["bfgs", "newton", "levenberg-marquardt"])
def test_a_run_that_starts_at_a_certified_minimum_is_at_no_saddle(name: str, method: str) -> None:
    """Where nothing is gained, a difference within what f wavers by, many times eps |f|, is no way down."""
    given = reference_set(name)
    model = objective(given)
    minimum = [float(value) for value in given.refined["parameters"]]
    assert ends(model, minimum, method=method).kind == "minimum"


def test_forward_differences_make_no_saddle_of_a_minimum() -> None:
    """Nor a plateau: strictly convex quadratics have neither, however poor the gradients are that the run had."""
    chance = np.random.default_rng(0)
    kinds: list[str] = []
    for _ in range(100):
        n = int(chance.integers(1, 6))
        A = chance.standard_normal((n, n))
        H = (A @ A.T + 10 ** chance.uniform(-6, 0) * np.eye(n)) * 10 ** chance.uniform(-4, 4)
        least, offset = chance.standard_normal(n), chance.choice([0.0, 1.0, 1e3])
        f = tw.Function(
            lambda x, H=H, least=least, offset=offset: (x - least) @ H @ (x - least) / 2.0 + offset,
            derivative="forward differences",
        )
        for start in (least, least + chance.standard_normal(n)):
            certificate = ends(f, start.tolist())
            kinds.append(certificate.kind)
            if certificate.success:
                assert certificate.smallest == pytest.approx(float(np.linalg.eigvalsh(H)[0]), rel=0.1)
    assert set(kinds) == {"minimum", "not stationary"}
    assert kinds[1::2].count("minimum") >= 90


@pytest.mark.parametrize("method", ["barzilai-borwein", "armijo"])
@pytest.mark.parametrize("has_hessian", [True, False])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_a_kink_on_the_way_is_no_curvature(method: str, has_hessian: bool, offset: float) -> None:
    """A sum of |x_i| has slopes and no curvature; steps across its kinks look as if it had much."""
    chance = np.random.default_rng(2)
    for n in (2, 7, 50, 300):
        a = chance.uniform(0.1, 2.0, n)
        f = tw.Function(
            lambda x, a=a: float(a @ np.abs(x)) + offset,
            lambda x, a=a: a * np.sign(x),
            (lambda x: np.zeros((len(x), len(x)))) if has_hessian else None,
            n=n,
        )
        for _ in range(3):
            run = tw.descend(f, chance.standard_normal(n), method, max_iterations=200, check_gradient=False)
            assert not run.success or run.fun - offset < 1e-6 * max(offset, 1.0)


@pytest.mark.parametrize("start", [[0, 0], [1, 1]])
def test_a_way_down_that_leads_out_of_the_box_makes_no_saddle(start: list[float]) -> None:
    quarter = [(0, None), (0, None)]
    product = tw.descend("x*y", start, "bfgs", bounds=quarter)  # nowhere below 0 in this quarter
    assert product.x.tolist() == [0, 0]
    assert product.certificate.kind == "unknown"
    assert "saddle" not in product.verdict.text
    for lower in ("-x*y", "x^2 - y^2", "x^2 + y^2 - 2.1*x*y"):  # falls along an edge, or inside
        assert tw.descend(lower, [0, 0], "bfgs", bounds=quarter).certificate.kind == "saddle"


@pytest.mark.parametrize("method", ["newton", "gradient descent", "bfgs"])
def test_what_is_left_of_f_in_a_valley_down_to_0_makes_no_saddle(method: str) -> None:
    """(x y)^2 is 0 along both axes, and never lower; beside them its Hessian has a negative eigenvalue, -6 x^2."""
    run = tw.descend("(x*y)^2", [1, 2], method, max_iterations=5000)
    assert run.fun < 1e-15
    assert run.certificate.kind not in ("saddle", "maximum")
    assert tw.descend("(x*y)^2 - y^2", [1, 0], "newton").certificate.kind != "minimum"
    assert tw.descend("x^2 - y^2", [3, 0], method).certificate.kind == "saddle"


@pytest.mark.parametrize("given", ["hess", "hessp"])
@pytest.mark.parametrize("n", [2, 200])
def test_second_derivatives_that_raise_are_the_business_of_who_asks_for_them(given: str, n: int) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("not written yet")

    bowl = tw.Function(lambda x: float(x @ x), lambda x: 2.0 * x, n=n, **{given: broken})
    run = tw.descend(bowl, np.ones(n), "bfgs")
    assert run.success
    assert run.certificate.found in ("differences", "lanczos", "path")
    assert "minimum" in run.verdict.text
    with pytest.raises(RuntimeError, match="not written yet"):
        tw.descend(bowl, np.ones(n), "newton" if given == "hess" else "newton-cg")
