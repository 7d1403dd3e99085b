"""Columns as a data frame of pandas or Polars, whichever the user has."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from thalweg.errors import ParameterError

Library = Literal["pandas", "polars"]
LIBRARIES: tuple[Library, ...] = ("pandas", "polars")


def frame(columns: Mapping[str, Any], library: Library | None = None) -> Any:
    """A data frame of these columns; by the library that is imported already, else the one that is installed.

    Raises:
        ParameterError: Neither is installed, or `library` is another one.
    """
    if library is None:
        there: list[Library] = [name for name in LIBRARIES if name in sys.modules]
        there = there or [name for name in LIBRARIES if find_spec(name) is not None]
        if not there:
            raise ParameterError("a data frame needs pandas or polars, and neither is installed")
        library = there[0]
    if library not in LIBRARIES:
        raise ParameterError(f"library is 'pandas' or 'polars', not {library!r}")
    try:
        return import_module(library).DataFrame(dict(columns))
    except ImportError:
        raise ParameterError(f"a data frame of {library} needs {library}, which is not installed") from None
