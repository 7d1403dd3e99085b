"""`minimize` beside SciPy's own on the same calls: fields, types, callbacks, options, errors; and within SciPy's."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
import scipy.optimize
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import Bounds, OptimizeResult, OptimizeWarning, rosen, rosen_der, rosen_hess

import thalweg as tw

START = np.array([-1.2, 1.0, 0.7])
NAMES = ["BFGS", "CG", "L-BFGS-B"]
both = pytest.mark.parametrize("minimize", [tw.minimize, scipy.optimize.minimize], ids=["thalweg", "scipy"])
named = pytest.mark.parametrize("method", NAMES)


class Counted:
    """A callable that counts its calls."""

    def __init__(self, fun) -> None:
        self.fun = fun
        self.calls = 0

    def __call__(self, x, *args):
        self.calls += 1
        return self.fun(x, *args)


# ------------------------------------------------------------------------------------------------ the same result


@named
@pytest.mark.parametrize("jac", [rosen_der, None, "2-point", "3-point", "cs"])
def test_the_same_minimum_with_fields_of_the_same_types(method: str, jac) -> None:
    ours = tw.minimize(rosen, START, method=method, jac=jac)
    if jac == "cs":
        jac = "3-point"  # SciPy's rosen refuses complex numbers there
    theirs = scipy.optimize.minimize(rosen, START, method=method, jac=jac)
    assert type(ours) is OptimizeResult
    assert_allclose(ours.x, theirs.x, atol=1e-3)
    for name in ("x", "jac"):
        assert type(ours[name]) is type(theirs[name]) is np.ndarray
        assert ours[name].shape == theirs[name].shape
    for name in ("nit", "nfev", "njev", "status"):
        assert isinstance(ours[name], int), name
    assert (type(ours.success), type(ours.message), type(ours.fun)) == (bool, str, float)
    assert set(theirs) <= set(ours)
    if jac != "2-point":  # with half the digits in the gradient the end point need not be certain
        assert (ours.success, ours.status) == (True, 0)


@named
def test_every_call_is_counted(method: str) -> None:
    f, g = Counted(rosen), Counted(rosen_der)
    result = tw.minimize(f, START, method=method, jac=g)
    assert (result.nfev, result.njev) == (f.calls, g.calls)
    f = Counted(rosen)
    result = tw.minimize(f, START, method=method)
    assert result.nfev == f.calls
    f = Counted(lambda x: (rosen(x), rosen_der(x)))
    result = tw.minimize(f, START, method=method, jac=True)
    assert result.nfev == f.calls


def test_the_whole_run_is_there() -> None:
    result = tw.minimize(rosen, START, jac=rosen_der, options={"return_all": True})
    run = result.trajectory
    assert isinstance(run, tw.Trajectory)
    assert_array_equal(run.x, result.x)
    assert_array_equal(np.array(result.allvecs), run.points)
    assert_array_equal(result.jac, rosen_der(result.x))
    assert result.nit == run.nit == len(result.allvecs) - 1


def test_the_inverse_hessian_is_that_of_the_end() -> None:
    A = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]])
    for method in ("BFGS", "L-BFGS-B"):
        result = tw.minimize(lambda x: x @ A @ x / 2, START, method=method, jac=lambda x: A @ x, tol=1e-10)
        found = result.hess_inv if method == "BFGS" else result.hess_inv.todense()
        assert_allclose(found, np.linalg.inv(A), atol=0.1)
        secant = result.trajectory.points[-2] - result.trajectory.points[-3]
        assert_allclose(found @ A @ secant, secant, atol=1e-9)
    at_once = tw.minimize(rosen, np.ones(3), jac=rosen_der)
    assert_array_equal(at_once.hess_inv, np.eye(3))
    assert at_once.nit == 0
    assert "hess_inv" not in tw.minimize(rosen, START, method="CG", jac=rosen_der)


def test_other_methods_by_our_names_with_their_own_parameters() -> None:
    result = tw.minimize(rosen, START, method="adam", jac=rosen_der, options={"alpha": 0.05, "maxiter": 30})
    assert result.nit == 30
    assert result.status == 1
    assert result.trajectory.method.step.values["alpha"] == 0.05
    plain = tw.minimize("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1.0])
    assert plain.success
    assert plain.trajectory.derivative == "exact"


def test_a_result_is_a_start() -> None:
    first = tw.minimize(rosen, START, jac=rosen_der, options={"maxiter": 5})
    assert_array_equal(tw.minimize(rosen, first, method="CG", jac=rosen_der).trajectory.start, first.x)


# ------------------------------------------------------------------------------------------------ arguments


@both
@named
def test_args_reach_every_callable(minimize, method: str) -> None:
    def fun(x, a, b):
        return (x[0] - a) ** 2 + (x[1] - b) ** 2

    def jac(x, a, b):
        return np.array([2 * (x[0] - a), 2 * (x[1] - b)])

    assert_allclose(minimize(fun, [0, 0], (3.0, 4.0), method, jac).x, [3, 4], atol=1e-5)
    assert_allclose(
        minimize(lambda x, a: (x[0] - a) ** 2, [0.0], args=2.5, method=method).x, [2.5], atol=1e-5
    )


@both
def test_x0_of_every_kind(minimize) -> None:
    assert minimize(lambda x: (x[0] - 2) ** 2, 0).x == pytest.approx([2.0], abs=1e-4)
    assert_allclose(minimize(lambda x: x @ x, (3, 4)).x, 0, atol=1e-5)
    if minimize is tw.minimize:  # SciPy's differences do not move a float32
        assert_allclose(minimize(lambda x: float(x @ x), np.array([3, 4], np.float32)).x, 0, atol=1e-5)
    with pytest.raises(ValueError, match=r"dimension|list of numbers"):
        minimize(lambda x: 0.0, np.ones((2, 2)))


@both
@named
def test_the_gradient_with_the_value(minimize, method: str) -> None:
    result = minimize(lambda x: (rosen(x), rosen_der(x)), START, jac=True, method=method)
    assert_allclose(result.x, 1.0, atol=1e-3)


@both
@named
@pytest.mark.parametrize("tol", [1e-3, 1e-9])
def test_tol_is_met(minimize, method: str, tol: float) -> None:
    result = minimize(rosen, START, jac=rosen_der, method=method, tol=tol)
    # L-BFGS-B may end by the decrease of f as well
    assert np.abs(rosen_der(result.x)).max() <= (tol if method != "L-BFGS-B" else 1e4 * tol)


@both
@pytest.mark.parametrize("norm", [1, 2, np.inf])
def test_the_gradient_is_small_in_the_norm_that_is_asked_for(minimize, norm: float) -> None:
    result = minimize(
        rosen, np.full(20, 1.3), jac=rosen_der, method="BFGS", options={"norm": norm, "gtol": 1e-4}
    )
    assert np.linalg.norm(rosen_der(result.x), norm) <= 1e-4


@both
@named
def test_maxiter(minimize, method: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)
        result = minimize(rosen, START, jac=rosen_der, method=method, options={"maxiter": 3})
    assert (result.nit, result.success, result.status) == (3, False, 1)


def test_success_is_certified_or_as_the_caller_asked() -> None:
    loose = tw.minimize(rosen, START, jac=rosen_der, tol=5.0)
    assert loose.success
    assert not loose.trajectory.success  # there is still something to gain
    for tol in (None, 1e-2):
        saddle = tw.minimize(lambda x: x[0] ** 2 - x[1] ** 2, [1.0, 0.0], tol=tol)
        assert (saddle.success, saddle.status) == (False, 2)
    wrong = {"check_gradient": False, "maxiter": 50}
    assert not tw.minimize(
        lambda x: x @ x, [3.0, 4.0], jac=lambda x: 2 * (x - 1), tol=1e-2, options=wrong
    ).success


def test_a_limit_on_evaluations_and_on_time() -> None:
    result = tw.minimize(rosen, START, method="L-BFGS-B", jac=rosen_der, options={"maxfun": 7})
    assert result.trajectory.nfev == 7
    assert (result.success, result.status) == (False, 1)
    slow = {"time_limit": 0.05, "alpha": 1e-9, "maxiter": 10**9, "gtol": 0.0, "record": "last"}
    assert tw.minimize(rosen, START, method="gradient descent", jac=rosen_der, options=slow).status == 1


@both
def test_unknown_options_warn(minimize) -> None:
    with pytest.warns(OptimizeWarning, match="Unknown solver options: nonsense"):
        minimize(rosen, START, jac=rosen_der, method="BFGS", options={"nonsense": 1})


@pytest.mark.parametrize("name", ["eps", "hess_inv0", "initial_tr_radius", "workers", "finite_diff_rel_step"])
def test_options_that_mean_nothing_here_say_why(name: str) -> None:
    with pytest.warns(OptimizeWarning, match=f"The option {name} means nothing: ") as caught:
        tw.minimize(rosen, START, jac=rosen_der, options={name: 1e-3})
    assert caught[0].filename == __file__


def test_options_reach_the_method() -> None:
    run = tw.minimize(
        rosen, START, method="L-BFGS-B", jac=rosen_der,
        options={"maxcor": 4, "c2": 0.5, "ftol": 1e-3, "xtol": 1e-4, "maxls": 17},
    ).trajectory  # fmt: skip
    assert run.method.direction.values["pairs"] == 4
    assert run.method.step.values["c2"] == 0.5
    assert run.method.step.values["max_trials"] == 17


def test_disp_prints_what_scipy_prints(capsys: pytest.CaptureFixture[str]) -> None:
    said: list[list[str]] = []
    for minimize in (tw.minimize, scipy.optimize.minimize):
        minimize(rosen, START, jac=rosen_der, options={"disp": True})
        said.append([line.split(":")[0] for line in capsys.readouterr().out.splitlines()[1:]])
    assert said[0] == said[1]
    with pytest.warns(OptimizeWarning):
        tw.minimize(rosen, START, jac=rosen_der, options={"disp": True, "maxiter": 1})


# ------------------------------------------------------------------------------------------------ callbacks


@both
@named
def test_a_callback_by_position_and_by_name(minimize, method: str) -> None:
    points: list[np.ndarray] = []
    states: list[OptimizeResult] = []

    def copied(xk) -> None:  # SciPy's L-BFGS-B hands out one array again and again
        points.append(xk.copy())

    def by_name(*, intermediate_result) -> None:
        states.append(OptimizeResult(x=intermediate_result.x.copy(), fun=intermediate_result.fun))

    first = minimize(rosen, START, jac=rosen_der, method=method, callback=copied)
    second = minimize(rosen, START, jac=rosen_der, method=method, callback=by_name)
    assert len(points) == first.nit
    assert_array_equal(points[-1], first.x)
    assert len(states) == second.nit
    assert_array_equal([state.x for state in states], points)
    assert states[-1].fun == rosen(points[-1])


@both
@named
def test_stop_iteration_stops(minimize, method: str) -> None:
    seen: list[np.ndarray] = []

    def third(xk) -> None:
        seen.append(xk)
        if len(seen) == 3:
            raise StopIteration

    result = minimize(rosen, START, jac=rosen_der, method=method, callback=third)
    assert (result.nit, result.success, result.status) == (3, False, 99)
    assert_array_equal(result.x, seen[-1])


def test_a_true_answer_stops() -> None:
    result = tw.minimize(
        rosen, START, jac=rosen_der, callback=lambda intermediate_result: intermediate_result.fun < 1
    )
    assert result.status == 99
    assert result.fun < 1 < result.trajectory.values[-2]
    assert tw.minimize(rosen, START, jac=rosen_der, callback=lambda xk: np.bool_(True)).nit == 1
    assert "callback" in result.message


@both
def test_exceptions_of_callables_pass_through(minimize) -> None:
    class MineError(Exception):
        pass

    def fail(*_):
        raise MineError

    with pytest.raises(MineError):
        minimize(fail, START)
    with pytest.raises(MineError):
        minimize(rosen, START, jac=fail)
    with pytest.raises(MineError):
        minimize(rosen, START, jac=rosen_der, callback=fail)


@both
def test_the_callable_may_change_its_argument(minimize) -> None:
    """SciPy's own regression: a function that works in place must not disturb the run."""

    def fun(x):
        x *= 2.0
        return float(x @ x)

    assert_allclose(minimize(fun, [3.0, 4.0], method="BFGS").x, 0, atol=1e-4)


