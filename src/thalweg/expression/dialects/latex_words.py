"""The words of LaTeX that a formula may hold: functions, letters, signs, brackets, and what to say about others."""

from __future__ import annotations

from thalweg.expression.functions import ALIASES, FUNCTIONS
from thalweg.expression.names import GREEK
from thalweg.expression.spelling import SPELLINGS

_SPELT = {SPELLINGS[name].latex: name for name in FUNCTIONS if name in SPELLINGS}

COMMANDS: dict[str, str] = {
    spelt[1:]: name for spelt, name in _SPELT.items() if spelt[0] == "\\" and spelt[1:].isalpha()
} | {"log": "log", "exp": "exp"}
"""Functions that have a command of their own."""

OPERATOR_NAMES: dict[str, str] = (
    {name: name for name in FUNCTIONS}
    | ALIASES
    | {
        spelt[14:-1]: name
        for spelt, name in _SPELT.items()
        if spelt.startswith("\\operatorname{") and spelt.endswith("}")
    }
    | {
        long: short
        for long, short in (
            ("arcsin", "asin"), ("arccos", "acos"), ("arctan", "atan"),
            ("arcsinh", "asinh"), ("arccosh", "acosh"), ("arctanh", "atanh"),
        )
        if short in FUNCTIONS
    }
)  # fmt: skip
"""Functions by what may stand in \\operatorname{...}."""

LETTERS_BY_COMMAND = {name: name for name in GREEK} | {f"var{name}": name for name in GREEK if name.islower()}
SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "lt": "<", "gt": ">", "le": "<=", "leq": "<=", "ge": ">=",
    "geq": ">=", "ne": "!=", "neq": "!=", "land": "and", "wedge": "and", "lor": "or", "vee": "or", "lnot": "not",
    "neg": "not",
}  # fmt: skip
WORDS = frozenset(
    ("mathrm", "text", "operatorname", "mathit", "mathbf", "mathsf", "mathtt", "mathcal", "mathnormal", "textrm",
     "textit", "textbf", "boldsymbol", "bm", "mbox", "vec")
)  # fmt: skip
FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
PASSED_OVER = frozenset(
    (
        "quad",
        "qquad",
        "displaystyle",
        "textstyle",
        "limits",
        "nolimits",
        "thinspace",
        "negthinspace",
        "enspace",
    )
)
FENCES = {"lvert": "|", "rvert": "|", "lfloor": "f", "rfloor": "f", "lbrace": "{", "rbrace": "}"}
CLOSERS = {"(": ")", "[": "]", "{": "}", "|": "|", "f": "f"}

HINTS = {
    "int": "integrals are not part of a formula",
    "partial": "write the derivative itself; gradients are found by the program",
    "infty": "a formula has finite numbers",
    "lim": "limits are not part of a formula",
    "begin": "environments cannot be read; write only the formula itself",
    "end": "environments cannot be read; write only the formula itself",
    **dict.fromkeys(
        ("hat", "bar", "tilde", "dot", "overline", "underline"), "write another letter, or \\mathrm{name}"
    ),
    **dict.fromkeys(("cdots", "ldots", "dots"), "write a sum, as in \\sum_{i=1}^{n} x_i"),
    **dict.fromkeys(("top", "intercal"), "for vectors write \\lVert x \\rVert^2"),
    **dict.fromkeys(("mod", "bmod", "pmod"), "write x - n \\lfloor x/n \\rfloor"),
    "abs": "write |x|",
    "norm": "write \\lVert x \\rVert",
    "lceil": "write -\\lfloor -x \\rfloor",
    "arg": "write only the function itself",
    "nabla": "gradients are found by the program",
    "over": "write \\frac{...}{...}",
    "pm": "write + or -",
    "mp": "write + or -",
    "cot": "write 1/\\tan x",
    "sec": "write 1/\\cos x",
    "csc": "write 1/\\sin x",
    "=": "write only what stands to the right of the equals sign",
    "&": "write a formula on one line",
    "$": "the formula stands between one pair of dollar signs",
    "!": "the factorial is not among the functions",
    "%": "write a share as a number, such as 0.05",
    "'": "write the derivative itself; gradients are found by the program",
    "<": "comparisons cannot be read here",
    ">": "comparisons cannot be read here",
    "_": "an index belongs to a name",
    "#": "write the argument itself",
    ";": "a formula is one expression",
    "\\\\": "write a formula on one line",
}
