"""Quasi-Newton directions: curvature from s = x - x_old and y = g - g_old (Nocedal & Wright, chapters 6 and 7).

H approximates the inverse Hessian, and d = -H g.  It is never updated on a pair without curvature, s.y <= 0 relative to
|s| |y|.  The first direction is -g min(1, 1/|g|); the first update begins with H = (s.y / y.y) I.

Powell's damping (procedure 18.2 there) is offered for step rules that look for no curvature, as backtracking: where
s.y is small or negative beside s.B s, y is drawn towards B s until it is a fifth of it.  Here s = alpha d =
-alpha H g_old, so that B s = -alpha g_old costs nothing.
"""

from __future__ import annotations

import numpy as np

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import CHANGE_OF_ROWS, Direction
from thalweg.descent.vocabulary import dot, sqrt, tail

BFGS_FORMULA = 0.0
DFP_FORMULA = 1.0
SR1_FORMULA = 2.0
LEAST_CURVATURE = 1e-12  # of s.y beside |s| |y|
DAMPED = 0.2  # share of s.B s below which s.y is raised to it
LEAST_SR1 = 1e-8  # of the denominator beside the product of its norms (Nocedal & Wright, equation 6.26)


def first_direction(n: int, g: Array, d: Array) -> None:
    """Write -g, no longer than 1."""
    norm = sqrt(dot(n, g, g))
    scale = 1.0
    if norm > 1.0:
        scale = 1.0 / norm
    for i in range(n):
        d[i] = -scale * g[i]


def damped(n: int, s: Array, y: Array, d: Array, g_old: Array) -> None:
    """Powell's y, in place of y; `d` still is the direction of the step s."""
    alpha = dot(n, s, d) / dot(n, d, d)
    sy = dot(n, s, y)
    sBs = -alpha * dot(n, g_old, s)
    if sBs > 0.0 and sy < DAMPED * sBs:
        theta = (1.0 - DAMPED) * sBs / (sBs - sy)
        for i in range(n):
            y[i] = theta * y[i] - (1.0 - theta) * alpha * g_old[i]


def pair(
    n: int,
    x: Array,
    g: Array,
    x_old: Array,
    g_old: Array,
    damping: float,
    d: Array,
    s: Array,
    y: Array,
) -> None:
    """Write the last step s and the change y of the gradient over it; with `damping` 1 Powell's y."""
    for i in range(n):
        s[i] = x[i] - x_old[i]
        y[i] = g[i] - g_old[i]
    if damping == 1.0:
        damped(n, s, y, d, g_old)


