"""`thalweg descend`: from what was typed to a run, and from the run to a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from thalweg.cli.output import as_json, console, write
from thalweg.cli.typed import UsageError, number, pairs
from thalweg.descent.methods import find as find_method
from thalweg.entry import descend
from thalweg.errors import nearest
from thalweg.problems import PROBLEMS, Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from thalweg.objective.formula import Formula
    from thalweg.objective.least_squares import LeastSquares
    from thalweg.trajectory import Trajectory

Style = Literal["table", "all", "json", "csv"]

_FIRST_ROWS = 10
_LAST_ROWS = 5
_WHOLE = slice(None)
_DIGITS = (8, 6, 5, 4, 3)
_MOST_COLUMNS = 12  # variables that the table of a run has columns for
_MOST_LISTED = 12  # and that are listed
_MARKS = {"converged": "[green]✓[/]", "limit": "[yellow]→[/]", "diverged": "[red]✗[/]", "failed": "[red]✗[/]"}


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was typed."""

    formula: str
    start: str | None
    method: str | None
    step: float | None
    options: Sequence[str]
    preset: str | None
    parameters: Sequence[str]
    variables: str | None
    data: str | None
    response: str
    max_iterations: int
    gtol: float
    batch_size: int | None = None
    seed: int | None = None


def carry_out(order: Order, style: Style) -> bool:
    """Do the run and print it; whether it converged. Ctrl-C ends the run, which is printed as far as it went."""
    objective, start, problem = what_and_where(order)
    try:
        run = descend(
            objective,
            start,
            method=_method(order),
            options=_options(order, problem),
            preset=order.preset,
            max_iterations=order.max_iterations,
            gtol=order.gtol,
            batch_size=order.batch_size,
            seed=order.seed,
        )
    except KeyboardInterrupt as stopped:
        if (so_far := getattr(stopped, "run", None)) is not None:
            _print(order, so_far, style)
        raise
    _print(order, run, style)
    return run.success


def what_and_where(order: Order) -> tuple[Formula | LeastSquares, list[float], Problem | None]:
    """The function and the start that were typed, and the problem of the catalogue that they are."""
    problem = next((p for p in PROBLEMS if p.id == order.formula.casefold()), None)
    objective = _objective(order, problem)
    return objective, _start(order, objective.variables, problem), problem


def _print(order: Order, run: Trajectory, style: Style) -> None:
    if style == "json":
        write(as_json(_data(run)))
    elif style == "csv":
        write(_csv(run))
    else:
        write(_report(run, everything=style == "all"))


# ------------------------------------------------------------------------------------------------ what was asked for


def _objective(order: Order, problem: Problem | None) -> Formula | LeastSquares:
    if problem is not None:
        asked = (("--data", order.data), ("--parameter", order.parameters), ("--variables", order.variables))
        for name, value in asked:
            if value:
                raise UsageError(f"{problem.id} is a problem of the catalogue, which takes no {name}")
        return problem.objective()
    variables = [name.strip() for name in order.variables.split(",")] if order.variables else None
    parameters = {name: number(value, name) for name, value in pairs(order.parameters, "--parameter")}
    if order.data is None:
        from thalweg.objective.formula import Formula

        return Formula(order.formula, variables=variables, parameters=parameters)
    if parameters:
        raise UsageError("--parameter does not go with --data: the parameters of a model are what is fitted")
    from thalweg.objective.least_squares import LeastSquares

    return LeastSquares(order.formula, order.data, order.response, parameters=variables)


def _start(order: Order, variables: tuple[str, ...], problem: Problem | None) -> list[float]:
    names, typed = _listed(variables), order.start
    if typed is None:
        if problem is None:
            raise UsageError(
                f"--start is needed: a number for each of {names}, as in --start {_example(variables)}"
                + _meant_problem(order.formula)
            )
        return list(problem.start)
    parts = [part.strip() for part in typed.split(",")]
    if any("=" in part for part in parts):
        given = dict[str, float]()
        for name, value in pairs(parts, "--start"):  # a vector's name stands for all its elements
            elements = [each for each in variables if each.partition("[")[0] == name] or [name]
            given |= dict.fromkeys(elements, number(value, "--start"))
        if set(given) != set(variables):
            raise UsageError(f"--start gives a value to each of {names}, and to nothing else")
        return [given[name] for name in variables]
    if len(parts) == 1 and any("[" in name for name in variables):
        return [number(typed, "--start")] * len(variables)
    if len(parts) != len(variables):
        can_be_set = len(parts) < len(variables) and problem is None and order.data is None
        hint = "; --parameter gives a value to a letter that is no variable" if can_be_set else ""
        raise UsageError(f"--start gives a number to each of {names}, and not {typed!r}{hint}")
    return [number(part, "--start") for part in parts]


def _listed(variables: tuple[str, ...]) -> str:
    if len(variables) <= _MOST_LISTED:
        return ", ".join(variables)
    return f"{', '.join(variables[:2])} ... {variables[-1]}, or one number for all"


def _meant_problem(typed: str) -> str:
    near = nearest(typed.casefold(), [problem.id for problem in PROBLEMS])
    return f"; did you mean the problem {near}?" if near is not None else ""


def _example(variables: tuple[str, ...]) -> str:
    if len(variables) > _MOST_LISTED:
        return "1"
    return ",".join("1" for _ in variables) if len(variables) != 2 else "3,4"


def _method(order: Order) -> str:
    """As in the library, a step alone means gradient descent."""
    if order.method is not None:
        return order.method
    return "gradient descent" if order.step is not None and order.preset is None else "armijo"


