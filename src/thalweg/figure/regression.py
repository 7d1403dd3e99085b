"""The pictures of a fit: the curve with its bands over the data, residuals, profiles, correlations."""

# pyright: reportUnknownMemberType=false
# Matplotlib leaves many of its keyword arguments without a type.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from thalweg.figure.scatter import MANY, draw_points
from thalweg.figure.style import Palette, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_LABELLED = 3
"""Rows that stand out and are named by their number."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A fitted curve over one predictor, and how sure it is, each (points,)."""

    x: Array
    y: Array
    confidence: tuple[Array, Array] | None
    prediction: tuple[Array, Array] | None


class Profile(Protocol):
    """The profile of one parameter: what the square root of its likelihood ratio, signed, is at several values."""

    @property
    def name(self) -> str:
        """Of the parameter."""
        ...

    @property
    def values(self) -> Array:
        """Where it was held, ascending, (k,)."""
        ...

    @property
    def tau(self) -> Array:
        """What that costs, (k,)."""
        ...

    @property
    def estimate(self) -> float:
        """Its value in the fit."""
        ...

    @property
    def standard_error(self) -> float:
        """Its standard error."""
        ...

    @property
    def interval(self) -> tuple[float, float]:
        """Where |tau| stays below the limit."""
        ...

    @property
    def limit(self) -> float:
        """The quantile of the interval."""
        ...


def draw_curve(
    x: Array,
    y: Array,
    curve: Curve,
    *,
    names: tuple[str, str],
    title: str = "",
    level: float = 0.95,
    errors: Array | None = None,
    theme: str = "light",
    axes: Axes | None = None,
) -> Figure:
    """Data (rows,) over one predictor with the fitted curve, its confidence band and its prediction band."""
    with styled(theme) as colours:
        figure, panel = _panel(axes, 5.6, 3.6)
        bands = ((curve.prediction, 0.10, "of new rows"), (curve.confidence, 0.28, "confidence"))
        for band, alpha, what in bands:
            if band is not None:
                label = f"{_percent(level)} {what}"
                panel.fill_between(curve.x, *band, color=colours.curve, alpha=alpha, linewidth=0, label=label)
        draw_points(panel, x, y, colours, errors)
        _draw_line(panel, curve.x, curve.y, colours, len(y), width=1.7, label="fit")
        _frame(panel, y, curve)
        panel.set(xlabel=names[0], ylabel=names[1])
        panel.set_title(title)
        if axes is None and (curve.confidence is not None or curve.prediction is not None):
            handles, labels = panel.get_legend_handles_labels()
            figure.legend(handles[::-1], labels[::-1], loc="outside upper right", ncols=3, fontsize=8)
        return figure


def _frame(panel: Axes, y: Array, curve: Curve) -> None:
    """Let the data and the curve decide how high the picture is, not a band that is as wide as the sea."""
    low, high = min(y.min(), curve.y.min()), max(y.max(), curve.y.max())
    room = 0.35 * (high - low) or abs(high) * 0.1 or 1.0
    bottom, top = panel.get_ylim()
    panel.set_ylim(max(bottom, low - room), min(top, high + room))


def draw_against_fitted(
    fitted: Array,
    y: Array,
    *,
    name: str,
    title: str = "",
    errors: Array | None = None,
    theme: str = "light",
    axes: Axes | None = None,
) -> Figure:
    """The response against what the model predicts, (rows,) each: for models with several predictors, or none."""
    with styled(theme) as colours:
        figure, panel = _panel(axes, 4.4, 4.2)
        ends = [min(fitted.min(), y.min()), max(fitted.max(), y.max())]
        draw_points(panel, fitted, y, colours, errors)
        _draw_line(panel, ends, ends, colours, len(y))
        panel.set(xlabel=f"{name}, fitted", ylabel=f"{name}, observed")
        panel.set_title(title)
        return figure


def draw_residuals(
    fitted: Array,
    standardized: Array,
    scores: Array,
    *,
    title: str = "",
    theme: str = "light",
) -> Figure:
    """Standardised residuals, beside the fitted values and beside normal scores; those beyond 3 are numbered.

    Args:
        fitted: The predictions, (rows,).
        standardized: The residuals in units of their own standard deviation; nan is left out.
        scores: What they would be in a normal sample.
        title: Above the first panel.
        theme: "light" or "dark".
    """
    with styled(theme) as colours:
        figure, (left, right) = new_figure(7.6, 3.4, 1, 2, sharey=True)
        kept = np.isfinite(standardized)
        for panel, x in ((left, fitted), (right, scores)):
            panel.axhline(0.0, color=colours.faint, linewidth=0.9, zorder=1)
            draw_points(panel, x[kept], standardized[kept], colours)
            _number_outliers(panel, x, standardized, colours)
        left.set(xlabel="fitted value", ylabel="standardised residual")
        _draw_trend(left, fitted[kept], standardized[kept], colours)
        ends = np.array([scores.min(), scores.max()])
        _draw_line(right, ends, ends, colours, len(scores))
        right.set(xlabel="normal score")
        left.set_title(title)
        return figure


