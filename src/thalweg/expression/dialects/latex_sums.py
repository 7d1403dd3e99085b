"""LaTeX's sums, products, norms and indices of vectors: \\sum_{i=1}^{n} x_{i+1}^2, \\lVert x \\rVert.

The index and the bounds stand before the term and go behind it; the term ends before the next summand.
"""

from __future__ import annotations

import re

from thalweg.expression import explain
from thalweg.expression.dialects.latex_frame import Frame
from thalweg.expression.dialects.latex_scanner import Scanner
from thalweg.expression.dialects.latex_words import LETTERS_BY_COMMAND, SIGNS
from thalweg.expression.functions import COMPARISONS
from thalweg.expression.indexing import MAX_SUMS
from thalweg.expression.tokens import OPERATORS, Kind, Token, comma

LOOPS = {"sum": "sum", "prod": "product"}
_LOWER = re.compile(r"\s*+_\s*+\{\s*+(\\?[A-Za-z]++)\s*+=")
_UPPER = re.compile(r"\s*+\^\s*+(?:(\{)|([0-9A-Za-z])|(\\[A-Za-z]++))")
_LIMITS = re.compile(r"\s*+\\(?:no)?limits(?![A-Za-z])")
_LINEAR = re.compile(r"[-+*/()]|\\cdot|\\times|[0-9]\s*[A-Za-z\\]|[A-Za-z0-9]\s+[A-Za-z0-9]")
_NORM = re.compile(r"\s*+_\s*+(?:\{\s*+([12])\s*+\}|([12]))")
_ENDS_TERM = frozenset(("right", "rvert", "rVert", "rfloor", "rbrace"))
_LOOSER = frozenset(("add", "subtract", *COMPARISONS, "and", "or"))


