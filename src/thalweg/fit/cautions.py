"""Why the numbers of a fit may not mean what they seem to: parameters that the data cannot tell apart, and the like.

Each caution is one sentence. They are about the data and the model; how the run ended is the run's own verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from thalweg.fit.statistics import Statistics

Array = NDArray[np.float64]

_EPS = float(np.finfo(float).eps)
_PART = 0.05
"""Share of a direction, beside its largest, below which a parameter is not named."""
_DOUBTFUL = 1e-10
"""Ratio of singular values of the scaled factor below which a direction is lost in the model's own rounding."""
_CORRELATED = 0.999
_NEGLIGIBLE = 1e-14
"""Root of S / sum of squares of the response, below which a fit is perfect for all that float64 can tell."""
_FEW = 3
"""Degrees of freedom up to which a residual deviation says little."""


def undetermined(factor: Array, names: Sequence[str]) -> list[dict[str, float]]:
    """Changes of the parameters that leave every prediction as it is, from the triangular factor R (p, p).

    Each is a direction: by how much each parameter that takes part changes where the first of them is raised by 1.

    Example:
        >>> x = np.array([1.0, 2.0, 4.0])
        >>> r = np.linalg.qr(np.column_stack([x, 2 * x, x**2]))[1]
        >>> [{name: round(change, 6) for name, change in d.items()} for d in undetermined(r, ["a", "b", "c"])]
        [{'a': 1.0, 'b': -0.5}]
    """
    if not np.isfinite(factor).all():  # the fit has ended where nothing can be said
        return []
    norms = np.linalg.norm(factor, axis=0)
    found = [{name: 1.0} for name, norm in zip(names, norms, strict=True) if norm == 0.0]
    felt = norms > 0.0
    if not felt.any():
        return found
    named, norms = [name for name, is_felt in zip(names, felt, strict=True) if is_felt], norms[felt]
    _, values, directions = np.linalg.svd(factor[:, felt] / norms, full_matrices=False)
    for direction in directions[values <= values[0] * _DOUBTFUL]:
        part = np.flatnonzero(np.abs(direction) >= _PART * np.max(np.abs(direction))).tolist()
        changes = direction / norms
        found.append({named[j]: float(changes[j] / changes[part[0]]) for j in part})
    return found


def cautions(found: Statistics) -> list[str]:
    """What should be known before the table is believed, in sentences."""
    return [
        *_rows(found),
        *_undetermined(found),
        *_correlated(found),
        *_errors(found),
    ]


def _rows(found: Statistics) -> Iterator[str]:
    p = int(np.sum(found.free))
    if found.rows < p:
        rows = "is 1 row" if found.rows == 1 else f"are {found.rows} rows"
        yield f"There {rows} for {p} parameters; as many rows are needed, and one more for standard errors."
    elif found.rows == p and not found.known:
        yield (
            f"There are as many parameters as rows ({p}), so the curve goes through every point and there is no "
            "residual to judge the errors by."
        )
    elif _is_perfect(found):
        yield (
            "The fit is perfect to the last digits: its residuals are rounding errors, and so are the standard errors."
        )
    elif found.dof <= _FEW and not found.known:
        yield (
            f"With {found.dof} degree{'s' * (found.dof > 1)} of freedom, the residual standard deviation and all that "
            "follows from it are hardly known."
        )


def _is_perfect(found: Statistics) -> bool:
    rounding = max(found.total * _NEGLIGIBLE**2 * found.rows, found.size * _EPS**2)
    return not found.known and found.rss <= rounding


def _undetermined(found: Statistics) -> Iterator[str]:
    free = found.free
    names = [name for name, is_free in zip(found.names, free, strict=True) if is_free]
    for changes in undetermined(found.factor[:, free], names):
        if len(changes) == 1:
            yield f"The data say nothing about {next(iter(changes))}: no prediction changes with it, here at least."
            continue
        steps = " and ".join(_step(name, change) for name, change in changes.items())
        yield f"{_listed(list(changes))} cannot be told apart: {steps} leaves every prediction as it is."


def _step(name: str, change: float) -> str:
    return f"{'raising' if change > 0 else 'lowering'} {name} by {abs(change):.4g}"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _correlated(found: Statistics) -> Iterator[str]:
    """Two parameters that are each unknown by more than their size, and known together."""
    correlation, errors = found.correlation, found.standard_errors
    vague = errors > np.abs(found.x)
    for i in range(len(found.x)):
        for j in range(i):
            if vague[i] and vague[j] and abs(correlation[i, j]) > _CORRELATED:
                yield (
                    f"{found.names[j]} and {found.names[i]} are hardly told apart: their correlation is "
                    f"{correlation[i, j]:.6f}, and each has a standard error larger than itself."
                )


def _errors(found: Statistics) -> Iterator[str]:
    chance = found.goodness_of_fit
    if chance < 0.001:
        yield (
            f"The residuals are larger than the measurement errors allow: chi-square is {found.rss:.4g} on {found.dof} "
            f"degrees of freedom, which chance exceeds with probability {chance:.1g}."
        )
    elif chance > 0.999:
        yield (
            f"The residuals are smaller than the measurement errors let one expect: chi-square is {found.rss:.4g} on "
            f"{found.dof} degrees of freedom."
        )
