"""SciPy's `minimize` as it is called: which of its methods there are (`NAMES`), what to use for others (`INSTEAD`)."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from thalweg.descent.methods import METHODS, Method, find, plain_name
from thalweg.drive.single import Progress
from thalweg.entry import alike, descend
from thalweg.errors import ParameterError, warn
from thalweg.objective.function import DERIVATIVES, Function
from thalweg.scipy_like.options import Options
from thalweg.scipy_like.result import display, result_class, result_of, warning_class

NAMES = {"bfgs": "bfgs", "cg": "conjugate gradient", "lbfgsb": "l-bfgs", "newtoncg": "newton-cg"}
"""SciPy's names of methods, without what does not matter in them, and ours."""

_FREE = "which goes without gradients; the methods here find one themselves where none is given: BFGS"
_TRUST = "which keeps a trust region for any function; use a line search in its place: Newton-CG, or BFGS"
_BOUND = "which is for constraints, and the methods here know bounds alone; for these use L-BFGS-B"
INSTEAD = {
    "neldermead": _FREE, "powell": _FREE, "cobyla": _FREE, "cobyqa": _FREE,
    "trustncg": _TRUST, "trustkrylov": _TRUST, "trustexact": _TRUST, "dogleg": _TRUST,
    "slsqp": _BOUND, "trustconstr": _BOUND, "tnc": "a truncated Newton method within bounds; use L-BFGS-B",
}  # fmt: skip
"""SciPy's methods that there are not, and what to use."""


