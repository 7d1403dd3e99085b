"""Groups of rows that share some parameters of a model and have the others to themselves: a global fit.

A column of codes 0, 1, ... tells the groups apart. A parameter that is not shared becomes one for each, a[first],
a[second], ..., of which every row sees its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from thalweg.expression.graph import Graph
from thalweg.objective.model import CODES, ModelError
from thalweg.objective.protocol import Vector
from thalweg.objective.weighting import WithColumn
from thalweg.rows.memory import is_missing
from thalweg.rows.table import Table


@dataclass(frozen=True)
class Groups:
    """Which groups there are, and what they share.

    Attributes:
        labels: Of the groups, in order of first appearance.
        shared: Names of the parameters that are common to all.
        column: That tells them apart in the data; None where labels were given as an array.

    Example:
        >>> two = Groups(("cold", "hot"), ("k",), "sample")
        >>> two.names(["a", "k"]), two.places(["a", "k"]).tolist()
        (('a[cold]', 'a[hot]', 'k'), [[0, 2], [1, 2]])
    """

    labels: tuple[str, ...]
    shared: tuple[str, ...]
    column: str | None

    def members(self, name: str) -> list[str]:
        """The names of what a parameter becomes: itself where it is shared, else one for each group."""
        return [name] if name in self.shared else [f"{name}[{label}]" for label in self.labels]

    def names(self, parameters: Sequence[str]) -> tuple[str, ...]:
        """The names of what the parameters become.

        Raises:
            ModelError: What is to be shared is no parameter.
        """
        for name in self.shared:
            if name not in parameters:
                raise ModelError(f"shared names {name!r}, and the parameters are {', '.join(parameters)}")
        return tuple(member for name in parameters for member in self.members(name))

    def places(self, parameters: Sequence[str]) -> Any:
        """Where each group finds the parameters among these names, (groups, parameters) of whole numbers."""
        names = self.names(parameters)
        rows = [
            [names.index((own := self.members(name))[min(g, len(own) - 1)]) for name in parameters]
            for g in range(len(self.labels))
        ]
        return np.array(rows, dtype=np.intp)

    def chosen(self, graph: Graph, codes: int, members: Sequence[int], first: int = 0) -> int:
        """The node of the member whose turn it is, from the node of the codes: halving, so that it is not deep."""
        if len(members) == 1:
            return members[0]
        half = len(members) // 2
        is_lower = graph.truth("less", codes, graph.constant(first + half - 0.5))
        lower = self.chosen(graph, codes, members[:half], first)
        return graph.call("where", is_lower, lower, self.chosen(graph, codes, members[half:], first + half))

    def coded(self, table: Table, labels: ArrayLike | None = None) -> Table:
        """A table with the codes of its rows beside its columns.

        Raises:
            ModelError: A row's label is of none of the groups, or there are no labels.
        """
        if labels is None and self.column is None:
            raise ModelError("groups of other rows are known where groups= names a column, not from an array")
        texts = _texts(np.asarray(labels) if self.column is None else np.asarray(table.labels(self.column)))
        code = {label: float(place) for place, label in enumerate(self.labels)}
        for row, text in enumerate(texts):
            if text is not None and text not in code:
                raise ModelError(
                    f"there is no group {text!r}, as index {row} has it: {', '.join(self.labels)}"
                )
        missing = [row for row, text in enumerate(texts) if text is None]
        if missing and table.missing == "error":
            raise ModelError(
                f"the group at index {missing[0]} is missing; missing='drop' leaves such rows out"
            )
        code_of = {None: np.nan, **code}
        return WithColumn(table, CODES, np.array([code_of[text] for text in texts]))


def grouped(
    table: Table, groups: str | ArrayLike | Groups | None, shared: Sequence[str]
) -> tuple[Table, Groups | None]:
    """The table with a column of codes, and the groups.

    Raises:
        ModelError: Parameters are to be shared without groups, or labels are not one a row.
    """
    if groups is None:
        if shared:
            raise ModelError("shared= goes with groups=, a column that tells the groups of rows apart")
        return table, None
    if isinstance(shared, str):
        raise ModelError(f"shared is a list of parameters, [{shared!r}]")
    if isinstance(groups, Groups):  # the codes are in the table already
        return table, groups
    column = groups if isinstance(groups, str) else None
    labels = np.asarray(groups) if column is None else np.asarray(table.labels(column))
    if labels.ndim != 1:
        raise ModelError(f"groups are a column's name or one label a row, not {groups!r:.60}")
    names = tuple(text for text in dict.fromkeys(_texts(labels)) if text is not None)
    if not names:
        raise ModelError(f"every row of {table.source} lacks its group")
    if column is None and table.count not in (None, len(labels)):
        raise ModelError(f"groups are one label a row: {len(labels):,}, and there are {table.count:,} rows")
    found = Groups(names, tuple(shared), column)
    return found.coded(table, labels), found


def _texts(labels: Any) -> list[str | None]:
    """Labels as texts, whole numbers without a point; None where one is missing."""
    listed = cast("list[object]", labels.tolist())
    texts: dict[object, str | None] = {}
    for label in {id(label): label for label in listed}.values():
        text = f"{label:.15g}" if isinstance(label, float) else str(label).strip()
        texts[id(label)] = None if is_missing(label) else text
    return [texts[id(label)] for label in listed]


class GroupedFunction:
    """A Python function as a model whose last column are the codes of groups; see `ModelFunction`.

    Args:
        called: The model of one group.
        groups: The groups.
    """

    def __init__(self, called: Any, groups: Groups) -> None:
        self._called = called
        self._places = groups.places(called.parameters)
        self.parameters = groups.names(called.parameters)
        self.predictors = (*called.predictors, CODES)
        self.text = called.text

    def values(self, x: Vector, columns: Sequence[Vector]) -> Vector:
        """The predictions (rows,) where the parameters of all groups are x (n,)."""
        found = np.empty(len(columns[0]))
        for rows, places, own in self._parts(columns):
            found[rows] = self._called.values(x[places], own)
        return found

    def slopes(self, x: Vector, columns: Sequence[Vector], predicted: Vector) -> Vector:
        """Their slopes (rows, n), zero for the parameters of other groups."""
        found = np.zeros((len(predicted), len(x)))
        for rows, places, own in self._parts(columns):
            found[np.ix_(rows, places)] = self._called.slopes(x[places], own, predicted[rows])
        return found

    def linear_uses(self, columns: Sequence[Vector]) -> list[set[int]]:
        """On which parameters each slope depends."""
        uses: list[set[int]] = [set() for _ in self.parameters]
        for _, places, own in self._parts(columns):
            for place, found in zip(places, self._called.linear_uses(own), strict=True):
                uses[place] |= {int(places[i]) for i in found}
        return uses

    def _parts(self, columns: Sequence[Vector]) -> list[tuple[Any, Any, list[Vector]]]:
        """Rows, places of the parameters, and columns of each group that has rows."""
        *predictors, codes = columns
        parts = [(np.flatnonzero(codes == g), places) for g, places in enumerate(self._places)]
        return [
            (rows, places, [column[rows] for column in predictors]) for rows, places in parts if len(rows)
        ]
