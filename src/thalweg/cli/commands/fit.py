"""`thalweg fit`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from thalweg.cli.commands.options import BatchSize, Json, Seed, Values, check_output, typed


def fit(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="CSV or Parquet file, or folder of Parquet files.", show_default=False
        ),
    ],
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help='The model, such as "b1*(1-exp(-b2*x))" or "log(y) = a + b*x". Names that are no columns are '
            "parameters.",
            show_default=False,
        ),
    ],
    response: Annotated[
        str | None, typer.Option(help="Column that the model predicts. [y]", metavar="COLUMN")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            help="Where the descent begins, as b1=500,b2=1e-4; without one, a start is sought.",
            metavar="VALUES",
        ),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Column of weights, relative to each other.", metavar="COLUMN")
    ] = None,
    errors: Annotated[
        str | None, typer.Option(help="Column of the response's standard deviations.", metavar="COLUMN")
    ] = None,
    bounds: Annotated[
        list[str] | None,
        typer.Option(
            help="Lowest and highest value, or one of them; may be repeated.", metavar="NAME=LOW:HIGH"
        ),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option(
            help="Value of a parameter that is not to be fitted; may be repeated.", metavar="NAME=VALUE"
        ),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Column that tells groups of rows apart, each with parameters of its own.", metavar="COLUMN"
        ),
    ] = None,
    shared: Annotated[
        str | None,
        typer.Option(help="Parameters that all groups have in common, as k or k,c.", metavar="NAMES"),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="linear, or, to mind outliers less, soft_l1, huber, cauchy or arctan.", metavar="NAME"
        ),
    ] = None,
    f_scale: Annotated[
        float | None,
        typer.Option(
            "--f-scale", help="Residual from which on such a loss sees an outlier. [1]", metavar="SIZE"
        ),
    ] = None,
    ridge: Annotated[
        float | None,
        typer.Option(
            help="Adds this times the sum of squared parameters to the sum of squares.", metavar="PENALTY"
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="Name of a method, see 'thalweg methods'. [levenberg-marquardt; directly if linear]",
            metavar="NAME",
        ),
    ] = None,
    option: Values = None,
    batch_size: BatchSize = None,
    seed: Seed = None,
    level: Annotated[
        float, typer.Option(help="Confidence of intervals and bands.", metavar="LEVEL", min=0.0, max=1.0)
    ] = 0.95,
    profile: Annotated[
        bool,
        typer.Option(
            "--profile", help="Add intervals by profile likelihood, a fit for each of their points."
        ),
    ] = False,
    figure: Annotated[
        str | None, typer.Option(help="Draw the fit into this file: .png, .svg or .pdf.", metavar="FILE")
    ] = None,
    picture: Annotated[
        str, typer.Option(help="What to draw: fit, residuals, profile or correlation.", metavar="KIND")
    ] = "fit",
    theme: Annotated[str, typer.Option(help="Look of the figure: light or dark.", metavar="THEME")] = "light",
    missing: Annotated[
        str, typer.Option(help="What to do where a value is missing: error, or drop the row.", metavar="WORD")
    ] = "error",
    decimal: Annotated[
        str, typer.Option(help="The sign before a number's fraction in a CSV file.", metavar="SIGN")
    ] = ".",
    memory: Annotated[
        str, typer.Option(help="What the rows may take; more are streamed from disk.", metavar="SIZE")
    ] = "2 GB",
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="A Dask scheduler whose workers read the Parquet files, as tcp://host:8786.",
            metavar="ADDRESS",
        ),
    ] = None,
    lab: Annotated[bool, typer.Option("--lab", help="Print the fit, and open it in the laboratory.")] = False,
    link: Annotated[
        bool,
        typer.Option(
            "--link", help="Print only a link that opens the fit in the laboratory: 'thalweg --open LINK'."
        ),
    ] = False,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV, in full precision.")] = False,
) -> None:
    """Fit a model to data by least squares: estimates, standard errors, intervals, and what the residuals tell.

    \b
      thalweg fit decay.csv "a*exp(-k*t) + c" --start a=1,k=0.1,c=0
      thalweg fit line.csv "m*t + b" --figure line.png
      thalweg fit cars.csv "m*speed + b" --response dist --json

    Exit status: 0, the fit arrived at a minimum; 1, it did not; 2, wrong use.
    """
    from thalweg.cli.fitting import Order, Reading, carry_out, open_laboratory, print_link

    check_output(as_json, as_csv)
    order = Order(
        data=data,
        model=typed(model),
        response=response,
        reading=Reading(missing, decimal, memory, scheduler),
        start=start,
        weights=weights,
        errors=errors,
        bounds=bounds or [],
        fixed=fixed or [],
        groups=groups,
        shared=shared,
        loss=loss,
        f_scale=f_scale,
        ridge=ridge,
        method=method,
        options=option or [],
        batch_size=batch_size,
        seed=seed,
        level=level,
        profile=profile,
        figure=figure,
        picture=picture,
        theme=theme,
    )
    if lab or link:
        if as_json or as_csv or figure is not None or (lab and link):
            from thalweg.cli.typed import UsageError

            raise UsageError(
                "--lab and --link go with neither --json, --csv and --figure, nor with each other"
            )
        if lab:
            asked = {} if context.parent is None else context.parent.params
            open_laboratory(order, open_browser=not asked.get("no_browser"), port=asked.get("port"))
            return
        raise typer.Exit(0 if print_link(order) else 1)
    raise typer.Exit(0 if carry_out(order, "json" if as_json else "csv" if as_csv else "table") else 1)