@both
@pytest.mark.filterwarnings("ignore")
def test_nan_is_no_success(minimize) -> None:
    result = minimize(lambda x: np.nan, [1.0], method="BFGS")
    assert not result.success


# ------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"method": "Nelder-Mead"},
            r"there is no method 'Nelder-Mead' here, which goes without gradients; .*: BFGS",
        ),
        ({"method": "TNC"}, "there is no method 'TNC' here, .*use L-BFGS-B"),
        ({"method": "SLSQP"}, "there is no method 'SLSQP' here, which is for constraints"),
        ({"method": "trust-exact"}, "there is no method 'trust-exact' here, which keeps a trust region"),
        ({"method": "nonsense"}, "there is no method 'nonsense'; the methods are"),
        ({"method": 3}, "method is a name, such as 'BFGS', not 3"),
        ({"constraints": {"type": "eq", "fun": lambda x: 0}}, "constraints are not for the methods here"),
        ({"constraints": [1]}, "constraints are not for the methods here"),
        ({"callback": 3}, "callback is callable, not 3"),
        ({"hess": "4-point"}, "hess is callable here, not '4-point'"),
        ({"jac": "magic"}, "jac is callable, True, or one of '2-point', '3-point', 'cs', not 'magic'"),
        ({"tol": "small"}, "a tolerance is a number, not 'small'"),
        ({"options": {"norm": "x"}}, "norm is the order of a norm"),
        ({"options": {"gtol": -1}}, "gtol lies between"),
    ],
)
def test_what_is_not_offered_gets_one_sentence(arguments, says: str) -> None:
    with pytest.raises(tw.ThalwegError, match=says):
        tw.minimize(rosen, START, **arguments)


