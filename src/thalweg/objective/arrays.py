"""Arrays that objectives take and give: numbers and points, checked; triangles, unfolded into symmetric matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from thalweg.objective.protocol import PointError, Vector

_LISTED = 6  # variables that a message lists before it breaks off


def numbers(given: object) -> Vector | None:
    """What is given as a float64 array, itself where it is one; None where it is no array of real numbers.

    Texts are no numbers, and neither is None, of which NumPy would make nan.

    Example:
        >>> numbers([1, True, 2.5]), numbers(["1"]), numbers([None])
        (array([1. , 1. , 2.5]), None, None)
    """
    if type(given) is np.ndarray and given.dtype == np.float64:
        return given
    try:
        array = np.asarray(given)
        if array.dtype.kind in "biuf":
            return array.astype(np.float64, copy=False)
        if array.dtype.kind == "O":  # fractions and the like
            return np.array([float(number) for number in array.flat]).reshape(array.shape)
    except (TypeError, ValueError, OverflowError):
        pass
    return None


def points(x: ArrayLike, variables: Sequence[str], text: str) -> Vector:
    """One point (n,) or N of them (n, N), as float64; `text` is what messages quote of the objective.

    Raises:
        PointError: x is not numbers of such a shape.
    """
    n = len(variables)
    found = numbers(x)
    if found is None:
        raise PointError(f"a point of {text!r} is {n} numbers, which {x!r:.60} is not")
    if found.shape == (n,) or (found.ndim == 2 and len(found) == n):
        return found
    names = ", ".join(variables) if n <= _LISTED else f"{variables[0]} ... {variables[-1]}"
    raise PointError(
        f"a point of {text!r} has the shape ({n},), for {names}, and N points have ({n}, N); "
        f"an array {found.shape} was given"
    )


def symmetric(triangle: Vector, n: int) -> Vector:
    """The matrix (n, n, ...) whose lower triangle stands row by row in `triangle` (n (n+1)/2, ...).

    Example:
        >>> symmetric(np.array([1.0, 2.0, 3.0]), 2)
        array([[1., 2.],
               [2., 3.]])
    """
    rows, columns = np.tril_indices(n)
    matrix = np.empty((n, n, *triangle.shape[1:]))
    matrix[rows, columns] = matrix[columns, rows] = triangle
    return matrix
