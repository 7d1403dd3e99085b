"""How anything gets onto the terminal, or into a file or pipe."""

from __future__ import annotations

import io
import json
import math
import os
import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import Console
    from rich.table import Table

_UNLIMITED = 200
"""Columns of what is not a terminal."""
_CONTEXT = 30
"""Characters of a formula shown on either side of an error."""


def write(text: str) -> None:
    """Write to standard output; a reader that has gone (as `head` does) is no error, nor is an output that was closed
    from the first."""
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        give_up_writing()


def give_up_writing() -> None:
    """After an error in writing: else the interpreter tries once more at its end, and complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console() -> Console:
    """For people: as wide as the terminal, with colour where it is wanted; what it prints is to be captured."""
    from rich.console import Console

    on_terminal = sys.stdout is not None and sys.stdout.isatty()  # None: closed  # pyright: ignore[reportUnnecessaryComparison]
    return Console(
        file=io.StringIO(),  # it writes nothing itself, so that `write` alone meets the errors of writing
        force_terminal=on_terminal or None,
        width=None if on_terminal or "COLUMNS" in os.environ else _UNLIMITED,
        highlight=False,
        emoji=False,
        soft_wrap=False,
    )


def table(*names: str, numbers: Collection[str] = ()) -> Table:
    """A table without lines, with these heads; columns that hold numbers stand right, the one called name is bold."""
    from rich.markup import escape
    from rich.table import Table

    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in names:
        made.add_column(
            escape(name),
            justify="right" if name in numbers else "left",
            no_wrap=name in numbers or name == "name",
            overflow="fold",
            style="bold" if name == "name" else "",
        )
    return made


def write_lines(text: str) -> None:
    """Write lines without the spaces that fill up those of a table."""
    write("\n".join(line.rstrip() for line in text.splitlines()) + "\n")


def as_json(value: Any) -> str:
    """For programs: strict JSON, in which what is not finite is null."""
    return json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_finite(item) for item in cast("list[Any]", value)]
    return value


def pointed_at(text: str, position: int, length: int) -> str:
    """The text, or the part of it round the place, with carets below.

    Example:
        >>> print(pointed_at("x + sni(y)", 4, 3))
          x + sni(y)
              ^^^
    """
    begin = max(0, position - _CONTEXT)
    end = min(len(text), position + length + _CONTEXT)
    before, after = "..." * (begin > 0), "..." * (end < len(text))
    shown = "".join(" " if character.isspace() else character for character in text[begin:end])
    carets = "^" * max(1, min(length, end - position))
    return f"  {before}{shown}{after}\n  {' ' * (len(before) + position - begin)}{carets}"
