"""The page's two lines to Python: one that breaks and comes back, and a notebook's."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import thalweg as tw
from scripts.laboratory import running
from tests.browser.screen import Screen
from thalweg.lab.frame import request_from
from thalweg.lab.messages import Paths
from thalweg.lab.widget import LabWidget


@contextmanager
def page_without_checks(browser: Browser) -> Iterator[Page]:
    """A page whose console may complain, as it does when the server is gone."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_page_outlives_its_server_and_loses_nothing(browser: Browser) -> None:
    port = str(free_port())
    with page_without_checks(browser) as page:
        screen = Screen(page)
        with running("--port", port) as address:
            screen.open(address)
            screen.choose("himmelblau")
            screen.part("start-x").fill("-2")
            screen.part("start-x").press("Enter")
            screen.settle()
            picture = screen.picture()
        expect(screen.part("line")).to_be_visible(timeout=20_000)
        assert screen.picture().shape == picture.shape
        with running("--port", port) as address:
            # The new address lets this browser in again, wherever in it the address is opened.
            other = page.context.new_page()
            other.goto(address)
            expect(screen.part("line")).to_have_count(0, timeout=20_000)
            screen.settle()
            assert screen.opened.problem == "himmelblau"
            assert screen.start()[0] == -2.0
            page.bring_to_front()
            screen.part("map").focus()
            page.keyboard.press("ArrowRight")
            screen.settle()
            assert screen.runs.start[0] > -2.0


def test_two_pages_of_one_browser_do_not_disturb_each_other(page: Page, laboratory: str) -> None:
    one, other = Screen(page), Screen(page.context.new_page())
    one.open(laboratory)
    other.open(laboratory)
    other.choose("rosenbrock")
    one.part("map").focus()
    page.keyboard.press("ArrowLeft")
    one.settle()
    assert (one.opened.problem, other.opened.problem) == ("paraboloid", "rosenbrock")
    assert other.start() == (-1.2, 1.0)


def test_without_the_token_there_is_a_page_that_says_what_to_do(browser: Browser, laboratory: str) -> None:
    with page_without_checks(browser) as page:
        page.goto(laboratory.split("?")[0])
        expect(page.locator("body")).to_contain_text("Open the address that thalweg printed")
        assert page.get_by_test_id("map").count() == 0


def test_a_link_from_another_site_comes_in_by_the_cookie(page: Page, laboratory: str) -> None:
    """A browser withholds the cookie from a visit that another site has led to; the page asks once more by itself."""
    screen = Screen(page)
    screen.open(laboratory)
    here = laboratory.split("?")[0]
    page.route(
        "http://elsewhere.test/",
        lambda route: route.fulfill(body=f'<a href="{here}">go</a>', content_type="text/html"),
    )
    page.goto("http://elsewhere.test/")
    page.get_by_role("link").click()
    expect(screen.part("map")).to_be_visible()


# ------------------------------------------------------------------------------------------------------ the notebook


class FakeNotebook:
    """A cell with the widget in it: its model's messages go to a real `LabWidget`, and buffers come as a notebook
    brings them."""

    SCRIPT = """
        async () => {
          const handlers = new Set();
          window.deliver = (content, buffers) => {
            const views = buffers.map((text) => {
              const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
              const shifted = new Uint8Array(bytes.length + 3);  // a notebook's buffers start anywhere
              shifted.set(bytes, 3);
              return new DataView(shifted.buffer, 3, bytes.length);
            });
            for (const handler of handlers) handler(content, views);
          };
          const model = {
            send: (content) => { window.toKernel(content); },
            on: (event, handler) => { if (event === "msg:custom") handlers.add(handler); },
            off: (event, handler) => handlers.delete(handler),
            get: () => undefined, set: () => {}, save_changes: () => {},
          };
          document.body.replaceChildren();
          const cell = document.createElement("div");
          cell.style.width = "760px";
          document.body.append(cell);
          const module = await import("/lab.js");
          module.default.render({ model, el: cell });
        }
    """

    def __init__(self, page: Page, widget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.page = page
        self.widget = widget
        self.asked: list[Any] = []
        self.answers: list[tuple[dict[str, Any], list[str]]] = []
        monkeypatch.setattr(widget, "send", self._take)
        page.expose_function("toKernel", self._receive)
        page.evaluate(self.SCRIPT)

    def _receive(self, content: dict[str, Any]) -> None:
        self.asked.append(request_from(content))
        self.widget._handle_custom_msg(content, [])

    def _take(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self.answers.append((content, [base64.b64encode(buffer).decode() for buffer in buffers]))

    def go_on(self, milliseconds: int) -> None:
        """Let page and kernel talk."""
        for _ in range(milliseconds // 20):
            self.page.wait_for_timeout(20)
            while self.answers:
                content, buffers = self.answers.pop(0)
                self.page.evaluate(
                    "([content, buffers]) => window.deliver(content, buffers)", [content, buffers]
                )


def test_the_page_in_a_notebook_draws_what_the_widget_answers(
    page: Page, laboratory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(laboratory)  # only for the module: the notebook around it is made up
    widget = tw.Lab("(x - 1)^2 + a*y^2", start=[2.0, 1.0])
    assert isinstance(widget, LabWidget)
    notebook = FakeNotebook(page, widget, monkeypatch)
    notebook.go_on(1500)
    lab = page.get_by_test_id("lab")
    expect(page.get_by_test_id("formula")).to_have_value("(x - 1)^2 + a*y^2")
    assert [row.get_attribute("data-method") for row in page.get_by_test_id("method-row").all()] == [
        "gradient descent",
        "armijo",
    ]
    drawn = int(lab.get_attribute("data-seq") or 0)
    page.get_by_test_id("map").focus()
    page.keyboard.press("ArrowRight")
    notebook.go_on(600)
    assert int(lab.get_attribute("data-seq") or 0) > drawn
    assert [request for request in notebook.asked if isinstance(request, Paths)][-1].start[0] > 2.0
