"""`thalweg nist`: the reference data sets, fitted now, with the digits that agree with the certified values."""

from __future__ import annotations

from dataclasses import asdict
from statistics import median
from typing import Any

from thalweg.cli.output import as_json as json_text
from thalweg.cli.output import console, table, write, write_lines
from thalweg.nist.peers import peers
from thalweg.nist.scores import Score, Solver, score, thalweg
from thalweg.nist.sets import MOST_DIGITS, Kind, ReferenceSet, reference_sets

KINDS: tuple[Kind, ...] = ("nonlinear", "linear")

_Row = tuple[ReferenceSet, dict[str, list[Score]]]


def run_nist(*, as_json: bool, with_peers: bool) -> bool:
    """Fit all sets and print the tables; whether all are solved and no success was claimed of what is wrong."""
    tables: dict[Kind, list[_Row]] = {}
    for kind in KINDS:
        solvers: dict[str, Solver] = {"thalweg": thalweg, **(peers(kind) if with_peers else {})}
        tables[kind] = [
            (given, {name: score(given, solver) for name, solver in solvers.items()})
            for given in reference_sets(kind)
        ]
    if as_json:
        write(json_text({kind: _data(rows) for kind, rows in tables.items()}))
    else:
        for kind, rows in tables.items():
            _print(kind, rows)
    own = [each for rows in tables.values() for _, found in rows for each in found["thalweg"]]
    return all(each.solved and each.claimed for each in own)


def _data(rows: list[_Row]) -> list[dict[str, Any]]:
    return [
        {
            "name": given.name,
            "difficulty": given.difficulty,
            "rows": given.rows,
            "parameters": len(given.parameters),
            "fits": {name: [asdict(each) for each in scores] for name, scores in found.items()},
        }
        for given, found in rows
    ]


def _print(kind: Kind, rows: list[_Row]) -> None:
    screen = console()
    names = list(rows[0][1])
    starts = (" 1", " 2") if kind == "nonlinear" else ("",)
    with screen.capture() as captured:
        screen.print(
            f"[bold]{kind.capitalize()} sets[/]: digits in which the worst parameter is right, "
            f"{MOST_DIGITS[kind]:g} at most{', from start 1 and 2' * (kind == 'nonlinear')}; then standard errors"
        )
        heads = ["name", "p"]
        for name in names:
            heads += [*(f"{name}{start}" for start in starts), "errors"]
        if kind == "nonlinear":
            heads.append("evaluations")
        told = table(*heads, numbers=heads[1:])
        for given, found in rows:
            cells = [given.name, f"{len(given.parameters)}"]
            for scores in found.values():
                cells += [_digits(each) for each in scores]
                cells.append(f"{min(each.error_digits for each in scores):.1f}")
            if kind == "nonlinear":
                cells.append(", ".join(f"{each.evaluations}" for each in found["thalweg"]))
            told.add_row(*cells)
        screen.print(told)
        for name in names:
            screen.print(_total(name, [each for _, found in rows for each in found[name]]))
        screen.print()
    write_lines(captured.get())


def _digits(each: Score) -> str:
    """The digits; an exclamation mark where success was claimed of what is wrong."""
    return f"{each.digits:.1f}{'!' if each.wrong else ''}"


def _total(name: str, scores: list[Score]) -> str:
    solved = sum(each.solved for each in scores)
    wrong = sum(each.wrong for each in scores)
    claimed = sum(each.claimed for each in scores)
    errors = sum(each.error_digits >= 4.0 for each in scores)
    mean = sum(each.digits for each in scores) / len(scores)
    least = min(each.digits for each in scores)
    time = 1e3 * median(each.seconds for each in scores)
    return (
        f"{name}: {solved} of {len(scores)} to 4 digits and more, {mean:.2f} on average, {least:.1f} at least; "
        f"standard errors {errors}; success claimed {claimed} times, wrongly {wrong}; {time:.2g} ms a fit (median)"
    )
