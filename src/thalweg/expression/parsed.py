"""What reading a formula gives: its graph, the node of its value, and the names its leaves stand for."""

from __future__ import annotations

import dataclasses

from thalweg.expression.graph import Graph, Node, operands


@dataclasses.dataclass(frozen=True, eq=False)
class Parsed:
    """A formula that has been read. Variable i of the graph is `variables[i]`; parameters and columns likewise.

    Two are equal if they have the same names and compute the same thing in the same order, whatever else
    their graphs hold.
    """

    graph: Graph
    root: int
    variables: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def name(self, leaf: int) -> str:
        """Return the name of a variable's, parameter's or column's node."""
        kind: str
        place: int
        kind, place = self.graph.nodes[leaf]
        return {"variable": self.variables, "parameter": self.parameters, "column": self.columns}[kind][place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parsed):
            return NotImplemented
        return self._names() == other._names() and self._structure() == other._structure()

    def __hash__(self) -> int:
        return hash((self._names(), tuple(self._structure())))

    def _names(self) -> tuple[tuple[str, ...], ...]:
        return self.variables, self.parameters, self.columns

    def _structure(self) -> list[Node]:
        """Return the nodes under the root in the order of a depth-first walk, numbered by that order."""
        nodes = self.graph.nodes
        numbers: dict[int, int] = {}
        structure: list[Node] = []
        pending = [self.root]
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
        return structure
