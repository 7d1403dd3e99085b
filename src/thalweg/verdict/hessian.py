"""The curvature at a point: conjugate directions b_i, and lambda_i = b_i.H.b_i along each.

With b_i.H.b_j = 0 between them, Newton's step is -sum (b_i.g / lambda_i) b_i, and each direction promises the decrease
(b_i.g)^2 / (2 lambda_i); by Sylvester's law the signs of lambda are those of the eigenvalues of H.  The variables are
first scaled so that rows of H have size 1: whether a point is a minimum does not depend on their units, and neither
does what is found here.

H is exact where the objective has it; by differences of gradients where that is within the budget, with small
curvatures found anew over longer steps; else what Lanczos' process tells in some products with vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thalweg.descent.stopping import CERTIFICATE_BUDGET
from thalweg.verdict.curvature import MOST_VARIABLES, eigensystem

Real = NDArray[np.float64]
Found = Literal["exact", "differences", "lanczos"]

EPS = 2.0**-52
STEP = 2.0**-13  # eps^(1/4): truncation of some h^2, rounding of some eps/h^2
APART = 3.0  # the same difference over a step so many times as long has nine times its truncation, a ninth of its noise
SURE = 1e-4  # so close beside their size, two estimates of a Hessian need no third
NOISY = 1e3  # a row of H that is smaller than so many times its error is not scaled up
RESOLVED = 100.0  # a curvature so many times its error is known
LONGER = (2.0**-9, 2.0**-6, 2.0**-3, 1.0)  # steps beside x over which small curvatures are found anew
MOST_ROUNDS = 3


@dataclass(frozen=True)
class Curvature:
    """What is known of H at a point.

    Attributes:
        values: lambda_i, (k,), in scaled units: the largest is about 1.
        directions: b_i, (n, k).
        errors: How far each lambda_i may be off, (k,).
        scale: Units of the variables, (n,).
        smallest: The smallest eigenvalue of H itself.
        largest: The largest one.
        error: How far these two may be off.
        found: How it was found.
        unsolved: Share of the gradient that lies outside of what the directions tell.
    """

    values: Real
    directions: Real
    errors: Real
    scale: Real
    smallest: float
    largest: float
    error: float
    found: Found
    unsolved: float = 0.0


def curvature(objective: Any, x: Real, gradient: Real) -> Curvature | None:
    """The curvature of an objective at x (n,), where its gradient is known; None where it cannot be told."""
    try:
        return _curvature(objective, x, gradient)
    except np.linalg.LinAlgError:  # LAPACK's iteration has its limits
        return None


def _curvature(objective: Any, x: Real, gradient: Real) -> Curvature | None:
    n = len(x)
    if n <= MOST_VARIABLES:
        exact = objective.hessian(x)
        if exact is not None:
            return conjugate(exact, np.zeros_like(exact), "exact") if np.isfinite(exact).all() else None
    if 4 * n <= gradients_at_most(objective):
        return _by_differences(objective, x)
    from thalweg.verdict.lanczos import by_lanczos

    return by_lanczos(objective, x, gradient)


def gradients_at_most(objective: Any) -> int:
    """The budget, less where a gradient is itself many calls."""
    dear = getattr(objective, "derivative", None) in (
        "differences",
        "forward differences",
        "complex step",
    )
    return CERTIFICATE_BUDGET // 5 if dear else CERTIFICATE_BUDGET


def scales(hessian: Real, error: Real) -> Real:
    """Powers of 2, d (n,), that bring the rows of d_i H_ij d_j to size 1 (Ruiz 2001); 1 for a row of zeros."""
    exponents = np.zeros(len(hessian))
    with np.errstate(divide="ignore"):
        size = np.log2(np.maximum(np.abs(hessian), NOISY * error))
    for _ in range(10):
        rows = (size + exponents).max(axis=1) + exponents
        rows[np.isinf(rows)] = 0.0
        if np.abs(rows).max() < 0.5:
            break
        exponents -= rows / 2.0
    return np.ldexp(1.0, np.round(exponents).astype(int))


def conjugate(hessian: Real, error: Real, found: Found) -> Curvature:
    """Conjugate directions of a matrix, from the eigenvectors of the scaled one."""
    d = scales(hessian, error)
    values, vectors = eigensystem(d[:, None] * hessian * d)
    off = float(np.linalg.norm(d[:, None] * error * d)) + len(d) * EPS * float(np.abs(values).max())
    own = eigensystem(hessian)[0]
    smallest, largest = float(own[0]), float(own[-1])
    errors = np.full(len(d), off)
    return Curvature(
        values, d[:, None] * vectors, errors, d, smallest, largest, float(np.linalg.norm(error)), found
    )


# ------------------------------------------------------------------------------------------------ by differences


def by_differences(objective: Any, x: Real) -> tuple[Real, Real] | None:
    """The Hessian (n, n) by differences of gradients, and how far each entry may be off.

    None where a gradient nearby is not finite, or the callable refuses it.
    """
    n = len(x)
    hessian, error = np.empty((n, n)), np.empty((n, n))
    for j in range(n):
        column = _column(objective, x, j)
        if column is None:
            return None
        hessian[:, j], error[:, j] = column
    return hessian / 2.0 + hessian.T / 2.0, np.maximum(error, error.T)


def _column(objective: Any, x: Real, j: int) -> tuple[Real, Real] | None:
    """One column of the Hessian, and how far it may be off.

    Two steps of different length must agree, which tells the error of truncation and of rounding alike. They are
    relative to the variable, or, where that is too short for the gradient to show it, to 1.
    """
    size = abs(float(x[j]))
    best: tuple[Real, Real] | None = None
    for scale in dict.fromkeys((size or 1.0, max(size, 1.0))):
        move = np.zeros((len(x), 2))
        move[j] = STEP * scale, APART * STEP * scale
        products = slopes(objective, x, move)
        if products is None:
            continue
        short, long = products.T / move[j][:, None]
        if not (np.isfinite(short).all() and np.isfinite(long).all()):
            continue
        error = np.abs(short - long)
        if best is None or not best[0].any() or np.linalg.norm(error) < np.linalg.norm(best[1]):
            best = short, error
        if short.any() and np.linalg.norm(error) <= SURE * np.linalg.norm(short):
            break
    return best


def slopes(objective: Any, x: Real, moves: Real) -> Real | None:
    """H times each of the moves (n, k), by central differences; None where a gradient is not finite or refused."""
    products = np.empty_like(moves)
    try:
        for j, move in enumerate(moves.T):
            ahead = objective.evaluate(x + move, value=False, gradient=True)[1]
            behind = objective.evaluate(x - move, value=False, gradient=True)[1]
            products[:, j] = (ahead - behind) / 2.0
    except Exception:  # the callable's own, outside its domain; only the run passes it on
        return None
    return products if np.isfinite(products).all() else None


def _by_differences(objective: Any, x: Real) -> Curvature | None:
    estimate = by_differences(objective, x)
    if estimate is None:
        return None
    found = conjugate(*estimate, "differences")
    for _ in range(MOST_ROUNDS):
        small = np.abs(found.values) < RESOLVED * found.errors
        better = _looked_at_closer(objective, x, found, small) if small.any() else None
        if better is None:
            break
        found = better
    return found


def _looked_at_closer(
    objective: Any, x: Real, known: Curvature, small: NDArray[np.bool_]
) -> Curvature | None:
    """The small curvatures anew, by differences along their own directions; None where that tells no more.

    There the steps may be long, which makes rounding small; and what is left of the large curvatures in these
    directions is taken out by Schur's complement.
    """
    B, large, values = known.directions[:, small], known.directions[:, ~small], known.values[~small]
    length = float(np.linalg.norm(x / known.scale)) or 1.0
    best: tuple[float, Real, Real] | None = None
    before: Real | None = None
    for longer in LONGER:
        products = slopes(objective, x, longer * length * B)
        if products is None:
            break
        products /= longer * length
        mixed = large.T @ products
        shares = mixed / values[:, None]
        inner = B.T @ products - mixed.T @ shares
        inner = (inner + inner.T) / 2.0
        if before is not None:
            off = float(np.linalg.norm(inner - before))
            if best is None or off < best[0]:
                best = off, inner, B - large @ shares
        before = inner
    if best is None or not best[0] < float(known.errors[small].min()):
        return None
    off, inner, directions = best
    found, turn = eigensystem(inner)
    directions = np.hstack([directions @ turn, large])
    values = np.concatenate([found, values])
    errors = np.concatenate([np.full(len(found), off), known.errors[~small]])
    inverse = np.linalg.inv(directions / known.scale[:, None]) / known.scale
    own = eigensystem(inverse.T @ (values[:, None] * inverse))[0]
    return replace(
        known,
        values=values,
        directions=directions,
        errors=errors,
        smallest=float(own[0]),
        largest=float(own[-1]),
    )
