"""Reads random texts and mutations of formulas in every language, and says what took longest and what broke.

    python -m scripts.fuzz                           # 100,000 texts, 120 s at most
    python -m scripts.fuzz --texts 5000 --seconds 10 --seed 3

A text must be read or refused with a FormulaError (or FormulaSizeError) within 100 ms, and what is read must be
written and read back as the same formula, in all languages that are read.  Nothing typed is run: an audit hook of
the interpreter watches for compiled code, imports, files, processes and sockets while texts are read.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator

from thalweg.expression.errors import FormulaError
from thalweg.expression.graph import FormulaSizeError
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import to_latex, to_mathematica, to_text

LONGEST = 0.1
"""Seconds that a text may take."""

FORBIDDEN = (
    "compile",
    "exec",
    "import",
    "open",
    "os.",
    "subprocess.",
    "socket.",
    "ctypes.",
    "marshal.",
    "pickle.",
)
"""Beginnings of the events of the interpreter that would mean that something typed is run."""

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
)  # fmt: skip

PIECES = (
    *"xyzeE019.+-*/^_(){}[]|$,\\ &'\"=!~<>απ²√\n\t", "\\frac", "\\sin", "\\left(", "\\right)", "\\left|", "\\sqrt[3]",
    "\\mathrm{",
    "\\alpha", "\\,", "\\times 10^{", "\\log_", "{x}_{", "Sin[", "Log[", "ArcTan[", "Pi", "(*", "*)", "Plus[",
    "\\[Alpha]",
    "Subscript[", "*^", "`", "sin(", "exp ", "**", "1e", "9^9^9", "eval(", "lambda ", "\ud800", "\x00", "∑",
    "sum(", "prod(", ", i, 1, 3)", "x[i]", "x[i+1]", "[[", "]]", "..", " for i in range(", "Sum[", "{i, 1, 3}",
    "\\sum_{i=1}^{3}",
    "x_{i+1}", " with n = 3", " with x[1..4]", "norm(", "dot(", "np.", "[1:]", "\\lVert ", "\\|", "99999999",
)  # fmt: skip

WRITERS: dict[str, Callable[[Parsed], str]] = {
    "plain": to_text,
    "mathematica": to_mathematica,
    "latex": to_latex,
}


def texts(chance: random.Random) -> Iterator[str]:
    """Mutated formulas, soups of pieces, repeated pieces and characters of all kinds, without end."""
    while True:
        kind = chance.random()
        if kind < 0.5:
            yield mutated(chance.choice(SEEDS), chance)
        elif kind < 0.8:
            yield "".join(chance.choices(PIECES, k=chance.randrange(1, 40)))
        elif kind < 0.97:
            yield "".join(
                chr(chance.choice((chance.randrange(128), chance.randrange(0x2500)))) for _ in range(30)
            )
        else:
            unit = "".join(chance.choices(PIECES, k=chance.randrange(1, 4)))
            yield unit * (10 ** chance.randrange(2, 5) // len(unit))


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


def read(text: str, syntax: str) -> Parsed | None:
    """The formula, or None if the text is refused as it should be."""
    try:
        return parse(text, syntax=syntax)  # pyright: ignore[reportArgumentType]
    except FormulaError as error:
        if not 0 <= error.position <= error.position + error.length <= len(text) or not str(error):
            raise AssertionError(f"the place {error.position}, {error.length} is not in the text") from error
    except FormulaSizeError:
        pass
    return None


def check(formula: Parsed) -> None:
    """Write the formula in the languages that are read, and read it back."""
    for language, write in WRITERS.items():
        try:
            written = write(formula)
        except FormulaSizeError:
            continue
        try:
            again = parse(written, variables=formula.variables, syntax=language)  # pyright: ignore[reportArgumentType]
        except FormulaError as error:
            if any(said in error.message for said in ("nested more", "more than the", "has more than")):
                continue  # written with other brackets, it may be beyond a limit
            raise
        if again != formula:
            raise AssertionError(f"read back from {language}, {written!r} is another formula")


def fuzz(count: int, seconds: float, seed: int) -> tuple[int, int, float, str, list[str]]:
    """How many texts were tried and read, the longest time and its text, and what broke."""
    chance = random.Random(seed)
    events: list[str] = []
    is_reading = False
    reader = threading.get_ident()

    def watch(event: str, _: object) -> None:
        # the interpreter tells of all threads, and others have their own business
        if is_reading and threading.get_ident() == reader and event.startswith(FORBIDDEN):
            events.append(event)

    sys.addaudithook(watch)
    parse_all = ("auto", "plain", "mathematica", "latex")
    for syntax in parse_all:
        read("sni(x) + Sni[x] + \\sni x", syntax)  # what errors import is imported now
    broken: list[str] = []
    tried = understood = 0
    longest, slowest = 0.0, ""
    stop = time.monotonic() + seconds
    for text in texts(chance):
        if tried >= count or time.monotonic() > stop:
            break
        tried += 1
        for syntax in parse_all if tried % 2 == 0 else ("auto",):
            try:
                is_reading = True
                start = time.process_time()
                formula = read(text, syntax)
                taken = time.process_time() - start
                is_reading = False
                if taken > longest:
                    longest, slowest = taken, text
                if formula is not None:
                    understood += 1
                    if len(text) < 2_000:
                        check(formula)
                if events:
                    broken.append(f"{text!r} as {syntax} caused {events}")
                    events.clear()
            except Exception as error:  # whatever comes out is what is looked for
                is_reading = False
                broken.append(f"{text[:200]!r} as {syntax}: {type(error).__name__}: {error}")
    if longest > LONGEST:
        broken.append(f"{slowest[:200]!r} took {longest * 1e3:.0f} ms")
    return tried, understood, longest, slowest, broken


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    tried, understood, longest, slowest, broken = fuzz(options.texts, options.seconds, options.seed)
    print(f"{tried:,} texts in {time.monotonic() - start:.0f} s; {understood:,} readings gave a formula")
    print(f"longest: {longest * 1e3:.1f} ms, {slowest[:60]!r} ({len(slowest):,} characters)")
    for line in broken[:20]:
        print("BROKEN", line)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
