"""`thalweg fit`: from what was typed to a fit, and from the fit to a table, JSON, CSV, a picture or the laboratory."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from thalweg.cli.drawing import check_figure, draw
from thalweg.cli.output import as_json, console, table, write, write_lines
from thalweg.cli.typed import UsageError, number, pairs
from thalweg.errors import meant
from thalweg.figure.style import PALETTES
from thalweg.fit import Fit, fit
from thalweg.fit.pictures import KINDS
from thalweg.fit.table import or_dash, report
from thalweg.rows.csv_file import Decimal
from thalweg.rows.opening import MEMORY
from thalweg.rows.reading import table as rows_of
from thalweg.rows.table import Missing

Style = Literal["table", "json", "csv"]


@dataclass(frozen=True)
class Reading:
    """How the data are read; see `thalweg.table` and `thalweg.fit`."""

    missing: str = "error"
    decimal: str = "."
    memory: str = MEMORY
    scheduler: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was typed."""

    data: str
    model: str
    reading: Reading
    response: str | None
    start: str | None
    weights: str | None
    errors: str | None
    bounds: Sequence[str]
    fixed: Sequence[str]
    groups: str | None = None
    shared: str | None = None
    loss: str | None
    f_scale: float | None
    ridge: float | None
    method: str | None
    options: Sequence[str]
    batch_size: int | None = None
    seed: int | None = None
    level: float
    profile: bool
    figure: str | None
    picture: str
    theme: str


def carry_out(order: Order, style: Style) -> bool:
    """Do the fit, print it and draw it; whether it arrived."""
    _check(order)
    found = _fitted(order)
    profiles = found.confidence_intervals(order.level, "profile") if order.profile else {}
    if style == "json":
        told = found.to_dict(order.level)
        write(as_json({**told, "profile_intervals": {name: list(ends) for name, ends in profiles.items()}}))
    elif style == "csv":
        write(_csv(found, order.level))
    else:
        write_lines(_text(found, order.level, profiles))
    if order.figure is not None:
        _draw(found, order)
    return found.success


def _check(order: Order) -> None:
    """Refuse, before anything is computed, what could not be drawn or read."""
    if order.figure is not None:
        check_figure(order.figure)
    for option, word, words in (("--picture", order.picture, KINDS), ("--theme", order.theme, PALETTES)):
        if word not in words:
            raise UsageError(f"{option} is one of {', '.join(words)}, not {word!r}{meant(word, words)}")
    if order.figure is None and order.picture != "fit":
        raise UsageError("--picture goes with --figure, which names the file to draw into")
    if _exists(order.model) and not _exists(order.data):
        raise UsageError(f"the file comes first, then the model: thalweg fit {order.model} {order.data!r}")


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # longer than any name
        return False


def open_laboratory(order: Order, *, open_browser: bool = True, port: int | None = None) -> None:
    """Fit, print, and show the fit in the laboratory until Ctrl-C."""
    from thalweg.lab.own import open_own
    from thalweg.lab.server import serve

    found = _fitted(order)
    write_lines(_text(found, order.level, {}))
    serve(open_own(found, _typed_start(order, found)), open_browser=open_browser, port=port)


def print_link(order: Order) -> bool:
    """Fit, and print nothing but a link that opens the fit in the laboratory; whether it arrived."""
    from thalweg.lab.link import link

    found = _fitted(order)
    write_lines(link(found, _typed_start(order, found)))
    return found.success


def _typed_start(order: Order, found: Fit) -> list[float] | None:
    """The start that was typed for a model that was solved directly, and so had no use for it; else None."""
    if order.start is None or found.solution.direct is None:
        return None
    typed = _values(order.start, "--start")
    return [typed[name] for name in found.solution.names] if isinstance(typed, dict) else typed


def _fitted(order: Order) -> Fit:
    """The fit that was asked for, with nothing said that was not typed."""
    names = (
        "response",
        "weights",
        "errors",
        "groups",
        "loss",
        "f_scale",
        "ridge",
        "method",
        "batch_size",
        "seed",
    )
    typed: dict[str, Any] = {name: value for name in names if (value := getattr(order, name)) is not None}
    if order.start is not None:
        typed["start"] = _values(order.start, "--start")
    if order.bounds:
        typed["bounds"] = {name: _ends(name, ends) for name, ends in pairs(order.bounds, "--bounds")}
    if order.fixed:
        typed["fixed"] = {name: number(value, "--fixed") for name, value in pairs(order.fixed, "--fixed")}
    if order.shared:
        typed["shared"] = [name.strip() for name in order.shared.split(",")]
    if order.options:
        typed["options"] = {name: _word_or_number(value) for name, value in pairs(order.options, "--option")}
    reading = order.reading
    data = rows_of(
        order.data,
        missing=cast(Missing, reading.missing),
        decimal=cast(Decimal, reading.decimal),
        scheduler=reading.scheduler,
    )
    return fit(order.model, data, memory=reading.memory, **typed)


def _values(text: str, where: str) -> dict[str, float] | list[float]:
    """Values by name, b1=500,b2=1e-4, or in the order of the parameters, 500,1e-4."""
    parts = [part.strip() for part in text.split(",")]
    if any("=" in part for part in parts):
        return {name: number(value, where) for name, value in pairs(parts, where)}
    return [number(part, where) for part in parts]


def _ends(name: str, text: str) -> tuple[float | None, float | None]:
    """The ends of 0:1000, either of which may be left out."""
    parts = text.split(":")
    if len(parts) != 2:
        raise UsageError(f"--bounds: {text!r} is not of the form low:high, as {name}=0:1000 is")
    low, high = (number(part, "--bounds") if part.strip() else None for part in parts)
    return low, high


def _word_or_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _text(found: Fit, level: float, profiles: Mapping[str, tuple[float, float]]) -> str:
    from rich.markup import escape

    told = report(found, level)
    head = ["name", *told.head[1:]]
    if profiles:
        head += ["profile from", "to "]  # two columns of a table need names of their own
    rows = [(*row, *(or_dash(end, ".6g") for end in profiles.get(row[0], ()))) for row in told.rows]
    screen = console()
    with screen.capture() as captured:
        screen.print(f"[bold]{escape(told.title)}[/]\n")
        if sum(max(map(len, column)) + 2 for column in zip(head, *rows, strict=True)) <= screen.width:
            shown = table(*head, numbers=head[1:])
            for row in rows:
                shown.add_row(*map(escape, row))
            screen.print(shown)
        else:  # below one another, for numbers are not to be cut
            for name, *numbers in rows:
                screen.print(f"[bold]{escape(name)}[/]")
                for title, value in zip(head[1:], numbers, strict=True):
                    screen.print(f"  {title.strip()} = {escape(value)}")
        screen.print()
        for line in told.lines:
            screen.print(escape(line))
        for caution in told.cautions:
            screen.print(f"[yellow]![/] {escape(caution)}")
    return captured.get()


def _csv(found: Fit, level: float) -> str:
    rows = found.to_dict(level)["parameters"]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _draw(found: Fit, order: Order) -> None:
    assert order.figure is not None
    options: dict[str, Any] = {"theme": order.theme}
    if order.picture in ("fit", "profile"):
        options["level"] = order.level
    picture = found.plot(order.picture, **options)  # pyright: ignore[reportArgumentType] - it checks the word itself
    draw(picture, order.figure)
