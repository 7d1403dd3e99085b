"""A fit as programs read it: a dictionary, a data frame."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from thalweg.errors import ParameterError

if TYPE_CHECKING:
    from thalweg.fit.result import Fit


def to_dict(fit: Fit, level: float) -> dict[str, Any]:
    """See `Fit.to_dict`."""
    found, run, objective = fit.statistics, fit.run, fit.solution.objective
    table = columns(fit, level)
    told: dict[str, Any] = {
        "model": objective.model,
        "response": objective.response,
        "rows": found.rows,
        "degrees_of_freedom": found.dof,
        "level": level,
        "parameters": [
            dict(zip(table, row, strict=True))
            for row in zip(*(np.asarray(column).tolist() for column in table.values()), strict=True)
        ],
        "residual_standard_deviation": found.residual_standard_deviation,
        "rss": found.rss,
        "r_squared": found.r_squared,
        "adjusted_r_squared": found.adjusted_r_squared,
        "log_likelihood": found.log_likelihood,
        "aic": found.aic,
        "bic": found.bic,
        "covariance": found.covariance.tolist(),
        "correlation": found.correlation.tolist(),
        "method": run.method.direction.name,
        "iterations": run.nit,
        "evaluations": run.nfev,
        "start": dict(zip(found.names, fit.solution.start.tolist(), strict=True)),
        "start_from": fit.solution.start_from,
        "success": fit.success,
        "message": fit.message,
        "cautions": fit.cautions,
    }
    return told


def to_frame(fit: Fit, level: float, library: Literal["pandas", "polars"] | None) -> Any:
    """See `Fit.to_frame`."""
    names = ("pandas", "polars")
    if library is not None and library not in names:
        raise ParameterError(f"library is 'pandas' or 'polars', not {library!r}")
    for name in names if library is None else (library,):
        try:
            return import_module(name).DataFrame(columns(fit, level))
        except ImportError:
            continue
    raise ParameterError(f"a data frame needs {library or 'pandas or Polars'}, which is not installed")


def columns(fit: Fit, level: float) -> dict[str, Any]:
    """The table of estimates, column by column."""
    found = fit.statistics
    intervals = found.intervals(level)
    return {
        "name": list(found.names),
        "estimate": found.x,
        "standard_error": found.standard_errors,
        "t_value": found.t_values,
        "p_value": found.p_values,
        "lower": intervals[:, 0],
        "upper": intervals[:, 1],
        "free": found.free,
    }
