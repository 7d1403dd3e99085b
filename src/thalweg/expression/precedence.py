"""How tightly the operations of a formula bind, and what waits for its right side while one is read."""

from __future__ import annotations

from typing import NamedTuple

from thalweg.expression.functions import COMPARISONS, FUNCTIONS
from thalweg.expression.tokens import Token

BRACKET, OR, AND, NOT, COMPARISON, SUM, PRODUCT, PREFIX, COEFFICIENT, POWER = range(10)

PRECEDENCE = {
    **dict.fromkeys(COMPARISONS, COMPARISON),
    "or": OR,
    "and": AND,
    "add": SUM,
    "subtract": SUM,
    "multiply": PRODUCT,
    "divide": PRODUCT,
    "power": POWER,
}


class Pending(NamedTuple):
    """An operation or bracket that waits for its right side."""

    precedence: int
    operation: str  # a builder of the graph, a function's name, "(" or "|"
    token: Token
    function: Token | None = None  # where the bracket belongs to one
    exponent: float | None = None  # of a function, as in sin^2(x)
    below: int = 0  # operands that were there when a function's bracket was opened

    @property
    def is_bare_function(self) -> bool:
        """Say whether a function waits that stands without brackets, as in sin x."""
        return self.precedence == PREFIX and self.operation != "negate"

    @property
    def takes_coefficient(self) -> bool:
        """Say whether sin 2x is meant, which is the sine of 2x; √2 x is not the root of 2x."""
        return self.is_bare_function and FUNCTIONS[self.operation].notation not in ("root", "cube root")
