"""Value and gradient at many points, against compiled C, NumPy and JAX.

All of them get the same points and write value and gradient into arrays of their own. Repetitions alternate between
the contestants, so that a busy machine slows all alike; the medians of the times and of the ratios of each round are
shown. A million points do not fit into a cache, and cheap formulas there measure the memory; 4,096 points do fit.
"""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks._timing import at_least
from benchmarks._timing import ratio as as_ratio
from thalweg.objective.formula import Formula

SOURCE = Path(__file__).parent / "c" / "batch.c"
COMPILER = ("gcc", "-O3", "-march=native", "-shared", "-fPIC")
SIZES = (1_000_000, 4_096)
ROUNDS = 15
BUDGET = 0.02  # seconds a contestant runs in a round, at least once

ratios: dict[tuple[str, int], list[float]] = {}
"""Of a contestant's time to ours, by contestant and number of points: one for each formula."""

BATCH = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
)


class Case(NamedTuple):
    title: str
    name: str  # in the C source
    text: str
    calls_libm: bool
    plain: Callable[[Any, Any, Any], Any]  # (numpy or jax.numpy, x, y) -> value
    gradient: Callable[[Any, Any], tuple[Any, Any, Any]]  # by NumPy: (x, y) -> value and derivatives


def bowl(x: Any, y: Any) -> tuple[Any, Any, Any]:
    return x * x + y * y, 2.0 * x, 2.0 * y


def rosenbrock(x: Any, y: Any) -> tuple[Any, Any, Any]:
    a, b = 1.0 - x, y - x * x
    return a * a + 100.0 * (b * b), -2.0 * a - 400.0 * (b * x), 200.0 * b


def himmelblau(x: Any, y: Any) -> tuple[Any, Any, Any]:
    a, b = x * x + y - 11.0, x + y * y - 7.0
    return a * a + b * b, 4.0 * (a * x) + 2.0 * b, 2.0 * a + 4.0 * (b * y)


def sine_cosine(x: Any, y: Any) -> tuple[Any, Any, Any]:
    sx, cx, sy, cy = np.sin(x), np.cos(x), np.sin(y), np.cos(y)
    return sx * cy, cx * cy, -(sx * sy)


def gaussian(x: Any, y: Any) -> tuple[Any, Any, Any]:
    e = np.exp(-(x * x + y * y))
    return x * e, e - 2.0 * (x * (x * e)), -2.0 * (y * (x * e))


def ackley(x: Any, y: Any) -> tuple[Any, Any, Any]:
    turn = 2.0 * np.pi
    r = np.sqrt((x * x + y * y) / 2.0)
    e = np.exp(-0.2 * r)
    w = np.exp((np.cos(turn * x) + np.cos(turn * y)) / 2.0)
    q = 2.0 * e / r
    value = 20.0 + np.e - 20.0 * e - w
    return value, q * x + np.pi * (w * np.sin(turn * x)), q * y + np.pi * (w * np.sin(turn * y))


