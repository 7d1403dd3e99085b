"""Between which values each part of a formula lies, whatever its variables are: interval arithmetic over the graph.

Bounds are generous where that is simpler; what may be said of a formula (`cautions`) is not said of x^2 + 1 > 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from thalweg.expression import arithmetic
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import LOOPS, Graph, Node, header

Range = tuple[float, float]

EVERYTHING: Range = (-math.inf, math.inf)

_POSITIVE = 5e-324  # the smallest number above 0: what is positive without a bound reaches down to here

_RISING = frozenset(
    ("exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "sinh", "tanh", "asinh", "acosh", "atan", "erf")
) | {"sigmoid", "softplus", "relu", "floor", "sign"}  # fmt: skip

_RANGES: dict[str, Range] = {
    "sin": (-1.0, 1.0),
    "cos": (-1.0, 1.0),
    "exp": (_POSITIVE, math.inf),
    "expm1": (-1.0, math.inf),
    "sqrt": (0.0, math.inf),
    "abs": (0.0, math.inf),
    "sigmoid": (_POSITIVE, 1.0),
    "softplus": (_POSITIVE, math.inf),
    "cosh": (1.0, math.inf),
    "sech": (_POSITIVE, 1.0),
    "acosh": (0.0, math.inf),
    "asin": (-math.pi / 2, math.pi / 2),
    "acos": (0.0, math.pi),
    "atan2": (-math.pi, math.pi),
    "erfc": (_POSITIVE, 2.0),
    "hypot": (0.0, math.inf),
}
"""What a function's values are confined to, for any argument."""


def ranges(graph: Graph, order: Iterable[int]) -> dict[int, Range]:
    """Return the range of each of these nodes, which must come after their operands; truth values have none."""
    found: dict[int, Range] = {}
    order = list(order)
    indices = _of_indices(graph, order) if graph.has_loops else {}
    for index in order:
        node = graph.nodes[index]
        if node[0] == "index":
            found[index] = indices.get(node[1], EVERYTHING)
        elif not graph.is_truth(index):
            low, high = _range(node, found)
            found[index] = EVERYTHING if math.isnan(low) or math.isnan(high) else (low, high)
    return found


def _of_indices(graph: Graph, order: Iterable[int]) -> dict[int, Range]:
    """Return from where to where each index runs, in all the sums that have it."""
    loops = {header(graph.nodes[index]) for index in order if graph.nodes[index][0] in LOOPS}
    found: dict[int, Range] = {}
    for over in sorted(loops):
        ends = [(0.0, 0.0), (0.0, 0.0)]
        for place, (constant, coefficients) in enumerate((over.lower, over.upper)):
            reach = float(constant), float(constant)
            for index, factor in coefficients:
                low, high = _product((float(factor), float(factor)), found.get(index, EVERYTHING))
                reach = reach[0] + low, reach[1] + high
            ends[place] = reach
        low, high = found.get(over.of, (math.inf, -math.inf))
        first = ends[0][0]  # which is looked at even where there are no terms, as in a sum from 1 to 0
        found[over.of] = min(low, first), max(high, first, ends[1][1])
    return found


def _range(node: Node, known: dict[int, Range]) -> Range:
    operation = node[0]
    match operation:
        case "constant":
            return node[1], node[1]
        case "variable" | "parameter" | "column" | "element":
            return EVERYTHING
        case "sum" | "product":
            return _of_terms(operation, known[node[1]])
        case "integer_power":
            return _whole_power(known[node[1]], node[2])
        case "where":
            (a, b), (c, d) = known[node[2]], known[node[3]]
            return min(a, c), max(b, d)
        case _:
            return _of_operands(operation, node, [known[operand] for operand in node[1:]])


def _of_operands(operation: str, node: Node, of: list[Range]) -> Range:
    low, high = of[0]
    match operation:
        case "negate":
            return -high, -low
        case "add":
            return low + of[1][0], high + of[1][1]
        case "subtract":
            return low - of[1][1], high - of[1][0]
        case "multiply":
            return _product(of[0], of[1]) if node[1] != node[2] else _whole_power(of[0], 2)
        case "divide":
            a, b = of[1]
            return EVERYTHING if a <= 0.0 <= b else _product(of[0], (1.0 / b, 1.0 / a))
        case "power":
            return (0.0, math.inf) if low >= 0.0 else EVERYTHING
        case "min":
            return min(low, of[1][0]), min(high, of[1][1])
        case "max":
            return max(low, of[1][0]), max(high, of[1][1])
        case "abs" if not low <= 0.0 <= high:
            return min(abs(low), abs(high)), max(abs(low), abs(high))
        case _:
            least, most = _RANGES.get(operation, EVERYTHING)
            if operation in _RISING:
                plain = FUNCTIONS[operation].plain
                ends = plain(low), plain(high)
                least, most = max(least, ends[0]), min(most, ends[1])
            return least, most


def _of_terms(operation: str, term: Range) -> Range:
    """Return the range of a sum or product of any number of terms, none included."""
    low, high = term
    if operation == "sum":
        return 0.0 if low >= 0.0 else -math.inf, 0.0 if high <= 0.0 else math.inf
    if low > 0.0:
        return _POSITIVE, math.inf
    return (0.0, math.inf) if low == 0.0 else EVERYTHING


def _product(a: Range, b: Range) -> Range:
    corners = [0.0 if p == 0.0 or q == 0.0 else p * q for p in a for q in b]
    return min(corners), max(corners)


def _whole_power(base: Range, exponent: int) -> Range:
    low, high = base
    if exponent < 0 and low <= 0.0 <= high:
        return (0.0, math.inf) if exponent % 2 == 0 else EVERYTHING
    ends = sorted(arithmetic.power(end, float(exponent)) for end in base)
    return (0.0 if exponent % 2 == 0 and low <= 0.0 <= high else ends[0]), ends[1]
