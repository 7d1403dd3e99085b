"""A fit as people read it: the table of estimates that R and textbooks print, as plain text, as HTML, or row by row.

Each number is formatted here and nowhere else; whoever prints lays the cells out.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.fit.statistics import LEVEL

if TYPE_CHECKING:
    from thalweg.fit.result import Fit

_SMALLEST_P = 1e-16


@dataclass(frozen=True)
class Report:
    """What is told of a fit: a title, the table's head and rows, lines below it, and cautions."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]
    cautions: tuple[str, ...]


def report(fit: Fit, level: float = LEVEL) -> Report:
    """The report of a fit, with intervals of this confidence."""
    percent = f"{100.0 * level:.6g} %"
    head = ("", "estimate", "std. error", "t value", "Pr(>|t|)", f"{percent} from", "to")
    found = fit.statistics
    numbers = zip(
        found.names,
        found.x,
        found.standard_errors,
        found.t_values,
        found.p_values,
        found.intervals(level),
        strict=True,
    )
    rows = [
        (
            name,
            f"{x:.7g}",
            or_dash(error, ".4g"),
            or_dash(t, ".4g"),
            _p(p),
            or_dash(low, ".6g"),
            or_dash(high, ".6g"),
        )
        for name, x, error, t, p, (low, high) in numbers
    ]
    return Report(fit.describe(), head, tuple(rows), tuple(_lines(fit)), tuple(fit.cautions))


def to_text(told: Report) -> str:
    """The report in columns of plain text."""
    table = [told.head, *told.rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(told.head))]

    def line(row: tuple[str, ...]) -> str:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    parts = [[told.title], [line(row) for row in table], list(told.lines), list(told.cautions)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def to_html(told: Report) -> str:
    """The report as a table for a notebook, without any style but the alignment of numbers."""

    def row(cells: tuple[str, ...], tag: str) -> str:
        aligned = (
            f'<{tag} style="text-align:{"left" if place == 0 else "right"}">{html.escape(cell)}</{tag}>'
            for place, cell in enumerate(cells)
        )
        return f"<tr>{''.join(aligned)}</tr>"

    body = "".join(row(cells, "td") for cells in told.rows)
    notes = "".join(f"<p>{html.escape(text)}</p>" for text in (*told.lines, *told.cautions))
    return (
        f"<div><p><code>{html.escape(told.title)}</code></p>"
        f"<table><thead>{row(told.head, 'th')}</thead><tbody>{body}</tbody></table>{notes}</div>"
    )


def _lines(fit: Fit) -> Iterator[str]:
    found = fit.statistics
    degrees = f"{found.dof} degree{'s' * (found.dof != 1)} of freedom"
    if found.known:
        chance = found.goodness_of_fit
        yield f"Chi-square {found.rss:.6g} on {degrees}, exceeded by chance with probability {or_dash(chance, '.3g')}"
    else:
        yield f"Residual standard deviation {or_dash(found.residual_standard_deviation, '.6g')} on {degrees}"
    yield (
        f"R² {or_dash(found.r_squared, '.6g')}, adjusted {or_dash(found.adjusted_r_squared, '.6g')}; "
        f"AIC {or_dash(found.aic, '.6g')}, BIC {or_dash(found.bic, '.6g')}"
    )
    yield fit.how
    if fit.solution.was_sought:
        yield f"Start {fit.solution.start_from}"


def or_dash(value: float, style: str) -> str:
    """A number in this style; a dash where there is none."""
    return "-" if math.isnan(value) else format(value + 0.0, style)  # -0 is 0


def _p(value: float) -> str:
    return f"<{_SMALLEST_P:g}" if value < _SMALLEST_P else or_dash(value, ".3g")
