"""Mathematica's language as plain text's tokens: Sin[x] Cos[y], E^x, Log[b, x], 2 Pi x, (* comments *).

Read are expressions over numbers and symbols, in the usual notation or as Plus[..], Times[..], Power[..]; lists,
rules, patterns and programs are not, and what is met of them is named. A factor beside another is a product.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container

from thalweg.errors import nearest
from thalweg.expression import explain
from thalweg.expression.dialects.mathematica_words import ELSE, HINTS, NOT_NUMBERS
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import ALIASES, FUNCTIONS
from thalweg.expression.names import CONSTANTS, GREEK, LETTERS
from thalweg.expression.spelling import SPELLINGS
from thalweg.expression.tokens import OPERATORS, RAISED, Token, comma

HEADS: dict[str, str] = {
    SPELLINGS[name].mathematica: name
    for name in FUNCTIONS
    if name in SPELLINGS and SPELLINGS[name].mathematica.isalnum()
} | {"RealAbs": "abs", "RealSign": "sign"}
"""Functions by the names they have here."""

CONSTANT_NAMES: dict[str, float] = {
    "Pi": math.pi,
    "E": math.e,
    "Degree": math.pi / 180.0,
    "GoldenRatio": (1.0 + math.sqrt(5.0)) / 2.0,
    "EulerGamma": 0.5772156649015329,
}

_OPERATOR_HEADS = {
    "Plus": "+", "Times": "*", "Power": "^", "Subtract": "-", "Divide": "/", "Rational": "/",
}  # fmt: skip

_SUM_HEADS = {"Sum": "sum", "Product": "product"}
_WHOLE_HEADS = {"Norm": "norm", "Dot": "dot", "Total": "sum", "Mean": "mean"}

_CLOSING = {"(": ")", "[": "]", "{": "}", "[[": "]"}

_RELATIONS = {"&&": "and", "||": "or", "!": "not"}

_GREEK = "".join(LETTERS)
_LETTER = rf"[^\W\d_{_GREEK}{RAISED}₀-₉]"
_TOKEN = re.compile(
    rf"""\s*+(?:
    (?P<comment>\(\*)
    |(?P<number>(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:`[0-9.]*+)?(?:\*\^[+-]?[0-9]++)?)
    |(?P<subscript>Subscript\s*+\[\s*+\w++\s*+(?:,\s*+\w*+\s*+)++\])
    |(?P<name>{_LETTER}(?:[₀-₉]|(?![_{_GREEK}{RAISED}])\w)*+\$?|[{_GREEK}][0-9₀-₉]*+|\\\[[A-Za-z]++\][0-9]*+)
    |(?P<misplaced>\*\*|\[\[|;;)
    |(?P<relation>[<>=!]=|&&|\|\||!)
    |(?P<operator>[{re.escape("".join(sign for sign in OPERATORS if len(sign) == 1))}])
    |(?P<open>[(\[{{])
    |(?P<close>[)\]}}])
    |(?P<comma>,)
    |(?P<raised>[⁻⁺]?[{RAISED}]++)
    |(?P<end>\Z)
    |(?P<unknown>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"\(\*|\*\)")
_CALL = re.compile(r"\s*+\[\[?+")
_END_OF_PART = re.compile(r"\s*+\]")

_ENDS = frozenset(("number", "name", "close", "raised"))


def tokenize(text: str, limit: int, names: Container[str]) -> list[Token]:
    """Return the tokens in plain text's terms, or the first ones beyond the limit.

    Raises:
        FormulaError: Something in it has no meaning here.

    >>> [token.text for token in tokenize("2 Sin[Pi x]", 100, ())]
    ['2', '*', 'sin', '(', '3.141592653589793', '*', 'x', ')', '']
    """
    return _Tokenizer(text, limit, names).run()


class _Frame:
    """An open bracket: what belongs to its head, and arguments put aside to come in another order."""

    __slots__ = ("aside", "head", "opened", "start")

    def __init__(self, opened: Token, head: str, start: int) -> None:
        self.opened = opened
        self.head = head  # "" for round brackets
        self.start = start  # of the head among the tokens
        self.aside: list[Token] | None = None


class _Tokenizer:
    def __init__(self, text: str, limit: int, names: Container[str]) -> None:
        self.text = text
        self.limit = limit
        self.names = names
        self.tokens: list[Token] = []
        self.frames: list[_Frame] = []

    def run(self) -> list[Token]:
        place = 0
        while len(self.tokens) <= self.limit:
            match = _TOKEN.match(self.text, place)
            assert match is not None  # any character is a token
            kind = str(match.lastgroup)
            start, place = match.span(kind)
            typed = match[kind]
            if kind == "comment":
                place = self._skip_comment(start)
            elif kind == "end":
                self.tokens.append(Token("end", "", start))
                break
            elif kind == "number":
                self._operand(Token("number", _decimal(typed), start, typed))
            elif kind == "name":
                place = self._name(typed, start, place)
            elif kind == "subscript":
                self._operand(Token("name", _indexed(typed), start, typed))
                call = _CALL.match(self.text, place)
                if call is not None and call[0].endswith("[["):
                    place = call.end()
                    self._open(Token("index", "[", place - 2, "[["), "[[", len(self.tokens))
            elif kind == "open":
                if typed == "{":
                    self._list(start)
                    continue
                if typed == "[":
                    raise self._error(typed, start, "'[' has no function before it", HINTS["["])
                self._imply_product(start)
                self._open(Token("open", "(", start), "", len(self.tokens))
            elif kind == "close":
                place = self._close(typed, start, place)
            elif kind == "comma":
                self._comma(start)
            elif kind == "operator":
                self.tokens.append(Token("operator", typed, start))
            elif kind == "raised":
                self.tokens.append(Token("raised", typed, start))
            elif kind == "relation" and _RELATIONS.get(typed, typed) in OPERATORS:
                self.tokens.append(Token("operator", _RELATIONS.get(typed, typed), start, typed))
            else:
                shown = typed if typed.isprintable() else ascii(typed)[1:-1]
                message = f"'{shown}' has no place in a formula"
                raise self._error(
                    typed, start, message, HINTS.get(typed, "write a sum, a product or a function")
                )
        return self.tokens

    def _skip_comment(self, start: int) -> int:
        depth = 0
        for match in _COMMENT.finditer(self.text, start):
            depth += 1 if match[0] == "(*" else -1
            if depth == 0:
                return match.end()
        raise self._error("(*", start, "This '(*' is never closed", "add '*)'")

    # Names

    def _name(self, typed: str, start: int, stop: int) -> int:
        """Take a name, and its bracket if it has one; return where reading goes on."""
        name = self._plain_name(typed, start)
        call = _CALL.match(self.text, stop)
        if call is not None:
            bracket = call[0].lstrip()
            if bracket == "[[" or self._is_vector(typed, name):
                self._operand(Token("name", name.removesuffix("$"), start, typed))
                place = stop + len(call[0]) - len(bracket)
                self._open(Token("index", "[", place, bracket), bracket, len(self.tokens))
                return call.end()
            self._head(typed, start, call.end() - len(bracket))
            return call.end() - len(bracket) + 1
        if name not in self.names:
            if name in CONSTANT_NAMES:
                self._operand(Token("number", repr(CONSTANT_NAMES[name]), start, typed))
                return stop
            if name in NOT_NUMBERS:
                raise self._error(typed, start, f"'{typed}' has no place in a formula", NOT_NUMBERS[name])
            if name in HEADS or name in _OPERATOR_HEADS:
                raise self._error(typed, start, f"'{typed}' has no argument", f"write {typed}[x]")
            if ALIASES.get(name, name) in FUNCTIONS:
                right = SPELLINGS[ALIASES.get(name, name)].mathematica
                raise self._error(
                    typed,
                    start,
                    f"'{typed}' is not a function here",
                    f"did you mean {right.partition('[')[0]}[...]?",
                )
            if name in CONSTANTS:
                right = "E" if name == "e" else "Pi"
                raise self._error(typed, start, f"'{typed}' is no constant here", f"did you mean {right}?")
        self._operand(Token("name", name.removesuffix("$"), start, typed))
        return stop

    def _plain_name(self, typed: str, start: int) -> str:
        if typed[0] != "\\":
            return typed
        character, _, digits = typed[2:].partition("]")
        character = {"ExponentialE": "E", "Pi": "Pi"}.get(character, character)
        for prefix in ("Curly", "Final"):
            character = character.removeprefix(prefix)
        capital = character.removeprefix("Capital")
        greek = capital if capital != character else character.lower()
        if character in ("E", "Pi"):
            return character + digits
        if greek not in GREEK:
            raise self._error(typed, start, f"'{typed}' has no place in a formula", "Greek letters have")
        return greek + digits

    def _head(self, typed: str, start: int, bracket: int) -> None:
        opened = Token("open", "(", bracket, "[")
        function = HEADS.get(typed)
        self._imply_product(start)
        first = len(self.tokens)
        name = function or _SUM_HEADS.get(typed) or _WHOLE_HEADS.get(typed)
        if name is not None:
            self.tokens.append(Token("name", name, start, typed))
        elif typed == "Subscript":
            self._begin(_Frame(opened, typed, first))
            return
        elif typed in _OPERATOR_HEADS:
            self.tokens.append(Token("open", "(", start, typed))
        else:
            raise self._unknown_head(typed, start)
        self._open(opened, typed, first)

    def _unknown_head(self, typed: str, start: int) -> FormulaError:
        if typed in ELSE:
            return self._error(typed, start, f"'{typed}' cannot be read", ELSE[typed])
        near = nearest(typed, [*HEADS, *_OPERATOR_HEADS])
        hint = f"did you mean {near}?" if near else f"the functions are {', '.join(HEADS)}"
        return self._error(typed, start, f"'{typed[:40]}' is not a function", hint)

    def _is_vector(self, typed: str, name: str) -> bool:
        """Say whether a name before a square bracket is a vector's: functions of Mathematica's have a capital."""
        return typed[0] != "\\" and typed[0].islower() and ALIASES.get(name, name) not in FUNCTIONS

    def _list(self, start: int) -> None:
        """Take the brace before the index of a sum."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or frame.head not in _SUM_HEADS or self.tokens[-1].kind != "comma":
            raise self._error("{", start, "'{' has no place in a formula", HINTS["{"])
        self._begin(_Frame(Token("open", "(", start, "{"), "{", len(self.tokens)))

    def _end_of_list(self, frame: _Frame) -> None:
        """Put in the lower bound where {i, n} has none."""
        commas = sum(token.kind == "comma" for token in self.tokens[frame.start :])
        if commas == 1 and len(self.tokens) > frame.start + 1:
            place = self.tokens[frame.start + 1].position
            self.tokens[frame.start + 1 : frame.start + 1] = [comma(place), Token("number", "1", place, ",")]
        elif commas != 2:
            message = "What a sum runs over is an index with its two bounds"
            raise self._error("{", frame.opened.position, message, "write {i, 1, n}")

    # Brackets and arguments

    def _open(self, token: Token, head: str, start: int) -> None:
        self.tokens.append(token)
        self._begin(_Frame(token, head, start))

    def _begin(self, frame: _Frame) -> None:
        if len(self.frames) >= explain.MAX_DEPTH:
            raise explain.too_deep(self.text, frame.opened)
        self.frames.append(frame)

    def _comma(self, start: int) -> None:
        frame = self.frames[-1] if self.frames else None
        head = frame.head if frame is not None else ""
        if frame is None or not head:
            raise self._error(",", start, "',' has no place in a formula", HINTS[","])
        if head == "Subscript":
            if len(self.tokens) != frame.start + 1 or self.tokens[-1].kind != "name":
                raise self._error(",", start, "An index belongs to a name", "write Subscript[x, 1]")
            self.tokens.append(Token("index", "[", start, ","))
        elif head in _OPERATOR_HEADS:
            self.tokens += (
                Token("close", ")", start, ","),
                Token("operator", _OPERATOR_HEADS[head], start, ","),
                Token("open", "(", start, ","),
            )
        elif frame.aside is not None:
            raise self._error(",", start, f"'{head}' takes one argument or two", f"close it, {head}[x, y]")
        elif head in ("Log", "ArcTan"):
            # log(x)/log(b) and atan2(y, x): the first argument comes last
            frame.aside = self.tokens[frame.start :]
            del self.tokens[frame.start :]
            name, opened = frame.aside[:2]
            if head == "ArcTan":
                self.tokens += Token("name", "atan2", name.position, name.typed), opened
                return
            base = frame.aside[2].text if len(frame.aside) == 3 else ""
            exact = f"log{base}"
            if base in ("2", "10") and exact in FUNCTIONS:
                frame.aside = None
                frame.head = exact
                self.tokens += Token("name", exact, name.position, name.typed), opened
            else:
                self.tokens += Token("open", "(", name.position, name.typed), name, opened
        else:
            self.tokens.append(comma(start))

    def _close(self, typed: str, start: int, stop: int) -> int:
        """Take a closing bracket; return where reading goes on."""
        token = Token("close", ")", start, typed)
        if not self.frames:
            if typed == "}":
                raise self._error(typed, start, "'}' has no place in a formula", HINTS[typed])
            self.tokens.append(token)
            return stop
        frame = self.frames.pop()
        opened = frame.opened.shown
        if typed != _CLOSING[opened]:
            right = "]]" if opened == "[[" else _CLOSING[opened]
            message = f"This '{opened}' is closed by '{typed}'"
            raise self._error(typed, start, message, f"write '{right}'")
        if opened == "{":
            self._end_of_list(frame)
            return stop
        if frame.opened.kind == "index" or frame.head == "Subscript":
            if opened == "[[":
                end = _END_OF_PART.match(self.text, stop)
                if end is None:
                    raise self._error(typed, start, "This '[[' is closed by ']'", "write ']]'")
                stop = end.end()
            self.tokens.append(Token("index", "]", start, "]" * (stop - start)))
            return stop
        self.tokens.append(token)
        if frame.head in _OPERATOR_HEADS:
            self.tokens.append(token)
        elif frame.aside is not None:
            aside = frame.aside
            if frame.head == "ArcTan":
                self.tokens[-1] = comma(start)
                self.tokens += aside[2:]
            else:
                self.tokens.append(Token("operator", "/", aside[0].position, aside[0].typed))
                self.tokens += aside
                self.tokens.append(token)
            self.tokens.append(token)
        return stop

    # Products

    def _operand(self, token: Token) -> None:
        self._imply_product(token.position)
        self.tokens.append(token)

    def _imply_product(self, start: int) -> None:
        if self.tokens and (self.tokens[-1].kind in _ENDS or self.tokens[-1].text == "]"):
            self.tokens.append(Token("operator", "*", start, ""))

    def _error(self, typed: str, start: int, message: str, hint: str) -> FormulaError:
        return FormulaError(self.text, start, len(typed), message, hint)


def _decimal(typed: str) -> str:
    """Return 3.5`20*^-4, a number with its precision, as 3.5e-4."""
    mantissa, _, exponent = typed.partition("*^")
    mantissa = mantissa.partition("`")[0]
    return f"{mantissa}e{exponent}" if exponent else mantissa


def _indexed(typed: str) -> str:
    """Return Subscript[x, 1] as x_1."""
    inside = typed[typed.index("[") + 1 : -1]
    return "_".join(part.strip() for part in inside.split(","))
