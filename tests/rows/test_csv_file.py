"""A CSV file is read exactly, and a bad cell is named by file, row and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thalweg.rows.csv_file import CsvTable
from thalweg.rows.table import DataError

Writer = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def write(text: str) -> Path:
        path = tmp_path / "data.csv"
        path.write_bytes(text.encode())
        return path

    return write


def test_numbers_are_read_to_the_last_bit(write: Writer) -> None:
    values = np.random.default_rng(1).standard_normal((50, 2)) * 10.0 ** np.arange(-25, 25)[:, None]
    path = write("a,b\n" + "".join(f"{u!r},{v!r}\n" for u, v in values.tolist()))
    a, b = CsvTable(path).columns(["a", "b"])
    assert (a == values[:, 0]).all()
    assert (b == values[:, 1]).all()


@pytest.mark.parametrize(
    "text",
    [
        "t,y\n1,2\n3,4\n",
        "t;y\n1;2\n3;4",
        "t\ty\r\n1\t2\r\n3\t4\r\n",
        '\ufeff"t", y \n1,2\n3,4\n',
        "\n\nt,y\n\n1,2\n\n3,4\n\n",
        'name,t,y\n"a, b",1,2\n"c",3,4\n',
        "t,remark,y\n1,,2\n3,none,4\n",
        't,y\n"1","2"\n 3 , 4e0\n',
    ],
)
def test_separators_quotes_blank_lines_and_other_columns_do_not_matter(write: Writer, text: str) -> None:
    t, y = CsvTable(write(text)).columns(["t", "y"])
    assert (t.tolist(), y.tolist()) == ([1.0, 3.0], [2.0, 4.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t,y\n1,2\n3,x4\n", r"data\.csv, row 2 \(line 3\), column 'y': the cell holds 'x4'"),
        ("t,y\n\n1,2\n\n3,\n", r"data\.csv, row 2 \(line 5\), column 'y': the cell is empty"),
        ("t,y\n1,2\nnan,4\n", r"data\.csv, row 2 \(line 3\), column 't': the cell holds 'nan'"),
        ("t,y\n1,2\n3,1e999\n", r"data\.csv, row 2 \(line 3\), column 'y': the cell holds '1e999'"),
        ("t;y\n1;2,5\n", r"data\.csv, row 1 \(line 2\), column 'y': the cell holds '2,5'"),
        ("t,y\n1,2\n3\n", r"row 2 \(line 3\): there are 1 cells, and the first row has 2"),
        ("", "is empty; its first row must name the columns"),
        ("t,y\n\n", "has no rows below its names"),
        ("1,2\n3,4\n", "first row of data.csv holds numbers; it must name the columns"),
        ("t,t\n1,2\n", "two columns named 't'"),
        ("t,z\n1,2\n", "no column 'y' in data.csv; its columns are: t, z"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(write: Writer, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        CsvTable(write(text)).columns(["t", "y"])


def test_files_that_are_not_there_or_not_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv cannot be read: No such file"):
        CsvTable(tmp_path / "nowhere.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"t,y\n1,2\n\xff\xfe\x00")
    with pytest.raises(DataError, match="not a text file in UTF-8"):
        CsvTable(binary).columns(["t", "y"])
