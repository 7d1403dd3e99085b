"""Starting: the import, and the commands that should answer at once.

Whole processes, beside an empty one and NumPy's import; "of its own" is the time within the process, from before the
import to after it.  The last column names the heavy modules that were loaded.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks._timing import alternate_processes, at_most, seconds, table

HEAVY = (
    "numba",
    "llvmlite",
    "numpy",
    "scipy",
    "starlette",
    "uvicorn",
    "msgspec",
    "typer",
    "rich",
    "matplotlib",
)
ROUNDS = 5
CLOCKED = "from time import perf_counter as t; a = t(); import thalweg; {use}; print(t() - a)"
USES = {
    "import thalweg": "thalweg",
    "import thalweg; thalweg.descend": "thalweg.descend",
    "import thalweg; thalweg.Formula": "thalweg.Formula",
    "import thalweg; thalweg.LeastSquares": "thalweg.LeastSquares",
}
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import thalweg": ["-c", "import thalweg"],
    "thalweg --version": ["-m", "thalweg", "--version"],
    "thalweg --help": ["-m", "thalweg", "--help"],
    "thalweg methods": ["-m", "thalweg", "methods"],
    'thalweg descend "x^2 + y^2" --start 3,4': ["-m", "thalweg", "descend", "x^2 + y^2", "--start", "3,4"],
}


def loaded(arguments: list[str]) -> list[str]:
    """The heavy modules that a command loads."""
    command = [sys.executable, "-X", "importtime", *arguments]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    modules = {
        line.rpartition("|")[2].strip() for line in listing.splitlines() if line.startswith("import time:")
    }
    return [name for name in HEAVY if name in modules]


def clocked(use: str) -> float:
    """Seconds that a process takes from before `import thalweg` to after it; the median of some."""
    command = [sys.executable, "-c", CLOCKED.format(use=use)]
    return statistics.median(float(subprocess.check_output(command, text=True)) for _ in range(ROUNDS))


def main() -> str:
    times = alternate_processes({name: [sys.executable, *rest] for name, rest in COMMANDS.items()}, ROUNDS)
    heavy = {name: loaded(rest) for name, rest in COMMANDS.items()}
    own = {name: clocked(use) for name, use in USES.items()}
    at_most("`import thalweg`", own["import thalweg"], 0.2)
    at_most("modules of Numba or llvmlite in `thalweg --help`", _compilers(heavy["thalweg --help"]), 0, str)
    whole = table(
        ["", "whole process", "heavy modules"],
        [[f"`{name}`", times[name], ", ".join(heavy[name]) or "none"] for name in COMMANDS],
    )
    within = table(["", "of its own"], [[f"`{name}`", seconds(each)] for name, each in own.items()])
    return f"{whole}\n\n{within}"


def _compilers(modules: list[str]) -> int:
    return len({"numba", "llvmlite"} & set(modules))


if __name__ == "__main__":
    print(main())
