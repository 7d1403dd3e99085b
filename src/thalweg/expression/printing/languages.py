"""The table of languages that a formula is written in: operators with how tightly they bind, functions, names, numbers.

Each row is all that distinguishes its language; the walk over the nodes is one for all of them (`linear.py`).
Patterns are those of the table of spellings: "$0.product*$1.sign" wants its first operand to bind at least as a
product does, its second as a sign does, and brackets are set where they bind less.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from thalweg.expression.names import GREEK
from thalweg.expression.printing.notation import Level, number, parts_of_name
from thalweg.expression.spelling import SPELLINGS


class Rule(NamedTuple):
    """An operation as it is written: how tightly it binds, and its text with places for the operands."""

    level: Level
    parts: tuple[str | tuple[int, Level], ...]


_SLOT = re.compile(r"\$(\d)(?:\.([a-z]+))?")
_OWN_LEVEL = re.compile(r"(or|and|not|comparison|sum|product|sign|power): ")


def rule(pattern: str) -> Rule:
    """Return the rule that a pattern such as "product: $0.product/$1.sign" stands for."""
    own = _OWN_LEVEL.match(pattern)
    place = own.end() if own is not None else 0
    parts: list[str | tuple[int, Level]] = []
    for slot in _SLOT.finditer(pattern):
        parts += [pattern[place : slot.start()], (int(slot[1]), Level[(slot[2] or "or").upper()])]
        place = slot.end()
    parts.append(pattern[place:])
    return Rule(Level[own[1].upper()] if own is not None else Level.ATOM, tuple(filter(None, parts)))


class Language(NamedTuple):
    """How one language writes formulas.

    `functions` holds names and rules, `constants` what pi and e are called. `reserved` names are escaped by `escape`;
    `name` then writes a name and `number` a number that is not negative.
    """

    operations: Mapping[str, Rule]
    functions: Mapping[str, str | Rule]
    constants: Mapping[str, str]
    brackets: tuple[str, str] = ("(", ")")
    call: tuple[str, str] = ("(", ")")
    number: Callable[[float], str] = number
    name: Callable[[str], str] = str
    reserved: frozenset[str] = frozenset()
    escape: str = "_"
    is_set: bool = False
    """As on paper: products are juxtaposed, and powers stand at a function's name, sin^2."""
    powers_take_no_sign: bool = False
    """As in JavaScript, where -x**2 is refused for being unclear."""
    folds: bool = True
    """Whether max takes more than two arguments."""
    element: str = "{name}[{index}]"
    first: int | None = None
    """The index of a vector's first element, None where it is the formula's own."""
    loops: Mapping[str, Rule] = {}
    """Sums and products over an index {i} from {lower} to {upper}, which is {above} less 1; {count} says how many."""
    times: str = "*"
    """The sign between a number and an index."""


def _operations(
    power: str, multiply: str = "product: $0.product*$1.sign", divide: str = "/"
) -> dict[str, Rule]:
    return {
        "add": rule("sum: $0 + $1.product"),
        "subtract": rule("sum: $0 - $1.product"),
        "multiply": rule(multiply),
        "divide": rule(f"product: $0.product{divide}$1.sign" if divide == "/" else divide),
        "power": rule(f"power: {power}"),
    }


_COMPARED = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}


def _truths(both: str, either: str, opposite: str, **signs: str) -> dict[str, Rule]:
    """Return the rules of comparisons, of which `signs` are spelt otherwise, and of what joins them."""
    compared = {name: f"comparison: $0.sum {sign} $1.sum" for name, sign in (_COMPARED | signs).items()}
    patterns = compared | {"and": both, "or": either, "not": opposite}
    return {name: rule(pattern) for name, pattern in patterns.items()}


_WORDS = _truths("and: $0.and and $1.not", "or: $0.or or $1.and", "not: not $0.not")
_SIGNS = _truths("and: $0.and && $1.not", "or: $0.or || $1.and", "!($0)")
_JAVASCRIPT = _truths("and: $0.and && $1.not", "or: $0.or || $1.and", "!($0)", equal="===", not_equal="!==")
_NUMPY = _truths("np.logical_and($0, $1)", "np.logical_or($0, $1)", "np.logical_not($0)")
_SET = _truths(
    r"and: $0.and \land $1.not", r"or: $0.or \lor $1.and", r"not: \lnot $0.not",
    less_equal=r"\le", greater_equal=r"\ge", equal="=", not_equal=r"\ne",
)  # fmt: skip


def _loops(total: str, product: str) -> dict[str, Rule]:
    return {"sum": rule(total), "product": rule(product)}


def _functions(column: int) -> dict[str, str | Rule]:
    spelt = {name: spelling[column] for name, spelling in SPELLINGS.items()}
    return {name: rule(text) if "$" in text else text for name, text in spelt.items()}


def _mathematica_name(name: str) -> str:
    letters, _, index = name.partition("_")
    return f"Subscript[{letters}, {index.replace('_', ', ')}]" if "_" in name else letters


def _mathematica_number(value: float) -> str:
    return number(value).replace("e", "*^")


