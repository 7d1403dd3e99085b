"""Pictures of fits: what stands on them, that nothing is cut off, and that colours can be told from the paper."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import thalweg as tw
from thalweg.figure.style import PALETTES, FigureError, styled

mpl.use("Agg")
RNG = np.random.default_rng(8)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def growth(rows: int = 25) -> tw.Fit:
    x = np.linspace(0.2, 9.0, rows)
    data = {"x": x, "y": 3 * (1 - np.exp(-0.5 * x)) + 0.1 * RNG.normal(size=rows)}
    return tw.fit("b1*(1-exp(-b2*x))", data, start=[1, 1])


def plane(rows: int = 30) -> tw.Fit:
    u, v = RNG.normal(size=(2, rows))
    return tw.fit("a*u + b*v + c", {"u": u, "v": v, "y": u - 2 * v + RNG.normal(size=rows)})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["fit", "residuals", "profile", "correlation"])
@pytest.mark.parametrize("make", [growth, plane])
def test_nothing_is_cut_off(make: object, kind: str, theme: str) -> None:
    figure = make().plot(kind, theme=theme)  # type: ignore[operator]
    figure.savefig(io.BytesIO())
    page = figure.bbox
    for axes in figure.axes:
        if axes.get_visible():
            box = axes.get_tightbbox()
            assert page.x0 <= box.x0 <= box.x1 <= page.x1 + 0.5
            assert page.y0 <= box.y0 <= box.y1 <= page.y1 + 0.5


def test_the_curve_and_its_bands_are_those_of_the_fit() -> None:
    fit = growth()
    figure = fit.plot(level=0.9)
    [curve] = figure.axes[0].lines
    x = np.asarray(curve.get_xdata())
    np.testing.assert_allclose(curve.get_ydata(), fit.predict({"x": x}))
    confidence = fit.band({"x": x}, level=0.9)
    outlines = [collection.get_paths()[0].vertices for collection in figure.axes[0].collections[:2]]
    assert max(outlines[1][:, 1]) == pytest.approx(confidence.upper.max())
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "fit",
        "90 % confidence",
        "90 % of new rows",
    ]


def test_many_points_are_counted_not_dotted() -> None:
    assert len(growth(3000).plot().axes[0].collections[-1].get_array()) < 3000
    assert len(growth(300).plot().axes[0].collections[-1].get_offsets()) == 300


def test_a_row_that_stands_out_is_numbered() -> None:
    x = np.linspace(0.0, 9.0, 30)
    y = 2 * x + 0.1 * RNG.normal(size=30)
    y[16] += 3
    figure = tw.fit("a*x + b", {"x": x, "y": y}).plot("residuals")
    assert [text.get_text() for text in figure.axes[0].texts] == ["row 17"]


def test_a_fit_can_be_drawn_into_a_picture_that_is_there() -> None:
    figure, (left, right) = pyplot.subplots(1, 2)
    assert growth().plot(axes=right) is figure
    assert right.lines
    assert not left.lines


def test_a_perfect_fit_without_degrees_of_freedom_has_no_band() -> None:
    figure = tw.fit("a*x + b", {"x": [1, 2], "y": [1, 2]}).plot()
    assert figure.legends == []
    figure.savefig(io.BytesIO())


def test_the_users_own_settings_are_left_alone() -> None:
    before = dict(mpl.rcParams)
    growth().plot(theme="dark")
    assert dict(mpl.rcParams) == before


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it."""

    def luminance(colour: str) -> float:
        channels = np.array(to_rgb(colour))
        linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_can_be_told_from_the_paper(theme: str) -> None:
    colours = PALETTES[theme]
    assert min(contrast(colours.paper, text) for text in (colours.ink, colours.soft)) >= 4.5
    assert min(contrast(colours.paper, line) for line in (colours.curve, colours.other)) >= 3.0


def test_the_same_fit_gives_the_same_file() -> None:
    def svg(figure: Figure) -> bytes:
        file = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "thalweg"}):
            figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()

    fit = growth()
    assert svg(fit.plot()) == svg(fit.plot())


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(FigureError, match=r"thalweg\[figure\]"), styled():
        pass
