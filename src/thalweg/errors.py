"""The exceptions of the library, all under one root to be caught together; warnings; what was meant."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

_LONGEST = 40
"""Characters of a name that are compared with what is known."""


class ThalwegError(Exception):
    """Root of every error that Thalweg raises on purpose; its message is one sentence a user can act on."""


class ParameterError(ThalwegError, ValueError):
    """A parameter of a method, of a run or of a formula has a name or a value that is not allowed."""


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside of the package that led here, however many calls lie between."""
    from inspect import currentframe

    level, frame = 1, currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("thalweg."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one resembles.

    Example:
        >>> nearest("bfsg", ["armijo", "bfgs"])
        'bfgs'
    """
    from difflib import get_close_matches  # only needed once something went wrong

    found = get_close_matches(name[:_LONGEST], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def meant(name: str, known: Iterable[str]) -> str:
    """The question that belongs behind a misspelt name; nothing where it resembles none.

    Example:
        >>> meant("c_1", ["c1", "initial"])
        ' (did you mean c1?)'
    """
    near = nearest(name, known)
    return "" if near is None else f" (did you mean {near}?)"
