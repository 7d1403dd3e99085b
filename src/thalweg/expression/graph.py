"""A formula as a graph: nodes in topological order, each distinct one kept once, simplified while built.

What is simplified here changes no value, down to the last bit. Algebra that holds only for finite values
(0*x = 0) is the derivative's own affair, and nothing is put into a normal form: a formula prints as typed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from thalweg.errors import ThalwegError
from thalweg.expression import arithmetic
from thalweg.expression.functions import FUNCTIONS, TRUTHS
from thalweg.expression.indices import Affine, Header

MAX_NODES = 100_000
"""Nodes a graph may hold, derivatives included; more would take seconds to compile."""

MAX_INTEGER_POWER = 1024
"""Largest exponent, either sign, that is computed by repeated multiplication."""

Node: TypeAlias = tuple[Any, ...]
"""An operation's name, then its operands: indices of nodes, or a value, place or exponent of its own."""

LEAVES = frozenset(("constant", "variable", "parameter", "column", "index", "element"))
LOOPS = frozenset(("sum", "product"))
BINARY = frozenset(("add", "subtract", "multiply", "divide", "power"))


_SHORT = 10  # characters of a number that people type, its sign and point included


class FormulaSizeError(ThalwegError, ValueError):
    """A formula, its derivatives or its printed form outgrow a limit."""


def operands(node: Node) -> tuple[int, ...]:
    """Return the indices of the nodes that this node is computed from."""
    operation = node[0]
    if operation in LEAVES:
        return ()
    return node[1:2] if operation == "integer_power" or operation in LOOPS else node[1:]


def header(node: Node) -> Header:
    """Return what a sum or product runs over."""
    return Header(*node[2:])


def _mask(coefficients: tuple[tuple[int, int], ...]) -> int:
    return sum(1 << index for index, _ in coefficients)


def _is_short(value: float) -> bool:
    return len(repr(value)) <= _SHORT


