"""What is wrong about a fit's data, model or arguments is said in one sentence, and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import thalweg as tw

X = np.linspace(0, 5, 30)
Y = 3 * np.exp(-0.8 * X) + 0.5 + 0.05 * np.random.default_rng(1).normal(size=30)
MODEL, DATA = "a*exp(-k*x) + c", {"x": X, "y": Y}


@pytest.mark.parametrize(
    ("model", "data", "named", "message"),
    [
        ("y ~ a*x + b", DATA, {}, "the sign between what was measured and its model is =, not ~: 'y = a"),
        ("y == a*x + b", DATA, {}, "is =, not ==: 'y = a"),
        ("a + b*x", DATA, {"response": "log(y)"}, "stands in an equation: 'log"),
        ("log(y) = a + b*x", {"x": [1, 2, 3], "y": [1, 0, 2]}, {}, r"log\(y\) is -inf at index 1, where y = 0"),
        ("a/x + b", {"x": [0, 1, 2], "y": [1, 2, 3]}, {}, r"a/x \+ b is nan at index 0, where x = 0"),
        (MODEL, DATA, {"start": [1, -1e5, 0]}, "is inf at index 1, where x = 0.172414, a = 1, k = -100000"),
        (MODEL, DATA, {"bounds": {"k": ("a", 1)}}, "the bounds of k are its lowest and its highest value"),
        (MODEL, DATA, {"fixed": {"k": "q"}}, "k is fixed at a finite number, not 'q'"),
        (MODEL, DATA, {"fixed": {"k": None}}, "k is fixed at a finite number, not None"),
        (MODEL, DATA, {"groups": ["u"] * 5}, "groups are one label a row: 5, and there are 30 rows"),
        (MODEL, DATA, {"weights": -np.ones(30)}, "weights hold -1 at index 0"),
        ("a + b*x", {"x": np.datetime64("2020-01-01") + np.arange(30), "y": Y}, {}, "timedelta64.* are seconds"),
        ("a + b*x", {"x": np.ma.masked_array(X, mask=X > 4), "y": Y}, {}, "holds None at index 24.*missing="),
    ],
)  # fmt: skip
def test_it_is_said_in_one_sentence(model: str, data: Any, named: dict[str, Any], message: str) -> None:
    with pytest.raises(tw.ThalwegError, match=message):
        tw.fit(model, data, **named)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t,y\n1,2\n8,17,3\n", r"row 2 \(line 3\): there are 3 cells, and the first row has 2"),
        ("t,y\n1,5,2,5\n", r"row 1 \(line 2\): there are 4 cells"),  # decimal commas in a file of commas
        ("t y\n1 1 2\n2 2 3\n", r"row 1 \(line 2\): there are 3 cells"),  # numbers of rows without a name
        ('t,y\n1,"1,000"\n', "thousands are written without a sign between them"),
        ("t,y\n1\n", "there is 1 cell, and"),
    ],
)
def test_rows_of_another_length_are_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(text)
    with pytest.raises(tw.ThalwegError, match=message):
        tw.table(tmp_path / "data.csv").columns(["t", "y"])


@pytest.mark.parametrize("text", ["t,y\n1,2,\n2,3,\n", "t,y,\n1,2\n2,3\n", "t,y,,\n1,2,,\n2,3,,\n"])
def test_separators_at_the_end_of_a_row_do_no_harm(text: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(text)
    assert [column.tolist() for column in tw.table(tmp_path / "data.csv").columns(["t", "y"])] == [
        [1, 2],
        [2, 3],
    ]


def test_masked_cells_are_missing_ones() -> None:
    data = tw.table({"x": np.ma.masked_array(X, mask=X > 4), "y": Y}, missing="drop")
    kept = X <= 4
    right = np.polyfit(X[kept], Y[kept], 1)
    fit = tw.fit("a + b*x", data)
    assert [fit.parameters["b"], fit.parameters["a"]] == pytest.approx(right.tolist(), rel=1e-10)


def test_numbers_alone_are_the_only_column() -> None:
    fit = tw.fit("a + b*x", DATA)
    a, b = fit.parameters["a"], fit.parameters["b"]
    assert fit.predict([1.0, 2.0]) == pytest.approx([a + b, a + 2 * b], rel=1e-14)
    assert fit.band(np.array([1.0])).standard_error.shape == (1,)
    with pytest.raises(tw.ThalwegError, match="one dict a row"):
        tw.fit("a*x + b*z", {**DATA, "z": X**2}).predict([1.0])


def test_weights_that_are_all_nothing_leave_no_rows() -> None:
    fit = tw.fit(MODEL, DATA, weights=np.zeros(30), start=[1, 1, 0])
    assert "There are 0 rows for 3 parameters" in str(fit)


@pytest.mark.parametrize("level", [3.0, 0.1, 1e9])
def test_a_response_that_does_not_vary_has_no_r_squared(level: float) -> None:
    fit = tw.fit("a + b*x", {"x": X, "y": np.full(30, level)})
    assert np.isnan(fit.r_squared)
    assert any("perfect to the last digits" in caution for caution in fit.cautions)


@pytest.mark.parametrize(("size_x", "size_y"), [(1e9, 1e-12), (1e-9, 1e12), (1e150, 1e-100), (1e-150, 1e100)])
def test_units_do_not_matter(size_x: float, size_y: float) -> None:
    plain = tw.fit(MODEL, DATA)
    scaled = tw.fit(MODEL, {"x": X * size_x, "y": Y * size_y})
    for name, unit in {"a": size_y, "c": size_y, "k": 1 / size_x}.items():
        assert scaled.parameters[name] / unit == pytest.approx(plain.parameters[name], rel=1e-7)
        assert scaled.standard_errors[name] / unit == pytest.approx(plain.standard_errors[name], rel=1e-6)
    assert scaled.success
    assert scaled.r_squared == pytest.approx(plain.r_squared, rel=1e-9)


def test_a_report_says_how_its_start_was_found() -> None:
    assert "\nStart searched at 800 points, a, c solved out; " in str(tw.fit(MODEL, DATA))
    assert "\nStart" not in str(tw.fit(MODEL, DATA, start=[1, 1, 0]))
