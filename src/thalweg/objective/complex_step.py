"""The gradient, or Jacobian, of a callable by complex steps, and whether it may be believed.

For an analytic f computed in complex arithmetic, Im f(x + ih e_i) / h is the derivative to the last digits, since
nothing is subtracted (Squire & Trapp, SIAM Review 40, 1998).  ``abs``, a conjugate, or a cast to real drops the
imaginary part without a word, and the derivative with it.  So every gradient is compared with a central difference of
f along one direction, which sees all components.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from thalweg.objective.differences import CENTRAL_STEP, EPS
from thalweg.objective.protocol import Vector

STEP = 1e-30  # times |x_i|: its square is nothing beside x_i
TINY = 1e-100  # in place of a smaller |x_i|
AGREEMENT = (
    1e-4  # of the sum of |g_i d_i|: a part that was dropped shows, truncation of the difference does not
)
CURVATURE = 1e-2  # of the second difference: a stand-in for the truncation where the slope vanishes
ROUNDINGS = 100.0 * EPS  # of f


def complex_step(
    call: Callable[[Vector], Any], x: Vector, rows: tuple[int] | tuple[()] = ()
) -> Vector | None:
    """The gradient by n complex calls; None where the callable does not take complex numbers, or is not analytic.

    Args:
        call: What is to be differentiated.
        x: The point (n,).
        rows: ``(m,)`` where m numbers are returned, and the Jacobian (m, n) is wanted.
    """
    slopes = np.empty((*rows, len(x)))
    for i, x_i in enumerate(x.tolist()):
        h = STEP * max(abs(x_i), TINY)
        moved: Any = x.astype(complex)
        moved[i] += 1j * h
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                result: Any = np.asarray(call(moved))
        except Exception:  # whatever it is that complex numbers meet in there
            return None
        if result.dtype.kind != "c" or result.size != slopes.size // len(x):
            return None
        with np.errstate(over="ignore"):
            slopes[..., i] = result.reshape(rows).imag / h
    return slopes


def fits(fun: Callable[[Vector], float | Vector], x: Vector, value: float | Vector, gradient: Vector) -> bool:
    """Whether a central difference of f along a fixed direction of mixed signs agrees with gradient or Jacobian."""
    signs = np.random.default_rng(len(x)).choice([-1.0, 1.0], len(x))
    d = signs * np.where(x != 0.0, np.abs(x), 1.0)
    ahead, behind = fun(x + CENTRAL_STEP * d), fun(x - CENTRAL_STEP * d)
    width = 2.0 * CENTRAL_STEP
    with np.errstate(all="ignore"):  # nan and infinities disagree
        slope = (ahead - behind) / width
        bend = abs(ahead - value + (behind - value)) / width
        rounding = ROUNDINGS * max(float(np.max(np.abs(f))) for f in (ahead, behind, value)) / width
        allowed = AGREEMENT * np.abs(gradient * d).sum(axis=-1) + CURVATURE * bend + rounding
        return bool(np.all(np.abs(slope - gradient @ d) <= allowed))
