"""Values that a model's parameters might have, drawn from how the formula and the data are made.

Read from the columns upwards, a formula says what its parameters are for: in `x - b` b is a place among the values of
x; in `b*x` a rate, between one over all that x covers and one over the distance of neighbours; in `x/b` a width or a
period; in `x^b` an exponent. Each draw settles the parameters in that order, and what stands on what was settled
before (the b of `(x - a)/b`) is drawn by the numbers that this draw has there. Where a parameter stands in an
expression of its own, `2*s^2` or `exp(b)`, it is the expression that gets the value, and is solved for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import BINARY, operands
from thalweg.expression.parsed import Parsed
from thalweg.expression.spelling import SPELLINGS

Array = NDArray[np.float64]

ROWS = 16
"""Rows at which parts of the formula are looked at, beside the first and last by each column."""
INSIDE = 0.7
"""Share of the places that lie among the values of what they are places of."""
NEGATIVE = 0.25
"""Share of rates, widths and exponents that are negative."""
BEYOND = 10.0
"""How far the others reach, as a multiple of what the data suggest."""
FINEST = 1000.0
"""Neighbours' distances are taken for no less than the data's range over this."""

_OPERATORS = {"negate": "negative", "and": "logical_and", "or": "logical_or", "not": "logical_not"}
"""NumPy's names of operations that are no functions, where they are others."""


def plausible(model: Parsed, columns: Sequence[Array], draws: Array, usual: Array, known: Array) -> Array:
    """Values (draws, n) of a model's parameters.

    Args:
        model: The prediction; its columns are these.
        columns: Each (rows,).
        draws: Numbers from 0 to 1, two for each parameter, (draws, 2 n).
        usual: Values for parameters of which the formula says nothing, (draws, n).
        known: Values of those that need none, such as linear ones; nan for the others, (n,).

    Example:
        >>> from thalweg.expression.parse import parse
        >>> model, t = parse("exp(-k*t)", columns=["t"]), np.linspace(0, 100, 11)
        >>> u = np.array([[0.0, 1.0], [0.5, 1.0], [1.0, 0.0]])
        >>> plausible(model, [t], u, np.ones((3, 1)), np.full(1, np.nan)).ravel().round(4)
        array([ 0.001 ,  0.0177, -0.3142])
    """
    with np.errstate(all="ignore"):
        drawn = _Draw(model, columns, draws, usual, known)
        drawn.settle_all()
    return np.where(np.isfinite(drawn.values), drawn.values, usual)


