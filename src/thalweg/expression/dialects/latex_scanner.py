"""What the tokenizer of LaTeX stands on: the text's pieces one after another, the tokens so far, the brackets open."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Container
from typing import Self

from thalweg.expression.dialects.latex_frame import Frame
from thalweg.expression.errors import FormulaError
from thalweg.expression.names import GREEK, canonical, is_word
from thalweg.expression.tokens import OPERATORS, Kind, Token

_TOKEN = re.compile(
    rf"""(?:\s|~|\\[,;:!>\ ])*+(?:
    (?P<number>[0-9]++\.?[0-9]*+|\.[0-9]++)
    |\\(?P<command>[A-Za-z]++)
    |(?P<fence>\\[{{}}|])
    |(?P<brace>[{{}}])
    |(?P<paren>[()\[\]])
    |(?P<bar>\|)
    |(?P<power>\^)
    |(?P<letter>[^\W\d_])
    |(?P<operator>[{re.escape("".join(sign for sign in OPERATORS if len(sign) == 1 and sign != "^"))}])
    |(?P<comma>,)
    |(?P<end>\Z)
    |(?P<unknown>\\.|.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_DELIMITERS = {"$$": "$$", "$": "$", "\\(": "\\)", "\\[": "\\]"}
_OPENING = re.compile(r"\s*+(\$\$|\$|\\\(|\\\[)")
_SPACE = re.compile(r"(?:\s|\\[,;:! ])*+")


class Scanner(ABC):
    """A place in the text, and what has been made of the text before it."""

    def __init__(self, text: str, limit: int, names: Container[str]) -> None:
        self.text = text
        self.limit = limit
        self.names = names
        self.tokens: list[Token] = []
        self.frames: list[Frame] = []
        self.place = 0
        self.stop = len(text)
        self.function_ends = -1  # number of tokens when the last function's name had been read
        self.raised = -1  # number of tokens when the last exponent ended
        self.bars = 0  # bars among the first `counted` tokens
        self.counted = 0

    @abstractmethod
    def read(self) -> list[Token]:
        """Return the tokens of what lies between `place` and `stop`."""

    def _within(self) -> Self:
        """Return a reader of the same text."""
        return type(self)(self.text, self.limit, self.names)

    def _strip_delimiters(self) -> None:
        opening = _OPENING.match(self.text)
        if opening is None:
            return
        closing = _DELIMITERS[opening[1]]
        stop = len(self.text.rstrip())
        if stop < opening.end() + len(closing) or not self.text.endswith(closing, 0, stop):
            message = f"This '{opening[1]}' is never closed"
            raise self._error(opening[1], opening.start(1), message, f"add '{closing}'")
        self.place, self.stop = opening.end(), stop - len(closing)

    # Numbers and names

    def _advance(self) -> tuple[str, str, int]:
        match = _TOKEN.match(self.text, self.place, self.stop)
        assert match is not None  # any character is a token
        kind = str(match.lastgroup)
        self.place = match.end()
        return kind, match[kind], match.start(kind)

    def _emit(self, kind: Kind, text: str, start: int, typed: str | None = None) -> None:
        self.tokens.append(Token(kind, text, start, typed))

    def _imply_product(self, start: int) -> None:
        """Write the product of a word and a bracket, which plain text would take for a function's argument."""
        before = self.tokens[-1] if self.tokens else None
        is_name = before is not None and before.kind == "name" and self.function_ends != len(self.tokens)
        if before is not None and is_name and is_word(canonical(before.text)):
            self.tokens.append(Token("operator", "*", start, ""))

    def _is_letter(self, typed: str) -> bool:
        return typed[1:] in GREEK if typed[0] == "\\" else len(typed) == 1

    def _skip_space(self) -> int:
        match = _SPACE.match(self.text, self.place, self.stop)
        return match.end() if match is not None else self.place

    def _error(self, typed: str, start: int, message: str, hint: str | None) -> FormulaError:
        length = min(len(typed), len(self.text) - start)
        return FormulaError(self.text, start, length, message, hint)

    def _mismatched(self, typed: str, start: int) -> None:
        if not self.frames:
            raise self._error(typed, start, f"There is no opening bracket for this '{typed}'", "remove it")
        opened = self.frames[-1].opened
        raise self._error(
            opened.shown,
            opened.position,
            f"This '{opened.shown}' is never closed",
            f"it is, by '{typed}', too late",
        )
