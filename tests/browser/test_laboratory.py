"""The page, driven as a person would, on the server that `thalweg` starts."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import Screen, differing
from thalweg.lab.messages import Failed, Field, Grid, Paths, Runs
from thalweg.problems import PROBLEMS


@pytest.fixture
def screen(page: Page, laboratory: str) -> Screen:
    """The page with its first problem, x^2 + y^2 from (3, 4), drawn."""
    opened = Screen(page)
    opened.open(laboratory)
    return opened


def test_the_page_opens_with_both_methods_on_the_first_problem(screen: Screen) -> None:
    assert "token" not in screen.page.url
    expect(screen.part("formula")).to_have_value("x^2 + y^2")
    assert screen.start() == (3.0, 4.0)
    for method in ("gradient descent", "armijo"):
        expect(screen.row(method)).to_contain_text("converged")
    assert [info.success for info in screen.runs.runs] == [True, True]
    # The valley is darker than its rim, and there is something to see on the way.
    picture = screen.picture().mean(axis=2)
    assert picture.std() > 3


def test_dragging_the_start_moves_the_path_all_the_while(screen: Screen) -> None:
    before = screen.picture()
    mouse, scale = screen.page.mouse, screen.scale()
    x, y = screen.pixel_of(3.0, 4.0)
    asked = len(screen.requests(Paths))
    mouse.move(x, y)
    mouse.down()
    for i in range(1, 31):
        mouse.move(x - i * scale / 10, y + i * scale / 15)
        screen.page.wait_for_timeout(10)
    screen.settle()
    while_down = screen.picture()
    mouse.up()
    screen.settle()
    x, y = screen.start()
    assert (x, y) == (pytest.approx(0.0, abs=0.05), pytest.approx(2.0, abs=0.05))
    assert screen.runs.start == pytest.approx([x, y], abs=0.01)
    assert all(info.x == pytest.approx([0, 0], abs=1e-6) for info in screen.runs.runs)
    assert differing(before, while_down) > 0.003
    assert len(screen.requests(Paths)) - asked > 5, "paths are computed while dragging, not at its end"
    assert screen.flight <= 2, "two in flight at most"
    assert len(screen.replies(Runs)) == len(screen.requests(Paths)), "every request is answered"


def test_escape_cancels_a_drag(screen: Screen) -> None:
    x, y = screen.pixel_of(3.0, 4.0)
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x - 80, y + 40, steps=4)
    screen.settle()
    assert screen.start() != (3.0, 4.0)
    screen.page.keyboard.press("Escape")
    screen.page.mouse.up()
    screen.settle()
    assert screen.start() == (3.0, 4.0)


def test_a_finger_drags_the_start_too(screen: Screen) -> None:
    x, y = screen.pixel_of(3.0, 4.0)
    finger = screen.page.context.new_cdp_session(screen.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": px, "y": py} for px, py in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", (x, y))
    for i in range(1, 9):
        touch("touchMove", (x - i * screen.scale() / 4, y))
    touch("touchEnd")
    screen.settle()
    assert screen.start() == (pytest.approx(1.0, abs=0.1), pytest.approx(4.0, abs=0.1))


def test_arrow_keys_nudge_the_start_and_shift_ten_times_as_far(screen: Screen) -> None:
    screen.part("map").focus()
    screen.page.keyboard.press("ArrowRight")
    screen.settle()
    step = screen.start()[0] - 3.0
    assert 0 < step < 1
    screen.page.keyboard.press("Shift+ArrowDown")
    screen.settle()
    assert screen.start() == (pytest.approx(3.0 + step), pytest.approx(4.0 - 10 * step, rel=0.02))
    assert screen.runs.start == pytest.approx(screen.start(), abs=0.01)


def test_the_start_can_be_typed(screen: Screen) -> None:
    screen.part("start-x").fill("-1.25")
    screen.part("start-x").press("Enter")
    screen.settle()
    assert screen.runs.start == [-1.25, 4.0]


def test_wheel_and_keys_zoom_and_zero_goes_back(screen: Screen) -> None:
    whole = screen.requests(Grid)[-1].box
    before = screen.picture()
    screen.page.mouse.move(*screen.pixel_of(0.0, 0.0))
    screen.page.mouse.wheel(0, -400)
    screen.settle()
    near = screen.requests(Grid)[-1].box
    assert whole[0] < near[0] < 0 < near[1] < whole[1]
    assert differing(before, screen.picture()) > 0.01
    screen.part("map").focus()
    screen.page.keyboard.press("+")
    screen.settle()
    assert screen.requests(Grid)[-1].box[0] > near[0]
    screen.page.keyboard.press("0")
    screen.settle()
    assert screen.requests(Grid)[-1].box == pytest.approx(whole)


def test_dragging_the_ground_moves_the_view(screen: Screen) -> None:
    x0 = screen.requests(Grid)[-1].box[0]
    x, y = screen.pixel_of(-3.0, -3.0)
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x + screen.scale(), y, steps=5)
    screen.page.mouse.up()
    screen.settle()
    assert screen.requests(Grid)[-1].box[0] == pytest.approx(x0 - 1.0, abs=0.1)
    assert screen.start() == (3.0, 4.0)


# --------------------------------------------------------------------------------------------------------- formulas


def test_an_error_in_the_formula_is_underlined_and_the_picture_stays(screen: Screen) -> None:
    before = screen.picture()
    field = screen.part("formula")
    field.fill("x^2 + sni(y)")
    expect(screen.part("formula-error")).to_be_visible()
    expect(screen.part("formula-error")).to_contain_text("sni")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert screen.page.locator(".source-mirror u").inner_text() == "sni"
    failed = screen.replies(Failed)[-1]
    assert (failed.position, failed.length) == (6, 3)
    assert differing(before, screen.picture()) == 0
    field.fill("x^2 + sin(y)")
    expect(screen.part("formula-error")).to_have_count(0)
    screen.until(lambda: screen.opened.text == "x^2 + sin(y)", "the formula to open")
    screen.settle()
    assert differing(before, screen.picture()) > 0.01


def test_a_formula_is_drawn_as_it_is_typed_and_its_letters_become_sliders(screen: Screen) -> None:
    screen.part("formula").fill("")
    screen.part("formula").press_sequentially("(1-x)^2 + a*(y-x^2)^2", delay=15)
    screen.until(lambda: screen.opened.text.endswith("(y-x^2)^2"), "the whole formula to open")
    screen.settle()
    assert [row.name for row in screen.opened.parameters] == ["a"]
    before = screen.replies(Field)[-1]
    slider = screen.part("slider-a")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    screen.settle()
    asked = screen.requests(Paths)[-1]
    assert asked.parameters["a"] > 1.0
    assert screen.requests(Grid)[-1].parameters == asked.parameters
    assert screen.replies(Field)[-1].highest > before.highest


def test_nothing_typed_runs_as_a_script(screen: Screen) -> None:
    screen.part("formula").fill("x^2 + <img src=x onerror=\"document.title='run'\"> $ __import__('os')")
    expect(screen.part("formula-error")).to_be_visible()
    assert screen.page.title() != "run"
    assert screen.page.locator("img").count() == 0


# ---------------------------------------------------------------------------------------------------------- methods


def test_a_step_slider_sets_the_step_and_the_verdict_follows(screen: Screen) -> None:
    slider = screen.row("gradient descent").get_by_test_id("slider-alpha")
    slider.focus()
    for _ in range(40):
        if screen.requests(Paths)[-1].runs[0].options["alpha"] > 1.2:
            break
        slider.press("PageUp")
        screen.settle()
    expect(screen.row("gradient descent")).to_contain_text("diverg")
    expect(screen.row("gradient descent").get_by_test_id("verdict")).to_contain_text("2/L")
    expect(screen.row("armijo")).to_contain_text("converged")


def test_the_limit_of_iterations_is_a_slider(screen: Screen) -> None:
    slider = screen.part("slider-max_iterations")
    slider.focus()
    slider.press("Home")
    screen.settle()
    assert screen.requests(Paths)[-1].max_iterations == 1
    assert screen.runs.runs[0].iterations == 1
    expect(screen.row("gradient descent")).not_to_contain_text("converged")


# --------------------------------------------------------------------------------------------------- problems, looks


def test_the_regression_shows_its_data_and_the_fitted_lines(screen: Screen) -> None:
    expect(screen.part("fit")).to_have_count(0)
    screen.choose("noisy-line")
    expect(screen.part("fit")).to_be_visible()
    runs, buffers = max(
        ((reply, data) for reply, data in screen.heard if isinstance(reply, Runs)),
        key=lambda pair: pair[0].seq,
    )
    assert len(buffers) == 3 * len(runs.runs), "a path, a curve and the predictions for each run"
    first = screen.picture("fit")
    colours = {"orange": np.array([213, 94, 0]), "blue": np.array([0, 114, 178])}
    for name, colour in colours.items():
        near = np.abs(first - colour).max(axis=2) < 60
        assert near.sum() > 40, f"no {name} line on the fit"
    screen.part("slider-max_iterations").focus()
    screen.part("slider-max_iterations").press("Home")
    screen.settle()
    assert differing(first, screen.picture("fit")) > 0.002, "the lines follow the runs"


def test_every_problem_of_the_menu_opens_with_a_picture_of_its_own(screen: Screen) -> None:
    pictures = [screen.picture()]
    for problem in PROBLEMS[1:]:
        screen.choose(problem.id)
        assert screen.opened.problem == problem.id
        pictures.append(screen.picture())
        shown, before = pictures[-1], pictures[-2]
        assert shown.shape != before.shape or differing(before, shown) > 0.01
    assert screen.replies(Failed) == []


def test_light_and_dark(screen: Screen) -> None:
    light = screen.picture("lab").mean()
    for _ in range(3):
        if screen.lab.get_attribute("data-mode") == "dark":
            break
        screen.part("theme-toggle").click()
        screen.page.wait_for_timeout(100)
    assert screen.lab.get_attribute("data-mode") == "dark"
    screen.page.wait_for_timeout(200)
    assert screen.picture("lab").mean() < light / 3


def test_the_address_brings_the_same_page_back(screen: Screen) -> None:
    screen.choose("himmelblau")
    screen.part("start-x").fill("-2")
    screen.part("start-x").press("Enter")
    screen.settle()
    before = screen.picture()
    screen.page.mouse.move(5, 5)
    screen.page.reload()
    screen.settle()
    assert screen.start()[0] == -2.0
    assert screen.opened.problem == "himmelblau"
    assert differing(before, screen.picture()) < 0.01


@pytest.mark.parametrize("width", [1440, 900, 420])
def test_nothing_sticks_out_at_any_width(screen: Screen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 900})
    screen.settle()
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("map", "chart", "formula"):
        box = screen.part(part).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 0.5
