"""A run with bounds, seen on the face of the box where it ended: as a run in the variables that are free there.

At a minimum within bounds the gradient of a variable that stands at a bound may point outward; in the others the
point is a minimum like any other (Nocedal & Wright, section 16.7).  So it is certified in these.  A variable at a bound
without any slope is one of them: only curvature tells whether f falls from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

Real = NDArray[np.float64]


def free(run: Trajectory) -> NDArray[np.bool_]:
    """Which variables are free at `run.x`: not at a bound to which their gradient presses them."""
    if run.bounds is None:
        return np.ones(run.n, dtype=bool)
    (low, high), x, g = run.bounds, run.x, run.jac
    return ~(((x <= low) & (g > 0.0)) | ((x >= high) & (g < 0.0)) | (low == high))


class Face:
    """The run in its free variables; whatever is no vector is the run's own."""

    def __init__(self, run: Trajectory) -> None:
        self.whole = run
        self._free = free(run)
        self.n = int(self._free.sum())
        self.x = run.x[self._free]
        self.jac = run.jac[self._free]
        self.start = run.start[self._free]
        self.objective: Any = _Objective(run, self._free)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)


def on_its_face(run: Trajectory) -> Trajectory:
    """The run itself, or its face where it has bounds."""
    return run if run.bounds is None else cast("Trajectory", Face(run))


def touches(run: Trajectory) -> bool:
    """Whether a free variable of this face stands at a bound, so that not every direction leads on within the box."""
    if not isinstance(run, Face) or run.bounds is None:
        return False
    (low, high), which = run.bounds, free(run.whole)
    return bool(((run.x <= low[which]) | (run.x >= high[which])).any())


class _Objective:
    """The objective as a function of the free variables."""

    def __init__(self, run: Trajectory, which: NDArray[np.bool_]) -> None:
        self._whole, self._x, self._free = run.objective, run.x, which
        assert run.bounds is not None
        self._bounds = run.bounds
        self.derivative = getattr(run.objective, "derivative", None)

    def _at(self, x: Real) -> Real:
        whole = self._x.copy()
        whole[self._free] = x
        return whole

    def evaluate(self, x: Real, *, value: bool = True, gradient: bool = True) -> Any:
        """A value alone is a look round, which the bounds cut off; differences of gradients may reach beyond."""
        whole = self._at(x) if gradient else np.clip(self._at(x), *self._bounds)
        f, g = self._whole.evaluate(whole, value=value, gradient=gradient)
        return f, None if g is None else np.asarray(g)[self._free]

    def hessian(self, x: Real) -> Any:
        H = self._whole.hessian(self._at(x))
        return None if H is None else np.asarray(H)[np.ix_(self._free, self._free)]

    def hessian_product(self, x: Real, v: Real) -> Any:
        whole = np.zeros(len(self._x))
        whole[self._free] = v
        product = self._whole.hessian_product(self._at(x), whole)
        return None if product is None else np.asarray(product)[self._free]
