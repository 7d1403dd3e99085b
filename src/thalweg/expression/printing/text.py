"""A formula as plain text with the fewest brackets; parsing the text gives the same graph again."""

from __future__ import annotations

from collections.abc import Sequence

from thalweg.expression.parsed import Parsed
from thalweg.expression.printing.notation import (
    Level,
    Part,
    constant_names,
    level,
    node_as_typed,
    number,
    takes_the_sign,
    write,
)


def to_text(formula: Parsed, root: int | None = None) -> str:
    """Return the formula as plain text, or another node of its graph, such as a derivative.

    Raises:
        FormulaSizeError: The text would be too long, as that of a derivative with much in common can be.

    >>> from thalweg.expression.parse import parse
    >>> to_text(parse("((1 - x)**2) + (2pi)*y"))
    '(1 - x)^2 + 2*pi*y'
    """
    graph = formula.graph
    constants = constant_names(formula)

    def expand(index: int, least: Level) -> Sequence[Part[Level]]:
        own = level(graph, index)
        parts = pieces(index, own)
        return ("(", *parts, ")") if own < least else parts

    def pieces(index: int, own: Level) -> Sequence[Part[Level]]:
        node = node_as_typed(graph, index)
        match node[0]:
            case "constant":
                value: float = node[1]
                sign = "-" if own == Level.SIGN else ""
                return [sign + (constants.get(abs(value)) or number(abs(value)))]
            case "variable" | "parameter" | "column":
                return [formula.name(index)]
            case "negate":
                # Read back, a sign before a number goes to that number alone: -(2*x*y) is not -2*x*y.
                return "-", (node[1], Level.SIGN if takes_the_sign(graph, node[1]) else own)
            case "add":
                return (node[1], Level.SUM), " + ", (node[2], Level.PRODUCT)
            case "subtract":
                return (node[1], Level.SUM), " - ", (node[2], Level.PRODUCT)
            case "multiply":
                return (node[1], Level.PRODUCT), "*", (node[2], Level.SIGN)
            case "divide":
                return (node[1], Level.PRODUCT), "/", (node[2], Level.SIGN)
            case "power":
                return (node[1], Level.ATOM), "^", (node[2], Level.SIGN)
            case "integer_power":
                return (node[1], Level.ATOM), "^", str(node[2])
            case name:
                return name, "(", (node[1], Level.SUM), ")"

    return write(formula.root if root is None else root, Level.SUM, expand)
