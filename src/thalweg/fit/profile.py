"""Profile likelihood: how much worse the best fit gets when one parameter is held away from its estimate.

With S(v) the least sum of squares where the parameter is v, all others fitted anew,

    tau(v) = sign(v - estimate) sqrt((S(v) - S) / s^2)

is distributed as Student's t as far as the model is nearly linear in *some* coordinates, where the standard error needs
that in these ones. The interval is where |tau| stays below the quantile; unlike estimate -+ t
standard errors it may be lopsided, or open on one side where the data set no limit.

Source: D. M. Bates, D. G. Watts, "Nonlinear Regression Analysis and Its Applications" (1988), 6.1.2 and appendix A3.5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.entry import descend
from thalweg.errors import ThalwegError
from thalweg.fit.statistics import LEVEL, Statistics

Array = NDArray[np.float64]

_STEPS_TO_LIMIT = 6
_REACH = 1.25
"""How far beyond the quantile a profile goes, as a multiple of it."""
_MOST_STEPS = 40
_CLOSE_TO_NOTHING = 1e-3
"""Share of a standard error that a parameter must be able to move by."""
_CLOSE = 1e-9
"""How closely an end of the interval meets the quantile, relative to it."""


class ProfileError(ThalwegError, RuntimeError):
    """A profile shows that the fit it begins from is not the best one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Profile:
    """The profile of one parameter.

    Attributes:
        name: The parameter.
        estimate: Its value in the fit.
        standard_error: Its standard error there.
        values: Values at which it was held, ascending, the estimate among them, (k,).
        tau: Signed roots of what this costs, in residual variances, (k,).
        parameters: All parameters of the best fits there, (k, p).
        level: The confidence of the interval.
        interval: Its ends; infinite where the data set no limit.
        limit: The quantile that |tau| meets at the ends.
    """

    name: str
    estimate: float
    standard_error: float
    values: Array
    tau: Array
    parameters: Array
    level: float
    interval: tuple[float, float]
    limit: float

    def __repr__(self) -> str:
        low, high = self.interval
        return f"<Profile of {self.name}: {100 * self.level:g} % between {low:.6g} and {high:.6g}>"


def profile(
    objective: Any,
    found: Statistics,
    place: int,
    level: float = LEVEL,
    bounds: Sequence[tuple[float, float]] | None = None,
) -> Profile:
    """The profile of the parameter at this place.

    Args:
        objective: Half the sum of squared residuals; it offers `reduced`.
        found: The statistics of its best fit.
        place: Of the parameter.
        level: The confidence of the interval.
        bounds: The lowest and the highest value of each parameter; an interval ends there at the latest.

    Raises:
        ProfileError: A better fit is met on the way.
        ParameterError: The level is not between 0 and 1.
    """
    limit = found.quantile(level)
    estimate, error = float(found.x[place]), float(found.standard_errors[place])
    middle = (estimate, 0.0, found.x)
    sides = [[middle], [middle]]
    interval = (-math.inf, math.inf)
    low, high = (-math.inf, math.inf) if bounds is None else bounds[place]
    if estimate in (low, high) and low < high:
        error = found.standard_error_if_free(place)
    if (
        estimate + error * _CLOSE_TO_NOTHING == estimate and error > 0.0
    ):  # rounding has a finer grain than that
        interval = (estimate - limit * error, estimate + limit * error)
    elif not (error > 0.0 and math.isfinite(error) and math.isfinite(limit)):
        interval = (
            (estimate, estimate) if error == 0.0 else interval if error == math.inf else (math.nan, math.nan)
        )
    else:
        walks = [_Walk(objective, found, place, side, bounds, error) for side in (-1, 1)]
        sides = [list(walk.outwards(limit)) for walk in walks]
        low, high = (walk.crossing(points, limit) for walk, points in zip(walks, sides, strict=True))
        interval = (low, high)
    points = [*reversed(sides[0]), *sides[1][1:]]
    return Profile(
        name=found.names[place],
        estimate=estimate,
        standard_error=error,
        values=np.array([value for value, _, _ in points]),
        tau=np.array([tau for _, tau, _ in points]),
        parameters=np.array([x for _, _, x in points]),
        level=level,
        interval=interval,
        limit=limit,
    )


