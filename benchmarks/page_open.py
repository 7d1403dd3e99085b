"""From opening the page to the first answered drag, with cold caches.

Each round starts a new server process and a new browser with an empty profile.  The clock starts when the address is
opened and stops when the picture for the first movement of a drag stands; the drag begins as soon as the paths are
there to be seen.  Only the operating system's own cache of files stays warm.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

from benchmarks import _page
from benchmarks._timing import Times, at_most, table

PROBLEM = "rosenbrock"
ROUNDS = 5
LIMIT = 2.0

ANSWERED = "() => globalThis.__thalweg.latency.length > 0"


async def opened(path: str, address: str) -> tuple[float, float]:
    """Seconds from opening the address until paths are drawn, and until a drag is answered."""
    async with _page.browser(path) as browser:
        page = await browser.new_page(viewport=_page.VIEWPORT)
        begun = perf_counter()
        await page.goto(_page.link(address, PROBLEM), wait_until="commit")
        await page.locator(_page.READY).wait_for()
        drawn = perf_counter() - begun
        x, y, radius = await _page.start_pixel(page, PROBLEM)
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + radius / 2, y + radius / 2)
        await page.wait_for_function(ANSWERED)
        return drawn, perf_counter() - begun


def once(path: str) -> tuple[float, float, float]:
    """Seconds until a new server prints its address, and those of `opened`."""
    from scripts.laboratory import running

    begun = perf_counter()
    with running() as address:
        listening = perf_counter() - begun
        return listening, *asyncio.run(opened(path, address))


def main() -> str:
    path = _page.chromium_path()
    listening, drawn, answered = (
        Times(each) for each in zip(*(once(path) for _ in range(ROUNDS)), strict=True)
    )
    at_most("page open to first answered drag, cold", answered.median, LIMIT)
    return table(
        ["", "time"],
        [
            ["command to printed address", listening],
            ["page open to paths drawn", drawn],
            ["page open to first answered drag", answered],
        ],
    )


if __name__ == "__main__":
    print(main())