CASES = (
    Case("x^2 + y^2", "bowl", "x^2 + y^2", False, lambda m, x, y: x * x + y * y, bowl),
    Case(
        "Rosenbrock",
        "rosenbrock",
        "(1-x)^2 + 100*(y-x^2)^2",
        False,
        lambda m, x, y: (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2,
        rosenbrock,
    ),
    Case(
        "Himmelblau",
        "himmelblau",
        "(x^2+y-11)^2 + (x+y^2-7)^2",
        False,
        lambda m, x, y: (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2,
        himmelblau,
    ),
    Case(
        "sin(x) cos(y)",
        "sine_cosine",
        "sin(x)*cos(y)",
        True,
        lambda m, x, y: m.sin(x) * m.cos(y),
        sine_cosine,
    ),
    Case(
        "x exp(-x^2-y^2)",
        "gaussian",
        "x*exp(-x^2-y^2)",
        True,
        lambda m, x, y: x * m.exp(-(x * x + y * y)),
        gaussian,
    ),
    Case(
        "Ackley",
        "ackley",
        "-20*exp(-0.2*sqrt((x^2+y^2)/2)) - exp((cos(2*pi*x)+cos(2*pi*y))/2) + 20 + e",
        True,
        lambda m, x, y: (
            20.0
            + np.e
            - 20.0 * m.exp(-0.2 * m.sqrt((x * x + y * y) / 2.0))
            - m.exp((m.cos(2.0 * np.pi * x) + m.cos(2.0 * np.pi * y)) / 2.0)
        ),
        ackley,
    ),
)


def compiled(directory: str) -> ctypes.CDLL | None:
    """Build the C source; None where there is no compiler."""
    if shutil.which(COMPILER[0]) is None:
        return None
    library = Path(directory) / "batch.so"
    subprocess.run([*COMPILER, str(SOURCE), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def aligned(rows: int, columns: int) -> np.ndarray:
    """An array that begins at a cache line, so that chance does not favour anyone."""
    memory = np.zeros(rows * columns + 8)
    start = -memory.ctypes.data // memory.itemsize % 8
    return memory[start : start + rows * columns].reshape(rows, columns)


def by_address(address: int, x: np.ndarray) -> tuple[Callable[[], Any], np.ndarray]:
    """A call of a batch function, and the array it writes."""
    out = aligned(3, x.shape[1])
    function = BATCH(address)
    arguments = (
        ctypes.c_void_p(x.ctypes.data),
        ctypes.c_void_p(out.ctypes.data),
        None,
        ctypes.c_int64(x.shape[1]),
        ctypes.c_int64(x.shape[1]),
    )
    return lambda: function(*arguments), out


def with_jax(case: Case, x: np.ndarray) -> Callable[[], Any] | None:
    if importlib.util.find_spec("jax") is None:
        return None
    import jax

    jax.config.update("jax_enable_x64", True)
    both = jax.jit(jax.vmap(jax.value_and_grad(lambda a, b: case.plain(jax.numpy, a, b), argnums=(0, 1))))
    a, b = jax.numpy.asarray(x[0]), jax.numpy.asarray(x[1])
    jax.block_until_ready(both(a, b))
    return lambda: jax.block_until_ready(both(a, b))


def measure(contestants: dict[str, Callable[[], Any]], points: int) -> dict[str, list[float]]:
    """Nanoseconds a point, one number a round for each contestant."""
    repeats: dict[str, int] = {}
    for name, call in contestants.items():
        call()
        start = time.perf_counter()
        call()
        repeats[name] = max(1, round(BUDGET / (time.perf_counter() - start)))
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            times[name].append((time.perf_counter() - start) / repeats[name] / points * 1e9)
    return times


def rows(case: Case, library: ctypes.CDLL | None, points: int) -> str:
    x = aligned(2, points)
    x[:] = np.random.default_rng(0).uniform(-3.0, 3.0, x.shape)
    formula = Formula(case.text, variables=("x", "y"))
    ours, out = by_address(formula.native.batch, x)
    contestants: dict[str, Callable[[], Any]] = {"ours": ours}
    if library is not None:
        address = ctypes.cast(getattr(library, case.name), ctypes.c_void_p).value or 0
        contestants["c"], expected = by_address(address, x)
    contestants["numpy"] = lambda: case.gradient(x[0], x[1])
    if (jax := with_jax(case, x)) is not None:
        contestants["jax"] = jax
    times = measure(contestants, points)
    if library is not None:
        np.testing.assert_allclose(out, expected, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(out, np.array(case.gradient(x[0], x[1])), rtol=1e-11, atol=1e-11)
    cells = [case.title, f"{points:,}", f"{median(times['ours']):.2f}"]
    for name in ("c", "numpy", "jax"):
        if name in times:
            ratio = median(a / b for a, b in zip(times[name], times["ours"], strict=True))
            ratios.setdefault((name, points), []).append(ratio)
            cells += [
                f"{median(times[name]):.2f}{' (libm)' if name == 'c' and case.calls_libm else ''}",
                f"{ratio:.2f}",
            ]
        else:
            cells += ["-", "-"]
    return "| " + " | ".join(cells) + " |"


def main() -> str:
    """Measure everything and return the table."""
    ratios.clear()
    heads = ["formula", "points", "Thalweg", "C -O3", "/ Thalweg", "NumPy", "/ Thalweg", "JAX", "/ Thalweg"]
    table = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    with tempfile.TemporaryDirectory() as directory:
        library = compiled(directory)
        table += [rows(case, library, points) for points in SIZES for case in CASES]
    if against_c := ratios.get(("c", SIZES[0])):
        what = (
            f"values and gradients at {SIZES[0]:,} points, C's time by ours, least of {len(CASES)} formulas"
        )
        at_least(what, min(against_c), 1.0, as_ratio)
    table.append("")
    table.append(
        "Nanoseconds a point for value and gradient, one thread (JAX: all); ratios above 1: Thalweg is faster."
    )
    return "\n".join(table)


if __name__ == "__main__":
    print(main())
