"""A method and an objective brought together."""

from __future__ import annotations


def warm() -> None:
    """Translate the named methods to machine code ahead, so that no later run spends time on it (some 0.4 s)."""
    from thalweg.drive.compiled import warm

    warm()
