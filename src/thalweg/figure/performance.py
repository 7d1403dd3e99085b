"""Performance profiles: steps over the factor within which a method is of the best one."""

# pyright: reportUnknownMemberType=false
# Matplotlib leaves many of its keyword arguments without a type.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.figure.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONGEST = 1e3
"""A ratio beyond which the axis does not go."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a93a1")
"""Okabe and Ito's, told apart by colour-blind eyes too."""
DASHES = ("-", "--", "-.", ":")


def draw_profiles(
    ratios: Mapping[str, NDArray[np.float64]],
    *,
    measure: str,
    theme: str = "light",
    axes: Axes | None = None,
) -> Figure:
    """The part of all problems with a ratio of at most tau, over tau, one line for each method.

    `ratios` holds those of a method, (problems,), inf where a problem was not solved.
    """
    with styled(theme):
        panel = axes if axes is not None else new_figure(5.6, 3.6)[1][0]
        finite = np.concatenate([each[np.isfinite(each)] for each in ratios.values()])
        right = min(LONGEST, 1.1 * float(finite.max(initial=2.0)))
        for i, (name, each) in enumerate(ratios.items()):
            steps = np.sort(each[np.isfinite(each)])
            x = np.concatenate([[1.0], steps, [right]])
            y = np.concatenate([[0.0], np.arange(1, len(steps) + 1), [len(steps)]]) / len(each)
            panel.step(
                x,
                y,
                where="post",
                label=name,
                color=COLOURS[i % len(COLOURS)],
                linestyle=DASHES[i // len(COLOURS) % len(DASHES)],
            )
        panel.set_xscale("log")
        panel.set_xlim(1.0, right)
        panel.set_ylim(0.0, 1.02)
        panel.set_xlabel(f"τ: {measure}, as a multiple of the best method's")
        panel.set_ylabel("part of the problems")
        panel.legend(loc="lower right")
        figure = panel.get_figure(root=True)
        assert figure is not None
        return figure
