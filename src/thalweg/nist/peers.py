"""Other programs on the same data sets, as they come: SciPy's curve_fit, lmfit and, for linear sets, NumPy's lstsq.

They are given the model as a function, and neither derivatives nor options.
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg.nist.scores import Answer, Solver, objective
from thalweg.nist.sets import Kind, ReferenceSet

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# SciPy and lmfit ship no types.


def peers(kind: Kind) -> dict[str, Solver]:
    """The peers that are installed, by name.

    Example:
        >>> "lstsq" in peers("linear")
        True
    """
    if kind == "linear":
        return {"lstsq": _lstsq}
    known: dict[str, tuple[str, Solver]] = {
        "curve_fit": ("scipy", _curve_fit),
        "lmfit": ("lmfit", _lmfit),
    }
    return {name: solver for name, (package, solver) in known.items() if importlib.util.find_spec(package)}


def _model(given: ReferenceSet) -> Any:
    loss = objective(given)

    def model(_: Any, *parameters: float) -> Any:
        return loss.predict(np.array(parameters))

    return model, loss.column("y")


def _curve_fit(given: ReferenceSet, start: Sequence[float] | None) -> Answer:
    from scipy.optimize import curve_fit

    model, y = _model(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            x, covariance, told, _, _ = curve_fit(model, y, y, start, full_output=True)
        except (RuntimeError, ValueError):  # it says that it has failed
            return _nothing(given)
    with np.errstate(all="ignore"):
        errors = np.sqrt(np.diag(covariance))
    return Answer(x.tolist(), errors.tolist(), True, told["nfev"])


def _lmfit(given: ReferenceSet, start: Sequence[float] | None) -> Answer:
    import lmfit

    model, y = _model(given)
    names = list(given.parameters)
    parameters = lmfit.create_params(**dict(zip(names, start or (), strict=True)))

    def residuals(p: Any) -> Any:
        return model(None, *(p[name].value for name in names)) - y

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found: Any = lmfit.minimize(residuals, parameters)
        except (ValueError, TypeError):  # a trial was not finite, and it gives up
            return _nothing(given)
    at = [found.params[name] for name in names]
    errors = [math.nan if p.stderr is None else p.stderr for p in at]
    return Answer([p.value for p in at], errors, bool(found.success), found.nfev)


def _lstsq(given: ReferenceSet, start: Sequence[float] | None) -> Answer:
    loss = objective(given)
    zero = np.zeros(loss.n)
    columns = loss.jacobian(zero)
    x, *_ = np.linalg.lstsq(columns, loss.column("y"))
    residuals = columns @ x - loss.column("y")
    dof = loss.rows - loss.n
    try:
        variance = residuals @ residuals / dof * np.diag(np.linalg.inv(columns.T @ columns))
    except np.linalg.LinAlgError:
        variance = np.full(loss.n, np.nan)
    with np.errstate(all="ignore"):
        return Answer(x.tolist(), np.sqrt(variance).tolist(), True)


def _nothing(given: ReferenceSet) -> Answer:
    nothing = [math.nan] * len(given.parameters)
    return Answer(nothing, nothing, claimed=False)
