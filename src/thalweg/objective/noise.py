"""How much a computed function wavers: its noise level, from values at a few equally spaced points.

For a smooth function the k-th differences over a short spacing vanish as h^k, so what is left of them is noise, whose
k-th differences have the variance (2k)!/(k!)^2 times its own (Moré & Wild, "Estimating computational noise", SIAM J.
Sci. Comput. 33, 2011; their ECnoise).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, sqrt

import numpy as np

from thalweg.objective.differences import EPS

POINTS = 7
SPACING = EPS**0.5 / 4.0
AGREE = 4.0  # levels of three neighbouring orders that are so close to each other are noise
WIDEST = 1e-2
"""Spacing beyond which it is no longer the neighbourhood that is looked at."""


def noise_of(along: Callable[[float], float]) -> float:
    """The noise level of ``along(t)`` near t = 0, where t = 1 is the scale of the problem; inf where it has no end.

    Never less than the rounding of f itself.  Takes 7 evaluations, and 7 more for each spacing that shows nothing.
    """
    h, floor = SPACING, 0.0
    while h <= WIDEST:
        values = np.array([along((i - POINTS // 2) * h) for i in range(POINTS)])
        if not np.isfinite(values).all():
            return float("inf")
        floor = EPS * float(np.abs(values).max())
        size = float(np.abs(values).max()) or 1.0
        differences = values / size  # which may overflow when squared
        levels: list[float] = []
        mixed: list[bool] = []
        for k in range(1, POINTS):
            differences = np.diff(differences)
            levels.append(size * sqrt(float(np.mean(differences**2)) / comb(2 * k, k)))
            mixed.append(bool((differences > 0).any() and (differences < 0).any()))
        if np.ptp(values) <= 4.0 * floor:  # nothing but rounding, or too short a spacing to see more
            h *= 100.0
            continue
        for k in range(len(levels) - 2):
            three = levels[k : k + 3]
            if max(three) <= AGREE * min(three) and mixed[k]:
                return max(levels[k], floor)
        return max(levels[-1], floor)
    return floor
