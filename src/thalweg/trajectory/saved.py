"""A run as JSON, and back: every number to the last bit, and nothing in the file is ever run.

A formula comes back as a formula.  A callable or a model with its data does not: what was found of it does, and a
`Saved` stands for it, which says so when it is asked for more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np

from thalweg.descent.block import (
    BEST_VALUE,
    EVALUATIONS,
    FIRST_VALUE,
    GRADIENTS,
    GTOL2,
    HESSIANS,
    ITERATION,
    PARAMETERS,
    PRODUCTS,
    STATUS,
    new_block,
)
from thalweg.descent.compose import Composition
from thalweg.descent.methods import FITTING, METHODS
from thalweg.descent.part import Direction, Part, StepRule
from thalweg.descent.stopping import Reason
from thalweg.descent.vocabulary import best
from thalweg.drive.workspace import Outcome
from thalweg.errors import ThalwegError
from thalweg.trajectory.batched import Batched
from thalweg.trajectory.trajectory import Trajectory
from thalweg.version import __version__

FORMAT = 1
_COUNTS = {
    "nit": ITERATION,
    "nfev": EVALUATIONS,
    "njev": GRADIENTS,
    "nhev": HESSIANS,
    "nhvp": PRODUCTS,
    "fun": BEST_VALUE,
    "first_value": FIRST_VALUE,
}
_CERTIFIED = ("gradient_norm", "smallest", "largest", "error", "decrement")


class SavedError(ThalwegError, ValueError):
    """A file is no saved run, or a saved run is asked for what it does not hold."""


class Saved:
    """Stands for the function of a saved run that could not be saved with it."""

    native = None
    gradient_is_free = False

    def __init__(self, description: str, variables: tuple[str, ...], derivative: str) -> None:
        self._description = description
        self.variables = variables
        self.n = len(variables)
        self.derivative = derivative

    def evaluate(self, x: Any, *, value: bool = True, gradient: bool = True) -> tuple[float, Any]:
        """Refuse."""
        raise SavedError(
            f"{self._description} was not saved with its run; only formulas are, so minimise it anew to know more"
        )

    def hessian(self, x: Any) -> None:
        """It is not known."""
        return

    def hessian_product(self, x: Any, v: Any) -> None:
        """Nor is this."""
        return

    def describe(self) -> str:
        """What it was."""
        return self._description


def save(run: Trajectory, path: str | Path) -> None:
    """Write a run; see `Trajectory.save`."""
    Path(path).write_text(json.dumps(_data(run), indent=1, allow_nan=False) + "\n", encoding="utf-8")


def load(path: str | Path) -> Trajectory:
    """Read a run that `Trajectory.save` wrote.

    Args:
        path: Of the file.

    Returns:
        The run. Where it was one on a formula it can do all that it could; else all but evaluate its function.

    Raises:
        SavedError: The file is no saved run, or one of a later version.
        OSError: There is no such file.

    Example:
        >>> import thalweg as tw, tempfile, pathlib
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "run.json"
        >>> tw.descend("x^2 + 10 y^2", [3, 4], "bfgs").save(file)
        >>> tw.load(file)
        <Trajectory: converged in ... iterations; f = ...>
    """
    text = Path(path).read_text(encoding="utf-8")
    try:
        data = json.loads(text)
        version = data["format"]
        if version == FORMAT:
            return _run(data)
    except (ValueError, TypeError, KeyError, AttributeError, LookupError) as problem:
        raise SavedError(f"{path} is no saved run of Thalweg ({type(problem).__name__}: {problem})") from None
    raise SavedError(f"{path} has the format {version!r}, and this version of Thalweg reads {FORMAT}")


def _data(run: Trajectory) -> dict[str, Any]:
    verdict = run.verdict
    return {
        "format": FORMAT,
        "thalweg": __version__,
        "objective": _objective_data(run.objective),
        "method": {
            "name": run.method.name,
            "direction": _part_data(run.method.direction),
            "step": _part_data(run.method.step),
            "bounded": run.method.bounded,
        },
        "derivative": run.derivative,
        "calls": None if run.calls is None else list(run.calls),
        "gtol": _plain(run.gtol),
        "start": _plain(run.start),
        "bounds": None if run.bounds is None else [_plain(each) for each in run.bounds],
        "batches": None if run.batches is None else asdict(run.batches),
        "x": _plain(run.x),
        "jac": _plain(run.jac),
        **{name: _plain(getattr(run, name)) for name in _COUNTS},
        "reason": run.reason.name,
        "seconds": run.seconds,
        "verdict": {
            "success": verdict.success,
            "mark": verdict.mark,
            "headline": verdict.headline,
            "markup": verdict.markup,
            "marks": [[name, _plain(value), label] for name, value, label in verdict.marks],
        },
        "certificate": {name: _plain(value) for name, value in asdict(run.certificate).items()},
        "stride": run.stride,
        "path": {"columns": run.columns[1:], "rows": _plain(run.path)},
        "trials_dropped": run.trials_dropped,
        "trials": {"columns": list(run.trials.dtype.names or ()), "rows": _plain(run.trial_rows)},
    }


def _run(data: Mapping[str, Any]) -> Trajectory:
    from thalweg.objective.function import Calls
    from thalweg.verdict.certificate import Certificate
    from thalweg.verdict.verdict import Verdict

    objective = _objective(data["objective"], data["derivative"])
    n = len(data["start"])
    whole = new_block(n, 0)
    block = whole[:, 0]
    for name, row in _COUNTS.items():
        block[row] = _number(data[name])
    block[STATUS] = Reason[data["reason"]]
    block[best(whole) : best(whole) + n] = _array(data["x"], (n,))
    p = np.zeros(PARAMETERS)
    p[GTOL2] = _number(data["gtol"]) ** 2
    path = _array(data["path"]["rows"], (-1, len(data["path"]["columns"])))
    trials = _array(data["trials"]["rows"], (-1, len(data["trials"]["columns"])))
    outcome = Outcome(
        block, path, trials, int(data["stride"]), int(data["trials_dropped"]), float(data["seconds"])
    )
    method = Composition(
        cast(Direction, _part(data["method"]["direction"], Direction)),
        cast(StepRule, _part(data["method"]["step"], StepRule)),
        str(data["method"]["name"]),
        bounded=bool(data["method"].get("bounded", False)),
        batched=data.get("batches") is not None,
    )
    calls = None if data["calls"] is None else Calls(*map(int, data["calls"]))
    bounds, batches = data.get("bounds"), data.get("batches")  # which files of earlier versions have not
    run = Trajectory(
        objective,
        method,
        p,
        outcome,
        _array(data["start"], (n,)),
        calls=calls,
        bounds=None if bounds is None else (_array(bounds[0], (n,)), _array(bounds[1], (n,))),
        batches=None if batches is None else Batched(**{name: int(value) for name, value in batches.items()}),
    )
    certified = data["certificate"]
    counts = {name: int(certified[name]) for name in ("evaluations", "gradients", "hessians")}
    figures = {name: _number(certified[name]) for name in _CERTIFIED}
    run.certificate = Certificate(
        certified["kind"], found=certified["found"], success=bool(certified["success"]), **figures, **counts
    )
    told = data["verdict"]
    run.derivative = str(data["derivative"])
    run.jac = _array(data["jac"], (n,))
    marks = tuple((str(name), _number(value), str(label)) for name, value, label in told["marks"])
    run.verdict = Verdict(
        bool(told["success"]), told["mark"], str(told["headline"]), str(told["markup"]), marks
    )
    return run


def _objective_data(objective: Any) -> dict[str, Any]:
    from thalweg.objective.formula import Formula

    known: dict[str, Any] = {"variables": list(objective.variables), "description": objective.describe()}
    if isinstance(objective, Formula):
        parameters = {name: _plain(value) for name, value in objective.parameters.items()}
        known |= {"formula": objective.text, "syntax": objective.syntax, "parameters": parameters}
    return known


def _objective(data: Mapping[str, Any], derivative: str) -> Any:
    if "formula" not in data:
        return Saved(str(data["description"]), tuple(map(str, data["variables"])), derivative)
    from thalweg.objective.formula import Formula

    parameters = {name: _number(value) for name, value in data["parameters"].items()}
    return Formula(
        str(data["formula"]), variables=data["variables"], parameters=parameters, syntax=data["syntax"]
    )


def _part_data(part: Part) -> dict[str, Any]:
    return {
        "class": type(part).__name__,
        "values": {name: _plain(value) for name, value in part.values.items()},
    }


def _part(data: Mapping[str, Any], kind: type[Part]) -> Part:
    """The part of this class with its values; one of the user's own comes back without its functions."""
    values = {str(name): _read(value) for name, value in data["values"].items()}
    own = {part.__name__: part for method in METHODS + FITTING for part in (method.direction, method.step)}
    if data["class"] in own and issubclass(own[data["class"]], kind):
        part = own[data["class"]](**values)  # which checks them
        part.values.update(values)
        return part
    part = object.__new__(type(str(data["class"]), (kind,), {"name": str(data["class"])}))
    part.values = values
    return part


def _plain(value: Any) -> Any:
    """Numbers as strict JSON has them; what is not finite as the text that `float` reads."""
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in cast("list[Any]", value.tolist())]
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def _read(value: Any) -> Any:
    """A parameter's value: a number, or a choice."""
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    return value


def _number(value: Any) -> float:
    return float(value)


def _array(rows: Any, shape: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(rows, dtype=float).reshape(shape)
