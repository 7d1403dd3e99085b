"""Where a sum says over which index it runs: behind its term, so that it is looked up before the term is read.

Read are sum(term, i, 1, n), with further indices behind the first, the outermost first, and the forms of Python and
Julia, sum(term for i in range(n)) and sum(term for i in 1:n).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thalweg.expression.errors import FormulaError
from thalweg.expression.tokens import Token

_HINT = "write sum(term, i, 1, n)"


class Loop(NamedTuple):
    """An index, and the tokens where its bounds begin and end; a lower bound that is not typed begins at -1."""

    name: Token
    lower: int
    ends_lower: int
    upper: int
    ends_upper: int
    default: int = 1
    excludes_upper: bool = False

    def check(self, reached: int, text: str, tokens: Sequence[Token], end: int) -> None:
        """Refuse what stands behind a bound and does not belong to it."""
        if reached != end:
            token = tokens[reached]
            raise FormulaError(text, token.position, token.length, "This does not belong to a bound", _HINT)


class Form(NamedTuple):
    """A sum over indices: the token behind its term, the token behind its bracket, and what it runs over."""

    stop: int
    after: int
    loops: list[Loop]


def arguments(tokens: Sequence[Token], opening: int) -> int:
    """Return how many arguments stand in a bracket."""
    return 1 + sum(tokens[place].kind == "comma" for place in _top_level(tokens, opening))


def extent(tokens: Sequence[Token], opening: int) -> int:
    """Return how many tokens a bracket has, both ends included."""
    top = _top_level(tokens, opening)
    return top[-1] - opening + 1 if top else 1


def find(text: str, tokens: Sequence[Token], opening: int, function: Token) -> Form | None:
    """Return what the sum in this bracket runs over, None where no index is named.

    Raises:
        FormulaError: There are too few or too many bounds, or what should be an index is none.
    """
    top = _top_level(tokens, opening)
    closing = top[-1] if top else opening
    commas = [place for place in top if tokens[place].kind == "comma"]
    fors = [place for place in top if tokens[place].kind == "name" and tokens[place].text == "for"]
    if fors and tokens[closing].kind != "close":
        raise FormulaError(text, tokens[opening].position, 1, "This '(' is never closed", "add ')'")
    if fors:
        return Form(fors[0], closing + 1, _comprehended(text, tokens, top, fors))
    if not commas or function.text == "dot":
        return None
    if tokens[closing].kind != "close":
        raise FormulaError(text, tokens[opening].position, 1, "This '(' is never closed", "add ')'")
    if len(commas) % 3:
        if function.text == "norm":
            return None
        message = f"'{function.shown}' takes a term, an index and its two bounds"
        hint = "write Sum[term, {i, 1, n}]" if function.shown[0].isupper() else _HINT
        raise FormulaError(text, function.position, function.length, message, hint)
    ends = [*commas[1:], closing]
    loops: list[Loop] = []
    for k in range(0, len(commas), 3):
        name = _name(text, tokens, commas[k] + 1, ends[k])
        loops.append(Loop(name, commas[k + 1] + 1, ends[k + 1], commas[k + 2] + 1, ends[k + 2]))
    return Form(commas[0], closing + 1, loops)


def _top_level(tokens: Sequence[Token], opening: int) -> list[int]:
    """Return the places of the tokens of a bracket that stand in no other, its end included."""
    depth = 0
    found: list[int] = []
    for place in range(opening, len(tokens)):
        token = tokens[place]
        if depth == 1 and place > opening:
            found.append(place)
        if token.kind == "open" or token.text == "[":
            depth += 1
        elif token.kind == "close" or token.text == "]":
            depth -= 1
            if depth == 0:
                break
    return found


def _name(text: str, tokens: Sequence[Token], place: int, end: int) -> Token:
    token = tokens[place]
    if token.kind != "name" or end != place + 1:
        raise FormulaError(text, token.position, token.length, "Expected the name of an index here", _HINT)
    return token


def _comprehended(text: str, tokens: Sequence[Token], top: Sequence[int], fors: Sequence[int]) -> list[Loop]:
    closing = top[-1]
    loops: list[Loop] = []
    for place, end in zip(fors, [*fors[1:], closing], strict=True):
        name = _name(text, tokens, place + 1, place + 2)
        within = tokens[place + 2]
        if within.kind != "name" or within.text != "in":
            raise FormulaError(
                text, within.position, within.length, "Expected 'in' here", "write for i in range(n)"
            )
        first = tokens[place + 3]
        if first.kind == "name" and first.text == "range" and tokens[place + 4].kind == "open":
            inside = _top_level(tokens, place + 4)
            commas = [comma for comma in inside if tokens[comma].kind == "comma"]
            if len(commas) > 1 or inside[-1] + 1 != end:
                raise FormulaError(
                    text, first.position, first.length, "This range cannot be read", "write range(a, b)"
                )
            start = place + 5
            if commas:
                loops.append(Loop(name, start, commas[0], commas[0] + 1, inside[-1], 0, True))
            else:
                loops.append(Loop(name, -1, -1, start, inside[-1], 0, True))
            continue
        colons = [colon for colon in range(place + 3, end) if tokens[colon].text == ":" and colon in top]
        if len(colons) != 1:
            raise FormulaError(
                text,
                first.position,
                first.length,
                "What the index runs over cannot be read",
                "write range(a, b), or 1:n",
            )
        loops.append(Loop(name, place + 3, colons[0], colons[0] + 1, end))
    return loops
