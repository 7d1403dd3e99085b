"""Linear least squares by the triangular factor that a method was told: min |R d + z|^2 + mu |D d|^2.

The rows sqrt(mu) D are rotated into R one after the other (Moré 1978, section 3; Nocedal & Wright, section 10.3), so
that J^T J is never formed.  `T` is (n+1, n+1) row by row, R with z as its last column; `W` is room for as many: a
triangle like it, and a row that is being rotated in.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.vocabulary import sqrt, tail

DEPENDENT = 2.0**-50
"""A pivot of R below this times n and the length of its column counts as zero."""


def lengths(n: int, T: Array, D: Array) -> None:
    """Write the lengths of J's columns, 1 where a column is zero."""
    for j in range(n):
        total = 0.0
        for k in range(j + 1):
            total += T[k * (n + 1) + j] * T[k * (n + 1) + j]
        D[j] = sqrt(total)
        if D[j] == 0.0:
            D[j] = 1.0


def solve(n: int, T: Array, D: Array, fixed: Array, mu: float, W: Array, d: Array) -> None:
    """Write the minimiser d; where `fixed` is not 0, d keeps the value that it has."""
    m = n + 1
    for k in range(n):
        for j in range(n):
            W[k * m + j] = 0.0
        W[k * m + n] = T[k * m + n]
        for j in range(k, n):
            if fixed[j] == 0.0:
                W[k * m + j] = T[k * m + j]
            else:
                W[k * m + n] += T[k * m + j] * d[j]
    root = sqrt(mu)
    for j in range(n):
        weight = root * D[j]
        if fixed[j] != 0.0:  # a row that leaves this variable alone
            weight = 1.0
        if fixed[j] != 0.0 or mu > 0.0:
            rotate_in(n, W, j, weight)
    for below in range(n):
        row = n - 1 - below
        if fixed[row] == 0.0:
            total = -W[row * m + n]
            for j in range(row + 1, n):
                if fixed[j] == 0.0:
                    total -= W[row * m + j] * d[j]
            if abs(W[row * m + row]) <= DEPENDENT * n * D[row] and mu == 0.0:
                d[row] = 0.0
            else:
                d[row] = total / W[row * m + row]


def rotate_in(n: int, W: Array, j: int, weight: float) -> None:
    """Bring the row with `weight` in column j, and 0 elsewhere, into the triangle W by Givens rotations."""
    m = n + 1
    row = tail(W, n * m)
    for q in range(m):
        row[q] = 0.0
    row[j] = weight
    for k in range(j, n):
        low = row[k]
        if low != 0.0:
            high = W[k * m + k]
            norm = hypotenuse(high, low)
            c = high / norm
            s = low / norm
            W[k * m + k] = norm
            for q in range(k + 1, m):
                upper = W[k * m + q]
                lower = row[q]
                W[k * m + q] = c * upper + s * lower
                row[q] = c * lower - s * upper


def hypotenuse(a: float, b: float) -> float:
    """The root of a^2 + b^2, with nothing lost to overflow."""
    large = abs(a)
    small = abs(b)
    if large < small:
        large = abs(b)
        small = abs(a)
    ratio = small / large
    return large * sqrt(1.0 + ratio * ratio)


def free_length(n: int, D: Array, fixed: Array, d: Array) -> float:
    """|D d| of what is not fixed."""
    total = 0.0
    for j in range(n):
        if fixed[j] == 0.0:
            total += D[j] * d[j] * D[j] * d[j]
    return sqrt(total)
