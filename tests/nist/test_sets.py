"""The reference data sets, read as NIST publishes them."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from thalweg.nist.sets import ReferenceSet, correct_digits, reference_set, reference_sets
from thalweg.objective.least_squares import LeastSquares

ALL = [*reference_sets("linear"), *reference_sets("nonlinear")]


def test_there_are_eleven_linear_and_twenty_seven_nonlinear_sets() -> None:
    assert (len(reference_sets("linear")), len(reference_sets("nonlinear"))) == (11, 27)
    assert all(len(each.starts) == 2 for each in reference_sets("nonlinear"))


@pytest.mark.parametrize("given", ALL, ids=lambda given: given.name)
def test_the_certified_values_belong_to_the_data(given: ReferenceSet) -> None:
    """Residual sum, deviation and degrees of freedom follow from model, data and certified parameters."""
    certified, data = given.certified, {name: np.array(column) for name, column in given.data.items()}
    if given.response == "log(y)":
        data["y"] = np.log(data["y"])
    loss = LeastSquares(given.model, data, "y", parameters=given.parameters, loss="sum")
    assert given.rows - len(given.parameters) == certified["dof"]
    if given.name not in (
        "Lanczos1",
        "Filip",
    ):  # their sums need more digits than parameters rounded to double have
        assert loss.value([float(text) for text in given.refined["parameters"]]) == pytest.approx(
            certified["rss"], rel=1e-8, abs=1e-15
        )
    if certified["rss"] > 0:
        assert certified["residual_std"] ** 2 * certified["dof"] == pytest.approx(certified["rss"], rel=1e-8)


@pytest.mark.parametrize("given", ALL, ids=lambda given: given.name)
def test_refined_values_round_to_the_certified_ones(given: ReferenceSet) -> None:
    digits = 10.3 if given.kind == "nonlinear" else 14.0
    assert correct_digits(given.certified["parameters"], given.refined["parameters"]) >= digits


def test_correct_digits_are_those_of_mpmath() -> None:
    with mpmath.workdps(40):
        error = abs(mpmath.mpf(0.1) - mpmath.mpf(1) / 10) * 10
        assert correct_digits([0.1], ["0.1"]) == pytest.approx(-float(mpmath.log10(error)))
    assert correct_digits([1.0, 0.5], ["1", "0.5"]) == 17.0
    assert correct_digits([1e-9], ["0"]) == pytest.approx(9.0)
    assert correct_digits([math.nan], ["1"]) == correct_digits([5.0], ["1"]) == 0.0


def test_digits_beyond_those_certified_do_not_count() -> None:
    given = reference_set("misra1a")
    assert given.digits(map(float, given.refined["parameters"])) == 11.0


def test_a_set_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        reference_set("Misra2")
