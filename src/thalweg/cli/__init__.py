"""The command line: `thalweg`, its commands, and how it ends.

Exit status: 0, the run converged, or there was nothing to converge; 1, it did not; 2, wrong use.  What each command
needs is imported when it runs, so that `thalweg --help` is quick.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence

from thalweg.errors import ThalwegError

WRONG_USE = 2

_STARTS_WITH_A_MINUS = re.compile(r"-[^-].+")


def main() -> None:
    """Run the command of this process, and end it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ∇ shows a question mark
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status; errors are one sentence on standard error."""
    from thalweg.cli.commands import app

    try:
        app([_formula_or_option(argument) for argument in arguments], prog_name="thalweg")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else WRONG_USE
    except ThalwegError as error:
        print(_explained(error), file=sys.stderr)
        return WRONG_USE
    except OSError as error:  # a full disk, a name that may not be written
        from thalweg.cli.output import give_up_writing

        give_up_writing()
        place = f"{error.filename}: " if error.filename else "writing failed: "
        print(f"thalweg: {place}{error.strerror or error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130  # as shells count a program that Ctrl-C ended
    return 0


def _formula_or_option(argument: str) -> str:
    """With a blank before it, ``-x^2`` is not taken for an option; no option has one hyphen and more than a letter."""
    return f" {argument}" if _STARTS_WITH_A_MINUS.fullmatch(argument) else argument


def _explained(error: ThalwegError) -> str:
    """The error in one sentence; one in a formula stands below its text, under the character."""
    from thalweg.expression.errors import FormulaError

    if not isinstance(error, FormulaError) or not error.length:
        return f"thalweg: {error}"
    from thalweg.cli.output import pointed_at

    hint = f" ({error.hint})" if error.hint else ""
    return f"{pointed_at(error.text, error.position, error.length)}\nthalweg: {error.message}{hint}"
