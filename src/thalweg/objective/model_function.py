"""A Python function as a model of data: which of its arguments are columns, its values and its slopes row by row.

Slopes come from the user, or by complex steps where they prove right, else by central differences (`complex_step.py`,
`differences.py`). Its exceptions pass through unchanged; nan and infinities are answers, which a method judges.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from thalweg.expression.names import canonical
from thalweg.objective import differences
from thalweg.objective.complex_step import complex_step, fits
from thalweg.objective.model import ModelError
from thalweg.objective.protocol import Vector
from thalweg.objective.returned import array, name_of
from thalweg.rows.table import symbols

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_MOVED = 1.75
"""Factor by which a parameter is moved to see which slopes change."""
_CHANGED = 1e-7
"""Change of a slope, beside the largest, that is more than rounding."""


class ModelFunction:
    """A function of columns and parameters that returns a prediction for each row.

    Args:
        function: Called with one argument each: columns (rows,), and parameters, which are numbers. Arguments named as
            columns of the data are these columns. Where none is, the first is all columns but those that are `taken`:
            (rows,) if it is one, (columns, rows) if they are several, as SciPy's `curve_fit` has it.
        names: The data's columns.
        taken: Columns that do not predict: the response and the weighting's.
        parameters: Names of the parameters, in an order of their own; for a function of ``*parameters``, their names.
        jac: Called in the same way, returns the slopes (rows, n), in the order of the parameters.

    Raises:
        ModelError: Its arguments cannot be known, or are not such.

    Example:
        >>> line = ModelFunction(lambda t, m, b: m * t + b, ["t", "y"], ["y"])
        >>> line.predictors, line.parameters, line.text
        (('t',), ('m', 'b'), 'f(t, m, b)')
        >>> line.values(np.array([2.0, 1.0]), [np.array([0.0, 1.0])])
        array([1., 3.])
    """

    def __init__(
        self,
        function: Callable[..., Any],
        names: Sequence[str],
        taken: Sequence[str],
        parameters: Sequence[str] | None = None,
        jac: Callable[..., Any] | None = None,
    ) -> None:
        name = name_of(function)
        self.name = name if name.isidentifier() else "f"
        positional, is_open = arguments(function)
        spelled = symbols(names)
        columns = {each: spelled[canonical(each)] for each in positional if canonical(each) in spelled}
        for column in columns.values():
            if column in taken:
                raise ModelError(
                    f"{column!r} is an argument of {self.name}, which is to predict and not to be told it"
                )
        others = [column for column in names if column not in taken]
        self._takes_all = not columns
        if self._takes_all and not (positional and others):
            raise ModelError(f"{self.name} has no argument that is a column: {', '.join(names)}")
        listed = positional[:1] if self._takes_all else list(columns)
        own = [each for each in positional if each not in listed]
        self.predictors = tuple(others if self._takes_all else columns.values())
        """The columns that it is called with."""
        if is_open and parameters is not None:
            own += [each for each in parameters if each not in own]
        if not own:
            wanted = "; name those that stand for *arguments by parameters=" if is_open else ""
            raise ModelError(f"{self.name} has no parameter to fit{wanted}")
        if parameters is not None and sorted(parameters) != sorted(own):
            raise ModelError(
                f"parameters names {', '.join(parameters)}, and {self.name} has {', '.join(own)}"
            )
        self.parameters = tuple(own if parameters is None else parameters)
        sequence = [*positional, *own[len(positional) - len(listed) :]]
        self.text = f"{self.name}({', '.join(sequence)})"
        """What messages call it: its name with its arguments."""
        self._places = [
            (True, listed.index(each)) if each in listed else (False, self.parameters.index(each))
            for each in sequence
        ]
        self._function = function
        self._jac = jac
        self._is_analytic = True
        """Whether complex steps have always proved right."""

    def values(self, x: Vector, columns: Sequence[Vector]) -> Vector:
        """The predictions (rows,) where the parameters are x (n,), and the predictors these columns, (rows,) each."""
        return self._checked(self._call(self._function, x, self._given(columns)), len(columns[0]))

    def slopes(self, x: Vector, columns: Sequence[Vector], predicted: Vector) -> Vector:
        """The derivatives (rows, n) of the predictions with respect to the parameters."""
        given, rows = self._given(columns), len(columns[0])
        if self._jac is not None:
            return array("jac", self._call(self._jac, x, given), (rows, len(x)))
        if not np.isfinite(predicted).all():
            return np.full((rows, len(x)), np.nan)

        def fun(at: Vector) -> Vector:
            return self._checked(self._call(self._function, at, given), rows)

        if self._is_analytic:
            found = complex_step(lambda at: self._call(self._function, at, given), x, (rows,))
            if found is not None and fits(fun, x, predicted, found):
                return found
            self._is_analytic = False
        with np.errstate(all="ignore"):
            return np.asarray(differences.central(fun, x, predicted))

    def linear_uses(self, columns: Sequence[Vector]) -> list[set[int]]:
        """On which parameters each slope depends, as far as it shows at a few points, near 1 and of the columns' size.

        A slope that is 0 at all of them, as those of a narrow peak are, is taken to depend on every parameter.
        """
        n = len(self.parameters)
        uses: list[set[int]] = [set() for _ in range(n)]
        size = max((float(np.median(np.abs(column))) for column in columns), default=1.0) or 1.0
        near = np.linspace(0.5, 1.0, n), np.linspace(0.9, 0.3, n)
        felt = np.zeros(n, dtype=bool)
        for x in (*near, *(size * each for each in near)):
            before = self.slopes(x, columns, self.values(x, columns))
            felt |= np.isfinite(before).all(axis=0) & (before != 0.0).any(axis=0)
            for j in range(n):
                moved = x.copy()
                moved[j] *= _MOVED
                after = self.slopes(moved, columns, self.values(moved, columns))
                with np.errstate(all="ignore"):
                    largest = np.maximum(np.abs(before).max(axis=0), np.abs(after).max(axis=0))
                    same = np.abs(after - before).max(axis=0) <= _CHANGED * largest
                for i in np.flatnonzero(~same).tolist():
                    uses[i].add(j)
        for i in np.flatnonzero(~felt).tolist():
            uses[i] = set(range(n))
        return uses

    def _given(self, columns: Sequence[Vector]) -> list[Any]:
        """The columns as the function has them."""
        return [np.stack(columns)] if self._takes_all and len(columns) > 1 else list(columns)

    def _call(self, function: Callable[..., Any], x: Any, given: list[Any]) -> Any:
        with np.errstate(all="ignore"):
            return function(*(given[at] if is_column else x[at] for is_column, at in self._places))

    def _checked(self, result: object, rows: int) -> Vector:
        return array(f"what {self.name} returns, a prediction for each row,", result, (rows,))


def arguments(function: Callable[..., Any]) -> tuple[list[str], bool]:
    """The names of a function's positional arguments, and whether it takes any number of further ones.

    Raises:
        ModelError: They cannot be known, or an argument can be given by keyword only.

    Example:
        >>> arguments(lambda t, *p: 0)
        (['t'], True)
    """
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise ModelError(
            f"the arguments of {name_of(function)} are not known; a function of Python names them: "
            "lambda t, a, b: ..."
        ) from None
    for each in found:
        if each.kind is inspect.Parameter.KEYWORD_ONLY and each.default is inspect.Parameter.empty:
            raise ModelError(
                f"{name_of(function)} wants {each.name!r} by keyword, which a fit does not give it"
            )
    positional = [each.name for each in found if each.kind in _POSITIONAL]
    return positional, any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in found)
