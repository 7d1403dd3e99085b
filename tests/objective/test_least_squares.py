"""Least squares agrees with closed forms, 50-digit arithmetic and SciPy, in every form it can be asked for."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import mpmath
import numpy as np
import pytest
import scipy.optimize

from thalweg.errors import ThalwegError
from thalweg.expression.errors import FormulaError
from thalweg.kernel.call import PointCall, call_batch
from thalweg.objective.least_squares import LeastSquares, ModelError
from thalweg.objective.protocol import Objective, PointError
from thalweg.problems import find
from thalweg.rows.table import DataError

RNG = np.random.default_rng(7)
T = RNG.uniform(-1, 3, 37)
DATA = {"t": T, "u": RNG.uniform(0.5, 2, 37), "y": 2 * (1 - np.exp(-0.7 * T)) + 0.1 * RNG.standard_normal(37)}

MODELS = {
    "m*t + b": [0.3, -0.2],
    "b1*(1 - exp(-b2*t))": [1.3, 0.6],
    "a*exp(-(t - c)^2/(2*s^2)) + d*sin(u)": [1.1, 0.4, 0.8, -0.3],
    "(b1 + b2*t)/(1 + b3*u) + tanh(b4*t)": [0.5, 1.5, 0.25, -0.4],
    "k": [0.7],
    "p^2*t + exp(q)*u^p": [1.2, -0.5],
}
CASES = [pytest.param(model, np.array(x), id=model) for model, x in MODELS.items()]


# ------------------------------------------------------------------------------------------------------- closed forms


def test_the_noisy_line_has_the_loss_and_curvatures_of_its_closed_form() -> None:
    f = find("noisy-line").objective()
    assert f.variables == ("m", "b")
    assert f.value([1.30001663438, 4.10257507792]) == pytest.approx(0.0300477171535, rel=1e-11)
    assert np.abs(f.gradient(find("noisy-line").minimisers[0])).max() < 1e-14
    assert np.linalg.eigvalsh(f.hessian([0, 0])) == pytest.approx([0.153895, 2.540368], rel=1e-5)
    assert 2 / np.linalg.eigvalsh(f.hessian([0, 0]))[-1] == pytest.approx(0.787287, rel=1e-6)


def test_the_wide_line_has_the_condition_of_its_closed_form() -> None:
    f = find("wide-line").objective()
    low, high = np.linalg.eigvalsh(f.hessian([5, 5]))
    assert high / low == pytest.approx(11_950, rel=1e-4)
    assert 2 / high == pytest.approx(3.0616e-4, rel=1e-4)


@pytest.mark.parametrize("name", ["noisy-line", "wide-line"])
def test_a_newton_step_from_anywhere_is_numpys_least_squares(name: str) -> None:
    f = find(name).objective()
    x = np.array([3.0, -40.0])
    step = np.linalg.solve(f.hessian(x), -f.gradient(x))
    design = np.stack([f.column(f.columns[0]), np.ones(f.rows)], axis=1)
    solution = np.linalg.lstsq(design, f.column("y"), rcond=None)[0]
    assert x + step == pytest.approx(solution, rel=1e-11)
    assert x + np.linalg.lstsq(f.jacobian(x), -f.residuals(x), rcond=None)[0] == pytest.approx(
        solution, rel=1e-11
    )


# ------------------------------------------------------------------------------------------------- independent figures


def exact_loss(model: str, x: list[mpmath.mpf]) -> mpmath.mpf:
    """The mean squared residual in 50 digits, the model evaluated by Python on mpmath's numbers."""
    names = list(LeastSquares(model, DATA).variables)
    code = compile(model.replace("^", "**"), "model", "eval")
    functions = {name: getattr(mpmath, name) for name in ("exp", "sin", "tanh")}
    total = mpmath.mpf(0)
    for row in range(len(T)):
        place = {name: mpmath.mpf(float(DATA[name][row])) for name in "tuy"}
        prediction = eval(code, functions | place | dict(zip(names, x, strict=True)))
        total += (prediction - place["y"]) ** 2
    return total / len(T)


