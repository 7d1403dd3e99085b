"""The public entry: a model, data, and the parameters that fit them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from thalweg.descent.parameters import Value, by_name
from thalweg.descent.stopping import Reason
from thalweg.entry import descend
from thalweg.errors import ParameterError
from thalweg.fit.direct import Direct, solve
from thalweg.fit.result import Fit
from thalweg.fit.solution import GIVEN, Real, Solution
from thalweg.fit.start_search import Sought, search
from thalweg.objective.arrays import numbers
from thalweg.objective.function_squares import FunctionSquares
from thalweg.objective.least_squares import LeastSquares
from thalweg.objective.model_function import arguments
from thalweg.objective.projected import Projected
from thalweg.objective.returned import checked_callable
from thalweg.objective.robust import Robust
from thalweg.rows.opening import MEMORY
from thalweg.trajectory import Trajectory

MAX_ITERATIONS = 2000
DEFAULT_METHOD = "levenberg-marquardt"
VARIABLE_PROJECTION = "variable projection"

Bounds = Mapping[str, tuple[float | None, float | None]]


def fit(
    model: str | Callable[..., Any],
    data: object,
    *,
    response: str | None = None,
    jac: Callable[..., Any] | None = None,
    start: Mapping[str, float] | ArrayLike | None = None,
    parameters: Sequence[str] | None = None,
    weights: str | ArrayLike | None = None,
    errors: str | ArrayLike | None = None,
    bounds: Bounds | None = None,
    fixed: Mapping[str, float] | None = None,
    groups: str | ArrayLike | None = None,
    shared: Sequence[str] = (),
    loss: Robust = "linear",
    f_scale: float = 1.0,
    ridge: float = 0.0,
    method: str | None = None,
    options: Mapping[str, Value] | None = None,
    max_iterations: int = MAX_ITERATIONS,
    memory: int | str = MEMORY,
    batch_size: int | None = None,
    seed: int | None = None,
) -> Fit:
    """Fit a model to data by least squares.

    Args:
        model: Formula of the prediction, such as ``"b1*(1-exp(-b2*x))"``, or an equation with columns on its left side,
            such as ``"log(y) = b1 - b2*x"``. Names of the data's columns are columns; all other names are parameters.
            Or a Python function, which returns a prediction for each row: its arguments named as columns are columns,
            the others are parameters. Where none is named so, the first is all columns that predict, (rows,) or
            (columns, rows), as SciPy's `curve_fit` has it.
        data: A dict of columns, the path of a CSV or Parquet file, a structured array, a data frame, or a `table`.
        response: The column that is to be predicted; "y" unless it is named, or the model is an equation.
        jac: For a Python function: called in the same way, returns its slopes (rows, parameters). Without it, they come
            by complex steps where these prove right, else by central differences relative to the parameters' sizes.
        start: Where the descent begins: values by name, or in the order of the parameters. Without one, a model that
            is linear in its parameters is solved directly; for others a start is sought, and `solution.start_from`
            says how: what is linear is solved out, and the rest is searched at some thousand points.
        parameters: Names of the parameters in an order of their own; by default in order of first appearance.
        weights: A column, or numbers (rows,), by which each squared residual is multiplied.
        errors: A column, or numbers (rows,): the standard deviations of the response, by which residuals are divided.
        bounds: The lowest and the highest value of parameters by name; None for no bound.
        fixed: Values of parameters that are not to be fitted, by name.
        groups: A column, or labels (rows,), that tells groups of rows apart. Each parameter becomes one for each group,
            "a[label]"; start, bounds and fixed take it by that name, or by "a" for all groups.
        shared: Parameters that all groups have in common.
        loss: "linear" for least squares; "soft_l1", "huber", "cauchy" or "arctan" for losses in which outliers weigh
            less, as in `scipy.optimize.least_squares`.
        f_scale: About the residual from which on a robust loss takes a row for an outlier.
        ridge: Adds ridge * (sum of squared parameters) to the sum of squares.
        method: Any method's name; those made for residuals are "levenberg-marquardt" (the default), "dogleg" and
            "gauss-newton". "variable projection" is the first of them on the parameters that are left when those
            in which the model is linear are solved out.
        options: Values of the method's parameters by name.
        max_iterations: Largest number of iterations.
        memory: Bytes that the rows may take, as a number or as in ``"500 MB"``. More are read anew for every pass.
        batch_size: Rows of a mini-batch, for methods that take one gradient a step ("adam" and its like); see
            `descend`. What is minimised is half the sum of squares, and a batch's gradient is scaled like that of it.
        seed: By which rows are dealt out to mini-batches; see `descend`.

    Returns:
        The `Fit`; one that did not arrive is returned as well, and says so.

    Raises:
        DataError: The data cannot be read, or a cell is not a finite number.
        FormulaError: The model cannot be read.
        ModelError: The model does not go with the data.
        ParameterError: A start, bound, method or option that cannot be.

    Example:
        >>> import thalweg as tw
        >>> data = {"x": [1, 2, 3, 5, 7, 10], "y": [109, 149, 149, 191, 213, 224]}
        >>> fit = tw.fit("b1*(1-exp(-b2*x))", data, start={"b1": 100, "b2": 0.75})
        >>> round(fit.parameters["b1"], 4), round(fit.parameters["b2"], 6)
        (213.8094, 0.547237)
        >>> fit = tw.fit("b1*(1-exp(-b2*x))", data, bounds={"b2": (0, 0.5)})
        >>> round(fit.parameters["b2"], 4), fit.solution.start_from
        (0.5, 'searched at 800 points, b1 solved out; ...of...short descents ended there')
        >>> import numpy as np
        >>> fit = tw.fit(lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)), data, start=[100, 0.75])
        >>> round(fit.parameters["b2"], 6)
        0.547237
    """
    named: dict[str, Any] = {"loss": "half", "weights": weights, "errors": errors, "robust": loss}
    named |= {"f_scale": f_scale, "ridge": ridge, "memory": memory}

    def squares(**grouping: Any) -> LeastSquares:
        if isinstance(model, str):
            return LeastSquares(model, data, response, parameters=parameters, **named, **grouping)
        own = _named_by(start, model) if parameters is None else parameters
        return FunctionSquares(model, data, response, parameters=own, jac=jac, **named, **grouping)

    if not isinstance(model, str) and not callable(model):
        raise ParameterError(
            f"a model is a formula or a Python function, and stands before the data, not {type(model).__name__}"
        )
    if isinstance(model, str) and jac is not None:
        raise ParameterError("jac goes with a Python function; a formula's slopes are derived from it")
    objective = squares(groups=groups, shared=shared)
    names = objective.variables
    if objective.groups is not None:
        start, bounds, fixed = (_of_members(given, objective) for given in (start, bounds, fixed))
    lower, upper = _limits(bounds, fixed, names)
    bounded = bool(np.isfinite(lower).any() or np.isfinite(upper).any())
    caution: str | None = None
    # Read even where a linear model needs none.
    given = None if start is None else _start(start, names, fixed)
    direct = None if method is not None or bounded or batch_size is not None else solve(objective)
    if direct is not None:
        begin, start_from = direct.x, "solved directly, since the model is linear in its parameters"
    elif given is None and not bounded and objective.is_linear and objective.loss_is_square:
        begin, start_from = np.zeros(objective.n), "zero, from where a linear model takes one step"
    elif given is None and objective.groups is not None:
        begin, start_from, caution = _start_of_groups(objective, squares(), lower, upper)
    elif given is None:
        begin, start_from, caution = search(objective, lower, upper)
    else:
        begin, start_from = given, GIVEN
        if isinstance(objective, FunctionSquares):
            objective.require_finite(begin)
    within = list(zip(lower.tolist(), upper.tolist(), strict=True)) if bounded else None
    limited = {"max_iterations": max_iterations, "batch_size": batch_size, "seed": seed}
    run = _descend(objective, begin, method or DEFAULT_METHOD, options, limited, within)
    if run.reason is Reason.NON_FINITE and run.nit == 0:
        objective.require_finite(begin)
    x = run.x if direct is None else direct.x
    free = (x > lower) & (x < upper)
    warnings = _warnings(objective, x, lower, upper, fixed, direct)
    if caution is not None:
        warnings = (*warnings, caution)
    bounds_of_all = None if within is None else tuple(within)
    return Fit(Solution(names, x, objective, run, begin, start_from, free, warnings, direct, bounds_of_all))


def _named_by(
    start: Mapping[str, float] | ArrayLike | None, model: Callable[..., Any]
) -> Sequence[str] | None:
    """The names of the parameters of a function of ``*parameters``: those of its start, or p1, p2, ..."""
    if start is None or not arguments(checked_callable("the model", model))[1]:
        return None
    return list(start) if isinstance(start, Mapping) else [f"p{i + 1}" for i in range(np.size(start))]


def _of_members(given: Any, objective: LeastSquares) -> Any:
    """What is given by the name of a parameter of one group, by the names of those of all groups; else as it is."""
    groups, own = objective.groups, objective.read.own
    assert groups is not None
    if isinstance(given, Mapping):
        named = cast("Mapping[str, Any]", given)
        for_all = {
            member: value for name, value in named.items() if name in own for member in groups.members(name)
        }
        return {**for_all, **{name: value for name, value in named.items() if name not in own}}
    values = None if given is None else numbers(given)
    if values is not None and values.shape == (len(own),):
        return _of_all(values, objective)
    return given


def _of_all(x: Real, objective: LeastSquares) -> Real:
    """The parameters of all groups (n,), from those of one, x."""
    assert objective.groups is not None
    whole = np.empty(objective.n)
    whole[objective.groups.places(objective.read.own)] = x
    return whole


def _start_of_groups(objective: LeastSquares, pooled: LeastSquares, lower: Real, upper: Real) -> Sought:
    """A start that is the same for all groups, sought for all rows as if they were of one."""
    assert objective.groups is not None
    places = objective.groups.places(pooled.variables)
    one = search(pooled, lower[places].min(axis=0), upper[places].max(axis=0))
    begin = np.clip(_of_all(one.start, objective), lower, upper)
    return Sought(begin, f"{one.how}, for all groups together", one.caution)


def _descend(
    objective: LeastSquares,
    begin: Real,
    method: str,
    options: Mapping[str, Value] | None,
    limited: Mapping[str, Any],
    within: Sequence[tuple[float, float]] | None,
) -> Trajectory:
    """The descent to the fixed point."""
    if method.replace("-", " ").casefold().strip() in (VARIABLE_PROJECTION, "varpro"):
        fixed = {i: low for i, (low, high) in enumerate(within or ()) if low == high}
        projected = Projected(objective, objective.linear_parameters, fixed)
        bounded = [i for i in projected.linear if within is not None and np.isfinite(within[i]).any()]
        if bounded or not projected.linear:
            why = (
                f"bounds on {objective.variables[bounded[0]]}"
                if bounded
                else "no parameter in which it is linear"
            )
            raise ParameterError(f"variable projection does not go with {objective.model!r}: there are {why}")
        method = DEFAULT_METHOD
        if projected.n:
            bounds = None if within is None else [within[i] for i in projected.others]
            first = descend(
                projected,
                begin[projected.others],
                method,
                options=options,
                gtol=0.0,
                bounds=bounds,
                **limited,
            )
            begin = projected.complete(first.x)
        else:
            begin = projected.complete(np.empty(0))
    return descend(objective, begin, method, options=options, gtol=0.0, bounds=within, **limited)


def _limits(
    bounds: Bounds | None, fixed: Mapping[str, float] | None, names: tuple[str, ...]
) -> tuple[Real, Real]:
    """Lowest and highest values (n,); both are the same where a parameter is fixed."""
    by_name("bounds", bounds, f"{{{names[0]!r}: (0, 1)}}")
    by_name("fixed", fixed, f"{{{names[0]!r}: 1}}")
    lower, upper = np.full(len(names), -math.inf), np.full(len(names), math.inf)
    for what, given in (("bounds", bounds), ("fixed", fixed)):
        for name in given or ():
            if name not in names:
                raise ParameterError(f"{what} name {name!r}, and the parameters are {', '.join(names)}")
    for name, pair in (bounds or {}).items():
        try:
            low, high = cast("tuple[Any, Any]", pair)
        except (TypeError, ValueError):
            raise ParameterError(
                f"the bounds of {name} are its lowest and its highest value, not {pair!r}"
            ) from None
        place = names.index(name)
        ends = numbers([-math.inf if low is None else low, math.inf if high is None else high])
        if ends is None:
            raise ParameterError(f"the bounds of {name} are its lowest and its highest value, not {pair!r}")
        lower[place], upper[place] = ends
        if not lower[place] <= upper[place]:
            raise ParameterError(f"the bounds of {name} are {pair!r}: the first must be the lower one")
    for name, given in (fixed or {}).items():
        place, value = names.index(name), numbers(given)
        if value is None or value.ndim or not np.isfinite(value):
            raise ParameterError(f"{name} is fixed at a finite number, not {given!r}")
        if not lower[place] <= value <= upper[place]:
            raise ParameterError(f"{name} is fixed at {given!r}, which its bounds do not allow")
        lower[place] = upper[place] = float(value)
    return lower, upper


def _start(
    start: Mapping[str, float] | ArrayLike, names: tuple[str, ...], fixed: Mapping[str, float] | None
) -> Real:
    """The start in the order of the parameters; what is fixed may be left out of a start by name."""
    if isinstance(start, Mapping):
        given = {**start, **(fixed or {})}
        unknown = [name for name in given if name not in names]
        absent = [name for name in names if name not in given]
        if unknown or absent:
            wrong = f"{unknown[0]!r} is not one" if unknown else f"{absent[0]!r} has no value"
            raise ParameterError(f"start gives the parameters {', '.join(names)}, and {wrong}")
        start = [given[name] for name in names]
    x = numbers(start)
    if x is None or x.shape != (len(names),):
        count = f"{len(names)} number{'s' * (len(names) != 1)}"
        raise ParameterError(f"start is {count} ({', '.join(names)}), not {start!r}")
    x = x.copy()
    for name, value in (fixed or {}).items():
        x[names.index(name)] = value
    return x


def _warnings(
    objective: LeastSquares,
    x: Real,
    lower: Real,
    upper: Real,
    fixed: Mapping[str, float] | None,
    direct: Direct | None,
) -> tuple[str, ...]:
    """What the figures do not show."""
    found: list[str] = []
    if not objective.columns:
        found.append(
            f"The model names no column of {objective.source}, so it predicts the same for every row; "
            f"taken for parameters: {', '.join(objective.variables)}."
        )
    for name, value, low, high in zip(objective.variables, x, lower, upper, strict=True):
        if name not in (fixed or {}) and direct is None and not low < value < high:
            side = "lower" if value <= low else "upper"
            found.append(f"{name} stands at its {side} bound, {value:g}, and has no standard error.")
    if objective.is_separable:
        return tuple(found)
    if objective.loss_is_square:
        meaning = "Standard errors are those with a normal prior about 0 of variance s²/ridge; the bias is not in them."
    else:
        meaning = "Standard errors are those of an M-estimate, errors independent; there is no likelihood, AIC or BIC."
    return (*found, meaning)
