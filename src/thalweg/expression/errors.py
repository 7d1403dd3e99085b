"""The error that points at the character of a formula which cannot be read."""

from __future__ import annotations

from thalweg.errors import ThalwegError

_CONTEXT = 24  # characters of the text shown before the place, of it and after it


class FormulaError(ThalwegError, ValueError):
    """A formula cannot be read: which text, where in it, what is wrong and what would be right.

    `position` counts characters from 0 and `length` says how many are meant (0 where the text as a whole is).
    `message` is a sentence without its full stop; `hint`, where there is one, says what to write instead.

    >>> from thalweg.expression.parse import FormulaError, parse
    >>> try:
    ...     parse("x + sni(y)")
    ... except FormulaError as error:
    ...     print(error.position, error.length, error.hint)
    4 3 did you mean sin?
    """

    def __init__(self, text: str, position: int, length: int, message: str, hint: str | None = None) -> None:
        super().__init__(text, position, length, message, hint)
        self.text = text
        self.position = min(position, max(len(text) - 1, 0))
        self.length = min(length, len(text) - self.position)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        sentence = self.message
        if self.length:
            sentence += f", at character {self.position + 1} of {self._excerpt()}"
        if self.hint:
            sentence += f": {self.hint}"
        return sentence if sentence.endswith("?") else sentence + "."

    def _excerpt(self) -> str:
        start = max(0, self.position - _CONTEXT)
        stop = min(len(self.text), self.position + min(self.length, _CONTEXT) + _CONTEXT)
        shown = " ".join(self.text[start:stop].split())
        return "'" + "..." * (start > 0) + shown + "..." * (stop < len(self.text)) + "'"
