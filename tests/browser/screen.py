"""The laboratory as a test sees it: the page, what it says to the server and hears, and the pixels it draws."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, WebSocket

from thalweg.lab.frame import request_from, unpack
from thalweg.lab.messages import Grid, Hello, Open, Opened, Paths, Reply, Request, Runs

SECONDS = 20
QUIET = 0.15
"""Seconds without a message after which nothing more is to come."""


class Screen:
    """A page with the laboratory in it.

    `sent` and `heard` are the messages so far, in order; `heard` with their buffers.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[Request] = []
        self.heard: list[tuple[Reply, list[memoryview]]] = []
        self.flight = 0
        """Most requests for paths that were in flight at once."""
        self._in_flight: set[int] = set()
        self._last = time.monotonic()
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self._take_sent(bytes(payload)))
        socket.on("framereceived", lambda payload: self._take_heard(bytes(payload)))

    def _take_sent(self, frame: bytes) -> None:
        self._last = time.monotonic()
        request = request_from(unpack(frame)[0])
        self.sent.append(request)
        if isinstance(request, Paths):
            self._in_flight.add(request.seq)
            self.flight = max(self.flight, len(self._in_flight))

    def _take_heard(self, frame: bytes) -> None:
        self._last = time.monotonic()
        content, buffers = unpack(frame)
        reply = msgspec.convert(content, Reply)
        self.heard.append((reply, buffers))
        self._in_flight.discard(reply.seq)

    # ------------------------------------------------------------------------------------------------------- waiting

    def open(self, address: str, fragment: str = "") -> None:
        """Open the address, wait for the picture; with a state in the fragment, open it as a link would."""
        self.page.goto(address)
        self.settle()
        if fragment:
            self.page.goto(f"{address.split('?')[0]}#{fragment}")
            self.page.reload()
            self.settle()

    def settle(self) -> None:
        """Wait until everything that was asked is answered, and what was answered last is drawn."""
        # What a hand has just done is asked in one of the next frames.
        self.page.evaluate(
            "async () => { for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); }"
        )
        self.until(self._is_settled, "the picture to settle")

    def _is_settled(self) -> bool:
        if time.monotonic() - self._last < QUIET:
            return False
        answered = {reply.seq for reply, _ in self.heard}
        paths, grids = self.requests(Paths), self.requests(Grid)
        if not paths or not grids or not {paths[-1].seq, grids[-1].seq} <= answered:
            return False
        if any(
            requests and requests[-1].seq not in answered for requests in map(self.requests, (Hello, Open))
        ):
            return False
        return self.lab.get_attribute("data-seq") == str(paths[-1].seq)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, letting the page go on."""
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, f"waited in vain for {what}"
            self.page.wait_for_timeout(20)

    # ------------------------------------------------------------------------------------------------------ messages

    def requests(self, kind: type[Any]) -> list[Any]:
        return [request for request in self.sent if isinstance(request, kind)]

    def replies(self, kind: type[Any]) -> list[Any]:
        """In the order of their requests: what was superseded is answered late, and empty."""
        replies = [reply for reply, _ in self.heard if isinstance(reply, kind)]
        return sorted(replies, key=lambda reply: reply.seq)

    @property
    def runs(self) -> Runs:
        """The newest runs."""
        return self.replies(Runs)[-1]

    @property
    def opened(self) -> Opened:
        """The problem that was opened last."""
        return self.replies(Opened)[-1]

    # ------------------------------------------------------------------------------------------------------ the page

    @property
    def lab(self) -> Locator:
        return self.part("lab")

    def part(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def row(self, method: str) -> Locator:
        """A method's row."""
        return self.page.locator(f'[data-testid="method-row"][data-method="{method}"]')

    def choose(self, problem: str) -> None:
        """Open a problem from the menu."""
        self.part("problem-menu").click()
        self.page.locator(f'[data-testid="problem"][data-problem="{problem}"]').click()
        self.until(lambda: self.opened.problem == problem, f"{problem} to open")
        self.settle()

    def start(self) -> tuple[float, float]:
        """The start, as the fields show it."""
        x, y = (self.part(name).input_value().replace("−", "-") for name in ("start-x", "start-y"))
        return float(x), float(y)

    def pixel_of(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the plane stands on the page: the grid asked for last covers the map edge to edge."""
        frame = self.part("map").bounding_box()
        assert frame is not None
        x0, x1, y0, y1 = self.requests(Grid)[-1].box
        return (
            frame["x"] + frame["width"] * (x - x0) / (x1 - x0),
            frame["y"] + frame["height"] * (y1 - y) / (y1 - y0),
        )

    def scale(self) -> float:
        """Pixels to a unit, where both axes have the same scale and the view is the problem's own."""
        frame = self.part("map").bounding_box()
        assert frame is not None
        (x0, x1), (y0, y1) = (self.opened.ranges[axis] for axis in self.opened.axes)
        return min(frame["width"] / (x1 - x0), frame["height"] / (y1 - y0))

    def picture(self, part: str = "map") -> NDArray[np.int16]:
        """The pixels of a part of the page, (rows, columns, 3)."""
        image = Image.open(io.BytesIO(self.part(part).screenshot())).convert("RGB")
        return np.asarray(image).astype(np.int16)


def differing(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    """Share of pixels that differ visibly."""
    assert one.shape == other.shape
    return float(np.mean(np.abs(one - other).max(axis=2) > 24))
