"""Starts the laboratory as a user does: for the browser tests, the picture in README and the benchmarks.

Example:
    >>> with running() as address:  # doctest: +SKIP
    ...     print(address)
    http://127.0.0.1:8765/?token=...
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

START_SECONDS = 60


class NoLaboratoryError(Exception):
    """The command ended, or was ended, without printing an address; the message holds what it did print."""


@contextmanager
def running(*arguments: str, program: Sequence[str] = ("-m", "thalweg", "--no-browser")) -> Generator[str]:
    """The address, token included, that `thalweg --no-browser` or another program prints; the server ends with the
    block."""
    server = subprocess.Popen(
        [sys.executable, *program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # Ends the reading below, should no address ever come.
    impatience = threading.Timer(START_SECONDS, server.kill)
    impatience.start()
    try:
        address = _address(server)
        impatience.cancel()
        yield address
    finally:
        impatience.cancel()
        server.terminate()
        server.communicate(timeout=20)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    seen: list[str] = []
    for line in server.stdout:
        seen.append(line)
        found = re.search(r"http://\S+", line)
        if found:
            return found.group()
    raise NoLaboratoryError("'thalweg --no-browser' printed no address, but:\n" + "".join(seen))