@pytest.mark.parametrize(("model", "x"), CASES)
def test_value_gradient_and_hessian_match_50_digit_arithmetic(model: str, x: np.ndarray) -> None:
    f = LeastSquares(model, DATA)
    n = f.n
    value, gradient = f.value_and_gradient(x)
    hessian = f.hessian(x)
    with mpmath.workdps(50):
        point = [mpmath.mpf(v) for v in x.tolist()]
        assert value == pytest.approx(float(exact_loss(model, point)), rel=1e-14)
        h = mpmath.mpf(10) ** -12

        def moved(*places: tuple[int, int]) -> mpmath.mpf:
            other = list(point)
            for i, sign in places:
                other[i] += sign * h
            return exact_loss(model, other)

        for i in range(n):
            slope = (moved((i, 1)) - moved((i, -1))) / (2 * h)
            assert gradient[i] == pytest.approx(float(slope), rel=1e-12, abs=1e-14)
            for j in range(i + 1):
                corners = moved((i, 1), (j, 1)) - moved((i, 1), (j, -1)) - moved((i, -1), (j, 1))
                curvature = (corners + moved((i, -1), (j, -1))) / (4 * h * h)
                assert hessian[i, j] == pytest.approx(float(curvature), rel=1e-11, abs=1e-13)
    assert (hessian == hessian.T).all()


@pytest.mark.parametrize(("model", "x"), CASES)
def test_residuals_jacobian_and_sums_fit_together(model: str, x: np.ndarray) -> None:
    f = LeastSquares(model, DATA)
    r, J = f.residuals(x), f.jacobian(x)
    assert r.shape == (37,)
    assert J.shape == (37, f.n)
    assert np.array_equal(f.predict(x) - DATA["y"], r)
    differences = scipy.optimize.approx_fprime(x, f.residuals, 1e-7)
    assert pytest.approx(differences, rel=1e-5, abs=1e-5) == J
    assert f.value(x) == pytest.approx(math.fsum(r**2) / 37, rel=1e-14)
    assert f.gradient(x) == pytest.approx(2 / 37 * J.T @ r, rel=1e-13, abs=1e-15)
    assert f.gauss_newton(x) == pytest.approx(2 / 37 * J.T @ J, rel=1e-13, abs=1e-15)


def test_for_a_linear_model_gauss_newton_is_the_hessian() -> None:
    f = LeastSquares("a + b*t + c*t^2", DATA)
    assert np.array_equal(f.hessian([1, 2, 3]), f.gauss_newton([4, 5, 6]))


def test_scipy_finds_the_same_fit_with_its_own_model() -> None:
    f = LeastSquares("b1*(1 - exp(-b2*t))", DATA)
    fit = scipy.optimize.curve_fit(
        lambda t, a, b: a * (1 - np.exp(-b * t)), T, DATA["y"], p0=[1, 1], ftol=1e-15
    )
    assert np.abs(f.gradient(fit[0])).max() < 1e-7
    found = scipy.optimize.minimize(
        f.value_and_gradient, [1, 1], jac=True, hess=f.hessian, method="trust-exact"
    )
    assert found.x == pytest.approx(fit[0], rel=1e-5)


@pytest.mark.parametrize(("loss", "factor"), [("mean", 1.0), ("sum", 37.0), ("half", 18.5)])
def test_the_losses_differ_by_their_factor_in_all_derivatives(loss, factor: float) -> None:
    x = [1.3, 0.6]
    mean, other = (LeastSquares("b1*(1 - exp(-b2*t))", DATA, loss=kind) for kind in ("mean", loss))
    assert other.value(x) == pytest.approx(factor * mean.value(x), rel=1e-15)
    assert other.gradient(x) == pytest.approx(factor * mean.gradient(x), rel=1e-14)
    assert other.hessian(x) == pytest.approx(factor * mean.hessian(x), rel=1e-14)
    assert other.gauss_newton(x) == pytest.approx(factor * mean.gauss_newton(x), rel=1e-14)
    assert np.array_equal(other.residuals(x), mean.residuals(x))


