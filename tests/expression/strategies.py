"""Random formulas as text, typed in all the ways that the language allows."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from thalweg.expression.parse import FormulaError, parse
from thalweg.expression.parsed import Parsed

LEAVES = ["x", "y", "z", "x", "y", "1", "2", "3", "0.5", "4", "pi", "e", "0.1", "1e-5", "α"]
FUNCTIONS = ["sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs"]


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bracketed = parts.map("({})".format)
    piece = parts | bracketed
    return st.one_of(
        st.builds("{} {} {}".format, piece, st.sampled_from("+-*/^"), piece),
        st.builds("{} {} {}".format, piece, st.sampled_from("+-*/"), piece),
        st.builds("{}{}".format, st.sampled_from(["2", "-", "3 ", "1/2 ", "2pi "]), bracketed),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), parts),
        st.builds("{}^{}".format, bracketed, st.sampled_from(["2", "3", "-1", "0", "0.5", "-x", "(1/3)"])),
        st.builds("{}{}".format, bracketed, bracketed),
        st.builds("-{}".format, parts),
        st.builds("|{}|".format, bracketed),
    )


def formulas(max_leaves: int = 10) -> st.SearchStrategy[str]:
    """Texts, nearly all of which can be read."""
    return st.recursive(st.sampled_from(LEAVES), _joined, max_leaves=max_leaves)


@st.composite
def parsed_formulas(draw: st.DrawFn, max_leaves: int = 10) -> Parsed:
    """Formulas in x, y, z and alpha."""
    text = draw(formulas(max_leaves))
    try:
        return parse(text, variables=["x", "y", "z", "alpha"])
    except FormulaError:  # numbers alone that have no finite value, such as log(0)
        assume(False)
        raise