def test_bounds_without_limits_are_none() -> None:
    for bounds in ([(None, None)] * 3, Bounds(-np.inf, np.inf), [(-np.inf, np.inf)] * 3):
        assert tw.minimize(rosen, START, jac=rosen_der, bounds=bounds).success


@both
@pytest.mark.parametrize(
    "bounds", [[(None, 0.5), (0.0, None), (-1.0, 1.0)], Bounds([-np.inf, 0, -1], [0.5, np.inf, 1])]
)
def test_bounds_as_scipy_has_them(minimize, bounds) -> None:
    result = minimize(rosen, [0.0, 0.5, 0.5], jac=rosen_der, method="L-BFGS-B", bounds=bounds)
    y = 26 / 101  # at x = 1/2 and z = y^2 the slope along y is 202 y - 52
    assert_allclose(result.x, [0.5, y, y * y], atol=1e-4)
    assert result.success


# ------------------------------------------------------------------------------------------------ within SciPy


@pytest.mark.parametrize("method", ["bfgs", "conjugate gradient", "l-bfgs"])
def test_a_method_for_scipys_own_minimize(method: str) -> None:
    seen: list[np.ndarray] = []
    result = scipy.optimize.minimize(
        rosen, START, jac=rosen_der, method=tw.scipy_method(method), tol=1e-8, callback=seen.append,
        options={"maxiter": 500},
    )  # fmt: skip
    assert result.success
    assert len(seen) == result.nit == result.trajectory.nit
    assert_allclose(result.x, 1.0, atol=1e-6)
    pair = scipy.optimize.minimize(
        lambda x, a: (a * rosen(x), a * rosen_der(x)), START, (2.0,), jac=True, method=tw.scipy_method(method)
    )
    assert_allclose(pair.x, 1.0, atol=1e-3)
    hops = [
        scipy.optimize.basinhopping(
            lambda x: np.cos(14.5 * x[0] - 0.3) + (x[0] + 0.2) * x[0], [1.0], niter=5, rng=1,
            minimizer_kwargs={"method": inner},
        ).fun
        for inner in (tw.scipy_method(method), "BFGS")
    ]  # fmt: skip
    assert hops[0] <= hops[1] + 1e-8


