"""The pictures of a run: which arrays each is made of. How they look is the matter of `thalweg.figure`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ParameterError
from thalweg.figure import descent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from thalweg.trajectory.trajectory import Trajectory

Array = NDArray[np.float64]
Box = Sequence[tuple[float, float]]

GRID = 81
"""Points of a map on each side."""
MARGIN = 0.25  # of the path's extent, round it
LEAST = 0.2  # of the larger side of the box, that its smaller one has


def draw(
    run: Trajectory,
    kind: str | None,
    *,
    box: Box | None,
    theme: str,
    axes: Axes | None,
) -> Figure:
    """See `Trajectory.plot`."""
    kind = kind or ("map" if run.n == 2 else "convergence")
    title = f"{run.objective.describe():.60}: {run.headline}"
    if kind == "convergence":
        if box is not None or axes is not None:
            raise ParameterError("box= and axes= go with the map of a function of two variables")
        return descent.draw_convergence(
            run.iterations, run.values, run.gradient_norms, title=title, theme=theme
        )
    if kind != "map":
        raise ParameterError(f"a picture is 'map' or 'convergence', not {kind!r}")
    if run.n != 2:
        raise ParameterError(
            f"a map is of two variables, and this function has {run.n}; kind='convergence' has any number"
        )
    sides = _box(run) if box is None else _checked(box)
    x, y = (np.linspace(low, high, GRID) for low, high in sides)
    names = cast("tuple[str, str]", tuple(run.objective.variables))
    return descent.draw_map(
        x,
        y,
        _values(run.objective, x, y),
        run.points,
        run.x,
        names=names,
        title=title,
        theme=theme,
        axes=axes,
    )


def _values(objective: Any, x: Array, y: Array) -> Array:
    """The values on the grid, (rows, columns); NaN where there is none."""
    points = np.stack([np.tile(x, len(y)), np.repeat(y, len(x))])
    if objective.native is not None:
        return np.asarray(objective.value(points), dtype=float).reshape(len(y), len(x))
    values = np.full(points.shape[1], np.nan)
    for i, point in enumerate(points.T):
        try:
            values[i] = objective.evaluate(point.copy(), gradient=False)[0]
        except Exception:  # the callable's own, outside its domain
            continue
    return values.reshape(len(y), len(x))


def _box(run: Trajectory) -> list[tuple[float, float]]:
    """Round the path, as far as it went down: where it diverged, its last points would leave nothing of the rest."""
    held = run.values <= max(run.first_value, run.fun)
    held[:2] = True
    points = np.vstack([run.points[held & np.isfinite(run.points).all(axis=1)], run.x])
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    size = np.maximum(size, LEAST * size.max()) if size.max() > 0.0 else np.maximum(np.abs(run.x), 1.0)
    middle, half = (low + high) / 2.0, (0.5 + MARGIN) * size
    return [(float(a), float(b)) for a, b in zip(middle - half, middle + half, strict=True)]


def _checked(box: Box) -> list[tuple[float, float]]:
    try:
        sides = [(float(low), float(high)) for low, high in box]
    except (TypeError, ValueError):
        sides = []
    if len(sides) != 2 or not all(low < high and np.isfinite([low, high]).all() for low, high in sides):
        raise ParameterError(f"box is two pairs (low, high), such as [(-2, 2), (-1, 3)], not {box!r:.80}")
    return sides
