"""A graph's values on rows of data, in double-double: the columns of a linear model without the error of rounding.

Rounded to float64, x^10 is wrong in its sixteenth digit, and the ill-conditioned columns of a polynomial make of that
error the eighth digit of its coefficients. So + - * /, whole powers and roots are carried out in double-double. What
else stands in a formula (exp, sin, a comparison) comes from the machine code, rounded to float64.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thalweg.expression.graph import Graph, operands
from thalweg.fit.double_double import DoubleDouble
from thalweg.kernel.rows import Rows, ValueKernel

Array = NDArray[np.float64]

ARITHMETIC = frozenset(("negate", "add", "subtract", "multiply", "divide", "integer_power", "sqrt"))
"""Operations that are done in double-double."""


def accurate_columns(
    graph: Graph, roots: Sequence[int], columns: Sequence[Array], n: int
) -> list[DoubleDouble]:
    """The nodes' values, each (rows,), where the n variables are 0 and the columns of data are these, each (rows,).

    Example:
        >>> from thalweg.expression.parse import parse
        >>> cube = parse("x^3", columns=["x"])
        >>> x = np.array([94906267.0])
        >>> [value] = accurate_columns(cube.graph, [cube.root], [x], 0)
        >>> int(value.high[0]) + int(value.low[0]) == 94906267**3
        True
    """
    wanted, machine = _split(graph, roots)
    values = _from_machine(graph, machine, columns, n)
    ones = np.ones_like(columns[0])
    for index in wanted:
        if index in values:
            continue
        node = graph.nodes[index]
        kind = node[0]
        if kind == "constant":
            values[index] = DoubleDouble.of(np.full_like(ones, node[1]))
        elif kind == "column":
            place: int = node[1]
            values[index] = DoubleDouble.of(columns[place])
        elif kind == "variable":
            values[index] = DoubleDouble.of(0.0 * ones)
        else:
            of = [values[operand] for operand in operands(node)]
            with np.errstate(all="ignore"):  # infinities and nan are found out by who solves
                values[index] = of[0].power(node[2]) if kind == "integer_power" else _apply(kind, of)
    return [values[root] for root in roots]


def _apply(operation: str, of: list[DoubleDouble]) -> DoubleDouble:
    match operation:
        case "negate":
            return -of[0]
        case "add":
            return of[0] + of[1]
        case "subtract":
            return of[0] - of[1]
        case "multiply":
            return of[0] * of[1]
        case "divide":
            return of[0] / of[1]
        case _:
            return of[0].sqrt()


def _split(graph: Graph, roots: Sequence[int]) -> tuple[list[int], list[int]]:
    """The nodes to visit, operands first, and those among them that machine code gives."""
    pending, seen, machine = list(roots), set[int](), set[int]()
    while pending:
        index = pending.pop()
        if index in seen:
            continue
        seen.add(index)
        node = graph.nodes[index]
        if node[0] in ARITHMETIC:
            pending += operands(node)
        elif operands(node):
            machine.add(index)
    return sorted(seen), sorted(machine)


def _from_machine(
    graph: Graph, nodes: Sequence[int], columns: Sequence[Array], n: int
) -> dict[int, DoubleDouble]:
    if not nodes:
        return {}
    found = ValueKernel(graph, nodes, n)(np.zeros(n), Rows(columns))
    return {node: DoubleDouble.of(row) for node, row in zip(nodes, found, strict=True)}