def dense(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -H g after bringing H, n by n, up to date by BFGS, DFP or SR1."""
    H, s, y, u = (
        tail(memory, 1),
        tail(memory, 1 + n * n),
        tail(memory, 1 + n * n + n),
        tail(memory, 1 + n * n + 2 * n),
    )
    if k == 0.0:
        memory[0] = 0.0
        first_direction(n, g, d)
        return
    pair(n, x, g, x_old, g_old, p[1], d, s, y)
    sy = dot(n, s, y)
    ss = dot(n, s, s)
    yy = dot(n, y, y)
    curved = sy > LEAST_CURVATURE * sqrt(ss) * sqrt(yy)
    if memory[0] == 0.0 and curved:
        for i in range(n):
            for j in range(n):
                H[i * n + j] = 0.0
            H[i * n + i] = sy / yy
        memory[0] = 1.0
    if memory[0] == 0.0:
        first_direction(n, g, d)
        return
    for i in range(n):
        u[i] = dot(n, tail(H, i * n), y)
    yu = dot(n, y, u)
    if p[0] == SR1_FORMULA:
        # H + (s - u)(s - u)' / (s - u).y
        gap = sy - yu
        size = 0.0
        for i in range(n):
            size += (s[i] - u[i]) * (s[i] - u[i])
        if abs(gap) > LEAST_SR1 * sqrt(size) * sqrt(yy):
            for i in range(n):
                for j in range(n):
                    H[i * n + j] += (s[i] - u[i]) * (s[j] - u[j]) / gap
    elif curved and p[0] == DFP_FORMULA:
        # H - u u' / y.u + s s' / s.y
        for i in range(n):
            for j in range(n):
                H[i * n + j] += s[i] * s[j] / sy - u[i] * u[j] / yu
    elif curved:
        # (I - s y' / s.y) H (I - y s' / s.y) + s s' / s.y
        for i in range(n):
            for j in range(n):
                H[i * n + j] += ((1.0 + yu / sy) * s[i] * s[j] - s[i] * u[j] - u[i] * s[j]) / sy
    for i in range(n):
        d[i] = -dot(n, tail(H, i * n), g)
    if not dot(n, d, g) < 0.0:  # SR1 need not go down; then H is forgotten
        memory[0] = 0.0
        first_direction(n, g, d)


def limited(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -H g by the two-loop recursion over the last m pairs (Nocedal & Wright, algorithm 7.4)."""
    m = int(p[0])
    stored = int(memory[0])  # pairs in memory
    newest = int(memory[1])  # the place of the last one
    rho, weights = tail(memory, 2), tail(memory, 2 + m)
    S, Y = tail(memory, 2 + 2 * m), tail(memory, 2 + 2 * m + (m + 1) * n)  # and the pair that may come in
    if k > 0.0:
        following = newest + 1
        if following >= m:
            following = 0
        s, y = tail(S, m * n), tail(Y, m * n)
        pair(n, x, g, x_old, g_old, p[1], d, s, y)
        sy = dot(n, s, y)
        if sy > LEAST_CURVATURE * sqrt(dot(n, s, s)) * sqrt(dot(n, y, y)):
            newest = following
            if stored < m:
                stored += 1
            for i in range(n):
                S[newest * n + i] = s[i]
                Y[newest * n + i] = y[i]
            rho[newest] = 1.0 / sy
            memory[0] = stored
            memory[1] = newest
    if stored == 0:
        memory[1] = -1.0
        first_direction(n, g, d)
        return
    for i in range(n):
        d[i] = -g[i]
    place = newest
    for _ in range(stored):
        weight = rho[place] * dot(n, tail(S, place * n), d)
        weights[place] = weight
        for i in range(n):
            d[i] -= weight * Y[place * n + i]
        place -= 1
        if place < 0:
            place = m - 1
    y_newest = tail(Y, newest * n)
    scale = 1.0 / (rho[newest] * dot(n, y_newest, y_newest))
    for i in range(n):
        d[i] = scale * d[i]
    for _ in range(stored):
        place += 1
        if place >= m:
            place = 0
        weight = rho[place] * dot(n, tail(Y, place * n), d)
        for i in range(n):
            d[i] += (weights[place] - weight) * S[place * n + i]


DAMPING = Parameter(
    "damping", "", "no", 0, 1, "choice", "draw y towards B s where it has no curvature", choices=("no", "yes")
)


class QuasiNewton(Direction):
    """A dense approximation of the inverse Hessian.

    Args:
        update: ``"bfgs"``, ``"dfp"`` or ``"sr1"``.
        damping: ``"yes"``: Powell's damping of y, which SR1 has no need of.

    Example:
        >>> QuasiNewton(update="sr1")
        QuasiNewton(update='sr1', damping='no')
    """

    name = "quasi-newton"
    table = (
        Parameter(
            "update", "", "bfgs", 0, 2, "choice", "formula of the update", choices=("bfgs", "dfp", "sr1")
        ),
        DAMPING,
    )
    fill = staticmethod(dense)

    def unbatched(self) -> str:
        """See `Part.unbatched`."""
        return CHANGE_OF_ROWS

    def memory(self, n: int) -> int:
        """Whether H has begun, H, s, y and H y."""
        return 1 + n * n + 3 * n

    def inverse_hessian(self, n: int, memory: Array) -> Array:
        """H (n, n) as it stands in the memory; the identity before it has begun."""
        return memory[1 : 1 + n * n].reshape(n, n).copy() if memory[0] != 0.0 else np.eye(n)


class LimitedMemory(Direction):
    """L-BFGS: the last pairs (s, y) in place of a matrix (Nocedal 1980).

    Args:
        pairs: How many pairs are kept.
        damping: ``"yes"``: Powell's damping of y.

    Example:
        >>> LimitedMemory(pairs=5)
        LimitedMemory(pairs=5.0, damping='no')
    """

    name = "l-bfgs"
    table = (
        Parameter("pairs", "m", 10, 1, 1000, "integer", "pairs (s, y) that are kept", slider=(1, 30)),
        DAMPING,
    )
    fill = staticmethod(limited)

    def unbatched(self) -> str:
        """See `Part.unbatched`."""
        return CHANGE_OF_ROWS

    def memory(self, n: int) -> int:
        """Counts, rho, weights, S and Y with a place for the next pair."""
        m = int(self.values["pairs"])
        return 2 + 2 * m + 2 * (m + 1) * n

    def stored(self, n: int, memory: Array) -> tuple[Array, Array]:
        """The pairs S and Y in the memory, a row each, the oldest first."""
        m, count, newest = int(self.values["pairs"]), int(memory[0]), int(memory[1])
        order = [(newest - age) % m for age in reversed(range(count))]
        S, Y = memory[2 + 2 * m :].reshape(2, m + 1, n)
        return S[order], Y[order]
