"""`thalweg compare`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from thalweg.cli.commands.options import Gtol, Json, Letters, MaxIterations, typed
from thalweg.descent.stopping import DEFAULTS


def compare(
    formula: Annotated[
        str | None,
        typer.Argument(
            metavar="[FORMULA]",
            help="What to minimise, as for 'thalweg descend'; not with --profile.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="The first iterate, as for 'thalweg descend'.", metavar="NUMBERS")
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(help="Names of methods, separated by commas.", metavar="NAMES"),
    ] = None,
    parameter: Letters = None,
    max_iterations: MaxIterations = int(DEFAULTS["max_iterations"]),
    gtol: Gtol = DEFAULTS["gtol"],
    profile: Annotated[
        bool,
        typer.Option(
            "--profile",
            help="Performance profiles of Dolan and Moré over the catalogue and the collection of Moré, Garbow "
            "and Hillstrom, each method tuned alike. Takes a minute or two.",
        ),
    ] = False,
    figure: Annotated[
        str | None,
        typer.Option(help="With --profile: draw it into this file, such as p.png.", metavar="FILE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Go down one function by several methods, and print what each took and where it came.

    \b
      thalweg compare rosenbrock
      thalweg compare "x^2 + 100y^2" --start 3,4 --methods armijo,bfgs,adam
      thalweg compare --profile --methods armijo,l-bfgs,bfgs --figure profile.png

    Exit status: 0, whatever the methods came to; 2, wrong use.
    """
    from thalweg.cli.comparing import compare_methods, profile_methods
    from thalweg.cli.descending import Order
    from thalweg.cli.typed import UsageError

    names = None if methods is None else [name.strip() for name in methods.split(",")]
    if profile:
        if formula is not None or start is not None or parameter:
            raise UsageError(
                "--profile runs over a set of problems of its own, and takes no formula and no start"
            )
        profile_methods(names, figure, json=as_json)
        return
    if formula is None:
        raise UsageError("a formula is needed, or the name of a problem; --profile needs none")
    if figure is not None:
        raise UsageError("--figure goes with --profile")
    order = Order(
        formula=typed(formula),
        start=start,
        method=None,
        step=None,
        options=[],
        preset=None,
        parameters=parameter or [],
        variables=None,
        data=None,
        response="y",
        max_iterations=max_iterations,
        gtol=gtol,
    )
    compare_methods(order, names, json=as_json)