# ------------------------------------------------------------------------------------------------------ ways to ask


def test_it_is_an_objective_whose_value_and_gradient_come_together() -> None:
    f: Objective = LeastSquares("m*t + b", DATA)
    assert f.gradient_is_free
    assert f.n == 2
    x = np.array([0.3, 0.4])
    value, gradient = f.evaluate(x)
    assert (value, gradient.tolist()) == (f.value(x), f.gradient(x).tolist())
    assert f.evaluate(x, gradient=False) == (value, None)
    no_value, gradient = f.evaluate(x, value=False)
    assert math.isnan(no_value)
    assert np.array_equal(gradient, f.gradient(x))


@pytest.mark.parametrize(("model", "x"), CASES)
def test_machine_code_at_one_point_and_at_many_gives_the_same_bits(model: str, x: np.ndarray) -> None:
    f = LeastSquares(model, DATA)
    native = f.native
    points = x[:, None] * np.linspace(0.5, 1.5, 11)
    together = call_batch(native.batch, points, 1 + f.n, native.context)
    values, gradients = f.value_and_gradient(points)
    assert np.array_equal(together, [values, *gradients])
    call = PointCall(native.point, f.n, 1 + f.n, native.context)
    for i, point in enumerate(points.T):
        assert np.array_equal(call(point), together[:, i])
        value, gradient = f.value_and_gradient(point)
        assert np.array_equal([value, *gradient], together[:, i])


def test_results_do_not_change_with_the_next_call() -> None:
    f = LeastSquares("m*t + b", DATA)
    first = f.gradient([1, 1])
    kept = first.copy()
    f.gradient([5, 5])
    assert np.array_equal(first, kept)


def test_predictions_for_other_data() -> None:
    f = LeastSquares("m*t + b*u", DATA)
    assert f.predict([2, 1], {"u": [1, 2, 3], "t": [10, 20, 30]}).tolist() == [21.0, 42.0, 63.0]
    assert LeastSquares("k + 0*j", DATA).predict([2, 1]).tolist() == [2.0] * 37
    with pytest.raises(DataError, match="no column 'u' in the data; its columns are: t"):
        f.predict([2, 1], {"t": [1]})


def test_the_data_are_its_own() -> None:
    t = np.array([0.0, 1.0])
    f = LeastSquares("m*t", {"t": t, "y": [0, 1]})
    t[:] = 100
    assert f.value([1]) == 0.0
    with pytest.raises(ValueError, match="read-only"):
        f.column("t")[0] = 5


def test_values_that_are_not_finite_pass_through() -> None:
    f = LeastSquares("log(t - a)", {"t": [1, 2], "y": [0, 0]})
    assert math.isnan(f.value([1.5]))
    assert LeastSquares("exp(a*t)", {"t": [1, 2], "y": [0, 0]}).value([1000]) == math.inf


def test_infinities_raise_no_warning_in_a_shared_pass() -> None:
    f = LeastSquares("m*t + b", {"t": np.linspace(-1, 1, 600_000), "y": np.zeros(600_000)})
    value, gradient = f.value_and_gradient([1e200, -1e200])
    assert value == math.inf
    assert np.isfinite(gradient).all()
    assert np.isnan(f.gradient([1e308, 0.0])[1])  # chunks of minus and of plus infinity


def test_threads_may_ask_at_once() -> None:
    f = LeastSquares("b1*(1 - exp(-b2*t))", DATA)
    with ThreadPoolExecutor(8) as threads:
        asked = [
            threads.submit(ask, [1.3, 0.6]) for ask in [f.hessian, f.gradient, f.jacobian, f.gauss_newton] * 8
        ]
        answers = [a.result() for a in asked]
    for i, answer in enumerate(answers):
        assert np.array_equal(answer, answers[i % 4])


