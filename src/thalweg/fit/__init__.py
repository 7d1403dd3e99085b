"""A model fitted to data: parameters with uncertainties.

`fit` is the entry (`entry.py`).  What the descent leaves is a `Solution`; a `Fit` is its statistics.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from thalweg.fit.entry import fit
from thalweg.fit.result import Fit
from thalweg.fit.solution import Solution

__all__ = ["Fit", "Solution", "fit"]


class _CallablePackage(ModuleType):
    """This package has the name of its function: importing any part of it binds `thalweg.fit` to the package, and
    `thalweg.fit(...)` must work all the same."""

    def __call__(self, *arguments: Any, **named: Any) -> Fit:
        return fit(*arguments, **named)


sys.modules[__name__].__class__ = _CallablePackage
