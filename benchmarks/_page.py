"""The laboratory's page in a headless Chromium, for the benchmarks that drag its start."""

from __future__ import annotations

import asyncio
import math
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from thalweg.problems import find

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # `scripts` is no installed package
    sys.path.insert(0, ROOT)

VIEWPORT: Any = {"width": 1440, "height": 900}
EVENTS_A_SECOND = 125  # what an ordinary mouse sends
TURN_SECONDS = 1.5
READY = "[data-testid=lab][data-seq]"


def chromium_path() -> str:
    """A Chromium, obtained where there is none; to be asked before any event loop runs."""
    from scripts import chromium, frontend

    node = frontend.node_from_pypi()
    if node is not None:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    return chromium.obtain()


@asynccontextmanager
async def browser(path: str) -> AsyncGenerator[Any]:
    """The Chromium at this path, with an empty profile."""
    from playwright.async_api import async_playwright

    from scripts.chromium import LAUNCH_ARGUMENTS

    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=path, headless=True, args=LAUNCH_ARGUMENTS
        )
        yield launched
        await launched.close()


def link(address: str, problem: str) -> str:
    """The address that opens a problem and lets the page measure."""
    return f"{address}#problem={problem}&measure=1"


async def start_pixel(page: Any, problem: str) -> tuple[float, float, float]:
    """Where the start of a problem stands on the page, in pixels, and the pixels of a tenth of the map."""
    frame = await page.get_by_test_id("map").bounding_box()
    known = find(problem)
    (x0, x1), (y0, y1) = known.box
    x_scale, y_scale = frame["width"] / (x1 - x0), frame["height"] / (y1 - y0)
    if known.data is None:  # where the axes are of one kind, they have one scale
        x_scale = y_scale = min(x_scale, y_scale)
    return (
        frame["x"] + frame["width"] / 2 + (known.start[0] - (x0 + x1) / 2) * x_scale,
        frame["y"] + frame["height"] / 2 - (known.start[1] - (y0 + y1) / 2) * y_scale,
        min(frame["width"], frame["height"]) / 10,
    )


class Mouse:
    """A mouse with its button down, whose events do not wait until the page has taken those before."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._sent: list[asyncio.Future[Any]] = []

    def send(self, kind: str, x: float, y: float) -> None:
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        self._sent.append(asyncio.ensure_future(self._session.send("Input.dispatchMouseEvent", event)))

    async def settle(self) -> None:
        """Wait until the page has taken every event."""
        await asyncio.gather(*self._sent)
        self._sent.clear()


async def drag(page: Any, problem: str, turns: int) -> None:
    """Take the start, go round and round with it, and put it back."""
    x, y, radius = await start_pixel(page, problem)
    mouse = Mouse(await page.context.new_cdp_session(page))
    await page.mouse.move(x, y)
    mouse.send("mousePressed", x, y)
    begun = time.perf_counter()
    events = 0
    while (now := time.perf_counter() - begun) < turns * TURN_SECONDS:
        angle = 2.0 * math.pi * now / TURN_SECONDS
        mouse.send("mouseMoved", x + radius * math.sin(angle), y + radius * (1.0 - math.cos(angle)))
        events += 1
        await asyncio.sleep(max(0.0, events / EVENTS_A_SECOND - (time.perf_counter() - begun)))
    mouse.send("mouseMoved", x, y)
    mouse.send("mouseReleased", x, y)
    await mouse.settle()
