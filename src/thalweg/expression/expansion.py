"""Sums and products over indices written out, term by term: for those whose code has no loops, and few terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thalweg.expression.graph import LOOPS, FormulaSizeError, Graph, Node, header, operands
from thalweg.expression.indices import Affine
from thalweg.expression.parsed import Parsed

MAX_TERMS = 1_000
"""Terms that are written out."""


def expanded(formula: Parsed) -> Parsed:
    """Return the formula without sums over indices; one that has none is returned as it is.

    Raises:
        FormulaSizeError: There are more than 1,000 terms.

    >>> from thalweg.expression.parse import parse
    >>> from thalweg.expression.printing import to_text
    >>> to_text(expanded(parse("sum(b[i]*x[i], i, 1, 3)")))
    'b[1]*x[1] + b[2]*x[2] + b[3]*x[3]'
    """
    if not formula.graph.has_loops:
        return formula
    writer = _Writer(formula.graph)
    root = writer.write(formula.root, {})
    names = formula.variables, formula.parameters, formula.columns
    return Parsed(writer.written, root, *names, formula.vectors)


class _Writer:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.written = graph = Graph()
        self.leaves: dict[str, Callable[[Any], int]] = {
            "constant": graph.constant,
            "variable": graph.variable,
            "parameter": graph.parameter,
            "column": graph.column,
        }
        self.terms = 0

    def write(self, root: int, indices: dict[int, int]) -> int:
        """Return a node of the new graph for one of the old, for some values of the indices."""
        written: dict[int, int] = {}
        pending = [root]
        while pending:
            index = pending[-1]
            node = self.graph.nodes[index]
            below = () if node[0] in LOOPS else operands(node)
            missing = [operand for operand in below if operand not in written]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            if index not in written:
                written[index] = self._node(node, [written[operand] for operand in below], indices)
        return written[root]

    def _node(self, node: Node, of: list[int], indices: dict[int, int]) -> int:
        graph = self.written
        match node[0]:
            case "constant" | "variable" | "parameter" | "column":
                return self.leaves[node[0]](node[1])
            case "index":
                return graph.constant(float(indices[node[1]]))
            case "element":
                return graph.element(node[1], (_whole((node[2], node[3]), indices), ()))
            case "sum" | "product":
                return self._total(node, indices)
            case _:
                return graph.again(node, of)

    def _total(self, node: Node, indices: dict[int, int]) -> int:
        graph, over = self.written, header(node)
        total: int | None = None
        for value in range(_whole(over.lower, indices), _whole(over.upper, indices) + 1):
            self.terms += 1
            if self.terms > MAX_TERMS:
                raise FormulaSizeError(
                    f"Over rows of data a sum is written out, and this one has more than {MAX_TERMS:,} terms; "
                    "fewer would fit."
                )
            term = self.write(node[1], {**indices, over.of: value})
            if total is None:
                total = term
            else:
                total = graph.add(total, term) if node[0] == "sum" else graph.multiply(total, term)
        return graph.constant(0.0 if node[0] == "sum" else 1.0) if total is None else total


def _whole(value: Affine, indices: dict[int, int]) -> int:
    constant, coefficients = value
    return constant + sum(factor * indices[index] for index, factor in coefficients)