def _draw_trend(panel: Axes, x: Array, y: Array, colours: Palette) -> None:
    """Means over groups of neighbours: what a wrong model leaves behind shows as a bend."""
    groups = min(12, len(x) // 8)
    if groups < 3 or np.ptp(x) == 0.0:
        return
    parts = np.array_split(np.argsort(x, kind="stable"), groups)
    _draw_line(panel, [x[part].mean() for part in parts], [y[part].mean() for part in parts], colours, len(y))


def _draw_line(
    panel: Axes,
    x: Sequence[float] | Array,
    y: Sequence[float] | Array,
    colours: Palette,
    points: int,
    *,
    width: float = 1.3,
    label: str | None = None,
) -> None:
    """Below points that are dots; above those that are counted, with a halo that makes it show on them."""
    from matplotlib import patheffects

    halo = [patheffects.withStroke(linewidth=3.2, foreground=colours.paper, alpha=0.8)]
    counted = points >= MANY
    panel.plot(
        x,
        y,
        color=colours.curve,
        linewidth=width,
        zorder=4 if counted else 2,
        path_effects=halo if counted else None,
        label=label,
    )


def _number_outliers(panel: Axes, x: Array, y: Array, colours: Palette) -> None:
    far = np.flatnonzero(np.abs(y) > 3.0)
    for row in far[np.argsort(-np.abs(y[far]))][:_LABELLED]:
        left = x[row] > (np.nanmin(x) + np.nanmax(x)) / 2.0
        panel.annotate(
            f"row {row + 1}", (x[row], y[row]), (-6 if left else 6, 0), textcoords="offset points", va="center",
            ha="right" if left else "left", color=colours.other, fontsize=8,
        )  # fmt: skip


def draw_profiles(profiles: Sequence[Profile], *, level: float, theme: str = "light") -> Figure:
    """For each parameter, tau over its values: straight where the usual interval is right.

    The dashed line is the straight one of the standard error; the interval is read off where the curve crosses the
    quantile's lines.
    """
    with styled(theme) as colours:
        columns = min(3, len(profiles))
        rows = -(-len(profiles) // columns)
        figure, panels = new_figure(2.6 * columns + 0.4, 2.5 * rows + 0.2, rows, columns, sharey=True)
        for place, panel in enumerate(panels):
            if place >= len(profiles):
                panel.set_visible(False)
                continue
            one = profiles[place]
            panel.axhline(0.0, color=colours.faint, linewidth=0.9, zorder=1)
            panel.axvline(one.estimate, color=colours.faint, linewidth=0.9, zorder=1)
            panel.axhspan(-one.limit, one.limit, color=colours.curve, alpha=0.07, linewidth=0, zorder=0)
            ends = np.array([one.values.min(), one.values.max()])
            panel.plot(
                ends,
                (ends - one.estimate) / one.standard_error,
                color=colours.soft,
                linewidth=1.0,
                dashes=(4, 3),
            )
            panel.plot(one.values, one.tau, color=colours.curve, zorder=4)
            for end, side in zip(one.interval, (-one.limit, one.limit), strict=True):
                if np.isfinite(end):
                    panel.plot([end], [side], "o", color=colours.curve, markersize=4, zorder=5)
            panel.set_title(one.name)
            panel.set_ylim(-1.5 * one.limit, 1.5 * one.limit)
            panel.locator_params(axis="x", nbins=4)
            if place % columns == 0:
                panel.set_ylabel("tau")
        figure.supxlabel(
            f"value of the parameter; shaded, and dots: the {_percent(level)} interval",
            fontsize=8,
            color=colours.soft,
        )
        return figure


def draw_correlation(names: Sequence[str], correlation: Array, *, theme: str = "light") -> Figure:
    """The correlations of the estimates, (p, p), as a triangle of numbered squares."""
    with styled(theme) as colours:
        from matplotlib.colors import LinearSegmentedColormap

        p = len(names)
        size = 0.62 * p + 1.4
        figure, (panel,) = new_figure(size, size * 0.92)
        shown = np.ma.masked_where(np.triu(np.ones((p, p), dtype=bool)) | np.isnan(correlation), correlation)
        colour_map = LinearSegmentedColormap.from_list("correlation", colours.diverging)
        panel.imshow(shown, cmap=colour_map, vmin=-1.0, vmax=1.0)
        for i in range(p):
            for j in range(i):
                value = correlation[i, j]
                strong = abs(value) > 0.6
                panel.text(
                    j, i, _signed(value), ha="center", va="center", fontsize=8,
                    color=colours.paper if strong else colours.ink,
                )  # fmt: skip
        panel.set_xticks(range(p - 1), list(names[:-1]), rotation=45 if max(map(len, names)) > 4 else 0)
        panel.set_yticks(range(1, p), list(names[1:]))
        panel.set(xlim=(-0.5, p - 1.5), ylim=(p - 0.5, 0.5))
        panel.grid(visible=False)
        panel.tick_params(length=0)
        panel.spines["bottom"].set_visible(False)
        return figure


def _signed(value: float) -> str:
    """A correlation, with a true minus sign and no sign for a zero."""
    return "?" if np.isnan(value) else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _percent(level: float) -> str:
    return f"{100.0 * level:g} %"


def _panel(axes: Axes | None, width: float, height: float) -> tuple[Figure, Axes]:
    if axes is not None:
        figure = axes.figure
        return figure, axes  # pyright: ignore[reportReturnType] - a SubFigure draws as well
    figure, (panel,) = new_figure(width, height)
    return figure, panel
