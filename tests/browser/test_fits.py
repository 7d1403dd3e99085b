"""Fits of one parameter and of many on the page, slices of functions of many variables, methods, and links."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import thalweg as tw
from scripts.laboratory import running
from tests.browser.screen import Screen, differing
from thalweg.lab.link import shared_in
from thalweg.lab.messages import Failed, Grid, Paths

X = np.linspace(0.0, 5.0, 40)
Y = 3.0 * np.exp(-X) + 0.5 + 0.05 * np.sin(37.0 * X**2)
MODEL = "a*exp(-k*x) + c"
START = "a=1,k=0.3,c=0"
FIT = tw.fit(MODEL, {"x": X, "y": Y}, start=[1.0, 0.3, 0.0])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("data") / "decay.csv"
    path.write_text("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in zip(X.tolist(), Y.tolist(), strict=True)))
    return str(path)


@pytest.fixture(scope="module")
def fitted(file: str) -> Iterator[str]:
    """The address that `thalweg fit ... --lab` prints for a fit of three parameters."""
    with running("fit", file, MODEL, "--start", START, "--lab") as address:
        yield address


@pytest.fixture
def screen(page: Page, fitted: str) -> Screen:
    opened = Screen(page)
    opened.open(fitted)
    return opened


def numbers(text: str) -> list[float]:
    return [float(part) for part in text.replace("−", "-").split()]


def test_a_fit_of_three_parameters_shows_slice_data_residuals_and_the_estimates(screen: Screen) -> None:
    expect(screen.part("axis-across")).to_have_value("1")
    expect(screen.part("axis-up")).to_have_value("2")
    expect(screen.part("slice")).to_contain_text("Slice through")
    expect(screen.part("slice")).to_contain_text(f"a = {FIT.parameters['a']:.4g}")
    expect(screen.row("levenberg-marquardt")).to_contain_text("converged")
    expect(screen.page.locator('[data-testid="method-row"]')).to_have_count(1)
    values = screen.page.get_by_role("region", name="Variables").locator("tbody tr")
    shown = [numbers(text)[0] for text in values.locator("td:last-child").all_inner_texts()]
    assert shown == pytest.approx(list(FIT.parameters.values()), rel=1e-4)
    error = FIT.standard_errors["a"]
    decimals = 1 - math.floor(math.log10(error))
    expect(values.first).to_contain_text(f"{FIT.parameters['a']:.{decimals}f} ± {error:.{decimals}f}")
    for part in ("fit", "residuals"):
        orange = np.abs(screen.picture(part) - np.array([213, 94, 0])).max(axis=2) < 60
        assert orange.sum() > 40, f"nothing of the method in {part}"
    assert screen.runs.runs[0].x == FIT.run.x.tolist()


def test_other_axes_show_another_slice_and_the_path_on_it(screen: Screen) -> None:
    before = screen.picture()
    screen.part("axis-across").select_option("0")
    screen.settle()
    grid = screen.requests(Grid)[-1]
    assert grid.axes == (0, 2)
    assert grid.at[1] == pytest.approx(FIT.parameters["k"], rel=1e-5)
    assert differing(before, screen.picture()) > 0.02
    # The variable of the other axis changes places.
    screen.part("axis-up").select_option("0")
    screen.settle()
    assert screen.requests(Grid)[-1].axes == (2, 0)
    assert "axes=2,0" in screen.page.evaluate(
        "async () => (await new Promise(r => setTimeout(r, 400)), location.hash)"
    )


def test_the_slice_goes_through_the_start_where_that_is_wished(screen: Screen) -> None:
    screen.part("slice").get_by_role("button", name="the start").click()
    screen.settle()
    assert screen.requests(Grid)[-1].at[0] == pytest.approx(1.0, rel=1e-5)
    expect(screen.part("slice")).to_contain_text("a = 1")


def test_dragging_the_start_moves_two_parameters_and_leaves_the_third(screen: Screen) -> None:
    asked = len(screen.requests(Paths))
    x, y = screen.pixel_of(0.3, 0.0)
    mouse = screen.page.mouse
    mouse.move(x, y)
    mouse.down()
    to = screen.pixel_of(0.8, 0.3)
    mouse.move(*to, steps=15)
    mouse.up()
    screen.settle()
    assert screen.runs.start == pytest.approx([1.0, 0.8, 0.3], abs=0.02)
    assert screen.runs.runs[0].x == pytest.approx(FIT.run.x.tolist(), rel=1e-6)
    assert len(screen.requests(Paths)) - asked > 3
    assert len(screen.requests(Grid)) < 8, "the slice stays: all runs end at the estimates"


def test_the_start_of_every_parameter_can_be_typed(screen: Screen) -> None:
    field = screen.page.get_by_label("Start, a", exact=True)
    field.fill("2.5")
    field.press("Enter")
    screen.settle()
    assert screen.runs.start == [2.5, 0.3, 0.0]


def test_values_are_listed_by_iteration(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Values", exact=True).click()
    table = screen.page.locator("table.path")
    expect(table.locator("thead th")).to_have_text(["iteration", "a", "k", "c"])
    first = numbers(" ".join(table.locator("tbody tr").first.locator("td").all_inner_texts()))
    assert first == [1.0, 0.3, 0.0]


def test_the_timeline_shows_an_iteration_on_map_data_and_slice(screen: Screen) -> None:
    last = FIT.run.nit
    expect(screen.part("iteration")).to_have_text(f"iteration {last} of {last}")
    before, curve = screen.picture(), screen.picture("fit")
    screen.part("map").focus()
    screen.page.keyboard.press("Home")
    screen.settle()
    expect(screen.part("iteration")).to_have_text(f"iteration 0 of {last}")
    assert differing(before, screen.picture()) > 0.01
    assert differing(curve, screen.picture("fit")) > 0.005, "the curve of the start"
    assert screen.requests(Grid)[-1].at[0] == 1.0, "the slice goes through the iterate"
    screen.page.keyboard.press(".")
    screen.settle()
    assert screen.requests(Grid)[-1].at[0] == pytest.approx(FIT.run.points[1, 0], rel=1e-4)
    screen.page.keyboard.press("Space")
    expect(screen.part("iteration")).to_have_text(f"iteration {last} of {last}")
    expect(screen.part("play")).to_have_attribute("aria-label", "Play")
    screen.settle()
    assert differing(curve, screen.picture("fit")) < 0.002


def test_every_method_can_be_added_with_all_its_parameters_and_taken_away(screen: Screen) -> None:
    adding = screen.part("add-method")
    offered = [option for option in adding.locator("option").all_inner_texts() if option != "Add"]
    assert {"Gauss-Newton", "Dogleg", "BFGS", "Newton", "Lion", "L-BFGS"} <= set(offered)
    for method in ("gauss-newton", "hager-zhang"):
        adding.select_option(method)
        screen.settle()
    assert [info.mark for info in screen.runs.runs] == ["converged"] * 3
    row = screen.row("hager-zhang")
    row.get_by_role("button", name="more parameters").click()
    choice = row.get_by_test_id("choice-beta")
    choice.select_option("fletcher-reeves" if "fletcher-reeves" in choice.inner_text() else "0")
    screen.settle()
    assert screen.requests(Paths)[-1].runs[2].options["beta"] == choice.evaluate(
        "element => element.selectedIndex"
    )
    row.get_by_role("button", name="Duplicate").click()
    screen.settle()
    expect(screen.row("hager-zhang")).to_have_count(2)
    expect(screen.row("hager-zhang").last).to_contain_text("Hager-Zhang 2")
    screen.row("hager-zhang").last.get_by_role("button", name="Remove").click()
    screen.settle()
    assert len(screen.runs.runs) == 3
    assert screen.replies(Failed) == []


def test_a_link_opens_the_same_fit_in_another_laboratory(
    screen: Screen, browser_page: Page, laboratory: str
) -> None:
    screen.part("add-method").select_option("bfgs")
    screen.part("axis-across").select_option("0")
    screen.settle()
    screen.part("share").click()
    link = screen.part("share-link").input_value()
    assert "shared=" in link
    other = Screen(browser_page)
    other.open(laboratory, link.split("#")[1])
    assert other.opened.variables == ["a", "k", "c"]
    assert [(info.x, info.iterations) for info in other.runs.runs] == [
        (info.x, info.iterations) for info in screen.runs.runs
    ]
    assert other.requests(Grid)[-1].axes == (0, 2)
    expect(other.part("fit")).to_be_visible()
    screen.page.keyboard.press("Escape")
    expect(screen.part("share-link")).to_have_count(0)


@pytest.fixture
def browser_page(page: Page) -> Iterator[Page]:
    """A second page, of the same browser."""
    assert page.context.browser is not None
    context = page.context.browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_a_link_opens_from_the_command_line(page: Page) -> None:
    with running("--open", tw.link(FIT)) as address:
        screen = Screen(page)
        screen.open(address)
        assert screen.opened.variables == ["a", "k", "c"]
        assert screen.runs.runs[0].x == FIT.run.x.tolist()
        assert "shared=" in page.url
        assert "token" not in page.url


def test_a_damaged_link_says_so_and_the_page_goes_on(page: Page, laboratory: str) -> None:
    page.goto(laboratory)
    page.goto(f"{laboratory.split('?')[0]}#shared=abc")
    page.reload()
    expect(page.get_by_test_id("formula-error")).to_contain_text("The link")
    page.get_by_test_id("problem-menu").click()
    page.locator('[data-testid="problem"][data-problem="rosenbrock"]').click()
    expect(page.get_by_test_id("formula-error")).to_have_count(0)
    expect(page.get_by_test_id("formula")).to_have_value("(1 - x)^2 + 100*(y - x^2)^2")


def test_one_parameter_makes_a_curve_and_its_start_is_dragged_along_it(page: Page, file: str) -> None:
    with running("fit", file, "2.9*exp(-k*x) + 0.5", "--start", "k=2.5", "--lab") as address:
        screen = Screen(page)
        screen.open(address)
        assert screen.requests(Grid)[-1].shape[1] == 1
        expect(screen.page.get_by_role("heading", name="Curve")).to_be_visible()
        blue = np.abs(screen.picture() - np.array([111, 156, 208])).max(axis=2) < 40
        assert blue.sum() > 200, "the curve of f"
        value = float(tw.LeastSquares("2.9*exp(-k*x) + 0.5", {"x": X, "y": Y}, loss="half").value([2.5]))
        mouse = screen.page.mouse
        mouse.move(*screen.pixel_of(2.5, value))
        mouse.down()
        mouse.move(*screen.pixel_of(1.6, value), steps=8)
        mouse.up()
        screen.settle()
        assert screen.runs.start == [pytest.approx(1.6, abs=0.03)]


def test_a_formula_of_ten_variables_is_a_slice_too(page: Page, laboratory: str) -> None:
    screen = Screen(page)
    screen.open(laboratory)
    screen.part("formula").fill("sum(x[i]^2 - 10 cos(2 pi x[i]) + 10, i, 1, 10)")
    screen.until(lambda: len(screen.opened.variables) == 10, "ten variables")
    screen.settle()
    assert len(screen.runs.start) == 10
    screen.part("axis-up").select_option("9")
    screen.settle()
    assert screen.requests(Grid)[-1].axes == (0, 9)
    # What a fit has is not offered, and what fails on a formula says why.
    assert "Gauss-Newton" not in screen.part("add-method").inner_text()


def test_a_remedy_is_taken_up_with_a_click(page: Page, laboratory: str) -> None:
    screen = Screen(page)
    screen.open(laboratory, "f=x^2 + 100*y^2&start=3,1&run=gradient descent,alpha:0.1&run=armijo")
    expect(screen.row("gradient descent")).to_contain_text("diverging")
    remedy = screen.row("gradient descent").get_by_test_id("remedy")
    expect(remedy).to_have_text("Set α to 0.005")
    remedy.click()
    screen.settle()
    assert screen.requests(Paths)[-1].runs[0].options == {"alpha": 0.005}
    expect(screen.row("gradient descent")).not_to_contain_text("diverging")


def test_a_function_that_raises_in_places_is_hatched_there_and_says_what(page: Page, tmp_path: Path) -> None:
    script = tmp_path / "own.py"
    script.write_text(
        "import sys, thalweg as tw\n"
        "def moody(x):\n"
        "    if x[0] > 2.5:\n"
        "        raise RuntimeError('I do not go there')\n"
        "    return (x[0] - 1) ** 2 + x[1] ** 2\n"
        "tw.lab(moody, [2.0, 2.0], open_browser=False)\n"
    )
    with running(program=[str(script)]) as address:
        screen = Screen(page)
        screen.open(address)
        expect(screen.part("map-trouble")).to_contain_text(
            "Your function raised RuntimeError: I do not go there."
        )
        assert screen.picture().mean(axis=2).std() > 3
        expect(screen.row("armijo")).to_contain_text("converged")
        screen.part("share").click()
        expect(screen.part("share-reason")).to_contain_text("A Python function does not go into a link")


def test_a_method_that_needs_residuals_says_so_on_a_formula(page: Page, laboratory: str) -> None:
    screen = Screen(page)
    screen.open(laboratory, "problem=rosenbrock&run=levenberg-marquardt&run=armijo")
    expect(screen.row("levenberg-marquardt")).to_contain_text("cannot run here")
    expect(screen.row("levenberg-marquardt")).to_contain_text("works on residuals")
    assert [info.mark for info in screen.runs.runs][:1] == ["failed"]


def test_long_names_give_way_and_numbers_stay_in_their_panel(page: Page, fitted: str) -> None:
    screen = Screen(page)
    name = "_coordinate_of_the_mass_on_the_spring"
    formula = f"f(first{name},second{name}) = first{name}^2 + 2*second{name}^2"
    screen.open(fitted, f"f={quote(formula)}")
    map_box, field = screen.part("map").bounding_box(), screen.part("start-y").bounding_box()
    assert map_box is not None
    assert field is not None
    assert field["x"] + field["width"] < map_box["x"]
    screen.open(fitted, shared_in(tw.link(tw.fit(f"slope{name}*x", {"x": X, "y": Y}))))
    table = screen.page.get_by_role("region", name="Variables")
    assert table.evaluate("element => element.scrollWidth <= element.clientWidth")
    expect(table.locator("tbody th i")).to_have_attribute("title", f"slope{name}")
