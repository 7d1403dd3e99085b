"""`thalweg fit` and `thalweg nist`, as they are typed."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot

from thalweg.cli import run
from thalweg.lab.link import shared_in, unpack
from thalweg.nist.sets import reference_set

Thalweg = Callable[..., tuple[int, str, str]]
MODEL = "b1*(1-exp(-b2*x))"
GIVEN = reference_set("Misra1a")


@pytest.fixture
def thalweg(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Thalweg:
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def misra(tmp_path: Path) -> str:
    path = tmp_path / "misra.csv"
    rows = "\n".join(f"{x},{y}" for x, y in zip(GIVEN.data["x"], GIVEN.data["y"], strict=True))
    path.write_text(f"x,y\n{rows}\n")
    return str(path)


def test_the_table_has_nists_values(thalweg: Thalweg, misra: str) -> None:
    status, out, err = thalweg("fit", misra, MODEL, "--start", "b1=500,b2=1e-4")
    rows = [line.split() for line in out.splitlines() if line.startswith(("b1", "b2"))]
    assert (status, err) == (0, "")
    for row, value, error in zip(rows, GIVEN.certified["parameters"], GIVEN.certified["std"], strict=True):
        assert float(row[1]) == pytest.approx(value, rel=1e-6)
        assert float(row[2]) == pytest.approx(error, rel=1e-3)
    assert "Residual standard deviation 0.101879 on 12 degrees of freedom" in out


def test_a_narrow_terminal_cuts_no_number(
    thalweg: Thalweg, misra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, out, _ = thalweg("fit", misra, MODEL, "--start", "b1=500,b2=1e-4")
    values = [float(line.split("=")[1]) for line in out.splitlines() if line.startswith("  estimate =")]
    assert values == pytest.approx(GIVEN.certified["parameters"], rel=1e-6)
    assert max(map(len, out.splitlines())) <= 40


def test_json_has_them_in_full(thalweg: Thalweg, misra: str) -> None:
    status, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--json", "--profile")
    told = json.loads(out)
    assert status == 0
    assert GIVEN.digits(row["estimate"] for row in told["parameters"]) >= 10
    assert told["success"] is True
    low, high = told["profile_intervals"]["b1"]
    assert low < told["parameters"][0]["estimate"] < high


def test_csv_is_the_table(thalweg: Thalweg, misra: str) -> None:
    _, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["name"] for row in rows] == ["b1", "b2"]
    assert GIVEN.error_digits(float(row["standard_error"]) for row in rows) >= 9


def test_a_linear_model_needs_no_start(thalweg: Thalweg, misra: str) -> None:
    status, out, _ = thalweg("fit", misra, "m*x + b")
    assert status == 0
    assert "solved directly" in out


def test_errors_bounds_and_fixed_values_can_be_typed(thalweg: Thalweg, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("t,y,s\n0,1.1,0.1\n1,2.9,0.1\n2,5.2,0.2\n3,6.8,0.2\n4,9.1,0.4\n")
    status, out, _ = thalweg("fit", str(path), "m*t + b", "--errors", "s", "--fixed", "b=1", "--json")
    told = json.loads(out)
    t, y, s = (
        np.array([0, 1, 2, 3, 4]),
        np.array([1.1, 2.9, 5.2, 6.8, 9.1]),
        np.array([0.1, 0.1, 0.2, 0.2, 0.4]),
    )
    assert status == 0
    assert told["parameters"][0]["estimate"] == pytest.approx(
        np.sum(t * (y - 1) / s**2) / np.sum((t / s) ** 2)
    )
    assert told["parameters"][0]["standard_error"] == pytest.approx(np.sum((t / s) ** 2) ** -0.5)
    assert told["parameters"][1] == {
        **told["parameters"][1],
        "estimate": 1.0,
        "free": False,
        "standard_error": None,
    }
    status, out, _ = thalweg("fit", str(path), "y = m*t + b", "--bounds", "m=:1.5", "--loss", "huber")
    assert "m stands at its upper bound, 1.5" in out


def test_a_fit_that_does_not_arrive_ends_with_1_and_says_so(thalweg: Thalweg, misra: str) -> None:
    status, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--method", "gradient descent")
    assert status == 1
    assert "The data say nothing about b2" in out  # it has jumped to where the exponential is gone
    status, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--method", "armijo")
    assert status == 1
    assert "has not arrived" in out


def test_a_fit_on_mini_batches(thalweg: Thalweg, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("t,y\n" + "".join(f"{t},{2 * t + 1}\n" for t in range(8)))
    typed = ("fit", str(path), "m*t + b", "--start", "0,0", "--method", "gradient descent")
    status, out, _ = thalweg(*typed, "--option", "alpha=0.005", "--batch-size", "4", "--seed", "2", "--json")
    assert status == 0
    assert [row["estimate"] for row in json.loads(out)["parameters"]] == pytest.approx([2, 1], abs=1e-6)
    status, _, err = thalweg("fit", str(path), "m*t + b", "--batch-size", "4")
    assert status == 2
    assert "does not go with levenberg-marquardt" in " ".join(err.split())


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_is_drawn(thalweg: Thalweg, misra: str, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"fit.{ending}"
    status, _, _ = thalweg("fit", misra, "m*x + b", "--figure", str(path), "--picture", "residuals")
    pyplot.close("all")
    assert status == 0
    assert path.read_bytes()[:4] in (b"\x89PNG", b"<?xm", b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((MODEL, "--start", "b1=500,b3=1"), "'b3' is not one"),
        ((MODEL, "--start", "b1=500,b2=x"), "--start: 'x' is not a number"),
        ((MODEL, "--start", "b1=500,7"), "--start: '7' is not of the form name=value"),
        ((MODEL, "--start", "500"), "start is 2 numbers (b1, b2)"),
        (
            (MODEL, "--start", "1,1", "--response", "z"),
            "there is no column 'z' in misra.csv; its columns are: x, y",
        ),
        ((MODEL, "--start", "1,1", "--method", "newtonian"), "newtonian"),
        ((MODEL, "--start", "1,1", "--json", "--csv"), "exclude each other"),
        (("m*x + b", "--bounds", "m=3"), "--bounds: '3' is not of the form low:high"),
        (("m*x + b", "--weights", "w"), "there is no column 'w'"),
        (("m*x + b", "--loss", "hubris"), "'hubris'"),
        (("m*y + b", "--response", "Y"), "there is no column 'Y' in misra.csv; its columns are: x, y"),
        (("m*x + b", "--figure", "fit.docx"), "ends in .png, .svg, .pdf"),
        (
            ("m*x + b", "--figure", "nowhere/fit.png"),
            "nowhere/fit.png cannot be written: there is no folder nowhere",
        ),
        (
            ("m*x + b", "--figure", "fit.png", "--picture", "pie"),
            "--picture is one of fit, residuals, profile, correlation, not 'pie'",
        ),
        (("m*x + b", "--figure", "fit.png", "--theme", "drak"), "not 'drak' (did you mean dark?)"),
        (("m*x + b", "--picture", "residuals"), "--picture goes with --figure"),
        (("m*x + b", "--start", "m=1,q=2"), "'q' is not one"),
        (("m*x + ", "--start", "1"), "m*x +"),
    ],
)
def test_wrong_use_is_one_sentence_and_ends_with_2(
    thalweg: Thalweg,
    misra: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = thalweg("fit", misra, *arguments)
    pyplot.close("all")
    assert status == 2
    assert words in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there(thalweg: Thalweg) -> None:
    status, _, err = thalweg("fit", "nothing.csv", "m*x + b")
    assert (status, err.count("\n")) == (2, 1)
    assert "nothing.csv" in err


def test_a_model_before_its_file_is_turned_round(thalweg: Thalweg, misra: str) -> None:
    status, _, err = thalweg("fit", MODEL, misra)
    assert (status, err.count("\n")) == (2, 1)
    assert f"thalweg fit {misra} '{MODEL}'" in err
    assert thalweg("fit", "x+" * 3000, "x+" * 3000)[0] == 2  # longer than any name of a file


def test_a_profile_has_a_dash_for_what_is_held(thalweg: Thalweg, misra: str) -> None:
    _, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--fixed", "b2=5.5e-4", "--profile")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith(("b1", "b2"))}
    assert rows["b2"] == ["0.00055", *"-" * 7]
    assert "-" not in rows["b1"]


def test_nist_prints_the_counts(thalweg: Thalweg) -> None:
    status, out, _ = thalweg("nist")
    assert status == 0
    assert "54 of 54 to 4 digits and more" in out
    assert "11 of 11 to 4 digits and more" in out
    assert sum(line.startswith("Misra1a") for line in out.splitlines()) == 1


def test_the_laboratory_opens_a_fit_of_any_number_of_parameters(
    thalweg: Thalweg, misra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    server = importlib.import_module("thalweg.lab.server")
    monkeypatch.setattr(server, "serve", lambda own, **_: opened.append(own))
    status, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--lab")
    assert status == 0
    assert "Residual standard deviation" in out
    assert opened[0].variables == ("b1", "b2")
    (x0, x1), (y0, y1) = opened[0].ranges
    assert x0 < 238.94 < x1
    assert y0 < 5.5e-4 < y1
    assert (opened[0].start, opened[0].methods[0].method) == ((500.0, 1e-4), "levenberg-marquardt")
    status, *_ = thalweg("fit", misra, "a + b*x + c*x^2", "--start", "c=0,a=1,b=2", "--lab")
    assert status == 0
    assert (opened[1].variables, opened[1].start) == (("a", "b", "c"), (1.0, 2.0, 0.0))


def test_a_link_holds_the_fit(thalweg: Thalweg, misra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = thalweg("fit", misra, MODEL, "--start", "500,1e-4", "--link")
    assert (status, out.count("\n")) == (0, 1)
    opening = unpack(shared_in(out).removeprefix("shared="))
    assert (opening.variables, opening.start, opening.title) == (
        ("b1", "b2"),
        (500.0, 1e-4),
        Path(misra).name,
    )
    served: list[dict[str, Any]] = []
    server = importlib.import_module("thalweg.lab.server")
    monkeypatch.setattr(server, "serve", lambda **given: served.append(given))
    assert thalweg("--open", out.strip())[0] == 0
    assert served[0]["fragment"] == out.strip().split("#")[1]
    status, _, err = thalweg("--open", "http://127.0.0.1:8765/")
    assert (status, "behind a #" in err) == (2, True)
    status, _, err = thalweg("fit", misra, MODEL, "--link", "--json")
    assert (status, "--link go with neither" in err) == (2, True)


def test_how_the_data_are_read_can_be_said(thalweg: Thalweg, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("t;y\n0,5;2,0\n1;NA\n1,5;4,0\n2,5;6,0\n")
    _, out, _ = thalweg("fit", str(path), "m*t + b", "--missing", "drop", "--decimal", ",", "--json")
    estimates = [row["estimate"] for row in json.loads(out)["parameters"]]
    assert estimates == pytest.approx([2.0, 1.0], rel=1e-14)
    status, _, err = thalweg("fit", str(path), "m*t + b", "--decimal", ",")
    assert status == 2
    assert "gaps.csv, row 2 (line 3), column 'y': the cell holds 'NA'" in " ".join(err.split())
    status, _, err = thalweg("fit", str(path), "m*t + b", "--memory", "much")
    assert status == 2
    assert "memory is a number of bytes" in " ".join(err.split())
    status, _, err = thalweg("fit", str(path), "m*t + b", "--scheduler", "tcp://127.0.0.1:1")
    assert status == 2
    assert "the workers of a scheduler read Parquet files" in " ".join(err.split())


def test_groups_share_what_is_said(thalweg: Thalweg, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    rows = [
        (t, label, 2.0 * t + b + 0.1 * (-1) ** t)
        for label, b in (("low", 1.0), ("high", 5.0))
        for t in range(6)
    ]
    path.write_text("t,sample,y\n" + "".join(f"{t},{label},{y}\n" for t, label, y in rows))
    status, out, _ = thalweg("fit", str(path), "m*t + b", "--groups", "sample", "--shared", "m", "--json")
    found = {each["name"]: each["estimate"] for each in json.loads(out)["parameters"]}
    design = np.array([[t, label == "low", label == "high"] for t, label, _ in rows], dtype=float)
    best = np.linalg.lstsq(design, np.array([y for *_, y in rows]))[0]
    assert status == 0
    assert list(found) == ["m", "b[low]", "b[high]"]
    assert list(found.values()) == pytest.approx(best.tolist(), rel=1e-10)


def test_a_file_without_y_is_told_how_to_name_the_response(thalweg: Thalweg, tmp_path: Path) -> None:
    path = tmp_path / "signal.csv"
    path.write_text("t,signal\n0,1\n1,3\n2,5.5\n")
    status, _, err = thalweg("fit", str(path), "m*t + b")
    assert status == 2
    assert err.endswith("its columns are: t, signal; 'y' is predicted unless another response is named\n")
    assert thalweg("fit", str(path), "m*t + b", "--response", "signal")[0] == 0
