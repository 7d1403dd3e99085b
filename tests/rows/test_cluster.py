"""A Dask cluster gives the bits of rows in memory, even where a worker is killed in the middle of a fit."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster
from pyarrow import parquet

import thalweg as tw
from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.rows import ValueKernel
from thalweg.rows.cluster import ClusterSource
from thalweg.rows.opening import open_rows
from thalweg.rows.reading import table
from thalweg.rows.table import DataError

MODEL = "b1*(1 - exp(-b2*t))"
POINT = np.array([1.3, 0.7])
SIZES = [100_000, 1, 0, 250_017, 65_536, 7, 300_000]
"""Rows of the partitions: some hold whole chunks, some a part of one."""

pytestmark = pytest.mark.filterwarnings(
    # Dask's own: sockets of a worker that was killed, and of a cluster that is taken down
    "ignore:unclosed:ResourceWarning",
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning",
)


def partition(number: int) -> pd.DataFrame:
    rng = np.random.default_rng(number)
    t = rng.uniform(0, 3, SIZES[number])
    y = 2 * (1 - np.exp(-0.5 * t)) + 0.1 * rng.standard_normal(len(t))
    return pd.DataFrame({"t": t, "y": y, "remark": "none"})


@pytest.fixture(scope="module")
def columns() -> dict[str, np.ndarray]:
    whole = pd.concat([partition(number) for number in range(len(SIZES))])
    return {"t": whole["t"].to_numpy(), "y": whole["y"].to_numpy()}


def frame() -> Any:
    meta = pd.DataFrame({"t": [0.5], "y": [0.5], "remark": ["none"]})
    return dd.from_map(partition, range(len(SIZES)), meta=meta)


def slopes_and_residual() -> ValueKernel:
    from thalweg.expression.derivative import gradient
    from thalweg.expression.parse import parse

    parsed = parse(MODEL, columns=["t", "y"])
    graph = parsed.graph
    residual = graph.subtract(parsed.root, graph.column(1))
    return ValueKernel(graph, [*gradient(graph, parsed.root, 2), residual], 2)


@pytest.fixture
def client() -> Iterator[Client]:
    """Three workers, each a process of its own."""
    with dask.config.set({"distributed.comm.timeouts.connect": "60s", "distributed.admin.log-length": 0}):
        cluster = LocalCluster(
            n_workers=3,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            memory_limit="2GB",
        )
        with cluster, Client(cluster, set_as_default=False) as connected:
            yield connected


# ------------------------------------------------------------------------------------------- any scheduler of Dask's


@pytest.mark.parametrize("memory", ["2 GB", "0 B"], ids=["held", "computed for every pass"])
def test_partitions_of_any_size_give_the_bits_of_memory(columns: dict[str, np.ndarray], memory: str) -> None:
    held = open_rows(table(columns), ["t", "y"])
    spread = open_rows(table(frame()), ["t", "y"], memory)
    assert isinstance(spread, ClusterSource)
    kernel = slopes_and_residual()
    assert spread.known_rows is None
    found, expected = (source.reduce(POINT, factor=kernel) for source in (spread, held))
    assert found.rows == spread.known_rows == sum(SIZES)
    assert found.factor.tobytes() == expected.factor.tobytes()
    chunks = [(chunk.count, chunk[0].copy()) for chunk in spread.chunks()]
    assert [count for count, _ in chunks[:-1]] == [CHUNK] * (len(chunks) - 1)
    assert np.array_equal(np.concatenate([t for _, t in chunks]), columns["t"])


def test_a_fit_over_a_frame_is_that_over_its_columns(columns: dict[str, np.ndarray]) -> None:
    memory, spread = tw.LeastSquares(MODEL, columns), tw.LeastSquares(MODEL, frame())
    for f in (spread, pickle.loads(pickle.dumps(spread))):
        assert f.value(POINT) == memory.value(POINT)
        assert f.gradient(POINT).tobytes() == memory.gradient(POINT).tobytes()
        assert f.hessian(POINT).tobytes() == memory.hessian(POINT).tobytes()
        assert np.array_equal(f.residuals(POINT), memory.residuals(POINT))
        assert f.describe().endswith(f"over {sum(SIZES):,} rows of the data")


def test_arrays_in_blocks_both_ways_are_read_with_names(columns: dict[str, np.ndarray]) -> None:
    array = da.from_array(np.stack([columns["y"], columns["t"]], axis=1), chunks=(100_003, 1))
    spread = tw.LeastSquares(MODEL, table(array, names=["y", "t"]))
    assert spread.value(POINT) == tw.LeastSquares(MODEL, columns).value(POINT)
    with pytest.raises(DataError, match="Dask array has no names"):
        table(array)
    with pytest.raises(DataError, match=r"shape \(rows, 1\)"):
        table(array, names=["y"])


def test_missing_values_are_told_by_partition_or_left_out() -> None:
    data = pd.DataFrame({"t": [0.0, 1.0, np.nan, 3.0, 4.0, 5.0], "y": [1.0, 2.0, 3.0, None, 5.0, 6.0]})
    spread = dd.from_pandas(data, npartitions=3, sort=False)
    with pytest.raises(DataError, match="in partition 1, the column 't' holds nan at index 0"):
        tw.LeastSquares("m*t + b", spread).value([1, 1])
    f = tw.LeastSquares("m*t + b", table(spread, missing="drop"))
    assert f.value([1, 1]) == 0.0
    assert (f.rows, f.dropped) == (4, 2)


# ---------------------------------------------------------------------------------------------------- real processes


def workers(client: Client) -> list[int]:
    """The process of each worker."""
    return list(client.run(os.getpid).values())


def test_workers_that_are_killed_in_mid_fit_change_no_bit(
    client: Client, columns: dict[str, np.ndarray], tmp_path: Path
) -> None:
    """Over a frame that each worker holds a part of, and over Parquet files that the workers read."""
    address = client.scheduler.address
    memory = tw.LeastSquares(MODEL, columns)
    expected = tw.descend(memory, [1.0, 1.0], method="bfgs", max_iterations=5)
    spread = tw.LeastSquares(MODEL, table(frame(), scheduler=address))
    before, killed = workers(client), list[int]()

    def kill(progress: object) -> None:
        """One worker between two passes, and another a moment later, while a pass is made."""
        if not killed:
            killed.extend(before[:2])
            os.kill(killed[0], signal.SIGKILL)
            threading.Timer(0.05, os.kill, [killed[1], signal.SIGKILL]).start()

    found = tw.descend(spread, [1.0, 1.0], method="bfgs", max_iterations=5, callback=kill)
    assert found.nit == 5
    assert found.points.tobytes() == expected.points.tobytes()
    assert found.values.tobytes() == expected.values.tobytes()
    assert not set(killed) & set(workers(client))

    whole = pa.table(columns)
    for part, (start, rows) in enumerate([(0, 10), (10, 400_000), (400_010, sum(SIZES) - 400_010)]):
        path = tmp_path / f"part-{part}.parquet"
        parquet.write_table(whole.slice(start, rows), path, row_group_size=90_000)
    spread = tw.LeastSquares(MODEL, table(tmp_path, scheduler=address))
    assert spread.rows == sum(SIZES)
    assert spread.gradient(POINT).tobytes() == memory.gradient(POINT).tobytes()
    parquet.write_table(pa.table({"t": [np.inf], "y": [1.0]}), tmp_path / "part-7.parquet")
    with pytest.raises(DataError, match=r"in row group 0 of part-7\.parquet, the column 't' holds inf"):
        tw.LeastSquares(MODEL, table(tmp_path, scheduler=address)).value(POINT)


def test_a_scheduler_is_for_data_that_workers_reach(columns: dict[str, np.ndarray]) -> None:
    with pytest.raises(DataError, match="the workers of a scheduler read Parquet files"):
        table(columns, scheduler="tcp://127.0.0.1:1")
