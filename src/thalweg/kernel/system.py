"""Functions of the system's own mathematics library, found by name and called by address.

The rarer functions of the language come from there, one lane after the other in a batch, so that a batch has the bits
of single points. Which digits they give is the system's affair; glibc, Apple's and Microsoft's are within 4 units in
the last place.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

from thalweg.errors import ThalwegError

FUNCTIONS = frozenset(("asinh", "acosh", "atanh", "cbrt", "erf", "erfc"))
"""Functions of one double, by the names they have in C."""


class MissingFunctionError(ThalwegError, RuntimeError):
    """The system's mathematics library does not have a function of C99."""


@cache
def address(name: str) -> int:
    """Return the address of a function of the C library.

    Raises:
        MissingFunctionError: The system has none of this name.
    """
    for library in _libraries():
        function = getattr(library, name, None)
        if function is not None:
            found = ctypes.cast(function, ctypes.c_void_p).value
            if found:
                return found
    raise MissingFunctionError(
        f"This system's mathematics library has no {name}(), which C has had since 1999; "
        "a formula without it would work."
    )


@cache
def _libraries() -> tuple[Any, ...]:
    if sys.platform == "win32":
        names: tuple[str | None, ...] = ("ucrtbase", "msvcrt")
    else:
        names = (None, "libm.so.6", "libm.dylib")  # the process has it loaded, as a rule
    return tuple(library for library in map(_library, names) if library is not None)


def _library(name: str | None) -> Any:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None
