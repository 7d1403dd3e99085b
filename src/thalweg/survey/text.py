"""Tables as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def table(columns: Mapping[str, Sequence[Any]]) -> str:
    """Columns under their names, numbers to the right.

    Example:
        >>> print(table({"method": ["armijo", "bfgs"], "f": [0.25, 1e-12]}))
        method      f
        armijo   0.25
        bfgs    1e-12
    """
    aligned: list[list[str]] = []
    for name, values in columns.items():
        cells = [name, *(_text(value) for value in values)]
        width = max(map(len, cells))
        numbers = all(isinstance(value, int | float) for value in values)
        aligned.append([cell.rjust(width) if numbers else cell.ljust(width) for cell in cells])
    return "\n".join("  ".join(line).rstrip() for line in zip(*aligned, strict=True))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
