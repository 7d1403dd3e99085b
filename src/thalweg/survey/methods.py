"""Methods of a survey: by name or with arguments, translated before the clock starts, tuned with the same effort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from thalweg.descent.methods import find
from thalweg.drive.compiled import machine_for
from thalweg.entry import descend
from thalweg.errors import ParameterError
from thalweg.trajectory import Trajectory

Arguments = dict[str, Any]
"""Arguments of `descend`, by name."""

STEP_LENGTHS = ("alpha", "initial")
"""Parameters that are the length of a step, or of the first trial of a search."""
GRID = (1e-3, 1e-2, 1e-1)
"""The step lengths that tuning tries, the same for every method, beside the method's own default."""


def named(methods: Sequence[str] | Mapping[str, Mapping[str, Any]]) -> dict[str, Arguments]:
    """Arguments of `descend` for each method by its name."""
    if isinstance(methods, str):
        raise ParameterError(f"methods is a list of names, such as [{methods!r}], not a text")
    if isinstance(methods, Mapping):
        return {name: dict(given) for name, given in methods.items()}
    return {find(name).name: {"method": name} for name in methods}


def translated(objective: Any, start: ArrayLike, arguments: Arguments) -> Trajectory:
    """A run by machine code from its first turn on, so that its time is the method's own."""
    given: Any = {**arguments, "max_iterations": 0}
    first = descend(objective, start, **given)  # which checks the arguments, and a gradient
    machine = machine_for(first.method, first.n)
    (machine.step if first.objective.native is None else machine.run)(now=True)
    given = {**arguments, "check_gradient": False}
    return descend(first.objective, start, **given)


def settings(arguments: Arguments) -> list[tuple[str, Arguments]]:
    """What tuning tries of a method: its step length as it is, and over the grid; just it where it has none."""
    if arguments.get("step") is not None or "method" not in arguments:
        return [("", arguments)]
    table = {row.name: row for row in find(arguments["method"]).parameters}
    name = next((name for name in STEP_LENGTHS if name in table), None)
    if name is None or name in (arguments.get("options") or {}):
        return [("", arguments)]
    tried = [("", arguments)]
    for value in GRID:
        if value != table[name].default and table[name].low <= value <= table[name].high:
            options: Arguments = {**(arguments.get("options") or {}), name: value}
            tried.append((f"{name} = {value:g}", {**arguments, "options": options}))
    return tried
