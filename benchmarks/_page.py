"""The laboratory's page in a headless Chromium, for the benchmarks that drag its start."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from thalweg.problems import find

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # `scripts` is no installed package
    sys.path.insert(0, ROOT)

VIEWPORT: Any = {"width": 1440, "height": 900}
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


ROUND = """(map, {x, y, radius, turns, seconds}) => new Promise((done) => {
  // A browser hands pointer moves to the page once a frame, before it draws.
  const target = map.getRootNode().elementFromPoint(x, y) ?? map;
  const send = (type, cx, cy, buttons) => target.dispatchEvent(new PointerEvent(type, {
    clientX: cx, clientY: cy, buttons, button: type === "pointermove" ? -1 : 0, pointerId: 1, pointerType: "mouse",
    isPrimary: true, bubbles: true, composed: true, cancelable: true,
  }));
  map.setPointerCapture = map.releasePointerCapture = () => {};  // there is no such pointer to capture
  target.setPointerCapture = target.releasePointerCapture = () => {};
  send("pointerdown", x, y, 1);
  const begun = performance.now();
  const turn = () => {
    const now = (performance.now() - begun) / 1000;
    if (now < turns * seconds) {
      const angle = 2 * Math.PI * now / seconds;
      send("pointermove", x + radius * Math.sin(angle), y + radius * (1 - Math.cos(angle)), 1);
      requestAnimationFrame(turn);
    } else {
      send("pointermove", x, y, 1);
      send("pointerup", x, y, 0);
      done();
    }
  };
  requestAnimationFrame(turn);
})"""


async def drag(page: Any, problem: str, turns: int) -> None:
    """Take the start, go round and round with it, and put it back.

    The events come from within the page, so that no program that sends them takes a core from the browser.
    """
    x, y, radius = await start_pixel(page, problem)
    told = {"x": x, "y": y, "radius": radius, "turns": turns, "seconds": TURN_SECONDS}
    await page.get_by_test_id("map").evaluate(ROUND, told)
