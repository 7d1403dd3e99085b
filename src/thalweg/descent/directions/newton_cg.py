"""Newton's direction by conjugate gradients that stop early, from products of the Hessian with vectors alone.

Algorithm 7.1 of Nocedal & Wright (line search Newton-CG; Dembo & Steihaug 1983): the inner iteration on H z = -g

    r_0 = g, d_0 = -g        alpha_j = r_j.r_j / d_j.H d_j        beta_j+1 = r_j+1.r_j+1 / r_j.r_j

ends where |r_j| <= eta |g|.  Where a d_j without positive curvature is met, it ends with what there is, and with -g at
j = 0.  The forcing term eta is that of Eisenstat and Walker (1996), choice 2 with gamma = 0.9 and exponent 2,

    eta = 0.9 (|g| / |g_old|)^2, at least 0.9 eta_old^2 where that is above 0.1, at most `forcing`,

which asks for little far from the solution and makes convergence there quadratic.
"""

from __future__ import annotations

from thalweg.descent.block import PRODUCT, Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction
from thalweg.descent.vocabulary import dot, pick, tail

# parameters
FORCING = 0
MAX_INNER = 1

# memory, behind what is told
STAGE = 0  # 1: a product has been asked for
J = 1  # inner iterations so far
RR = 2  # r.r
TARGET = 3  # of r.r
GG_OLD = 4  # g.g at the last iterate
ETA = 5  # the last forcing term
VECTORS = 6  # r, then z

GAMMA = 0.9
SAFEGUARD = 0.1


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> int:
    """One inner iteration with the product that has been told; asks for the next, or writes z."""
    v, Hv = memory, tail(memory, n + 1)  # v is the inner direction d_j
    own = tail(memory, 2 * n + 1)
    r, z = tail(own, VECTORS), tail(own, VECTORS + n)
    if own[STAGE] == 0.0:
        begin(n, k, g, own, p)
        for i in range(n):
            r[i] = g[i]
            z[i] = 0.0
            v[i] = -g[i]
        own[STAGE] = 1.0
        return PRODUCT
    curvature = dot(n, v, Hv)
    if curvature > 0.0 and curvature - curvature == 0.0:  # where it overflows, no step would ever come of it
        alpha = own[RR] / curvature
        rr = 0.0
        for i in range(n):
            z[i] += alpha * v[i]
            r[i] += alpha * Hv[i]
            rr += r[i] * r[i]
        beta = rr / own[RR]
        own[RR] = rr
        own[J] += 1.0
        if rr > own[TARGET] and own[J] < p[MAX_INNER]:
            for i in range(n):
                v[i] = beta * v[i] - r[i]
            return PRODUCT
    own[STAGE] = 0.0
    for i in range(n):
        d[i] = z[i]
    if not dot(n, d, g) < 0.0:  # no positive curvature at once, or numbers that are not finite
        size = abs(curvature)
        scale = pick(size > 0.0 and size - size == 0.0, dot(n, g, g) / pick(size > 0.0, size, 1.0), 1.0)
        for i in range(n):
            d[i] = -scale * g[i]
    return 0


def begin(n: int, k: float, g: Array, own: Array, p: Array) -> None:
    """The forcing term of this iterate, and with it the target of the inner iteration."""
    gg = dot(n, g, g)
    eta = p[FORCING]
    if k > 0.0:
        eta = GAMMA * gg / own[GG_OLD]
        least = GAMMA * own[ETA] * own[ETA]
        if least > SAFEGUARD and least > eta:
            eta = least
        eta = pick(eta < p[FORCING], eta, p[FORCING])
    own[ETA] = eta
    own[GG_OLD] = gg
    own[RR] = gg
    own[TARGET] = eta * eta * gg
    own[J] = 0.0


class NewtonCG(Direction):
    """Truncated Newton: the Newton equation solved by conjugate gradients, as far as it is worth it.

    Args:
        forcing: Largest forcing term: share of the residual that the inner iteration may leave.
        max_inner: Largest number of products for one direction.

    Example:
        >>> NewtonCG(forcing=0.1).values["forcing"]
        0.1
    """

    name = "newton-cg"
    table = (
        Parameter("forcing", "η", 0.5, 0.0, 0.999, "linear", "largest share of the residual that may be left"),
        Parameter("max_inner", "", 1000, 1, 1e9, "integer", "largest number of products for one direction",
                  slider=(1, 100)),
    )  # fmt: skip
    fill = staticmethod(fill)
    asks = PRODUCT

    def memory(self, n: int) -> int:
        """Six numbers, the residual and the solution so far."""
        return VECTORS + 2 * n
