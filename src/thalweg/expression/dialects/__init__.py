"""Which language a formula is typed in, and its tokens as those of plain text, each at its own character.

A dialect is a tokenizer and no more: it turns Sin[x] or \\sin x into the tokens of sin(x), so that there is one
parser, with one set of limits, names and errors.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Literal

from thalweg.errors import ThalwegError
from thalweg.expression import tokens
from thalweg.expression.dialects import latex, mathematica
from thalweg.expression.tokens import Token

Syntax = Literal["auto", "plain", "mathematica", "latex"]

SYNTAXES: tuple[Syntax, ...] = ("auto", "plain", "mathematica", "latex")

_LATEX = re.compile(r"\\(?:[A-Za-z]|[,;:! ()|{}])|[\^_]\s?\{|\A\s*+(?:\$|\\[(\[])")
_MATHEMATICA = re.compile(
    r"\\\[[A-Z]|(?<![\w\\])[0-9]*+(?:\.[0-9]*+)?[A-Z][A-Za-z0-9]*+\s?\[|[\d.]\*\^|[\d.]`|\w\[\["
)
_POWER_OF_E = re.compile(r"(?<![^\W\d])E\^[-( ]*+[0-9]*+ ?[A-Za-z]")


class SyntaxChoiceError(ThalwegError, ValueError):
    """A formula's syntax is not the name of one that can be read."""


def recognise(text: str, names: Container[str] = ()) -> Syntax:
    r"""Return the dialect that the text's signs belong to; a text without such signs is plain.

    A name that is declared is no sign: with a variable E, E^x is plain text.

    >>> recognise("2x y"), recognise("2 Sin[x]"), recognise(r"2 \sin x")
    ('plain', 'mathematica', 'latex')
    """
    has_comment = "(*" in text and "*)" in text
    if has_comment or _MATHEMATICA.search(text) or ("E" not in names and _POWER_OF_E.search(text)):
        return "mathematica"
    return "latex" if _LATEX.search(text) else "plain"


def tokenize(text: str, syntax: Syntax, limit: int, names: Container[str]) -> list[Token]:
    """Return the text's tokens in plain text's terms, an `end` token last, or the first ones beyond the limit.

    `names` are those declared for the formula: they win over a language's constants.

    Raises:
        FormulaError: A dialect's text holds what it cannot mean.
        SyntaxChoiceError: The syntax is none of those there are.
    """
    match recognise(text, names) if syntax == "auto" else syntax:
        case "plain":
            return tokens.tokenize(text, limit)
        case "mathematica":
            return mathematica.tokenize(text, limit, names)
        case "latex":
            return latex.tokenize(text, limit, names)
        case _:
            known = ", ".join(f'"{name}"' for name in SYNTAXES[1:])
            raise SyntaxChoiceError(f'The syntax {syntax!r} is not known; {known} are, and "auto" finds out.')


def closing(bracket: str) -> str:
    """Return what closes a bracket as it was typed."""
    if bracket.startswith("\\left"):
        return "\\right" + _CLOSING.get(bracket[5:], ")")
    return _CLOSING.get(bracket, ")")


_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "\\lvert": "\\rvert", "\\vert": "\\vert", "\\{": "\\}"}
