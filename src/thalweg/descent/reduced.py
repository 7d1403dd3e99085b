"""What a method that works on residuals is told: the loss, and the triangular factor of [J r].

F is half the sum of squared residuals r, and J their slopes (rows, n).  T, (n+1, n+1) and stored row by row, is the
factor R of a QR decomposition of [J r]: its leading n by n triangle is that of J, and its last column holds z = Q^T r.
So F(x + d) is about |R d + z|^2 / 2 + const, and the gradient is R^T z; n+1 squared numbers stand for any number of
rows, wherever they were summed up.

A driver writes F, then T, to the head of the direction's own memory; `unpack` brings value and gradient to where
every automaton looks for them.
"""

from __future__ import annotations

from typing import Any

from thalweg.descent.advance import advance
from thalweg.descent.block import Array
from thalweg.descent.vocabulary import lane, memory, size, tail, told, width

FACTOR = 1  # where T begins in the direction's memory; F stands before it


def told_numbers(n: int) -> int:
    """How many numbers are told about a point: F, then T."""
    return FACTOR + (n + 1) * (n + 1)


def unpack(a: Array, i: int) -> None:
    """Write the value F and the gradient R^T z to their places."""
    n = size(a)
    T, f = tail(lane(a, memory(a), i), FACTOR), lane(a, told(a), i)
    f[0] = lane(a, memory(a), i)[0]
    for j in range(n):
        slope = 0.0
        for k in range(j + 1):
            slope += T[k * (n + 1) + j] * T[k * (n + 1) + n]
        f[1 + j] = slope


def advance_reduced(a: Array, p: Array, path: Array, log: Array, fill: Any, first: Any, judge: Any) -> int:
    """One turn of the line-search automaton, for a direction that works on residuals."""
    for i in range(width(a)):
        unpack(a, i)
    return advance(a, p, path, log, fill, first, judge)
