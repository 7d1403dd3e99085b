"""Finds a Chromium for the browser tests, and obtains one where there is none.

    python -m scripts.chromium        # prints its path; installs one if need be

In this order: the program named by CHROME, one on the PATH, Playwright's own, Debian's package (for root), Playwright's
download.  Not here: how it is started, which is `tests/browser/conftest.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import frontend

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LAUNCH_ARGUMENTS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoBrowserError(Exception):
    """There is no Chromium; the message says in one sentence how to get one."""


def find() -> str | None:
    """Path of a Chromium that is there, or None."""
    chosen = os.environ.get("CHROME")
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise NoBrowserError(f"CHROME names {chosen!r}, which is not a program that can be run")
        return found
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in on_path if path is not None), None) or _playwrights_own()


def start_playwright() -> AbstractContextManager[Playwright]:
    """Playwright, driven by PyPI's Node where that is installed: its own needs libatomic, which a slim Debian lacks."""
    from playwright.sync_api import sync_playwright

    node = frontend.node_from_pypi()
    if node is not None:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    return sync_playwright()


def _playwrights_own() -> str | None:
    with start_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def obtain() -> str:
    """Path of a Chromium, installed now if there was none.

    Raises:
        NoBrowserError: if every way to one failed.
    """
    found = find()
    for install in (_install_debian_package, _download_with_playwright):
        if found is None:
            install()
            found = find()
    if found is None:
        raise NoBrowserError(
            "no Chromium was found and none could be installed: install Chromium or Chrome, or name one in CHROME"
        )
    return found


def _install_debian_package() -> None:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        _say("no Chromium found: installing Debian's package")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False
            )


def _download_with_playwright() -> None:
    _say("no Chromium found: downloading Playwright's")
    # `find` has looked for Playwright's own before: the environment names a Node that runs.
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, stdout=sys.stderr, check=False)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Print the path of a Chromium, or why there is none."""
    try:
        print(obtain())
    except NoBrowserError as error:
        print(f"thalweg: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
