"""Parquet files and folders of them give the rows that were written, whatever the type of their numbers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from thalweg.rows.parquet import ParquetTable, read
from thalweg.rows.reading import table
from thalweg.rows.table import DataError


def test_numbers_of_every_type_become_doubles(tmp_path: Path) -> None:
    kinds = {
        "double": pa.array([1.5, 2.0, 3.0]),
        "single": pa.array([1.5, 2.0, 3.0], pa.float32()),
        "half": pa.array(np.array([1.5, 2, 3], np.float16)),
        "byte": pa.array([1, 2, 3], pa.uint8()),
        "long": pa.array([1, 2**53 + 1, 3], pa.int64()),
        "truth": pa.array([True, False, True]),
        "money": pa.array([Decimal("1.50"), Decimal("2.00"), Decimal("3.00")]),
    }
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table(kinds), path)
    found = dict(zip(kinds, table(path).columns(list(kinds)), strict=True))
    assert all(column.dtype == np.float64 for column in found.values())
    assert [found[kind].tolist() for kind in ("double", "single", "half", "money")] == [[1.5, 2.0, 3.0]] * 4
    assert found["byte"].tolist() == [1, 2, 3]
    assert found["long"].tolist() == [1, 2.0**53, 3]
    assert found["truth"].tolist() == [1, 0, 1]


def test_a_folder_is_read_in_the_order_of_its_names_and_by_row_groups(tmp_path: Path) -> None:
    t = np.arange(100.0)
    for part, own in enumerate(np.split(t, [5, 40, 41])):
        folder = tmp_path / f"year-{2000 + part // 2}"
        folder.mkdir(exist_ok=True)
        parquet.write_table(
            pa.table({"t": own, "y": -own}), folder / f"part-{part * 7}.parquet", row_group_size=10
        )
    (tmp_path / "_metadata.parquet").write_bytes(b"not read")
    found = table(tmp_path)
    assert isinstance(found, ParquetTable)
    assert (found.names, found.count) == (("t", "y"), 100)
    y, u = found.columns(["y", "t"])
    assert (u == t).all()
    assert (y == -t).all()
    pieces = found.pieces()
    assert [piece.rows for piece in pieces] == [5, 10, 10, 10, 5, 1, *[10] * 5, 9]
    assert (np.concatenate([read(piece, ["t"])[0] for piece in pieces]) == t).all()


def test_what_is_wrong_is_named_by_file_row_and_column(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"t": [1.0, 2.0], "y": ["a", "b"]}), tmp_path / "a.parquet")
    parquet.write_table(pa.table({"t": [3.0, None, np.inf], "y": ["a", "b", "c"]}), tmp_path / "b.parquet")
    found = table(tmp_path)
    with pytest.raises(DataError, match=r"b\.parquet, row 2, column 't': there is no value, .* here row 4$"):
        found.columns(["t"])
    with pytest.raises(DataError, match=r"b\.parquet, row 3, column 't': the cell holds inf"):
        table(tmp_path, missing="drop").columns(["t"])
    with pytest.raises(DataError, match=r"column 'y' of a\.parquet must hold numbers, and holds string"):
        found.columns(["y"])
    with pytest.raises(DataError, match="no column 'z' in "):
        found.columns(["z"])
    (tmp_path / "b.parquet").unlink()
    parquet.write_table(pa.table({"u": [1.0]}), tmp_path / "c.parquet")
    with pytest.raises(DataError, match=r"no column 't' in c\.parquet, and there is one in a\.parquet"):
        table(tmp_path, missing="drop").columns(["t"])


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no Parquet files"):
        table(tmp_path)
    (tmp_path / "a.parquet").write_text("t,y\n1,2\n")
    with pytest.raises(DataError, match=r"a\.parquet is not a Parquet file"):
        table(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"nowhere\.parquet cannot be read"):
        table(tmp_path / "nowhere.parquet")