class Graph:
    """Nodes of one or more formulas over the same names; every builder returns the index of a node.

    An operand always has a smaller index than the node that uses it. The nodes are tuples:
    ("constant", v), ("variable", i), ("parameter", j), ("column", j), ("negate", a),
    ("add" | "subtract" | "multiply" | "divide" | "power", a, b), ("integer_power", a, k) with k a whole
    number other than 0 and 1, and (name, a, ...) for the functions of the table. Comparisons and what joins them
    ("less", a, b), ("and", p, q), ("not", p) give truth values, which belong in ("where", p, a, b) alone; that
    they do is seen to by who builds the graph.

    ("sum" | "product", a, k, lower, upper) takes a for every value of index k from lower to upper, both included;
    ("index", k) is the index as a number, and ("element", start, constant, coefficients) the variable at the place
    start + constant + coefficients*indices, start being the place of its vector's first element (`indices`). A node
    is computed once for each combination of the indices it depends on (`free`), wherever it stands.

    >>> graph = Graph()
    >>> x = graph.variable(0)
    >>> graph.nodes[graph.add(graph.power(x, graph.constant(2)), x)]
    ('add', 2, 0)
    """

    __slots__ = ("_constants", "_free", "_index", "_max_nodes", "has_loops", "nodes", "spellings")

    def __init__(self, max_nodes: int = MAX_NODES) -> None:
        self.nodes: list[Node] = []
        self.spellings: dict[int, Node] = {}
        """How a folded constant was typed (2*pi, 1/3), a node over smaller indices; only printing reads it."""
        self.has_loops = False
        """Whether there are sums or products over an index."""
        self._free: list[int] = []
        self._index: dict[Node, int] = {}
        self._constants: dict[float | str, int] = {}
        self._max_nodes = max_nodes

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} nodes)"

    # Leaves

    def constant(self, value: float) -> int:
        """Return the constant's node; zeros of either sign are distinct, and there is one nan."""
        value = float(value)
        key: float | str = value
        if value != value:
            value, key = math.nan, "nan"
        elif value == 0.0 and math.copysign(1.0, value) < 0.0:
            key = "-0"
        found = self._constants.get(key)
        if found is None:
            found = self._constants[key] = self._append(("constant", value))
        return found

    def variable(self, place: int) -> int:
        """Return the node of the variable at this place."""
        return self._intern(("variable", place))

    def parameter(self, place: int) -> int:
        """Return the node of the parameter at this place."""
        return self._intern(("parameter", place))

    def column(self, place: int) -> int:
        """Return the node of the data column at this place."""
        return self._intern(("column", place))

    # Sums and products over an index

    def index(self, number: int) -> int:
        """Return the node of an index as a number."""
        return self._intern(("index", number))

    def element(self, start: int, place: Affine) -> int:
        """Return the node of a vector's element, `place` counted from 0; a fixed place is a variable as any other."""
        constant, coefficients = place
        if not coefficients:
            return self.variable(start + constant)
        return self._intern(("element", start, constant, coefficients))

    def total(self, operation: str, term: int, over: Header) -> int:
        """Return the node of a "sum" or "product" of a term over an index."""
        self.has_loops = True
        return self._intern((operation, term, *over))

    def free(self, a: int) -> int:
        """Return which indices a node depends on, index k as bit k: those of sums around it, not within it."""
        free = self._free
        for index in range(len(free), a + 1):
            node = self.nodes[index]
            mask = 0
            if node[0] == "index":
                mask = 1 << int(node[1])
            elif node[0] == "element":
                mask = _mask(node[3])
            elif node[0] in LOOPS:
                term, (own, lower, upper) = int(node[1]), header(node)
                mask = (free[term] & ~(1 << own)) | _mask(lower[1]) | _mask(upper[1])
            else:
                for operand in operands(node):
                    mask |= free[operand]
            free.append(mask)
        return free[a]

    # Arithmetic

    def add(self, a: int, b: int) -> int:
        """Return a + b; an opposite is subtracted instead."""
        left, right = self.nodes[a], self.nodes[b]
        if left[0] == "constant" and right[0] == "constant":
            return self.constant(left[1] + right[1])
        if self.is_opposite(b):
            return self.subtract(a, self.negate(b))
        return self._intern_commutative("add", a, b)

    def subtract(self, a: int, b: int) -> int:
        """Return a - b; an opposite is added instead."""
        left, right = self.nodes[a], self.nodes[b]
        if left[0] == "constant" and right[0] == "constant":
            return self.constant(left[1] - right[1])
        if self.is_opposite(b):
            return self.add(a, self.negate(b))
        return self._intern(("subtract", a, b))

    def multiply(self, a: int, b: int) -> int:
        """Return a * b; signs move outwards and factors 1 and -1 vanish."""
        left, right = self.nodes[a], self.nodes[b]
        if left[0] == "constant":
            if right[0] == "constant":
                return self.constant(left[1] * right[1])
            if left[1] == 1.0:
                return b
            if left[1] == -1.0:
                return self.negate(b)
        elif right[0] == "constant":
            if right[1] == 1.0:
                return a
            if right[1] == -1.0:
                return self.negate(a)
        if left[0] == "negate":
            return self.negate(self.multiply(left[1], b))
        if right[0] == "negate":
            return self.negate(self.multiply(a, right[1]))
        return self._intern_commutative("multiply", a, b)

    def divide(self, a: int, b: int) -> int:
        """Return a / b; never a product by a reciprocal, which changes bits and the printed form."""
        left, right = self.nodes[a], self.nodes[b]
        if right[0] == "constant":
            if left[0] == "constant":
                return self.constant(arithmetic.divide(left[1], right[1]))
            if right[1] == 1.0:
                return a
            if right[1] == -1.0:
                return self.negate(a)
        if left[0] == "negate":
            return self.negate(self.divide(left[1], b))
        if right[0] == "negate":
            return self.negate(self.divide(a, right[1]))
        return self._intern(("divide", a, b))

    def negate(self, a: int) -> int:
        """Return -a; a constant, alone or leading a product or quotient, takes the sign itself."""
        node = self.nodes[a]
        operation = node[0]
        if operation == "constant":
            size = len(self.nodes)
            negated = self.constant(-node[1])
            if negated == size and a in self.spellings and not _is_short(node[1]):
                self.spellings[negated] = ("negate", a)
            return negated
        if operation == "negate":
            return node[1]
        if operation == "multiply" and self.nodes[node[1]][0] == "constant":
            return self.multiply(self.negate(node[1]), node[2])
        if operation == "divide" and self.nodes[node[1]][0] == "constant":
            return self.divide(self.negate(node[1]), node[2])
        return self._intern(("negate", a))

    def power(self, a: int, b: int) -> int:
        """Return a to the power b; a moderate whole number as exponent makes an integer power."""
        base, exponent = self.nodes[a], self.nodes[b]
        if exponent[0] == "constant":
            value = exponent[1]
            if base[0] == "constant":
                return self.constant(arithmetic.power(base[1], value))
            if abs(value) <= MAX_INTEGER_POWER and value == int(value):
                return self.integer_power(a, int(value))
        return self._intern(("power", a, b))

    def integer_power(self, a: int, exponent: int) -> int:
        """Return a to the power of a whole number; exponents 0 and 1 leave nothing to compute."""
        node = self.nodes[a]
        if node[0] == "constant":
            return self.constant(arithmetic.power(node[1], float(exponent)))
        if exponent == 0:
            return self.constant(1.0)
        if exponent == 1:
            return a
        if not -MAX_INTEGER_POWER <= exponent <= MAX_INTEGER_POWER:
            return self._intern(("power", a, self.constant(float(exponent))))
        return self._intern(("integer_power", a, exponent))

    def call(self, name: str, *arguments: int) -> int:
        """Return the function of the table applied to its arguments; one that folds takes them from the left.

        Raises KeyError for a name that is not in the table.
        """
        function = FUNCTIONS[name]
        while len(arguments) > function.arguments:
            arguments = (self.call(name, *arguments[:2]), *arguments[2:])
        nodes = self.nodes
        for a in arguments:
            if nodes[a][0] != "constant":
                return self._intern((name, *arguments))
        return self.constant(function.plain(*(nodes[a][1] for a in arguments)))

    def truth(self, operation: str, *of: int) -> int:
        """Return the node of a comparison of two numbers, or of truth values joined by "and", "or" and "not"."""
        return self._intern((operation, *of))

    def again(self, node: Node, of: Sequence[int]) -> int:
        """Return the operation of a node, which may be another graph's, on operands of this graph; no leaf, no sum."""
        match node[0]:
            case "negate":
                return self.negate(*of)
            case "integer_power":
                return self.integer_power(of[0], node[2])
            case "add":
                return self.add(*of)
            case "subtract":
                return self.subtract(*of)
            case "multiply":
                return self.multiply(*of)
            case "divide":
                return self.divide(*of)
            case "power":
                return self.power(*of)
            case name if name in TRUTHS:
                return self.truth(name, *of)
            case name:
                return self.call(name, *of)

    # Questions

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """Return the indices of all nodes that the roots are computed from, roots included, ascending."""
        nodes = self.nodes
        pending = list(roots)
        seen = set(pending)
        while pending:
            for operand in operands(nodes[pending.pop()]):
                if operand not in seen:
                    seen.add(operand)
                    pending.append(operand)
        return sorted(seen)

    def is_truth(self, a: int) -> bool:
        """Say whether the node is a truth value, which is no number."""
        return self.nodes[a][0] in TRUTHS

    def structure(self, root: int) -> tuple[Node, ...]:
        """Return the nodes under the root, numbered by a depth-first walk: equal where the same is computed in the
        same order, whatever else the graphs hold. Constants stand as text, so that -0 is not 0 and nan is nan."""
        nodes = self.nodes
        numbers: dict[int, int] = {}
        structure: list[Node] = []
        pending = [root]
        while pending:
            index = pending[-1]
            if index in numbers:
                pending.pop()
                continue
            node = nodes[index]
            below = operands(node)
            missing = [operand for operand in reversed(below) if operand not in numbers]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            numbers[index] = len(structure)
            own = node[1 + len(below) :]
            structure.append((node[0], *(numbers[operand] for operand in below), *map(repr, own)))
        return tuple(structure)

    def is_opposite(self, a: int) -> bool:
        """Say whether the node carries a minus sign in front that `negate` takes away."""
        node = self.nodes[a]
        operation = node[0]
        if operation == "negate":
            return True
        if operation == "multiply" or operation == "divide":
            a = node[1]
            node = self.nodes[a]
        # A number with many digits, probably worked out from -2*pi or log(1/2), keeps its sign: x - -log(1/2) is
        # worse to read. Not whether it has a spelling decides, so that the graph never depends on spellings.
        return node[0] == "constant" and node[1] < 0.0 and _is_short(node[1])

    # Keeping each node once

    def _intern(self, node: Node) -> int:
        found = self._index.get(node)
        if found is None:
            found = self._index[node] = self._append(node)
        return found

    def _intern_commutative(self, operation: str, a: int, b: int) -> int:
        found = self._index.get((operation, b, a))  # the same value; the order first typed stays
        return self._intern((operation, a, b)) if found is None else found

    def _append(self, node: Node) -> int:
        size = len(self.nodes)
        if size >= self._max_nodes:
            raise FormulaSizeError(
                f"The formula with its derivatives needs more than {self._max_nodes:,} operations; "
                "of a sum over an index, sum(x[i]^2, i, 1, n), only one term is written."
            )
        self.nodes.append(node)
        return size
