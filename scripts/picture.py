"""Takes the pictures in README from the running laboratory, light and dark.

``python -m scripts.picture`` writes docs/images/laboratory.png and laboratory-dark.png.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import chromium
from scripts.laboratory import running

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SCENE = "problem=rosenbrock"  # all else is as the problem opens
PICTURES = {"laboratory.png": "light", "laboratory-dark.png": "dark"}
SIZE = (1280, 740)
QUIET_MILLISECONDS = 700  # the ground is drawn coarse first, then fine; afterwards nothing is drawn any more


def take(folder: Path = IMAGES) -> list[Path]:
    """Write the pictures into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with running() as address, chromium.start_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.obtain(), headless=True, args=chromium.LAUNCH_ARGUMENTS
        )
        context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
        page = context.new_page()
        page.goto(address)  # exchanges the token for a cookie
        _wait_until_drawn(page)  # and lets the methods be compiled
        for name, theme in PICTURES.items():
            page.goto(f"{address.partition('?')[0]}#{SCENE}&theme={theme}")
            page.reload()  # another fragment alone opens nothing
            _wait_until_drawn(page)
            taken.append(folder / name)
            page.screenshot(path=taken[-1], animations="disabled")
        browser.close()
    return taken


def _wait_until_drawn(page: Page) -> None:
    laboratory = page.get_by_test_id("lab")
    laboratory.and_(page.locator("[data-fonts=ready][data-seq][data-revision]")).wait_for()
    before, drawn = None, laboratory.get_attribute("data-drawn")
    while drawn != before:
        page.wait_for_timeout(QUIET_MILLISECONDS)
        before, drawn = drawn, laboratory.get_attribute("data-drawn")


def main(arguments: list[str]) -> int:
    """Take the pictures into the folder that is named, or into docs/images."""
    for path in take(*map(Path, arguments[:1])):
        print(f"{path}: {path.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
