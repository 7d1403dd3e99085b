"""The 35 problems in 42 instances: which numbers of variables, which starts, which minima.

Minima that the paper gives to six digits stand here with more, found by Gauss-Newton steps to their fixed point.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from thalweg.problems.more_garbow_hillstrom import fixed, scalable
from thalweg.problems.more_garbow_hillstrom.residual_problem import Minimum, ResidualProblem, Residuals

INF = math.inf
ROWS = 20  # m of the linear functions


def _problem(
    number: int,
    title: str,
    residuals: Residuals,
    start: Iterable[float],
    *minima: Minimum,
    named: int | None = None,
) -> ResidualProblem:
    """An instance; `named` is the n that its id tells, where the collection has several."""
    words = title.lower().replace(",", "").replace("'", "").split()
    name = "-".join([*words, *([str(named)] if named is not None else [])])
    return ResidualProblem(number, name, title, tuple(map(float, start)), minima, residuals)


def _zero(*x: float) -> Minimum:
    return Minimum(0.0, x or None)


def _watson(n: int, value: float) -> ResidualProblem:
    return _problem(20, "Watson", scalable.watson, [0] * n, Minimum(value), named=n)


def _penalty_1(n: int, value: float) -> ResidualProblem:
    return _problem(23, "Penalty I", scalable.penalty_1, range(1, n + 1), Minimum(value), named=n)


def _penalty_2(n: int, value: float) -> ResidualProblem:
    return _problem(24, "Penalty II", scalable.penalty_2, [0.5] * n, Minimum(value), named=n)


def _brown_almost_linear(n: int) -> ResidualProblem:
    return _problem(
        27,
        "Brown almost-linear",
        scalable.brown_almost_linear,
        [0.5] * n,
        _zero(*[1] * n),
        Minimum(
            1.0, (*[0.0] * (n - 1), n + 1), "listed, though f falls from there, in the tenth order at n = 10"
        ),
        named=n,
    )


def _chebyquad(n: int, *minima: Minimum) -> ResidualProblem:
    return _problem(
        35, "Chebyquad", scalable.chebyquad, [j / (n + 1) for j in range(1, n + 1)], *minima, named=n
    )


def _bent(n: int) -> list[float]:
    """The start t (t - 1) of the discretised equations."""
    h = Fraction(1, n + 1)
    return [float(j * h * (j * h - 1)) for j in range(1, n + 1)]


MORE_GARBOW_HILLSTROM: tuple[ResidualProblem, ...] = (
    _problem(1, "Rosenbrock", fixed.rosenbrock, (-1.2, 1), _zero(1, 1)),
    _problem(
        2, "Freudenstein and Roth", fixed.freudenstein_roth, (0.5, -2), _zero(5, 4), Minimum(48.98425367924)
    ),
    _problem(3, "Powell badly scaled", fixed.powell_badly_scaled, (0, 1), _zero()),
    _problem(4, "Brown badly scaled", fixed.brown_badly_scaled, (1, 1), _zero(1e6, 2e-6)),
    _problem(5, "Beale", fixed.beale, (1, 1), _zero(3, 0.5)),
    _problem(6, "Jennrich and Sampson", fixed.jennrich_sampson, (0.3, 0.4), Minimum(124.3621823556)),
    _problem(7, "Helical valley", fixed.helical_valley, (-1, 0, 0), _zero(1, 0, 0)),
    _problem(
        8,
        "Bard",
        fixed.bard,
        (1, 1, 1),
        Minimum(8.214877306579e-3),
        Minimum(17.42869333333, (0.8406, -INF, -INF)),
    ),
    _problem(9, "Gaussian", fixed.gaussian, (0.4, 1, 0), Minimum(1.127932769619e-8)),
    _problem(10, "Meyer", fixed.meyer, (0.02, 4000, 250), Minimum(87.94585517069)),
    _problem(11, "Gulf research and development", fixed.gulf, (5, 2.5, 0.15), _zero(50, 25, 1.5)),
    _problem(
        12, "Box three-dimensional", fixed.box, (0, 10, 20), _zero(1, 10, 1), _zero(10, 1, -1), _zero(2, 2, 0)
    ),
    _problem(13, "Powell singular", fixed.powell_singular, (3, -1, 0, 1), _zero(0, 0, 0, 0)),
    _problem(14, "Wood", fixed.wood, (-3, -1, -3, -1), _zero(1, 1, 1, 1)),
    _problem(
        15,
        "Kowalik and Osborne",
        fixed.kowalik_osborne,
        (0.25, 0.39, 0.415, 0.39),
        Minimum(3.075056038492e-4),
        Minimum(1.027343048695e-3, (INF, -14.07588, -INF, -INF)),
    ),
    _problem(16, "Brown and Dennis", fixed.brown_dennis, (25, 5, -5, -1), Minimum(85822.20162636)),
    _problem(17, "Osborne 1", fixed.osborne_1, (0.5, 1.5, -1, 0.01, 0.02), Minimum(5.464894697483e-5)),
    _problem(
        18,
        "Biggs EXP6",
        fixed.biggs_exp6,
        (1, 2, 1, 1, 1, 1),
        Minimum(5.655649925500e-3),
        _zero(1, 10, 1, 5, 4, 3),
    ),
    _problem(
        19,
        "Osborne 2",
        fixed.osborne_2,
        (1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5),
        Minimum(4.013773629355e-2),
    ),
    _watson(6, 2.287670053552e-3),
    _watson(9, 1.399760138095e-6),
    _watson(12, 4.722381102573e-10),
    _problem(21, "Extended Rosenbrock", scalable.extended_rosenbrock, (-1.2, 1) * 5, _zero(*[1] * 10)),
    _problem(
        22, "Extended Powell singular", scalable.extended_powell_singular, (3, -1, 0, 1) * 3, _zero(*[0] * 12)
    ),
    _penalty_1(4, 2.249977500900e-5),
    _penalty_1(10, 7.087651467090e-5),
    _penalty_2(4, 9.376293007355e-6),
    _penalty_2(10, 2.936605374567e-4),
    _problem(
        25,
        "Variably dimensioned",
        scalable.variably_dimensioned,
        [1 - j / 10 for j in range(1, 11)],
        _zero(*[1] * 10),
    ),
    _problem(
        26,
        "Trigonometric",
        scalable.trigonometric,
        [0.1] * 10,
        _zero(*[0] * 10),
        Minimum(2.795056121878e-5, note="local, not in the paper: where most methods go from this start"),
    ),
    _brown_almost_linear(10),
    _brown_almost_linear(40),
    _problem(28, "Discrete boundary value", scalable.discrete_boundary_value, _bent(10), _zero()),
    _problem(29, "Discrete integral equation", scalable.discrete_integral_equation, _bent(10), _zero()),
    _problem(30, "Broyden tridiagonal", scalable.broyden_tridiagonal, [-1] * 10, _zero()),
    _problem(31, "Broyden banded", scalable.broyden_banded, [-1] * 10, _zero()),
    _problem(32, "Linear, full rank", scalable.linear_full_rank, [1] * 10, Minimum(ROWS - 10, (-1.0,) * 10)),
    _problem(
        33,
        "Linear, rank 1",
        scalable.linear_rank_1,
        [1] * 10,
        Minimum(ROWS * (ROWS - 1) / (2 * (2 * ROWS + 1))),
    ),
    _problem(
        34,
        "Linear, rank 1 with zero columns and rows",
        scalable.linear_rank_1_with_zeros,
        [1] * 10,
        Minimum((ROWS * ROWS + 3 * ROWS - 6) / (2 * (2 * ROWS - 3))),
    ),
    _chebyquad(8, Minimum(3.516873725678e-3)),
    _chebyquad(9, _zero()),
    _chebyquad(
        10, Minimum(6.503954800882e-3), Minimum(4.772713696375e-3, note="lower, and not in the paper")
    ),
)
