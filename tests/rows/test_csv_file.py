"""A CSV file is read exactly, and a bad cell is named by file, row and column."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thalweg.rows import csv_file
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
        ("t,y\n1,2\n3\n", r"row 2 \(line 3\): there is 1 cell, and the first row has 2"),
        ("", "is empty; its first row must name the columns"),
        ("t,y\n\n", "has no rows"),
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


# ------------------------------------------------------------------------------------------------- what else is read

FORMS = {
    "spaces between cells": ('t  "the y"\n 1 2\n3   4\n', {}),
    "comments": ("# made by hand\nt,the y\n1,2\n# a pause\n3,4\n", {}),
    "no names": ("1,2\n3,4\n", {"names": ["t", "the y"]}),
    "other names": ("a,b\n1,2\n3,4\n", {"names": ["t", "the y"]}),
    "decimal commas": ('t;the y\n1,0;"2,0"\n3,;4,0e0\n', {"decimal": ","}),
    "a quoted line break": ('remark,t,the y\n"a\nb",1,2\n"c",3,4\n', {}),
    "missing values": ("t,the y\n1,2\nNA,9\n 9,\n9,n/a\n9,NULL\nnan,9\n9,-NaN\n3,4\n", {"missing": "drop"}),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(("text", "options"), FORMS.values(), ids=FORMS)
def test_the_forms_that_files_have_are_read(
    tmp_path: Path, text: str, options: dict[str, Any], packed: bool
) -> None:
    path = tmp_path / ("data.csv.gz" if packed else "data.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    table = CsvTable(path, **options)
    assert [column.tolist() for column in table.columns(["t", "the y"])] == [[1, 3], [2, 4]]
    assert table.dropped == (6 if "missing" in options else 0)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("t,y\n1,2\n3,\n,4\nna,5\n", {}, r"row 2 .* is empty, .*; missing='drop' .* here rows 2, 3, 4$"),
        (
            "t,y\n1,2\n3,x\nna,4\n",
            {"missing": "drop"},
            r"row 2 \(line 3\), column 'y': the cell holds 'x', w",
        ),
        ("t,y\n1,1_000\n", {}, "the cell holds '1_000'"),
        (
            "t;y\n0,5;1\n",
            {},
            "holds '0,5', where a finite number is wanted; decimal=',' reads decimal commas$",
        ),
        ("t;y\n0,5,1;1\n", {}, "holds '0,5,1', where a finite number is wanted$"),
        ("1,2\n3,4\n", {"names": ["t"]}, "has 2 columns, and 1 names were given"),
        ('t,y\n# a pause\n"1",2\n3,inf\n', {"missing": "drop"}, r"row 2 \(line 4\), column 'y': .* 'inf'"),
    ],
)
def test_what_else_is_wrong_is_named_with_its_place(
    write: Writer, text: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        CsvTable(write(text), **options).columns(["t", "y"])


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(b"t,y\n1,2\n")
    with pytest.raises(DataError, match=r"data\.csv\.gz cannot be read: Not a gzipped file"):
        CsvTable(path)


# ------------------------------------------------------------------------------------------------------- large files


@pytest.fixture
def arrow(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every file is large, and the rows that pyarrow read are noted."""
    monkeypatch.setattr(csv_file, "LARGE", 0)
    monkeypatch.setattr(csv_file, "BLOCK", 4096)
    read: list[int] = []
    by_arrow = CsvTable._by_arrow

    def noted(self: CsvTable, places: Sequence[int]) -> Iterator[list[np.ndarray]]:
        for batch in by_arrow(self, places):
            read.append(len(batch[0]))
            yield batch

    monkeypatch.setattr(CsvTable, "_by_arrow", noted)
    return read


def numbers(rows: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.standard_normal((rows, 2)) * 10.0 ** rng.integers(-300, 300, (rows, 2))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_pyarrow_reads_the_same_bits(tmp_path: Path, arrow: list[int], packed: bool) -> None:
    values = numbers(1000)
    text = "# made\n\na,remark,b\n" + "".join(f'{u!r},"x, y",{v!r}\n' for u, v in values.tolist())
    path = tmp_path / ("data.csv.gz" if packed else "data.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    a, b = CsvTable(path).columns(["a", "b"])
    assert sum(arrow) == 1000
    assert len(arrow) > 5
    assert (a == values[:, 0]).all()
    assert (b == values[:, 1]).all()


@pytest.mark.parametrize("odd", ["# a pause\n", '"1","2"\n', " 1 , NA \n", "1,2,\n"])
def test_numpys_reader_goes_on_where_pyarrow_stops(write: Writer, arrow: list[int], odd: str) -> None:
    values = numbers(1000)
    lines = [f"{u!r},{v!r}\n" for u, v in values.tolist()]
    path = write("a,b\n" + "".join([*lines[:600], odd, *lines[600:]]))
    a, b = CsvTable(path, missing="drop").columns(["a", "b"])
    own = [] if "NA" in odd or "#" in odd else [[1.0, 2.0]]
    expected = np.array([*values[:600].tolist(), *own, *values[600:].tolist()])
    assert arrow
    assert (a == expected[:, 0]).all()
    assert (b == expected[:, 1]).all()


def test_a_bad_cell_deep_in_a_large_file_is_named(write: Writer, arrow: list[int]) -> None:
    lines = [f"{u!r},{v!r}\n" for u, v in numbers(1000).tolist()]
    path = write("a,b\n" + "".join([*lines[:600], "1,zwei\n", *lines[600:]]))
    with pytest.raises(DataError, match=r"row 601 \(line 602\), column 'b': the cell holds 'zwei'"):
        CsvTable(path).columns(["a", "b"])
    assert arrow
