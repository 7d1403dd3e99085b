"""The further functions against mpmath over their whole range, for each kind of processor."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.kernel.machine import Machine, calling, same_bits, targets
from tests.kernel.test_elementary import LARGE, SMALL, SPECIAL, TINY, ulps, wide
from thalweg.kernel import system

Arguments = Callable[[np.random.Generator], list[float]]


def everywhere(rng: np.random.Generator) -> list[float]:
    return [*rng.uniform(-3, 3, 300), *rng.uniform(-50, 50, 100), *wide(rng, TINY, LARGE, 300)]


def within_one(rng: np.random.Generator) -> list[float]:
    near = 1 - 2.0 ** -rng.uniform(1, 53, 200)
    return [*rng.uniform(-1, 1, 300), *near, *wide(rng, TINY, 1, 100), 1 + 2**-52]


def above_one(rng: np.random.Generator) -> list[float]:
    return [*(1 + 2.0 ** -rng.uniform(0, 52, 200)), *wide(rng, 1, LARGE, 300), 1 - 2**-53]


def above_minus_one(rng: np.random.Generator) -> list[float]:
    near = 2.0 ** -rng.uniform(0, 60, 300)
    return [*(near - 1), *near, *rng.uniform(-0.9, 3, 400), *wide(rng, TINY, LARGE, 200)]


def positive(rng: np.random.Generator) -> list[float]:
    whole = [*(2.0 ** np.arange(-1074, 1024, 50)), *(10.0 ** np.arange(0, 23))]
    return [
        *rng.uniform(0.5, 2, 400),
        *(1 + 2.0 ** -rng.uniform(1, 52, 100)),
        *wide(rng, TINY, LARGE, 300),
        *whole,
    ]


def exponential(rng: np.random.Generator) -> list[float]:
    edges = [
        709.782712893384,
        709.7827128933841,
        710.4758600739439,
        710.475860073944,
        745.2,
        37.0,
        38.0,
        40.0,
    ]
    spread = [*rng.uniform(-1, 1, 300), *rng.uniform(-45, 45, 300), *rng.uniform(-750, 712, 300)]
    halves = (np.arange(-60, 60) + 0.5) * math.log(2)
    return [*spread, *edges, *wide(rng, TINY, 1, 200), *halves]


def bell(rng: np.random.Generator) -> list[float]:
    return [*rng.uniform(-6, 6, 400), *rng.uniform(-30, 30, 200), *wide(rng, TINY, 1, 100)]


FUNCTIONS: dict[str, tuple[Arguments, Callable[[Any], Any]]] = {
    "asin": (within_one, mp.asin),
    "acos": (within_one, mp.acos),
    "atan": (everywhere, mp.atan),
    "sinh": (exponential, mp.sinh),
    "cosh": (exponential, mp.cosh),
    "sech": (exponential, mp.sech),
    "asinh": (everywhere, mp.asinh),
    "acosh": (above_one, mp.acosh),
    "atanh": (within_one, mp.atanh),
    "log10": (positive, lambda x: mp.log(x) / mp.log(10)),
    "log2": (positive, lambda x: mp.log(x) / mp.log(2)),
    "log1p": (above_minus_one, lambda x: mp.log(1 + x)),
    "expm1": (exponential, lambda x: mp.exp(x) - 1),
    "cbrt": (everywhere, lambda x: mp.sign(x) * mp.cbrt(abs(x))),
    "floor": (everywhere, mp.floor),
    "erf": (bell, mp.erf),
    "erfc": (bell, mp.erfc),
    "sigmoid": (exponential, lambda x: 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))),
    "softplus": (exponential, lambda x: max(x, mpf(0)) + mp.log1p(mp.exp(-abs(x)))),
    "relu": (everywhere, lambda x: max(x, mpf(0))),
}
PROPER = {"floor": 0, "relu": 0, "log2": 1, "log10": 1}
"""Units in the last place by which a function may be off, where it is better than 4."""


@cache
def arguments(name: str) -> np.ndarray:
    x = np.array(FUNCTIONS[name][0](np.random.default_rng(7)), dtype=np.float64)
    return np.concatenate([SPECIAL, x, -x])


@cache
def exact(name: str) -> list[Any]:
    """True values, nan where there is none, None where the argument is none."""
    found: list[Any] = []
    for x in arguments(name).tolist():
        if not math.isfinite(x):
            found.append(None)
            continue
        with mp.workprec(1200 if abs(x) < 1e-10 else 200):
            found.append(_truth(name, x))
    return found


def _truth(name: str, x: float) -> Any:
    if name == "floor" and abs(x) > 2.0**52:
        return mpf(x)
    if x == {"log10": 0, "log2": 0, "log1p": -1}.get(name):
        return -mp.inf
    if name == "atanh" and abs(x) == 1:
        return mp.inf * x
    if abs(x) > 1e5:  # mpmath writes out all digits of a huge power
        if name in ("sinh", "expm1", "cosh"):
            return mp.inf if x > 0 or name == "cosh" else mpf(-1) if name == "expm1" else -mp.inf
        if name in ("sigmoid", "sech"):
            return mpf(1 if x > 0 and name == "sigmoid" else 0)
        if name in ("erf", "erfc"):
            return mp.sign(x) if name == "erf" else 1 - mp.sign(x)
        if name == "softplus":
            return max(mpf(x), mpf(0))
    value = FUNCTIONS[name][1](mpf(x))
    return mp.nan if isinstance(value, mp.mpc) and value.imag else value.real


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_accurate_over_their_whole_range(name: str, target: str) -> None:
    machine = Machine(targets()[target], *calling(name), 1)
    x = arguments(name)
    (found,) = machine.together(x[None, :])
    assert same_bits(found, machine.one_by_one(x[None, :])[0])
    errors = [
        0 if truth is None else ulps(value, truth)
        for value, truth in zip(found.tolist(), exact(name), strict=True)
    ]
    worst = max(range(len(x)), key=errors.__getitem__)
    assert errors[worst] <= PROPER.get(name, 4), (float(x[worst]), float(found[worst]), exact(name)[worst])


IN_NUMPY = {
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "log10": np.log10, "log2": np.log2, "log1p": np.log1p,
    "expm1": np.expm1, "cbrt": np.cbrt, "floor": np.floor,
}  # fmt: skip


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("name", IN_NUMPY)
def test_functions_treat_zeros_infinities_and_nan_as_c_does(name: str, target: str) -> None:
    x = np.array([0.0, -0.0, TINY, -TINY, 1.0, -1.0, math.inf, -math.inf, math.nan])
    with np.errstate(all="ignore"):
        wanted = IN_NUMPY[name](x)
    (found,) = Machine(targets()[target], *calling(name), 1).together(x[None, :])
    special = ~np.isfinite(wanted) | (wanted == 0) | (np.abs(wanted) < SMALL)
    assert same_bits(found[special], wanted[special])


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("erf", [-1.0, 1.0, -0.0]),
        ("erfc", [2.0, 0.0, 1.0]),
        ("sigmoid", [0.0, 1.0, 0.5]),
        ("sech", [0.0, 0.0, 1.0]),
        ("softplus", [0.0, math.inf, math.log(2)]),
        ("relu", [0.0, math.inf, -0.0]),
    ],
)
def test_functions_end_as_their_limits_say(name: str, ends: list[float], target: str) -> None:
    x = np.array([-math.inf, math.inf, -0.0, math.nan])
    (found,) = Machine(targets()[target], *calling(name), 1).together(x[None, :])
    assert same_bits(found, np.array([*ends, math.nan]))


# Two arguments


@cache
def pairs() -> np.ndarray:
    rng = np.random.default_rng(5)
    near = rng.uniform(-3, 3, (2, 500))
    far = 2.0 ** rng.uniform(-1074, 1024, (2, 300)) * rng.choice([-1, 1], (2, 300))
    alike = 2.0 ** rng.uniform(-1070, 1020, 200)
    alike = np.array([alike, alike * rng.uniform(0.3, 3, 200)])
    return np.concatenate([near, far, alike, 1e4 * near[:, :100]], axis=1)


def exact_pair(name: str, a: float, b: float) -> Any:
    one, other = mpf(a), mpf(b)
    match name:
        case "atan2":
            return mp.atan2(one, other)
        case "hypot":
            return mp.sqrt(one * one + other * other)
        case _:
            larger, distance = max(one, other), abs(one - other)
            return larger + (mp.log1p(mp.exp(-distance)) if distance < 1e4 else 0)


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("name", ["atan2", "hypot", "logsumexp"])
def test_functions_of_two_are_accurate(name: str, target: str) -> None:
    """The sum within logsumexp may cancel, as any sum does; its error is one of the greater argument's size."""
    machine = Machine(targets()[target], *calling(name, 2), 2)
    x = pairs()
    (found,) = machine.together(x)
    assert same_bits(found, machine.one_by_one(x)[0])
    with mp.workprec(200):
        for a, b, value in zip(*x.tolist(), found.tolist(), strict=True):
            truth = exact_pair(name, a, b)
            error = ulps(value, truth)
            if name == "logsumexp" and error > 4:
                error = abs(mpf(value) - truth) / mpf(math.ulp(max(abs(a), abs(b))))
            assert error <= 4, (a, b, value, truth)


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("atan2", np.arctan2),
        ("hypot", np.hypot),
        ("logsumexp", np.logaddexp),
        ("min", np.minimum),
        ("max", np.maximum),
    ],
)
def test_functions_of_two_have_the_special_cases_of_numpy(name: str, reference: Any, target: str) -> None:
    values = np.array([0.0, TINY, SMALL, 0.3, 1.0, 2.5, 1e300, LARGE, math.inf])
    values = np.array([*values, *-values, math.nan])
    x = np.array([grid.ravel() for grid in np.meshgrid(values, values)])
    with np.errstate(all="ignore"):
        wanted = reference(*x)
        if name == "hypot":
            wanted = np.where(np.isnan(x).any(axis=0), math.nan, wanted)  # C says inf for hypot(inf, nan)
    (found,) = Machine(targets()[target], *calling(name, 2), 2).together(x)
    if name in ("min", "max"):
        found, wanted = found + 0.0, wanted + 0.0  # of two zeros either may be taken
    special = ~np.isfinite(wanted) | (wanted == 0)
    assert same_bits(found[special], wanted[special])
    np.testing.assert_allclose(found[~special], wanted[~special], rtol=1e-15, atol=4 * TINY)


# The system's library


def test_a_function_the_system_does_not_have_is_named() -> None:
    with pytest.raises(system.MissingFunctionError, match="no thalweg_no_such_function"):
        system.address("thalweg_no_such_function")
