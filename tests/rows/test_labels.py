"""Labels of groups, from every form of data that can hold texts; and weights that are none, by their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

import thalweg as tw

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
T = np.tile(np.linspace(0, 4, 20), 3)
LABELS = np.repeat(["cold", "warm", "hot"], 20)
Y = np.repeat([1.0, 2.0, 3.0], 20) * np.exp(-0.5 * T) + 0.01 * np.random.default_rng(0).normal(size=60)
FRAME = pd.DataFrame({"t": T, "y": Y, "sample": LABELS})
CATEGORICAL = FRAME.astype({"sample": "category"})
POLARS = pl.from_pandas(FRAME)

FORMS: dict[str, Any] = {
    "dict": {"t": T, "y": Y, "sample": list(LABELS)},
    "records": FRAME.to_dict("records"),
    "pandas": FRAME,
    "pandas categorical": CATEGORICAL,
    "pandas string": FRAME.astype({"sample": "string"}),
    "arrow": pa.Table.from_pandas(FRAME),
    "arrow dictionary": pa.Table.from_pandas(CATEGORICAL),
    "polars": POLARS,
    "polars categorical": POLARS.with_columns(pl.col("sample").cast(pl.Categorical)),
    "polars enum": POLARS.with_columns(pl.col("sample").cast(pl.Enum(["cold", "warm", "hot"]))),
    "dask": dd.from_pandas(CATEGORICAL, npartitions=3),
}


def fitted(data: Any) -> tw.Fit:
    return tw.fit("a*exp(-k*t)", data, groups="sample", shared=["k"], start={"a": 1, "k": 1})


BY_HAND = np.linalg.lstsq(np.kron(np.eye(3), np.exp(-0.5 * T[:20, None])), Y, rcond=None)[0]


def of_groups(fit: tw.Fit) -> list[float]:
    assert list(fit.parameters) == ["a[cold]", "a[warm]", "a[hot]", "k"]
    return [fit.parameters[f"a[{label}]"] for label in ("cold", "warm", "hot")]


@pytest.mark.parametrize("form", FORMS)
def test_labels_come_from_every_form(form: str) -> None:
    assert of_groups(fitted(FORMS[form])) == pytest.approx(BY_HAND, rel=0.02)


@pytest.mark.parametrize("frame", [FRAME, CATEGORICAL], ids=["text", "dictionary"])
def test_labels_come_from_parquet(frame: pd.DataFrame, tmp_path: Path) -> None:
    for part, rows in enumerate((frame[:25], frame[25:])):
        parquet.write_table(pa.Table.from_pandas(rows), tmp_path / f"{part}.parquet")
    assert fitted(tmp_path).parameters == fitted(FRAME).parameters


def test_a_dictionary_of_numbers_is_numbers(tmp_path: Path) -> None:
    column = pa.array([1.0, 2.0, None, 1.0]).dictionary_encode()
    parquet.write_table(pa.table({"t": column, "y": [3.0, 5.0, 0.0, 3.0]}), tmp_path / "d.parquet")
    read = tw.table(tmp_path / "d.parquet", missing="drop").columns(["t", "y"])
    assert [each.tolist() for each in read] == [[1.0, 2.0, 1.0], [3.0, 5.0, 3.0]]


@pytest.mark.parametrize("nothing", [None, pd.NA, float("nan"), "n/a"], ids=str)
def test_rows_without_a_label_are_an_error_or_left_out(nothing: object) -> None:
    frame = FRAME.astype({"sample": object}).copy()
    frame.loc[5, "sample"] = nothing
    with pytest.raises(tw.ThalwegError, match="the group at index 5 is missing; missing='drop' leaves"):
        fitted(frame)
    fit = fitted(tw.table(frame, missing="drop"))
    assert fit.solution.rows == 59
    assert fit.parameters == pytest.approx(fitted(FRAME.drop(5)).parameters, rel=1e-12)


def test_a_reader_says_that_it_cannot_be_read_twice() -> None:
    with pytest.raises(tw.ThalwegError, match=r"read_all\(\)"):
        fitted(pa.Table.from_pandas(FRAME).to_reader())


@pytest.mark.parametrize(
    ("named", "bad", "message"),
    [
        ({"weights": "w"}, -1.0, "row 70000.*'w'.*-1.*a weight from 0 on is wanted"),
        ({"errors": "w"}, 0.0, "row 70000.*'w'.*0.*an error above 0 is wanted"),
        ({"errors": "w"}, float("nan"), "row 70000.*'w'"),
    ],
)
def test_a_streamed_row_whose_weight_is_none_is_named(
    named: dict[str, str], bad: float, message: str, tmp_path: Path
) -> None:
    rows = 200_000
    t = np.linspace(0, 1, rows)
    w = np.ones(rows)
    w[69_999] = bad
    parquet.write_table(pa.table({"t": t, "y": t, "w": w}), tmp_path / "w.parquet")
    with pytest.raises(tw.ThalwegError, match=message):
        tw.fit("a*exp(-k*t)", tmp_path / "w.parquet", start=[1, 1], memory="4800 kB", **named)
