"""The commands and their options, a file each.  What they do is elsewhere in `cli`, and imported when they run."""

from __future__ import annotations

import typer

from thalweg.cli.commands.compare import compare
from thalweg.cli.commands.descend import descend
from thalweg.cli.commands.fit import fit
from thalweg.cli.commands.laboratory import laboratory
from thalweg.cli.commands.lists import methods, problems
from thalweg.cli.commands.nist import nist

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # help without boxes, and without the time that they take
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback(invoke_without_command=True)(laboratory)
# in the order of the help
app.command(short_help="Go down a function from a start; print the way.")(descend)
app.command(short_help="Fit a model to the rows of a file; print its table.")(fit)
app.command(short_help="Fit NIST's reference data sets; print the digits that agree.")(nist)
app.command(short_help="Compare methods on a function, or profile them over a set of problems.")(compare)
app.command(short_help="List the methods with their parameters.")(methods)
app.command(short_help="List the problems of the catalogue.")(problems)
