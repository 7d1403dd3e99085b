"""A model of data as a graph: what predicts, what is predicted, and how the difference is weighted.

Written as a formula beside the name of a response, or as an equation, ``log(y) = b1 - b2*x``, whose left side is made
of columns alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol

from thalweg.errors import ThalwegError
from thalweg.expression.expansion import expanded
from thalweg.expression.graph import Graph
from thalweg.expression.names import canonical
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.transplant import transplant
from thalweg.rows.table import DataError, no_column, symbols

Weighting = Literal["weights", "errors"]
CODES = "group code"
"""The column that tells groups of rows apart: 0 for those of the first, 1, ..."""


class Grouping(Protocol):
    """What a model is told of groups of rows (`groups.Groups`)."""

    def names(self, parameters: Sequence[str]) -> tuple[str, ...]:
        """The names of what the parameters become."""
        ...

    def places(self, parameters: Sequence[str]) -> Any:
        """Where each group finds the parameters among these names, (groups, parameters)."""
        ...

    def chosen(self, graph: Graph, codes: int, members: Sequence[int]) -> int:
        """The node of the member whose turn it is."""
        ...


class ModelError(ThalwegError, ValueError):
    """A model does not go with its data."""


@dataclass(frozen=True, eq=False)
class Model:
    """A model that has been read; its graph's columns are `columns`, in this order."""

    text: str
    graph: Graph
    prediction: int
    """Node of what predicts."""
    observed: int
    """Node of what is predicted: a column, or the left side of the equation."""
    factor: int | None
    """Node by which their difference is multiplied: the root of a weight, or one over an error."""
    variables: tuple[str, ...]
    columns: tuple[str, ...]
    """As the data spell them: first those that predict, then those of the response, then the weighting's."""
    symbols: tuple[str, ...]
    """The same as the formula spells them."""
    predictors: int
    """How many of them predict."""
    response: str
    """The column, or the left side as it was typed."""
    weighting: Weighting | None = None
    weight: str | None = None
    """The weighting's column."""
    own: tuple[str, ...] = ()
    """The parameters of one group, where there are groups."""

    @property
    def parsed(self) -> Parsed:
        """The prediction as a formula."""
        return Parsed(self.graph, self.prediction, self.variables, (), self.symbols)


def sides(text: str) -> tuple[str | None, str]:
    """The left and right side of an equation; no left side where there is no equals sign.

    Example:
        >>> sides("log(y) = b1 - b2*x"), sides("where(x <= 1, a, b)")
        (('log(y)', 'b1 - b2*x'), (None, 'where(x <= 1, a, b)'))
    """
    for place, sign in enumerate(text):
        if (
            sign == "="
            and text[place - 1 : place] not in ("<", ">", "!", "=")
            and text[place + 1 : place + 2] != "="
        ):
            return text[:place].strip(), text[place + 1 :].strip()
    return None, text


