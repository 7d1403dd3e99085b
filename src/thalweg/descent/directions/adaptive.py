"""Directions that scale each coordinate by the gradients it has met: AdaGrad, RMSProp, Adam and their kin.

They are made for a constant step (or a schedule) and do not ask whether f falls.  All moments begin at zero.  Symbols
are those of the papers: m and v are the running means of g and g^2, beta1 and beta2 their decay, eps stands outside the
root.  Conventions follow PyTorch's `torch.optim`, which the tests compare with step for step.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction
from thalweg.descent.vocabulary import sqrt, tail

BETA1 = Parameter("beta1", "β₁", 0.9, 0.0, 0.999999, "linear", "decay of the mean of g")
BETA2 = Parameter("beta2", "β₂", 0.999, 0.0, 0.9999999, "linear", "decay of the mean of g squared")
EPS = Parameter(
    "eps", "ε", 1e-8, 0.0, 1.0, "log", "added to the root, against division by zero", slider=(1e-10, 1e-2)
)


def adagrad(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -g / (sqrt(sum of g^2) + eps)."""
    for i in range(n):
        memory[i] += g[i] * g[i]
        d[i] = -g[i] / (sqrt(memory[i]) + p[0])


def rmsprop(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -g / (sqrt(v) + eps), v the running mean of g^2."""
    for i in range(n):
        memory[i] = p[0] * memory[i] + (1.0 - p[0]) * g[i] * g[i]
        d[i] = -g[i] / (sqrt(memory[i]) + p[1])


def adam(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -m^ / (sqrt(v^) + eps) - weight_decay x, with the bias of the moments' start taken out."""
    m, v, largest = tail(memory, 2), tail(memory, 2 + n), tail(memory, 2 + 2 * n)
    beta1, beta2, eps, decay, keep_largest = p[0], p[1], p[2], p[3], p[4]
    # beta^t, as running products
    if k == 0.0:
        memory[0] = 1.0
        memory[1] = 1.0
    memory[0] *= beta1
    memory[1] *= beta2
    for i in range(n):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * g[i] * g[i]
        if v[i] > largest[i]:
            largest[i] = v[i]
        second = v[i]
        if keep_largest == 1.0:
            second = largest[i]
        root = sqrt(second / (1.0 - memory[1])) + eps
        d[i] = -(m[i] / (1.0 - memory[0])) / root - decay * x[i]


def lion(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -sign(beta1 m + (1 - beta1) g) - weight_decay x."""
    for i in range(n):
        u = p[0] * memory[i] + (1.0 - p[0]) * g[i]
        sign = 0.0
        if u > 0.0:
            sign = 1.0
        elif u < 0.0:
            sign = -1.0
        d[i] = -sign - p[2] * x[i]
        memory[i] = p[1] * memory[i] + (1.0 - p[1]) * g[i]


class AdaGrad(Direction):
    """Each coordinate divided by the root of the sum of its squared gradients (Duchi, Hazan & Singer 2011).

    Args:
        eps: Added to the root.

    Example:
        >>> AdaGrad()
        AdaGrad(eps=1e-10)
    """

    name = "adagrad"
    table = (Parameter("eps", "ε", 1e-10, 0.0, 1.0, "log", "added to the root", slider=(1e-12, 1e-2)),)
    fill = staticmethod(adagrad)

    def memory(self, n: int) -> int:
        """The sum of g^2."""
        return n


class RMSProp(Direction):
    """Each coordinate divided by the root of the running mean of its squared gradients (Tieleman & Hinton 2012).

    Args:
        rho: Decay of the running mean.
        eps: Added to the root.

    Example:
        >>> RMSProp(rho=0.9)
        RMSProp(rho=0.9, eps=1e-08)
    """

    name = "rmsprop"
    table = (Parameter("rho", "ρ", 0.99, 0.0, 0.999999, "linear", "decay of the mean of g squared"), EPS)
    fill = staticmethod(rmsprop)

    def memory(self, n: int) -> int:
        """The running mean of g^2."""
        return n


class Adam(Direction):
    """Adaptive moments with bias correction (Kingma & Ba 2015; decoupled decay: Loshchilov & Hutter 2019).

    Args:
        beta1: Decay of the mean of g.
        beta2: Decay of the mean of g^2.
        eps: Added to the root.
        weight_decay: AdamW's decoupled decay; 0 is Adam.
        amsgrad: ``"yes"`` divides by the largest mean of g^2 so far (Reddi, Kale & Kumar 2018).

    Example:
        >>> Adam(weight_decay=0.01).values["beta2"]
        0.999
    """

    name = "adam"
    table = (
        BETA1,
        BETA2,
        EPS,
        Parameter("weight_decay", "λ", 0.0, 0.0, 1.0, "log", "decoupled weight decay", slider=(1e-4, 0.1)),
        Parameter(
            "amsgrad", "", "no", 0, 1, "choice", "divide by the largest mean so far", choices=("no", "yes")
        ),
    )
    fill = staticmethod(adam)

    def memory(self, n: int) -> int:
        """beta1^t, beta2^t, m, v and the largest v."""
        return 2 + 3 * n


class Lion(Direction):
    """The sign of an interpolated momentum (Chen et al. 2023).

    Args:
        beta1: Weight of the momentum in the sign.
        beta2: Decay of the momentum.
        weight_decay: Decoupled weight decay.

    Example:
        >>> Lion().values["beta2"]
        0.99
    """

    name = "lion"
    table = (
        Parameter("beta1", "β₁", 0.9, 0.0, 0.999999, "linear", "weight of the momentum in the sign"),
        Parameter("beta2", "β₂", 0.99, 0.0, 0.999999, "linear", "decay of the momentum"),
        Parameter("weight_decay", "λ", 0.0, 0.0, 1.0, "log", "decoupled weight decay", slider=(1e-4, 0.1)),
    )
    fill = staticmethod(lion)

    def memory(self, n: int) -> int:
        """The momentum."""
        return n
