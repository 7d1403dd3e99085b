"""The part of the parser that says what a name stands for: a leaf, a constant, a function, a new variable."""

from __future__ import annotations

import contextlib
import math

from thalweg.expression import explain
from thalweg.expression.clauses import Clause
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import ALIASES, FUNCTIONS
from thalweg.expression.indexing import LENGTHS, WHOLE
from thalweg.expression.names import CONSTANTS, canonical, is_word
from thalweg.expression.precedence import BRACKET, PREFIX, Pending
from thalweg.expression.sum_reader import SumReader
from thalweg.expression.tokens import OPERATORS, RAISED_DIGITS, Token

POWERS = frozenset(("pow", "power"))
"""What raises its first argument to its second."""


class NameReader(SumReader):
    """What the parser (`parse`) does where a name is met and an operand is due."""

    clause: Clause

    def _read_name(self, token: Token) -> bool:
        name = canonical(token.text)
        declared = self.declared.get(name)
        function = ALIASES.get(name, name)
        following = self.tokens[self.next]
        if following.text == "[" and following.kind == "index":
            if function in FUNCTIONS and name not in self.vectors:
                raise explain.operator_expected(self.text, self.tokens, self.next)
            return self._read_element(name, token)
        if self.indexing.scopes and (node := self._indexed(name, token)) is not None:
            self.operands.append(node)
            return False
        if name in POWERS and following.kind == "open":
            self._push(Pending(BRACKET, "^", following, token, None, len(self.operands)))
            self.next += 1
            return True
        if name in WHOLE and following.kind == "open" and self._begin_sum(name, token):
            return True
        if token.shown in explain.SIGNS:
            raise explain.sign_alone(self.text, token, name)
        if name in LENGTHS and following.kind == "open" and declared is None:
            return self._read_length(token)
        if function in FUNCTIONS and (declared is None or following.kind == "open"):
            return self._read_function(function, token)
        if declared is not None:
            leaf, place = declared
            node = leaf(place)
        elif name in CONSTANTS:
            node = self.graph.constant(CONSTANTS[name])
        elif (element := self._numbered(name, token)) is not None:
            self.operands.append(element)
            return False
        elif name in self.clause.sizes:
            node = self.graph.constant(float(self.clause.sizes[name]))
        else:
            node = self.known.get(name)
            if node is None:
                node = self._infer_variable(name, token)
        applies = (
            function in FUNCTIONS or name in WHOLE or name in POWERS
        )  # where a bracket follows: look each time
        if not applies:
            self.known[token.text] = self.known[name] = node
        self.operands.append(node)
        return False

    def _infer_variable(self, name: str, token: Token) -> int:
        if self.tokens[self.next].kind == "open" and is_word(name):
            raise explain.unknown_function(self.text, token)
        if name in explain.KEYWORDS or (name in explain.WORDS and self._is_applied()):
            raise explain.no_name(self.text, token, name)
        base, _, index = name.rpartition("_")
        if base and index in self.indexing.names and self.indexing.is_vector(base):
            hint = "put all that is summed in brackets after the sum's sign"
            raise self._error(token, f"'{token.shown}' stands outside of the sum over {index}", hint)
        if self.inferred is None:
            raise explain.unknown_name(self.text, token, list(self.declared))
        place = self.inferred.get(name)
        if place is None:
            if not explain.is_name(name):
                raise self._error(token, f"'{token.shown[:40]}' cannot be a name", explain.NAMES)
            place = self.inferred[name] = len(self.inferred)
        return self.graph.variable(place)

    def _read_length(self, token: Token) -> bool:
        """Take len(x), the number of a vector's elements."""
        of, closing = (*self.tokens[self.next + 1 : self.next + 3], token)[:2]
        if of.kind != "name" or closing.kind != "close":
            raise self._error(token, f"'{token.shown}' takes the name of a vector", f"write {token.shown}(x)")
        name = canonical(of.text)
        self._infer_vector(name)
        self.operands.append(self.graph.constant(float(self.indexing.length_of(name, of))))
        self.next += 3
        return False

    def _is_applied(self) -> bool:
        """Say whether the name just read stands beside an operand, as cot x and x mod 2 do."""
        before = self.tokens[self.next - 2].kind if self.next > 1 else ""
        after = self.tokens[self.next].kind
        return before in ("name", "number", "close") or after in ("name", "number", "bar", "raised")

    def _read_function(self, name: str, token: Token) -> bool:
        """Take a function's name, its power (sin^2) and its opening bracket, which may be left out: sin x."""
        exponent = None
        following = self.tokens[self.next]
        if following.kind == "raised":
            exponent = self._raised(following)
            self.next += 1
        elif following.kind == "operator" and OPERATORS[following.text] == "power":
            following = self.tokens[self.next + 1]
            self.next += 2
            exponent = (
                float(following.text) if following.kind == "number" else self._size_in_brackets(following)
            )
        if exponent is not None and (exponent < 2.0 or not exponent.is_integer()):
            raise explain.power_of_function(self.text, token, following)
        following = self.tokens[self.next]
        if following.kind == "open":
            self.next += 1
            self._push(Pending(BRACKET, name, following, token, exponent, len(self.operands)))
        elif FUNCTIONS[name].takes(1) and following.kind in ("name", "number", "bar"):
            self._push(Pending(PREFIX, name, token, token, exponent))
        else:
            raise explain.argument_expected(self.text, token, name)
        return True

    def _size_in_brackets(self, opening: Token) -> float:
        """Take the exponent of sin^(2m), where m has a value; -1 stands for any other."""
        if opening.kind == "open":
            reader = self.indexing.reader(self.tokens, self.next)
            with contextlib.suppress(FormulaError):
                value, indices = reader.read()
                if not indices and self.tokens[reader.next].kind == "close":
                    self.next = reader.next + 1
                    return float(value)
        return -1.0

    def _raised(self, token: Token) -> float:
        value = float(token.text.translate(RAISED_DIGITS))
        if math.isinf(value):
            raise self._error(token, "The number is beyond the largest there is, 1.8e308")
        return value
