from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from thalweg.cli import run
from thalweg.descent.methods import FITTING, METHODS
from thalweg.version import __version__


class Command:
    """Runs `thalweg` in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        status = run(arguments)
        printed = self._capture.readouterr()
        return status, printed.out, printed.err


@pytest.fixture
def thalweg(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("COLUMNS", "100")
    return Command(capsys)


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Points of y = 2 t + 1."""
    path = tmp_path / "line.csv"
    path.write_text("t,y\n0,1\n1,3\n2,5\n3,7\n")
    return path


def in_a_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "thalweg", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={**os.environ, **environment}, check=False
    )


# -------------------------------------------------------------------------------------------------------- the run


def test_mini_batches_of_a_file(thalweg: Command, line: Path) -> None:
    typed = (
        "descend",
        "m*t + b",
        "--data",
        str(line),
        "--start",
        "0,0",
        "--method",
        "adam",
        "--step",
        "0.05",
    )
    status, out, _ = thalweg(*typed, "--batch-size", "2", "--seed", "3", "--json")
    found = json.loads(out)
    assert found["batches"] == {"size": 2, "seed": 3, "rows": 4, "whole": 2}
    assert (status, found["nit"], found["nfev"]) == (0, 1000, 1001)
    assert found["x"] == pytest.approx([2, 1], abs=1e-3)
    status, out, _ = thalweg(*typed, "--batch-size", "2", "--max-iterations", "5")
    assert status == 1
    assert "batches of 2 of the 4 rows (seed 0)" in " ".join(out.split())
    status, _, err = thalweg("descend", "m*t + b", "--data", str(line), "--start", "0,0", "--batch-size", "2")
    assert status == 2
    assert "does not go with backtracking" in " ".join(err.split())


