"""The one look of all figures, light and dark: the laboratory's colours, hairlines, no boxes.

Matplotlib is imported when the first figure is made; it comes with the extra `figure`.
"""

# pyright: reportUnknownMemberType=false
# Matplotlib leaves many of its keyword arguments without a type.

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, get_args

from thalweg.errors import ParameterError, ThalwegError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Theme = Literal["light", "dark"]


class FigureError(ThalwegError, RuntimeError):
    """A figure cannot be drawn."""


@dataclass(frozen=True)
class Palette:
    """Colours by what they are for."""

    paper: str
    ink: str
    """Text that matters, and data."""
    soft: str
    """Other text."""
    faint: str
    """Axis lines."""
    hair: str
    """Grid."""
    curve: str
    """What was fitted."""
    other: str
    """What it is compared with, and what stands out."""
    shade: tuple[str, ...]
    """From empty to full, for counts."""
    diverging: tuple[str, str, str]
    """For -1, 0 and 1."""


PALETTES: dict[str, Palette] = {
    "light": Palette(
        paper="#fdfdfb", ink="#1a2130", soft="#566072", faint="#8a93a1", hair="#eceeef",
        curve="#0072b2", other="#d55e00",
        shade=("#e3ecf4", "#adcbe9", "#6f9cd0", "#33619c", "#1c2f57"), diverging=("#d55e00", "#f3f4f2", "#0072b2"),
    ),
    "dark": Palette(
        paper="#12161c", ink="#e8ebf0", soft="#a0aaba", faint="#6f7a8a", hair="#242c36",
        curve="#56b4e9", other="#ff8a47",
        shade=("#1b2836", "#265781", "#3d7fb8", "#7cc6f0", "#dff2fd"), diverging=("#ff8a47", "#1a2029", "#56b4e9"),
    ),
}  # fmt: skip

_FONTS = ("Inter", "Helvetica Neue", "Arial", "DejaVu Sans")


def palette(theme: str) -> Palette:
    """The colours of a theme.

    Raises:
        ParameterError: There is no such theme.
    """
    if theme not in PALETTES:
        raise ParameterError(f"theme is {' or '.join(map(repr, get_args(Theme)))}, not {theme!r}")
    return PALETTES[theme]


def require_matplotlib() -> None:
    """Refuse, before any work is done for a figure that could not be drawn.

    Raises:
        FigureError: Matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise FigureError(
            "a figure needs matplotlib, which comes with the extra 'figure': pip install 'thalweg[figure]'"
        )


@contextmanager
def styled(theme: str = "light") -> Generator[Palette]:
    """Whatever is drawn within has the look of this theme; the user's own settings are back afterwards.

    Raises:
        FigureError: Matplotlib is not installed.
        ParameterError: There is no such theme.
    """
    colours = palette(theme)
    require_matplotlib()
    import matplotlib as mpl

    settings: Any = {**mpl.rcParamsDefault, "backend": mpl.rcParams["backend"], **_settings(colours)}
    with mpl.rc_context(settings):
        yield colours


def new_figure(
    width: float, height: float, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, list[Axes]]:
    """A figure of this size in inches, known to pyplot, and its axes row by row."""
    from matplotlib import pyplot

    figure, grid = pyplot.subplots(rows, columns, figsize=(width, height), squeeze=False, **options)
    return figure, list(grid.flat)


def _settings(colours: Palette) -> dict[str, Any]:
    return {
        "font.family": "sans-serif",
        "font.sans-serif": list(_present_fonts()),
        "font.size": 9.0,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.titlepad": 8.0,
        "axes.titlecolor": colours.ink,
        "axes.labelcolor": colours.soft,
        "axes.labelpad": 5.0,
        "axes.edgecolor": colours.faint,
        "axes.facecolor": colours.paper,
        "axes.linewidth": 0.8,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.formatter.limits": (-4, 5),
        "axes.formatter.use_mathtext": True,
        "axes.formatter.useoffset": False,
        "grid.color": colours.hair,
        "grid.linewidth": 0.8,
        "xtick.color": colours.faint,
        "xtick.labelcolor": colours.soft,
        "xtick.major.size": 3.0,
        "ytick.color": colours.faint,
        "ytick.labelcolor": colours.soft,
        "ytick.major.size": 0.0,
        "text.color": colours.ink,
        "legend.frameon": False,
        "legend.labelcolor": colours.soft,
        "legend.handlelength": 1.4,
        "lines.linewidth": 1.7,
        "lines.solid_capstyle": "round",
        "figure.facecolor": colours.paper,
        "figure.dpi": 110.0,
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.w_pad": 0.12,
        "figure.constrained_layout.h_pad": 0.10,
        "figure.constrained_layout.wspace": 0.04,
        "savefig.facecolor": "auto",
        "savefig.dpi": 150.0,
        "svg.hashsalt": "thalweg",  # the same figure, the same file
    }


@lru_cache(maxsize=1)
def _present_fonts() -> tuple[str, ...]:
    """Those of our fonts that this machine has; matplotlib complains of the others."""
    from matplotlib import font_manager

    present = set(font_manager.get_font_names())
    return tuple(name for name in _FONTS if name in present)