def _julia_number(value: float) -> str:
    digits, exponent, power = number(value).partition("e")  # 10^20 would overflow as a whole number
    return digits + ("" if "." in digits else ".0") + exponent + power


def _latex_number(value: float) -> str:
    digits, _, exponent = number(value).partition("e")
    return rf"{digits} \times 10^{{{exponent}}}" if exponent else digits


def _latex_name(name: str) -> str:
    r"""Return x_1 as x_{1}, and x1 as {x}_{1}, which looks the same but is another name."""
    letters, index = parts_of_name(name)
    base = f"\\{letters}" if letters in GREEK else letters
    if len(letters) > 1 and letters not in GREEK:
        base = rf"\mathrm{{{letters}}}"
    if "_" not in name:
        plain = len(letters) > 1 and letters not in GREEK
        return rf"\mathrm{{{name}}}" if plain else f"{{{base}}}_{{{index}}}" if index else base
    if not letters or not index or letters[-1].isdigit() or "_" in index:
        escaped = name.replace("_", "\\_")
        return rf"\mathrm{{{escaped}}}"
    if len(index) > 1 and not index.isdigit():
        index = f"\\{index}" if index in GREEK else rf"\mathrm{{{index}}}"
    return f"{base}_{{{index}}}"


TEXT = Language(
    _operations("$0.atom^$1.sign") | _WORDS,
    {},
    {"pi": "pi", "e": "e"},
    loops=_loops("sum($0, {i}, {lower}, {upper})", "prod($0, {i}, {lower}, {upper})"),
)

PYTHON = Language(
    _operations("$0.atom**$1.sign") | _NUMPY,
    _functions(2),
    {"pi": "np.pi", "e": "np.e"},
    reserved=frozenset((*keyword.kwlist, "np", "range", "sum")),
    folds=False,
    first=0,
    loops=_loops(
        "sum($0 for {i} in range({lower}, {above}))", "np.prod([$0 for {i} in range({lower}, {above})])"
    ),
)

MATHEMATICA = Language(
    _operations("$0.atom^$1.sign") | _SIGNS,
    _functions(0),
    {"pi": "Pi", "e": "E"},
    call=("[", "]"),
    number=_mathematica_number,
    name=_mathematica_name,
    reserved=frozenset(
        (
            "C", "D", "E", "I", "K", "N", "O", "Pi", "PI", "Degree", "GoldenRatio", "EulerGamma", "Infinity",
            "ComplexInfinity", "Indeterminate", "Catalan", "Sum", "Product", "Function", "Integrate", "Plus", "Times",
            "Power", "Subtract", "Divide", "Rational", "Subscript",
            *(spelling.mathematica for spelling in SPELLINGS.values()),
        )
    ),
    escape="$",
    element="{name}[[{index}]]",
    loops=_loops("Sum[$0, {{i}, {lower}, {upper}}]", "Product[$0, {{i}, {lower}, {upper}}]"),
)  # fmt: skip

LATEX = Language(
    _operations("$0.atom^{$1}", "product: $0.product $1.power", r"power: \frac{$0}{$1}") | _SET,
    _functions(1),
    {"pi": r"\pi", "e": "e"},
    brackets=(r"\left(", r"\right)"),
    call=(r"\left(", r"\right)"),
    number=_latex_number,
    name=_latex_name,
    is_set=True,
    element="{name}_{{index}}",
    loops=_loops(
        r"sum: \sum_{{i}={lower}}^{{upper}} $0.product", r"sum: \prod_{{i}={lower}}^{{upper}} $0.product"
    ),
    times=" ",
)

JAVASCRIPT = Language(
    _operations("$0.atom**$1.sign") | _JAVASCRIPT,
    _functions(3),
    {"pi": "Math.PI", "e": "Math.E"},
    reserved=frozenset(
        (
            "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
            "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally",
            "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let",
            "new", "null", "package", "private", "protected", "public", "return", "static", "super",
            "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield",
            "Math", "NaN", "Infinity", "undefined"
        )
    ),
    powers_take_no_sign=True,
    first=0,
    loops=_loops(
        "Array.from({length: Math.max(0, {count})}, (_, $k) => $k + {lower})"
        ".reduce(($total, {i}) => $total + $0.product, 0)",
        "Array.from({length: Math.max(0, {count})}, (_, $k) => $k + {lower})"
        ".reduce(($total, {i}) => $total*$0.sign, 1)",
    ),
)  # fmt: skip

JULIA = Language(
    _operations("$0.atom^$1.sign") | _SIGNS,
    _functions(4),
    {"pi": "π", "e": "ℯ"},
    number=_julia_number,
    reserved=frozenset(
        (
            "baremodule", "begin", "break", "catch", "const", "continue", "do", "else", "elseif", "end",
            "export", "false", "finally", "for", "function", "global", "if", "import", "in", "isa",
            "let", "local", "macro", "module", "quote", "return", "struct", "true", "try", "using",
            "where", "while"
        )
    ),
    first=1,
    loops=_loops(
        "sum($0 for {i} in {lower}:{upper}; init=0.0)", "prod($0 for {i} in {lower}:{upper}; init=1.0)"
    ),
)  # fmt: skip
