"""A part of one graph built again in another, with other leaves: what substituting and joining formulas needs."""

from __future__ import annotations

from collections.abc import Callable

from thalweg.expression.graph import Graph, operands


def transplant(source: Graph, root: int, target: Graph, leaf: Callable[[str, int], int]) -> int:
    """Build the formula at `root` of `source` in `target`, and return its node there.

    `leaf(kind, place)` gives the target's node for a variable, parameter or column of the source.

    >>> source, target = Graph(), Graph()
    >>> root = source.add(source.variable(0), source.constant(1.0))
    >>> target.nodes[transplant(source, root, target, lambda kind, place: target.column(place))]
    ('add', 0, 1)
    """
    found: dict[int, int] = {}
    for index in source.reachable([root]):
        node = source.nodes[index]
        operation = node[0]
        below = [found[operand] for operand in operands(node)]
        if operation == "constant":
            found[index] = target.constant(node[1])
        elif operation in ("variable", "parameter", "column"):
            found[index] = leaf(operation, node[1])
        else:
            found[index] = target.again(node, below)
    return found[root]