class SumTokenizer(Scanner):
    """The part of the tokenizer (`latex`) that reads these."""

    def _linear_index(self, opening: int) -> bool:
        """Say whether braces hold a number that depends on an index, as those of x_{i+1} and, in a sum, x_{2i}."""
        closing = self.text.find("}", opening, self.stop)
        inside = self.text[opening + 1 : closing] if closing > 0 else ""
        found = _LINEAR.search(inside)
        if found is None or "\\mathrm" in inside or "\\text" in inside:
            return False
        is_sign = found[0][0] in "-+*/()\\"
        return is_sign or any(frame.role == "loop" for frame in self.frames)

    def _loop(self, name: str, typed: str, start: int) -> None:
        """Take a sum's index and bounds, which come behind its term in plain text."""
        if sum(frame.role == "loop" for frame in self.frames) >= MAX_SUMS:
            message = f"More than {MAX_SUMS} sums stand within one another"
            raise self._error(
                typed, start, message, "put the terms of those before into brackets, or use fewer"
            )
        tail: list[Token] = []
        lower = upper = None
        while lower is None or upper is None:
            if limits := _LIMITS.match(self.text, self.place, self.stop):
                self.place = limits.end()
            if lower is None and (match := _LOWER.match(self.text, self.place, self.stop)):
                index = match[1]
                known = LETTERS_BY_COMMAND.get(index[1:]) if index[0] == "\\" else index
                if known is None:
                    raise self._error(index, match.start(1), f"'{index}' cannot be an index", explain.NAMES)
                tail = [
                    comma(match.start(1)),
                    Token("name", known, match.start(1), index),
                    comma(match.end() - 1),
                ]
                lower = self._bound(match.end(), "_{", match.start())
            elif upper is None and (match := _UPPER.match(self.text, self.place, self.stop)):
                if match[1]:
                    upper = self._bound(match.end(), "^{", match.start())
                else:
                    self.place = match.end()
                    if match[2] and self.text[self.place : min(self.place + 1, self.stop)].isdigit():
                        shown = self.text[match.start() : self.place + 1].strip()
                        message = f"Only one character is raised here, '{match[2]}'"
                        raise self._error(shown, self.place - len(shown) + 1, message, "write ^{...}")
                    kind: Kind = "number" if (match[2] or "").isdigit() else "name"
                    text = match[2] or LETTERS_BY_COMMAND.get(match[3][1:], match[3])
                    upper = [
                        Token(
                            kind, text, match.start(2) if match[2] else match.start(3), match[2] or match[3]
                        )
                    ]
            else:
                raise self._error(
                    typed, start, f"'{typed}' lacks its index or bounds", f"write {typed}_{{i=1}}^{{n}}"
                )
        self._emit("name", LOOPS[name], start, typed)
        opened = Token("open", "(", start, typed)
        self.tokens.append(opened)
        frame = Frame("loop", opened, "")
        self.bars += sum(token.kind == "bar" for token in self.tokens[self.counted :])
        frame.start = self.counted = len(self.tokens)
        frame.bars = self.bars
        frame.tail = [*tail, *lower, comma(upper[0].position if upper else start), *upper]
        self.frames.append(frame)

    def _bound(self, first: int, opening: str, start: int) -> list[Token]:
        """Return the tokens of a bound in braces, the opening one of which has been read."""
        depth, stop = 1, first
        while depth and stop < self.stop:
            depth += {"{": 1, "}": -1}.get(self.text[stop], 0)
            stop += 1
        if depth:
            raise self._error(opening, start, "This '{' is never closed", "add '}'")
        inner = self._within()
        inner.place, inner.stop = first, stop - 1
        self.place = stop
        return inner.read()[:-1]

    def _end_terms(self, kind: str, typed: str, start: int) -> None:
        """End the terms of sums before what cannot belong to them: a further summand, a closing bracket, the end."""
        while self.frames and self.frames[-1].role == "loop":
            match kind:
                case "end" | "comma":
                    ends = True
                case "bar":
                    ends = self._closes_bar(self.frames[-1])
                case "brace" | "paren":
                    ends = typed in "})]"
                case "fence":
                    ends = typed == "\\}" or (
                        typed == "\\|" and any(frame.role == "norm" for frame in self.frames)
                    )
                case "command":
                    ends = typed in _ENDS_TERM or OPERATORS.get(SIGNS.get(typed, "")) in _LOOSER
                case _:
                    ends = kind in ("operator", "unknown") and OPERATORS.get(typed, "equal") in _LOOSER
            is_sign = typed in ("+", "-", "−", "–")
            if not ends or (is_sign and self.tokens[-1].kind in ("open", "operator")):
                return
            frame = self.frames.pop()
            self.tokens += frame.tail
            self.tokens.append(Token("close", ")", start, ""))

    def _closes_bar(self, frame: Frame) -> bool:
        """Say whether a bar ends the term of a sum, which stands within bars itself."""
        inside = sum(token.kind == "bar" for token in self.tokens[frame.start :])
        return frame.bars % 2 == 1 and inside % 2 == 0 and self.tokens[-1].kind not in ("open", "operator")

    def _norm(self, typed: str, start: int, opens: bool) -> None:
        """Take a double bar, which opens a norm or closes the one that is open."""
        if opens or (typed != "\\rVert" and not any(frame.role == "norm" for frame in self.frames)):
            opened = Token("open", "(", start, typed)
            frame = Frame("norm", opened, "")
            frame.start = len(self.tokens)
            self._emit("name", "norm", start, typed)
            self.tokens.append(opened)
            self.frames.append(frame)
            return
        if not self.frames or self.frames[-1].role != "norm":
            self._mismatched(typed, start)
        frame = self.frames.pop()
        self.tokens.append(Token("close", ")", start, typed))
        kind = _NORM.match(self.text, self.place, self.stop)
        if kind is not None:
            self.place = kind.end()
            if "1" in (kind[1], kind[2]):
                self.tokens[frame.start] = self.tokens[frame.start]._replace(text="norm1")
