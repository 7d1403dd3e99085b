"""The command `thalweg` as a process: it listens before it speaks, and Ctrl-C ends it at once."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on POSIX")

# The server as the command runs it, with a page of one line in place of the built one.
PROGRAM = """
import sys
from pathlib import Path
from thalweg.lab import server
server.BUNDLE = Path(sys.argv.pop(1))
from thalweg.cli import run
sys.exit(run(sys.argv[1:]))
"""


@contextmanager
def started(bundle: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """A laboratory that is running: the process, its address and port."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(bundle), "--no-browser", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=\S+", line)
        assert address is not None, line + (process.stderr.read() if process.stderr else "")
        yield process, address.group(), int(address.group(1))
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "lab.js"
    path.write_text("export function startApp() {}\n")
    return path


def handshake(port: int) -> socket.socket:
    """A connection that is open and idle, as an open page's is."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(f"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 403"
    return connection


def test_it_listens_before_it_speaks_and_ctrl_c_ends_it_at_once(bundle: Path) -> None:
    with started(bundle) as (process, _, port):
        with handshake(port):
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
            assert time.monotonic() - began < 10
        assert (process.returncode, err) == (0, "")


def test_ctrl_c_does_not_wait_for_an_open_page_that_never_answers(bundle: Path) -> None:
    with started(bundle) as (process, address, port), socket.create_connection(("127.0.0.1", port)) as page:
        host = f"127.0.0.1:{port}"
        path = address.removeprefix(f"http://{host}")
        page.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        cookie = re.search(r"set-cookie: ([^;]+)", page.recv(4096).decode(), re.IGNORECASE)
        assert cookie is not None
        page.sendall(
            f"GET /socket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie.group(1)}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert page.recv(12) == b"HTTP/1.1 101"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert time.monotonic() - began < 10
        assert (process.returncode, err) == (0, "")


def test_a_second_start_finds_a_port_of_its_own(bundle: Path) -> None:
    with started(bundle) as (_, first, one), started(bundle) as (_, second, other):
        assert one != other
        assert first.split("token=")[1] != second.split("token=")[1]
        for port in (one, other):
            handshake(port).close()


def test_it_starts_again_at_once_on_the_port_it_had(bundle: Path) -> None:
    with started(bundle) as (process, _, port):
        with handshake(port):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        with started(bundle, "--port", str(port)) as (_, _, again):
            assert again == port


def test_a_port_that_is_taken_is_wrong_use(bundle: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(bundle), "--no-browser", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"thalweg: port {port} cannot be used .*: choose another with --port\n", done.stderr)
