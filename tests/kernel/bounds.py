"""Graphs evaluated in intervals that hold every result correct rounding within given errors could give.

Each operation is widened by what its machine code may be off: half a unit in the last place for arithmetic and square
roots, 2 for the elementary functions, 4 for tan and tanh. What leaves the range of doubles, meets a pole or the end of
a domain is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mpmath import mp, mpf

from thalweg.expression.graph import Graph


class UndecidedError(Exception):
    """The interval reaches to where the result may be anything."""


class Interval(NamedTuple):
    """Numbers from `low` to `high`, of many more digits than a double."""

    low: Any
    high: Any


TRUE, FALSE = Interval(1, 1), Interval(0, 0)


def evaluate(graph: Graph, roots: Sequence[int], x: Sequence[float]) -> list[Interval | None]:
    """Return an interval for each root, None where it is undecided."""
    found: dict[int, Interval | None] = {}
    with mp.workprec(160):
        for index in graph.reachable(roots):
            try:
                found[index] = _node(graph.nodes[index], found, x)
            except UndecidedError:
                found[index] = None
    return [found[root] for root in roots]


def _node(node: tuple[Any, ...], found: dict[int, Interval | None], x: Sequence[float]) -> Interval:
    match node:
        case ("constant", value):
            return _exactly(value)
        case ("variable", place):
            return _exactly(x[place])
        case ("integer_power", a, k):
            return _whole_power(_known(found, a), k)
        case ("where", condition, a, b):
            return _known(found, a if _known(found, condition) == TRUE else b)
        case (operation, a):
            return _FUNCTIONS[operation](_known(found, a))
        case (operation, a, b):
            return _OPERATIONS[operation](_known(found, a), _known(found, b))
    raise AssertionError(node)


def _known(found: dict[int, Interval | None], index: int) -> Interval:
    interval = found[index]
    if interval is None:
        raise UndecidedError
    return interval


def _exactly(value: float) -> Interval:
    if not mp.isfinite(value):
        raise UndecidedError
    return Interval(mpf(value), mpf(value))


def _widened(values: Sequence[Any], ulps: float) -> Interval:
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    if size > mpf(2) ** 1022:
        raise UndecidedError
    slack = ulps * (size * mpf(2) ** -52 + mpf(2) ** -1074)
    return Interval(low - slack, high + slack)


def _corners(a: Interval, b: Interval, operation: Callable[[Any, Any], Any]) -> list[Any]:
    return [operation(p, q) for p in a for q in b]


def _equal(a: Interval, b: Interval) -> Interval:
    if a.low > b.high or a.high < b.low:
        return FALSE
    if a.low == a.high == b.low == b.high:
        return TRUE
    raise UndecidedError


def _add(a: Interval, b: Interval) -> Interval:
    return _widened([a.low + b.low, a.high + b.high], 0.5)


def _subtract(a: Interval, b: Interval) -> Interval:
    return _widened([a.low - b.high, a.high - b.low], 0.5)


def _multiply(a: Interval, b: Interval) -> Interval:
    return _widened(_corners(a, b, lambda p, q: p * q), 0.5)


def _divide(a: Interval, b: Interval) -> Interval:
    if b.low <= 0 <= b.high:
        raise UndecidedError
    return _widened(_corners(a, b, lambda p, q: p / q), 0.5)


def _power(a: Interval, b: Interval) -> Interval:
    if a.low <= 0:
        raise UndecidedError
    _widened(_corners(a, b, lambda p, q: mpf(2) ** min(q * mp.log(p, 2), 1100)), 0)
    return _widened(_corners(a, b, lambda p, q: p**q), 2)


def _whole_power(a: Interval, k: int) -> Interval:
    inside = a.low <= 0 <= a.high
    if k < 0 and inside:
        raise UndecidedError
    return _widened([a.low**k, a.high**k, *([mpf(0)] if inside else [])], 2)


def _negate(a: Interval) -> Interval:
    return Interval(-a.high, -a.low)


def _absolute(a: Interval) -> Interval:
    if a.low <= 0 <= a.high:
        return Interval(mpf(0), max(-a.low, a.high))
    return Interval(*sorted(map(abs, a)))


def _sign(a: Interval) -> Interval:
    return Interval(mp.sign(a.low), mp.sign(a.high))


def _rising(function: Callable[[Any], Any], ulps: float, domain: Callable[[Any], bool]) -> Any:
    def bound(a: Interval) -> Interval:
        if not domain(a.low) or not domain(a.high):
            raise UndecidedError
        return _widened([function(a.low), function(a.high)], ulps)

    return bound


def _secant(a: Interval) -> Interval:
    ends = _widened([mp.sech(a.low), mp.sech(a.high)], 4)
    return Interval(ends.low, mpf(1)) if a.low <= 0 <= a.high else ends


def _wave(function: Callable[[Any], Any]) -> Callable[[Interval], Interval]:
    def bound(a: Interval) -> Interval:
        middle, radius = (a.low + a.high) / 2, (a.high - a.low) / 2
        if radius > 1:
            return Interval(mpf(-1), mpf(1))
        centre = _widened([function(middle)], 2)
        return Interval(max(mpf(-1), centre.low - radius), min(mpf(1), centre.high + radius))

    return bound


def _tangent(a: Interval) -> Interval:
    if mp.floor(a.low / mp.pi + 0.5) != mp.floor(a.high / mp.pi + 0.5):
        raise UndecidedError
    return _widened([mp.tan(a.low), mp.tan(a.high)], 4)


_OPERATIONS: dict[str, Callable[[Interval, Interval], Interval]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "equal": _equal,
}
_FUNCTIONS: dict[str, Callable[[Interval], Interval]] = {
    "negate": _negate,
    "abs": _absolute,
    "sign": _sign,
    "sin": _wave(mp.sin),
    "cos": _wave(mp.cos),
    "tan": _tangent,
    "exp": _rising(mp.exp, 2, lambda t: t < 700),
    "log": _rising(mp.log, 2, lambda t: t > 0),
    "sqrt": _rising(mp.sqrt, 0.5, lambda t: t >= 0),
    "tanh": _rising(mp.tanh, 4, lambda t: True),
    "sech": _secant,
}
