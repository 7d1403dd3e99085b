"""Random formulas as text, typed in all the ways that the language allows."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume, note
from hypothesis import strategies as st

from thalweg.expression.parse import FormulaError, parse
from thalweg.expression.parsed import Parsed

NAMES = ("x", "y", "z", "alpha")

LEAVES = ["x", "y", "z", "x", "y", "1", "2", "3", "0.5", "4", "pi", "e", "0.1", "1e-5", "α"]
FUNCTIONS = ["sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs"]
SHAPES = [
    "{} + {}", "{} - {}", "{} * {}", "{} / {}", "{}^{}", "({}) + ({})", "({}) - ({})", "({}) * ({})", "({}) / ({})",
    "({})^({})", "({})({})", "{}({})", "-{}", "-({})", "({})^2", "({})^3", "({})^-1", "({})^0", "({})^0.5",
    "({})^(1/3)", "({})²", "|({})|", "2({})", "1/2 ({})", "2pi ({})",
]  # fmt: skip


def formula_text(decisions: Sequence[int]) -> str:
    """Return the formula that a list of numbers decides on; a shorter list makes a shorter formula."""
    tape = list(reversed(decisions))

    def piece(depth: int) -> str:
        choice = tape.pop() if tape else 0
        if depth == 0 or not tape:
            return LEAVES[choice % len(LEAVES)]
        if choice % 4 == 0:
            return f"{FUNCTIONS[choice // 4 % len(FUNCTIONS)]}({piece(depth - 1)})"
        shape = SHAPES[choice // 4 % len(SHAPES)]
        return shape.format(*(piece(depth - 1) for _ in range(shape.count("{}"))))

    return piece(6)


def formulas(size: int = 20) -> st.SearchStrategy[str]:
    """Texts, nearly all of which can be read."""
    return st.lists(st.integers(0, 419), max_size=size).map(formula_text)


@st.composite
def parsed_formulas(draw: st.DrawFn, size: int = 20) -> Parsed:
    """Formulas in x, y, z and alpha."""
    text = draw(formulas(size))
    note(text)
    try:
        return parse(text, variables=NAMES)
    except FormulaError:  # numbers alone that have no finite value, such as log(0)
        assume(False)
        raise
