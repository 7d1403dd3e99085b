"""The two stacks of the parser: operands that have been built, and operations and brackets that wait for more."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from thalweg.expression import dialects, explain
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import COMPARISONS, CONNECTIVES, FUNCTIONS
from thalweg.expression.graph import Graph
from thalweg.expression.precedence import NOT, PREFIX, Pending
from thalweg.expression.tokens import Token


class Stacks:
    """What turns operands and operations into nodes of the graph; which come when is its heirs' business."""

    def __init__(self, text: str, graph: Graph) -> None:
        self.text = text
        self.graph = graph
        self.operands: list[int] = []
        self.pending: list[Pending] = []
        self.binary: dict[str, Callable[[int, int], int]] = {
            "add": graph.add,
            "subtract": graph.subtract,
            "multiply": graph.multiply,
            "divide": graph.divide,
            "power": self._raise,
        } | {name: partial(graph.truth, name) for name in (*COMPARISONS, *CONNECTIVES)}
        self.compares = False  # whether there are truth values at all

    def _push(self, pending: Pending) -> None:
        if len(self.pending) >= explain.MAX_DEPTH:
            raise explain.too_deep(self.text, pending.token)
        self.pending.append(pending)

    def _reduce(self, precedence: int) -> None:
        """Carry out what waits and binds at least as tightly as this."""
        pending = self.pending
        while pending and pending[-1].precedence >= precedence:
            waiting = pending.pop()
            if waiting.precedence == PREFIX:
                if waiting.operation == "negate":
                    self._check_kinds("negate", self.operands[-1:], waiting.token)
                    self.operands[-1] = self.graph.negate(self.operands[-1])
                else:
                    self._call(waiting.operation, waiting)
            elif waiting.precedence == NOT:
                self._apply(self.binary["not"], "not", (self.operands.pop(),), waiting.token)
            else:
                right = self.operands.pop()
                left = self.operands.pop()
                self._apply(self.binary[waiting.operation], waiting.operation, (left, right), waiting.token)

    def _call(self, name: str, pending: Pending, count: int = 1) -> None:
        token = pending.function or pending.token
        arguments = tuple(self.operands[-count:])
        del self.operands[-count:]
        build = partial(self.graph.call, name)
        pair = FUNCTIONS[name].arguments
        self._apply(build, name, arguments[:pair], token)
        for argument in arguments[pair:]:
            self._apply(build, name, (self.operands.pop(), argument), token)
        if pending.exponent is not None:
            self._apply(
                self._raise, "power", (self.operands.pop(), self.graph.constant(pending.exponent)), token
            )

    def _logarithm(self, bracket: Pending) -> None:
        """Take log(x, b), the logarithm to the base b, as Python has it."""
        base = self.graph.nodes[self.operands[-1]]
        if base in (("constant", 2.0), ("constant", 10.0)):
            self.operands.pop()
            self._call(f"log{int(base[1])}", bracket)
            return
        self._call("log", bracket)
        below = self.operands.pop()
        self._call("log", bracket)
        above = self.operands.pop()
        self._apply(self.graph.divide, "divide", (above, below), bracket.token)

    def _check_kinds(self, name: str, of: Sequence[int], token: Token) -> None:
        """Refuse a truth value where a number is wanted, and the reverse."""
        if name in COMPARISONS:
            self.compares = True
        elif not self.compares and name not in CONNECTIVES and name != "where":
            return
        for place, operand in enumerate(of):
            wants_truth = name in CONNECTIVES or (name == "where" and place == 0)
            if self.graph.is_truth(operand) != wants_truth:
                raise explain.wrong_kind(self.text, token, name, wants_truth)

    def _apply(self, build: Callable[..., int], name: str, of: tuple[int, ...], token: Token) -> None:
        """Push the node of an operation; for one on numbers alone, check the number and note how it was typed."""
        self._check_kinds(name, of, token)
        size = len(self.graph.nodes)
        result = build(*of)
        self.operands.append(result)
        node = self.graph.nodes[result]
        if node[0] == "constant" and all(map(self._is_constant, of)):
            if not math.isfinite(node[1]):
                raise explain.not_finite(self.text, token, name, node[1])
            if result == size:
                self.graph.spellings[result] = (name, *of)

    def _raise(self, base: int, exponent: int) -> int:
        if self.graph.nodes[base] == ("constant", math.e):
            return self.graph.call("exp", exponent)  # a rounded e to the power x would be less exact
        return self.graph.power(base, exponent)

    def _is_constant(self, node: int) -> bool:
        return self.graph.nodes[node][0] == "constant"

    def _unclosed(self, bracket: Pending) -> FormulaError:
        sign = bracket.token.shown
        return self._error(bracket.token, f"This '{sign}' is never closed", f"add '{dialects.closing(sign)}'")

    def _error(self, token: Token, message: str, hint: str | None = None) -> FormulaError:
        return FormulaError(self.text, token.position, token.length, message, hint)
