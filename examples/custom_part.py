"""A direction and a step rule of one's own, raced against the package's.

Each is a function or two in plain Python: + - * /, comparisons, `abs`, `if` and loops.  They run at once as they stand,
and as machine code when they have been at work for a while; the results are the same to the last bit.

Run it with ``python examples/custom_part.py``.
"""

from __future__ import annotations

import thalweg as tw
from thalweg.descent.judgement import SUFFICIENT_DECREASE, TOO_HIGH


def average(n, k, x, g, x_old, g_old, memory, p, d) -> None:
    """Against a running mean of the gradients, m <- theta m + (1 - theta) g, which `memory` keeps."""
    theta = 0.0 if k == 0.0 else p[0]
    for i in range(n):
        memory[i] = theta * memory[i] + (1.0 - theta) * g[i]
        d[i] = -memory[i]


class Averaged(tw.Direction):
    """The mean of the gradients so far, the newer ones counting more.

    Example:
        >>> Averaged(theta=0.5)
        Averaged(theta=0.5)
    """

    name = "averaged"
    table = (tw.Parameter("theta", "θ", 0.7, 0.0, 0.99, "linear", "share of the mean that is kept"),)
    fill = staticmethod(average)

    def memory(self, n: int) -> int:
        """The mean."""
        return n


def begin(k, phi, slope, last_alpha, last_phi, last_slope, products, p, s):
    """Twice the last step."""
    return p[0] if k == 0.0 else 2.0 * last_alpha


def halve(alpha, phi, slope, phi_0, slope_0, p, s):
    """Half of it until f falls by a hundredth of what the slope promises."""
    if phi <= phi_0 + 0.01 * alpha * slope_0:
        return SUFFICIENT_DECREASE, alpha
    return TOO_HIGH, 0.5 * alpha


class Halving(tw.StepRule):
    """Doubled after every step, halved until f falls."""

    name = "halving"
    table = (tw.Parameter("initial", "α₀", 1.0, 1e-300, 1e300, "log", "the very first trial"),)
    first = staticmethod(begin)
    judge = staticmethod(halve)


OWN = tw.Method(
    name="averaged descent",
    title="Averaged descent",
    summary="Along the mean of the gradients, with a step that is doubled and halved.",
    direction=Averaged,
    step=Halving,
    shown=("theta",),
)


def main() -> None:
    """Race it."""
    tw.register(OWN)
    valley = tw.Formula("(1-x)^2 + 100*(y-x^2)^2")
    for method in ("averaged descent", "armijo", "conjugate gradient", "bfgs"):
        run = tw.descend(valley, [-1.2, 1], method, max_iterations=20_000)
        print(f"{method:<20}{run.headline:<34}{run.nfev:>7} evaluations")


if __name__ == "__main__":
    main()
