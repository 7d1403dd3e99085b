"""The texts that `scripts.fuzz` tries: formulas grown in every language, mutations of pasted lines, soups of pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.spelling import SPELLINGS

SEEDS = (
    "(1 - x)^2 + 100*(y - x^2)^2", "sin(x)*cos(y) + 2x y", "-20 exp(-0.2 sqrt(0.5 (x^2 + y^2))) + e", "|x|^3/2 - √y²",
    "2πα + β_1 sin² x", "x**-2 + 1e-5", "a(x + 1)(y - 1)", "Sin[x] Cos[y]", "-20 Exp[-0.2 Sqrt[0.5 (x^2 + y^2)]] + E",
    "Log[b, x] + ArcTan[x, y] (* note *)", "Plus[x, Times[2, y]] \\[Alpha] 3*^-5", "Subscript[x, 1]^2 E^x",
    r"\frac{x^{2}}{3} + \sin^2 x \cos y", r"\left(x + 1\right)^{2} \sqrt[3]{y}", r"$e^{-x^2} \cdot \lvert y\rvert$",
    r"\mathrm{rate} \, x_{1} + \operatorname{sgn}(x) 3 \times 10^{-5}", r"\dfrac12 {x}_{1} \ln \alpha",
    "where(x < 0 and y >= 1, min(x, y, 2), atan2(y, x))", "__import__('os').system('true')", "x.__class__",
    "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, n-1) with n = 7", "prod(cos(x[i]/sqrt(i)), i, 1, 4)*a + x[2]",
    "sum(sum((x[i]-y[2*j-1])^2/i, j, 1, i), i, 1, 3)", "sum((x[i] - 1)**2 for i in range(3))", "x[0]*x[1] + x_1",
    "sum(100*(x[1:]-x[:-1]^2)^2) + norm(x) with x[1..5]", "dot(x, y) with x[1..3], y[1..3]", "np.sin(x)**2 + pow(y, 2)",
    "Sum[x[[i+1]]^2 y[i], {i, 1, 3}, {j, i}] + Product[x[i], {i, 2}]",
    r"\sum_{i=1}^{3} x_{i+1} x_i - \prod_{j=1}^2 y_j",
    r"\lVert x \rVert_1 + \|x\|^2 with x[1..3]", "f(x, y) = x^2 + y", "lambda x, y: x*y", "sum(x[i]^2 for i in 1:3)",
    r"f_{\text{Ackley}}(x) = -20 e^{-0.2 \sqrt{\frac{1}{n} \sum\limits_{i=1}^n x_i^2}} - e^{\frac{1}{n} \sum_{i=1}^n "
    r"\cos(2 \pi x_i)} + 20 + e with n = 3",
    r"f(\mathbf{x}) = 1 + \sum^d_{i=1} \frac{x_i^2}{4000} - \prod_{i=1}^d\cos (\frac{x_i}{\sqrt i}) with d = 2",
    "f = @(x, y) 20 + x.^2 + y.^2 - 10*(cos(2*pi*x) + cos(2*pi*y));",
    "f(x) = (x[1]^2 + x[2] - 11)^2 + (x[1] + x[2]^2 - 7)^2",
    "-(y + 47)*np.sin(np.sqrt(np.abs(x/2 + (y + 47)))) - x*np.sin(np.sqrt(np.abs(x - (y + 47))))  # eggholder",
    "10*len(x) + np.sum(x**2 - 10*np.cos(2*np.pi*x)) with x[1..3]", "np.linalg.norm(x - 1)**2 with x[1..4]",
    "f[x_, y_] := -Cos[x] Cos[y] Exp[-((x - Pi)^2 + (y - Pi)^2)]", "(x₁² + x₂ − 11)² + (x₁ + x₂² − 7)² ≤ 3",
    "Piecewise[{{x^2, x > 0}}, 0]", "If[x > 0 && y != 2, Max[x, y], Min[x, -y]]", "function(x) x^2",
    "(x, y) => x**2 + y",
    r"\begin{cases} x^2 & x > 0 \\ -x & \text{otherwise} \end{cases}",
    "logsumexp(x, softplus(y)) - erfc(hypot(x, y, 1))",
    "sum(where(x[i] > 0 or i == 2, sech(x[i]), prod(x[j] - i, j, 1, 3)), i, 1, 4)",
    "x'*A*x", "1,5 x + 2;3", "½x² + ∛y",
)  # fmt: skip
"""Formulas and lines that are no formulas, as people have them."""

PIECES = (
    *"xyzeE019.+-*/^_(){}[]|$,\\ &'\"=!~<>απ²√\n\t", "\\frac", "\\sin", "\\left(", "\\right)", "\\left|", "\\sqrt[3]",
    "\\mathrm{",
    "\\alpha", "\\,", "\\times 10^{", "\\log_", "{x}_{", "Sin[", "Log[", "ArcTan[", "Pi", "(*", "*)", "Plus[",
    "\\[Alpha]",
    "Subscript[", "*^", "`", "sin(", "exp ", "**", "1e", "9^9^9", "eval(", "lambda ", "\ud800", "\x00", "∑",
    "sum(", "prod(", ", i, 1, 3)", "x[i]", "x[i+1]", "[[", "]]", "..", " for i in range(", "Sum[", "{i, 1, 3}",
    "\\sum_{i=1}^{3}",
    "x_{i+1}", " with n = 3", " with x[1..4]", "norm(", "dot(", "np.", "[1:]", "\\lVert ", "\\|", "99999999",
    "where(", " < ", " and ", "not ", "len(", "f(x) = ", "x -> ", "@(x) ", "sin.(", "x_n", "\\limits", "If[", "x_i",
    "\\left\\lfloor ", "min(", "log(", "pow(", "for ", " in ", ":", "x(1)", "sinx", "Norm[", "Total[", "\\prod_{j=1}^2",
)  # fmt: skip

_NAMES = ("x", "y", "z", "alpha", "t_1", "b2")
_NUMBERS = ("1", "2", "0.5", "3", "10", "1e-5", "0.1", "7", "100", "2.25")
_ONE = tuple(name for name, function in FUNCTIONS.items() if function.arguments == 1)
_TWO = tuple(name for name, function in FUNCTIONS.items() if function.arguments == 2)

_PLAIN = {
    "power": "{}^{}", "divide": "{}/{}", "multiply": "{}*{}", "negate": "-{}", "group": "({})", "call": "{}({})",
    "element": "{}[{}]", "sum": "sum({}, {}, {}, {})", "product": "prod({}, {}, {}, {})", "where": "where({}, {}, {})",
    "less": "{} < {}", "and": "{} and {}", "norm": "norm({})", "dot": "dot({}, {})",
}  # fmt: skip
LANGUAGES: dict[str, Mapping[str, str]] = {
    "plain": _PLAIN,
    "python": _PLAIN | {"power": "{}**{}", "sum": "sum({} for {} in range({}, {}))", "call": "np.{}({})"},
    "julia": _PLAIN | {"sum": "sum({} for {} in {}:{})", "call": "{}.({})", "multiply": "{} .* {}"},
    "mathematica": _PLAIN | {
        "multiply": "{} {}", "call": "{}[{}]", "element": "{}[[{}]]", "sum": "Sum[{}, {{{}, {}, {}}}]",
        "product": "Product[{}, {{{}, {}, {}}}]", "where": "If[{}, {}, {}]", "and": "{} && {}", "norm": "Norm[{}]",
        "dot": "Dot[{}, {}]",
    },
    "latex": _PLAIN | {
        "power": "{}^{{{}}}", "divide": r"\frac{{{}}}{{{}}}", "multiply": r"{} \cdot {}", "group": r"\left({}\right)",
        "call": r"\operatorname{{{}}}\left({}\right)", "element": "{}_{{{}}}",
        "sum": r"\left(\sum_{{{1}={2}}}^{{{3}}} {0}\right)", "product": r"\left(\prod_{{{1}={2}}}^{{{3}}} {0}\right)",
        "where": r"\operatorname{{where}}\left({}, {}, {}\right)", "and": r"{} \land {}", "norm": r"\lVert {} \rVert",
        "dot": r"\operatorname{{dot}}\left({}, {}\right)",
    },
}  # fmt: skip
"""How each language writes what is grown, by the patterns of its operations."""


class Grower:
    """Writes random formulas of one language, most of which can be read."""

    def __init__(self, chance: random.Random, language: str) -> None:
        self.chance = chance
        self.language = language
        self.patterns = LANGUAGES[language]
        self.indices: list[str] = []

    def formula(self) -> str:
        """Return a formula, now and then with a head before it and its vectors behind."""
        depth = self.chance.randrange(1, 7)
        text = self.term(depth)
        if "norm" in text.lower() or "dot" in text.lower() or "Vert" in text or self.chance.random() < 0.05:
            text += " with v[1..4], w[1..4]"
        return f"f(x, y) = {text}" if self.chance.random() < 0.05 else text

    def write(self, operation: str, *of: str) -> str:
        return self.patterns[operation].format(*of)

    def group(self, depth: int) -> str:
        return self.write("group", self.term(depth))

    def term(self, depth: int) -> str:
        chance = self.chance
        if depth <= 0 or chance.random() < 0.1:
            return self.leaf()
        match chance.randrange(12):
            case 0 | 1:
                return f"{self.term(depth - 1)} + {self.term(depth - 1)}"
            case 2:
                return f"{self.term(depth - 1)} - {self.group(depth - 1)}"
            case 3:
                return self.write("multiply", self.group(depth - 1), self.group(depth - 1))
            case 4:
                return self.write("divide", self.group(depth - 1), self.group(depth - 1))
            case 5:
                exponent = chance.choice(("2", "3", "-1", "0.5", "7", self.group(depth - 2)))
                return self.write("power", self.group(depth - 1), exponent)
            case 6:
                return self.write("negate", self.group(depth - 1))
            case 7 | 8:
                return self.call(depth)
            case 9:
                return self.loop(depth)
            case 10:
                return self.write(
                    "where", self.condition(depth - 1), self.term(depth - 1), self.term(depth - 1)
                )
            case _:
                vectors = chance.choice((("norm", "v"), ("norm", "v - w"), ("dot", "v", "w")))
                return self.write(*vectors)

    def call(self, depth: int) -> str:
        two = self.chance.random() < 0.2
        name = self.chance.choice(_TWO if two else _ONE)
        if self.language == "mathematica":
            spelt = SPELLINGS[name].mathematica
            name = spelt if spelt.isalnum() else "Max"
        arguments = [self.term(depth - 1) for _ in range(2 if two or name == "Max" else 1)]
        return self.write("call", name, ", ".join(arguments))

    def condition(self, depth: int) -> str:
        one = self.write("less", self.term(depth - 1), self.term(depth - 1))
        if self.chance.random() < 0.8:
            return one
        return self.write("and", one, self.write("less", self.term(depth - 1), self.term(depth - 1)))

    def loop(self, depth: int) -> str:
        index = "ijkl"[len(self.indices) % 4]
        lower = self.chance.choice(("1", "2", *self.indices[-1:]))
        upper = self.chance.choice(("3", "4", "9", "30"))
        self.indices.append(index)
        term = self.write("group", self.term(depth - 2) + " + " + self.leaf())
        self.indices.pop()
        return self.write(self.chance.choice(("sum", "product")), term, index, lower, upper)

    def leaf(self) -> str:
        chance = self.chance
        if self.indices and chance.random() < 0.6:
            index = chance.choice(self.indices)
            place = chance.choice(
                (index, index, f"{index} + 1", f"2*{index}" if chance.random() < 0.3 else index)
            )
            return self.write("element", chance.choice("vwu"), place) if chance.random() < 0.85 else index
        return chance.choice(_NAMES if chance.random() < 0.7 else _NUMBERS)


def texts(chance: random.Random) -> Iterator[str]:
    """Grown formulas, mutated ones, soups, repeated and nested pieces, characters of all kinds, without end."""
    while True:
        kind = chance.random()
        if kind < 0.2:
            yield Grower(chance, chance.choice(tuple(LANGUAGES))).formula()
        elif kind < 0.3:
            yield mutated(Grower(chance, chance.choice(tuple(LANGUAGES))).formula(), chance)
        elif kind < 0.6:
            yield mutated(chance.choice(SEEDS), chance)
        elif kind < 0.82:
            yield "".join(chance.choices(PIECES, k=chance.randrange(1, 40)))
        elif kind < 0.97:
            yield "".join(
                chr(chance.choice((chance.randrange(128), chance.randrange(0x2500)))) for _ in range(30)
            )
        else:
            yield long_or_deep(chance)


def long_or_deep(chance: random.Random) -> str:
    """A piece repeated up to a hundred thousand characters, or pieces nested, closed again or not."""
    size = 10 ** chance.randrange(2, 6)
    if chance.random() < 0.1:  # as many names as fit in
        return chance.choice((" + ", " ", "*")).join(f"x{k}" for k in range(size // 8))
    if chance.random() < 0.6:
        unit = "".join(chance.choices(PIECES, k=chance.randrange(1, 4)))
        return unit * (size // len(unit))
    if chance.random() < 0.5:
        unit = Grower(chance, chance.choice(tuple(LANGUAGES))).formula().partition(" with ")[0]
        return " + ".join([unit] * (size // (len(unit) + 3)))
    opening, closing = chance.choice(NESTS)
    depth = chance.choice((5, 50, 190, 201, 5_000))
    return opening * depth + "x" + closing * (depth if chance.random() < 0.8 else 0)


NESTS: Sequence[tuple[str, str]] = (
    ("(", ")"), ("sin(", ")"), ("-(", ")"), ("2^", ""), ("|", "|"), ("Sin[", "]"), ("{", "}"), ("\\left(", "\\right)"),
    ("\\frac{1}{", "}"), ("\\sqrt{", "}"), ("x^{", "}"), ("sum(", ", i, 1, 3)"), ("where(x > 0, ", ", y)"),
    ("not ", ""),
    ("\\sum_{i=1}^{3} ", ""), ("max(1, ", ")"), ("Sum[", ", {i, 1, 3}]"), ("x[", "]"), ("1/(1 + ", ")"), ("norm(", ")"),
    ("exp(", ")"), ("(x*", " + y)"), ("sqrt(1 + ", ")"), ("sin(", ")^2"), ("min(x, ", ")*2"), ("x/", ""),
    ("x - (y ", ")"),
)  # fmt: skip


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few of its parts cut, doubled, moved or replaced."""
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(text) + 1)
        length = chance.randrange(6)
        part = text[place : place + length]
        match chance.randrange(4):
            case 0:
                text = text[:place] + text[place + length :]
            case 1:
                text = text[:place] + part * 2 + text[place + length :]
            case 2:
                text = text[:place] + chance.choice(PIECES) + text[place:]
            case _:
                other = chance.choice(SEEDS)
                cut = chance.randrange(len(other))
                text = text[:place] + other[cut : cut + 8] + text[place + length :]
    return text
