"""What was typed after an option, as names and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thalweg.errors import ThalwegError


class UsageError(ThalwegError, ValueError):
    """An option that cannot be understood."""


def pairs(texts: Sequence[str], where: str) -> Iterator[tuple[str, str]]:
    """The names and values of texts of the form name=value.

    Raises:
        UsageError: One is not; the message says so of the option `where`.
    """
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{where}: {text!r} is not of the form name=value")
        yield name.strip(), value.strip()


def number(text: str, where: str) -> float:
    """The text as a number.

    Raises:
        UsageError: It is none.
    """
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{where}: {text!r} is not a number") from None
