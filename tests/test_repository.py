"""What holds the repository together: the floors, what an import loads, what is tracked, lock and generated files."""

from __future__ import annotations

import ast
import doctest
import graphlib
import inspect
import ipaddress
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import thalweg

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "thalweg"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def run_python(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=ROOT).stdout


# ------------------------------------------------------------------------------------------------------ the floors

# What each floor may import besides itself, `errors`, `progress` and `version`.  `docs/architecture.md` says why.
FLOORS = {
    "expression": "",
    "kernel": "expression",
    "rows": "expression kernel",
    "objective": "expression kernel rows",
    "descent": "",
    "drive": "descent kernel objective",
    "verdict": "descent objective",
    "trajectory": "descent drive objective verdict figure __init__",
    "entry": "descent drive objective trajectory",
    "figure": "",
    "fit": "expression kernel rows objective descent drive verdict trajectory entry figure __init__",
    "scipy_like": "descent drive objective verdict trajectory entry",
    "problems": "expression objective rows",
    "survey": "descent drive objective problems verdict trajectory entry figure",
    "nist": "fit objective",
    "lab": "expression kernel rows objective descent drive verdict trajectory entry fit problems",
    "cli": "expression kernel rows objective descent drive verdict trajectory entry fit problems nist survey lab "
    "figure __init__",
}
MAY_IMPORT = {floor: set(below.split()) for floor, below in FLOORS.items()}
GROUND = {"errors", "progress", "version"}
ROOF = {"__init__", "__main__"}  # the public names, and `python -m thalweg`: may import anything


def floor_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything of this package that a file imports, at its head or within a function.

    What stands under TYPE_CHECKING only names types in annotations: it loads nothing and does not count.
    """
    inside = ["thalweg", *path.relative_to(PACKAGE).parent.parts]
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = inside[: len(inside) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "thalweg" else [module]
        yield from ((line_of(node), name) for name in names if name.split(".")[0] == "thalweg")


def line_of(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def test_no_floor_imports_a_higher_one() -> None:
    wrong: list[str] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        floor = floor_of(path)
        if floor in ROOF:
            continue
        assert floor in MAY_IMPORT or floor in GROUND, f"{path} is on no floor: give it one in FLOORS"
        allowed = {floor, *GROUND, *MAY_IMPORT.get(floor, set[str]())}
        for line, name in imports(path):
            imported = [*name.split("."), "__init__"][1]
            if imported not in allowed:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {floor} must not import {name}")
    assert wrong == []


def test_the_floors_stand_on_each_other_without_a_circle() -> None:
    order = list(graphlib.TopologicalSorter(MAY_IMPORT).static_order())
    assert order.index("expression") < order.index("kernel") < order.index("objective") < order.index("drive")
    assert MAY_IMPORT["descent"] == set(), "a method knows nothing of what it minimises"


def test_the_architecture_speaks_of_every_floor_and_every_file_it_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    assert {name for row in table for name in re.findall(r"`(\w+)`", row)} == MAY_IMPORT.keys()
    named = re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", text)
    assert len(named) >= 10
    assert [name for name in named if not (PACKAGE / name).is_file() and not (ROOT / name).is_file()] == []


# ------------------------------------------------------------------------------------------------------ what is loaded

HEAVY = {
    "anywidget", "jax", "llvmlite", "matplotlib", "msgspec", "numba", "pandas", "rich", "scipy", "starlette", "sympy",
    "torch", "typer", "uvicorn", "websockets",
}  # fmt: skip


def test_importing_the_library_loads_nothing_heavy() -> None:
    loaded = run_python("import sys, thalweg; print(*{name.split('.')[0] for name in sys.modules})").split()
    assert "thalweg" in loaded
    assert HEAVY.intersection(loaded) == set()


def test_asking_for_help_loads_no_compiler() -> None:
    code = """
