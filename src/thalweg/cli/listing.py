"""`thalweg methods` and `thalweg problems`: the tables of the library, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.cli.output import as_json as json_text
from thalweg.cli.output import console, table, write, write_lines
from thalweg.descent.methods import Method, every
from thalweg.descent.parameters import short
from thalweg.problems import PROBLEMS, Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_TABLE_WIDTH = 72
"""Columns below which a table of parameters has no room for their meaning."""


def list_methods(*, as_json: bool) -> None:
    """Print every method with its parameters and presets."""
    if as_json:
        write(json_text([_method_data(method) for method in every()]))
        return
    screen = console()
    with screen.capture() as captured:
        for place, method in enumerate(every()):
            if place:
                screen.print()
            screen.print(f"[bold]{method.name}[/]   {method.summary}")
            if method.aliases:
                screen.print(f"  also: {', '.join(method.aliases)}", style="dim")
            if screen.width < _TABLE_WIDTH:
                _print_parameters(screen, method)
            else:
                screen.print(_parameter_table(method))
            for preset in method.presets:
                values = " ".join(f"{name}={short(value)}" for name, value in preset.options.items())
                screen.print(f"  preset [bold]{preset.name}[/]: {values}")
                screen.print(f"    {preset.help}", style="dim")
    write_lines(captured.get())


def list_problems(*, as_json: bool) -> None:
    """Print every problem of the catalogue."""
    if as_json:
        write(json_text([_problem_data(problem) for problem in PROBLEMS]))
        return
    screen = console()
    shown = table("name", "function", "start", "minimum", numbers=("start", "minimum"))
    for problem in PROBLEMS:
        minimum = "unbounded" if problem.minimum is None else f"{problem.minimum:.6g}"
        start = ", ".join(f"{value:g}" for value in problem.start)
        text = problem.text if problem.data is None else f"{problem.text}, fitted to {problem.data.csv}"
        shown.add_row(problem.id, text, start, minimum)
    with screen.capture() as captured:
        screen.print(shown)
    write_lines(captured.get())


def _print_parameters(screen: Console, method: Method) -> None:
    """What the table says, for a terminal that is too narrow for it."""
    from rich.padding import Padding

    for row in method.parameters:
        screen.print(f"    [bold]{row.name}[/] = {short(row.default)}, {row.allowed}")
        screen.print(Padding(row.help, (0, 0, 0, 6)), style="dim")


def _parameter_table(method: Method) -> Table:
    shown = table("  ", "name", "default", "range", "meaning", numbers=("default",))
    for row in method.parameters:
        shown.add_row("", row.name, short(row.default), row.allowed, row.help)
    return shown


def _method_data(method: Method) -> dict[str, Any]:
    return {
        "name": method.name,
        "title": method.title,
        "summary": method.summary,
        "aliases": list(method.aliases),
        "parameters": [
            {
                "name": row.name,
                "symbol": row.symbol,
                "default": row.default,
                "low": row.low,
                "high": row.high,
                "scale": row.scale,
                "choices": list(row.choices),
                "help": row.help,
            }
            for row in method.parameters
        ],
        "presets": [
            {"name": preset.name, "title": preset.title, "help": preset.help, "options": dict(preset.options)}
            for preset in method.presets
        ],
    }


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {
        "id": problem.id,
        "title": problem.title,
        "group": problem.group,
        "text": problem.text,
        "variables": list(problem.variables),
        "box": [list(side) for side in problem.box],
        "start": list(problem.start),
        "minimisers": [list(point) for point in problem.minimisers],
        "minimum": problem.minimum,
        "data": None if problem.data is None else problem.data.csv,
        "note": problem.note,
    }
