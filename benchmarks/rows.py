"""A pass over rows: value and gradient of a model on data, against the bandwidth of memory, C and NumPy.

Rows have two columns of doubles that no cache holds. *Reading alone* sums the same bytes in C with as many threads as
this process may use: no pass over them can be quicker. Repetitions alternate. Below, rows come from disk: a stream of
them against pyarrow, which reads the same columns and does nothing with them (the files are in the system's cache).
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import thalweg as tw
from benchmarks._timing import Times, alternate, at_least, table

ROWS = 20_000_000
BYTES = 16 * ROWS
FILE_ROWS = 10_000_000
SOURCE = Path(__file__).parent / "c" / "rows.c"
COMPILER = ("gcc", "-O3", "-march=native", "-shared", "-fPIC")
PASS = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_double, ctypes.c_double, ctypes.c_void_p
)


class Model(NamedTuple):
    title: str
    name: str  # in the C source
    text: str
    wanted: float  # of the bandwidth
    plain: Callable[[Any, Any, float, float], tuple[float, float, float]]  # by NumPy


def linear(x: Any, y: Any, m: float, b: float) -> tuple[float, float, float]:
    r = m * x + b - y
    return r @ r, r @ x, r.sum()


def saturating(x: Any, y: Any, b1: float, b2: float) -> tuple[float, float, float]:
    e = np.exp(-b2 * x)
    r = b1 * (1.0 - e) - y
    return r @ r, r @ (1.0 - e), b1 * (r @ (x * e))


MODELS = (
    Model("linear, m*x + b", "linear", "m*x + b", 0.9, linear),
    Model("exponential, b1*(1 - exp(-b2*x))", "saturating", "b1*(1 - exp(-b2*x))", 0.5, saturating),
)


def gigabytes(value: float) -> str:
    return f"{value / 1e9:.1f} GB/s"


def share(value: float) -> str:
    return f"{100 * value:.0f} %"


def rate(times: Times) -> str:
    return gigabytes(BYTES / times.median)


def threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_memory() -> str:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 3, ROWS), rng.standard_normal(ROWS)
    if shutil.which(COMPILER[0]) is None:
        raise RuntimeError("the C compiler that measures the bandwidth is missing: gcc")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "rows.so"
        subprocess.run([*COMPILER, "-o", str(library), str(SOURCE), "-lm"], check=True)
        code = ctypes.CDLL(str(library))
        many = threads()
        pool = ThreadPoolExecutor(many)
        bounds = [ROWS * i // (4 * many) for i in range(4 * many + 1)]  # a thread that is held up takes fewer

        def by_c(name: str) -> Callable[[], Any]:
            function = PASS((name, code))
            out = np.empty((4 * many, 3))

            def part(i: int) -> None:
                a, b = bounds[i], bounds[i + 1]
                function(x[a:].ctypes.data, y[a:].ctypes.data, b - a, 1.3, 0.7, out[i:].ctypes.data)

            return lambda: (list(pool.map(part, range(4 * many))), out.sum(axis=0))[1]

        contenders: dict[str, Callable[[], Any]] = {"reading alone": by_c("reading")}
        for model in MODELS:
            f = tw.LeastSquares(model.text, {"x": x, "y": y}, loss="sum")
            contenders[f"{model.title}: here"] = lambda f=f: f.value_and_gradient([1.3, 0.7])
            contenders[f"{model.title}: C -O3"] = by_c(model.name)
            value, expected = contenders[f"{model.title}: here"](), by_c(model.name)()
            np.testing.assert_allclose([value[0], *(value[1] / 2)], expected, rtol=1e-9)
        times = alternate(contenders, 15)
        for model in MODELS:
            times[f"{model.title}: NumPy"] = alternate(
                {"": lambda model=model: model.plain(x, y, 1.3, 0.7)}, 3
            )[""]
    full = times["reading alone"]
    for model in MODELS:
        here = times[f"{model.title}: here"]
        at_least(
            f"pass over rows, {model.title}, of the bandwidth", full.median / here.median, model.wanted, share
        )
    rows = [[name, str(each), rate(each), share(full.median / each.median)] for name, each in times.items()]
    title = f"{ROWS:,} rows in memory, {threads()} threads (NumPy: one)"
    return table([title, "time", "rate", "of the bandwidth"], rows)


def from_disk() -> str:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    from thalweg.rows.csv_file import BLOCK as CSV_BLOCK
    from thalweg.rows.parquet import BATCH, BUFFER

    rng = np.random.default_rng(1)
    data = pa.table({"x": rng.uniform(0, 3, FILE_ROWS), "y": rng.standard_normal(FILE_ROWS)})
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        small = Path(folder) / "rows.csv"
        parquet.write_table(data, path, use_dictionary=False)
        arrow_csv.write_csv(data.slice(0, FILE_ROWS // 5), small)

        def read_parquet() -> int:
            with parquet.ParquetFile(path, buffer_size=BUFFER) as file:
                return sum(batch.num_rows for batch in file.iter_batches(BATCH, columns=["x", "y"]))

        def read_csv() -> int:
            options = arrow_csv.ReadOptions(block_size=CSV_BLOCK)
            kinds = arrow_csv.ConvertOptions(column_types={"x": pa.float64(), "y": pa.float64()})
            return sum(batch.num_rows for batch in arrow_csv.open_csv(small, options, None, kinds))

        for title, file, read, count in (
            ("Parquet", path, read_parquet, FILE_ROWS),
            ("CSV", small, read_csv, FILE_ROWS // 5),
        ):
            f = tw.LeastSquares(MODELS[1].text, file, memory=4 * count)
            assert f.memory is None
            contenders = {"here": lambda f=f: f.value_and_gradient([1.3, 0.7]), "pyarrow": read}
            times = alternate(contenders, 5)
            here, peer = times["here"], times["pyarrow"]
            rows += [
                [
                    f"{title}: streamed through the exponential model",
                    str(here),
                    f"{count / here.median / 1e6:.1f}",
                ],
                [f"{title}: pyarrow reading alone", str(peer), f"{count / peer.median / 1e6:.1f}"],
            ]
    return table(["rows from disk", "time", "million rows/s"], rows)


CHILD = """
import sys
import thalweg as tw

f = tw.LeastSquares("m*x + b", sys.argv[1], memory=int(sys.argv[2]))
f.gradient([1.3, 0.7])
print(int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) / 1024)
"""


def memory_held() -> str:
    """The most memory that a process of its own held during a pass, over files of growing length."""
    import pyarrow as pa
    from pyarrow import parquet

    limit = 64 << 20
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for times in (1.1, 10, 30):
            path = Path(folder) / "rows.parquet"
            part = pa.table({"x": np.random.default_rng(1).uniform(0, 3, 1 << 20)})
            part = part.append_column("y", part["x"])
            with parquet.ParquetWriter(path, part.schema, use_dictionary=False, compression="none") as writer:
                for _ in range(round(times * limit / part.nbytes)):
                    writer.write_table(part)
            command = [sys.executable, "-c", CHILD, str(path), str(limit)]
            peak = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            rows.append([f"{times:g} ×", f"{path.stat().st_size / 1e6:,.0f} MB", f"{peak:.0f} MB"])
    return table(["rows, of the limit of 64 MiB", "file", "most memory held, libraries included"], rows)


def main() -> str:
    return "\n\n".join([in_memory(), from_disk(), *([memory_held()] if sys.platform == "linux" else [])])
