"""Whole numbers as they are typed in brackets and as bounds: x[2*i + 1], x[n - i], sum(..., i, 1, n/2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from thalweg.expression.errors import FormulaError
from thalweg.expression.indices import Affine, combine, number, scaled
from thalweg.expression.tokens import OPERATORS, RAISED_DIGITS, Token

MAX_DEPTH = 50
"""Brackets that may be open at once."""

LARGEST = 1 << 53
"""The largest whole number there is here: up to it, all are floating-point numbers too."""

Known = Callable[[Token], Affine]
"""What a name stands for: a size, or an index; raises FormulaError for any other."""


class Reader:
    """Reads one whole number from tokens, beginning at `next`, up to the token that cannot belong to it."""

    def __init__(self, text: str, tokens: Sequence[Token], start: int, known: Known) -> None:
        self.text = text
        self.tokens = tokens
        self.next: int = start
        self._known = known

    def read(self, depth: int = 0) -> Affine:
        """Return the number.

        Raises:
            FormulaError: There is none, or it is not linear in the indices, not whole or too large.
        """
        if depth > MAX_DEPTH:
            raise self._error(
                self._token, f"The index is nested more than {MAX_DEPTH} deep", "use fewer brackets"
            )
        total = self._term(depth)
        while self._operation in ("add", "subtract"):
            sign = 1 if self._operation == "add" else -1
            token = self._take()
            total = self._checked(combine(total, self._term(depth), sign), token)
        return total

    def _term(self, depth: int) -> Affine:
        if self._operation in ("add", "subtract"):
            sign = 1 if self._operation == "add" else -1
            self._take()
            return scaled(self._term(depth + 1), sign) if depth <= MAX_DEPTH else self.read(depth + 1)
        product = self._atom(depth)
        while True:
            token = self._token
            if self._operation in ("multiply", "divide"):
                operation = self._operation
                self._take()
            elif token.kind in ("name", "open", "number"):
                operation = "multiply"
            else:
                return product
            factor = self._atom(depth)
            product = self._checked(self._joined(operation, product, factor, token), token)

    def _joined(self, operation: str, a: Affine, b: Affine, token: Token) -> Affine:
        if operation == "multiply":
            if a[1] and b[1]:
                raise self._error(
                    token, "An index is multiplied by an index", "write a multiple, as in x[2*i + j]"
                )
            return scaled(a, b[0]) if a[1] else scaled(b, a[0])
        if a[1] or b[1] or b[0] == 0 or a[0] % b[0]:
            raise self._error(token, "This quotient is no whole number", "write one, as in x[2*i]")
        return number(a[0] // b[0])

    def _atom(self, depth: int) -> Affine:
        token = self._take()
        value: Affine
        if token.kind == "number":
            amount = float(token.text)
            if not amount.is_integer() or amount > LARGEST:
                raise self._error(token, "An index or a bound is a whole number", "write one, such as 10")
            value = number(int(amount))
        elif token.kind == "name":
            value = self._known(token)
        elif token.kind == "open":
            value = self.read(depth + 1)
            if self._token.kind != "close":
                raise self._error(self._token, "Expected ')' here", "close the bracket")
            self._take()
        else:
            raise self._error(token, "Expected a whole number or a name here", "write one, as in x[i + 1]")
        return self._raised(value)

    def _raised(self, value: Affine) -> Affine:
        token = self._token
        if token.kind == "raised":
            exponent = int(token.text[:4].translate(RAISED_DIGITS))
        elif self._operation == "power" and self.tokens[self.next + 1].kind == "number":
            self._take()
            exponent = min(int(float(self._token.text[:4])), 64)
        else:
            return value
        self._take()
        if value[1] or not 0 <= exponent <= 53:
            raise self._error(
                token, "A power of an index is not linear", "write a multiple, as in x[2*i + 1]"
            )
        return self._checked(number(value[0] ** exponent), token)

    def _checked(self, value: Affine, token: Token) -> Affine:
        if any(abs(size) > LARGEST for size in (value[0], *(factor for _, factor in value[1]))):
            raise self._error(token, "This whole number is too large", "2^53 is the largest")
        return value

    @property
    def _token(self) -> Token:
        return self.tokens[self.next]

    @property
    def _operation(self) -> str | None:
        token = self._token
        return OPERATORS.get(token.text) if token.kind == "operator" else None

    def _take(self) -> Token:
        token = self._token
        self.next += token.kind != "end"
        return token

    def _error(self, token: Token, message: str, hint: str) -> FormulaError:
        return FormulaError(self.text, token.position, token.length, message, hint)
