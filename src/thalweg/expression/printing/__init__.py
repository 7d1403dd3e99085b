"""A formula written back: as plain text that reads as the same graph, and as MathML that the page shows."""

from thalweg.expression.printing.mathml import to_mathml
from thalweg.expression.printing.text import to_text

__all__ = ["to_mathml", "to_text"]
