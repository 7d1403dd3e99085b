"""How other languages spell the functions of the table: one row for each, read by the dialects and by the printers.

A spelling is a name, or a pattern in which $0 and $1 stand for the arguments; `$0.sign` says how tightly the argument
must bind to go without brackets (`Level`), and a level before a colon how tightly the whole does, as in
"product: $0.product/$1.sign". Where a language has no such function, the plain name stands, to be supplied.
"""

from __future__ import annotations

from typing import NamedTuple


class Spelling(NamedTuple):
    """A function's name or pattern in each language."""

    mathematica: str
    latex: str
    python: str
    javascript: str
    julia: str


def _row(mathematica: str, latex: str, python: str, javascript: str, julia: str) -> Spelling:
    return Spelling(mathematica, latex, python, javascript, julia)


SPELLINGS: dict[str, Spelling] = {
    "sin": _row("Sin", "\\sin", "np.sin", "Math.sin", "sin"),
    "cos": _row("Cos", "\\cos", "np.cos", "Math.cos", "cos"),
    "tan": _row("Tan", "\\tan", "np.tan", "Math.tan", "tan"),
    "asin": _row("ArcSin", "\\arcsin", "np.arcsin", "Math.asin", "asin"),
    "acos": _row("ArcCos", "\\arccos", "np.arccos", "Math.acos", "acos"),
    "atan": _row("ArcTan", "\\arctan", "np.arctan", "Math.atan", "atan"),
    "atan2": _row("ArcTan[$1, $0]", "\\operatorname{atan2}", "np.arctan2", "Math.atan2", "atan"),
    "sinh": _row("Sinh", "\\sinh", "np.sinh", "Math.sinh", "sinh"),
    "cosh": _row("Cosh", "\\cosh", "np.cosh", "Math.cosh", "cosh"),
    "tanh": _row("Tanh", "\\tanh", "np.tanh", "Math.tanh", "tanh"),
    "sech": _row(
        "Sech",
        "\\operatorname{sech}",
        "product: 1/np.cosh($0)",
        "product: 1/Math.cosh($0)",
        "sech",
    ),
    "asinh": _row("ArcSinh", "\\operatorname{arsinh}", "np.arcsinh", "Math.asinh", "asinh"),
    "acosh": _row("ArcCosh", "\\operatorname{arcosh}", "np.arccosh", "Math.acosh", "acosh"),
    "atanh": _row("ArcTanh", "\\operatorname{artanh}", "np.arctanh", "Math.atanh", "atanh"),
    "exp": _row("Exp", "power: e^{$0}", "np.exp", "Math.exp", "exp"),
    "expm1": _row("Expm1", "\\operatorname{expm1}", "np.expm1", "Math.expm1", "expm1"),
    "log": _row("Log", "\\ln", "np.log", "Math.log", "log"),
    "log10": _row("Log10", "\\log_{10}", "np.log10", "Math.log10", "log10"),
    "log2": _row("Log2", "\\log_{2}", "np.log2", "Math.log2", "log2"),
    "log1p": _row("Log1p", "\\operatorname{log1p}", "np.log1p", "Math.log1p", "log1p"),
    "sqrt": _row("Sqrt", "\\sqrt{$0}", "np.sqrt", "Math.sqrt", "sqrt"),
    "cbrt": _row("CubeRoot", "\\sqrt[3]{$0}", "np.cbrt", "Math.cbrt", "cbrt"),
    "abs": _row("Abs", "\\left|$0\\right|", "np.abs", "Math.abs", "abs"),
    "sign": _row("Sign", "\\operatorname{sgn}", "np.sign", "Math.sign", "sign"),
    "floor": _row("Floor", "\\left\\lfloor $0\\right\\rfloor", "np.floor", "Math.floor", "floor"),
    "erf": _row("Erf", "\\operatorname{erf}", "erf", "erf", "erf"),
    "erfc": _row("Erfc", "\\operatorname{erfc}", "erfc", "erfc", "erfc"),
    "hypot": _row("Hypot", "\\operatorname{hypot}", "np.hypot", "Math.hypot", "hypot"),
    "min": _row("Min", "\\min", "np.minimum", "Math.min", "min"),
    "max": _row("Max", "\\max", "np.maximum", "Math.max", "max"),
    "sigmoid": _row(
        "LogisticSigmoid",
        "\\operatorname{sigmoid}",
        "product: 1/(1 + np.exp(-$0.atom))",
        "product: 1/(1 + Math.exp(-$0.atom))",
        "product: 1/(1 + exp(-$0.atom))",
    ),
    "softplus": _row(
        "Softplus",
        "\\operatorname{softplus}",
        "np.logaddexp(0, $0)",
        "sum: Math.max(0, $0) + Math.log1p(Math.exp(-Math.abs($0)))",
        "sum: max(0.0, $0) + log1p(exp(-abs($0)))",
    ),
    "relu": _row(
        "Ramp",
        "\\operatorname{relu}",
        "np.maximum(0, $0)",
        "Math.max(0, $0)",
        "max(0.0, $0)",
    ),
    "logsumexp": _row(
        "LogSumExp",
        "\\operatorname{logsumexp}",
        "np.logaddexp",
        "sum: Math.max($0, $1) + Math.log1p(Math.exp(-Math.abs($0 - $1.product)))",
        "sum: max($0, $1) + log1p(exp(-abs($0 - $1.product)))",
    ),
    "where": _row("If", "\\operatorname{where}", "np.where", "($0 ? $1 : $2)", "ifelse"),
}
