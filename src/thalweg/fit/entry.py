"""The public entry: a model, data, and the parameters that fit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from thalweg.descent.parameters import Value
from thalweg.entry import descend
from thalweg.errors import ParameterError
from thalweg.fit.direct import solve
from thalweg.fit.result import Fit
from thalweg.fit.solution import Real, Solution
from thalweg.objective.arrays import numbers
from thalweg.objective.least_squares import LeastSquares
from thalweg.rows.opening import MEMORY

MAX_ITERATIONS = 2000
DEFAULT_METHOD = "levenberg-marquardt"


def fit(
    model: str,
    data: object,
    *,
    response: str = "y",
    start: Mapping[str, float] | ArrayLike | None = None,
    parameters: Sequence[str] | None = None,
    method: str | None = None,
    options: Mapping[str, Value] | None = None,
    max_iterations: int = MAX_ITERATIONS,
    memory: int | str = MEMORY,
) -> Fit:
    """Fit a model to data by least squares.

    Args:
        model: Formula of the prediction, such as ``"b1*(1-exp(-b2*x))"``. Names of the data's columns are columns; all
            other names are parameters.
        data: In any form that `thalweg.table` takes: a dict of columns, the path of a CSV file, a data frame, ...
        response: The column that is to be predicted.
        start: Where the descent begins: values by name, or in the order of the parameters. A model that is linear in
            its parameters needs none.
        parameters: Names of the parameters in an order of their own; by default in order of first appearance.
        method: Any method's name; those made for residuals are "levenberg-marquardt", "dogleg" and "gauss-newton". By
            default the first of them; where the model is linear in its parameters it is solved directly, and the
            descent begins and ends there.
        options: Values of the method's parameters by name.
        max_iterations: Largest number of iterations.
        memory: Bytes that the rows may take, as a number or as in ``"500 MB"``. More rows than that are read anew for
            every pass.

    Returns:
        The `Fit`; one that did not arrive is returned as well, and says so.

    Raises:
        DataError: The data cannot be read, or a cell is not a finite number.
        FormulaError: The model cannot be read.
        ModelError: The model does not go with the data.
        ParameterError: A start, method or option that cannot be.

    Example:
        >>> import thalweg as tw
        >>> data = {"x": [1, 2, 3, 5, 7, 10], "y": [109, 149, 149, 191, 213, 224]}
        >>> fit = tw.fit("b1*(1-exp(-b2*x))", data, start={"b1": 100, "b2": 0.75})
        >>> round(fit.parameters["b1"], 4), round(fit.parameters["b2"], 6)
        (213.8094, 0.547237)
    """
    objective = LeastSquares(model, data, response, parameters=parameters, loss="half", memory=memory)
    direct = solve(objective) if method is None else None
    if direct is not None:
        begin, start_from = direct.x, "solved directly, since the model is linear in its parameters"
    elif start is None and objective.is_linear:
        begin, start_from = np.zeros(objective.n), "zero, from where a linear model takes one step"
    else:
        begin, start_from = _start(start, objective.variables), "given"
    run = descend(
        objective, begin, method or DEFAULT_METHOD, options=options, max_iterations=max_iterations, gtol=0.0
    )
    free = np.ones(objective.n, dtype=bool)
    x = run.x if direct is None else direct.x
    return Fit(Solution(objective.variables, x, objective, run, begin, start_from, free, direct=direct))


def _start(start: Mapping[str, float] | ArrayLike | None, names: tuple[str, ...]) -> Real:
    """The start in the order of the parameters."""
    if start is None:
        raise ParameterError(f"start is needed: a value for each of {', '.join(names)}")
    if isinstance(start, Mapping):
        unknown = [name for name in start if name not in names]
        absent = [name for name in names if name not in start]
        if unknown or absent:
            wrong = f"{unknown[0]!r} is not one" if unknown else f"{absent[0]!r} has no value"
            raise ParameterError(f"start gives the parameters {', '.join(names)}, and {wrong}")
        start = [start[name] for name in names]
    x = numbers(start)
    if x is None or x.shape != (len(names),):
        raise ParameterError(f"start is {len(names)} numbers ({', '.join(names)}), not {start!r}")
    return x
