"""A real Chromium with the real laboratory in it, for tests that drive the page.

`laboratory` is the address of a server started by the command that users type; `page` is a fresh, empty browser page
that fails its test on any error in its console, and leaves a picture in `test-results/` where the test failed.

Where no Chromium is found the tests fail.  Only on one's own machine can they be left out, by THALWEG_NO_BROWSER=1.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts import chromium
from scripts.laboratory import running

HERE = Path(__file__).parent
PICTURES = HERE.parent.parent / "test-results"
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def _chromium() -> str:
    if os.environ.get("THALWEG_NO_BROWSER") == "1" and not os.environ.get("CI"):
        pytest.skip("THALWEG_NO_BROWSER=1")
    found = chromium.find()
    if found is None:
        pytest.fail(
            "no Chromium was found: 'make browser' installs one, CHROME=/path names one, "
            "THALWEG_NO_BROWSER=1 leaves these tests out",
            pytrace=False,
        )
    return found


# One browser a file, not one a session: while Playwright runs, no other test in the process could use asyncio.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium with an empty profile."""
    path = _chromium()
    with chromium.start_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, headless=True, args=chromium.LAUNCH_ARGUMENTS
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page of 1440 x 900 in a context of its own (no cookies, no storage)."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield opened
    if request.node.stash.get(FAILED, False):
        PICTURES.mkdir(exist_ok=True)
        opened.screenshot(path=PICTURES / f"{re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)}.png")
    context.close()
    assert errors == [], "the page reported errors in its console"


@pytest.fixture(scope="module")
def laboratory() -> Iterator[str]:
    """The address, token included, that `thalweg --no-browser` prints."""
    with running() as address:
        yield address
