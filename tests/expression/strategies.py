"""Random formulas as text, typed in all the ways that the language allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import assume, note
from hypothesis import strategies as st

from thalweg.expression.dialects import Syntax
from thalweg.expression.parse import FormulaError, parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import to_latex, to_mathematica, to_text

READ_BACK: list[tuple[Syntax, Callable[[Parsed], str]]] = [
    ("plain", to_text),
    ("mathematica", to_mathematica),
    ("latex", to_latex),
]
"""The languages that are both read and written."""

NAMES = ("x", "y", "z", "alpha")

LEAVES = ["x", "y", "z", "x", "y", "1", "2", "3", "0.5", "4", "pi", "e", "0.1", "1e-5", "α"]
FUNCTIONS = ["sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs"]
SHAPES = [
    "{} + {}", "{} - {}", "{} * {}", "{} / {}", "{}^{}", "({}) + ({})", "({}) - ({})", "({}) * ({})", "({}) / ({})",
    "({})^({})", "({})({})", "{}({})", "-{}", "-({})", "({})^2", "({})^3", "({})^-1", "({})^0", "({})^0.5",
    "({})^(1/3)", "({})²", "|({})|", "2({})", "1/2 ({})", "2pi ({})",
]  # fmt: skip

MORE_FUNCTIONS = [
    *FUNCTIONS, "asin", "acos", "atan", "sinh", "cosh", "sech", "asinh", "acosh", "atanh", "log10", "log2", "log1p",
    "expm1", "cbrt", "sign", "floor", "erf", "erfc", "sigmoid", "softplus", "relu",
]  # fmt: skip
MORE_SHAPES = [
    *SHAPES, "atan2({}, {})", "min({}, {})", "max({}, {}, {})", "hypot({}, {})", "norm({}, {}, {})",
    "logsumexp({}, {})", "where({?}, {}, {})", "where({?} and {?}, {}, {})", "where({?} or {?}, {}, {})",
    "where(not {?}, {}, {})",
    "where(({?}) and ({?} or not ({?})), {}, {})",
]  # fmt: skip
COMPARISONS = ["{} < {}", "{} <= {}", "{} > {}", "{} >= {}", "{} == {}", "{} != {}", "({}) ≤ ({})"]


def formula_text(decisions: Sequence[int], whole: bool = False) -> str:
    """Return the formula that a list of numbers decides on; a shorter list makes a shorter formula.

    Of the whole language, or of what is smooth within it for the most part.
    """
    functions, shapes = (MORE_FUNCTIONS, MORE_SHAPES) if whole else (FUNCTIONS, SHAPES)
    tape = list(reversed(decisions))

    def piece(depth: int) -> str:
        choice = tape.pop() if tape else 0
        if depth == 0 or not tape:
            return LEAVES[choice % len(LEAVES)]
        if choice % 4 == 0:
            return f"{functions[choice // 4 % len(functions)]}({piece(depth - 1)})"
        shape = shapes[choice // 4 % len(shapes)]
        while "{?}" in shape:
            comparison = COMPARISONS[(tape.pop() if tape else 0) % len(COMPARISONS)]
            shape = shape.replace("{?}", comparison, 1)
        return shape.format(*(piece(depth - 1) for _ in range(shape.count("{}"))))

    return piece(6)


def formulas(size: int = 20, whole: bool = False) -> st.SearchStrategy[str]:
    """Texts, nearly all of which can be read."""
    return st.lists(st.integers(0, 419), max_size=size).map(lambda decisions: formula_text(decisions, whole))


@st.composite
def parsed_formulas(draw: st.DrawFn, size: int = 20, whole: bool = False) -> Parsed:
    """Formulas in x, y, z and alpha."""
    text = draw(formulas(size, whole))
    note(text)
    try:
        return parse(text, variables=NAMES)
    except FormulaError:  # numbers alone that have no finite value, such as log(0)
        assume(False)
        raise


VECTORS = ("a", "x[1..7]", "y[0..7]")

_TERMS = ["x[i]", "x[i+1]", "x[7-i]", "y[2*i-1]", "y[i-1]", "i", "a", "2", "0.5", "x[3]", "y[0]"]
_INNER = [*_TERMS, "x[j]", "y[j+i-1]", "y[6-j]", "j", "x[j+1]"]
_SMOOTH = [
    "sin({})",
    "cos({})",
    "exp(-({})^2)",
    "tanh({})",
    "sqrt(1 + ({})^2)",
    "log(2 + cos({}))",
    "atan({})",
]
_JOINED = [
    "{} + {}",
    "({})*({})",
    "{} - ({})",
    "({})/(2 + cos({}))",
    "({})^2*({})",
    "-({}) + {}",
    "({}) + {}^3",
]


def sum_text(decisions: Sequence[int]) -> str:
    """Return the formula over `VECTORS` with sums and products that a list of numbers decides on."""
    tape = list(reversed(decisions))

    def piece(depth: int, leaves: list[str], loops: int) -> str:
        choice = tape.pop() if tape else 0
        if depth == 0 or not tape:
            return leaves[choice % len(leaves)]
        kind, choice = choice % 4, choice // 4
        if kind == 0:
            return _SMOOTH[choice % len(_SMOOTH)].format(piece(depth - 1, leaves, loops))
        if kind == 1 and loops < 2:
            index = "ij"[loops]
            upper = ("3", "4", "2")[choice % 3] if loops == 0 else ("i", "4", "3", "4-i")[choice % 4]
            inside = piece(depth - 1, (_TERMS, _INNER)[loops], loops + 1)
            return f"{('sum', 'sum', 'prod')[choice % 5 % 3]}({inside}, {index}, {1 + choice % 2}, {upper})"
        shape = _JOINED[choice % len(_JOINED)]
        return shape.format(*(piece(depth - 1, leaves, loops) for _ in range(2)))

    return f"sum({piece(5, _TERMS, 1)}, i, 1, 3) + {piece(4, ['a', 'x[2]', 'y[7]', '3'], 0)}"


def sum_formulas(size: int = 25) -> st.SearchStrategy[str]:
    """Texts with sums and products over indices, in the names of `VECTORS`; all can be read and are smooth."""
    return st.lists(st.integers(0, 419), max_size=size).map(sum_text)
