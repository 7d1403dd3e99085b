"""What reading a formula gives: its graph, the node of its value, and the names its leaves stand for."""

from __future__ import annotations

import dataclasses

from thalweg.expression.graph import Graph
from thalweg.expression.vectors import Vector, compact


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
    vectors: tuple[Vector, ...] = ()
    """Variables that have an index, in the order of their places; the elements are among the variables."""
    indices: tuple[str, ...] = ()
    """Names of the sums' indices, as they were first typed, by the number of sums around."""
    stated: tuple[Vector, ...] = ()
    """Vectors with more elements than the formula reaches, which it must state."""
    sizes: frozenset[str] = frozenset()
    """Parameters that a bound or an index depends on: another value of them is another formula."""
    idle: tuple[str, ...] = ()
    """Parameters that do not occur in the text."""

    def name(self, leaf: int) -> str:
        """Return the name of a variable's, parameter's or column's node."""
        kind: str
        place: int
        kind, place = self.graph.nodes[leaf]
        return {"variable": self.variables, "parameter": self.parameters, "column": self.columns}[kind][place]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names that the formula uses, of a vector its own alone."""
        alone = (name.partition("[")[0] for name in self.compact)
        return (*alone, *self.parameters, *self.columns)

    def vector_at(self, place: int) -> Vector | None:
        """Return the vector that has an element at this place of a point."""
        for vector in self.vectors:
            if vector.start <= place < vector.start + vector.length:
                return vector
        return None

    @property
    def compact(self) -> tuple[str, ...]:
        """The variables with each vector written once, as x[1..10]."""
        return compact(self.variables, self.vectors)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parsed):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.variables, self.parameters, self.columns, self.graph.structure(self.root)
