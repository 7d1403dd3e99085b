"""The elementary functions against mpmath over their whole range, for each kind of processor."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.kernel.machine import Machine, calling, same_bits, targets
from thalweg.expression.graph import Graph
from thalweg.kernel import elementary, payne_hanek

TINY = 2.0**-1074
SMALL = 2.0**-1022
LARGE = 1.7976931348623157e308
SPECIAL = [
    *(0.0, TINY, 3 * TINY, SMALL - TINY, SMALL, 1e-300, 1e-20, 0.25, 0.5, 1 - 2**-53, 1.0, 1 + 2**-52),
    *(1.5, 2.0, 3.0, 10.0, 1023.0, 1024.0, 2.0**52 - 0.5, 2.0**53 - 1, 2.0**53, 1e300, LARGE, math.inf),
]
SPECIAL += [-x for x in SPECIAL] + [math.nan]

# Doubles unusually near to a multiple of pi/2: of all of them (Muller, "Elementary Functions", chapter 11), of those
# below 2^20, and the integers that are numerators of the convergents of pi.
NEAR_MULTIPLES = [6381956970095103.0 * 2.0**797, 921334.8775182787, 229174.47169039503]
NEAR_MULTIPLES += [
    3.0,
    22.0,
    333.0,
    355.0,
    103993.0,
    104348.0,
    208341.0,
    312689.0,
    833719.0,
    1146408.0,
    4272943.0,
]
NEAR_MULTIPLES += [5419351.0, 80143857.0, 165707065.0, 245850922.0, 411557987.0, 1e22, 1e300]


def wide(rng: np.random.Generator, low: float, high: float, count: int) -> list[float]:
    return list(2.0 ** rng.uniform(math.log2(low), math.log2(high), count))


def trigonometric(rng: np.random.Generator) -> list[float]:
    x = list(rng.uniform(-10, 10, 300)) + wide(rng, 1e-20, 1e6, 300) + wide(rng, 1e5, 1e7, 100)
    x += wide(rng, 1, LARGE, 200) + NEAR_MULTIPLES
    multiples = np.arange(1, 200) * (math.pi / 2)
    far = np.round(rng.uniform(1, 7e5, 200)) * (math.pi / 2)
    border = elementary.LARGEST_DIRECT
    x += [*multiples, *np.nextafter(multiples, 0), *far, border, np.nextafter(border, math.inf)]
    # halfway between multiples, where the quadrant changes
    return x + list(np.arange(1, 100, 2) * (math.pi / 4))


def exponential(rng: np.random.Generator) -> list[float]:
    edges = [709.782712893384, 709.7827128933841, -708.4, -745.1332191019411, -745.1332191019412, -746, 710]
    halves = (np.arange(-1075, 1025, 7) + 0.5) * math.log(2)
    return [
        *rng.uniform(-1, 1, 300),
        *rng.uniform(-746, 710, 600),
        *wide(rng, 1e-320, 1, 100),
        *edges,
        *halves,
    ]


def logarithmic(rng: np.random.Generator) -> list[float]:
    near = 1 + np.concatenate(
        [rng.uniform(-0.3, 0.45, 400), np.array([-1, 1]) * 2.0 ** -rng.uniform(2, 52, (99, 2))[0]]
    )
    roots = [math.sqrt(0.5), math.sqrt(2), np.nextafter(math.sqrt(0.5), 0), np.nextafter(math.sqrt(2), 0)]
    return [*near, *wide(rng, TINY, LARGE, 500), *roots]


def hyperbolic(rng: np.random.Generator) -> list[float]:
    return [*rng.uniform(-1, 1, 300), *rng.uniform(-25, 25, 300), *wide(rng, 1e-320, 1, 200), 22.0, 19.0617]


ARGUMENTS: dict[str, Callable[[np.random.Generator], list[float]]] = {
    "sin": trigonometric,
    "cos": trigonometric,
    "tan": trigonometric,
    "exp": exponential,
    "log": logarithmic,
    "sqrt": logarithmic,
    "tanh": hyperbolic,
}
LIMITS = {"sin": 2, "cos": 2, "tan": 4, "exp": 2, "log": 2, "sqrt": 0.5, "tanh": 4, "power": 2}


@cache
def arguments(name: str) -> np.ndarray:
    x = np.array(ARGUMENTS[name](np.random.default_rng(7)), dtype=np.float64)
    return np.concatenate([SPECIAL, x, -x])


@cache
def exact(name: str) -> list[Any]:
    """True values in 120 bits, after an argument reduction in as many as it takes; nan where there is none."""
    found: list[Any] = []
    function = getattr(mp, name)
    for x in arguments(name).tolist():
        if not math.isfinite(x):
            found.append(None)
            continue
        with mp.workprec(1200 if name in ("sin", "cos", "tan") and abs(x) > 1e5 else 120):
            if name == "log" and x == 0:
                value = -mp.inf
            else:
                value = function(mpf(x))
        found.append(mp.nan if isinstance(value, mp.mpc) and value.imag else value.real)
    return found


def ulps(value: float, truth: Any) -> Any:
    """How many units of the truth's last place a double is away from it."""
    if mp.isnan(truth):
        return 0 if math.isnan(value) else mp.inf
    rounded = float(truth)
    if math.isinf(rounded) or math.isinf(value) or math.isnan(value):
        return 0 if value == rounded else mp.inf
    return abs(mpf(value) - truth) / mpf(math.ulp(rounded))


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("name", ARGUMENTS)
def test_functions_are_accurate_over_their_whole_range(name: str, target: str) -> None:
    machine = Machine(targets()[target], *calling(name), 1)
    x = arguments(name)
    (found,) = machine.together(x[None, :])
    errors = [
        0 if truth is None else ulps(value, truth)
        for value, truth in zip(found.tolist(), exact(name), strict=True)
    ]
    worst = max(range(len(x)), key=errors.__getitem__)
    assert errors[worst] <= LIMITS[name], (float(x[worst]), float(found[worst]), exact(name)[worst])


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("name", [*ARGUMENTS, "abs", "sign"])
def test_functions_treat_zeros_infinities_and_nan_as_c_does(name: str, target: str) -> None:
    machine = Machine(targets()[target], *calling(name), 1)
    x = np.array([0.0, -0.0, TINY, -TINY, 1.0, -1.0, math.inf, -math.inf, math.nan])
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(x)
    if name == "sign":
        wanted = np.where(x == 0, x, wanted)  # a zero keeps its sign
    (found,) = machine.together(x[None, :])
    special = ~np.isfinite(wanted) | (wanted == 0) | (np.abs(wanted) < SMALL)
    assert same_bits(found[special], wanted[special])


