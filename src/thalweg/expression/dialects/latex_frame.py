"""What is open while LaTeX is read: brackets, groups, norms, terms of sums, and what their ends bring about."""

from __future__ import annotations

from typing import Literal

from thalweg.expression.tokens import Token

Role = Literal[
    "bracket", "group", "argument", "numerator", "denominator", "root", "exponent", "index", "loop", "norm"
]


class Frame:
    """An open bracket or group, and what its end brings about."""

    __slots__ = ("bars", "closes", "opened", "role", "root", "start", "tail")

    def __init__(self, role: Role, opened: Token, closes: str, root: str = "") -> None:
        self.role = role
        self.opened = opened
        self.closes = closes
        self.root = root
        self.start = 0  # the place of a norm's name, or of a sum's term, among the tokens
        self.bars = 0  # bars before the term of a sum
        self.tail: list[Token] = []  # what ends the term of a sum: its index and bounds
