"""The commands and their options.  What they do is elsewhere: `descending.py`, `listing.py`, and `thalweg.lab`."""

from __future__ import annotations

from typing import Annotated

import typer

from thalweg.descent.stopping import DEFAULTS

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # help without boxes, and without the time that they take
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_BatchSize = Annotated[
    int | None,
    typer.Option(help="Evaluate every iterate on a mini-batch of so many rows.", metavar="ROWS"),
]
_Seed = Annotated[
    int | None, typer.Option(help="By which rows are dealt out to mini-batches. [0]", metavar="NUMBER")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_Values = Annotated[
    list[str] | None,
    typer.Option(help="Value of a parameter of the method; may be repeated.", metavar="NAME=VALUE"),
]
_Letters = Annotated[
    list[str] | None,
    typer.Option(
        help="A letter of the formula that is not a variable; may be repeated.", metavar="NAME=VALUE"
    ),
]
_MaxIterations = Annotated[int, typer.Option(help="Largest number of iterations of a run.", metavar="K")]
_Gtol = Annotated[float, typer.Option(help="Stop when the gradient's 2-norm is at most this.", metavar="EPS")]


def _typed(text: str) -> str:
    """A text that begins with a minus sign is typed behind a blank, so that it is not taken for an option."""
    return text.strip() if text.startswith(" -") else text


def _check_output(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        from thalweg.cli.typed import UsageError

        raise UsageError("--json and --csv exclude each other")


def _print_version(wanted: bool) -> None:
    if wanted:
        from thalweg.version import __version__

        typer.echo(f"thalweg {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def laboratory(
    context: typer.Context,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open no browser.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port on 127.0.0.1; by default 8765 or the next free one.", min=1, max=65535, metavar="PORT"
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Watch a gradient method go down a function, and learn why it went that way.

    Without a command, the laboratory opens in the browser: type a function, drag the start, compare methods. It
    answers on this machine only, and stops with Ctrl-C.

    \b
      thalweg                                              open the laboratory
      thalweg descend "x^2 + 10y^2" --start 3,4            one run, as a table
      thalweg descend "(1-x)^2 + a*(y-x^2)^2" --start -1.2,1 --parameter a=100
      thalweg descend "m*t + b" --data line.csv --response y --start 0,0
      thalweg descend rosenbrock --step 0.001 --json       a problem of the catalogue, for programs
      thalweg fit decay.csv "a*exp(-k*t) + c" --start a=1,k=0.1,c=0

    Exit status: 0, the run converged; 1, it did not; 2, wrong use.
    """
    if context.invoked_subcommand is None:
        from thalweg.lab.server import serve

        serve(port=port, open_browser=not no_browser)


@app.command(short_help="Go down a function from a start; print the way.")
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
    option: _Values = None,
    preset: Annotated[
        str | None, typer.Option(help="Preset of the method, see 'thalweg methods'.", metavar="NAME")
    ] = None,
    parameter: _Letters = None,
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
    max_iterations: _MaxIterations = int(DEFAULTS["max_iterations"]),
    gtol: _Gtol = DEFAULTS["gtol"],
    batch_size: _BatchSize = None,
    seed: _Seed = None,
    every: Annotated[bool, typer.Option("--all", help="Print every iterate of a long run.")] = False,
    as_json: _Json = False,
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

    _check_output(as_json, as_csv)
    order = Order(
        formula=_typed(formula),
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


@app.command(short_help="Fit a model to the rows of a file; print its table.")
def fit(
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
    option: _Values = None,
    batch_size: _BatchSize = None,
    seed: _Seed = None,
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
    lab: Annotated[
        bool, typer.Option("--lab", help="Open the fit of two parameters in the laboratory.")
    ] = False,
    as_json: _Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV, in full precision.")] = False,
) -> None:
    """Fit a model to data by least squares: estimates, standard errors, intervals, and what the residuals tell.

    \b
      thalweg fit decay.csv "a*exp(-k*t) + c" --start a=1,k=0.1,c=0
      thalweg fit line.csv "m*t + b" --figure line.png
      thalweg fit cars.csv "m*speed + b" --response dist --json

    Exit status: 0, the fit arrived at a minimum; 1, it did not; 2, wrong use.
    """
    from thalweg.cli.fitting import Order, Reading, carry_out, open_laboratory

    _check_output(as_json, as_csv)
    order = Order(
        data=data,
        model=_typed(model),
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
    if lab:
        open_laboratory(order)
        return
    raise typer.Exit(0 if carry_out(order, "json" if as_json else "csv" if as_csv else "table") else 1)


@app.command(short_help="Fit NIST's reference data sets; print the digits that agree.")
def nist(
    as_json: _Json = False,
    peers: Annotated[
        bool, typer.Option("--peers", help="Let SciPy, lmfit and NumPy fit them too, where installed.")
    ] = False,
) -> None:
    """Fit the 27 nonlinear data sets (from both of their starts) and the 11 linear ones that NIST certifies.

    An exclamation mark stands where success was claimed of what is wrong.

    Exit status: 0, all are solved, and said to be; 1, not all; 2, wrong use.
    """
    from thalweg.cli.nist import run_nist

    raise typer.Exit(0 if run_nist(as_json=as_json, with_peers=peers) else 1)


@app.command(short_help="Compare methods on a function, or profile them over a set of problems.")
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
    parameter: _Letters = None,
    max_iterations: _MaxIterations = int(DEFAULTS["max_iterations"]),
    gtol: _Gtol = DEFAULTS["gtol"],
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
    as_json: _Json = False,
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
        formula=_typed(formula),
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


@app.command(short_help="List the methods with their parameters.")
def methods(as_json: _Json = False) -> None:
    """List the methods with their parameters: name, default, range, meaning."""
    from thalweg.cli.listing import list_methods

    list_methods(as_json=as_json)


@app.command(short_help="List the problems of the catalogue.")
def problems(as_json: _Json = False) -> None:
    """List the problems of the catalogue, which 'thalweg descend' and the laboratory know by name."""
    from thalweg.cli.listing import list_problems

    list_problems(as_json=as_json)
