"""What SciPy's `minimize` returns and prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thalweg.descent.directions import LimitedMemory, QuasiNewton
from thalweg.descent.stopping import Reason
from thalweg.errors import warn
from thalweg.trajectory import Trajectory
from thalweg.verdict.differences import misfit

STATUS = {
    Reason.MAX_ITERATIONS: 1,
    Reason.MAX_EVALUATIONS: 1,
    Reason.TIME_LIMIT: 1,
    Reason.NON_FINITE: 3,
    Reason.DIVERGED: 3,
    Reason.CALLBACK: 99,
}
"""SciPy's numbers for how a run ended, without success; 2 where nothing else is said."""


class Result(dict[str, Any]):
    """What `minimize` returns where SciPy is not installed: a dictionary whose items are attributes too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __dir__(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{name:>{width}}: {value!r}" for name, value in self.items())


def result_class() -> Callable[..., Any]:
    """SciPy's own class of results, where it is installed."""
    try:
        from scipy.optimize import OptimizeResult
    except ImportError:
        return Result
    return OptimizeResult


def result_of(run: Trajectory, *, stopped: bool, tolerant: bool, return_all: bool) -> Any:
    """What `minimize` returns of a run that a callback may have `stopped`.

    With `tolerant` it succeeds already where the gradient meets the tolerance; `return_all` adds all iterates.
    """
    stopped = stopped or run.reason is Reason.CALLBACK
    success = not stopped and (run.success or (tolerant and _meets_tolerance(run)))
    result = result_class()(
        message="The callback ended the run." if stopped else run.message,
        success=success,
        status=0 if success else 99 if stopped else STATUS.get(run.reason, 2),
        fun=run.fun,
        x=run.x,
        nit=run.nit,
        jac=run.jac,
        nfev=run.nfev,
        njev=run.njev,
        nhev=run.nhev,
    )
    inverse = _inverse_hessian(run)
    if inverse is not None:
        result["hess_inv"] = inverse
    if return_all:
        result["allvecs"] = list(run.points)
    result["trajectory"] = run
    return result


def _meets_tolerance(run: Trajectory) -> bool:
    """Whether the gradient met its tolerance, at what is not known to be no minimum."""
    met = run.reason is Reason.GRADIENT_TOLERANCE
    return met and run.certificate.kind in ("minimum", "not stationary", "unknown") and misfit(run) is None


def _inverse_hessian(run: Trajectory) -> Any:
    """What a quasi-Newton method has gathered of the inverse Hessian; None for other methods."""
    direction = run.method.direction
    if isinstance(direction, QuasiNewton):
        return direction.inverse_hessian(run.n, run.memory)
    if isinstance(direction, LimitedMemory):
        try:
            from scipy.optimize import LbfgsInvHessProduct
        except ImportError:
            return None
        return LbfgsInvHessProduct(*direction.stored(run.n, run.memory))
    return None


def display(result: Any) -> None:
    """Print, or warn, as SciPy does with ``disp=True``."""
    if result.success:
        print(result.message)
    else:
        warn(result.message, warning_class())
    print(f"         Current function value: {result.fun:f}")
    print(f"         Iterations: {result.nit:d}")
    print(f"         Function evaluations: {result.nfev:d}")
    print(f"         Gradient evaluations: {result.njev:d}")


def warning_class() -> type[Warning]:
    """SciPy's own class of warnings, where it is installed."""
    try:
        from scipy.optimize import OptimizeWarning
    except ImportError:
        return UserWarning
    return OptimizeWarning
