"""Text to a graph, by operator precedence and without recursion; nothing typed is ever run by Python.

From loosest to tightest: or, and, not, comparisons, then + and -, then products and quotients (left to right, written
or implied alike), then signs, then powers (right to left). So -x^2 is -(x^2), 2^-1 is a half, and 1/2 x is half of x.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from thalweg.expression import clauses, dialects, explain, sums, vectors
from thalweg.expression.clauses import Clause
from thalweg.expression.dialects import Syntax
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import ALIASES, COMPARISONS, CONNECTIVES, FUNCTIONS
from thalweg.expression.graph import Graph
from thalweg.expression.indexing import SUMS, WHOLE, Binder, Indexing
from thalweg.expression.indices import Affine, Header, number
from thalweg.expression.names import CONSTANTS, canonical, is_word
from thalweg.expression.parsed import Parsed
from thalweg.expression.tokens import OPERATORS, RAISED_DIGITS, Token
from thalweg.expression.vectors import Vector

MAX_LENGTH = 100_000
"""Characters a formula may have."""

MAX_TOKENS = 10_000
"""Numbers, names, operators and brackets that a formula may have."""

MAX_DEPTH = 200
"""Brackets, signs and powers that may be open at once."""

_BRACKET, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _PREFIX, _COEFFICIENT, _POWER = range(10)

_PRECEDENCE = {
    **dict.fromkeys(COMPARISONS, _COMPARISON),
    "or": _OR,
    "and": _AND,
    "add": _SUM,
    "subtract": _SUM,
    "multiply": _PRODUCT,
    "divide": _PRODUCT,
    "power": _POWER,
}


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
    if first.indexing.reach or clause.vectors:
        return parser(first.layout(order)).parse()
    return parsed if order == parsed.variables else parser(order).parse()


class _Pending(NamedTuple):
    """An operation or bracket that waits for its right side."""

    precedence: int
    operation: str  # a builder of the graph, a function's name, "(" or "|"
    token: Token
    function: Token | None = None  # where the bracket belongs to one
    exponent: float | None = None  # of a function, as in sin^2(x)
    below: int = 0  # operands that were there when a function's bracket was opened

    @property
    def is_bare_function(self) -> bool:
        return self.precedence == _PREFIX and self.operation != "negate"

    @property
    def takes_coefficient(self) -> bool:
        """Say whether sin 2x is meant, which is the sine of 2x; √2 x is not the root of 2x."""
        return self.is_bare_function and FUNCTIONS[self.operation].notation != "root"


class _Parser:
    def __init__(
        self,
        text: str,
        variables: Sequence[str | Vector] | None,
        parameters: Sequence[str],
        columns: Sequence[str],
        syntax: Syntax,
        clause: Clause,
    ) -> None:
        self.text = text
        self.syntax: Syntax = syntax
        self.graph = graph = Graph()
        self.operands: list[int] = []
        self.pending: list[_Pending] = []
        self.declared: dict[str, tuple[Callable[[int], int], int]] = {}
        self.inferred: list[str] | None = [] if variables is None else None
        self.vectors: dict[str, Vector] = {}
        self.stop = clause.stop
        self.variables = self._declare(graph.variable, "variable", variables or ())
        self.parameters = self._declare(graph.parameter, "parameter", parameters)
        self.columns = self._declare(graph.column, "column", columns)
        self.clause = clause
        self.indexing = Indexing(text, graph, self.vectors, clause.sizes, variables is None)
        if variables is None:
            self.indexing.reach.update(
                {name: (vector.first, vector.last) for name, vector in clause.vectors.items()}
            )
        self.binders: list[Binder] = []  # sums that are being read
        self.known: dict[str, int] = {}  # spellings met so far, with their nodes
        self.tokens: list[Token] = []
        self.next: int = 0
        self.binary: dict[str, Callable[[int, int], int]] = {
            "add": graph.add,
            "subtract": graph.subtract,
            "multiply": graph.multiply,
            "divide": graph.divide,
            "power": self._raise,
        } | {name: partial(graph.truth, name) for name in (*COMPARISONS, *CONNECTIVES)}
        self.compares = False  # whether there are truth values at all

    def _declare(
        self, leaf: Callable[[int], int], kind: str, names: Sequence[str | Vector]
    ) -> tuple[str, ...]:
        names = (names,) if isinstance(names, str) else names
        found: list[str] = []
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
                self.vectors[name] = vector = given._replace(name=name, start=place)
                found.extend(vector.elements())
        return tuple(found)

    # The two states: an operand is due, or an operator is

    def parse(self) -> Parsed:
        if len(self.text) > MAX_LENGTH:
            message = (
                f"The formula has {len(self.text):,} characters, more than the {MAX_LENGTH:,} that are read"
            )
            raise FormulaError(self.text, MAX_LENGTH, 1, message, "shorten it")
        text = self.text[: self.stop]
        self.tokens = dialects.tokenize(text, self.syntax, MAX_TOKENS, self.declared)
        if self.tokens[-1].kind != "end":
            message = f"The formula has more than {MAX_TOKENS:,} numbers, names, operators and brackets"
            raise self._error(self.tokens[-1], message, "shorten it")
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
        self._reduce(_OR)
        if self.pending:
            raise self._unclosed(self.pending[-1])
        (root,) = self.operands
        if self.graph.is_truth(root):
            raise explain.truth_alone(self.text)
        variables = self.variables if self.inferred is None else tuple(self.inferred)
        indexing = self.indexing
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
        )

    def layout(self, order: Sequence[str]) -> list[str | Vector]:
        """Return the variables that were found, in this order, with the elements of those that have an index."""
        declared = self.clause.vectors
        layout = self.indexing.layout([*order, *(name for name in declared if name not in order)])
        return [each if isinstance(each, str) else declared.get(each.name, each) for each in layout]

    def order_typed(self) -> tuple[str, ...]:
        """Return the variables found in the order of the text; tokens may stand in another, as those of Log[b, x]."""
        names = self.inferred or []
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
            self._push(_Pending(_BRACKET, "(", token))
        elif kind == "bar":
            self._push(_Pending(_BRACKET, "|", token))
        elif kind == "operator" and OPERATORS[token.text] == "subtract":
            self._push(_Pending(_PREFIX, "negate", token))
        elif kind == "operator" and OPERATORS[token.text] == "not":
            self._push(_Pending(_NOT, "not", token))
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
            precedence = _PRECEDENCE[operation]
            if precedence == _PRODUCT:
                self._check_reach_of_bare_function(token)
            if precedence != _POWER:  # powers group from the right
                self._reduce(precedence)
            self._push(_Pending(precedence, operation, token))
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

    # Names

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
        if name in WHOLE and following.kind == "open" and self._begin_sum(name, token):
            return True
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
        if function not in FUNCTIONS:
            self.known[token.text] = self.known[name] = node
        self.operands.append(node)
        return False

    def _infer_variable(self, name: str, token: Token) -> int:
        if self.tokens[self.next].kind == "open" and is_word(name):
            raise explain.unknown_function(self.text, token)
        if self.inferred is None:
            raise explain.unknown_name(self.text, token, list(self.declared))
        if not explain.is_name(name):
            raise self._error(token, f"'{token.shown[:40]}' cannot be a name", explain.NAMES)
        place = len(self.inferred)
        self.inferred.append(name)
        return self.graph.variable(place)

    def _read_function(self, name: str, token: Token) -> bool:
        """Take a function's name, its power (sin^2) and its opening bracket, which may be left out: sin x."""
        exponent = None
        following = self.tokens[self.next]
        if following.kind == "raised":
            exponent = self._raised(following)
            self.next += 1
        elif following.kind == "operator" and OPERATORS[following.text] == "power":
            following = self.tokens[self.next + 1]
            exponent = float(following.text) if following.kind == "number" else -1.0
            self.next += 2
        if exponent is not None and (exponent < 2.0 or not exponent.is_integer()):
            raise explain.power_of_function(self.text, token, following)
        following = self.tokens[self.next]
        if following.kind == "open":
            self.next += 1
            self._push(_Pending(_BRACKET, name, following, token, exponent, len(self.operands)))
        elif FUNCTIONS[name].takes(1) and following.kind in ("name", "number", "bar"):
            self._push(_Pending(_PREFIX, name, token, token, exponent))
        else:
            raise explain.argument_expected(self.text, token, name)
        return True

    # Indices, sums and whole vectors

    def _indexed(self, name: str, token: Token) -> int | None:
        """Return the node of an index as a number, of x_i as the element x[i], None for other names."""
        scopes = self.indexing.scopes
        if name in scopes:
            return self.graph.index(scopes[name])
        base, _, index = name.rpartition("_")
        if base and index in scopes and name not in self.declared and base not in self.declared:
            return self._element(base, (0, ((scopes[index], 1),)), token, token.length)
        return None

    def _numbered(self, name: str, token: Token) -> int | None:
        """Return the node of x_1 where x is a vector."""
        base, _, index = name.rpartition("_")
        if base in self.vectors and index.isdigit():
            return self._element(base, number(int(index)), token, token.length)
        if name in self.vectors or name in self.indexing.reach:
            if not self.indexing.whole:
                raise self._error(
                    token, f"'{token.shown}' is a vector", f"write an element, {name}[i], or norm({name})"
                )
            self._infer_vector(name)
            return self.indexing.whole_element(name, token, 0, 0)
        return None

    def _read_element(self, name: str, token: Token) -> bool:
        """Take what stands in square brackets: an index, or a slice x[1:-1] within a reduction of whole vectors."""
        opening = self.tokens[self.next]
        if name in self.declared or (
            self.inferred and name in self.inferred and name not in self.indexing.reach
        ):
            message = f"'{token.shown}' is one number and has no elements"
            raise self._error(token, message, "use round brackets for a product")
        if self.indexing.whole and self._is_slice():
            node = self._slice(name, token)
        else:
            reader = self.indexing.reader(self.tokens, self.next + 1)
            index = reader.read()
            self.next = reader.next
            self._end_of_index(opening)
            closing = self.tokens[self.next - 1]
            node = self._element(name, index, token, closing.position + 1 - token.position)
        self.operands.append(node)
        return False

    def _element(self, name: str, index: Affine, token: Token, extent: int) -> int:
        self._infer_vector(name)
        return self.indexing.element(name, index, token, extent)

    def _infer_vector(self, name: str) -> None:
        if self.inferred is not None and name not in self.inferred:
            self.inferred.append(name)

    def _end_of_index(self, opening: Token) -> None:
        token = self.tokens[self.next]
        if token.kind == "comma":
            raise self._error(token, "A vector has one index", "write x[i]")
        if token.kind != "index" or token.text != "]":
            raise self._error(opening, "This '[' is never closed", f"expected ']' before '{token.shown}'")
        self.next += 1

    def _is_slice(self) -> bool:
        kinds = [token.text for token in self.tokens[self.next + 1 : self.next + 5]]
        return ":" in kinds

    def _slice(self, name: str, token: Token) -> int:
        """Return an element of x[a:], x[:-b] or x[a:-b], which skips a elements and drops b."""
        numbers = [0, 0]
        opening = self.tokens[self.next]
        self.next += 1
        for side in (0, 1):
            sign = self.tokens[self.next]
            negative = sign.text == "-"
            self.next += negative
            count = self.tokens[self.next]
            if count.kind == "number" and count.text.isdigit() and negative == (side == 1):
                numbers[side] = int(count.text[:9])
                self.next += 1
            elif negative or count.kind == "number":
                raise self._error(
                    count, "This slice cannot be read", f"write {name}[1:], {name}[:-1] or {name}[1:-1]"
                )
            if side == 0:
                self.next += 1  # the colon
        self._end_of_index(opening)
        self._infer_vector(name)
        return self.indexing.whole_element(name, token, *numbers)

    def _begin_sum(self, name: str, token: Token) -> bool:
        """Take the opening bracket of a sum, its index and its bounds, which stand behind its term."""
        opening = self.next
        form = sums.find(self.text, self.tokens, opening, token)
        if form is None:  # of whole vectors, where it is no function
            if name == "norm" and sums.arguments(self.tokens, opening) > 1:
                return False
            return self._begin_whole(name, token)
        if name not in SUMS:
            raise self._error(token, f"'{token.shown}' takes no index", "write a sum")
        over: list[Header] = []
        names: list[str] = []
        for loop in form.loops:
            reader = self.indexing.reader(self.tokens, loop.lower)
            lower = reader.read() if loop.lower >= 0 else number(loop.default)
            if loop.lower >= 0:
                loop.check(reader.next, self.text, self.tokens, loop.ends_lower)
            reader = self.indexing.reader(self.tokens, loop.upper)
            upper = reader.read()
            loop.check(reader.next, self.text, self.tokens, loop.ends_upper)
            if loop.excludes_upper:
                upper = upper[0] - 1, upper[1]
            index = canonical(loop.name.text)
            header = Header(len(self.indexing.loops), lower, upper)
            self.indexing.open(index, header, loop.name)
            self.known.pop(index, None)
            self.known.pop(loop.name.text, None)
            over.append(header)
            names.append(index)
        self._push(_Pending(_BRACKET, "sum of terms", self.tokens[opening], token))
        self.binders.append(Binder(SUMS[name], token, form.stop, form.after, tuple(over), tuple(names)))
        self.next = opening + 1
        return True

    def _finish_sum(self, binder: Binder) -> None:
        self._reduce(_OR)
        bracket = self.pending.pop()
        if bracket.operation != "sum of terms":
            raise self._unclosed(bracket)
        self._check_kinds(binder.operation, self.operands[-1:], binder.token)
        term = self.operands.pop()
        for over in reversed(binder.over):
            term = self.graph.total(binder.operation, term, over)
        self.operands.append(term)
        self.indexing.close(binder.names)
        self.next = binder.after

    def _begin_whole(self, name: str, token: Token) -> bool:
        depth = len(self.indexing.loops)
        self.indexing.open(f"({depth})", Header(depth, number(1), number(1)), token)
        self.indexing.whole.append({})
        self._push(_Pending(_BRACKET, name, self.tokens[self.next], token, None, len(self.operands)))
        self.next += 1
        return True

    def _finish_whole(self, bracket: _Pending, closing: Token) -> None:
        name = bracket.operation
        token = bracket.function or closing
        count = len(self.operands) - bracket.below
        if count != (2 if name == "dot" else 1):
            raise self._error(
                token, f"'{token.shown}' takes {'two vectors' if name == 'dot' else 'one'}", None
            )
        length = self.indexing.length_of_whole(token)
        depth = len(self.indexing.loops) - 1
        self.indexing.close([f"({depth})"])
        graph = self.graph
        self._check_kinds(name, self.operands[-count:], token)
        term = self.operands.pop()
        if name == "dot":
            term = graph.multiply(self.operands.pop(), term)
        elif name == "norm":
            term = graph.integer_power(term, 2)
        elif name == "norm1":
            term = graph.call("abs", term)
        total = graph.total(WHOLE[name], term, Header(depth, number(1), number(length)))
        if name == "mean":
            total = graph.divide(total, graph.constant(float(length)))
        elif name == "norm":
            total = graph.call("sqrt", total)
        self.operands.append(total)

    # Products that are implied, functions without brackets

    def _imply_product(self, token: Token) -> None:
        before = self.tokens[self.next - 2]
        if token.kind == "open" and before.kind == "name":
            name = canonical(before.text)
            if name not in self.declared and name not in CONSTANTS and is_word(name):
                raise explain.unknown_function(self.text, before)
        self._reduce(_COEFFICIENT)
        top = self.pending[-1] if self.pending else None
        if top is not None and top.takes_coefficient and self._is_constant(self.operands[-1]):
            self._push(_Pending(_COEFFICIENT, "multiply", token))
            return
        if not (token.kind == "name" and ALIASES.get(token.text, token.text) in FUNCTIONS):
            self._check_reach_of_bare_function(token)
        self._reduce(_PRODUCT)
        self._push(_Pending(_PRODUCT, "multiply", token))

    def _check_reach_of_bare_function(self, token: Token) -> None:
        """Refuse `sin x/2` and `sin x y`, which are read in both ways."""
        for waiting in reversed(self.pending):
            if waiting.precedence < _PRODUCT:
                break
            if waiting.is_bare_function:
                raise explain.unclear_reach(self.text, waiting.token, token)

    # Brackets

    def _innermost_bracket(self) -> str | None:
        for waiting in reversed(self.pending):
            if waiting.precedence == _BRACKET:
                return waiting.operation
        return None

    def _next_argument(self, token: Token) -> None:
        self._reduce(_OR)
        bracket = self.pending[-1] if self.pending else None
        if bracket is None or bracket.function is None:
            raise explain.misplaced_comma(self.text, token)
        if bracket.operation == "dot":
            return
        if FUNCTIONS[bracket.operation].takes(1):
            raise explain.wrong_number(self.text, bracket.function, bracket.operation, token)

    def _close(self, token: Token) -> None:
        self._reduce(_OR)
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
        elif bracket.operation != "(":
            count = len(self.operands) - bracket.below
            if bracket.function is not None and not FUNCTIONS[bracket.operation].takes(count):
                raise explain.wrong_number(self.text, bracket.function, bracket.operation, token)
            self._call(bracket.operation, bracket, count)

    def _unclosed(self, bracket: _Pending) -> FormulaError:
        sign = bracket.token.shown
        return self._error(bracket.token, f"This '{sign}' is never closed", f"add '{dialects.closing(sign)}'")

    # Building

    def _push(self, pending: _Pending) -> None:
        if len(self.pending) >= MAX_DEPTH:
            message = f"The formula is nested more than {MAX_DEPTH} deep"
            raise self._error(
                pending.token, message, "use fewer brackets, signs and powers inside one another"
            )
        self.pending.append(pending)

    def _reduce(self, precedence: int) -> None:
        """Carry out what waits and binds at least as tightly as this."""
        pending = self.pending
        while pending and pending[-1].precedence >= precedence:
            waiting = pending.pop()
            if waiting.precedence == _PREFIX:
                if waiting.operation == "negate":
                    self._check_kinds("negate", self.operands[-1:], waiting.token)
                    self.operands[-1] = self.graph.negate(self.operands[-1])
                else:
                    self._call(waiting.operation, waiting)
            elif waiting.precedence == _NOT:
                self._apply(self.binary["not"], "not", (self.operands.pop(),), waiting.token)
            else:
                right = self.operands.pop()
                left = self.operands.pop()
                self._apply(self.binary[waiting.operation], waiting.operation, (left, right), waiting.token)

    def _call(self, name: str, pending: _Pending, count: int = 1) -> None:
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

    def _raised(self, token: Token) -> float:
        value = float(token.text.translate(RAISED_DIGITS))
        if math.isinf(value):
            raise self._error(token, "The number is beyond the largest there is, 1.8e308")
        return value

    def _error(self, token: Token, message: str, hint: str | None = None) -> FormulaError:
        return FormulaError(self.text, token.position, token.length, message, hint)
