"""Options that several commands have, with one help for all."""

from __future__ import annotations

from typing import Annotated

import typer

BatchSize = Annotated[
    int | None,
    typer.Option(help="Evaluate every iterate on a mini-batch of so many rows.", metavar="ROWS"),
]
Seed = Annotated[
    int | None, typer.Option(help="By which rows are dealt out to mini-batches. [0]", metavar="NUMBER")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Values = Annotated[
    list[str] | None,
    typer.Option(help="Value of a parameter of the method; may be repeated.", metavar="NAME=VALUE"),
]
Letters = Annotated[
    list[str] | None,
    typer.Option(
        help="A letter of the formula that is not a variable; may be repeated.", metavar="NAME=VALUE"
    ),
]
MaxIterations = Annotated[int, typer.Option(help="Largest number of iterations of a run.", metavar="K")]
Gtol = Annotated[float, typer.Option(help="Stop when the gradient's 2-norm is at most this.", metavar="EPS")]


def typed(text: str) -> str:
    """A text that begins with a minus sign is typed behind a blank, so that it is not taken for an option."""
    return text.strip() if text.startswith(" -") else text


def check_output(as_json: bool, as_csv: bool) -> None:
    """Refuse two styles at once."""
    if as_json and as_csv:
        from thalweg.cli.typed import UsageError

        raise UsageError("--json and --csv exclude each other")
