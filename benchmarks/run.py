"""Runs the benchmarks and prints their tables as Markdown.

    python -m benchmarks.run                    # all of them
    python -m benchmarks.run startup page_drag   # these
    python -m benchmarks.run --list
    python -m benchmarks.run --write docs/performance.md

A benchmark is a module of this package, ``benchmarks/<name>.py``, with a docstring whose first line is its title and
a function ``main() -> str`` that returns its tables.  Peers are measured in the same run, so that the ratios mean
something on any machine.  What is to be reached it notes by `_timing.at_most` and `at_least`; these figures end the
report.  Progress goes to standard error: standard output is the report.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import pkgutil
import platform
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from types import ModuleType

from benchmarks import _timing

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""What `--write` replaces in a document."""
REPORTED = ("thalweg", "numpy", "llvmlite", "scipy", "sympy", "jax", "playwright")


def names() -> list[str]:
    """Every module beside this one that could be a benchmark, in alphabetical order."""
    found = (module.name for module in pkgutil.iter_modules([str(HERE)]) if not module.ispkg)
    return sorted(name for name in found if name != "run" and not name.startswith("_"))


def load(name: str) -> ModuleType | None:
    """The benchmark of this name; None where the module only helps others, having no ``main``."""
    module = importlib.import_module(f"benchmarks.{name}")
    return module if callable(getattr(module, "main", None)) else None


def title(module: ModuleType) -> str:
    """First line of the module's docstring."""
    lines = (module.__doc__ or "").strip().splitlines()
    return lines[0].rstrip(".") if lines else module.__name__.rpartition(".")[2]


def processor() -> str:
    """The processor's name as its maker writes it, with the number of cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    model = next(models, None) or platform.processor() or platform.machine()
    return f"{model}, {cores} core{'s' if cores != 1 else ''}"


def compiler() -> str | None:
    """First line of what the C compiler says of itself."""
    path = shutil.which("cc")
    if path is None:
        return None
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return answer.stdout.partition("\n")[0] or None


def versions(packages: Iterable[str] = REPORTED) -> list[str]:
    """Name and version of each package that is installed."""
    found: list[str] = []
    for package in packages:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """One line on what was measured with what."""
    parts = [processor(), f"{platform.system()} {platform.machine()}", f"Python {platform.python_version()}"]
    return "; ".join([*parts, ", ".join(versions()), *filter(None, [compiler()])])


def measure(name: str) -> tuple[str, bool]:
    """One benchmark's part of the report, and whether it ran to its end; a failure is reported too."""
    module = load(name)
    if module is None:
        return "", True
    head = f"### {title(module)}\n\n`python -m benchmarks.run {name}`\n\n"
    text = (module.__doc__ or "").strip().partition("\n")[2].strip()
    try:
        tables = module.main()
    except Exception as error:
        traceback.print_exc()
        return f"{head}failed: {type(error).__name__}: {error}", False
    return head + "\n\n".join(filter(None, [text, tables.strip()])), True


def figures() -> str:
    """What was to be reached by the benchmarks of this run, and whether it was."""
    rows = [
        [each.what, each.wanted, each.measured, "yes" if each.reached else "**no**"]
        for each in _timing.figures
    ]
    return "### Figures\n\n" + _timing.table(["", "wanted", "measured", "reached"], rows) if rows else ""


def write(document: Path, report: str) -> None:
    """Put a report between the marks of a document."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{document} has no place for the report: a line {BEGIN}, and below it a line {END}")
    document.write_text(f"{before}{begin}\n\n{report}\n\n{end}{after}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all where none is named")
    parser.add_argument("--list", action="store_true", help="say which there are, and do nothing")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the report into this document as well"
    )
    chosen = parser.parse_args(arguments)
    there = names()
    if chosen.list:
        print("\n".join(there))
        return 0
    unknown = [name for name in chosen.names if name not in there]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(there) or 'none yet'}")
    parts: list[str] = []
    good = True
    for name in chosen.names or there:
        begun = perf_counter()
        part, ended_well = measure(name)
        good = good and ended_well
        parts += [part] if part else []
        print(part, end="\n\n", flush=True)
        print(f"== {name}: {perf_counter() - begun:.1f} s", file=sys.stderr)
    head = [f"Measured on {machine()}.", figures()]
    print("\n\n".join(head))
    if chosen.write:
        write(chosen.write, "\n\n".join(filter(None, [*head, *parts])))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
