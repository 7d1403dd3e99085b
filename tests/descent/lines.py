"""Step rules driven along a line, without any descent round them; and lines to drive them on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from thalweg.descent.block import RULE_ROWS
from thalweg.descent.judgement import FAILED, QUESTION, REJECTED
from thalweg.descent.part import StepRule

Real = Callable[[float], float]


@dataclass
class Search:
    """What came of a search: the step (None where it failed), its judgement, every trial, slopes asked for."""

    alpha: float | None
    judgement: int
    trials: list[float]
    slopes: int


def search(rule: StepRule, phi: Real, slope: Real, *, fused: bool = False, limit: int = 500) -> Search:
    """Run a rule on phi, told slopes at once (`fused`) or when it asks for them."""
    p, s = np.array(rule.slots()), np.zeros(RULE_ROWS)
    phi_0, slope_0 = phi(0.0), slope(0.0)
    assert slope_0 < 0
    alpha = float(
        rule.first(0.0, phi_0, slope_0, 0.0, 0.0, 0.0, (slope_0**2, slope_0**2, 0.0, 0.0, 0.0), p, s)
    )
    trials: list[float] = []
    slopes = 0
    with np.errstate(all="ignore"):
        while len(trials) < limit:
            value, steep = phi(alpha), slope(alpha)
            if not (math.isfinite(value) and math.isfinite(steep)):
                value = math.inf if value != -math.inf else value
            trials.append(alpha)
            told = steep if fused else math.nan
            judgement, following = rule.judge(alpha, value, told, phi_0, slope_0, p, s)
            if judgement >= QUESTION:
                slopes += 1
                judgement, following = rule.judge(alpha, value, steep, phi_0, slope_0, p, s)
                assert judgement < QUESTION
            if judgement >= FAILED:
                return Search(None, int(judgement), trials, slopes)
            if judgement < REJECTED:
                return Search(alpha, int(judgement), trials, slopes)
            alpha = float(following)
    raise AssertionError(f"no end after {limit} trials: {trials[-3:]}")


@dataclass(frozen=True)
class Line:
    """A function of the step length with its slope."""

    name: str
    phi: Real
    slope: Real


def _yanai(b1: float, b2: float, name: str) -> Line:
    def weight(b: float) -> float:
        return math.sqrt(1 + b * b) - b

    def phi(a: float) -> float:
        return weight(b1) * math.hypot(1 - a, b2) + weight(b2) * math.hypot(a, b1)

    def slope(a: float) -> float:
        return -weight(b1) * (1 - a) / math.hypot(1 - a, b2) + weight(b2) * a / math.hypot(a, b1)

    return Line(name, phi, slope)


def _wiggle(a: float) -> float:
    b = 0.01
    bump = 1 - a if a <= 1 - b else a - 1 if a >= 1 + b else (a - 1) ** 2 / (2 * b) + b / 2
    return bump + 2 * (1 - b) / (39 * math.pi) * math.sin(39 * math.pi / 2 * a)


def _wiggle_slope(a: float) -> float:
    b = 0.01
    bump = -1.0 if a <= 1 - b else 1.0 if a >= 1 + b else (a - 1) / b
    return bump + (1 - b) * math.cos(39 * math.pi / 2 * a)


def _power(a: float, c: float, k: float) -> float:
    try:
        return c * (a + 0.004) ** k
    except OverflowError:
        return math.inf


MORE_THUENTE = (
    Line("1", lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2),
    Line("2", lambda a: _power(a, 1, 5) - _power(a, 2, 4), lambda a: _power(a, 5, 4) - _power(a, 8, 3)),
    Line("3", _wiggle, _wiggle_slope),
    _yanai(0.001, 0.001, "4"),
    _yanai(0.01, 0.001, "5"),
    _yanai(0.001, 0.01, "6"),
)
"""The test functions of Moré & Thuente (1994), section 5."""


def random_line(seed: int) -> Line:
    """A smooth line that falls at 0 and rises far out, with waves, and for some seeds with a hole or a wall."""
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.uniform(-3, 3)
    a, b, c = rng.uniform(0.1, 2, 3)
    frequency, wave = rng.uniform(0.5, 8), rng.uniform(0, 0.3)
    offset = rng.choice([0.0, 0.0, 5.0, -300.0])
    kind = rng.integers(4)
    wall = rng.uniform(0.5, 5)

    def outside(x: float) -> bool:
        return (kind == 2 and x > wall) or (kind == 3 and wall < x < 1.5 * wall)

    def phi(t: float) -> float:
        x = t / scale
        if outside(x):
            return math.nan if kind == 2 else math.inf
        return float(offset + c * ((x - b) ** 2 + a * (x - b) ** 4) + wave * math.sin(frequency * x))

    def slope(t: float) -> float:
        x = t / scale
        if outside(x):
            return math.nan
        return float(
            (c * (2 * (x - b) + 4 * a * (x - b) ** 3) + wave * frequency * math.cos(frequency * x)) / scale
        )

    return Line(str(seed), phi, slope)


def varied_line(seed: int) -> Line:
    """A line of one of six kinds, of any scale: steep or oscillating, walled, or flat for a stretch."""
    rng = np.random.default_rng(seed)
    length, height = 10.0 ** rng.uniform(-8, 8), 10.0 ** rng.uniform(-8, 8)
    offset = rng.choice([0.0, 0.0, 1.0, -30.0])
    b, w = rng.uniform(0.5, 3), rng.uniform(2, 30)
    kind = seed % 6

    def value_and_slope(x: float) -> tuple[float, float]:
        if kind == 0:  # exponential: falls slowly, rises at once
            e = math.exp(x) if x < 700 else math.inf
            return e - (1 + 3 * b) * x, e - (1 + 3 * b)
        if kind == 1:  # waves that hide the valley
            return (x - b) ** 2 + 0.4 * math.sin(w * x) / w, 2 * (x - b) + 0.4 * math.cos(w * x)
        if kind == 2:  # a barrier: infinite at the edge, nothing beyond
            return (-math.log(b - x) - 3 * x / b, 1 / (b - x) - 3 / b) if x < b else (math.nan, math.nan)
        if kind == 3:  # falls all the way to an edge beyond which there is nothing
            return (-x - x * x, -1 - 2 * x) if x <= b else (math.inf, math.nan)
        if kind == 4:  # exactly flat between 1 and 1 + w
            u = x if x < 1 else 1.0 if x < 1 + w else x - w
            return (u - 1) ** 2 + 0.5 * (u - 1) ** 4, 2 * (u - 1) + 2 * (u - 1) ** 3
        return 1 - math.exp(-x * x / (2 * b)) - 0.1 * x, x / b * math.exp(
            -x * x / (2 * b)
        ) - 0.1  # falls, rises, falls

    def phi(t: float) -> float:
        return height * (offset + value_and_slope(t / length)[0])

    def slope(t: float) -> float:
        return height * value_and_slope(t / length)[1] / length

    return Line(f"{seed}", phi, slope)