def test_a_fixed_step_on_a_paraboloid_shrinks_every_coordinate_as_theory_says(thalweg: Command) -> None:
    status, out, _ = thalweg("descend", "x^2+y^2", "--start", "3,4", "--step", "0.25", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    for k, row in enumerate(rows):  # each step multiplies by 1 - 2/4
        assert int(row["iteration"]) == k
        assert float(row["x"]) == 3 * 0.5**k
        assert float(row["f"]) == 25 * 0.25**k
        assert float(row["gradient_norm"]) == pytest.approx(10 * 0.5**k, rel=1e-15)


def test_json_tells_the_whole_run(thalweg: Command) -> None:
    status, out, _ = thalweg("descend", "x^2 + a*y^2", "--parameter", "a=4", "--start", "1,1", "--json")
    told = json.loads(out)
    assert (status, told["success"], told["mark"]) == (0, True, "converged")
    assert told["variables"] == ["x", "y"]
    assert told["start"] == [1, 1]
    assert told["x"] == pytest.approx([0, 0], abs=1e-8)
    path = np.array(told["path"]["rows"])
    assert told["path"]["columns"] == [
        "iteration",
        "x",
        "y",
        "f",
        "gradient_norm",
        "step_length",
        "evaluations",
    ]
    assert path.shape == (told["nit"] + 1, 7)
    np.testing.assert_allclose(path[:, 3], path[:, 1] ** 2 + 4 * path[:, 2] ** 2, rtol=1e-14)


def test_json_has_no_number_that_is_not_one(thalweg: Command) -> None:
    status, out, _ = thalweg("descend", "log(x)", "--start", "-1", "--json")
    assert status == 1
    told = json.loads(out, parse_constant=pytest.fail)
    assert told["fun"] is None


def test_a_diverging_run_says_so_and_exits_with_1(thalweg: Command) -> None:
    status, out, _ = thalweg("descend", "x^2 + y^2", "--start", "3,4", "--step", "1.5")
    assert status == 1
    assert "diverged" in out
    assert "1.5 times" in out  # 2/L = 1


def test_a_model_is_fitted_to_a_csv_file(thalweg: Command, line: Path) -> None:
    arguments = ("descend", "m*t + b", "--data", str(line), "--start", "m=0,b=0", "--json")
    status, out, _ = thalweg(*arguments)
    assert status == 0
    assert json.loads(out)["x"] == pytest.approx([2, 1], abs=1e-6)


def test_a_problem_is_known_by_its_name_with_its_start_and_its_step(thalweg: Command) -> None:
    status, out, _ = thalweg("descend", "himmelblau", "--method", "gradient descent", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["start"] == [0, 0]
    assert told["options"]["alpha"] == 0.01
    assert told["x"] == pytest.approx([3, 2], abs=1e-6)


def test_options_presets_and_steps_reach_the_method(thalweg: Command) -> None:
    def options(*arguments: str) -> dict[str, object]:
        return json.loads(thalweg("descend", "x^2", "--start", "1", "--json", *arguments)[1])["options"]

    assert options("--option", "c1=0.1", "--option", "interpolation=cubic")["c1"] == 0.1
    assert options("--option", "interpolation=cubic")["interpolation"] == "cubic"
    assert options("--preset", "origin")["initial"] == 100
    assert options("--preset", "origin", "--step", "7")["initial"] == 7
    assert options("--step", "0.125") == {"alpha": 0.125}


def test_variables_may_be_put_in_order(thalweg: Command) -> None:
    told = json.loads(thalweg("descend", "y^2 + x", "--variables", "x,y", "--start", "1,2", "--json")[1])
    assert told["path"]["rows"][0][1:4] == [1, 2, 5]


SUM = "sum(100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2, i, 1, n-1)"


def test_one_number_starts_every_element_of_a_vector(thalweg: Command) -> None:
    status, out, _ = thalweg(
        "descend", SUM, "--parameter", "n=40", "--start", "0.5", "--method", "l-bfgs", "--json"
    )
    found = json.loads(out)
    assert status == 0
    assert found["start"] == [0.5] * 40
    assert found["variables"][38:] == ["x[39]", "x[40]"]
    assert found["x"] == pytest.approx([1.0] * 40, abs=1e-6)
    _, out, _ = thalweg("descend", "a*sum(x[i]^2, i, 1, 3)", "--start", "x=2,a=1", "--json")
    assert json.loads(out)["start"] == [1.0, 2.0, 2.0, 2.0]


def test_a_long_point_is_shortened_in_the_report_and_in_messages(thalweg: Command) -> None:
    _, out, _ = thalweg("descend", SUM, "--parameter", "n=1000", "--start", "0.5", "--method", "l-bfgs")
    assert "x[1000] = 1" in out
    assert "⋮" in out
    assert "x[500]" not in out
    status, _, err = thalweg("descend", SUM, "--parameter", "n=1000")
    assert status == 2
    assert "x[1], x[2] ... x[1000], or one number for all" in err
    assert len(err) < 300


def test_a_formula_may_begin_with_a_minus(thalweg: Command) -> None:
    assert thalweg("descend", "-cos(x)", "--start", "-0.5")[0] == 0
    _, _, err = thalweg("descend", "-x^2+@", "--start", "1")
    assert err.splitlines()[0].index("@") == err.splitlines()[1].index("^")


# ------------------------------------------------------------------------------------------------------- the table


def numbers_table(out: str) -> list[str]:
    lines = out.splitlines()
    head = next(place for place, text in enumerate(lines) if "evaluations" in text or re.match(r" *k ", text))
    return lines[head : lines.index("", head)]


def test_the_table_is_abridged_and_its_columns_end_together(thalweg: Command) -> None:
    _, out, _ = thalweg("descend", "x^2 + 100y^2", "--start", "3,4", "--step", "0.009")
    table = numbers_table(out)
    assert len(table) == 1 + 10 + 1 + 5
    assert table[11].strip() == "⋮"
    ends = {len(text) for text in (table[0], *table[1:11], *table[12:])}
    assert len(ends) == 1


def test_all_iterates_are_printed_on_request(thalweg: Command) -> None:
    _, out, _ = thalweg("descend", "x^2 + 100y^2", "--start", "3,4", "--step", "0.009", "--all")
    table = numbers_table(out)
    assert "⋮" not in out
    assert [int(text.split()[0]) for text in table[1:]] == list(range(len(table) - 1))


def test_a_point_that_is_not_the_last_is_said_to_be_the_lowest(thalweg: Command) -> None:
    _, out, _ = thalweg("descend", "x^2+10y^2", "--start", "3,4", "--step", "0.11")
    assert "lowest on the way:\n  x = 3\n  y = 4\n  f = 169\n" in out
    _, out, _ = thalweg("descend", "x^2+10y^2", "--start", "3,4", "--step", "0.09")
    assert "lowest" not in out


@pytest.mark.parametrize("columns", [20, 30, 40, 60, 80])
def test_nothing_is_wider_than_the_terminal(
    thalweg: Command, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in (("descend", "rosenbrock"), ("methods",), ("problems",)):
        _, out, _ = thalweg(*arguments)
        assert max(map(len, out.splitlines())) <= columns


# ---------------------------------------------------------------------------------------------------- what there is


def test_methods_are_listed_with_every_parameter(thalweg: Command) -> None:
    _, out, _ = thalweg("methods")
    told = json.loads(thalweg("methods", "--json")[1], parse_constant=pytest.fail)
    assert [method["name"] for method in told] == [method.name for method in (*METHODS, *FITTING)]
    for method in told:
        assert method["name"] in out
        for parameter in method["parameters"]:
            assert parameter["name"] in out
            assert parameter["help"]


def test_a_narrow_terminal_reads_whole_words(thalweg: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, out, _ = thalweg("methods")
    words = set(out.split())
    for method in json.loads(thalweg("methods", "--json")[1]):
        for parameter in method["parameters"]:
            assert words.issuperset(parameter["help"].split())


def test_problems_are_listed_with_what_is_known(thalweg: Command) -> None:
    _, out, _ = thalweg("problems")
    told = json.loads(thalweg("problems", "--json")[1])
    assert len(told) >= 14
    rosenbrock = next(problem for problem in told if problem["id"] == "rosenbrock")
    assert (rosenbrock["minimisers"], rosenbrock["minimum"]) == ([[1, 1]], 0)
    assert all(problem["id"] in out for problem in told)


# ------------------------------------------------------------------------------------------------------- wrong use


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["descend", "x^2"], "--start is needed"),
        (["descend", "x^2+y", "--start", "1"], "x, y"),
        (["descend", "rosenbrok"], "did you mean the problem rosenbrock?"),
        (["descend", "x^2+a*y^2", "--start", "1,1"], "--parameter gives a value"),
        (["descend", "x^2", "--start", "1", "--parameter", "a"], "--parameter: 'a' is not of the form"),
        (["descend", "rosenbrock", "--data", "line.csv"], "takes no --data"),
        (["descend", "x^2", "--start", "1", "--json", "--csv"], "exclude each other"),
        (["descend", "x^2", "--start", "one"], "'one' is not a number"),
        (["descend", "x^2", "--start", "y=1"], "each of x"),
        (["descend", "x^2", "--start", "nan"], "finite"),
        (["descend", "x^2", "--start", "1", "--method", "magic"], "no method 'magic'"),
        (["descend", "x^2", "--start", "1", "--option", "c1"], "name=value"),
        (["descend", "x^2", "--start", "1", "--option", "c3=1"], "no parameter 'c3'"),
        (["descend", "x^2", "--start", "1", "--option", "c1=7"], "c1 lies between"),
        (["descend", "x^2", "--start", "1", "--preset", "mine"], "no preset 'mine'"),
        (["descend", "x^2", "--start", "1", "--step", "-1"], "alpha lies between"),
        (["descend", "m*t+b", "--start", "1,1", "--data", "nowhere.csv"], "nowhere.csv"),
        (["descend", "x^2 + __import__('os')", "--start", "1"], "^"),
        (["descend", "x^2", "--start", "1", "--metod", "armijo"], "No such option"),
        (["descend"], "Missing argument"),
        (["dance"], "No such command"),
    ],
)
def test_wrong_use_is_explained_and_exits_with_2(thalweg: Command, arguments: list[str], says: str) -> None:
    status, out, err = thalweg(*arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_an_error_in_a_formula_is_pointed_at(thalweg: Command) -> None:
    status, _, err = thalweg("descend", "x^2 + sni(y)", "--start", "1,2")
    text, carets, sentence = err.splitlines()
    assert status == 2
    assert text[carets.index("^") : carets.rindex("^") + 1] == "sni"
    assert "sin" in sentence


def test_only_the_place_of_an_error_is_shown_of_a_long_formula(thalweg: Command) -> None:
    _, _, err = thalweg("descend", " + ".join(["x"] * 500) + " + §" + " + x" * 500, "--start", "1")
    text, carets, _ = err.splitlines()
    assert len(text) < 80
    assert text[carets.index("^")] == "§"


# ------------------------------------------------------------------------------------------------------ as a process


def test_the_version_and_the_help_load_nothing_heavy() -> None:
    code = (
        "import sys; from thalweg.cli import run; status = run(sys.argv[1:]); "
        "heavy = {'numpy', 'numba', 'llvmlite', 'rich', 'starlette', 'msgspec'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else status)"
    )
    for arguments, says in ((["--version"], f"thalweg {__version__}"), (["--help"], "thalweg descend")):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert says in done.stdout


def test_a_reader_that_has_gone_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "thalweg", "descend", "paraboloid", "--csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full is Linux's")
@pytest.mark.parametrize(
    "arguments",
    [
        ("descend", "paraboloid"),
        ("descend", "paraboloid", "--json"),
        ("methods",),
        ("--version",),
        ("--help",),
    ],
)
def test_a_full_disk_is_one_sentence(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "thalweg", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "thalweg: writing failed: No space left on device\n")


def test_an_output_that_is_closed_is_no_error() -> None:
    shell = 'exec "$0" -m thalweg descend paraboloid >&-'
    done = subprocess.run(["sh", "-c", shell, sys.executable], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_knows_only_ascii_is_served() -> None:
    done = in_a_process("descend", "x^2", "--start", "1", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "?" in done.stdout


def test_no_colour_where_it_is_not_wanted() -> None:
    coloured = in_a_process("descend", "x^2", "--start", "1", FORCE_COLOR="1", TERM="xterm")
    plain = in_a_process("descend", "x^2", "--start", "1", NO_COLOR="1", FORCE_COLOR="", TERM="xterm")
    assert "\x1b[" in coloured.stdout
    assert "\x1b[" not in plain.stdout


@pytest.mark.parametrize("formula", ["x^2 + 2 y^2 + 0 Cos[x]", r"-\frac{-x^{2} - y^2}{2}"])
def test_a_formula_may_be_in_mathematica_or_latex(thalweg: Command, formula: str) -> None:
    status, out, err = thalweg("descend", formula, "--start", "0.9,0.9", "--method", "armijo", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["success"]


def test_ctrl_c_prints_the_table_so_far(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from thalweg.cli import descending

    def interrupted(*given, **arguments):
        def fifth(progress) -> None:
            if progress.iteration == 5:
                raise KeyboardInterrupt

        return descend(*given, **arguments, callback=fifth)

    descend = descending.descend
    monkeypatch.setattr(descending, "descend", interrupted)
    assert run(["descend", "x^2 + y^2", "--start", "3,4", "--step", "0.1"]) == 130
    out, err = capsys.readouterr()
    assert "interrupted after 5 iterations" in out
    assert err == ""
