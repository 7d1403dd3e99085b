"""Formulas to go down, each with a number that can be changed so that no cache knows it yet."""

from __future__ import annotations

from itertools import count, pairwise
from typing import NamedTuple

_fresh = count(1)


class Surface(NamedTuple):
    """A formula with a place for a constant, the constant, the names of the variables, and a start."""

    title: str
    text: str
    constant: float
    names: tuple[str, ...]
    start: tuple[float, ...]

    def new(self) -> str:
        """The formula, differing from all those before in the last digits of a constant."""
        return self.text.replace("{c}", repr(self.constant * (1.0 + next(_fresh) * 2.0**-44)))


XY = ("x", "y")
ROSENBROCK = Surface("Rosenbrock", "(1-x)^2 + {c}*(y-x^2)^2", 100.0, XY, (-1.2, 1.0))
HIMMELBLAU = Surface("Himmelblau", "(x^2+y-{c})^2 + (x+y^2-7)^2", 11.0, XY, (0.0, 0.0))
WAVES = Surface("sin x cos y", "{c}*sin(x)*cos(y)", 1.0, XY, (1.0, 1.2))
BEALE = Surface("Beale", "({c}-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2", 1.5, XY, (1.0, 1.0))
GOLDSTEIN_PRICE = Surface(
    "Goldstein-Price",
    "({c}+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))",
    1.0,
    XY,
    (-0.5, -1.5),
)
ACKLEY = Surface(
    "Ackley",
    "-{c}*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20",
    20.0,
    XY,
    (2.3, -1.4),
)
PLANE = (ROSENBROCK, HIMMELBLAU, WAVES, BEALE, GOLDSTEIN_PRICE, ACKLEY)


def rastrigin(n: int) -> Surface:
    """Rastrigin's function of n variables."""
    names = tuple(f"x{i}" for i in range(1, n + 1))
    terms = " + ".join(f"{name}^2 - 10*cos(2*pi*{name})" for name in names)
    return Surface(
        f"Rastrigin, n = {n}", f"{{c}} + {terms}", 10.0 * n, names, (2.3, -1.4, 0.7, 1.9, -0.6) * (n // 5)
    )


def rosenbrock(n: int) -> Surface:
    """The chain of Rosenbrock's valleys over n variables."""
    names = tuple(f"x{i}" for i in range(1, n + 1))
    terms = " + ".join(f"(1-{a})^2 + {{c}}*({b}-{a}^2)^2" for a, b in pairwise(names))
    return Surface(f"Rosenbrock, n = {n}", terms, 100.0, names, (-1.2, 1.0) * (n // 2))