def _other_equals_sign(text: str) -> int | None:
    """Where ~ or == stands outside of all brackets."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and (sign == "~" or text[place : place + 2] == "=="):
            return place
    return None


@lru_cache(maxsize=64)
def read_model(
    text: str,
    response: str | None,
    names: tuple[str, ...],
    source: str,
    parameters: tuple[str, ...] | None = None,
    weighting: Weighting | None = None,
    weight: str | None = None,
    groups: Grouping | None = None,
) -> Model:
    """Read a model for data that have columns of these names; `weight` is the column of the weighting.

    With groups, `CODES` is among the names, and parameters are those of all groups.

    Raises:
        DataError: The data lack the response or the weight.
        FormulaError: The model cannot be read.
        ModelError: The model has no parameters, uses its response, or its left side is not made of columns.
    """
    left, right = sides(text)
    if left is None and (place := _other_equals_sign(text)) is not None:
        sign = text[place] if text[place] == "~" else "=="
        meant = f"{text[:place]}={text[place + len(sign) :]}"
        raise ModelError(f"the sign between what was measured and its model is =, not {sign}: {meant!r}")
    if left is not None and response is not None and canonical(response) != canonical(left):
        raise ModelError(
            f"the model {text!r} says itself what it predicts, so response={response!r} is too much"
        )
    spelled = symbols(names)
    symbol_of = {name: symbol for symbol, name in spelled.items()}
    draft = parse(right, variables=parameters, columns=list(spelled))
    predicting = _used(draft)
    if left is None:
        left = "y" if response is None else response
        left = spelled.get(canonical(left), left)
        if left not in names and not left.isidentifier() and "(" in left:
            raise ModelError(
                f"response= is a column; a function of it stands in an equation: {f'{left} = {text}'!r}"
            )
        if left not in names and response is None:
            raise DataError(
                f"{no_column(left, source, names)}; 'y' is predicted unless another response is named"
            )
        if left not in names:
            raise no_column(left, source, names)
        place = symbol_of.setdefault(left, left)
        spelled[place] = left
        observing = Parsed(_single(), 0, (), (), (place,))
        if place in predicting:
            raise ModelError(
                f"the response {left!r} stands in the model {text!r} itself, which is to predict it from others"
            )
    else:
        observing = expanded(parse(left, columns=list(spelled)))
        if observing.variables:
            raise ModelError(
                f"the left side of {text!r} is what was measured, and {observing.variables[0]!r} is no column of "
                f"{source}"
            )
        if not _used(observing):
            raise ModelError(f"the left side of {text!r} has no column of {source}: {', '.join(names)}")
    if not draft.variables:
        raise ModelError(f"the model {text!r} has no parameter to fit: all its names are columns of the data")
    if groups is not None:
        spelled[symbol_of.setdefault(CODES, CODES)] = CODES
        predicting.append(symbol_of[CODES])
    order = list(dict.fromkeys([*predicting, *_used(observing)]))
    if weight is not None:
        weight = spelled.get(canonical(weight), weight)
        if weight not in names:
            raise no_column(weight, source, names)
        spelled[symbol_of.setdefault(weight, weight)] = weight
        if symbol_of[weight] not in order:
            order.append(symbol_of[weight])
    # over rows, sums over an index are written out
    parsed = expanded(parse(right, variables=draft.variables, columns=order))
    if groups is not None:
        parsed = _of_all_groups(parsed, groups, len(predicting) - 1)
    graph = parsed.graph
    observed = transplant(
        observing.graph,
        observing.root,
        graph,
        lambda kind, place: graph.column(order.index(observing.columns[place])),
    )
    factor = None
    if weight is not None:
        factor = weight_factor(graph, graph.column(order.index(symbol_of[weight])), weighting)
    return Model(
        text,
        graph,
        parsed.root,
        observed,
        factor,
        parsed.variables,
        tuple(spelled[name] for name in order),
        tuple(order),
        len(predicting),
        left,
        weighting,
        weight,
        draft.variables,
    )


def weight_factor(graph: Graph, column: int, weighting: Weighting | None) -> int:
    """The node by which a residual is multiplied, from that of its weight or error."""
    if weighting == "weights":
        return graph.call("sqrt", column)
    return graph.divide(graph.constant(1.0), column)


def _of_all_groups(parsed: Parsed, groups: Grouping, codes: int) -> Parsed:
    """A formula in which each row chooses the parameters of its group, from the column of codes."""
    graph, places = Graph(), groups.places(parsed.variables)

    def leaf(kind: str, place: int) -> int:
        if kind == "column":
            return graph.column(place)
        members = [graph.variable(each) for each in dict.fromkeys(places[:, place].tolist())]
        return groups.chosen(graph, graph.column(codes), members)

    root = transplant(parsed.graph, parsed.root, graph, leaf)
    return Parsed(graph, root, groups.names(parsed.variables), (), parsed.columns)


def _used(parsed: Parsed) -> list[str]:
    """The columns that a formula uses, in the order in which they are declared."""
    nodes = [parsed.graph.nodes[i] for i in parsed.graph.reachable([parsed.root])]
    return [name for j, name in enumerate(parsed.columns) if ("column", j) in nodes]


def _single() -> Graph:
    """A graph with the first column alone."""
    graph = Graph()
    graph.column(0)
    return graph


def model_of(parsed: Parsed) -> Model:
    """A formula as a model whose last column is the response."""
    place = len(parsed.columns) - 1
    return Model(
        "",
        parsed.graph,
        parsed.root,
        parsed.graph.column(place),
        None,
        parsed.variables,
        parsed.columns,
        parsed.columns,
        place,
        parsed.columns[-1],
    )
