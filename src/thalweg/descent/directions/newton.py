"""Newton's direction, with the Hessian modified where it is not positive definite.

Solves (H + E) d = -g by the modified Cholesky factorisation of Gill and Murray (Gill, Murray & Wright, *Practical
Optimization*, 1981, section 4.4.2.2; Nocedal & Wright, section 3.4).  It is P (H + E) P' = L D L', the largest diagonal
element first, where each

    d_j = max(|c_jj|, (theta_j / beta)^2, delta)          theta_j = max over i > j of |c_ij|

is large enough for the factor to stay bounded: L D^(1/2) has no element above beta.  With gamma and xi the largest
diagonal and other elements of H, beta^2 = max(gamma, xi / sqrt(n^2 - 1), eps), and E = 0 where H is clearly positive
definite.
"""

from __future__ import annotations

from thalweg.descent.block import HESSIAN, Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction
from thalweg.descent.vocabulary import dot, pick, sqrt, tail

EPS = 2.0**-52


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> int:
    """Ask for the Hessian where a new one is due; then write -(H + E)^-1 g."""
    own = tail(memory, n * n)
    left, told, C, order, y = (
        tail(own, 0),
        tail(own, 1),
        tail(own, 2),
        tail(own, 2 + n * n),
        tail(own, 2 + n * n + n),
    )
    if left[0] == 0.0 and told[0] == 0.0:
        told[0] = 1.0
        return HESSIAN
    if told[0] == 1.0:
        told[0] = 0.0
        left[0] = p[0]
        for i in range(n * n):
            C[i] = memory[i]
        factor(n, C, order)
    left[0] -= 1.0
    solve(n, C, order, g, y, d)
    if not dot(n, d, g) < 0.0:  # overflow, or a Hessian that is not finite
        for i in range(n):
            d[i] = -g[i]
    return 0


def factor(n: int, C: Array, order: Array) -> None:
    """Turn C, symmetric, into the factors of C + E: D on its diagonal, L below; `order` holds the interchanges."""
    gamma = 0.0
    xi = 0.0
    for i in range(n):
        order[i] = i
        for j in range(i):
            xi = pick(abs(C[i * n + j]) > xi, abs(C[i * n + j]), xi)
        gamma = pick(abs(C[i * n + i]) > gamma, abs(C[i * n + i]), gamma)
    beta2 = pick(gamma > EPS, gamma, EPS)
    if n > 1:
        spread = xi / sqrt(n * n - 1.0)
        beta2 = pick(spread > beta2, spread, beta2)
    delta = EPS * (gamma + xi)
    delta = pick(delta > 0.0, delta, 1.0)  # H = 0 becomes the identity
    for j in range(n):
        largest = j
        for i in range(j + 1, n):
            if abs(C[i * n + i]) > abs(C[largest * n + largest]):
                largest = i
        if largest != j:
            interchange(n, C, order, j, largest)
        theta = 0.0
        for i in range(j + 1, n):
            theta = pick(abs(C[i * n + j]) > theta, abs(C[i * n + j]), theta)
        bound = theta * theta / beta2
        d_j = abs(C[j * n + j])
        d_j = pick(bound > d_j, bound, d_j)
        d_j = pick(delta > d_j, delta, d_j)
        C[j * n + j] = d_j
        for i in range(j + 1, n):
            for m in range(j + 1, n):
                C[i * n + m] -= C[i * n + j] * C[m * n + j] / d_j
        for i in range(j + 1, n):
            C[i * n + j] = C[i * n + j] / d_j


def interchange(n: int, C: Array, order: Array, j: int, q: int) -> None:
    """Interchange rows and columns j and q, and their places in the order."""
    for i in range(n):
        row = C[j * n + i]
        C[j * n + i] = C[q * n + i]
        C[q * n + i] = row
    for i in range(n):
        column = C[i * n + j]
        C[i * n + j] = C[i * n + q]
        C[i * n + q] = column
    place = order[j]
    order[j] = order[q]
    order[q] = place


def solve(n: int, C: Array, order: Array, g: Array, y: Array, d: Array) -> None:
    """Write d = -P' L'^-1 D^-1 L^-1 P g; y is room for n numbers."""
    for i in range(n):
        y[i] = -g[int(order[i])] - dot(i, tail(C, i * n), y)
    for i in range(n):
        y[i] = y[i] / C[i * n + i]
    for done in range(n):
        now = n - 1 - done
        for j in range(now + 1, n):
            y[now] -= C[j * n + now] * y[j]
    for i in range(n):
        d[int(order[i])] = y[i]


class Newton(Direction):
    """Newton's direction; where the Hessian is not positive definite, that of a modified one.

    Args:
        refresh: Iterations for which a Hessian is used: 1 is Newton's method, more that of Shamanskii (1967).

    Example:
        >>> Newton()
        Newton(refresh=1)
    """

    name = "newton"
    table = (
        Parameter(
            "refresh", "", 1, 1, 1e6, "integer", "iterations for which a Hessian is used", slider=(1, 10)
        ),
    )
    fill = staticmethod(fill)
    asks = HESSIAN

    def memory(self, n: int) -> int:
        """Iterations left to the Hessian, whether it has been asked for, its factors, their order, and room for n."""
        return 2 + n * n + 2 * n
