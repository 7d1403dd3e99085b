"""Coordinate descent: one variable at a time (Nocedal & Wright, section 9.3; Wright 2015).

d = -g_i e_i.  Which i comes next is told by a rule: one after the other ("cyclic", on a quadratic with exact steps the
method of Gauss and Seidel), or that of the largest gradient component ("largest gradient", Gauss-Southwell).  A
variable whose component is negligible beside the largest is passed over: a step along it would be lost in rounding.
"""

from __future__ import annotations

from thalweg.descent.block import Array
from thalweg.descent.parameters import Parameter
from thalweg.descent.part import Direction
from thalweg.descent.vocabulary import pick

CYCLIC = 0.0
NEGLIGIBLE = 1e-8  # beside the largest component


def fill(
    n: int, k: float, x: Array, g: Array, x_old: Array, g_old: Array, memory: Array, p: Array, d: Array
) -> None:
    """Write -g_i e_i for the variable i whose turn it is."""
    chosen = 0
    for i in range(n):
        d[i] = 0.0
        if abs(g[i]) > abs(g[chosen]):
            chosen = i
    if p[0] == CYCLIC:
        least = NEGLIGIBLE * abs(g[chosen])
        turn = int(memory[0])
        for _ in range(n):
            if not abs(g[turn]) > least:
                turn = pick(turn + 1 < n, turn + 1, 0)
        chosen = turn
        memory[0] = pick(turn + 1 < n, turn + 1, 0)
    d[chosen] = -g[chosen]


class Coordinate(Direction):
    """One variable at a time.

    Args:
        order: ``"cyclic"``: one after the other; ``"largest gradient"``: the steepest one.

    Example:
        >>> Coordinate()
        Coordinate(order='cyclic')
    """

    name = "coordinate descent"
    table = (
        Parameter("order", "", "cyclic", 0, 1, "choice", "which variable comes next",
                  choices=("cyclic", "largest gradient")),
    )  # fmt: skip
    fill = staticmethod(fill)

    def memory(self, n: int) -> int:
        """Whose turn it is."""
        return 1