class _Draw:
    def __init__(
        self, model: Parsed, columns: Sequence[Array], draws: Array, usual: Array, known: Array
    ) -> None:
        self._graph, self._root = model.graph, model.root
        self._draws, self._usual = draws, usual
        self.values = np.tile(known, (len(draws), 1))
        self._open = set(np.flatnonzero(np.isnan(known)).tolist())
        rows = _some_rows(columns)
        self._columns = [column[rows] for column in columns]
        self._fineness = [_fineness(column) for column in columns]
        self._below: dict[int, set[int]] = {}
        """Of each node the parameters, and of those with a column also -1 - column."""
        self._found: dict[int, Any] = {}

    def settle_all(self) -> None:
        """Give each parameter its values."""
        for index in self._graph.reachable([self._root]):
            node = self._graph.nodes[index]
            self._below[index] = self._names(node)
            if not self._has_rows(index):
                continue
            for place, operand in enumerate(operands(node)):
                if not self._has_rows(operand):
                    self._meet(node, place, operand)
            self._found[index] = self._value(node)
        self._settle_usually(set(self._open))

    def _names(self, node: tuple[Any, ...]) -> set[int]:
        if node[0] == "variable":
            return {node[1]}
        if node[0] == "column":
            return {-1 - node[1]}
        return set[int]().union(*(self._below[operand] for operand in operands(node)))

    def _has_rows(self, index: int) -> bool:
        return min(self._below[index], default=0) < 0

    def _meet(self, node: tuple[Any, ...], place: int, scalar: int) -> None:
        """Settle the parameters in an operand that meets one with rows."""
        unset = self._below[scalar] & self._open
        if not unset:
            return
        others = [each for each in operands(node) if self._has_rows(each)]
        if len(unset) == 1 and len(others) == 1 and node[0] in BINARY:
            (parameter,) = unset
            self._solve(scalar, self._role(node[0], place == 0, others[0], parameter))
        self._settle_usually(unset & self._open)

    def _role(self, operation: str, is_first: bool, other: int, parameter: int) -> Array:
        """What a number that meets these rows might be, (draws, 1)."""
        u, sign = np.split(self._draws[:, 2 * parameter : 2 * parameter + 2], 2, axis=1)
        met = np.broadcast_to(self._found[other], (len(u), len(self._columns[0])))
        met = np.where(np.isfinite(met), met, np.nan)
        low: Array = np.fmin.reduce(met, axis=1)[:, None]
        high: Array = np.fmax.reduce(met, axis=1)[:, None]
        size, spread = np.maximum(np.abs(low), np.abs(high)), high - low
        size, spread = np.where(size > 0.0, size, 1.0), np.where(spread > 0.0, spread, size)
        either = np.where(sign < NEGATIVE, -1.0, 1.0)
        fineness = max(self._fineness[-1 - each] for each in self._below[other] if each < 0)
        rate = either * _between(1.0 / (BEYOND * size), math.pi * fineness / spread, u)
        if operation == "multiply":
            return rate
        if operation == "divide":
            return either * size * _between(1.0 / BEYOND, BEYOND, u) if is_first else 1.0 / rate
        if operation == "power":
            return np.exp(rate) if is_first else either * _between(1.0 / BEYOND, BEYOND, u)
        # as far as the range is wide, and beyond its ends as far as it is from 0
        far = (u - INSIDE) / (1.0 - INSIDE)
        reach = size * (BEYOND ** (2.0 * far) - 1.0)
        place = np.where(
            u <= INSIDE, low + spread * u / INSIDE, np.where(sign < 0.5, low - reach, high + reach)
        )
        return -place if operation == "add" else place

    def _settle_usually(self, places: set[int]) -> None:
        for place in places:
            self._settle(place, self._usual[:, place])

    def _settle(self, place: int, values: Array) -> None:
        self.values[:, place] = np.where(np.isfinite(values), values, self._usual[:, place])
        self._open.discard(place)

    def _solve(self, index: int, target: Array) -> None:
        """Settle the one open parameter so that this node has the target's value, if that can be solved for."""
        node = self._graph.nodes[index]
        operation, *of = node
        if operation == "variable":
            self._settle(of[0], np.broadcast_to(target, (len(self.values), 1))[:, 0])
            return
        if operation == "integer_power":
            self._solve(of[0], np.sign(target) * np.abs(target) ** (1.0 / of[1]))
            return
        if operation in _UNDONE:
            self._solve(of[0], _UNDONE[operation](target))
            return
        opened = [bool(self._below[each] & self._open) for each in of]
        if operation not in BINARY or all(opened):
            return
        place = opened.index(True)
        c = self._operand(of[1 - place])
        self._solve(of[place], _undo(operation, place == 0, target, c))

    def _value(self, node: tuple[Any, ...]) -> Any:
        """What an operation gives, (draws or 1, rows or 1); all parameters that it stands on are settled."""
        operation, *of = node
        match operation:
            case "constant":
                return np.float64(of[0])
            case "variable":
                return self._of(int(of[0]))
            case "column":
                return self._columns[int(of[0])].reshape(1, -1)
            case "integer_power":
                return self._operand(of[0]) ** float(of[1])
            case _:
                return _function(operation)(*map(self._operand, of))

    def _of(self, place: int) -> Array:
        return self.values[:, place : place + 1]

    def _operand(self, index: int) -> Any:
        return self._found[index] if self._has_rows(index) else self._value(self._graph.nodes[index])


_UNDONE: dict[str, Callable[[Array], Array]] = {
    "negate": lambda t: -t,
    "exp": lambda t: np.log(np.abs(t)),
    "log": lambda t: np.exp(np.minimum(t, 700.0)),
    "sqrt": lambda t: t * t,
    "abs": lambda t: t,
}


def _undo(operation: str, is_first: bool, t: Array, c: Any) -> Array:
    """The operand for which an operation with c has the value t."""
    match operation:
        case "add":
            return t - c
        case "subtract":
            return t + c if is_first else c - t
        case "multiply":
            return t / c
        case "divide":
            return t * c if is_first else c / t
        case _:
            return np.abs(t) ** (1.0 / c) if is_first else np.log(np.abs(t)) / np.log(c)


def _function(operation: str) -> Callable[..., Any]:
    """An operation on arrays: NumPy's where it has one, as the printers know, else number by number."""
    if operation not in FUNCTIONS:
        return getattr(np, _OPERATORS.get(operation, operation))
    package, _, name = SPELLINGS[operation].python.partition(".")
    if package == "np" and name.isidentifier():
        return getattr(np, name)
    return np.vectorize(FUNCTIONS[operation].plain, otypes=[np.float64])


def _between(low: Any, high: Any, u: Array) -> Array:
    """From low to high, by equal steps of the logarithm."""
    return low * (high / low) ** u


def _some_rows(columns: Sequence[Array]) -> NDArray[np.intp]:
    """Places of some rows, among them those with each column's least and largest value."""
    count = len(columns[0])
    rows = set(np.linspace(0, count - 1, ROWS).astype(int).tolist())
    for column in columns:
        rows |= {int(np.argmin(column)), int(np.argmax(column))}
    return np.array(sorted(rows))


def _fineness(column: Array) -> float:
    """How many times the usual distance of neighbouring values goes into their range."""
    gaps = np.diff(np.unique(column))
    return min(float(np.sum(gaps) / np.median(gaps)), FINEST) if len(gaps) else 1.0