import contextlib, io, runpy, sys
sys.argv = ["thalweg", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
    runpy.run_module("thalweg", run_name="__main__")
assert "descend" in shown.getvalue(), shown.getvalue()
print(*{name.split(".")[0] for name in sys.modules})
"""
    loaded = run_python(code).split()
    assert {"numba", "llvmlite", "starlette", "uvicorn", "matplotlib"}.intersection(loaded) == set()


# ------------------------------------------------------------------------------------------------------ public names


@pytest.mark.parametrize("name", sorted(thalweg.__all__))
def test_every_public_name_is_documented_with_an_example_that_runs(name: str) -> None:
    value = getattr(thalweg, name)
    if inspect.ismodule(value):  # a package that is called like the function it is named after
        value = getattr(value, name)
    if not (inspect.isclass(value) or callable(value)):
        return  # a constant such as the version
    text = inspect.getdoc(value) or ""
    assert text, f"thalweg.{name} has no docstring"
    if inspect.isclass(value) and issubclass(value, Exception):
        return
    assert doctest.DocTestParser().get_examples(text), (
        f"the docstring of thalweg.{name} shows no example (>>>)"
    )


def test_public_names_are_all_there_and_listed_by_dir() -> None:
    assert len(set(thalweg.__all__)) == len(thalweg.__all__)
    assert set(thalweg.__all__) <= set(dir(thalweg))


# ------------------------------------------------------------------------------------------------------ files


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_large_file_and_nothing_built_is_tracked() -> None:
    files = tracked_files()
    assert [str(path) for path in files if path.stat().st_size > 600_000] == []
    built = re.compile(r"\.(pyc|so|o|dll|dylib|whl|nbi|nbc)$|node_modules/|/static/lab\.js$|(^|/)\.venv/")
    names = [path.relative_to(ROOT).as_posix() for path in files]
    assert [name for name in names if built.search(name)] == []


def is_private(host: str) -> bool:
    """Whether only some network of somebody's knows this host; one's own machine counts as public."""
    if host in {"localhost", "127.0.0.1", "::1"} or not host:
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.rsplit(".", 1)[1] in {
            "internal",
            "local",
            "lan",
            "corp",
            "home",
            "intranet",
        }


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("10.1.2.3", True), ("registry", True), ("pypi.corp", True), ("mirror.lan", True), ("192.168.0.1", True),
        ("127.0.0.1", False), ("localhost", False), ("pypi.org", False), ("8.8.8.8", False),
    ],
)  # fmt: skip
def test_private_hosts_are_told_from_public_ones(host: str, private: bool) -> None:
    assert is_private(host) is private


def test_no_file_names_a_private_host() -> None:
    wrong: list[str] = []
    for path in tracked_files():
        relative = path.relative_to(ROOT).as_posix()
        if path.suffix in {".png", ".woff2", ".ico"} or relative.startswith("tests/"):
            continue  # tests of the server's allow-list speak of such hosts on purpose
        for address in re.findall(
            r"\b(?:https?|ftp|git|ssh)://[\w.:\[\]-]+", path.read_text(encoding="utf-8")
        ):
            host = urlsplit(address.rstrip(".:")).hostname or ""
            if is_private(host):
                wrong.append(f"{relative}: {address}")
    assert wrong == []


def test_configuration_names_no_package_index() -> None:
    names = ("pip.conf", ".npmrc", ".yarnrc", ".pypirc", "uv.toml")
    assert [path for path in tracked_files() if path.name in names] == []
    text = (ROOT / "pyproject.toml").read_text() + (ROOT / "Makefile").read_text()
    assert re.findall(r"index-url|find-links|trusted-host|registry\s*=", text) == []


# ------------------------------------------------------------------------------------------------------ the page's lock

LOCK: dict[str, dict[str, object]] = json.loads((ROOT / "frontend" / "package-lock.json").read_text())[
    "packages"
]


def test_the_lock_file_downloads_from_the_public_registry_only() -> None:
    resolved = [str(entry["resolved"]) for entry in LOCK.values() if "resolved" in entry]
    assert [address for address in resolved if not address.startswith("https://registry.npmjs.org/")] == []
    assert [name for name, entry in LOCK.items() if name and "integrity" not in entry] == []


def test_the_lock_file_holds_every_platforms_packages() -> None:
    """Where one is missing, `npm ci` fails on all platforms (a registry that lacks it leaves it out silently)."""
    names = {key.rpartition("node_modules/")[2] for key in LOCK}
    wanted = {name for entry in LOCK.values() for name in dict(entry.get("optionalDependencies") or {})}  # type: ignore[call-overload]
    assert wanted - names == set()


def test_the_lock_file_is_in_step_with_package_json() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        assert LOCK[""].get(group) == package.get(group)
        for name, version in package[group].items():
            assert LOCK[f"node_modules/{name}"]["version"] == version, f"{name} is to be pinned exactly"


def test_whatever_the_page_contains_of_others_work_is_named_with_its_licence() -> None:
    notice = (ROOT / "frontend" / "LICENSES.md").read_text(encoding="utf-8").casefold()
    sources = [*ROOT.glob("frontend/src/**/*.ts"), *ROOT.glob("frontend/src/**/*.tsx")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources if ".test." not in path.name)
    packages = {
        re.sub(r"^((?:@[^/]+/)?[^/]+).*", r"\1", name) for name in re.findall(r'from "([@\w][^":]*)"', text)
    }
    assert "preact" in packages
    assert {name for name in packages if name not in notice} == set()
    fonts = (ROOT / "frontend" / "fonts" / "sources.ts").read_text(encoding="utf-8")
    families = re.findall(r'file: "(?:@fontsource/)?([a-z0-9]+-[a-z]+)', fonts)
    assert len(families) >= 3
    assert {
        family for family in families if family.removesuffix("-ui").replace("-", " ") not in notice
    } == set()


# ------------------------------------------------------------------------------------------------------ metadata


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == thalweg.__version__


def test_the_extra_named_all_holds_the_others() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    assert re.findall(r"\w+", everything.removeprefix("thalweg")) == [
        name for name in extras if name != "all"
    ]


def test_continuous_integration_runs_what_a_developer_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("exec make test")
