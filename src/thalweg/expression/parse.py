"""Text to a graph, by operator precedence and without recursion; nothing typed is ever run by Python.

From loosest to tightest: or, and, not, comparisons, then + and -, then products and quotients (left to right, written
or implied alike), then signs, then powers (right to left). So -x^2 is -(x^2), 2^-1 is a half, and 1/2 x is half of x.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from thalweg.expression import clauses, dialects, doubts, explain, vectors
from thalweg.expression.clauses import Clause
from thalweg.expression.dialects import Syntax
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import ALIASES, FUNCTIONS
from thalweg.expression.graph import Graph
from thalweg.expression.indexing import WHOLE, Indexing, too_many
from thalweg.expression.name_reader import NameReader
from thalweg.expression.names import CONSTANTS, canonical, is_word
from thalweg.expression.parsed import Parsed
from thalweg.expression.precedence import (
    BRACKET,
    COEFFICIENT,
    NOT,
    OR,
    POWER,
    PRECEDENCE,
    PREFIX,
    PRODUCT,
    Pending,
)
from thalweg.expression.tokens import OPERATORS, Token
from thalweg.expression.vectors import MAX_ELEMENTS, Vector

MAX_LENGTH = 100_000
"""Characters a formula may have."""

MAX_TOKENS = 10_000
"""Numbers, names, operators and brackets that a formula may have."""

SHORTER = "shorten it; terms that differ by an index are a sum, as in sum(x[i]^2, i, 1, n)"


def parse(
    text: str,
    *,
    variables: Sequence[str] | None = None,
    parameters: Sequence[str] = (),
    columns: Sequence[str] = (),
    syntax: Syntax = "auto",
    sizes: Mapping[str, int] | None = None,
) -> Parsed:
    """Read a formula written as plain text, in Mathematica's language or in LaTeX.

    Args:
        text: The formula, such as "(1-x)^2 + a*(y-x^2)^2"; `**` is `^`, products may be implied (2x y).
        variables: The names of the variables, in order, a vector as "x[1..10]". By default every name that is not a
            constant, a function, a parameter or a column is a variable, in order of first appearance, and a vector
            has as many elements as the formula reaches: it begins at x[1], or at x[0] where that occurs.
        parameters: Names that stand for parameters.
        columns: Names that stand for columns of data.
        syntax: "plain", "mathematica" or "latex"; "auto" tells them apart by their signs, such as Sin[x] and \\sin x.

        sizes: Names that stand for whole numbers in indices and bounds.

    Returns:
        The graph with its root and the names. Names are canonical: α is alpha, x₁ is x1.

    Raises:
        FormulaError: The text cannot be read, or is beyond a limit; it says where, and what was expected.

    >>> formula = parse("(1-x)^2 + a*(y-x^2)^2", parameters=["a"])
    >>> formula.variables, formula.parameters
    (('x', 'y'), ('a',))
    """
    clause = clauses.read(text, dict(sizes or {}))

    def parser(names: Sequence[str | Vector] | None) -> _Parser:
        return _Parser(text, names, parameters, columns, syntax, clause)

    if variables is not None:
        return parser(vectors.gathered((variables,) if isinstance(variables, str) else variables)).parse()
    first = parser(None)
    parsed = first.parse()
    order = first.order_typed()
    if arguments := clause.head.arguments:
        order = tuple(sorted(order, key=lambda name: (*arguments, name).index(name)))
    if first.indexing.reach or clause.vectors:
        return parser(first.layout(order)).parse()
    return parsed if order == parsed.variables else parser(order).parse()


_HEXADECIMAL = re.compile(r"[xX][0-9a-fA-F]+")


class _Parser(NameReader):
    def __init__(
        self,
        text: str,
        variables: Sequence[str | Vector] | None,
        parameters: Sequence[str],
        columns: Sequence[str],
        syntax: Syntax,
        clause: Clause,
    ) -> None:
        super().__init__(text, graph := Graph())
        self.syntax: Syntax = syntax
        self.declared = {}
        self.inferred = {} if variables is None else None
        self.vectors = {}
        self.variables = self._declare(graph.variable, "variable", variables or ())
        self.parameters = self._declare(graph.parameter, "parameter", parameters)
        self.columns = self._declare(graph.column, "column", columns)
        self.clause = clause
        self.indexing = Indexing(text, graph, self.vectors, clause.sizes, variables is None)
        if variables is None:
            self.indexing.reach.update(
                {name: (vector.first, vector.last) for name, vector in clause.vectors.items()}
            )
        self.binders = []
        self.known = {}  # spellings met so far, with their nodes
        self.tokens = []
        self.next = 0

    def _declare(
        self, leaf: Callable[[int], int], kind: str, names: Sequence[str | Vector]
    ) -> tuple[str, ...]:
        names = (names,) if isinstance(names, str) else names
        found: list[str] = []
        elements = 0
        for given in names:
            place = len(found)
            spelling = given if isinstance(given, str) else given.name
            name = canonical(spelling) if spelling else spelling
            if kind != "column" and not explain.is_name(name):
                raise FormulaError(self.text, 0, 0, f"'{spelling}' cannot name a {kind}", explain.NAMES)
            if name in self.declared or name in self.vectors:
                raise FormulaError(
                    self.text, 0, 0, f"The {kind} '{spelling}' is declared twice", "use two names"
                )
            if isinstance(given, str):
                self.declared[name] = leaf, place
                found.append(name)
            else:
                elements += given.length
                if elements > MAX_ELEMENTS:
                    raise too_many(self.text, spelling)
                self.vectors[name] = vector = given._replace(name=name, start=place)
                found.extend(vector.elements())
        return tuple(found)

    # The two states: an operand is due, or an operator is

    def parse(self) -> Parsed:
        if len(self.text) > MAX_LENGTH:
            message = (
                f"The formula has {len(self.text):,} characters, more than the {MAX_LENGTH:,} that are read"
            )
            raise FormulaError(self.text, MAX_LENGTH, 1, message, SHORTER)
        # what stands before the formula is blanked out, so that each character keeps its place
        (start, end, _), stop = self.clause.head, self.clause.stop
        text = self.text[:start] + " " * (end - start) + self.text[end:stop]
        names = vectors.Names(self.declared, self.vectors)
        syntax = dialects.recognise(self.text, names) if self.syntax == "auto" else self.syntax
        self.tokens = dialects.tokenize(text, syntax, MAX_TOKENS, names)
        if self.tokens[-1].kind != "end":
            message = f"The formula has more than {MAX_TOKENS:,} numbers, names, operators and brackets"
            raise self._error(self.tokens[-1], message, SHORTER)
        operand_is_due = True
        while True:
            token = self.tokens[self.next]
            self.next += 1
            if operand_is_due:
                operand_is_due = self._read_operand(token)
            elif token.kind == "end":
                break
            else:
                operand_is_due = self._read_operator(token)
        self._reduce(OR)
        if self.pending:
            raise self._unclosed(self.pending[-1])
        (root,) = self.operands
        if self.graph.is_truth(root):
            raise explain.truth_alone(self.text)
        variables = self.variables if self.inferred is None else tuple(self.inferred)
        indexing = self.indexing
        if self.inferred is not None:
            known = {*variables, *self.parameters, *self.columns, *self.clause.head.arguments}
            doubts.check(self.text, self.tokens, variables, known, indexing.names)
        used = frozenset(name for name in indexing.used if name in self.parameters)
        return Parsed(
            self.graph,
            root,
            variables,
            self.parameters,
            self.columns,
            tuple(self.vectors.values()),
            tuple(indexing.names),
            indexing.stated(),
            used,
            self._idle(),
        )

    def _idle(self) -> tuple[str, ...]:
        """Return the parameters that are met nowhere, neither in the formula nor in what stands behind it."""
        met = {canonical(token.text) for token in self.tokens if token.kind == "name"} | self.indexing.used
        met.update(re.findall(r"\w+", self.text[self.clause.stop :]))
        return tuple(name for name in self.parameters if name not in met)

    def layout(self, order: Sequence[str]) -> list[str | Vector]:
        """Return the variables that were found, in this order, with the elements of those that have an index."""
        declared = self.clause.vectors
        layout = self.indexing.layout([*order, *(name for name in declared if name not in order)])
        return [each if isinstance(each, str) else declared.get(each.name, each) for each in layout]

    def order_typed(self) -> tuple[str, ...]:
        """Return the variables found in the order of the text; tokens may stand in another, as those of Log[b, x]."""
        names = self.inferred or {}
        tokens = self.tokens
        if all(token.position <= after.position for token, after in pairwise(tokens)):
            return tuple(names)
        found: dict[str, int] = {}
        for token in tokens:
            if token.kind == "name":
                name = canonical(token.text)
                found.setdefault(name.rpartition("_")[0], token.position)  # x_i is an element of x
                found[name] = min(token.position, found.get(name, token.position))
        return tuple(sorted(names, key=lambda name: found[name]))

    def _read_operand(self, token: Token) -> bool:
        """Take the token where an operand is due; say whether one is still due after it."""
        kind = token.kind
        if kind == "name":
            node = self.known.get(token.text)
            if node is None:
                return self._read_name(token)
            self.operands.append(node)
            return False
        if kind == "number":
            value = float(token.text)
            if value == math.inf:
                raise self._error(token, "The number is beyond the largest there is, 1.8e308")
            self.operands.append(self.graph.constant(value))
            return False
        if kind == "open":
            self._push(Pending(BRACKET, "(", token))
        elif kind == "bar":
            self._push(Pending(BRACKET, "|", token))
        elif kind == "operator" and OPERATORS[token.text] == "subtract":
            self._push(Pending(PREFIX, "negate", token))
        elif kind == "operator" and OPERATORS[token.text] == "not":
            self._push(Pending(NOT, "not", token))
        elif token.text != "+":
            raise explain.operand_expected(self.text, self.tokens, self.next - 1)
        return True

    def _read_operator(self, token: Token) -> bool:
        """Take the token where an operator is due; say whether an operand is due after it."""
        if self.binders and self.next - 1 == self.binders[-1].stop:
            self._finish_sum(self.binders.pop())
            return False
        kind = token.kind
        if kind == "operator" and token.text not in ("not", "¬"):
            operation = OPERATORS[token.text]
            precedence = PRECEDENCE[operation]
            if precedence == PRODUCT:
                self._check_reach_of_bare_function(token)
            if precedence != POWER:  # powers group from the right
                self._reduce(precedence)
            self._push(Pending(precedence, operation, token))
            return True
        if kind == "close" or (kind == "bar" and self._innermost_bracket() == "|"):
            self._close(token)
            return False
        if kind == "comma":
            self._next_argument(token)
            return True
        if kind == "raised":
            exponent = self._raised(token)
            self._apply(self._raise, "power", (self.operands.pop(), self.graph.constant(exponent)), token)
            return False
        if kind == "name" or kind == "open" or kind == "bar":
            self._imply_product(token)
            return self._read_operand(token)
        raise explain.operator_expected(self.text, self.tokens, self.next - 1)

    # Products that are implied, functions without brackets

    def _imply_product(self, token: Token) -> None:
        before = self.tokens[self.next - 2]
        if token.kind == "open" and before.kind == "name":
            name = canonical(before.text)
            if name not in self.declared and name not in CONSTANTS and is_word(name):
                raise explain.unknown_function(self.text, before)
            number, closing = (*self.tokens[self.next : self.next + 2], token)[:2]
            if token.shown == "(" and number.kind == "number" and closing.kind == "close":
                raise explain.element_or_product(self.text, before, number, closing)
        if (
            before.text == "0"
            and _HEXADECIMAL.fullmatch(token.text)
            and before.position + 1 == token.position
        ):
            raise self._error(before, f"'0{token.shown}' is no number here", "write decimals")
        self._reduce(COEFFICIENT)
        top = self.pending[-1] if self.pending else None
        if top is not None and top.takes_coefficient and self._is_constant(self.operands[-1]):
            self._push(Pending(COEFFICIENT, "multiply", token))
            return
        if not (token.kind == "name" and ALIASES.get(token.text, token.text) in FUNCTIONS):
            self._check_reach_of_bare_function(token)
        self._reduce(PRODUCT)
        self._push(Pending(PRODUCT, "multiply", token))

    def _check_reach_of_bare_function(self, token: Token) -> None:
        """Refuse `sin x/2` and `sin x y`, which are read in both ways."""
        for waiting in reversed(self.pending):
            if waiting.precedence < PRODUCT:
                break
            if waiting.is_bare_function:
                raise explain.unclear_reach(self.text, waiting.token, token)

    # Brackets

    def _innermost_bracket(self) -> str | None:
        for waiting in reversed(self.pending):
            if waiting.precedence == BRACKET:
                return waiting.operation
        return None

    def _next_argument(self, token: Token) -> None:
        self._reduce(OR)
        bracket = self.pending[-1] if self.pending else None
        if bracket is None or bracket.function is None:
            raise explain.misplaced_comma(self.text, token)
        operation = bracket.operation
        if operation in ("dot", "^", "log"):
            return
        if operation not in FUNCTIONS:  # a sum, whose term ends before its commas
            raise explain.misplaced_comma(self.text, token)
        if FUNCTIONS[operation].takes(1):
            raise explain.wrong_number(self.text, bracket.function, operation, token)

    def _close(self, token: Token) -> None:
        self._reduce(OR)
        if not self.pending:
            raise self._error(
                token, f"There is no opening bracket for this '{token.shown}'", "remove it, or add '('"
            )
        bracket = self.pending.pop()
        if bracket.operation in WHOLE:
            self._finish_whole(bracket, token)
            return
        if (bracket.operation == "|") != (token.kind == "bar"):
            raise self._unclosed(bracket)
        if bracket.operation == "|":
            self._call("abs", bracket)
        elif bracket.operation == "^":
            if len(self.operands) - bracket.below != 2:
                raise self._error(
                    bracket.function or token, "A power takes two arguments", "write pow(x, y) or x^y"
                )
            exponent = self.operands.pop()
            self._apply(self._raise, "power", (self.operands.pop(), exponent), token)
        elif bracket.operation == "log" and len(self.operands) - bracket.below == 2:
            self._logarithm(bracket)
        elif bracket.operation != "(":
            count = len(self.operands) - bracket.below
            if bracket.function is not None and not FUNCTIONS[bracket.operation].takes(count):
                raise explain.wrong_number(self.text, bracket.function, bracket.operation, token)
            self._call(bracket.operation, bracket, count)
