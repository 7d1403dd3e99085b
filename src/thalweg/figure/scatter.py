"""Data points: as dots while there are few, as counts in hexagons where dots would be a blot."""

# pyright: reportUnknownMemberType=false
# Matplotlib leaves many of its keyword arguments without a type.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.figure.style import Palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

MANY = 3000
"""Points from which on they are counted."""


def draw_points(axes: Axes, x: Array, y: Array, colours: Palette, errors: Array | None = None) -> None:
    """Draw points (rows,), with their measurement errors where those are known and few enough to be seen."""
    if len(x) >= MANY:
        _draw_counts(axes, x, y, colours)
        return
    size, alpha = (18.0, 0.85) if len(x) <= 150 else (9.0, 0.6) if len(x) <= 600 else (4.0, 0.4)
    if errors is not None and len(x) <= 150:
        axes.errorbar(x, y, errors, fmt="none", ecolor=colours.faint, elinewidth=0.9, zorder=2)
    axes.scatter(x, y, s=size, color=colours.ink, alpha=alpha, linewidths=0, zorder=3)


def _draw_counts(axes: Axes, x: Array, y: Array, colours: Palette) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    axes.hexbin(
        x, y, gridsize=60, mincnt=1, bins="log", linewidths=0.2, zorder=1,
        cmap=LinearSegmentedColormap.from_list("counts", colours.shade),
    )  # fmt: skip
