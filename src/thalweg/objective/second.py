"""Second derivatives of any objective: its own where it has them, else differences of its gradients.

Central differences over a step h have a truncation of some h^2 and a rounding of some eps / h; with h = eps^(1/3),
relative to x, both are small (Nocedal & Wright, section 8.1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

STEP = 2.0 ** (-52 / 3)


def hessian(objective: Any, x: Vector) -> tuple[Vector, int]:
    """The Hessian (n, n) at x (n,), and how many gradients it took."""
    exact = objective.hessian(x)
    if exact is not None:
        return np.asarray(exact, dtype=float), 0
    slopes = slopes_of_gradient(objective, x, STEP * np.where(x != 0.0, np.abs(x), 1.0))
    return slopes / 2.0 + slopes.T / 2.0, 2 * len(x)


def hessian_product(objective: Any, x: Vector, v: Vector) -> tuple[Vector, int]:
    """The Hessian at x (n,) times v (n,), and how many gradients it took."""
    product = objective.hessian_product(x, v)
    if product is not None:
        return np.asarray(product, dtype=float), 0
    exact = objective.hessian(x)
    if exact is not None:
        return np.asarray(exact, dtype=float) @ v, 0
    length = float(np.linalg.norm(v))
    if not 0.0 < length < np.inf:
        return np.zeros(len(x)) if length == 0.0 else np.full(len(x), np.nan), 0
    h = STEP * (float(np.linalg.norm(x)) or 1.0) / length
    return (gradient(objective, x + h * v) - gradient(objective, x - h * v)) / (2.0 * h), 2


def slopes_of_gradient(objective: Any, x: Vector, steps: Vector) -> Vector:
    """Central differences of the gradient over a step of its own for every variable: (n, n), not quite symmetric."""
    slopes = np.empty((len(x), len(x)))
    for i, h in enumerate(steps):
        ahead, behind = x.copy(), x.copy()
        ahead[i] += h
        behind[i] -= h
        slopes[i] = (gradient(objective, ahead) - gradient(objective, behind)) / (ahead[i] - behind[i])
    return slopes


def gradient(objective: Any, x: Vector) -> Vector:
    """The gradient (n,) at x (n,)."""
    return np.asarray(objective.evaluate(x, value=False, gradient=True)[1], dtype=float)
