"""`thalweg nist`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from thalweg.cli.commands.options import Json


def nist(
    as_json: Json = False,
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