def test_an_unknown_method_is_refused_at_once() -> None:
    with pytest.raises(tw.ParameterError, match="there is no method 'powell'"):
        tw.scipy_method("powell")


def test_hessians_are_handed_on() -> None:
    result = tw.minimize(rosen, START, jac=rosen_der, hess=rosen_hess)
    assert result.success
    assert result.nhev == 1  # of the certificate


def test_hessians_of_a_formula_are_counted() -> None:
    result = tw.minimize("(x - 1)^4 + y^2", [3.0, 1.0], method="newton")
    assert result.nhev >= result.nit > 1  # Newton's method takes one an iteration


def test_without_scipy_the_result_is_the_same_kind_of_dictionary() -> None:
    code = """
import sys
sys.modules["scipy"] = None
sys.modules["scipy.optimize"] = None
import warnings
import thalweg as tw
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    result = tw.minimize(lambda x: x @ x, [3.0, 4.0], method="L-BFGS-B", options={"nonsense": 1},
                         callback=lambda intermediate_result: False)
assert [str(each.message) for each in caught] == ["Unknown solver options: nonsense"]
assert isinstance(result, dict) and result.x is result["x"] and "nit" in dir(result) and result.success
try:
    result.nothing
except AttributeError:
    print(repr(result).splitlines()[0].split(":")[0].strip())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("message\n", "")


# ------------------------------------------------------------------------------------------------ what else SciPy takes


@pytest.mark.parametrize("hess", ["2-point", "3-point", "cs"])
def test_a_hessian_may_be_left_to_differences(hess: str) -> None:
    ours = tw.minimize(rosen, START, method="Newton-CG", jac=rosen_der, hess=hess)
    theirs = scipy.optimize.minimize(rosen, START, method="Newton-CG", jac=rosen_der, hess=hess)
    assert ours.success
    assert_allclose(ours.x, theirs.x, atol=1e-3)


def test_a_strategy_of_updates_is_said_to_mean_nothing() -> None:
    with pytest.warns(scipy.optimize.OptimizeWarning, match="not updated by BFGS"):
        assert tw.minimize(
            rosen, START, method="Newton-CG", jac=rosen_der, hess=scipy.optimize.BFGS()
        ).success


def test_a_method_may_be_a_callable() -> None:
    def own(fun, x0, args=(), **given):
        assert given.pop("mine") == 3
        assert set(given) == {"jac", "hess", "hessp", "bounds", "constraints", "callback"}
        return OptimizeResult(x=np.asarray(x0), fun=fun(x0, *args), success=True)

    found = tw.minimize(lambda x, a: a * rosen(x), START, (2.0,), method=own, options={"mine": 3})
    assert found.fun == 2.0 * rosen(START)


@pytest.mark.parametrize("answer", [1, "yes", np.ones(3), [0]])
def test_a_callback_may_answer_what_it_likes_but_true(answer: object) -> None:
    assert tw.minimize(rosen, START, jac=rosen_der, callback=lambda x: answer).success
    assert tw.minimize(rosen, START, jac=rosen_der, callback=lambda x: np.True_).status == 99


@pytest.mark.parametrize("x0", [[], [[1.0, 2.0, 3.0]], "ab", [1j, 2.0, 3.0]])
def test_a_start_is_a_list_of_numbers(x0: object) -> None:
    with pytest.raises(tw.ParameterError, match="start is a list of numbers, not"):
        tw.minimize(rosen, x0)
