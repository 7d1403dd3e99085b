"""A bar for what takes longer than a second, as a pass over rows: on standard error, and on a terminal alone."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from typing import Any

PATIENCE = 1.0
"""Seconds until the bar appears."""


class Progress:
    """How much is done so far; `advance` may be called as often as one likes."""

    def __init__(self, what: str, total: int | None, unit: str) -> None:
        self._what = what
        self._total = total
        self._unit = unit
        self._done = 0
        self._begun = monotonic()
        self._bar: Any = None
        self._task: Any = None

    def advance(self, done: int) -> None:
        """Note that so much more is done."""
        self._done += done
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
        elif monotonic() - self._begun > PATIENCE and sys.stderr.isatty():
            self._show()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        counted = TextColumn(f"{{task.completed:,}} {self._unit}")
        columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), counted]
        self._bar = Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._what, total=self._total, completed=self._done)
        self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def progress(what: str, total: int | None, unit: str = "rows") -> Generator[Progress]:
    """A `Progress` that is closed at the end, however that comes."""
    shown = Progress(what, total, unit)
    try:
        yield shown
    finally:
        shown.close()
