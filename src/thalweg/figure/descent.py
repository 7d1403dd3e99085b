"""The pictures of a descent: its path on the map of a function of two variables, and how f and |g| fall."""

# pyright: reportUnknownMemberType=false
# Matplotlib leaves many of its keyword arguments without a type.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.figure.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

LEVELS = 16
"""Lines of a map, at equal shares of its area: where f covers decades, levels a step apart leave the valley empty."""
DOTTED = 200
"""Iterates that are marked one by one; of more, there is only the line."""
DECADES = 2.0
"""What is positive and covers more of them has a logarithmic axis."""


def draw_map(
    x: Array,
    y: Array,
    values: Array,
    path: Array,
    end: Array,
    *,
    names: tuple[str, str],
    title: str,
    theme: str = "light",
    axes: Axes | None = None,
) -> Figure:
    """A path (k+1, 2) over lines of equal value on a grid: x (columns,), y (rows,), values (rows, columns).

    `end` (2,) is marked as where it came out.
    """
    with styled(theme) as colours:
        panel = axes if axes is not None else new_figure(5.2, 4.4)[1][0]
        finite = values[np.isfinite(values)]
        if finite.size:
            levels = np.unique(np.quantile(finite, np.linspace(0.0, 1.0, LEVELS + 2)[1:-1]))
            if levels.size and finite.min() < finite.max():
                masked = np.ma.masked_invalid(values)
                panel.contour(x, y, masked, levels=levels, colors=colours.faint, linewidths=0.6)
        marker = "o" if len(path) <= DOTTED else ""
        panel.plot(*path.T, color=colours.curve, linewidth=1.2, marker=marker, markersize=2.2, label="path")
        panel.plot(*path[0], marker="o", color=colours.paper, markeredgecolor=colours.curve, markersize=6.0)
        panel.plot(*end, marker="*", color=colours.other, markersize=10.0)
        panel.set_xlim(x[0], x[-1])
        panel.set_ylim(y[0], y[-1])
        panel.grid(visible=False)
        panel.set_xlabel(names[0])
        panel.set_ylabel(names[1])
        panel.set_title(title)
        figure = panel.get_figure(root=True)
        assert figure is not None
        return figure


def draw_convergence(
    iterations: NDArray[np.int64],
    values: Array,
    gradient_norms: Array,
    *,
    title: str,
    theme: str = "light",
) -> Figure:
    """F and |g| over the iterations, (k+1,) each, in two panels."""
    with styled(theme) as colours:
        figure, (above, below) = new_figure(5.6, 4.4, rows=2, sharex=True)
        for panel, heights, name, colour in (
            (above, values, "f", colours.curve),
            (below, gradient_norms, "|∇f|", colours.other),
        ):
            marker = "o" if len(heights) <= DOTTED else ""
            panel.plot(iterations, heights, color=colour, linewidth=1.2, marker=marker, markersize=2.2)
            panel.set_ylabel(name)
            if _covers_decades(heights):
                panel.set_yscale("log", nonpositive="mask")
        above.set_title(title)
        below.set_xlabel("iteration")
        return figure


def _covers_decades(heights: Array) -> bool:
    finite = heights[np.isfinite(heights)]
    positive = finite[finite > 0.0]
    if not positive.size or (finite < 0.0).any():
        return False
    return bool(np.log10(positive.max()) - np.log10(positive.min()) > DECADES)
