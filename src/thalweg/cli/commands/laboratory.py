"""`thalweg` alone: the laboratory, and what stands before any command."""

from __future__ import annotations

from typing import Annotated

import typer


def _print_version(wanted: bool) -> None:
    if wanted:
        from thalweg.version import __version__

        typer.echo(f"thalweg {__version__}")
        raise typer.Exit


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
    open_link: Annotated[
        str | None,
        typer.Option(
            "--open", help="Open a link that 'thalweg fit --link', or the page's Share, gave.", metavar="LINK"
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
      thalweg --open LINK                                  open what a link holds
      thalweg descend "x^2 + 10y^2" --start 3,4            one run, as a table
      thalweg descend "(1-x)^2 + a*(y-x^2)^2" --start -1.2,1 --parameter a=100
      thalweg descend "m*t + b" --data line.csv --response y --start 0,0
      thalweg descend rosenbrock --step 0.001 --json       a problem of the catalogue, for programs
      thalweg fit decay.csv "a*exp(-k*t) + c" --start a=1,k=0.1,c=0

    Exit status: 0, the run converged; 1, it did not; 2, wrong use.
    """
    if context.invoked_subcommand is None:
        from thalweg.lab.link import shared_in
        from thalweg.lab.server import serve

        fragment = "" if open_link is None else shared_in(open_link)
        serve(port=port, open_browser=not no_browser, fragment=fragment)
