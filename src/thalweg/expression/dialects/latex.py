r"""LaTeX as plain text's tokens: \frac{a}{b}, \sin^2 x \cos y, x^{2}, \sqrt[3]{x}, \left( \right), x_{1}.

Read is what stands for a number; spacing, sizes of brackets and the dollar signs round it are passed over. A letter is
a name of its own, \mathrm{rate} is one name, and an index belongs to the name before it: x_{1} is x_1. As TeX does,
^ and \frac without braces take one character only, and what would be set otherwise than meant (x^10) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Container

from thalweg.errors import nearest
from thalweg.expression import explain
from thalweg.expression.dialects.latex_brackets import BracketTokenizer
from thalweg.expression.dialects.latex_frame import Frame
from thalweg.expression.dialects.latex_sums import LOOPS
from thalweg.expression.dialects.latex_words import (
    COMMANDS,
    FENCES,
    FRACTIONS,
    HINTS,
    LETTERS_BY_COMMAND,
    OPERATOR_NAMES,
    PASSED_OVER,
    SIGNS,
    WORDS,
)
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.names import GREEK, LETTERS
from thalweg.expression.tokens import OPERATORS, Token, comma

_SCALE = re.compile(r"\s*+\\times\s*+10\s*+\^\s*+(?:\{\s*+([+-]?[0-9]++)\s*+\}|([0-9])(?![0-9]))")
_INDEX = re.compile(r"\s*+_\s*+(?:([0-9A-Za-z])|(\\[A-Za-z]++)|(?=\{))")
_BASE = re.compile(r"\s*+_\s*+(?:\{\s*+([0-9]++)\s*+\}|([0-9]))")
_WHOLE = re.compile(r"\{\s*+([0-9]++)\s*+\}")
_ROOT_INDEX = re.compile(r"\s*+\[\s*+([0-9]++|[A-Za-z])\s*+\]")


def tokenize(text: str, limit: int, names: Container[str]) -> list[Token]:
    r"""Return the tokens in plain text's terms, or the first ones beyond the limit.

    Raises:
        FormulaError: Something in it has no meaning here.

    >>> [token.text for token in tokenize(r"\frac{x}{2} \sin y", 100, ())]
    ['(', '(', 'x', ')', '/', '(', '2', ')', ')', 'sin', 'y', '']
    """
    return _Tokenizer(text, limit, names).run()


class _Tokenizer(BracketTokenizer):
    def run(self) -> list[Token]:
        self._strip_delimiters()
        return self.read()

    def read(self) -> list[Token]:
        """Return the tokens of what lies between `place` and `stop`."""
        while len(self.tokens) <= self.limit:
            kind, typed, start = self._advance()
            self._end_terms(kind, typed, start)
            if kind == "end":
                self.tokens.append(Token("end", "", start))
                break
            self._take(kind, typed, start)
        return self.tokens

    def _take(self, kind: str, typed: str, start: int) -> None:
        match kind:
            case "number":
                self._number(typed, start)
            case "letter":
                self._name(LETTERS.get(typed, typed), typed, start)
            case "command":
                self._command(typed, start - 1)
            case "power":
                self._exponent(start)
            case "brace" | "fence" | "paren":
                self._bracket(typed, start)
            case "bar":
                self._emit("bar", "|", start)
            case "operator":
                self._emit("operator", typed, start)
            case "comma":
                self.tokens.append(comma(start))
            case _ if typed == "=" and self.frames and "==" in OPERATORS:
                self._emit("operator", "==", start, typed)
            case _:
                shown = typed if typed.isprintable() else ascii(typed)[1:-1]
                message = f"'{shown}' has no place in a formula"
                raise self._error(typed, start, message, HINTS.get(typed))

    def _number(self, typed: str, start: int) -> None:
        before = self.tokens[-1] if self.tokens else None
        if before is None or before.kind == "open" or (before.kind == "operator" and before.text not in "/^"):
            scale = _SCALE.match(self.text, self.place, self.stop)
            if scale is not None:  # 3 \times 10^{-5} is one number, to the last bit
                self.place = scale.end()
                exponent = scale[1] or scale[2]
                self._emit("number", f"{typed}e{exponent}", start, self.text[start : self.place])
                self.raised = len(self.tokens)
                return
        self._emit("number", typed, start)

    def _name(self, name: str, typed: str, start: int) -> None:
        index = _INDEX.match(self.text, self.place, self.stop)
        if index is not None and not index[1] and not index[2] and self._linear_index(index.end()):
            self._emit("name", name, start, typed)
            opened = Token("index", "[", index.end(), "{")
            self.tokens.append(opened)
            self.frames.append(Frame("index", opened, "}"))
            self.place = index.end() + 1
            return
        if index is not None:
            name = self._indexed(name, index, start)
            typed = self.text[start : self.place]
        self._emit("name", name, start, typed)

    def _indexed(self, name: str, match: re.Match[str], start: int) -> str:
        self.place = match.end()
        if match[1] or match[2]:
            following = self.text[self.place : min(self.place + 1, self.stop)]
            if match[1] and match[1].isdigit() and following.isdigit():
                shown = self.text[start : self.place + 1]
                raise self._error(shown, start, "Only one character becomes an index", "write _{...}")
            index = match[1] or LETTERS_BY_COMMAND.get(match[2][1:])
            if index is None:
                raise self._error(match[2], match.start(2), f"'{match[2]}' cannot be an index", explain.NAMES)
        else:
            index = self._word(
                self.place, start, "an index is letters and digits, or a whole number such as i+1"
            )
        joined, indexed = name + index, f"{name}_{index}"
        if joined not in self.names or indexed in self.names or self._is_index(index):
            return indexed
        return joined

    def _is_index(self, name: str) -> bool:
        """Say whether a sum that is open runs over this index."""
        return any(frame.role == "loop" and frame.tail[1].text == name for frame in self.frames)

    def _word(self, opening: int, start: int, hint: str) -> str:
        """Return the letters in braces: max, \\mathrm{max}, \\alpha, a\\_b."""
        depth, place = 0, opening
        while True:
            sign = self.text[place : min(place + 1, self.stop)]
            depth += (sign == "{") - (sign == "}")
            place += 1
            if depth == 0:
                break
            if not sign:
                raise self._error("{", opening, "This '{' is never closed", "add '}'")
        self.place = place
        inside = re.sub(
            r"\\([A-Za-z]+) ?", lambda found: "" if found[1] in WORDS else LETTERS_BY_COMMAND.get(found[1], "\\"),
            self.text[opening + 1 : place - 1],
        )  # fmt: skip
        word = inside.replace("\\_", "_").translate({ord(sign): None for sign in " {}"})
        if not f"x{word}".isidentifier():
            raise self._error(
                self.text[start:place], start, f"'{self.text[start:place]}' is not a name", hint
            )
        return word

    # Commands

    def _command(self, name: str, start: int) -> None:
        typed = f"\\{name}"
        if name in LETTERS_BY_COMMAND:
            self._name(LETTERS_BY_COMMAND[name], typed, start)
        elif name in COMMANDS:
            self._function(COMMANDS[name], typed, start)
        elif SIGNS.get(name) in OPERATORS:
            self._emit("operator", SIGNS[name], start, typed)
        elif name in LOOPS:
            self._loop(name, typed, start)
        elif name in ("lVert", "rVert", "Vert"):
            self._norm(typed, start, opens=name == "lVert")
        elif name in FRACTIONS:
            self._emit("open", "(", start, typed)
            self._argument("numerator", typed, start)
        elif name == "sqrt":
            self._root(typed, start)
        elif name in WORDS:
            self._named(name, typed, start)
        elif name in ("left", "right"):
            self._sized(name, typed, start)
        elif name in FENCES:
            self._fence(FENCES[name], typed, start, opens=name[0] == "l")
        elif name == "vert":
            self._emit("bar", "|", start, typed)
        elif name not in PASSED_OVER and name.rstrip("lrm").lower() not in ("big", "bigg"):
            raise self._unknown(name, typed, start)

    def _unknown(self, name: str, typed: str, start: int) -> FormulaError:
        hint = HINTS.get(name)
        if hint is None:
            near = nearest(name, [*COMMANDS, *GREEK, *SIGNS, "frac", "sqrt", "left", "right"])
            hint = (
                f"did you mean \\{near}?" if near else "see the functions and Greek letters that can be read"
            )
        return self._error(typed, start, f"'{typed[:40]}' cannot be read", hint)

    def _function(self, name: str, typed: str, start: int) -> None:
        if name == "log" and (base := _BASE.match(self.text, self.place, self.stop)):
            name = f"log{base[1] or base[2]}"
            self.place = base.end()
            typed = self.text[start : self.place]
            if name not in FUNCTIONS:
                raise self._error(
                    typed, start, "This base of a logarithm cannot be read", "write \\ln(x)/\\ln(b)"
                )
        following = self.text[self.place : min(self.place + 1, self.stop)]
        if following == "_":
            hint = "write \\ln(x)/\\ln(b) for a base" if name == "log" else "write only the function itself"
            raise self._error("_", self.place, f"'{typed}' takes no index here", hint)
        self._emit("name", name, start, typed)
        self.function_ends = len(self.tokens)
        kind, _, place = self._advance()
        if kind != "power":
            self.place = place - (kind == "command")
            return
        self._exponent(place)
        if self.tokens[-1].kind == "number":
            self.function_ends = len(self.tokens)

    def _named(self, command: str, typed: str, start: int) -> None:
        self.place = self._skip_space()
        sign = self.text[self.place : min(self.place + 1, self.stop)]
        if sign.isalpha():  # \vec x
            self.place += 1
            self._name(LETTERS.get(sign, sign), self.text[start : self.place], start)
            return
        if sign != "{":
            raise self._error(typed, start, f"Nothing follows this '{typed}'", f"write {typed}{{name}}")
        word = self._word(self.place, start, explain.NAMES)
        typed = self.text[start : self.place]
        function = OPERATOR_NAMES.get(word)
        if function is not None and word not in self.names:
            self._function(function, typed, start)
            return
        if not word:
            raise self._error(typed, start, f"'{typed}' is not a name", explain.NAMES)
        self._name(word, typed, start)
        following = self._skip_space()
        is_called = self.text[following : min(following + 1, self.stop)] == "("
        if command == "operatorname" and is_called and word not in self.names:
            raise explain.unknown_function(self.text, Token("name", word, start, typed))

    def _root(self, typed: str, start: int) -> None:
        index = _ROOT_INDEX.match(self.text, self.place, self.stop)
        following = self._skip_space()
        if index is not None:
            self.place = index.end()
        elif self.text[following : min(following + 1, self.stop)] == "[":
            raise self._error(
                "[", following, "The index of a root is a whole number or a letter", "write a power, x^{1/n}"
            )
        power = index[1].lstrip("0") if index is not None else "2"
        if power == "2" or (power == "3" and "cbrt" in FUNCTIONS):
            self._emit("name", "sqrt" if power == "2" else "cbrt", start, typed)
            power = ""
        else:
            if not power:
                raise self._error("[0]", following, "There is no root with the index 0", "write 2 or more")
            self._emit("open", "(", start, typed)
        self._argument("root", typed, start, power)

    # Exponents

    def _exponent(self, start: int) -> None:
        if self.raised == len(self.tokens):
            raise self._error(
                "^", start, "TeX sets no second exponent here", "put one into braces, {x^a}^b or x^{a^b}"
            )
        self.tokens.append(Token("operator", "^", start))
        kind, sign, place = self._advance()
        if kind == "brace" and sign == "{":
            whole = _WHOLE.match(self.text, place, self.stop)
            if whole is not None:  # one token, as in \sin^{2} x
                self.place = whole.end()
                self.tokens.append(Token("number", whole[1], place, whole[0]))
                self.raised = len(self.tokens)
            else:
                self._group("exponent", place)
            return
        if (kind == "number" and len(sign) > 1) or kind in ("operator", "paren"):
            shown = "^" + sign
            message = f"Only one character is raised here, '{sign[0]}'"
            raise self._error(shown, start, message, "write ^{...}")
        if kind == "letter":
            self.tokens.append(Token("name", LETTERS.get(sign, sign), place))
        elif kind == "number":
            self.tokens.append(Token("number", sign, place))
        elif kind == "command" and sign in LETTERS_BY_COMMAND:
            self.tokens.append(Token("name", LETTERS_BY_COMMAND[sign], place - 1, f"\\{sign}"))
        else:
            self.place = place - (kind == "command")
            return
        self.raised = len(self.tokens)
