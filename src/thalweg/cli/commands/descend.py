"""`thalweg descend`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from thalweg.cli.commands.options import (
    BatchSize,
    Gtol,
    Json,
    Letters,
    MaxIterations,
    Seed,
    Values,
    check_output,
    typed,
)
from thalweg.descent.stopping import DEFAULTS


def descend(
    formula: Annotated[
        str,
        typer.Argument(
            metavar="FORMULA",
            help='What to minimise: a formula such as "sin(x)*cos(y)", in LaTeX or '
            "Mathematica too; with --data, a model; or the name of a problem, "
            "see 'thalweg problems'.",
            show_default=False,
        ),
    ],
    start: Annotated[
        str | None,
        typer.Option(
            help="The first iterate, as 3,4 in the variables' order, or x=3,y=4; of vectors, one number for all.",
            metavar="NUMBERS",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="Name of a method, see 'thalweg methods'. [armijo; gradient descent with --step]",
            metavar="NAME",
        ),
    ] = None,
    step: Annotated[
        float | None,
        typer.Option(
            help="Step length; of a line search, the first trial.", metavar="ALPHA", show_default=False
        ),
    ] = None,
    option: Values = None,
    preset: Annotated[
        str | None, typer.Option(help="Preset of the method, see 'thalweg methods'.", metavar="NAME")
    ] = None,
    parameter: Letters = None,
    variables: Annotated[
        str | None,
        typer.Option(help="The variables in their order. [as they first appear]", metavar="NAMES"),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="CSV file whose columns the model uses; the mean squared residual is minimised.",
            metavar="FILE",
        ),
    ] = None,
    response: Annotated[
        str, typer.Option(help="Column of the data that the model predicts.", metavar="COLUMN")
    ] = "y",
    max_iterations: MaxIterations = int(DEFAULTS["max_iterations"]),
    gtol: Gtol = DEFAULTS["gtol"],
    batch_size: BatchSize = None,
    seed: Seed = None,
    every: Annotated[bool, typer.Option("--all", help="Print every iterate of a long run.")] = False,
    as_json: Json = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the iterates as CSV, in full precision.")
    ] = False,
) -> None:
    """Go down a function from a start, and print the iterates, the result and the reason for the end.

    \b
      thalweg descend "x^2 + y^2" --start 3,4
      thalweg descend "x^2 + 100y^2" --start 3,4 --step 0.019
      thalweg descend "x^4 - 3x*y + y^2" --start 1,2 --method armijo --option c1=0.1
      thalweg descend himmelblau --csv > path.csv

    Exit status: 0, the run converged; 1, it did not; 2, wrong use.
    """
    from thalweg.cli.descending import Order, carry_out

    check_output(as_json, as_csv)
    order = Order(
        formula=typed(formula),
        start=start,
        method=method,
        step=step,
        options=option or [],
        preset=preset,
        parameters=parameter or [],
        variables=variables,
        data=data,
        response=response,
        max_iterations=max_iterations,
        gtol=gtol,
        batch_size=batch_size,
        seed=seed,
    )
    style = "json" if as_json else "csv" if as_csv else "all" if every else "table"
    raise typer.Exit(0 if carry_out(order, style) else 1)
