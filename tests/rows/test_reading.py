"""Every library's frames and every shape of plain data give the same rows, and missing values are told or left out."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

import thalweg as tw
from thalweg.rows.opening import open_rows, size
from thalweg.rows.reading import table
from thalweg.rows.table import DataError, symbols

T = [0.0, 0.5, 1.25]
Y = [1, 2, 4]
BATCH = pa.record_batch({"t": T, "y": pa.array(Y, pa.int16()), "remark": ["a", "b", "c"]})

HOLDERS: dict[str, Callable[[], object]] = {
    "Polars": lambda: pl.DataFrame({"t": T, "y": Y, "remark": ["a", "b", "c"]}),
    "a lazy frame of Polars": lambda: pl.LazyFrame({"t": T, "y": Y}),
    "pandas": lambda: pd.DataFrame({"t": T, "y": Y}),
    "a table of Arrow": lambda: pa.table({"t": pa.chunked_array([T[:1], T[1:]]), "y": Y}),
    "a batch of Arrow": lambda: BATCH,
    "a reader of Arrow": lambda: pa.RecordBatchReader.from_batches(
        BATCH.schema, [BATCH.slice(0, 1), BATCH.slice(1)]
    ),
    "a list of dicts": lambda: [{"t": t, "y": y} for t, y in zip(T, Y, strict=True)],
}


@pytest.mark.parametrize("make", HOLDERS.values(), ids=HOLDERS)
def test_every_library_is_met_by_its_manners(make: Callable[[], object]) -> None:
    found = table(make())
    assert {"t", "y"} <= set(found.names)
    t, y = found.columns(["t", "y"])
    assert t.dtype == y.dtype == np.float64
    assert (t.tolist(), y.tolist()) == (T, Y)
    assert tw.LeastSquares("m*t + b", make()).rows == 3


def test_a_plain_array_is_given_its_names() -> None:
    t, y = table(np.array([T, Y], dtype=np.float32).T, names=["t", "y"]).columns(["t", "y"])
    assert (t.tolist(), y.tolist()) == (T, Y)
    with pytest.raises(DataError, match=r"names=\['t', 'y'\] gives them"):
        table(np.zeros((3, 2)))
    with pytest.raises(DataError, match=r"has the shape \(rows, 3\), not \(3, 2\)"):
        table(np.zeros((3, 2)), names=["a", "b", "c"])


MISSING: dict[str, Callable[[], object]] = {
    "Polars": lambda: pl.DataFrame({"t": [0, None, 2, 3], "y": [1.0, 2.0, float("nan"), 4.0]}),
    "pandas": lambda: pd.DataFrame(
        {"t": pd.array([0, None, 2, 3], dtype="Int64"), "y": [1.0, 2.0, np.nan, 4.0]}
    ),
    "Arrow": lambda: pa.table({"t": pa.array([0, None, 2, 3], pa.int32()), "y": [1.0, 2.0, None, 4.0]}),
    "a dict": lambda: {"t": [0, None, 2, 3], "y": ["1", "2", "n/a", "4"]},
    "a list of dicts": lambda: [{"t": 0, "y": 1}, {"y": 2}, {"t": 2, "y": None}, {"t": 3, "y": 4}],
}


@pytest.mark.parametrize("make", MISSING.values(), ids=MISSING)
def test_missing_values_are_an_error_that_says_where_or_are_left_out(make: Callable[[], object]) -> None:
    with pytest.raises(DataError, match=r"'t' holds (nan|None) at index 1.*missing='drop'.* indices 1, 2$"):
        table(make()).columns(["t", "y"])
    dropping = table(make(), missing="drop")
    assert [column.tolist() for column in dropping.columns(["t", "y"])] == [[0, 3], [1, 4]]
    assert dropping.dropped == 2
    f = tw.LeastSquares("m*t + b", table(make(), missing="drop"))
    assert (f.rows, f.dropped) == (2, 2)
    assert f.describe() == "mean of (m*t + b - y)^2 over 2 rows of the data, 2 without a value left out"
    assert table(make(), missing="drop").columns(["y"])[0].tolist() == [1, 2, 4]


def test_dropping_drops_nothing_else() -> None:
    with pytest.raises(DataError, match=r"'t' holds inf at index 1, where a finite number is wanted$"):
        table({"t": [1, np.inf, np.nan]}, missing="drop").columns(["t"])
    with pytest.raises(DataError, match="'t' holds 'three' at index 1"):
        table({"t": ["1", "three", "NA"]}, missing="drop").columns(["t"])
    with pytest.raises(DataError, match="every row of the data has a missing value"):
        table({"t": [None, np.nan]}, missing="drop").columns(["t"])


def test_names_that_are_no_symbols_have_symbols() -> None:
    data = {"flow rate (m/s)": [0.0, 1.0, 2.0], "Δp": [1, 3, 5]}
    f = tw.LeastSquares("k*flow_rate_m_s + c", data, response="Δp")
    assert f.columns == ("flow rate (m/s)",)
    assert f.value([2, 1]) == 0.0
    assert tw.LeastSquares("k*Delta_p", {"Delta p": [1.0], "flow rate": [2.0]}, "flow_rate").value([2]) == 0.0
    assert symbols(["a b", "a-b", "a.b", "c-d", "c_d", "7up", "+"]) == {"c_d": "c_d"}


def test_a_reader_is_read_once_and_must_fit() -> None:
    once = table(HOLDERS["a reader of Arrow"]())
    once.columns(["t"])
    with pytest.raises(DataError, match="can be read once, and this one has been read"):
        once.columns(["t"])
    with pytest.raises(DataError, match=r"more rows than the 2 for which there is room in memory='16 B'"):
        open_rows(table(HOLDERS["a reader of Arrow"]()), ["t"], "16 B")


@pytest.mark.parametrize(("data", "message"), [
    ([1, 2, 3], "a list of data holds one dict a row, and this holds 1 at index 0"),
    (5, "data are a dict of columns, .* not int"),
])  # fmt: skip
def test_data_of_no_known_kind_are_refused(data: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        table(data)


def test_options_are_checked() -> None:
    with pytest.raises(DataError, match="missing is 'error' or 'drop', not 'ignore'"):
        table({"t": [1]}, missing="ignore")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"decimal is '\.' or ',', not ';'"):
        table({"t": [1]}, decimal=";")  # type: ignore[arg-type]
    for text in ("two", "-1", "5 XB", ""):
        with pytest.raises(DataError, match="memory is a number of bytes"):
            size(text)


def test_a_fit_pickles_with_its_data_or_with_the_path_to_them(tmp_path: Path) -> None:
    held = tw.LeastSquares("m*t + b", table({"t": [0, None, 2], "y": [1, 2, 5]}, missing="drop"))
    again = pickle.loads(pickle.dumps(held))
    assert (again.rows, again.value([1, 1])) == (2, held.value([1, 1]))
    rows = 400_000
    path = tmp_path / "many.parquet"
    t = np.arange(rows) % 1000
    parquet.write_table(pa.table({"t": t, "y": 2.0 * t}), path)
    streamed = tw.LeastSquares("m*t", path, memory="5 MB")
    source = pickle.dumps(streamed)
    assert len(source) < 3000
    assert pickle.loads(source).value([1]) == streamed.value([1]) == pytest.approx((t * 1.0 * t).mean())