_Point = tuple[float, float, Array]
"""A value, its tau, and all parameters."""


class _Walk:
    """Best fits with one parameter held, further and further to one side."""

    def __init__(
        self,
        objective: Any,
        found: Statistics,
        place: int,
        side: int,
        bounds: Sequence[tuple[float, float]] | None,
        error: float,
    ) -> None:
        self._objective = objective
        self._found = found
        self._place = place
        self._side = side
        self._limits = [(-math.inf, math.inf)] * len(found.x) if bounds is None else bounds
        self._end = self._limits[place][side > 0]
        self._error = error
        # one that stands at a bound may leave it when another is held elsewhere
        self._free = np.array([low < high for low, high in self._limits])
        self._free[place] = False

    def outwards(self, limit: float) -> Iterator[_Point]:
        """Points at about equal distances of tau, the estimate first, until the quantile lies well behind."""
        last: _Point = (float(self._found.x[self._place]), 0.0, self._found.x)
        yield last
        stride = limit / _STEPS_TO_LIMIT
        width = self._error * stride
        direction = self._tangent()
        for _ in range(_MOST_STEPS):
            value = last[0] + self._side * width
            if self._side * (value - self._end) >= 0.0:
                return
            point = self._point(value, last[2] + direction * (value - last[0]))
            if point is None:
                return
            yield point
            if abs(point[1]) >= _REACH * limit:
                return
            gained = abs(point[1]) - abs(last[1])
            # Where tau hardly grows, the data set no limit: go on in ever longer steps, and give up in the end.
            width *= min(max(stride / gained, 0.2), 2.0) if gained > 0.0 else 2.0
            direction = (point[2] - last[2]) / (point[0] - last[0])
            last = point

    def crossing(self, points: list[_Point], limit: float) -> float:
        """The value at which |tau| is the quantile; infinite where it never is."""
        outer = next((k for k, point in enumerate(points) if abs(point[1]) >= limit), None)
        if outer is None:
            return self._end
        inside, outside = points[outer - 1], points[outer]
        for _ in range(_MOST_STEPS):
            if abs(abs(outside[1]) - limit) <= _CLOSE * limit:
                break
            share = (limit - abs(inside[1])) / (abs(outside[1]) - abs(inside[1]))
            value = inside[0] + share * (outside[0] - inside[0])
            point = self._point(value, inside[2] + share * (outside[2] - inside[2]))
            if point is None or value in (inside[0], outside[0]):
                return value
            # The secant of the two newest; tau is so nearly straight that it needs no bracket.
            inside, outside = outside, point
        return outside[0]

    def _tangent(self) -> Array:
        """How the others follow this parameter at the estimate, (p,): from the covariance."""
        covariance = self._found.unscaled_covariance
        with np.errstate(invalid="ignore"):  # it may stand at a bound
            direction = covariance[:, self._place] / covariance[self._place, self._place]
        return np.where(np.isfinite(direction), direction, 0.0)

    def _point(self, value: float, start: Array) -> _Point | None:
        at = np.where(self._free, start, self._found.x)
        at[self._place] = value
        lower, upper = at.copy(), at.copy()  # what is held has equal bounds
        lower[self._free], upper[self._free] = np.transpose(self._limits)[:, self._free]
        if self._free.any():
            within = (lower, upper)
            run = descend(
                self._objective, np.clip(at, lower, upper), "levenberg-marquardt", gtol=0.0, bounds=within
            )
            x, rss = run.x, 2.0 * run.fun
        else:
            x, rss = at, 2.0 * float(self._objective.reduced(at)[0])
        if not math.isfinite(rss):
            return None
        worse = rss - self._found.minimum
        if worse < -1e-6 * self._found.variance:
            raise ProfileError(
                f"with {self._found.names[self._place]} = {value:.6g} there is a better fit than the one profiled: "
                f"its sum of squares is {rss:.8g}, not {self._found.minimum:.8g}; fit again from there"
            )
        return value, self._side * math.sqrt(max(worse, 0.0) / self._found.variance), x
