"""A formula as text, one function for each language; read again as a dialect, it gives the same graph."""

from __future__ import annotations

from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import languages
from thalweg.expression.printing.linear import write_in


def to_text(formula: Parsed, root: int | None = None) -> str:
    """Return the formula as plain text, or another node of its graph, such as a derivative.

    Raises:
        FormulaSizeError: The text would be too long, as all of these do.

    >>> from thalweg.expression.parse import parse
    >>> to_text(parse("((1 - x)**2) + (2pi)*y"))
    '(1 - x)^2 + 2*pi*y'
    """
    return write_in(languages.TEXT, formula, root)


def to_python(formula: Parsed, root: int | None = None) -> str:
    """Return a Python expression over NumPy, imported as np; a name that is a keyword gets an underscore.

    >>> from thalweg.expression.parse import parse
    >>> to_python(parse("-x^2 sin(2pi y)"))
    '-x**2*np.sin(2*np.pi*y)'
    """
    return write_in(languages.PYTHON, formula, root)


def to_mathematica(formula: Parsed, root: int | None = None) -> str:
    """Return the formula in Mathematica's language; x_1 is Subscript[x, 1], and a name of Mathematica's own gets a $.

    >>> from thalweg.expression.parse import parse
    >>> to_mathematica(parse("-x^2 sin(2pi y)"))
    '-x^2*Sin[2*Pi*y]'
    """
    return write_in(languages.MATHEMATICA, formula, root)


def to_latex(formula: Parsed, root: int | None = None) -> str:
    r"""Return the formula in LaTeX, for mathematics mode; x_1 is x_{1}, and x1 is {x}_{1}, which looks the same.

    >>> from thalweg.expression.parse import parse
    >>> print(to_latex(parse("x^2/3 sin(2pi y)^2")))
    \frac{x^{2}}{3} \sin^{2}\left(2 \pi y\right)
    """
    return write_in(languages.LATEX, formula, root)


def to_javascript(formula: Parsed, root: int | None = None) -> str:
    """Return a JavaScript expression; a name that is reserved gets an underscore.

    >>> from thalweg.expression.parse import parse
    >>> to_javascript(parse("-x^2 sin(2pi y)"))
    '-(x**2*Math.sin(2*Math.PI*y))'
    """
    return write_in(languages.JAVASCRIPT, formula, root)


def to_julia(formula: Parsed, root: int | None = None) -> str:
    """Return a Julia expression over Float64; a name that is reserved gets an underscore.

    >>> from thalweg.expression.parse import parse
    >>> to_julia(parse("-x^2 sin(2pi y)"))
    '-x^2*sin(2.0*π*y)'
    """
    return write_in(languages.JULIA, formula, root)
