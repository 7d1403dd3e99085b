"""Dragging the start on the page, in a headless Chromium without a graphics card.

The start goes round in a circle, by one pointer event a frame, while both methods' paths follow.  The page itself
measures from the pointer event to the end of the frame in which the paths for it were drawn: through the
WebSocket, both runs in Python, and back.  A picture is a frame with new paths; frames are counted beside them.
"""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from benchmarks import _page
from benchmarks._timing import at_least, at_most, table

PROBLEMS = ("paraboloid", "rosenbrock", "goldstein-price", "ackley", "wide-line")
TURNS = 2

COUNT_FRAMES = """() => {
  const measured = globalThis.__thalweg;
  measured.latency.length = 0;
  measured.frames = [];
  const count = (now) => { measured.frames.push(now); requestAnimationFrame(count); };
  requestAnimationFrame(count);
}"""


async def measure(browser: Any, address: str, problem: str) -> tuple[np.ndarray, float, float]:
    """Milliseconds from pointer to picture, pictures a second, and frames a second."""
    context = await browser.new_context(viewport=_page.VIEWPORT)
    page = await context.new_page()
    await page.goto(address)  # exchanges the token for a cookie
    await page.goto(_page.link(address.partition("?")[0], problem))
    await page.reload()  # another fragment alone opens nothing
    await page.locator(_page.READY).wait_for()
    await page.wait_for_timeout(500)
    await _page.drag(page, problem, 1)
    await page.evaluate(COUNT_FRAMES)
    await _page.drag(page, problem, TURNS)
    measured = await page.evaluate("() => globalThis.__thalweg")
    await context.close()
    latency = np.array([each["latency"] for each in measured["latency"]])
    drawn = np.array([each["drawn"] for each in measured["latency"]])
    frames = np.array(measured["frames"])
    frames = frames[(frames >= drawn[0]) & (frames <= drawn[-1])]
    return latency, _rate(drawn), _rate(frames)


def _rate(times: np.ndarray) -> float:
    """Events a second, from times in milliseconds."""
    return 1000.0 * (len(times) - 1) / float(times[-1] - times[0])


async def measure_all(path: str, address: str) -> dict[str, tuple[np.ndarray, float, float]]:
    async with _page.browser(path) as browser:
        await measure(browser, address, PROBLEMS[0])  # a page just opened is another benchmark's matter
        return {problem: await measure(browser, address, problem) for problem in PROBLEMS}


def main() -> str:
    path = _page.chromium_path()
    from scripts.laboratory import running

    with running() as address:
        measured = asyncio.run(measure_all(path, address))
    rows: list[list[object]] = []
    for problem, (latency, pictures, frames) in measured.items():
        waits = (f"{each:.1f} ms" for each in np.percentile(latency, (50, 95, 100)))
        rows.append([problem, f"{pictures:.1f}", f"{frames:.1f}", *waits])
    of = f"of {len(PROBLEMS)} problems"
    rate = min(pictures for _, pictures, _ in measured.values())
    wait = max(float(np.percentile(latency, 95)) for latency, _, _ in measured.values())
    at_least(f"pictures a second while dragging, least {of}", rate, 55.0, lambda value: f"{value:.1f}")
    at_most(f"pointer to picture, 95th percentile, largest {of}", wait, 30.0, lambda value: f"{value:.1f} ms")
    return table(["", "pictures a second", "frames a second", "median", "95th percentile", "largest"], rows)


if __name__ == "__main__":
    print(main())
