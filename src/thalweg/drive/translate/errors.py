"""The one error of a translation."""

from __future__ import annotations

from thalweg.errors import ThalwegError


class TranslationError(ThalwegError):
    """A function uses something that compiled code has no meaning for; it can still run plain."""