@pytest.mark.parametrize("target", targets())
def test_huge_arguments_are_reduced_alike_in_every_lane(target: str) -> None:
    """One huge argument among ordinary ones takes the branch for all of them, and must change none."""
    graph = Graph()
    x = graph.variable(0)
    machine = Machine(targets()[target], graph, [graph.call(name, x) for name in ("sin", "cos", "tan")], 1)
    ordinary = np.linspace(-900_000.0, 900_000.0, 8)
    alone = machine.one_by_one(ordinary[None, :])
    for lane in range(8):
        for huge in (1e6 * (1 + 2**-50), -3.7e9, 1e300, LARGE, math.inf, math.nan):
            mixed = ordinary.copy()
            mixed[lane] = huge
            found = machine.together(mixed[None, :])
            assert same_bits(found, machine.one_by_one(mixed[None, :]))
            others = np.arange(8) != lane
            assert same_bits(found[:, others], alone[:, others])


def test_the_bits_of_two_over_pi() -> None:
    with mp.workprec(1400):
        assert int(mp.floor(mp.ldexp(2 / mp.pi, 1216))) == payne_hanek.TWO_OVER_PI


# Powers


@cache
def power_arguments() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    x = [rng.uniform(0, 10, 400), 2.0 ** rng.uniform(-1074, 1024, 400), 1 + rng.uniform(-0.4, 0.5, 400)]
    y = [rng.uniform(-20, 20, 400), rng.uniform(-1, 1, 400), rng.uniform(-1500, 1500, 400)]
    # results that reach over the whole range, into the denormal numbers and to the edge of overflow
    base = np.concatenate([rng.uniform(0.1, 10, 400), 1 + 2.0 ** -rng.uniform(1, 50, 400)])
    x.append(base)
    y.append(rng.uniform(-745.2, 709.9, 800) / np.log(base))
    # negative bases, whole exponents
    x.append(-rng.uniform(0.5, 3, 200))
    y.append(np.round(rng.uniform(-700, 700, 200)))
    return np.concatenate(x), np.concatenate(y)


@cache
def exact_powers() -> list[Any]:
    with mp.workprec(140):
        x, y = power_arguments()
        return [mp.power(mpf(a), mpf(b)).real for a, b in zip(x.tolist(), y.tolist(), strict=True)]


@pytest.mark.parametrize("target", targets())
def test_powers_are_accurate(target: str) -> None:
    machine = Machine(targets()[target], *calling("power", 2), 2)
    x, y = power_arguments()
    (found,) = machine.together(np.array([x, y]))
    errors = [ulps(value, truth) for value, truth in zip(found.tolist(), exact_powers(), strict=True)]
    worst = max(range(len(x)), key=errors.__getitem__)
    assert errors[worst] <= LIMITS["power"], (x[worst], y[worst], found[worst], exact_powers()[worst])


@pytest.mark.parametrize("target", targets())
def test_powers_have_the_special_cases_of_c(target: str) -> None:
    values = np.array([*SPECIAL, 1 / 3, -1 / 3, 5.0, -5.0, 2.0**52 + 1, -(2.0**52) - 1])
    x, y = (grid.ravel() for grid in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        wanted = np.power(x, y)
    machine = Machine(targets()[target], *calling("power", 2), 2)
    (found,) = machine.together(np.array([x, y]))
    special = ~np.isfinite(wanted) | (wanted == 0) | (np.abs(x) == 1) | (y == 0)
    assert same_bits(found[special], wanted[special])
    np.testing.assert_allclose(found[~special], wanted[~special], rtol=1e-15, atol=4 * TINY)


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("exponent", [2, 3, 4, 5, 6, 7, 12, 31, 100, 1000, -1, -2, -3, -7, -64])
def test_whole_powers_are_accurate_from_underflow_to_overflow(exponent: int, target: str) -> None:
    rng = np.random.default_rng(abs(exponent))
    reach = 1020 / abs(exponent)
    x = np.concatenate(
        [rng.uniform(-2, 2, 80), 2.0 ** rng.uniform(-1.05 * reach, min(1023.9, 1.01 * reach), 120)]
    )
    graph = Graph()
    machine = Machine(targets()[target], graph, [graph.integer_power(graph.variable(0), exponent)], 1)
    (found,) = machine.together(x[None, :])
    with mp.workprec(120):
        errors = [ulps(b, mpf(a) ** exponent) for a, b in zip(x.tolist(), found.tolist(), strict=True)]
    assert max(errors) <= LIMITS["power"]
    ends = np.array([0.0, -0.0, math.inf, -math.inf, math.nan])
    with np.errstate(all="ignore"):
        assert same_bits(machine.together(ends[None, :])[0], np.power(ends, float(exponent)))
