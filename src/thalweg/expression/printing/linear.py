"""The one walk that writes a formula along a line, in plain text or in any language of the table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import LOOPS, Node, header, operands
from thalweg.expression.indices import Affine, combine, length
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing.languages import Language, Rule
from thalweg.expression.printing.notation import (
    Level,
    Part,
    affine,
    constant_names,
    index_names,
    node_as_typed,
    write,
)
from thalweg.expression.vectors import Vector

_POWERS = ("power", "integer_power")


def write_in(language: Language, formula: Parsed, root: int | None = None) -> str:
    """Return the formula, or another node of its graph, in this language with the fewest brackets.

    Raises:
        FormulaSizeError: The text would be too long, as that of a derivative with much in common can be.
    """
    text = write(formula.root if root is None else root, Level.OR, _Writer(language, formula).expand)
    return text + _statement(language, formula) if root is None and language.first is None else text


def _statement(language: Language, formula: Parsed) -> str:
    """Return what has to be said of vectors for the formula to be read back."""
    stated = list(formula.stated)
    if language.is_set:  # x_{1} alone is not known for an element
        starts = {node[1] for node in formula.graph.nodes if node[0] == "element"}
        stated = [each for each in formula.vectors if each in stated or each.start not in starts]
    return f" with {', '.join(map(str, stated))}" if stated else ""


class _Writer:
    def __init__(self, language: Language, formula: Parsed) -> None:
        self.language = language
        self.formula = formula
        self.graph = formula.graph
        self.constants = {value: language.constants[name] for value, name in constant_names(formula).items()}
        names = formula.symbols
        self.constants = {value: name for value, name in self.constants.items() if name not in names}
        indices = index_names(formula, language.is_set) if formula.graph.has_loops else []
        self.names = self._escaped((*names, *indices))
        self.indices = [self.names[name] for name in indices]
        self.functions = language.functions
        if language.is_set and math.e not in self.constants:  # e^{x} would be the power of a variable
            self.functions = {**language.functions, "exp": "\\exp"}

    def _escaped(self, names: Sequence[str]) -> dict[str, str]:
        escaped: dict[str, str] = {}
        for name in names:
            free = name
            while free in self.language.reserved or (free != name and free in names):
                free += self.language.escape
            escaped[name] = self.language.name(free)
        return escaped

    def expand(self, index: int, least: Level) -> Sequence[Part[Level]]:
        parts = self._pieces(index)
        opening, closing = self.language.brackets
        return (opening, *parts, closing) if self._level(index) < least else parts

    def _pieces(self, index: int) -> Sequence[Part[Level]]:
        node = self._typed(index)
        match node[0]:
            case "constant":
                return [self._number(node[1])]
            case "variable" if (vector := self.formula.vector_at(node[1])) is not None:
                return [self._element(vector, (node[1] - vector.start, ()))]
            case "variable" | "parameter" | "column":
                return [self.names[self.formula.name(index)]]
            case "index":
                return [self.indices[int(node[1])]]
            case "element":
                vector = self.formula.vector_at(node[1])
                assert vector is not None  # a formula's elements are those of its vectors
                return [self._element(vector, node[2:])]
            case "sum" | "product":
                return self._loop(node)
            case "negate":
                # Read back, a sign before a number goes to that number alone: -(2*x*y) is not -2*x*y.
                least = Level.SIGN if self._takes_the_sign(node[1]) else self._level(index)
                return "-", (node[1], Level.ATOM if self._refuses_the_sign(node[1]) else least)
            case "integer_power":
                return self._integer_power(node[1], node[2])
            case "multiply" if self.language.is_set:
                sign = r" \cdot " if self._needs_dot(node[1], node[2]) else " "
                left = Level.ATOM if self._ends_in_loop(node[1]) else Level.PRODUCT
                return (node[1], left), sign, (node[2], Level.OR if self._is_loop(node[2]) else Level.POWER)
            case "add" | "subtract" if self.language.is_set and self._is_loop(node[2]):
                return (node[1], Level.OR), " + " if node[0] == "add" else " - ", (node[2], Level.OR)
            case name if name in self.language.operations:
                return self._fill(self.language.operations[name], node[1:])
            case name:
                return self._call(name, operands(node))

    def _fill(self, pattern: Rule, of: Sequence[int]) -> Sequence[Part[Level]]:
        return [part if isinstance(part, str) else (of[part[0]], part[1]) for part in pattern.parts]

    def _element(self, vector: Vector, place: Affine) -> str:
        first = vector.first if self.language.first is None else self.language.first
        index = affine(combine(place, (first, ())), self.indices, self.language.times)
        name = self.names[vector.name]
        if self.language.is_set and "_" in name:  # no index of an index
            escaped = vector.name.replace("_", "\\_")
            name = rf"\mathrm{{{escaped}}}"
        return self.language.element.replace("{name}", name).replace("{index}", index)

    def _loop(self, node: Node) -> Sequence[Part[Level]]:
        over = header(node)
        bounds = {"lower": over.lower, "upper": over.upper, "above": combine(over.upper, (1, ()))}
        bounds["count"] = length(over)
        words = {"i": self.indices[over.of]}
        words |= {name: affine(bound, self.indices, self.language.times) for name, bound in bounds.items()}
        parts: list[Part[Level]] = []
        for part in self.language.loops[node[0]].parts:
            if isinstance(part, str):
                for name, word in words.items():
                    part = part.replace(f"{{{name}}}", word)
                parts.append(part)
            else:
                parts.append((node[1], Level.OR if self._is_loop(node[1]) else part[1]))
        return parts

    def _is_loop(self, index: int) -> bool:
        return self._typed(index)[0] in LOOPS

    def _ends_in_loop(self, index: int) -> bool:
        """Say whether what follows would be read as belonging to the term of a sum, where sums have no brackets."""
        node = self._typed(index)
        while node[0] == "multiply" or node[0] == "negate":
            node = self._typed(node[-1])
        return node[0] in LOOPS

    def _call(self, name: str, of: Sequence[int], power: str = "") -> Sequence[Part[Level]]:
        function = self.functions.get(name, name)
        if isinstance(function, Rule):
            return self._fill(function, of)
        folds = self.language.folds and name in FUNCTIONS and FUNCTIONS[name].folds
        while folds and self._typed(of[0])[0] == name:  # max(max(a, b), c)
            of = (*operands(self._typed(of[0])), *of[1:])
        opening, closing = self.language.call
        parts: list[Part[Level]] = [function + power + opening]
        for argument in of:
            parts += [(argument, Level.OR), ", "]
        parts[-1] = closing
        return parts

    def _integer_power(self, base: int, exponent: int) -> Sequence[Part[Level]]:
        below = self._typed(base)
        name = self.functions.get(below[0])
        if self.language.is_set and exponent > 1 and isinstance(name, str):  # \sin^{2}(x)
            return self._call(below[0], operands(below), f"^{{{exponent}}}")
        parts = self.language.operations["power"].parts
        return [
            part if isinstance(part, str) else (base, part[1]) if part[0] == 0 else str(exponent)
            for part in parts
        ]

    def _number(self, value: float) -> str:
        sign = "-" if math.copysign(1.0, value) < 0.0 else ""
        return sign + (self.constants.get(abs(value)) or self.language.number(abs(value)))

    # How tightly a node binds, and what a sign before it would do

    def _typed(self, index: int) -> Node:
        return node_as_typed(self.graph, index)

    def _level(self, index: int) -> Level:
        node = self._typed(index)
        operation = node[0]
        if operation == "constant":
            if self.language.is_set and r"\times" in self._number(node[1]):
                return Level.PRODUCT
            return Level.SIGN if math.copysign(1.0, node[1]) < 0.0 else Level.ATOM
        if operation == "negate":
            operand = node[1]
            is_bare = self._level(operand) == Level.PRODUCT
            is_bare = is_bare and not (self._takes_the_sign(operand) or self._refuses_the_sign(operand))
            return Level.PRODUCT if is_bare else Level.SIGN
        if operation in LOOPS:
            return self.language.loops[operation].level
        found = self._rule(operation)
        return found.level if found is not None else Level.ATOM

    def _rule(self, operation: str) -> Rule | None:
        if operation in _POWERS:
            return self.language.operations["power"]
        found = self.language.operations.get(operation) or self.functions.get(operation)
        return found if isinstance(found, Rule) else None

    def _first_factor(self, index: int) -> int:
        node = self._typed(index)
        while node[0] in ("multiply", "divide") and self.language.operations[node[0]].level == Level.PRODUCT:
            index = node[1]
            node = self._typed(index)
        return index

    def _takes_the_sign(self, index: int) -> bool:
        """Say whether a sign before this product, read back, would go to its first number: -(2*x*y), -(-2*pi)."""
        first = self._first_factor(index)
        if first == index:
            return False
        is_number = self.graph.nodes[index][0] == "constant"
        node = self.graph.nodes[first]
        if node[0] == "divide":  # a fraction, which takes the sign to its own first number
            node = self.graph.nodes[operands(node)[0]]
        return node[0] == "constant" and (not is_number or float(node[1]) < 0.0)

    def _refuses_the_sign(self, index: int) -> bool:
        return self.language.powers_take_no_sign and self._level(self._first_factor(index)) == Level.POWER

    # Products without a sign

    def _needs_dot(self, left: int, right: int) -> bool:
        """Say whether two factors would run into one another: 2 3, x 2, 2 1/3."""
        node = self._typed(right)
        while node[0] in _POWERS and self._level(node[1]) == Level.ATOM:
            right = node[1]
            node = self._typed(right)
        if self._is_digits(right):
            return True
        before = self._typed(left)
        return node[0] == "divide" and self._is_digits(before[2] if before[0] == "multiply" else left)

    def _is_digits(self, index: int) -> bool:
        node = self._typed(index)
        return node[0] == "constant" and node[1] not in self.constants
