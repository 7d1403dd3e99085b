"""Reads random texts and mutations of formulas in every language, and says what took longest and what broke.

    python -m scripts.fuzz                           # 100,000 texts, 300 s at most
    python -m scripts.fuzz --texts 5000 --seconds 10 --seed 3

A text (`fuzz_texts`) must be read or refused with a FormulaError (or FormulaSizeError) within 100 ms. What is read goes
the whole way: it is written in every language and read back as the same formula from those that are read, looked at for
cautions, differentiated, and one in some is built and computed, at a point and in a batch with the same bits. Nothing
typed is run: an audit hook of the interpreter watches for compiled code, imports, files, processes and sockets while
texts are read.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from scripts.fuzz_texts import texts
from thalweg.expression import derivative, printing
from thalweg.expression.cautions import cautions
from thalweg.expression.errors import FormulaError
from thalweg.expression.graph import FormulaSizeError
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.expression.printing import to_latex, to_mathematica, to_text
from thalweg.objective.formula import Formula

LONGEST = 0.1
"""Seconds that a text may take to be read."""

SLOWEST = 3.0
"""Seconds that a formula may take on the whole way, machine code included."""

BUILT = 8
"""One formula in so many is built."""

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

WRITERS: dict[str, Callable[[Parsed], str]] = {
    "plain": to_text,
    "mathematica": to_mathematica,
    "latex": to_latex,
}


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


ONLY_WRITTEN = (printing.to_python, printing.to_javascript, printing.to_julia, printing.to_mathml)


def go(formula: Parsed, chance: random.Random) -> None:
    """Take the formula the whole way."""
    check(formula)
    for write in ONLY_WRITTEN:
        with contextlib.suppress(FormulaSizeError):
            write(formula)
    for sentence in cautions(formula):
        assert sentence, "a caution says nothing"
    n = len(formula.variables)
    if n > 200:
        return
    with contextlib.suppress(FormulaSizeError):
        derivative.hessian_product(formula.graph, formula.root, n)
        if formula.graph.has_loops:
            derivative.adjoints(formula.graph, formula.root, n)
        elif n <= 6 and len(formula.graph.nodes) < 100:
            for row in derivative.hessian(formula.graph, formula.root, n):
                for entry in row:
                    with contextlib.suppress(FormulaSizeError):
                        to_text(formula, entry)
    if n and chance.randrange(BUILT) == 0:
        compute(formula, chance)


def compute(formula: Parsed, chance: random.Random) -> None:
    """Build the formula and compare values and gradients at points with those in a batch, bit for bit."""
    try:
        written = Formula(to_text(formula), variables=formula.compact, syntax="plain")
        terms = sum(node[0] in ("sum", "product") for node in formula.graph.nodes)
        if terms > 3 or written.n > 40 or len(formula.graph.nodes) > 2_000:
            return
        rows = [
            [chance.choice((chance.uniform(-3, 3), 0.0, 1.0, 1e200)) for _ in range(9)]
            for _ in range(written.n)
        ]
        points = np.array(rows)
        values, gradients = written.value_and_gradient(points)
        for place in range(9):
            value, gradient = written.value_and_gradient(points[:, place])
            for found, other in ((value, values[place]), (gradient, gradients[:, place])):
                if np.asarray(found).tobytes() != np.ascontiguousarray(other).tobytes():
                    both = np.isnan(found) & np.isnan(other)  # nan has many bits
                    assert np.all(both | (np.asarray(found) == other)), (
                        f"{found} at a point, {other} in a batch"
                    )
        if len(formula.graph.nodes) < 200:  # beyond, a second of building is its price
            written.hessian(points[:, 0])
    except FormulaSizeError:
        pass
    except FormulaError as error:
        if "has more than" not in error.message and "nested more" not in error.message:
            raise


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
                        start = time.process_time()
                        go(formula, chance)
                        taken = time.process_time() - start
                        if taken > SLOWEST:
                            broken.append(f"{text[:200]!r} took {taken:.1f} s on the whole way")
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
    parser.add_argument("--seconds", type=float, default=300.0)
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
