"""What the end point of a run is, certified by gradient and Hessian there; and whether that is a success.

The Newton decrement 1/2 g.H^-1.g is what a quadratic model still promises (Boyd & Vandenberghe, section 9.5).  A run
succeeds where that is at most `DECREASE_TOLERANCE` |f|, or hidden by rounding, and no curvature is clearly negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.stopping import CURVATURE_TOLERANCE, ROUNDING, Reason
from thalweg.objective.differences import central
from thalweg.verdict.arrival import NOISE, Arrival
from thalweg.verdict.curvature import along_steps, if_told
from thalweg.verdict.face import on_its_face, touches
from thalweg.verdict.hessian import EPS, Curvature, Found, curvature

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

SHORT_STEP = 1e-2  # beside |x| and the way from the start: further away, the model of f is not to be trusted
FALLEN = 1e-3  # beside that at the start: a slope that has come down as it does towards a minimum
MOST_UNSOLVED = 0.1  # share of the gradient that a model may leave out
MOST_IDLE = 10  # directions without curvature that are looked along
BEYOND = 30.0  # Newton steps at which f must not be lower than they promise
LOOKS = 32  # directions, both ways, in which a point without curvature is looked round

Kind = Literal["minimum", "saddle", "maximum", "flat", "not stationary", "unknown"]
NAN = float("nan")


@dataclass(frozen=True)
class Certificate:
    """The end point of a run, and what shows that it is what it is.

    Figures that are not known are NaN.

    Attributes:
        kind: "minimum", "saddle", "maximum", "flat" (no slope and no curvature: nothing tells), "not stationary" or
            "unknown".
        gradient_norm: The 2-norm of the gradient; within bounds, of the variables that are not pressed to one.
        smallest: The smallest eigenvalue of the Hessian.
        largest: The largest one.
        error: How far these two may be off, as far as the way they were found tells; 0 where it is exact.
        decrement: What f may still fall by, by Newton's model; along negative curvature there is no telling.
        found: How the curvature was found: "exact" Hessian, "differences" of gradients, "lanczos" (some products with
            the Hessian: nothing is certain), along the "path", or "none".
        evaluations: Values of f that the certificate took; the run's own counts do not hold them.
        gradients: Gradients that it took.
        hessians: Hessians, or products with one, that it took.
        success: Whether the decrease still promised is negligible, and the point no saddle.

    Example:
        >>> import thalweg as tw
        >>> certificate = tw.descend("(x-1)^2 + 4*y^2", [3, 4], "bfgs").certificate
        >>> certificate.kind, certificate.success, certificate.smallest, certificate.largest
        ('minimum', True, 2.0, 8.0)
        >>> tw.descend("x^2 - y^2", [3, 0], "bfgs").certificate.kind
        'saddle'
    """

    kind: Kind
    gradient_norm: float
    smallest: float = NAN
    largest: float = NAN
    error: float = NAN
    decrement: float = NAN
    found: Found | Literal["path", "none"] = "none"
    evaluations: int = 0
    gradients: int = 0
    hessians: int = 0
    success: bool = False


class _Counted:
    """An objective whose evaluations are counted, and whose gradients are not by forward differences.

    Their error, of the size of the root of f's rounding, would pass for what is left to be gained.
    """

    def __init__(self, objective: Any) -> None:
        self._objective = objective
        self.derivative = getattr(objective, "derivative", None)
        self.evaluations = self.gradients = self.hessians = 0

    def evaluate(self, x: NDArray[np.float64], *, value: bool = True, gradient: bool = True) -> Any:
        self.evaluations += value
        self.gradients += gradient
        if gradient and self.is_coarse:
            return self._value(x) if value else NAN, central(self._value, x, None)
        return self._objective.evaluate(x, value=value, gradient=gradient)

    @property
    def is_coarse(self) -> bool:
        """Whether its own gradients are worse than what differences can tell."""
        return self.derivative == "forward differences"

    def _value(self, x: NDArray[np.float64]) -> float:
        return float(self._objective.evaluate(x, value=True, gradient=False)[0])

    def value(self, x: NDArray[np.float64]) -> float:
        """The value at a point that the run did not ask for; NaN where the callable refuses it."""
        try:
            return float(self.evaluate(x, gradient=False)[0])
        except Exception:  # the callable's own, outside its domain; only the run passes it on
            return NAN

    def hessian(self, x: NDArray[np.float64]) -> Any:
        return self._curvature(lambda: self._objective.hessian(x))

    def hessian_product(self, x: NDArray[np.float64], v: NDArray[np.float64]) -> Any:
        return self._curvature(lambda: self._objective.hessian_product(x, v))

    def _curvature(self, ask: Callable[[], Any]) -> Any:
        found = if_told(ask)
        self.hessians += found is not None
        return found


def certify(run: Trajectory) -> Certificate:
    """The certificate of `run.x`."""
    if not np.isfinite(run.fun):
        return Certificate("unknown", NAN)
    run = on_its_face(run)
    if not len(run.x):  # every variable is pressed to a bound
        return Certificate("minimum", 0.0, decrement=0.0, gradients=1, success=True)
    with np.errstate(all="ignore"):  # where a run ended at 1e300, figures overflow
        return _Case(run).certificate()


class _Case:
    """The end point, and the tests that it must pass."""

    def __init__(self, run: Trajectory) -> None:
        self.run = run
        self.objective = _Counted(run.objective)
        self.objective.gradients = 0 if run.jac_is_known else 1
        self.gradient = self._finer() if self.objective.is_coarse else run.jac
        self.norm = float(np.linalg.norm(self.gradient))
        norm = min(self.norm, float(np.linalg.norm(run.jac)))
        self.arrival = Arrival(run, self.objective.value, norm)
        self.small = self.arrival.small
        self.reach = max(float(np.linalg.norm(run.x)), float(np.linalg.norm(run.x - run.start)))

    def _finer(self) -> NDArray[np.float64]:
        """The gradient by central differences; the run's own where a value beside `run.x` is not to be had."""
        try:
            found = np.asarray(self.objective.evaluate(self.run.x, value=False)[1])
        except Exception:  # the callable's own, outside its domain
            return self.run.jac
        return found if np.isfinite(found).all() else self.run.jac

    def certificate(self) -> Certificate:
        known: Curvature | None = None
        if np.isfinite(self.gradient).all():
            known = curvature(self.objective, self.run.x, self.gradient)
        if known is None or known.unsolved > MOST_UNSOLVED:
            return self._without_curvature()
        self.arrival.see(known)
        top = float(np.abs(known.values).max())
        if self._shows_nothing(known):
            kind = self._look_round() if self.small else "not stationary"
            return self._told(kind, known, success=kind == "minimum")
        if top <= 2.0 * float(known.errors.min()) and known.found != "exact":
            return self._without_curvature()
        return self._by_curvature(known, top)

    def _shows_nothing(self, known: Curvature) -> bool:
        """Whether f shows neither slope nor curvature within its rounding, as on a plateau."""
        reach = max(self.reach, 1.0)
        most = max(abs(known.smallest), abs(known.largest)) * reach
        return max(most, self.norm) * reach <= ROUNDING * abs(self.run.fun) or most == self.norm == 0.0

    def _without_curvature(self) -> Certificate:
        """Where curvature is not to be had: a look round; then the path's curvature, or the gradient test alone."""
        if not np.isfinite(self.gradient).all():
            return self._told("unknown", None)
        around = self._look_round() if self.small else "not stationary"
        if not self.gradient.any():
            return self._told(around, None, success=around == "minimum")
        by_gradient = self.run.reason is Reason.GRADIENT_TOLERANCE and around != "saddle"
        met = along_steps(self.run)[-20:]
        met = met[met > 0.0]
        if not len(met):
            return self._told("unknown", None, success=by_gradient)
        step = self.gradient / float(met.min())
        decrement = float(self.gradient @ step) / 2.0
        short = float(np.linalg.norm(step)) <= SHORT_STEP * self.reach
        # across a kink the curvature of a path is as large as its steps are short, and the slope stays what it was
        fallen = self.small or self.norm <= FALLEN * self._first_slope()
        arrived = short and fallen and around != "saddle" and self.arrival.arrived(decrement, step)
        return self._told("unknown", None, decrement, success=arrived or by_gradient, found="path")

    def _by_curvature(self, known: Curvature, top: float) -> Certificate:
        """By Newton's step and what it promises; where there is hardly any curvature, a slope promises much."""
        run, values = self.run, known.values
        negligible = np.maximum(CURVATURE_TOLERANCE * top, 2.0 * known.errors)
        along = known.directions.T @ self.gradient
        steps = along / np.maximum(np.abs(values), np.maximum(known.errors, EPS * top))
        step = known.directions @ steps
        decrement = float(np.abs(along) @ np.abs(steps)) / 2.0
        definite = known.found != "lanczos" and bool((values > negligible).all())
        left = decrement
        if not self.small:  # a slope in directions of which the curvature is not known may promise anything
            blind = np.abs(values) <= 2.0 * known.errors
            left += sum(
                abs(slope) * self.arrival.reach(d)
                for slope, d in zip(along[blind], known.directions.T[blind], strict=True)
            )
        arrived = self.arrival.arrived(left, step, definite=definite)
        # where f is no quadratic, what the step promises means nothing; that it is short says that this is the place
        stationary = arrived or (self.small and float(np.linalg.norm(step)) <= SHORT_STEP * self.reach)
        falls = values < -negligible
        if falls.any():
            kind: Kind = "maximum" if (values <= negligible).all() else "saddle"
            down = known.directions[:, falls].T
            if touches(run) and not self._falls_within(down):
                kind = "unknown"  # the way down may lead out of the box
            elif all(self.arrival.vanishes(d, value) for d, value in zip(down, values[falls], strict=True)):
                kind = "unknown"  # in a valley whose floor is 0, as that of (x y)^2, scaling shows what is left of f
            return self._told(kind if stationary else "not stationary", known)
        if self.small and self.arrival.lower(self.objective.value(run.x - BEYOND * step), 2.0 * decrement):
            return self._told("saddle" if stationary else "not stationary", known, decrement)
        if not arrived:
            return self._told("not stationary", known, decrement)
        if self.arrival.falls_beside(known.directions[:, np.argmin(np.abs(values))], 2.0 * decrement):
            return self._told("saddle", known, decrement)
        idle = known.directions[:, np.abs(values) <= negligible].T[:MOST_IDLE]
        falling = self._falls_along(idle, known)
        if falling is not None:
            return self._told(falling, known, decrement)
        if any(self.arrival.is_level(d) for d in idle):
            return self._told("flat", known, decrement)
        return self._told("minimum", known, decrement, success=True)

    def _falls_within(self, directions: NDArray[np.float64]) -> bool:
        """Whether f is lower a little way off within the bounds, along these directions or where a look round goes."""
        x, length = self.run.x, 1e-3 * max(1.0, float(np.linalg.norm(self.run.x)))
        values = (self.objective.value(x + h * d) for d in directions for h in (length, -length))
        return any(self.arrival.lower(value) for value in values) or self._look_round() == "saddle"

    def _first_slope(self) -> float:
        """The gradient's norm at the start, which a record need not hold."""
        return float(np.linalg.norm(self.objective.evaluate(self.run.start, value=False, gradient=True)[1]))

    def _falls_along(self, directions: NDArray[np.float64], known: Curvature) -> Kind | None:
        """What `run.x` is where f is lower along one of these directions, in which it has no curvature there.

        A saddle where f keeps falling, and flat where it falls further away.
        """
        x, start = self.run.x / known.scale, self.run.start / known.scale
        length = max(float(np.linalg.norm(x)), float(np.linalg.norm(x - start))) or 1.0
        kind: Kind | None = None
        for d in directions:
            for sign in (1.0, -1.0):
                ahead = (self.objective.value(self.run.x + sign * h * length * d) for h in (1e-3, 1e-2, 1e-1))
                values = [self.run.fun, *ahead]
                if any(self.arrival.lower(value) for value in values[1:]):
                    if all(after < before for before, after in pairwise(values)):
                        return "saddle"
                    kind = "flat"
        return kind

    def _look_round(self) -> Kind:
        """What `run.x` is, where gradient and Hessian vanish: a look in some directions, both ways."""
        x, f = self.run.x, self.run.fun
        length = 1e-3 * max(1.0, float(np.linalg.norm(x)))
        directions = np.random.default_rng(0).standard_normal((LOOKS, len(x)))
        near = [self.objective.value(x + h * d) for d in directions for h in (length, -length)]
        visible = max(ROUNDING * abs(f), NOISE * self.arrival.noise)
        if any(value < f - visible for value in near):
            return "saddle"
        return "minimum" if all(value > f + visible for value in near) else "flat"

    def _told(
        self,
        kind: Kind,
        known: Curvature | None,
        decrement: float = NAN,
        *,
        success: bool = False,
        found: Literal["path", "none"] = "none",
    ) -> Certificate:
        counts = self.objective
        nothing = (NAN, NAN, NAN, found)
        figures = nothing if known is None else (known.smallest, known.largest, known.error, known.found)
        smallest, largest, error, how = figures
        return Certificate(
            kind, self.norm, smallest, largest, error, decrement, how,
            counts.evaluations, counts.gradients, counts.hessians, success,
        )  # fmt: skip
