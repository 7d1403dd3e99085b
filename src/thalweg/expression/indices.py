"""Whole numbers that are linear in the indices of sums, such as the place of x[2*i + j - 1], and where they lie.

An affine number is a constant and, for each index that it depends on, the index and its coefficient. Indices are
numbered by how deep their sums are nested, from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Affine: TypeAlias = tuple[int, tuple[tuple[int, int], ...]]
"""A constant, then pairs of an index and its coefficient, which is not 0, in the order of the indices."""


class Header(NamedTuple):
    """What a loop runs over: an index from a lower to an upper bound, both included; none if the upper is less."""

    of: int
    lower: Affine
    upper: Affine


def number(constant: int) -> Affine:
    """Return a number that depends on no index."""
    return constant, ()


def combine(a: Affine, b: Affine, factor: int = 1) -> Affine:
    """Return a + factor*b.

    >>> combine((1, ((0, 2),)), (3, ((0, 2), (1, 1))), -1)
    (-2, ((1, -1),))
    """
    coefficients = dict(a[1])
    for index, coefficient in b[1]:
        coefficients[index] = coefficients.get(index, 0) + factor * coefficient
    kept = sorted((index, coefficient) for index, coefficient in coefficients.items() if coefficient)
    return a[0] + factor * b[0], tuple(kept)


def scaled(a: Affine, factor: int) -> Affine:
    """Return factor*a."""
    return combine(number(0), a, factor)


def coefficient(a: Affine, index: int) -> int:
    """Return how much the number grows when the index grows by 1."""
    return dict(a[1]).get(index, 0)


def greatest(a: Affine, loops: Sequence[Header]) -> int:
    """Return the greatest value within nested loops, the outermost first, none of which is empty."""
    for loop in reversed(loops):
        slope = coefficient(a, loop.of)
        if slope:
            end = loop.upper if slope > 0 else loop.lower
            rest = combine(a, (0, ((loop.of, slope),)), -1)
            a = combine(rest, end, slope)
    return a[0]


def least(a: Affine, loops: Sequence[Header]) -> int:
    """Return the least value within nested loops, the outermost first, none of which is empty."""
    return -greatest(scaled(a, -1), loops)


def length(loop: Header) -> Affine:
    """Return the number of terms, negative where the upper bound is far below the lower."""
    return combine(combine(loop.upper, loop.lower, -1), number(1))
