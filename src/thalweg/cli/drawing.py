"""`--figure`: refused before anything is computed where it could not be drawn, and written at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thalweg.cli.typed import UsageError
from thalweg.figure.style import require_matplotlib

PICTURES = (".png", ".svg", ".pdf")
"""How the name of a picture ends."""


def check_figure(name: str) -> None:
    """Refuse what is no name of a picture, or has no folder, or nothing to draw it with.

    Raises:
        UsageError: The name or its folder will not do.
        FigureError: Matplotlib is not installed.
    """
    path = Path(name)
    if path.suffix.lower() not in PICTURES:
        raise UsageError(f"--figure: a picture's name ends in {', '.join(PICTURES)}, and {name!r} does not")
    if not path.parent.is_dir():
        raise UsageError(f"--figure: {name} cannot be written: there is no folder {path.parent}")
    require_matplotlib()


def draw(picture: Any, name: str) -> None:
    """Write a figure of Matplotlib's.

    Raises:
        UsageError: It cannot be written there.
    """
    try:
        picture.savefig(name)
    except OSError as error:
        raise UsageError(f"--figure: {name} cannot be written: {error.strerror}") from None
