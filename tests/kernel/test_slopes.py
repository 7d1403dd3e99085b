"""First and second derivatives of every function in the table, as the kernels give them, against textbook formulas.

The error is held to be a few units in the last place of the derivative itself, over the whole range where it and what
it is computed from can be represented; a second derivative by two arguments, of the largest of the three.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.kernel.test_elementary import SMALL
from thalweg.expression.functions import FUNCTIONS
from thalweg.objective.formula import Formula

Draw = Callable[[np.random.Generator], Any]

DIGITS = 700
"""Enough for 1 - x^2 where x is 1e-300."""

EPSILON = 2.0**-53


def powers_of_ten(low: float, high: float, count: int = 60) -> Draw:
    """Numbers of either sign whose sizes are spread evenly over these powers of ten."""
    return lambda rng: 10.0 ** rng.uniform(low, high, count) * rng.choice([-1.0, 1.0], count)


def joined(*draws: Draw) -> Draw:
    return lambda rng: np.concatenate([draw(rng) for draw in draws])


def absolute(draw: Draw) -> Draw:
    return lambda rng: np.abs(draw(rng))


def beside(place: float, draw: Draw) -> Draw:
    return lambda rng: place + draw(rng)


NEAR = joined(powers_of_ten(-300, 0), powers_of_ten(-3, 1))
WIDE = joined(NEAR, powers_of_ten(0, 60))
ENDS = joined(powers_of_ten(-300, -0.01), beside(1.0, lambda rng: -(10.0 ** rng.uniform(-16, -1, 60))))
BOTH_ENDS = joined(ENDS, lambda rng: -ENDS(rng))
EXPONENTIAL = joined(NEAR, lambda rng: rng.uniform(-350, 350, 60))
POSITIVE = absolute(joined(powers_of_ten(-100, 100), powers_of_ten(-1, 1)))


def sech(x: Any) -> Any:
    return 1 / mp.cosh(x)


def bell(x: Any) -> Any:
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def leg(x: Any) -> Any:
    return mp.sqrt(1 - x * x)


Exact = Callable[[Any], Any]

ONE_ARGUMENT: dict[str, tuple[Draw, Exact, Exact]] = {
    "sin": (WIDE, mp.cos, lambda x: -mp.sin(x)),
    "cos": (WIDE, lambda x: -mp.sin(x), lambda x: -mp.cos(x)),
    "tan": (WIDE, lambda x: mp.sec(x) ** 2, lambda x: 2 * mp.sec(x) ** 2 * mp.tan(x)),
    "asin": (BOTH_ENDS, lambda x: 1 / leg(x), lambda x: x / leg(x) ** 3),
    "acos": (BOTH_ENDS, lambda x: -1 / leg(x), lambda x: -x / leg(x) ** 3),
    "atan": (WIDE, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    "sinh": (EXPONENTIAL, mp.cosh, mp.sinh),
    "cosh": (EXPONENTIAL, mp.sinh, mp.cosh),
    "tanh": (EXPONENTIAL, lambda x: sech(x) ** 2, lambda x: -2 * sech(x) ** 2 * mp.tanh(x)),
    "sech": (
        EXPONENTIAL,
        lambda x: -sech(x) * mp.tanh(x),
        lambda x: sech(x) * (mp.tanh(x) ** 2 - sech(x) ** 2),
    ),
    "asinh": (WIDE, lambda x: 1 / mp.sqrt(1 + x * x), lambda x: -x / mp.sqrt(1 + x * x) ** 3),
    "acosh": (
        beside(1.0, absolute(powers_of_ten(-15, 60))),
        lambda x: 1 / mp.sqrt(x * x - 1),
        lambda x: -x / mp.sqrt(x * x - 1) ** 3,
    ),
    "atanh": (BOTH_ENDS, lambda x: 1 / leg(x) ** 2, lambda x: 2 * x / leg(x) ** 4),
    "exp": (EXPONENTIAL, mp.exp, mp.exp),
    "expm1": (EXPONENTIAL, mp.exp, mp.exp),
    "log": (POSITIVE, lambda x: 1 / x, lambda x: -1 / x**2),
    "log10": (POSITIVE, lambda x: 1 / (x * mp.log(10)), lambda x: -1 / (x**2 * mp.log(10))),
    "log2": (POSITIVE, lambda x: 1 / (x * mp.log(2)), lambda x: -1 / (x**2 * mp.log(2))),
    "log1p": (
        joined(beside(-1.0, absolute(powers_of_ten(-15, 0))), absolute(WIDE)),
        lambda x: 1 / (1 + x),
        lambda x: -1 / (1 + x) ** 2,
    ),
    "sqrt": (POSITIVE, lambda x: 1 / (2 * mp.sqrt(x)), lambda x: -1 / (4 * mp.sqrt(x) ** 3)),
    "cbrt": (
        joined(POSITIVE, lambda rng: -POSITIVE(rng)),
        lambda x: mp.cbrt(abs(x)) / (3 * abs(x)),
        lambda x: -2 * mp.cbrt(abs(x)) / (9 * x * abs(x)),
    ),
    "abs": (WIDE, mp.sign, lambda x: mpf(0)),
    "sign": (WIDE, lambda x: mpf(0), lambda x: mpf(0)),
    "floor": (WIDE, lambda x: mpf(0), lambda x: mpf(0)),
    "erf": (joined(NEAR, lambda rng: rng.uniform(-5, 5, 60)), bell, lambda x: -2 * x * bell(x)),
    "erfc": (
        joined(NEAR, lambda rng: rng.uniform(-5, 5, 60)),
        lambda x: -bell(x),
        lambda x: 2 * x * bell(x),
    ),
    "sigmoid": (
        EXPONENTIAL,
        lambda x: sech(x / 2) ** 2 / 4,
        lambda x: -(sech(x / 2) ** 2) * mp.tanh(x / 2) / 4,
    ),
    "softplus": (EXPONENTIAL, lambda x: 1 / (1 + mp.exp(-x)), lambda x: sech(x / 2) ** 2 / 4),
    "relu": (WIDE, lambda x: mpf(x > 0), lambda x: mpf(0)),
}


def drawn(name: str) -> list[float]:
    return np.asarray(ONE_ARGUMENT[name][0](np.random.default_rng(11)), dtype=np.float64).tolist()


def units(value: float, truth: Any, scale: Any) -> float:
    """How far a value is from the truth, in half units of the last place of `scale`; denormals do not count."""
    if not math.isfinite(value):
        return math.inf
    return float(max(mpf(0), abs(mpf(value) - truth) - 4 * mpf(SMALL)) / (abs(scale) * EPSILON or 1))


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if FUNCTIONS[name].arguments == 1])
def test_slopes_of_one_argument_keep_their_digits(name: str) -> None:
    formula = Formula(f"{name}(x)")
    _, *exact = ONE_ARGUMENT[name]
    for x in drawn(name):
        found = formula.gradient([x]).item(), formula.hessian([x]).item()
        with mp.workdps(DIGITS):
            for order, truth_at in enumerate(exact, 1):
                truth = truth_at(mpf(x))
                limit = 16 * (1 + x * x) if name.startswith("erf") else 16  # exp(-x^2) of a rounded square
                limit += 8 * (name == "cbrt")  # of the system, where it may have 4 units itself
                scale = exact[0](mpf(x)) if name == "sigmoid" else truth  # the second crosses 0 where x is 0
                assert units(found[order - 1], truth, scale) <= limit, (
                    order,
                    x,
                    found[order - 1],
                    float(truth),
                )


class Pair(NamedTuple):
    draw: Draw
    slopes: Callable[[Any, Any], Sequence[Any]]
    bends: Callable[[Any, Any], Sequence[Any]]
    """Second derivatives: by the first twice, by both, by the second twice."""


def plane(rng: np.random.Generator) -> Any:
    """Points at any distance from the origin, in any direction, near the axes too."""
    size = 10.0 ** rng.uniform(-70, 70, 150)
    tilt = 10.0 ** np.concatenate([rng.uniform(-2, 2, 100), rng.uniform(-12, 12, 50)])
    return np.array([size, size * tilt]) * rng.choice([-1.0, 1.0], (2, 150))


def apart(rng: np.random.Generator) -> Any:
    a = rng.uniform(-300, 300, 120)
    b = np.concatenate([rng.uniform(-300, 300, 60), a[60:] * (1 + 10.0 ** rng.uniform(-12, -1, 60))])
    return np.array([a, b])


def round_origin(x: Any, y: Any) -> Sequence[Any]:
    r = mp.hypot(x, y) ** 3
    return y * y / r, -x * y / r, x * x / r


def angle(y: Any, x: Any) -> Sequence[Any]:
    r = (x * x + y * y) ** 2
    return -2 * x * y / r, (y * y - x * x) / r, 2 * x * y / r


def shares(a: Any, b: Any) -> Sequence[Any]:
    return 1 / (1 + mp.exp(b - a)), 1 / (1 + mp.exp(a - b))


def shared(a: Any, b: Any) -> Sequence[Any]:
    bend = sech((a - b) / 2) ** 2 / 4
    return bend, -bend, bend


NONE = (mpf(0), mpf(0), mpf(0))

TWO_ARGUMENTS: dict[str, Pair] = {
    "atan2": Pair(plane, lambda y, x: (x / (x * x + y * y), -y / (x * x + y * y)), angle),
    "hypot": Pair(plane, lambda x, y: (x / mp.hypot(x, y), y / mp.hypot(x, y)), round_origin),
    "min": Pair(plane, lambda a, b: (mpf(a < b), mpf(b < a)), lambda a, b: NONE),
    "max": Pair(plane, lambda a, b: (mpf(a > b), mpf(b > a)), lambda a, b: NONE),
    "logsumexp": Pair(apart, shares, shared),
}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if FUNCTIONS[name].arguments == 2])
def test_slopes_of_two_arguments_keep_their_digits(name: str) -> None:
    formula = Formula(f"{name}(x, y)")
    pair = TWO_ARGUMENTS[name]
    for x, y in np.asarray(pair.draw(np.random.default_rng(12))).T.tolist():
        gradient, hessian = formula.gradient([x, y]).tolist(), formula.hessian([x, y])
        assert (hessian == hessian.T).all()
        with mp.workdps(DIGITS):
            one, other = mpf(x), mpf(y)
            if name == "logsumexp":  # of the rounded distance, which the arguments' digits decide
                other = one - mpf(x - y)
            for found, truth in zip(gradient, pair.slopes(one, other), strict=True):
                assert units(found, truth, truth) <= 16, (x, y, found, float(truth))
            bends = pair.bends(one, other)
            largest = max(map(abs, bends))
            for found, truth in zip(hessian[np.tril_indices(2)].tolist(), bends, strict=True):
                assert units(found, truth, largest) <= 16, (x, y, found, float(truth))


@pytest.mark.parametrize("x", [300.0, 360.0, 720.0, 1e3, 1e308, math.inf])
@pytest.mark.parametrize("name", ["tanh", "sech", "sigmoid", "softplus"])
def test_slopes_far_out_are_numbers(name: str, x: float) -> None:
    formula = Formula(f"{name}(x)")
    for at in (x, -x):
        slope, bend = formula.gradient([at]).item(), formula.hessian([at]).item()
        assert abs(slope - (name == "softplus" and at > 0)) < 1e-120
        assert abs(bend) < 1e-120


def test_powers_keep_their_digits_in_both_arguments() -> None:
    formula = Formula("x^y")
    rng = np.random.default_rng(13)
    for _ in range(150):
        x = 10.0 ** rng.uniform(-20, 20)
        y = rng.uniform(-200, 200) / max(1.0, abs(math.log10(x)))
        gradient, hessian = formula.gradient([x, y]).tolist(), formula.hessian([x, y])
        with mp.workdps(60):
            a, b = mpf(x), mpf(y)
            log = mp.log(a)
            slopes = b * a ** (b - 1), a**b * log
            bends = b * (b - 1) * a ** (b - 2), a ** (b - 1) * (1 + b * log), a**b * log**2
            # the exponent's last place is worth log(x) of the power's, and 1 + y log(x) may cancel
            worth = 16 * (1 + (1 + abs(b)) * abs(log))
            for found, truth in zip(gradient, slopes, strict=True):
                assert units(found, truth, truth) <= worth, (x, y, found, float(truth))
            scales = bends[0], a ** (b - 1) * (1 + abs(b * log)), bends[2]
            for found, truth, scale in zip(hessian[np.tril_indices(2)].tolist(), bends, scales, strict=True):
                assert units(found, truth, scale) <= worth, (x, y, found, float(truth))
