"""Memory is flat over a file that is ten times larger than the limit set; measured in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

CHILD = """
import sys
import thalweg as tw

f = tw.LeastSquares("m*t + b", sys.argv[1], memory=int(sys.argv[2]))
print(f._data.memory is None, f.rows, *f.gradient([2.0, 1.0]))
try:  # on Linux getrusage would count what the parent held when it forked
    print(1024 * int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]))
except FileNotFoundError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(path: Path, limit: int) -> tuple[str, int]:
    """What a fresh process finds and the most memory it held."""
    command = [sys.executable, "-c", CHILD, str(path), str(limit)]
    found, memory = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return found, int(memory)


def write(path: Path, count: int) -> None:
    """Two columns of doubles: 16 bytes a row."""
    t = np.random.default_rng(1).uniform(0, 1, count)
    table = pa.table({"t": t, "y": 2.0 * t + 1.0})
    if path.suffix == ".csv":
        arrow_csv.write_csv(table, path)
    else:
        parquet.write_table(table, path, use_dictionary=False, compression="none")


@pytest.mark.parametrize(("form", "limit"), [("parquet", 32 << 20), ("csv", 8 << 20)])
def test_memory_is_flat_over_a_file_ten_times_larger_than_the_limit(
    tmp_path: Path, form: str, limit: int
) -> None:
    """A file a little larger than the limit and one of ten times: what the peaks differ by is what readers vary by."""
    small, large = tmp_path / f"small.{form}", tmp_path / f"large.{form}"
    count = 10 * limit // 16
    write(small, limit // 16 + 1000)
    write(large, count)
    _, low = peak(small, limit)
    found, flat = peak(large, limit)
    assert found == f"True {count} 0.0 0.0"
    assert flat - low < 32 << 20
    found, held = peak(large, 20 * limit)  # the same rows in memory do show
    assert found == f"False {count} 0.0 0.0"
    assert held - flat > 5 * limit
