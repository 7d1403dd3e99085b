"""The curvature at a point where a whole Hessian is too dear: what some products H v tell (Lanczos 1950).

In the space of g, H g, H^2 g ... lies Newton's step, of which the process finds what the decrease hangs on first; in
that of a random start the extreme eigenvalues show.  Nothing found so is certain: a curvature that neither start has
a share in stays unseen (Golub & Van Loan, section 10.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from thalweg.verdict.curvature import eigensystem
from thalweg.verdict.hessian import EPS, Curvature, Real, gradients_at_most, slopes

SHORT = 2.0**-17  # eps^(1/3): one product has no second step to compare it with
LOOK_ROUND = 20  # products from the random start
SOLVED = 1e-3  # Newton's equation, as far as this share of the gradient
LARGEST_BASIS = 2**24  # numbers in the vectors that are kept

Product = Callable[[Real], Real | None]


class Ritz(NamedTuple):
    """What a Krylov space tells: Ritz values, ascending; their vectors (n, k); and what Newton's step leaves."""

    values: Real
    vectors: Real
    unsolved: float  # beside the start, the residual of H s = start in this space


def by_lanczos(objective: Any, x: Real, gradient: Real) -> Curvature | None:
    """Ritz values and vectors of the gradient's space, with the lowest of a random start's; None where H v fails."""
    exact = objective.hessian_product(x, gradient) is not None
    product = _exact(objective, x) if exact else _by_differences(objective, x)
    random = np.random.default_rng(0).standard_normal(len(x))
    around = ritz(product, random, LOOK_ROUND)
    if around is None:
        return None
    values, vectors, unsolved = around
    smallest, largest = float(values[0]), float(values[-1])
    if gradient.any():
        budget = gradients_at_most(objective)
        within = ritz(product, gradient, (budget if exact else budget // 2) - LOOK_ROUND)
        if within is None:
            return None
        values, vectors, unsolved = within
        if smallest < min(0.0, values[0]):  # a way down that the gradient has no share in
            values = np.append(smallest, values)
            vectors = np.hstack([around.vectors[:, :1], vectors])
        smallest, largest = min(smallest, float(values[0])), max(largest, float(values[-1]))
    top = max(abs(smallest), abs(largest)) or 1.0
    off = np.sqrt(EPS) if exact else SHORT
    return Curvature(
        values=values / top,
        directions=vectors / np.sqrt(top),
        errors=np.full(len(values), off),
        scale=np.full(len(x), 1.0 / np.sqrt(top)),
        smallest=smallest,
        largest=largest,
        error=float(off * top),
        found="lanczos",
        unsolved=unsolved,
    )


def _exact(objective: Any, x: Real) -> Product:
    def product(v: Real) -> Real | None:
        found = objective.hessian_product(x, v)
        return found if np.isfinite(found).all() else None

    return product


def _by_differences(objective: Any, x: Real) -> Product:
    length = SHORT * max(float(np.linalg.norm(x)), 1.0)

    def product(v: Real) -> Real | None:
        found = slopes(objective, x, (length * v)[:, None])
        return None if found is None else found[:, 0] / length

    return product


def ritz(product: Product, start: Real, most: int) -> Ritz | None:
    """Lanczos' process from a start (n,), for at most so many products, or until Newton's equation is solved."""
    n = len(start)
    most = max(1, min(most, n, LARGEST_BASIS // n))
    basis = np.empty((n, most))
    T = np.zeros((most, most))
    basis[:, 0] = start / np.linalg.norm(start)
    k, unsolved = 0, 1.0
    for k in range(most):
        image = product(basis[:, k])
        if image is None:
            return None
        T[k, k] = basis[:, k] @ image
        known = basis[:, : k + 1]
        for _ in range(2):  # orthogonal to working accuracy (Kahan and Parlett: twice is enough)
            image = image - known @ (known.T @ image)
        rest = float(np.linalg.norm(image))
        inner = T[: k + 1, : k + 1]
        unsolved = rest * abs(float(np.linalg.pinv(inner)[k, 0]))
        if unsolved <= SOLVED or k + 1 == most or rest <= EPS * np.abs(inner).max():
            break
        T[k, k + 1] = T[k + 1, k] = rest
        basis[:, k + 1] = image / rest
    values, turn = eigensystem(T[: k + 1, : k + 1])
    return Ritz(values, basis[:, : k + 1] @ turn, unsolved)
