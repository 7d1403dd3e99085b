"""Whole formulas: values, gradients and Hessians against mpmath; point and batch code against each other."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.expression.evaluate import evaluate as exactly
from tests.expression.strategies import parsed_formulas
from tests.kernel import bounds
from tests.kernel.machine import Machine, same_bits, targets
from thalweg.expression.derivative import gradient, hessian
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed

SURFACES = json.loads((Path(__file__).parents[1] / "data" / "surfaces.json").read_text(encoding="utf-8"))
BY_NAME = [pytest.param(surface, id=surface["name"]) for surface in SURFACES["surfaces"]]


def roots_of(formula: Parsed, n: int) -> list[int]:
    """Value, gradient and the Hessian's lower triangle."""
    second = hessian(formula.graph, formula.root, n)
    return [
        formula.root,
        *gradient(formula.graph, formula.root, n),
        *(entry for row in second for entry in row),
    ]


def points_in(surface: dict[str, Any], count: int) -> np.ndarray:
    (x0, x1), (y0, y1) = surface["box"]["x"], surface["box"]["y"]
    unit = np.random.default_rng(3).uniform(size=(2, count))
    return np.array([x0 + unit[0] * (x1 - x0), y0 + unit[1] * (y1 - y0)])


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("surface", BY_NAME)
def test_values_and_derivatives_of_the_surfaces(surface: dict[str, Any], target: str) -> None:
    formula = parse(surface["python"], variables=["x", "y"])
    roots = roots_of(formula, 2)
    x = points_in(surface, 12)
    found = Machine(targets()[target], formula.graph, roots, 2).together(x)
    for place, point in enumerate(x.T.tolist()):
        with mp.workprec(160):
            truths = exactly(formula.graph, roots, [mpf(t) for t in point])
        intervals = bounds.evaluate(formula.graph, roots, point)
        for truth, interval, value in zip(truths, intervals, found[:, place].tolist(), strict=True):
            assert interval is not None
            assert interval.low <= truth <= interval.high
            assert interval.low <= value <= interval.high
            assert interval.high - interval.low < 1e-11 * max(1, abs(truth))


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("surface", BY_NAME)
def test_the_surfaces_have_the_same_bits_at_a_point_and_in_a_batch(
    surface: dict[str, Any], target: str
) -> None:
    formula = parse(surface["python"], variables=["x", "y"])
    machine = Machine(targets()[target], formula.graph, roots_of(formula, 2), 2)
    x = points_in(surface, 200)
    # and where things end: the minimisers, the far away, the infinite
    known = np.array([*surface["minimisers"], [0.0, -0.0], [1e9, -3e7], [1e200, 1e-200]]).T
    x = np.concatenate([x, known, [[math.inf, math.nan, 1.0], [-1.0, 0.0, -math.inf]]], axis=1)
    assert same_bits(machine.one_by_one(x), machine.together(x))


ORDINARY = st.floats(-20, 20, allow_nan=False)
ANY = st.one_of(ORDINARY, st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, math.pi / 2]))


@settings(max_examples=60)
@given(parsed_formulas(), st.lists(ORDINARY, min_size=4, max_size=4), st.sampled_from([*targets()]))
def test_random_formulas_are_as_accurate_as_their_operations(
    formula: Parsed, x: list[float], target: str
) -> None:
    graph = formula.graph
    roots = [formula.root, *gradient(graph, formula.root, 4)]
    found = Machine(targets()[target], graph, roots, 4).at(np.array(x)).tolist()
    for value, interval in zip(found, bounds.evaluate(graph, roots, x), strict=True):
        note(f"{value} in {interval}")
        assert interval is None or interval.low <= value <= interval.high


@settings(max_examples=40)
@given(parsed_formulas(whole=True), st.data(), st.sampled_from([*targets()]))
def test_random_formulas_have_the_same_bits_at_a_point_and_in_a_batch(
    formula: Parsed, data: st.DataObject, target: str
) -> None:
    graph = formula.graph
    machine = Machine(targets()[target], graph, roots_of(formula, 4), 4)
    count = data.draw(st.integers(1, 20))
    x = np.array(data.draw(st.lists(ANY, min_size=4 * count, max_size=4 * count))).reshape(4, count)
    assert same_bits(machine.one_by_one(x), machine.together(x))
