"""Gradient descent as a textbook has it, on Python's own floats: the yardstick for the automaton's arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

Point = list[float]
ROUNDING = 10 * 2.0**-52


@dataclass
class Descent:
    """The iterates, and every trial (iteration, alpha, phi)."""

    points: list[Point] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    trials: list[tuple[int, float, float]] = field(default_factory=list)


def dot(u: Point, v: Point) -> float:
    total = 0.0
    for a, b in zip(u, v, strict=True):
        total += a * b
    return total


def fixed_step(
    f: Callable[[Point], float], g: Callable[[Point], Point], x: Point, alpha: float, steps: int
) -> Descent:
    """Step x <- x - alpha g(x), so many times or until f is not finite."""
    run = Descent([x], [f(x)])
    for k in range(steps):
        x = [a + alpha * -b for a, b in zip(x, g(x), strict=True)]
        run.trials.append((k, alpha, f(x)))
        if not all(map(math.isfinite, [f(x), *x, *g(x)])):
            break
        run.points.append(x)
        run.values.append(f(x))
    return run


def armijo(
    f: Callable[[Point], float],
    g: Callable[[Point], Point],
    x: Point,
    steps: int,
    *,
    c1: float,
    initial: float,
    shrink_min: float,
    shrink_max: float,
    first_shrink_min: float,
    gtol: float = 0.0,
) -> Descent:
    """Backtracking with quadratic interpolation; the same slack for rounding as the library documents."""
    run = Descent([x], [f(x)])
    for k in range(steps):
        fx, gx = f(x), g(x)
        if math.sqrt(dot(gx, gx)) <= gtol:
            break
        d = [-a for a in gx]
        s = dot(d, gx)
        alpha, rejections = initial, 0
        while True:
            t = [a + alpha * b for a, b in zip(x, d, strict=True)]
            phi = f(t)
            run.trials.append((k, alpha, phi))
            finite = all(map(math.isfinite, [phi, *t, *g(t)]))
            visible = ROUNDING * abs(fx)
            if finite and phi < fx - visible and phi <= fx + c1 * alpha * s:
                break
            if finite and phi <= fx + visible and dot(d, g(t)) <= (2.0 * c1 - 1.0) * s:
                break
            rejections += 1
            least = (first_shrink_min if finite and rejections == 1 else shrink_min) * alpha
            following = -s * alpha * alpha / (2.0 * (phi - fx - alpha * s)) if finite else least
            alpha = min(max(following, least), shrink_max * alpha)
        x = t
        run.points.append(x)
        run.values.append(phi)
    return run
