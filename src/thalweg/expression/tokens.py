"""Plain text cut into tokens: numbers, names, operators, brackets, bars and raised digits.

Every character ends up in a token, those with no place in a formula as `unknown`; saying what is wrong with
them is the parser's work.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

from thalweg.expression.names import LETTERS

Kind = Literal[
    "number", "name", "operator", "open", "close", "bar", "raised", "comma", "index", "unknown", "end"
]


class Token(NamedTuple):
    """A piece of the text and where it begins; `end` is an empty one behind the last.

    `text` is in plain text's own words; `typed` is how a dialect spells it where that differs.
    """

    kind: Kind
    text: str
    position: int
    typed: str | None = None

    @property
    def shown(self) -> str:
        """The token as it stands in the formula."""
        return self.text if self.typed is None else self.typed

    @property
    def length(self) -> int:
        """Characters of the formula that an error at this token means."""
        return max(1, len(self.shown))


OPERATORS: dict[str, str] = {
    "+": "add",
    "-": "subtract", "−": "subtract", "–": "subtract",
    "*": "multiply", "×": "multiply", "·": "multiply", "⋅": "multiply", "∗": "multiply",
    "/": "divide", "÷": "divide", "∕": "divide",
    "^": "power", "**": "power",
    ".*": "multiply", "./": "divide", ".^": "power", ".+": "add", ".-": "subtract",
    "<": "less", "<=": "less_equal", "≤": "less_equal", "⩽": "less_equal",
    ">": "greater", ">=": "greater_equal", "≥": "greater_equal", "⩾": "greater_equal",
    "==": "equal", "!=": "not_equal", "≠": "not_equal",
    "and": "and", "or": "or", "not": "not", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip
"""What an operator's sign stands for."""

_SIGNS_OF_NAMES = {"∑": "sum", "∏": "prod", "∛": "cbrt"}

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED_DIGITS = str.maketrans(RAISED + "⁻⁺", "0123456789-+")

_SIGNS = re.escape("".join(sign for sign in OPERATORS if len(sign) == 1))
_GREEK = "".join(LETTERS)
_LETTER = rf"[^\W\d_{_GREEK}{RAISED}₀-₉]"
_LATER = rf"[^\W{_GREEK}{RAISED}]"

# Whose functions are meant does not matter: np.sin(x) is sin(x).
_MODULES = "np|numpy|jnp|jax|math|cmath|scipy|special|linalg|sympy|sp|torch|nn|functional|tf|tensorflow|Math"
_MODULE = rf"(?:{_MODULES})(?=\.[A-Za-z])"

# A Greek letter is a name of its own, with digits or an index behind it at most, so that 2πx is a product. Julia's dot,
# sin.(x), says no more than sin(x).
_TOKEN = re.compile(
    rf"""(?:\s|\#[^\n]*+)*+(?:
    (?P<number>(?:[0-9]++(?:_[0-9]{{3}})*+(?:\.(?!\.)[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]+)?)
    |(?P<operator>(?:and|or|not)\b|\*\*|\.[-+*/^]|[<>=!]=|[{_SIGNS}])
    |(?P<name>(?:{_MODULE}\.)*+{_LETTER}{_LATER}*(?:\.(?=\())?+|[{_GREEK}](?:_\w+|[0-9₀-₉]+)?|[√∛∑∏])
    |(?P<index>[\[\]:])
    |(?P<open>\()
    |(?P<close>\))
    |(?P<bar>\|)
    |(?P<raised>[⁻⁺]?[{RAISED}]+)
    |(?P<comma>,)
    |(?P<end>;?+\s*+\Z)
    |(?P<unknown>.)
    )""",
    re.VERBOSE | re.DOTALL,
)


def tokenize(text: str, limit: int) -> list[Token]:
    """Return the tokens of the text, an `end` token last, or the first ones if there are more than the limit.

    >>> [token.text for token in tokenize("2x^1e-3", 100)]
    ['2', 'x', '^', '1e-3', '']
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = cast(Kind, match.lastgroup)
        start, stop = match.span(kind)
        piece = text[start:stop]
        if kind == "name" and "." in piece:
            tokens.append(Token(kind, piece.removesuffix(".").rpartition(".")[2], start, piece))
        elif piece in _SIGNS_OF_NAMES:
            tokens.append(Token(kind, _SIGNS_OF_NAMES[piece], start, piece))
        else:
            tokens.append(Token(kind, piece, start))
        if kind == "end" or len(tokens) > limit:
            break
    return tokens


def comma(position: int) -> Token:
    """Return the token of a comma; a dialect writes it where plain text would."""
    return tokenize(",", 1)[0]._replace(position=position)
