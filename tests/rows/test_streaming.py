"""Rows that are streamed give the bits of rows in memory, in flat memory, and say on the terminal how far they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

import thalweg as tw
from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import RowPass
from thalweg.kernel.rows import Rows, ValueKernel
from thalweg.rows.opening import open_rows
from thalweg.rows.reading import table
from thalweg.rows.streaming import StreamSource
from thalweg.rows.table import DataError

MODEL = "b1*(1 - exp(-b2*t))"
POINT = np.array([1.3, 0.7])
ROWS = 3 * CHUNK + 4_321
SMALL = "4.75 MB"  # room for the buffers of three columns, and not for the rows


@pytest.fixture(scope="module")
def columns() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    t = rng.uniform(0, 3, ROWS)
    return {"t": t, "y": 2 * (1 - np.exp(-0.5 * t)) + 0.1 * rng.standard_normal(ROWS), "w": t * t}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, columns: dict[str, np.ndarray]) -> dict[str, Path]:
    """The same rows in files of several forms."""
    folder = tmp_path_factory.mktemp("rows")
    whole = pa.table(columns)
    parquet.write_table(whole, folder / "whole.parquet", row_group_size=50_000)
    (folder / "parts").mkdir()
    for part, (a, b) in enumerate([(0, 10), (10, 70_000), (70_000, 70_001), (70_001, ROWS)]):
        parquet.write_table(whole.slice(a, b - a), folder / "parts" / f"{part}.parquet")
    arrow_csv.write_csv(whole, folder / "whole.csv")
    return {"file": folder / "whole.parquet", "folder": folder / "parts", "csv": folder / "whole.csv"}


def identity(columns: int) -> ValueKernel:
    from thalweg.expression.parse import parse

    graph = parse("t", columns=["t"]).graph
    return ValueKernel(graph, [graph.column(j) for j in range(columns)], 1)


@pytest.mark.parametrize("form", ["file", "folder", "csv"])
def test_a_stream_gives_the_bits_of_memory(
    form: str, files: dict[str, Path], columns: dict[str, np.ndarray]
) -> None:
    held = open_rows(table(columns), ["t", "y", "w"])
    stream = open_rows(table(files[form]), ["t", "y", "w"], SMALL)
    assert isinstance(stream, StreamSource)
    found, expected = (source.reduce(np.zeros(1), factor=identity(3)) for source in (stream, held))
    assert found.rows == expected.rows == stream.rows == ROWS
    assert found.factor.tobytes() == expected.factor.tobytes()
    R = np.linalg.qr(np.stack([columns[name] for name in "tyw"], axis=1), mode="r")
    assert np.abs(found.factor) == pytest.approx(np.abs(R), rel=1e-12, abs=1e-9)

    memory, streamed = tw.LeastSquares(MODEL, columns), tw.LeastSquares(MODEL, files[form], memory="3.2 MB")
    assert streamed.value(POINT) == memory.value(POINT)
    assert streamed.gradient(POINT).tobytes() == memory.gradient(POINT).tobytes()
    assert streamed.hessian(POINT).tobytes() == memory.hessian(POINT).tobytes()
    assert streamed.native is None
    assert np.array_equal(streamed.residuals(POINT), memory.residuals(POINT))
    assert np.array_equal(streamed.jacobian(POINT), memory.jacobian(POINT))
    assert np.array_equal(streamed.column("y"), memory.column("y"))
    assert streamed.describe().endswith(f"over {ROWS:,} rows of {files[form].name}")


def test_rows_that_fit_are_held_and_say_their_mistakes_at_once(files: dict[str, Path]) -> None:
    assert open_rows(table(files["csv"]), ["t", "y"], "4 MB").memory is not None
    assert open_rows(table(files["file"]), ["t", "y"], "4 MB").memory is not None
    assert open_rows(table(files["file"]), ["t"], f"{8 * ROWS} B").memory is not None
    assert open_rows(table(files["file"]), ["t"], 8 * ROWS - 1).memory is None


def test_arrays_beyond_the_limit_are_not_copied(columns: dict[str, np.ndarray]) -> None:
    stream = open_rows(table(columns), ["t", "y", "w"], SMALL)
    assert stream.memory is None
    assert np.array_equal(np.concatenate([chunk[1].copy() for chunk in stream.chunks()]), columns["y"])
    assert [chunk.count for chunk in stream.chunks()] == [CHUNK, CHUNK, CHUNK, 4_321]


def test_a_limit_that_holds_no_buffers_is_refused(files: dict[str, Path]) -> None:
    with pytest.raises(DataError, match=r"memory='1 MB' is too little for reading 2 columns .* takes 3 MB"):
        open_rows(table(files["file"]), ["t", "y"], "1 MB")


def test_rows_without_a_value_are_left_out_of_a_stream(tmp_path: Path) -> None:
    t = np.arange(5.0 * CHUNK)
    t[[5, 70_000, CHUNK]] = np.nan
    parquet.write_table(pa.table({"t": t}), tmp_path / "a.parquet")
    stream = open_rows(table(tmp_path / "a.parquet", missing="drop"), ["t"], "2 MB")
    assert stream.memory is None
    assert stream.known_rows is None
    assert (stream.rows, stream.dropped) == (5 * CHUNK - 3, 3)
    assert np.array_equal(np.concatenate([chunk[0].copy() for chunk in stream.chunks()]), t[~np.isnan(t)])


def test_a_mistake_deep_in_a_stream_is_named_and_the_reader_ends(tmp_path: Path) -> None:
    t = np.arange(5.0 * CHUNK)
    t[4 * CHUNK + 7] = np.nan
    parquet.write_table(pa.table({"t": t}), tmp_path / "a.parquet")
    stream = open_rows(table(tmp_path / "a.parquet"), ["t"], "2 MB")
    before = threading.active_count()
    with pytest.raises(DataError, match=rf"a\.parquet, row {4 * CHUNK + 8}, column 't': the cell holds nan"):
        stream.reduce(np.zeros(1), factor=identity(1))
    assert threading.active_count() == before


def test_who_stops_early_stops_the_reader(columns: dict[str, np.ndarray]) -> None:
    before = threading.active_count()
    chunks = cast(Any, StreamSource(table(columns), ["t"]).chunks())
    next(chunks)
    assert threading.active_count() == before + 1
    chunks.close()
    assert threading.active_count() == before


def test_order_of_batches_does_not_matter_only_rows_do(columns: dict[str, np.ndarray]) -> None:
    """The same rows in batches of 1,000 and of 100,000."""
    what = RowPass(factor=identity(2))
    expected = what(np.zeros(1), Rows([columns["t"], columns["y"]])).factor
    for size in (1_000, 100_000):
        batches = pa.table(columns).to_batches(max_chunksize=size)
        reader = pa.RecordBatchReader.from_batches(batches[0].schema, batches)
        found = open_rows(table(reader), ["t", "y"]).reduce(np.zeros(1), factor=identity(2)).factor
        assert found.tobytes() == expected.tobytes()


# ------------------------------------------------------------------------------------------------------ few passes


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passes over streamed rows that are made."""
    made: list[str] = []
    chunks = StreamSource.chunks

    def noted(self: StreamSource) -> Iterator[Rows]:
        made.append(self.label)
        return chunks(self)

    monkeypatch.setattr(StreamSource, "chunks", noted)
    return made


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_linear_model_takes_one_pass_and_a_trial_step_none(
    tmp_path: Path, passes: list[str], form: str
) -> None:
    rng = np.random.default_rng(8)
    t = rng.uniform(0, 3, 9 * CHUNK)
    y = 2 * t - 0.5 * t**2 + 1 + 0.1 * rng.standard_normal(len(t))
    path = tmp_path / f"a.{form}"
    write = parquet.write_table if form == "parquet" else arrow_csv.write_csv
    write(pa.table({"t": t, "y": y}), path)
    model = "a*t + b*t^2 + c"
    f = tw.LeastSquares(model, path, loss="half", memory="4 MB")
    assert f.memory is None
    before = len(passes)
    run = tw.descend(f, [5.0, -3.0, 2.0], method="levenberg-marquardt", gtol=0.0)
    assert run.nit >= 1
    assert len(passes) - before == 1
    design = np.stack([t, t * t, np.ones_like(t)], axis=1)
    expected, (rss,), _, _ = np.linalg.lstsq(design, y, rcond=None)
    errors = np.sqrt(np.diagonal(np.linalg.inv(design.T @ design)) * rss / (len(t) - 3))
    assert (np.abs(run.x - expected) < 1e-8 * errors).all()
    assert run.fun == pytest.approx(rss / 2, rel=1e-12)
    held = tw.LeastSquares(model, path, loss="half")
    assert held.memory is not None
    again = tw.descend(held, [5.0, -3.0, 2.0], method="levenberg-marquardt", gtol=0.0)
    assert again.points.tobytes() == run.points.tobytes()


def test_a_model_that_is_not_linear_takes_a_pass_an_evaluation(tmp_path: Path, passes: list[str]) -> None:
    rng = np.random.default_rng(8)
    t = rng.uniform(0, 3, 9 * CHUNK)
    y = 2 * (1 - np.exp(-0.7 * t)) + 0.1 * rng.standard_normal(len(t))
    parquet.write_table(pa.table({"t": t, "y": y}), tmp_path / "a.parquet")
    f = tw.LeastSquares(MODEL, tmp_path / "a.parquet", loss="half", memory="4 MB")
    run = tw.descend(f, [1.0, 1.0], method="levenberg-marquardt", gtol=0.0)
    assert 1 < len(passes) == run.nfev
    memory = tw.LeastSquares(MODEL, {"t": t, "y": y}, loss="half")
    again = tw.descend(memory, [1.0, 1.0], method="levenberg-marquardt", gtol=0.0)
    assert again.points.tobytes() == run.points.tobytes()
