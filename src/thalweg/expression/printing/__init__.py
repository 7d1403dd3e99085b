"""A formula written back: in the languages that are read, in those of programs, and as MathML for the page."""

from thalweg.expression.printing.mathml import to_mathml
from thalweg.expression.printing.text import (
    to_javascript,
    to_julia,
    to_latex,
    to_mathematica,
    to_python,
    to_text,
)

__all__ = ["to_javascript", "to_julia", "to_latex", "to_mathematica", "to_mathml", "to_python", "to_text"]