def _options(order: Order, problem: Problem | None) -> dict[str, float | str]:
    method = find_method(_method(order))
    options: dict[str, float | str] = {}
    if problem is not None and order.preset is None:
        options |= problem.options.get(method.name, {})
    options |= {name: _value(value) for name, value in pairs(order.options, "--option")}
    if order.step is not None:
        names = [row.name for row in method.parameters]
        length = next((name for name in ("alpha", "initial") if name in names), None)
        if length is None:
            raise UsageError(
                f"{method.name} has no step length to set; its parameters are: {', '.join(names)}"
            )
        options[length] = order.step
    return options


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# --------------------------------------------------------------------------------------------------- what is printed


def _rows(run: Trajectory, part: slice = _WHOLE) -> list[list[Any]]:
    return [
        [iteration, *row[:-1], int(row[-1])]
        for iteration, row in zip(run.iterations[part].tolist(), run.path[part].tolist(), strict=True)
    ]


def _data(run: Trajectory) -> dict[str, Any]:
    return {
        "objective": run.objective.describe(),
        "variables": list(run.objective.variables),
        "method": run.method.name,
        "options": {**run.method.direction.values, **run.method.step.values},
        "start": run.start.tolist(),
        "x": run.x.tolist(),
        "fun": run.fun,
        "nit": run.nit,
        "nfev": run.nfev,
        "njev": run.njev,
        "success": run.success,
        "derivative": run.derivative,
        "batches": None if run.batches is None else asdict(run.batches),
        "reason": run.reason.name,
        "mark": run.mark,
        "headline": run.headline,
        "message": run.message,
        "certificate": asdict(run.certificate),
        "seconds": run.seconds,
        "path": {"columns": run.columns, "rows": _rows(run)},
    }


def _csv(run: Trajectory) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(run.columns)
    writer.writerows(_rows(run))
    return text.getvalue()


def _report(run: Trajectory, *, everything: bool) -> str:
    from rich.markup import escape

    screen = console()
    names = run.objective.variables
    with screen.capture() as captured:
        screen.print(f"[bold]{escape(run.objective.describe())}[/] by {run.method.name}\n")
        screen.print(_fitted(run, screen, everything=everything))
        screen.print(f"\n{_MARKS[run.mark]} [bold]{escape(run.headline)}[/]")
        screen.print(_bold(run.verdict.markup))
        if run.x.tolist() != run.points[-1].tolist():
            screen.print("lowest on the way:", style="dim")
        for place in _shown(names, _MOST_LISTED):
            screen.print(f"  {escape(names[place])} = {run.x[place]:.10g}" if place >= 0 else "  ⋮")
        screen.print(f"  f = {run.fun:.10g}")
        screen.print(f"  evaluations: {run.nfev:,} of f, {run.njev:,} of its gradient", style="dim")
        screen.print(_certified(run), style="dim")
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _certified(run: Trajectory) -> str:
    """The certificate in one line."""
    found = run.certificate
    how = {"exact": "", "differences": ", by differences", "lanczos": ", by some products"}.get(found.found)
    if how is None:
        return f"  certificate: {found.kind}"
    curvatures = f"curvatures {found.smallest:.3g} to {found.largest:.3g}"
    still = "" if math.isnan(found.decrement) else f", f may still fall by {found.decrement:.2g}"
    return f"  certificate: {found.kind}; {curvatures}{how}{still}"


def _bold(markup: str) -> str:
    """What stands between ``**`` in the terminal's bold."""
    from rich.markup import escape

    parts = markup.split("**")
    return "".join(f"[bold]{escape(part)}[/]" if i % 2 else escape(part) for i, part in enumerate(parts))


def _fitted(run: Trajectory, screen: Console, *, everything: bool) -> Table:
    """The table with as many digits, and then as many columns, as the terminal has room for."""
    names = run.objective.variables
    places = _shown(names, _MOST_COLUMNS)
    titles = [
        "k",
        *(names[place] if place >= 0 else "…" for place in places),
        "f",
        "|∇f|",
        "step",
        "evaluations",
    ]
    parts: list[slice | None] = [slice(_FIRST_ROWS), None, slice(-_LAST_ROWS, None)]
    if everything or len(run.path) <= _FIRST_ROWS + 1 + _LAST_ROWS:
        parts = [_WHOLE]
    shown: list[list[Any] | None] = []
    for part in parts:
        shown += [None] if part is None else [_narrowed(row, places) for row in _rows(run, part)]
    cells: list[list[str]] = []
    for left_out in ((), ("step",), ("step", "evaluations"), ("step", "evaluations", "|∇f|")):
        kept = [place for place, title in enumerate(titles) if title not in left_out]
        for digits in _DIGITS:
            cells = [[_cell(row, place, digits) for place in kept] for row in shown]
            widths = [max(map(len, column)) for column in zip([titles[p] for p in kept], *cells, strict=True)]
            if sum(widths) + 2 * len(widths) <= screen.width:
                return _table([titles[place] for place in kept], cells)
    return _table(titles[: len(cells[0])], cells)


def _shown(names: tuple[str, ...], most: int) -> list[int]:
    """The places of the variables that there is room for, -1 for those left out."""
    n = len(names)
    return list(range(n)) if n <= most else [*range(most - 2), -1, n - 1]


def _narrowed(row: list[Any], places: list[int]) -> list[Any]:
    n = len(row) - 5
    return [row[0], *(row[1 + place] if place >= 0 else None for place in places), *row[1 + n :]]


def _cell(row: list[Any] | None, place: int, digits: int) -> str:
    if row is None:
        return "⋮" if place == 0 else ""
    value = row[place]
    if value is None:
        return "…"
    if isinstance(value, int):
        return f"{value}"
    return f"{value:.{digits}g}"


def _table(titles: list[str], cells: list[list[str]]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for title in titles:
        table.add_column(escape(title), justify="right", no_wrap=True)
    for row in cells:
        table.add_row(*row)
    return table