def minimize(
    fun: Any,
    x0: ArrayLike,
    args: object = (),
    method: str | Callable[..., Any] | None = None,
    jac: Callable[..., Any] | bool | str | None = None,
    hess: Callable[..., Any] | str | None = None,
    hessp: Callable[..., Any] | None = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., object] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Minimise a function as `scipy.optimize.minimize` does, by a method of Thalweg's.

    Args:
        fun: Called as ``fun(x, *args)``, returns a number; a `Formula`, `LeastSquares` or a formula's text also does.
        x0: The first iterate, (n,); or the result of another call: of the same method and callables, it goes on (see
            `descend`), else its ``x`` is the first iterate.
        args: Further arguments of all callables.
        method: "BFGS" (the default), "CG", "L-BFGS-B", or any name of ``thalweg methods``. A callable is called
            as SciPy calls one, ``method(fun, x0, args=args, jac=jac, ..., callback=callback, **options)``, and its
            answer returned.
        jac: Called like `fun`, returns the gradient (n,). ``True``: `fun` returns (value, gradient). "2-point",
            "3-point" and "cs" are forward and central differences and complex steps, "jax" and "torch" name who
            differentiates; ``None`` is as in `Function`.
        hess: Called like `fun`, returns the Hessian (n, n). "2-point", "3-point" or "cs" leave it to differences of
            gradients, and so does ``None``.
        hessp: Called as ``hessp(x, v, *args)``, returns the Hessian times v.
        bounds: SciPy's `Bounds`, or a pair (low, high) for each variable with None where there is no bound.
        constraints: None here.
        tol: Stands for ``gtol``, and for L-BFGS-B's ``ftol``, where they are not given.
        callback: Called after each iteration, with ``intermediate_result=`` (an `OptimizeResult` with x and fun)
            where its only parameter has that name, else with x. ``StopIteration``, or the answer True, ends the run.
        options: By SciPy's spellings: maxiter (200 n; L-BFGS-B: 15000), gtol (1e-8), ftol, xtol, xrtol, maxfun, norm,
            c1, c2, maxcor, maxls, disp, return_all. Further time_limit, record, check_gradient, preset, and every
            parameter of the method by its own name.

    Returns:
        An `OptimizeResult`, SciPy's own where it is installed: x, fun, jac, nit, nfev, njev, nhev, success, status
        (0 success, 1 a limit, 2 no further decrease found, 3 not finite, 99 the callback), message, hess_inv (of BFGS
        and L-BFGS-B), and ``trajectory``, the whole run. ``nfev``, ``njev`` and ``nhev`` count every call of a
        callable, those for differences, for the check of a gradient and for the certificate of the end point included;
        ``trajectory.nfev`` counts what the method asked for.

        ``success`` is that of `Trajectory`: the point passes as a minimiser. Where the tolerance is the caller's own,
        it is also enough that the gradient meets it, unless the point is known to be no minimum. The gradient's
        2-norm is compared with it, which is stricter than SciPy's largest component.

    Raises:
        ParameterError: There is no such method, there are constraints, or a value is not allowed.

    Warns:
        OptimizeWarning: An option that the method does not know, or that means nothing here.
        GradientWarning: The gradient that is given does not fit the function.

    Example:
        >>> import thalweg as tw
        >>> result = tw.minimize(
        ...     lambda x, a: (x[0] - a) ** 2 + 3 * x[1] ** 2, [3, 1], args=(2,), method="BFGS"
        ... )
        >>> result.success, abs(result.x).round(4)
        (True, array([2., 0.]))
    """
    if callable(method):
        rest = {"jac": jac, "hess": hess, "hessp": hessp, "bounds": bounds, "constraints": constraints}
        return method(fun, x0, args=args, callback=callback, **rest, **dict(options or {}))
    before = getattr(x0, "trajectory", None)
    ours, chosen = _method(before.method.name if method is None and before is not None else method, bounds)
    if _any(constraints):
        raise ParameterError(
            "constraints are not for the methods here; scipy.optimize.minimize has SLSQP for them"
        )
    pairs = _pairs(bounds)
    objective = _objective(fun, args, jac, hess, hessp)
    if before is not None and alike(objective, before.objective):
        objective = before.objective
    calls_before = objective.calls if isinstance(objective, Function) else None
    told = Options(ours, dict(options or {}), tol, limited_memory=plain_name(chosen) == "lbfgsb")
    watch = None if callback is None else _Watch(callback)
    n = int(np.size(cast(Any, getattr(x0, "x", x0))))
    if pairs is not None and len(pairs) == 1:
        pairs = pairs * n  # one for all, as SciPy has it
    run = descend(objective, x0, ours.name, bounds=pairs, callback=watch, **told.arguments(n))
    result = result_of(
        run,
        stopped=watch is not None and watch.stopped,
        tolerant=told.tolerant,
        return_all=told.return_all,
    )
    if isinstance(objective, Function) and calls_before is not None:
        calls = objective.calls.since(calls_before)
        result["nfev"], result["njev"], result["nhev"] = calls.fun, calls.jac or run.njev, calls.hess
    if told.disp:
        display(result)
    return result


def scipy_method(name: str) -> Callable[..., Any]:
    """A method as ``scipy.optimize.minimize(..., method=...)`` takes it.

    Args:
        name: Any name that `minimize` knows.

    Returns:
        A callable that does what `minimize` does; SciPy hands its arguments on to it.

    Raises:
        ParameterError: There is no such method.

    Example:
        >>> import thalweg as tw
        >>> from scipy.optimize import minimize, rosen, rosen_der
        >>> minimize(rosen, [-1.2, 1], jac=rosen_der, method=tw.scipy_method("bfgs")).x.round(4)
        array([1., 1.])
    """
    _method(name, None)

    def by_thalweg(fun: Any, x0: ArrayLike, args: object = (), **given: Any) -> Any:
        known = ("jac", "hess", "hessp", "bounds", "constraints", "callback", "tol")
        return minimize(
            fun, x0, args, name, **{key: given.pop(key) for key in known if key in given}, options=given
        )

    by_thalweg.__name__ = f"thalweg_{plain_name(name)}"
    return by_thalweg


# ----------------------------------------------------------------------------------------------- what is asked for


def _method(name: object, bounds: object) -> tuple[Method, str]:
    """The method, and the name it was chosen by."""
    if name is None:
        name = "BFGS" if bounds is None else "L-BFGS-B"
    if not isinstance(name, str):
        raise ParameterError(f"method is a name, such as 'BFGS', not {name!r}")
    plain = plain_name(name)
    if plain in INSTEAD and plain not in {plain_name(method.name) for method in METHODS}:
        raise ParameterError(f"there is no method {name!r} here, {INSTEAD[plain]}")
    return find(NAMES.get(plain, name)), name


def _any(constraints: object) -> bool:
    if isinstance(constraints, Iterable) and not isinstance(constraints, Mapping):
        return any(True for _ in cast("Iterable[object]", constraints))
    return constraints is not None


def _pairs(bounds: Any) -> list[tuple[float | None, float | None]] | None:
    """Bounds as pairs (low, high); None where they bound nothing."""
    if bounds is None:
        return None
    if hasattr(bounds, "lb"):
        low, high = np.broadcast_arrays(np.atleast_1d(bounds.lb), np.atleast_1d(bounds.ub))
        bounds = zip(low.tolist(), high.tolist(), strict=True)
    pairs = [(low, high) for low, high in cast("Iterable[tuple[float | None, float | None]]", bounds)]
    free = all(low in (None, -math.inf) and high in (None, math.inf) for low, high in pairs)
    return None if free else pairs


_DERIVATIVES = {"2-point": "forward differences", "3-point": "differences", "cs": "complex step"}


def _objective(fun: Any, args: object, jac: Any, hess: Any, hessp: Any) -> Any:
    if isinstance(fun, str) or hasattr(fun, "evaluate"):
        return fun
    if isinstance(hess, str) and hess in _DERIVATIVES:
        hess = None
    elif hasattr(hess, "update") and hasattr(hess, "initialize"):  # one of SciPy's strategies
        warn(
            f"The Hessian is not updated by {type(hess).__name__} here, but found by differences of gradients.",
            warning_class(),
        )
        hess = None
    for name, given in (("hess", hess), ("hessp", hessp)):
        if given is not None and not callable(given):
            raise ParameterError(
                f"{name} is callable here, not {given!r}; without one, what is needed of it is found"
            )
    if isinstance(jac, str):
        if jac not in _DERIVATIVES and jac not in DERIVATIVES:
            raise ParameterError(
                f"jac is callable, True, or one of {', '.join(map(repr, _DERIVATIVES))}, not {jac!r}"
            )
        derivative = cast(Any, _DERIVATIVES.get(jac, jac))
        return Function(fun, None, cast(Any, hess), args=args, hessp=hessp, derivative=derivative)
    return Function(fun, jac or None, cast(Any, hess), args=args, hessp=hessp)


class _Watch:
    """A callback of SciPy's as one of ours."""

    def __init__(self, callback: Callable[..., object]) -> None:
        if not callable(cast(object, callback)):
            raise ParameterError(f"callback is callable, not {callback!r}")
        self._callback = callback
        self._by_name = _parameters_of(callback) == {"intermediate_result"}
        self.stopped = False

    def __call__(self, state: Progress) -> bool:
        try:
            if self._by_name:
                answer = self._callback(intermediate_result=result_class()(x=state.x, fun=state.fun))
            else:
                answer = self._callback(state.x)
            self.stopped = answer is True or answer is np.True_  # others mean nothing to SciPy
        except StopIteration:
            self.stopped = True
        return self.stopped


def _parameters_of(function: Callable[..., object]) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # of a builtin, such as a list's append
        return set()