def test_names_may_be_greek_and_parameters_may_have_an_order() -> None:
    f = LeastSquares("α*θ + β", {"θ": [1.0, 2.0], "y": [5.0, 8.0]})
    assert f.variables == ("alpha", "beta")
    assert f.value([3, 2]) == 0.0
    turned = LeastSquares("alpha*theta + beta", {"θ": [1.0, 2.0], "y": [5.0, 8.0]}, parameters=["β", "α"])
    assert turned.variables == ("beta", "alpha")
    assert turned.value([2, 3]) == 0.0
    assert turned.columns == ("θ",)


def test_a_column_beats_a_constant_and_unused_columns_may_hold_anything() -> None:
    f = LeastSquares("k*e", {"e": [1.0, 2.0], "y": [2.0, 4.0], "remark": ["a", None]})
    assert f.value([2]) == 0.0


def test_any_table_gives_the_same_objective(tmp_path) -> None:
    import pandas as pd

    path = tmp_path / "data.csv"
    pd.DataFrame(DATA).to_csv(path, index=False, float_format="%.17g")
    x = [1.3, 0.6]
    forms = [DATA, str(path), path, pd.DataFrame(DATA), pd.DataFrame(DATA).to_records()]
    losses = {LeastSquares("b1*(1 - exp(-b2*t))", form).value(x) for form in forms}
    assert len(losses) == 1


def test_it_pickles_as_source_and_data() -> None:
    f = LeastSquares("b1*(1 - exp(-b2*t))", DATA, loss="half", parameters=["b2", "b1"])
    f.value([1, 1])
    again = pickle.loads(pickle.dumps(f))
    assert again.variables == ("b2", "b1")
    assert again.describe() == f.describe()
    assert np.array_equal(again.gradient([0.6, 1.3]), f.gradient([0.6, 1.3]))


def test_it_describes_itself() -> None:
    f = find("noisy-line").objective()
    assert f.describe() == "mean of (m*t + b - y)^2 over 300 rows of noisy_line.csv"
    assert "half the sum of (k - y)^2" in repr(LeastSquares("k", DATA, loss="half"))


# ----------------------------------------------------------------------------------------------------------- refusals


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(DataError, match="no column 'z' in the data; its columns are: t, u, y"):
        LeastSquares("m*t", DATA, "z")
    with pytest.raises(ModelError, match="the response 'y' stands in the model"):
        LeastSquares("m*y", DATA)
    with pytest.raises(ModelError, match="has no parameter to fit"):
        LeastSquares("2*t + u", DATA)
    with pytest.raises(ModelError, match="loss is 'mean', 'sum' or 'half', not 'median'"):
        LeastSquares("m*t", DATA, loss="median")  # type: ignore[arg-type]
    with pytest.raises(FormulaError, match="'k'"):
        LeastSquares("m*t + k", DATA, parameters=["m"])
    with pytest.raises(DataError, match="column 't' holds nan at index 1"):
        LeastSquares("m*t", {"t": [1, math.nan], "y": [1, 2]})
    assert issubclass(ModelError, ThalwegError)


@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0], 5.0, [[1.0, 2.0]], "ab", None, ["1", "2"], [None, 2]])
def test_a_point_of_the_wrong_shape_is_refused(x) -> None:
    f = LeastSquares("m*t + b", DATA)
    for ask in (f.value, f.gradient, f.hessian, f.residuals):
        with pytest.raises(PointError, match=r"a point of 'm\*t \+ b'"):
            ask(x)


def test_matrices_are_for_one_point() -> None:
    f = LeastSquares("m*t + b", DATA)
    with pytest.raises(PointError, match=r"here x is one point \(2,\), not several \(2, 3\)"):
        f.hessian(np.zeros((2, 3)))
