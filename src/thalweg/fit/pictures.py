"""The pictures of a fit: which arrays each is made of. How they look is the matter of `thalweg.figure`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from thalweg.errors import ParameterError
from thalweg.figure import regression
from thalweg.fit.statistics import LEVEL, checked_level

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from thalweg.fit.result import Fit

_POINTS = 400
"""Abscissae of a curve."""


def draw(fit: Fit, kind: str, **options: Any) -> Figure:
    """See `Fit.plot`."""
    if kind not in KINDS:
        raise ParameterError(f"a picture is {', '.join(map(repr, KINDS))}, not {kind!r}")
    function = KINDS[kind]
    known = list(inspect.signature(function).parameters)[1:]
    for name in options:
        if name not in known:
            raise ParameterError(f"the picture {kind!r} has no option {name!r}; it has: {', '.join(known)}")
    return function(fit, **options)


def _draw_fit(fit: Fit, *, level: float = LEVEL, theme: str = "light", axes: Axes | None = None) -> Figure:
    level = checked_level(level)
    objective = fit.solution.objective
    title = objective.equation
    y = objective.observed
    if len(objective.columns) != 1:
        return regression.draw_against_fitted(
            fit.fitted, y, name=objective.response, title=title, theme=theme, axes=axes
        )
    name = objective.columns[0]
    x = objective.column(name)
    at = np.linspace(float(np.min(x)), float(np.max(x)), _POINTS)
    curve = fit.band({name: at}, level=level)
    is_known = np.isfinite(curve.standard_error).all() and np.isfinite(curve.quantile)
    new, errors = None, None
    if fit.statistics.known:
        errors = 1.0 / np.asarray(objective.weight_roots)
    elif is_known:
        new = fit.band({name: at}, level=level, kind="prediction")
    return regression.draw_curve(
        x,
        y,
        regression.Curve(
            x=at,
            y=curve.prediction,
            confidence=(curve.lower, curve.upper) if is_known else None,
            prediction=None if new is None else (new.lower, new.upper),
        ),
        names=(name, objective.response),
        title=title,
        level=level,
        errors=errors,
        theme=theme,
        axes=axes,
    )


def _draw_residuals(fit: Fit, *, theme: str = "light") -> Figure:
    shown = fit.diagnostics
    return regression.draw_residuals(fit.fitted, shown.standardized, shown.normal_scores, theme=theme)


def _draw_profiles(fit: Fit, *, level: float = LEVEL, theme: str = "light") -> Figure:
    profiles = [
        fit.profile(name, level)
        for name, is_free in zip(fit.parameters, fit.statistics.free, strict=True)
        if is_free
    ]
    return regression.draw_profiles(profiles, level=level, theme=theme)


def _draw_correlation(fit: Fit, *, theme: str = "light") -> Figure:
    return regression.draw_correlation(list(fit.parameters), fit.correlation, theme=theme)


KINDS: dict[str, Callable[..., Any]] = {
    "fit": _draw_fit,
    "residuals": _draw_residuals,
    "profile": _draw_profiles,
    "correlation": _draw_correlation,
}
"""The pictures by name."""
