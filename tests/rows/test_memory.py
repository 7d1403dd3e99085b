"""Data in memory come out as checked float64 columns, whatever holds them; what is wrong is named by its place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from thalweg.errors import ThalwegError
from thalweg.rows.csv_file import CsvTable
from thalweg.rows.reading import table
from thalweg.rows.table import DataError

T = [0.0, 0.5, 1.25]
Y = [1, 2, 4]


class Frame:
    """Like Arrow's table: `columns` are arrays, the names are elsewhere."""

    column_names = ("t", "y")
    columns = (T, Y)

    def __getitem__(self, name: str) -> list[float]:
        return {"t": T, "y": Y}[name]


@pytest.mark.parametrize(
    "data",
    [
        {"t": T, "y": Y},
        {"t": tuple(T), "y": np.array(Y, dtype=np.int8), "remark": ["a", "b", "c"]},
        {"t": np.array(T, dtype=np.float32), "y": np.array(Y, dtype=object)},
        {"t": ["0.0", "0.5", "1.25"], "y": pd.array(Y, dtype="Int64")},
        np.array(list(zip(T, Y, strict=True)), dtype=[("t", "f4"), ("y", "i2")]),
        pd.DataFrame({"y": Y, "t": T}),
        Frame(),
    ],
)
def test_every_holder_of_columns_gives_the_same_arrays(data: object) -> None:
    found = table(data)
    assert {"t", "y"} <= set(found.names)
    t, y = found.columns(["t", "y"])
    for column, expected in ((t, T), (y, Y)):
        assert column.dtype == np.float64
        assert column.flags.c_contiguous
        assert column.tolist() == expected


def test_a_path_is_read_as_csv(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t,y\n1,2\n")
    assert isinstance(table(path), CsvTable)
    assert isinstance(table(str(path)), CsvTable)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, float("nan"), 2.0], "column 't' holds nan at index 1"),
        (np.array([1.0, 2.0, np.inf]), "column 't' holds inf at index 2"),
        (["1", "2", "three"], "column 't' holds 'three' at index 2"),
        ([1, None, 3], "column 't' holds None at index 1"),
        (pd.array([1, None, 3], dtype="Int64"), "column 't' holds nan at index 1"),
        ([[1.0], [2.0], [3.0]], r"one number a row, and has the shape \(3, 1\)"),
        ([[1.0], [2.0, 3.0]], "one number a row"),
        (5.0, r"one number a row, and has the shape \(\)"),
        ([1j, 2j, 3j], "must hold numbers, and holds complex128"),
        (np.array(["2020-01-01"] * 3, dtype="M8[D]"), "must hold numbers, and holds datetime64"),
    ],
)
def test_a_value_that_is_no_finite_number_is_named(values: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        table({"t": values, "y": Y}).columns(["y", "t"])


def test_columns_that_are_not_asked_for_may_hold_anything() -> None:
    assert table({"t": [np.nan], "y": [2.0]}).columns(["y"])[0].tolist() == [2.0]


def test_wrong_data_get_a_sentence_that_says_what_would_be_right() -> None:
    with pytest.raises(DataError, match="no column 'z' in the data; its columns are: t, y"):
        table({"t": T, "y": Y}).columns(["z"])
    with pytest.raises(DataError, match="'t' and 'y' must have equally many rows, and have 3 and 2"):
        table({"t": T, "y": [1, 2]}).columns(["t", "y"])
    with pytest.raises(DataError, match="have no rows"):
        table({"t": []}).columns(["t"])
    with pytest.raises(DataError, match="plain array has no names"):
        table(np.zeros((3, 2)))
    with pytest.raises(DataError, match="not int"):
        table(5)
    with pytest.raises(DataError, match="one named 0"):
        table(pd.DataFrame(np.zeros((3, 2))))
    assert issubclass(DataError, ThalwegError)
