"""A fit without a start says what its search met."""

from __future__ import annotations

import re

import numpy as np
from scipy.optimize import least_squares

import thalweg as tw
from thalweg.nist.scores import plain_data
from thalweg.nist.sets import reference_set

T = np.linspace(0, 6, 40)
Y = 2 * np.sin(3 * T) + 0.1 * np.random.default_rng(1).normal(size=40)


def test_other_minima_are_told_with_their_sum_of_squares() -> None:
    fit = tw.fit("a*sin(w*t)", {"t": T, "y": Y})
    assert fit.success
    [caution] = fit.cautions
    said = re.search(r"met (\d+) other minim.* the lowest has ([\d.]+) times", caution)
    assert said is not None
    minima = [
        least_squares(lambda x: x[0] * np.sin(x[1] * T) - Y, [1, w], xtol=1e-12, ftol=1e-12, gtol=1e-12)
        for w in np.linspace(0.2, 12, 60)
    ]
    sums = sorted({float(f"{2 * each.cost:.5g}") for each in minima})
    assert abs(fit.rss / sums[0] - 1) < 1e-4
    ratio = float(said[2])
    assert min(abs(ratio * fit.rss / other - 1) for other in sums[1:]) < 1e-3


def test_a_single_minimum_needs_no_caution() -> None:
    given = reference_set("Misra1a")
    fit = tw.fit(given.model, plain_data(given), parameters=given.parameters)
    assert given.digits(fit.parameters.values()) > 9
    assert fit.cautions == []


def test_the_same_data_give_the_same_start() -> None:
    one, two = (tw.fit("a*sin(w*t)", {"t": T, "y": Y}).solution for _ in range(2))
    assert one.start.tolist() == two.start.tolist()
    assert one.warnings == two.warnings
