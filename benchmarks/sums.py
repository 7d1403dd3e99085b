"""Sums over an index: from the text to machine code, and value and gradient against hand-written C.

The formulas are compiled to loops, so that building takes the same time for any n; it is measured anew for every
round, by another number in the formula. C is called through a pointer as ours is, and gets the same x.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._timing import Times, alternate, at_most, ratio, table
from thalweg.objective.formula import Formula

SOURCE = Path(__file__).parent / "c" / "sums.c"
COMPILER = ("gcc", "-O3", "-march=native", "-shared", "-fPIC")
SIZES = (10, 1_000, 10_000, 1_000_000)
ROUNDS = 15

FORMULAS = {
    "rosenbrock": "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, n-1)",
    "rosenbrock_scattered": "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, n-1)",
    "ellipsoid": "sum(i*x[i]^2, i, 1, n)",
    "rastrigin": "10*n + sum(x[i]^2 - 10*cos(2pi*x[i]), i, 1, n)",
}

POINT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


def building() -> str:
    """How long it takes from the text to the first value and gradient."""
    number = count(100)

    def built(n: int) -> Any:
        text = FORMULAS["rosenbrock"].replace("100", f"{next(number)}")
        return Formula(text, parameters={"n": n}).native.point

    times = alternate({f"{n:,}": lambda n=n: built(n) for n in SIZES}, ROUNDS)
    at_most("chained Rosenbrock, n = 10,000, from its text to machine code", times["10,000"].least, 20e-3)
    rows = [[n, each] for n, each in times.items()]
    return table(["n", "chained Rosenbrock, text to machine code"], rows)


def compiled(directory: str) -> ctypes.CDLL | None:
    """Build the C source; None where there is no compiler."""
    if shutil.which(COMPILER[0]) is None:
        return None
    library = Path(directory) / "sums.so"
    subprocess.run([*COMPILER, str(SOURCE), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def compared(name: str, n: int, library: ctypes.CDLL) -> list[object]:
    """One row: ours, theirs, and their ratio."""
    formula = Formula(FORMULAS[name], parameters={"n": n})
    x = np.random.default_rng(0).normal(size=n)
    out, gradient = np.empty(1 + n), np.empty(n)
    native = formula.native
    ours = POINT(native.point)
    arguments = [ctypes.c_void_p(place) for place in (x.ctypes.data, out.ctypes.data, native.context)]
    theirs = getattr(library, name)
    theirs.restype = ctypes.c_double
    given = ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(gradient.ctypes.data), ctypes.c_int64(n)
    times = alternate({"ours": lambda: ours(*arguments), "c": lambda: theirs(*given)}, ROUNDS)
    np.testing.assert_allclose(out[0], theirs(*given), rtol=1e-11)
    np.testing.assert_allclose(out[1:], gradient, rtol=1e-9, atol=1e-9 * float(np.abs(gradient).max()))
    share = _ratio(times["ours"], times["c"])
    if name == "rosenbrock" and n == 10_000:
        at_most("chained Rosenbrock, n = 10,000, value and gradient by hand-written C's", share, 1.5, ratio)
    return [name.replace("_", ", "), f"{n:,}", times["ours"], times["c"], ratio(share)]


def _ratio(ours: Times, theirs: Times) -> float:
    return ours.least / theirs.least  # what else the machine does only adds


def main() -> str:
    """Measure everything and return the tables."""
    parts = [building()]
    with tempfile.TemporaryDirectory() as directory:
        library = compiled(directory)
        if library is not None:
            rows = [compared(name, n, library) for name in FORMULAS for n in SIZES]
            parts.append(table(["sum", "n", "Thalweg", "C -O3", "Thalweg / C"], rows))
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(main())
