r"""LaTeX's brackets, groups and arguments: \left( \right), {x}, \frac{a}{b}, \lvert x \rvert, \lfloor x \rfloor."""

from __future__ import annotations

import re

from thalweg.expression.dialects.latex_frame import Frame, Role
from thalweg.expression.dialects.latex_sums import SumTokenizer
from thalweg.expression.dialects.latex_words import CLOSERS, FENCES, LETTERS_BY_COMMAND
from thalweg.expression.names import LETTERS
from thalweg.expression.tokens import Token

_SPLIT_INDEX = re.compile(r"\{\s*+(\\[A-Za-z]++|[^\W\d_]++)\s*+\}_\{([0-9]++)\}")


class BracketTokenizer(SumTokenizer):
    """The part of the tokenizer (`latex`) that reads these."""

    def _argument(self, role: Role, typed: str, start: int, root: str = "") -> None:
        """Take the opening brace of an argument, or one character as all of it."""
        kind, sign, place = self._advance()
        if kind == "brace" and sign == "{":
            self._group(role, place, root)
            return
        self.tokens.append(Token("open", "(", place, sign))
        if kind == "number" and sign[0] != ".":
            self.place = place + 1
            self.tokens.append(Token("number", sign[0], place))
        elif kind == "letter" or (kind == "command" and sign in LETTERS_BY_COMMAND):
            name = LETTERS.get(sign, sign) if kind == "letter" else LETTERS_BY_COMMAND[sign]
            self.tokens.append(Token("name", name, place, sign))
        else:
            wanted = f"{typed}{{...}}{{...}}" if role in ("numerator", "denominator") else f"{typed}{{...}}"
            raise self._error(typed, start, f"'{typed}' lacks an argument", f"write {wanted}")
        self._end(Frame(role, Token("open", "(", start, typed), "}", root), place, sign)

    def _group(self, role: Role, start: int, root: str = "") -> None:
        opened = Token("open", "(", start, "{")
        self.tokens.append(opened)
        self.frames.append(Frame(role, opened, "}", root))

    def _end(self, frame: Frame, start: int, typed: str) -> None:
        """Close a group or bracket, and write what comes after it."""
        if frame.role == "index":
            self.tokens.append(Token("index", "]", start, typed))
            return
        closed = Token("close", ")", start, typed)
        self.tokens.append(closed)
        if frame.role == "numerator":
            self.tokens.append(Token("operator", "/", start, typed))
            self._argument("denominator", "\\frac", start)
        elif frame.role == "denominator":
            self.tokens.append(closed)
        elif frame.role == "root" and frame.root:
            power = (
                Token("operator", "^", start, typed),
                Token("open", "(", start, typed),
                Token("number", "1", start, typed),
                Token("operator", "/", start, typed),
                Token("number" if frame.root.isdigit() else "name", frame.root, start, typed),
            )
            self.tokens += (*power, closed, closed)
        elif frame.role == "exponent":
            self.raised = len(self.tokens)
        elif frame.role == "argument":
            following = self._skip_space()
            if self.text[following : min(following + 1, self.stop)] == "^":
                message = "It is unclear what this exponent raises"
                raise self._error("^", following, message, "write \\sin^{2} x, or brackets")

    def _bracket(self, typed: str, start: int) -> None:
        if typed == "\\|":
            self._norm(typed, start, opens=False)
            return
        sign = typed[-1]
        if typed == "{":
            split = _SPLIT_INDEX.match(self.text, start, self.stop)
            if split is not None and self._is_letter(split[1]):  # {x}_{1} is x1, which looks like x_1
                self.place = split.end()
                self._emit("name", split[1].lstrip("\\") + split[2], start, split[0])
                return
            self._imply_product(start)
            role = "argument" if self.function_ends == len(self.tokens) else "group"
            self._group(role, start)
        elif typed == "}":
            if not self.frames or self.frames[-1].role in ("bracket", "norm"):
                self._mismatched(typed, start)
            self._end(self.frames.pop(), start, typed)
        else:
            self._fence(sign, typed, start, opens=sign in "([{")

    def _sized(self, side: str, typed: str, start: int) -> None:
        """Take the bracket after \\left or \\right."""
        kind, sign, _ = self._advance()
        typed = self.text[start : self.place]
        if (kind == "command" and sign in ("Vert", "lVert", "rVert")) or (kind == "fence" and sign == "\\|"):
            self._norm("\\lVert" if side == "left" else "\\rVert", start, opens=side == "left")
            return
        if kind == "command" and (sign in FENCES or sign == "vert"):
            sign = FENCES.get(sign, "|")
        elif kind not in ("paren", "bar", "fence") or sign == "\\|":
            raise self._error(
                typed, start, f"'{typed}' is not a bracket", f"write \\{side}( or another bracket"
            )
        sign = sign[-1]
        if sign not in ("|f" + ("([{" if side == "left" else ")]}")):
            raise self._error(typed, start, f"'{typed}' is the wrong way round", "write \\left( and \\right)")
        if side == "right":
            sign = {closing: opening for opening, closing in CLOSERS.items()}[sign]
        self._fence(sign, typed, start, opens=side == "left")

    def _fence(self, sign: str, typed: str, start: int, opens: bool) -> None:
        if opens:
            function = {"|": "abs", "f": "floor"}.get(sign)
            if function is not None:
                self._emit("name", function, start, typed)
                opened = Token("open", "(", start, typed)
                self.tokens.append(opened)
            else:
                self._imply_product(start)
                opened = Token("open", "(", start, typed)
                self.tokens.append(opened)
            self.frames.append(Frame("bracket", opened, sign))
            return
        if self.frames and self.frames[-1].role != "bracket":
            self._mismatched(typed, start)
        if self.frames:
            frame = self.frames.pop()
            if sign not in (frame.closes, CLOSERS[frame.closes]):
                self.frames.append(frame)
                self._mismatched(typed, start)
        self.tokens.append(Token("close", ")", start, typed))
