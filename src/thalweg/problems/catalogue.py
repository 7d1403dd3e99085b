"""The problems themselves, in one table.

Boxes and minimisers of the surfaces are the usual ones of the test-function literature; every minimiser is a zero of
the gradient to the last digits of double precision. The minimisers of the fits are their closed forms.
"""

from __future__ import annotations

from math import pi

from thalweg.errors import ThalwegError, meant
from thalweg.problems.problem import Data, Problem

ORIGIN = "Where it began"
CLASSIC = "Classic surfaces"


class ProblemError(ThalwegError, ValueError):
    """There is no problem of this name."""


def _square(half: float) -> tuple[tuple[float, float], ...]:
    return ((-half, half), (-half, half))


def _step(alpha: float, *, first_trial: float | None = None) -> dict[str, dict[str, float]]:
    """A fixed step and, where the usual 1 is far too long, a first trial for the line search."""
    options = {"gradient descent": {"alpha": alpha}}
    return options if first_trial is None else options | {"armijo": {"initial": first_trial}}


PROBLEMS: tuple[Problem, ...] = (
    Problem(
        id="paraboloid",
        title="Paraboloid",
        group=ORIGIN,
        text="x^2 + y^2",
        variables=("x", "y"),
        box=_square(5.0),
        start=(3.0, 4.0),
        minimisers=((0.0, 0.0),),
        minimum=0.0,
        options=_step(0.1),
        max_iterations=100,
        note="The same curvature in every direction: each step points at the minimum.",
    ),
    Problem(
        id="sin-x-cos-y",
        title="sin x cos y",
        group=ORIGIN,
        text="sin(x)*cos(y)",
        variables=("x", "y"),
        box=_square(5.0),
        start=(1.0, 1.2),
        minimisers=(
            (-pi / 2, 0.0),
            (pi / 2, pi),
            (pi / 2, -pi),
            (-3 * pi / 2, pi),
            (-3 * pi / 2, -pi),
            (3 * pi / 2, 0.0),
        ),
        minimum=-1.0,
        options=_step(0.3),
        max_iterations=100,
        note="A chequerboard of hills and hollows: the start decides which minimum is found.",
    ),
    Problem(
        id="noisy-line",
        title="Line through noisy points",
        group=ORIGIN,
        text="m*t + b",
        variables=("m", "b"),
        box=((-2.0, 4.5), (-1.0, 7.5)),
        start=(0.0, 0.0),
        minimisers=((1.3000166343778888, 4.1025750779226675),),
        minimum=0.030047717153500334,
        options=_step(0.7),
        max_iterations=200,
        note="A linear regression that is well scaled: every fixed step below 0.787 converges.",
        data=Data("noisy_line.csv", abscissa="t", response="y"),
    ),
    Problem(
        id="wide-line",
        title="Line through unscaled points",
        group=ORIGIN,
        text="m*x + b",
        variables=("m", "b"),
        box=((-1.5, 1.5), (-20.0, 80.0)),
        start=(0.0, 0.0),
        minimisers=((-0.023730899942426296, 53.03462379549364),),
        minimum=804.4504226290854,
        options=_step(3.2e-4),
        max_iterations=100,
        note="A linear regression whose abscissa runs to 100: fixed steps from 3.06e-4 on diverge, smaller ones crawl.",
        data=Data("wide_line.csv", abscissa="x", response="y"),
    ),
    Problem(
        id="saddle",
        title="Saddle",
        group=CLASSIC,
        text="x^2 - y^2",
        variables=("x", "y"),
        box=_square(2.0),
        start=(1.5, 0.01),
        minimisers=(),
        minimum=None,
        options=_step(0.1),
        max_iterations=100,
        note="Unbounded below, with a saddle at the origin that slows a descent along the ridge.",
    ),
    Problem(
        id="monkey-saddle",
        title="Monkey saddle",
        group=CLASSIC,
        text="x^3 - 3x*y^2",
        variables=("x", "y"),
        box=_square(2.0),
        start=(1.5, 0.6),
        minimisers=(),
        minimum=None,
        options=_step(0.01),
        max_iterations=30,
        note="Unbounded below; at the origin the gradient and all curvatures vanish.",
    ),
    Problem(
        id="rosenbrock",
        title="Rosenbrock",
        group=CLASSIC,
        text="(1 - x)^2 + 100*(y - x^2)^2",
        variables=("x", "y"),
        box=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0),
        minimisers=((1.0, 1.0),),
        minimum=0.0,
        options=_step(0.001),
        max_iterations=1000,
        note="A curved, narrow valley, condition 2,500 at the minimum: descent falls into it at once and then creeps.",
    ),
    Problem(
        id="himmelblau",
        title="Himmelblau",
        group=CLASSIC,
        text="(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        variables=("x", "y"),
        box=_square(5.0),
        start=(0.0, 0.0),
        minimisers=(
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
            (3.5844283403304917, -1.8481265269644036),
        ),
        minimum=0.0,
        options=_step(0.01, first_trial=0.1),
        max_iterations=100,
        note="Four minima of equal depth; a longer step jumps between their basins.",
    ),
    Problem(
        id="beale",
        title="Beale",
        group=CLASSIC,
        text="(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        variables=("x", "y"),
        box=_square(4.5),
        start=(1.0, 1.0),
        minimisers=((3.0, 0.5),),
        minimum=0.0,
        options=_step(0.03, first_trial=0.1),
        max_iterations=1000,
        note="A flat valley between steep corners: steps that suit the valley overflow in the corners.",
    ),
    Problem(
        id="six-hump-camel",
        title="Six-hump camel",
        group=CLASSIC,
        text="(4 - 2.1x^2 + x^4/3)*x^2 + x*y + (-4 + 4y^2)*y^2",
        variables=("x", "y"),
        box=((-2.0, 2.0), (-1.0, 1.0)),
        start=(-1.0, -0.8),
        minimisers=((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
        minimum=-1.0316284534898774,
        options=_step(0.03),
        max_iterations=100,
        note="Six minima, two of them global.",
    ),
    Problem(
        id="goldstein-price",
        title="Goldstein-Price",
        group=CLASSIC,
        text="(1 + (x + y + 1)^2*(19 - 14x + 3x^2 - 14y + 6x*y + 3y^2))"
        "*(30 + (2x - 3y)^2*(18 - 32x + 12x^2 + 48y - 36x*y + 27y^2))",
        variables=("x", "y"),
        box=_square(2.0),
        start=(-0.5, -1.5),
        minimisers=((0.0, -1.0),),
        minimum=3.0,
        options=_step(5e-5, first_trial=0.01),
        max_iterations=1000,
        note="Values from 3 to a million: a step short enough for the slopes is slow in the valleys.",
    ),
    Problem(
        id="styblinski-tang",
        title="Styblinski-Tang",
        group=CLASSIC,
        text="(x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y)/2",
        variables=("x", "y"),
        box=_square(5.0),
        start=(0.5, -0.5),
        minimisers=((-2.903534027771177, -2.903534027771177),),
        minimum=-78.33233140754282,
        options=_step(0.01),
        max_iterations=100,
        note="Four minima, one of them global; the sides rise as a fourth power.",
    ),
    Problem(
        id="rastrigin",
        title="Rastrigin",
        group=CLASSIC,
        text="20 + x^2 - 10cos(2pi*x) + y^2 - 10cos(2pi*y)",
        variables=("x", "y"),
        box=_square(5.12),
        start=(2.3, -1.4),
        minimisers=((0.0, 0.0),),
        minimum=0.0,
        options=_step(0.001),
        max_iterations=100,
        note="A minimum in every unit square: a descent ends in the nearest.",
    ),
    Problem(
        id="ackley",
        title="Ackley",
        group=CLASSIC,
        text="-20exp(-0.2sqrt(0.5*(x^2 + y^2))) - exp(0.5*(cos(2pi*x) + cos(2pi*y))) + e + 20",
        variables=("x", "y"),
        box=_square(5.0),
        start=(2.3, -1.4),
        minimisers=((0.0, 0.0),),
        minimum=0.0,
        options=_step(0.01),
        max_iterations=100,
        note="Ripples on a funnel; its tip at the origin is a cone, where the gradient does not exist.",
    ),
)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


_BY_NAME = {_plain(name): problem for problem in PROBLEMS for name in (problem.id, problem.title)}


def find(name: str) -> Problem:
    """The problem of this identity or title; spaces, hyphens and case do not matter.

    Raises:
        ProblemError: There is no such problem; the message lists those there are.

    Example:
        >>> find("six-hump camel").variables
        ('x', 'y')
    """
    problem = _BY_NAME.get(_plain(name))
    if problem is None:
        names = ", ".join(p.id for p in PROBLEMS)
        hint = meant(_plain(name), [p.id for p in PROBLEMS])
        raise ProblemError(f"there is no problem {name!r}{hint}; the problems are: {names}")
    return problem
