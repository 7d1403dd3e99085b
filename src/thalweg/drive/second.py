"""Second derivatives, where a method asks for them: told by Python, whether the method runs plain or compiled."""

from __future__ import annotations

from typing import Any

from thalweg.descent.block import ELSEWHERE, GRADIENTS, HESSIAN, MEASURING, REQUEST, STATUS, Array
from thalweg.descent.vocabulary import answer, curvature, direction, hessian, size, trial, vector
from thalweg.objective import second


def tell(objective: Any, a: Array, i: int) -> None:
    """Write the Hessian, or its product with the lane's vector or direction, at the lane's trial point.

    Where it takes differences of gradients, they count as gradients.
    """
    n = size(a)
    x = a[trial(a) : trial(a) + n, i].copy()
    if a[REQUEST, i] == HESSIAN:
        matrix, gradients = second.hessian(objective, x)
        a[hessian(a) : hessian(a) + n * n, i] = matrix.ravel()
    else:
        measuring = a[STATUS, i] == MEASURING
        v, place = (direction(a), curvature(a)) if measuring else (vector(a), answer(a) + 1)
        product, gradients = second.hessian_product(objective, x, a[v : v + n, i].copy())
        a[place : place + n, i] = product
    a[GRADIENTS, i] += gradients


def tell_all(objective: Any, a: Array) -> None:
    """Do so for every lane of a block that asks for it."""
    for i in range(a.shape[1]):
        if a[STATUS, i] < 0.0 and a[REQUEST, i] > ELSEWHERE:
            tell(objective, a, i)
