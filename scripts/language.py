"""Writes docs/language.md, the formula language by example, from the tables that the language is made of.

    python -m scripts.language            # writes the page
    python -m scripts.language --check    # says whether it is up to date

The examples are read and computed while the page is written, so that what it shows is what there is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from thalweg.expression import expansion, explain, graph, indexing, parse, vectors
from thalweg.expression.derivative import gradient
from thalweg.expression.functions import ALIASES, COMPARISONS, FUNCTIONS
from thalweg.expression.names import CONSTANTS
from thalweg.expression.printing import to_latex, to_text
from thalweg.expression.spelling import SPELLINGS
from thalweg.objective import formula as objective
from thalweg.objective.formula import Formula

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"


class Section(NamedTuple):
    """A heading, what is to be said, and formulas that show it."""

    title: str
    text: str
    examples: Sequence[str]


SECTIONS = (
    Section(
        "Numbers, names and operators",
        """
        From loosest to tightest: `or`, `and`, `not`, comparisons, `+ -`, products and quotients, signs,
        powers. So `-x^2` is `-(x^2)`, `2^-1` is a half, and `1/2 x` is half of x: products that are
        implied bind as written ones do. Powers group from the right. Blanks and line breaks do not
        matter, and `#` begins a comment. Signs and digits may be typed as in print (² − × · √ ≤ π α₁).
        """,
        (
            "(1 - x)^2 + 100*(y - x^2)^2",
            "2x y + 3(x + 1)",
            "x**2 / 2",
            "1/2 x",
            "-x^2",
            "2^3^x",
            "x² − 2·x×y + √y",
            "|x - 3| + 1.5e-3",
            "2πα + β_1",
            "10_000 x  # a comment",
            "e^-x + pi",
        ),
    ),
    Section(
        "Functions without brackets, and their powers",
        """
        `sin x cos y` is a product of two; `sin 2x` takes 2x. What could be read in two ways, as `sin
        x/2`, is refused. `sin^2 x` is the square; `sin^-1` is refused.
        """,
        (
            "sin x cos y",
            "sin^2(x) + cos²(x)",
            "ln x",
        ),
    ),
    Section(
        "Conditions",
        """
        `where(condition, a, b)` is a where the condition holds and b elsewhere, and so is its
        derivative; what the other branch does leaves no trace.
        """,
        (
            "where(x > 0, x^2, -x)",
            "where(0 < x and not x >= y, 1, 2) + x",
            "max(x, y, 1) + min(x, y)",
            "relu(x - 0.2)",
        ),
    ),
    Section(
        "Vectors",
        """
        A variable with an index is a vector: x[1], x[2], ... follow one another in the point. It begins
        at x[1], or at x[0] where that occurs, and has as many elements as the formula reaches, unless
        it is declared: by `variables=["x[1..10]"]`, or at the end of the formula by `with x[1..10]`. An
        index is a whole number that is linear in the indices of sums. Where x is a vector, `x_1` and
        x_{1} in LaTeX are x[1].
        """,
        (
            "x[1]^2 + 2*x[2]^2",
            "(1 - x[0])**2 + 100*(x[1] - x[0]**2)**2",
            "a*x[3] + x_1",
            "x[n] - x[n-1] with n = 4",
        ),
    ),
    Section(
        "Sums and products over an index",
        """
        `sum(term, i, first, last)` and `prod(...)`, both bounds included, an empty sum being 0 and an
        empty product 1. Further indices may follow, the outermost first. Bounds are whole numbers: of
        sizes, which are parameters with a whole number or given at the end by `with n = 10`, and of the
        indices of sums around. The index is a number, too. Python's and Julia's comprehensions are
        read, each with its own bounds. The code is a loop, whatever n is. Term t is added to the
        partial sum t mod 8, and these are added in a fixed order, so that a formula has the same bits
        in every kind of evaluation.
        """,
        (
            "sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2, i, 1, n-1) with n = 5",
            "sum(i*x[i]^2, i, 1, 3)/3",
            "prod(cos(x[i]/sqrt(i)), i, 1, 4)",
            "sum((x[i] - x[j])^2, i, 1, 3, j, 1, i)",
            "sum(sum(x[i]*y[j]/(i + j), j, 1, 2), i, 1, 2)",
            "sum((x[i] - 1)**2 for i in range(3))",
            "sum(x[i]^2 for i in 1:3)",
            "sum(where(x[i] > 1, x[i], 0), i, 1, 4)",
            r"\sum_{i=1}^{3} \left(x_{i+1} - x_i\right)^2",
            "Sum[x[[i]]^2, {i, 1, 3}]",
        ),
    ),
    Section(
        "Whole vectors",
        """
        `sum`, `prod` and `mean` with one argument run over all elements of the vectors in it, which are
        of one length; so do `norm` (the root of the sum of squares), `norm1` (the sum of absolute
        values) and `dot(a, b)`. Slices as in Python skip elements at the ends. `norm(x, y)` of numbers
        is `hypot(x, y)`.
        """,
        (
            "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2) with x[1..5]",
            "dot(x, y) with x[1..3], y[1..3]",
            "norm(x - 1) + norm1(x) with x[1..3]",
            "mean(x^2) with x[1..4]",
            "np.sum((x - 1)**2) with x[0..2]",
            r"\lVert x \rVert^2 + \|x\|_1 with x[1..3]",
            "norm(x, y)",
        ),
    ),
    Section(
        "Python, JavaScript and Julia",
        """
        A line of a program is read as plain text: functions with their modules' names, `pow`, `log(x,
        base)`, element-wise signs. Of a function, its head may stand before the formula, and gives the
        order of the variables.
        """,
        (
            "np.sin(x)**2 + np.exp(-y)",
            "math.log(x, 2) + pow(y, 3)",
            "np.where(x > 0, np.maximum(x, y), 0)",
            "Math.PI*Math.sin(x)",
            "x.^2 .* y",
            "lambda x, y: y*x - x",
            "f(x, y) = y - x^2",
            "return x**2",
        ),
    ),
    Section(
        "Mathematica",
        """
        Recognised by its signs (`Sin[`, `E^x`, `(* *)`, `x[[1]]`), or named by `syntax="mathematica"`.
        A blank is a product; a name in small letters before a square bracket is a vector.
        """,
        (
            "Sin[x] Cos[y] + E^-x",
            "Sqrt[x] (* root *) + Log[2, x]",
            "Plus[x, Times[2, y], Power[x, 2]]",
            "If[x > 0, x, -x] + 2 Pi x",
            "ArcTan[x, y]",
            "Subscript[x, 1]^2 + 3*^-2",
            "Sum[x[i] y[j], {i, 2}, {j, 1, i}]",
            "Product[x[[i]] + 1, {i, 1, 3}]",
            "Norm[x] with x[1..2]",
            r"\[Alpha] x^2",
        ),
    ),
    Section(
        "LaTeX",
        r"""
        Recognised by its commands and braces, or named by `syntax="latex"`. A letter is a name of its
        own, `\mathrm{rate}` is one name, and an index belongs to the name: `x_{1}` is x_1, or the
        element x[1] where x is a vector. `{x}_{1}`, which looks the same in print, is x1: so names with
        digits have a spelling. As in TeX, `^` takes one character, or braces. The term of a sum ends
        before the next + or -; an x_i that would stand outside by that is refused.
        """,
        (
            r"\frac{1}{2} x^2 + \sqrt[3]{y}",
            r"\sin^2 x \cos y",
            r"e^{-x^{2}} \cdot \left|y\right|",
            r"\mathrm{rate} \, x_{1} + {x}_{1}",
            r"\log_2 x + \ln y",
            r"\sum_{i=1}^{n} \left(x_i^2 - 10 \cos\left(2\pi x_i\right)\right) with n = 3",
            r"\prod_{i=1}^3 \left(1 + x_i\right)",
            r"\max(x, y) + \lfloor 2y \rfloor",
            r"$\tfrac12 (x-1)^2$",
        ),
    ),
)

KINKS = """
    At a kink one value of the derivative is chosen: 0 for `abs` and `relu` at 0 and for `hypot`,
    `norm` and the root of any sum of squares at the origin; of two equal
    arguments of `min` or `max` the first is followed; the steps of `sign` and `floor` have derivative 0.
    """

WRITTEN = """
    `to_text`, `to_python`, `to_mathematica`, `to_latex`, `to_mathml`, `to_javascript` and `to_julia` write a formula;
    plain text, Mathematica and LaTeX are read back as the same formula. Sizes are written as the numbers they have.
    """

CAUTIONS = ("x*log(x) + |y|", "sqrt(x)/y", "sum(log(x[i]) + 1/i, i, 1, 5)", "floor(x) + where(x > 0, 1, 2)")

VALUES = {"x": 0.5, "y": 2.0, "a": 3.0, "alpha": 0.25, "beta_1": 4.0, "rate": 2.0, "x_1": 1.5, "x1": 7.0}


def point(formula: Formula) -> list[float]:
    """The point at which the page shows an example: x = 0.5, y = 2, ..., and x[k] = 1 + k/4 for elements."""
    return [
        1.0 + int(name.partition("[")[2][:-1]) / 4.0 if "[" in name else VALUES[name]
        for name in formula.variables
    ]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def prose(text: str) -> str:
    return " ".join(text.split())


def code(text: str) -> str:
    return f"`{text}`"


def examples(texts: Sequence[str]) -> str:
    rows: list[list[str]] = []
    for text in texts:
        formula = Formula(text)
        rows.append([code(text), code(formula.to_text()), f"{formula.value(point(formula)):.6g}"])
    return table(["typed", "read as", "value"], rows)


def functions() -> str:
    spelt = {name: sorted(alias for alias, own in ALIASES.items() if own == name) for name in FUNCTIONS}
    rows: list[list[str]] = []
    for name, function in FUNCTIONS.items():
        names = ["x > 0", "x", "y"] if name == "where" else ["x", "y"][: function.arguments]
        example = f"{name}({', '.join(names)})"
        formula = parse.parse(example, variables=["x", "y"])
        slope = to_text(formula, gradient(formula.graph, formula.root, 1)[0])
        others = ", ".join(map(code, spelt[name])) + (
            " or more" if function.folds and not spelt[name] else ""
        )
        rows.append(
            [
                code(example),
                f"${to_latex(formula)}$",
                code(slope),
                others,
                code(SPELLINGS[name].mathematica.partition("[")[0]),
            ]
        )
    return table(["function", "meaning", "derivative in x", "also typed", "in Mathematica"], rows)


def limits() -> str:
    rows = [
        ("characters of a formula", parse.MAX_LENGTH),
        ("numbers, names, operators and brackets", parse.MAX_TOKENS),
        ("brackets, signs and powers open at once", explain.MAX_DEPTH),
        ("operations of a formula with its derivatives, sums counted once", graph.MAX_NODES),
        ("sums within one another", indexing.MAX_SUMS),
        ("terms of sums within one another", indexing.MAX_TERMS),
        ("elements of the vectors of a formula", vectors.MAX_ELEMENTS),
        ("terms of a sum over the columns of data, which is written out", expansion.MAX_TERMS),
        ("variables for which a formula with sums gives its Hessian as a matrix", objective.MOST_COLUMNS),
    ]
    return table(["what", "at most"], [(what, f"{most:,}") for what, most in rows])


def page() -> str:
    """The whole page."""
    parts = [
        "# The formula language",
        prose(
            """
            What may be typed as a formula, by example. Written by `python -m scripts.language` from the tables of
            the language; change those, not this page.
            """
        ),
        prose(
            """
            A formula is data: it is read by a parser of its own and never run as a program. What cannot be read is
            named at its character. Values below are taken at x = 0.5, y = 2, a = 3, α = 0.25, β_1 = 4, rate = 2,
            x_1 = 1.5, x1 = 7, and x[k] = 1 + k/4 for the elements of vectors.
            """
        ),
    ]
    for before, section in pairwise((None, *SECTIONS)):
        assert section is not None
        parts += [f"## {section.title}", prose(section.text), examples(section.examples)]
        if before is None:
            names = ", ".join(f"`{name}`" for name in CONSTANTS)
            parts += [f"Constants are {names}, unless a name of the formula's own claims them."]
            compared = ", ".join(f"`{sign}`" for sign in COMPARISONS.values())
            parts += [
                "## Functions",
                f"Comparisons are {compared}, joined by `and`, `or` and `not`.",
                functions(),
            ]
            parts += [prose(KINKS)]
    parts += [
        "## What a formula warns of",
        "`Formula.warnings` says, before anything runs, where a formula may be undefined, bend or jump.",
        table(
            ["formula", "warnings"],
            [(code(text), "; ".join(Formula(text).warnings)) for text in CAUTIONS],
        ),
        "## Written in other languages",
        prose(WRITTEN),
        written("sum(i*x[i]^2, i, 1, 3)/2"),
        "## Limits",
        limits(),
    ]
    return "\n\n".join(parts) + "\n"


def written(text: str) -> str:
    formula = Formula(text)
    writers = {
        "plain": formula.to_text,
        "Python": formula.to_python,
        "Mathematica": formula.to_mathematica,
        "LaTeX": formula.to_latex,
        "JavaScript": formula.to_javascript,
        "Julia": formula.to_julia,
    }
    return table(["language", text], [(name, code(write())) for name, write in writers.items()])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.language", description="Write docs/language.md.")
    parser.add_argument(
        "--check", action="store_true", help="say whether it is up to date, and write nothing"
    )
    text = page()
    if parser.parse_args().check:
        is_new = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print(
            f"{PAGE.name} is {'up to date' if is_new else 'out of date: python -m scripts.language writes it'}"
        )
        return 0 if is_new else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
