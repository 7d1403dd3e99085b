"""Nesterov's accelerated gradient: the gradient is taken where the momentum leads, not where the iterate is.

With step length alpha (Nesterov 1983; Beck & Teboulle 2009)

    y_k = x_k + beta_k (x_k - x_k-1)        x_k+1 = y_k - alpha g(y_k) .

The path is that of x_k.  As a direction this is d = v - g(y_k), v = beta_k (x_k - x_k-1) / alpha = beta_k d_old, so
alpha has to be constant.  Beside f and the gradient at x_k, which the stopping tests and the record want, it takes one
gradient an iteration, at y_k.  The momentum beta_k is

    t_k         (t_k - 1) / t_k+1,  t_1 = 1,  t_k+1 = (1 + sqrt(1 + 4 t_k^2)) / 2
    k           (k - 1) / (k + 2)
    constant    beta, best (sqrt kappa - 1) / (sqrt kappa + 1)

The first two are for convex f, where f(x_k) - f* <= 2 |x_0 - x*|^2 / (alpha (k+1)^2), the third for strongly convex f.

A restart forgets the momentum where f has risen, or where -g(y_k-1) and the step x_k - x_k-1 point apart
(O'Donoghue & Candès 2015).
"""

from __future__ import annotations

from thalweg.descent.block import ELSEWHERE, Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction
from thalweg.descent.vocabulary import sqrt, tail

# parameters
SCHEDULE = 0
BETA = 1
RESTART = 2

CONSTANT = 2.0
BY_K = 1.0
BY_FUNCTION = 1.0
BY_GRADIENT = 2.0

# memory, behind what is told
STAGE = 0  # 1: the gradient at y has been asked for
COUNT = 1  # k, counted from the last restart
T = 2  # t_k
F_OLD = 3  # f at the last iterate
SHARE = 4  # beta_k


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> int:
    """Ask for the gradient at y; then write beta d_old - g(y)."""
    y, g_y = memory, tail(memory, n + 1)
    own = tail(memory, 2 * n + 1)
    if own[STAGE] == 0.0:
        if forget(n, k, x, x_old, memory[n], g_y, own, p):
            own[COUNT] = 0.0
            own[T] = 1.0
            own[SHARE] = 0.0
        else:
            own[COUNT] += 1.0
            own[SHARE] = momentum(own, p)
        own[F_OLD] = memory[n]
        if own[SHARE] == 0.0:  # y is x itself
            for i in range(n):
                y[i] = x[i]
                g_y[i] = g[i]
                d[i] = -g[i]
            return 0
        for i in range(n):
            y[i] = x[i] + own[SHARE] * (x[i] - x_old[i])
        own[STAGE] = 1.0
        return ELSEWHERE
    own[STAGE] = 0.0
    for i in range(n):
        d[i] = own[SHARE] * d[i] - g_y[i]
    return 0


def forget(n: int, k: float, x: Array, x_old: Array, f: float, g_y: Array, own: Array, p: Array) -> bool:
    """Whether the momentum is forgotten here; `g_y` still is the gradient at the last y."""
    if k == 0.0:
        return True
    if p[RESTART] == BY_FUNCTION:
        return f > own[F_OLD]
    if p[RESTART] == BY_GRADIENT:
        along = 0.0
        for i in range(n):
            along += g_y[i] * (x[i] - x_old[i])
        return along > 0.0
    return False


def momentum(own: Array, p: Array) -> float:
    """beta_k for k = own[COUNT]."""
    if p[SCHEDULE] == CONSTANT:
        return p[BETA]
    if p[SCHEDULE] == BY_K:
        return (own[COUNT] - 1.0) / (own[COUNT] + 2.0)
    t = own[T]
    own[T] = (1.0 + sqrt(1.0 + 4.0 * t * t)) / 2.0
    return (t - 1.0) / own[T]


class Nesterov(Direction):
    """Nesterov's accelerated gradient.

    Args:
        schedule: How the momentum grows: ``"t_k"`` or ``"k"`` (for convex f), or ``"constant"`` (strongly convex).
        beta: The constant momentum.
        restart: Where it is forgotten: ``"none"``, ``"function"`` or ``"gradient"``.

    Example:
        >>> Nesterov(restart="gradient").values["schedule"]
        't_k'
    """

    name = "nesterov"
    table = (
        Parameter("schedule", "", "t_k", 0, 2, "choice", "how the momentum grows", choices=("t_k", "k", "constant")),
        Parameter("beta", "β", 0.9, 0.0, 0.999999, "linear", "the momentum, where it is constant"),
        Parameter("restart", "", "none", 0, 2, "choice", "where the momentum is forgotten",
                  choices=("none", "function", "gradient")),
    )  # fmt: skip
    fill = staticmethod(fill)
    asks = ELSEWHERE
    unbounded = "its gradient is taken at points that bounds do not allow"
    steady = "its gradient is taken where a step of the same length as the last one leads"

    def unbatched(self) -> str:
        """See `Part.unbatched`."""
        restarts = self.values["restart"] != "none"
        return "a restart compares an iterate on one batch with one on another" if restarts else ""

    def memory(self, n: int) -> int:
        """Stage, k, t_k, the last f and beta_k."""
        return 5
