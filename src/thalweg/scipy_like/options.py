"""SciPy's options: one table says what each of them means here (`OPTIONS`)."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from thalweg.descent.methods import Method
from thalweg.descent.stopping import DEFAULTS
from thalweg.errors import ParameterError, warn
from thalweg.scipy_like.result import warning_class


class Option(NamedTuple):
    """What an option of SciPy's is here: an argument of `descend`, a parameter of the method, or nothing."""

    argument: str = ""
    parameter: str = ""
    ignored: str = ""


OPTIONS = {
    "maxiter": Option(argument="max_iterations"),
    "maxfun": Option(argument="max_evaluations"),
    "gtol": Option(argument="gtol"),
    "ftol": Option(argument="ftol"),
    "xtol": Option(argument="xtol"),
    "xrtol": Option(argument="xtol"),
    "c1": Option(parameter="c1"),
    "c2": Option(parameter="c2"),
    "maxcor": Option(parameter="pairs"),
    "maxls": Option(parameter="max_trials"),
    "eps": Option(ignored="difference steps are relative to each variable here"),
    "finite_diff_rel_step": Option(ignored="difference steps are chosen by themselves here"),
    "hess_inv0": Option(ignored="the first curvature comes from the first step here"),
    "workers": Option(ignored="evaluations come one after the other here"),
    "iprint": Option(ignored="disp=True prints how the run ended"),
    "initial_tr_radius": Option(ignored="there is no trust region here"),
}
"""SciPy's spellings, besides ``disp``, ``return_all``, ``norm`` and ``tol``."""
OURS = ("time_limit", "record", "check_gradient", "preset", "max_iterations", "max_evaluations")
"""Arguments of `descend` that are options here by their own name."""

ITERATIONS_A_VARIABLE = 200  # as in SciPy, but for L-BFGS-B
L_BFGS_B_LIMIT = 15_000


class Options:
    """SciPy's options as arguments of `descend`."""

    def __init__(
        self, method: Method, given: dict[str, Any], tol: float | None, *, limited_memory: bool
    ) -> None:
        self.disp = bool(given.pop("disp", False))
        self.return_all = bool(given.pop("return_all", False))
        self._norm = given.pop("norm", math.inf)
        self._limited_memory = limited_memory
        tol = given.pop("tol", None) if tol is None else tol
        if tol is not None:
            given.setdefault("gtol", tol)
            if limited_memory:
                given.setdefault("ftol", tol)
        self.tolerant = given.get("gtol") is not None
        """Whether the tolerance on the gradient is the caller's own."""
        self._arguments: dict[str, Any] = {"gtol": DEFAULTS["gtol"]}
        self._parameters: dict[str, Any] = {}
        names = {row.name for row in method.parameters}
        unknown: list[str] = []
        for name, value in given.items():
            option = OPTIONS.get(name, Option(argument=name if name in OURS else "", parameter=name))
            if option.ignored:
                warn(f"The option {name} means nothing: {option.ignored}.", warning_class())
            elif option.argument:
                if value is not None:
                    self._arguments[option.argument] = value
            elif option.parameter in names:
                self._parameters[option.parameter] = value
            else:
                unknown.append(name)
        if unknown:
            warn(f"Unknown solver options: {', '.join(unknown)}", warning_class())

    def arguments(self, n: int) -> dict[str, Any]:
        """For a function of n variables."""
        arguments = dict(self._arguments)
        limit = L_BFGS_B_LIMIT if self._limited_memory else ITERATIONS_A_VARIABLE * max(n, 1)
        arguments.setdefault("max_iterations", limit)
        if self._limited_memory:
            arguments.setdefault("max_evaluations", L_BFGS_B_LIMIT)
        factor = self._in_two_norm(n)
        try:
            arguments["gtol"] = float(arguments["gtol"]) * factor
        except (TypeError, ValueError):
            raise ParameterError(f"a tolerance is a number, not {arguments['gtol']!r}") from None
        return arguments | {"options": self._parameters}

    def _in_two_norm(self, n: int) -> float:
        """A bound on the 2-norm, as a factor, that implies the bound on the norm that is asked for."""
        try:
            order = float(self._norm)
        except (TypeError, ValueError):
            order = math.nan
        if not order >= 1.0:
            raise ParameterError(f"norm is the order of a norm, a number from 1 on, not {self._norm!r}")
        return 1.0 if order >= 2.0 else float(max(n, 1)) ** (0.5 - 1.0 / order)
