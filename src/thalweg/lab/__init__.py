"""The laboratory: a page that draws and listens, and the Python side that computes for it.

`lab` serves the page to a browser; `Lab` is the same page as a notebook's widget.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING

from thalweg.errors import ThalwegError

if TYPE_CHECKING:
    from thalweg.lab.widget import LabWidget

__all__ = ["Lab", "lab"]


class _CallablePackage(ModuleType):
    """This package has the name of its function: importing any part of it binds `thalweg.lab` to the package, and
    `thalweg.lab(f)` must work all the same."""

    def __call__(
        self, objective: object = None, start: Sequence[float] | None = None, open_browser: bool = True
    ) -> LabWidget | None:
        return lab(objective, start, open_browser)


sys.modules[__name__].__class__ = _CallablePackage


def lab(
    objective: object = None, start: Sequence[float] | None = None, open_browser: bool = True
) -> LabWidget | None:
    """Open the laboratory in a browser, and serve it until Ctrl-C; in a notebook, make the widget that `Lab` makes.

    Args:
        objective: What to open: a `Formula` or its text, a `Fit`, the `Trajectory` of a run, a `LeastSquares`, a
            `Function` or a callable, of up to 100 variables; by default the first problem of the catalogue. A fit and
            a run open as they are: with the same data, bounds, start, method and limits.
        start: Where the runs start: a number for each variable. A callable has as many variables as its start, or two.
        open_browser: Whether to open a browser; the address is printed in any case.

    Returns:
        In a notebook the widget; else, when the laboratory is stopped, None.

    Raises:
        OpeningError: The objective cannot be shown, or the start has not a number for each variable.
        ServerError: The page has not been built, or an event loop is running that is no notebook's.

    Example:
        >>> import thalweg as tw
        >>> tw.lab("(1 - x)^2 + a*(y - x^2)^2")  # doctest: +SKIP
    """
    import asyncio

    from thalweg.lab.own import open_own
    from thalweg.lab.server import ServerError, serve

    with suppress(RuntimeError):
        asyncio.get_running_loop()
        if hasattr(builtins, "__IPYTHON__"):
            return Lab(objective, start)
        raise ServerError("lab() waits until Ctrl-C, and an event loop is running here: use Lab() instead")
    serve(None if objective is None else open_own(objective, start), open_browser=open_browser)
    return None


def Lab(objective: object = None, start: Sequence[float] | None = None) -> LabWidget:
    """The laboratory as a widget, for the last line of a notebook's cell.

    Args:
        objective: As for `lab`.
        start: As for `lab`.

    Raises:
        ThalwegError: anywidget, or the built page, is missing.
        OpeningError: As for `lab`.

    Example:
        >>> import thalweg as tw
        >>> tw.Lab("sin(x)*cos(y)", start=[1.0, 1.2])  # doctest: +SKIP
    """
    try:
        from thalweg.lab.widget import LabWidget
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "traitlets", "ipywidgets"):
            raise
        raise ThalwegError(
            "the widget needs anywidget, which is not installed: pip install 'thalweg[notebook]'"
        ) from None
    from thalweg.lab.own import open_own

    return LabWidget(None if objective is None else open_own(objective, start))
