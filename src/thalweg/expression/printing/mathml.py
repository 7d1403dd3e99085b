"""A formula as presentation MathML, set as on paper: fractions, raised exponents, roots, implied products.

Unlike the plain text it is for reading only, so it drops brackets that order nothing but additions or
multiplications among themselves.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from enum import Enum

from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.graph import Graph, header, operands
from thalweg.expression.indices import Affine, combine
from thalweg.expression.names import GREEK
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing.notation import (
    Part,
    affine,
    constant_names,
    index_names,
    node_as_typed,
    number,
    parts_of_name,
    write,
)
from thalweg.expression.vectors import Vector

_APPLY = "<mo>\u2061</mo>"  # function application
_TIMES = "<mo>\u2062</mo>"  # invisible times
_DOT = "<mo>\u22c5</mo>"
_THIN = '<mspace width="0.17em"></mspace>'  # sets a function's name off, as sin x cos y in print
_MINUS = "<mo>\u2212</mo>"
_SIGN = '<mo form="prefix">\u2212</mo>'

_SIGNS = {"-": _MINUS, "+": "<mo>+</mo>", "*": _TIMES}
_LOOPS = {"sum": "∑", "product": "∏"}

_DISPLAY_NAMES = {
    "log": "ln", "sign": "sgn", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arsinh",
    "acosh": "arcosh", "atanh": "artanh",
}  # fmt: skip

_DISPLAYED = {
    "less": "&lt;", "less_equal": "≤", "greater": "&gt;", "greater_equal": "≥", "equal": "=", "not_equal": "≠",
}  # fmt: skip
_RELATIONS = {name: f"<mo>{sign}</mo>" for name, sign in _DISPLAYED.items()}


class _Place(Enum):
    """Where a node is written, as far as that decides on brackets."""

    ALONE = "no brackets: a numerator, an exponent, the first of a sum"
    TERM = "behind a plus"
    SUBTRAHEND = "behind a minus"
    FIRST = "the first factor"
    FACTOR = "a later factor"
    BASE = "under an exponent"
    JOINED = "a weaker connective beside a stronger one"


def to_mathml(formula: Parsed, root: int | None = None) -> str:
    """Return the formula, or another node of its graph, as a `<math display="inline">` element.

    Raises:
        FormulaSizeError: The element would be too long.

    >>> from thalweg.expression.parse import parse
    >>> to_mathml(parse("x^2/3"))
    '<math ...><mfrac><mrow><msup><mi>x</mi><mrow><mn>2</mn></mrow></msup></mrow><mrow><mn>3</mn></mrow></mfrac></math>'
    """
    body = write(formula.root if root is None else root, _Place.ALONE, _Setter(formula).expand)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">{body}</math>'


class _Setter:
    """Sets one node at a time. Sums and products are runs of elements; what needs a single one wraps them."""

    def __init__(self, formula: Parsed) -> None:
        self.formula = formula
        self.graph: Graph = formula.graph
        self.constants = constant_names(formula)
        self.indices = index_names(formula) if formula.graph.has_loops else []

    def expand(self, index: int, place: _Place) -> Sequence[Part[_Place]]:
        parts = self._pieces(index)
        return _bracketed(*parts) if self._needs_brackets(index, place) else parts

    def _pieces(self, index: int) -> Sequence[Part[_Place]]:
        node = node_as_typed(self.graph, index)
        operation: str = node[0]
        match operation:
            case "constant":
                return [self._number(node[1])]
            case "variable" if (vector := self.formula.vector_at(node[1])) is not None:
                return [self._element(vector, (node[1] - vector.start, ()))]
            case "variable" | "parameter" | "column":
                return [_identifier(self.formula.name(index))]
            case "index":
                return [_identifier(self.indices[int(node[1])])]
            case "element":
                vector = self.formula.vector_at(node[1])
                assert vector is not None  # a formula's elements are those of its vectors
                return [self._element(vector, node[2:])]
            case "sum" | "product":
                over = header(node)
                lower = f"{_identifier(self.indices[over.of])}<mo>=</mo>{self._affine(over.lower)}"
                bounds = f"<mrow>{lower}</mrow><mrow>{self._affine(over.upper)}</mrow>"
                return [
                    f"<munderover><mo>{_LOOPS[operation]}</mo>{bounds}</munderover>",
                    (node[1], _Place.FACTOR),
                ]
            case "negate":
                return [_SIGN, (node[1], _Place.FIRST)]
            case "add":
                return [(node[1], _Place.ALONE), "<mo>+</mo>", (node[2], _Place.TERM)]
            case "subtract":
                return [(node[1], _Place.ALONE), _MINUS, (node[2], _Place.SUBTRAHEND)]
            case "multiply":
                return [(node[1], _Place.FIRST), self._times(node[1], node[2]), (node[2], _Place.FACTOR)]
            case "divide":
                upper, lower = (node[1], _Place.ALONE), (node[2], _Place.ALONE)
                return ["<mfrac><mrow>", upper, "</mrow><mrow>", lower, "</mrow></mfrac>"]
            case "power" | "integer_power":
                exponent = (
                    self._number(float(node[2])) if operation == "integer_power" else (node[2], _Place.ALONE)
                )
                return self._power(node[1], exponent, is_integer=operation == "integer_power" and node[2] > 0)
            case "not":
                return ['<mo rspace="0.3em">¬</mo>', self._joined("not", node[1])]
            case "and" | "or":
                sign = "<mo>∧</mo>" if operation == "and" else "<mo>∨</mo>"
                return [self._joined(operation, node[1]), sign, self._joined(operation, node[2])]
            case _ if operation in _RELATIONS:
                return [(node[1], _Place.ALONE), _RELATIONS[operation], (node[2], _Place.ALONE)]
            case _:
                return self._function(operation, operands(node))

    def _element(self, vector: Vector, place: Affine) -> str:
        index = self._affine(combine(place, (vector.first, ())))
        return f"<msub>{_identifier(vector.name)}<mrow>{index}</mrow></msub>"

    def _affine(self, value: Affine) -> str:
        """Return a whole number that is linear in indices."""
        text = affine(value, self.indices, "*")
        return "".join(
            _SIGNS.get(part) or (f"<mn>{part}</mn>" if part.isdigit() else _identifier(part))
            for part in re.findall(r"\w+|[-+*]", text)
        )

    def _joined(self, by: str, index: int) -> Part[_Place]:
        weaker = ("or",) if by == "and" else ("and", "or") if by == "not" else ()
        return index, _Place.JOINED if node_as_typed(self.graph, index)[0] in weaker else _Place.ALONE

    def _power(self, base: int, exponent: Part[_Place], is_integer: bool) -> Sequence[Part[_Place]]:
        node = node_as_typed(self.graph, base)
        function = FUNCTIONS.get(node[0])
        if is_integer and function is not None and function.notation == "name":  # sin^2(x)
            name = f"<msup>{_function_name(node[0])}<mrow>"
            return [name, exponent, f"</mrow></msup>{_APPLY}", *self._arguments(node[0], operands(node))]
        return ["<msup>", (base, _Place.BASE), "<mrow>", exponent, "</mrow></msup>"]

    def _function(self, name: str, of: Sequence[int]) -> Sequence[Part[_Place]]:
        inside = (of[0], _Place.ALONE)
        match FUNCTIONS[name].notation:
            case "root":
                return ["<msqrt>", inside, "</msqrt>"]
            case "cube root":
                return ["<mroot><mrow>", inside, "</mrow><mn>3</mn></mroot>"]
            case "exponential":
                return ["<msup><mi>e</mi><mrow>", inside, "</mrow></msup>"]
            case "bars":
                return ['<mrow><mo fence="true">|</mo>', inside, '<mo fence="true">|</mo></mrow>']
            case "floor":
                return ["<mrow><mo>⌊</mo>", inside, "<mo>⌋</mo></mrow>"]
            case "name":
                return [_function_name(name), _APPLY, *self._arguments(name, of)]

    def _arguments(self, name: str, of: Sequence[int]) -> Sequence[Part[_Place]]:
        while FUNCTIONS[name].folds and node_as_typed(self.graph, of[0])[0] == name:
            of = (*operands(node_as_typed(self.graph, of[0])), *of[1:])
        parts: list[Part[_Place]] = []
        for argument in of:
            parts += [(argument, _Place.ALONE), "<mo>,</mo>"]
        return _bracketed(*parts[:-1])

    # Brackets

    def _needs_brackets(self, index: int, place: _Place) -> bool:
        match place:
            case _Place.ALONE:
                return False
            case _Place.TERM:
                return self._leads_with_sign(index)
            case _Place.FIRST:
                return self._is_sum(index)
            case _Place.SUBTRAHEND | _Place.FACTOR:
                return self._is_sum(index) or self._leads_with_sign(index)
            case _Place.JOINED:
                return True
            case _Place.BASE:
                return not self._is_atom(index)

    def _is_sum(self, index: int) -> bool:
        return node_as_typed(self.graph, index)[0] in ("add", "subtract", "sum", "product")

    def _leads_with_sign(self, index: int) -> bool:
        node = node_as_typed(self.graph, index)
        while node[0] in ("add", "subtract") or (node[0] == "multiply" and not self._is_sum(node[1])):
            node = node_as_typed(self.graph, node[1])
        return node[0] == "negate" or (node[0] == "constant" and math.copysign(1.0, node[1]) < 0.0)

    def _is_atom(self, index: int) -> bool:
        node = node_as_typed(self.graph, index)
        if node[0] == "constant":
            return math.copysign(1.0, node[1]) > 0.0 and "e" not in number(node[1])
        function = FUNCTIONS.get(node[0])
        if function is not None:
            return function.notation in ("root", "cube root", "bars", "floor")
        return node[0] in ("variable", "parameter", "column", "index", "element")

    # Products

    def _times(self, left: int, right: int) -> str:
        """Return what stands between factors: a dot if they would read as one number or word, else nothing visible."""
        first = self._first_of(right)
        before = node_as_typed(self.graph, left)
        last = before[2] if before[0] == "multiply" else left
        if self._is_word(first) or self._is_word(last) or self._is_digits(first):
            return _DOT
        if self._is_digits(last) and node_as_typed(self.graph, right)[0] == "divide":  # not 2 1/3
            return _DOT
        return _TIMES + _THIN if self._is_named_function(first) or self._is_named_function(last) else _TIMES

    def _first_of(self, index: int) -> int:
        node = node_as_typed(self.graph, index)
        while node[0] in ("multiply", "power", "integer_power") and not self._is_sum(node[1]):
            index = node[1]
            node = node_as_typed(self.graph, index)
        return index

    def _is_digits(self, index: int) -> bool:
        node = node_as_typed(self.graph, index)
        return node[0] == "constant" and node[1] not in self.constants

    def _is_named_function(self, index: int) -> bool:
        function = FUNCTIONS.get(node_as_typed(self.graph, index)[0])
        return function is not None and function.notation == "name"

    def _is_word(self, index: int) -> bool:
        if node_as_typed(self.graph, index)[0] not in ("variable", "parameter", "column"):
            return False
        letters, _ = _parts_of_name(self.formula.name(index))
        return len(letters) > 1

    # Leaves

    def _number(self, value: float) -> str:
        sign = _SIGN if math.copysign(1.0, value) < 0.0 else ""
        name = self.constants.get(abs(value))
        if name is not None:
            return f"{sign}<mi>{GREEK.get(name, name)}</mi>"
        digits, _, exponent = number(abs(value)).partition("e")
        if not exponent:
            return f"{sign}<mn>{digits}</mn>"
        power = f"{_SIGN}<mn>{exponent[1:]}</mn>" if exponent[0] == "-" else f"<mn>{exponent}</mn>"
        return f"{sign}<mn>{digits}</mn><mo>×</mo><msup><mn>10</mn><mrow>{power}</mrow></msup>"


def _bracketed(*parts: Part[_Place]) -> Sequence[Part[_Place]]:
    return ["<mrow><mo>(</mo>", *parts, "<mo>)</mo></mrow>"]


def _function_name(name: str) -> str:
    if name in ("log10", "log2"):
        return f"<msub><mi>log</mi><mn>{name[3:]}</mn></msub>"
    return f"<mi>{_DISPLAY_NAMES.get(name, name)}</mi>"


def _parts_of_name(name: str) -> tuple[str, str]:
    """Return a name's letters, Greek ones as such, and its index: x1 and x_1 are x with index 1."""
    letters, index = parts_of_name(name)
    return GREEK.get(letters, letters), GREEK.get(index, index)


def _identifier(name: str) -> str:
    letters, index = map(html.escape, _parts_of_name(name))
    if not index:
        return f"<mi>{letters}</mi>"
    tag = "mn" if index.isdigit() else "mi"
    return f"<msub><mi>{letters}</mi><{tag}>{index}</{tag}></msub>"
