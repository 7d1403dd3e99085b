"""The counts that Thalweg is held to on NIST's sets, and that peers are measured as they come."""

from __future__ import annotations

import math

import pytest

from thalweg.nist.peers import peers
from thalweg.nist.scores import Answer, Score, score
from thalweg.nist.sets import ReferenceSet, reference_set, reference_sets


@pytest.fixture(scope="module")
def nonlinear() -> dict[str, list[Score]]:
    return {given.name: score(given) for given in reference_sets("nonlinear")}


def test_all_54_nonlinear_fits_are_solved_to_ten_digits_on_average(nonlinear: dict[str, list[Score]]) -> None:
    scores = [each for both in nonlinear.values() for each in both]
    assert len(scores) == 54
    assert [name for name, both in nonlinear.items() if not all(each.solved for each in both)] == []
    assert sum(each.digits for each in scores) / 54 >= 10.3
    assert sum(each.error_digits >= 4.0 for each in scores) >= 51


def test_success_is_claimed_of_what_is_right_and_of_nothing_else(nonlinear: dict[str, list[Score]]) -> None:
    assert [name for name, both in nonlinear.items() if not all(each.claimed for each in both)] == []
    assert not any(each.wrong for both in nonlinear.values() for each in both)


@pytest.mark.parametrize("given", reference_sets("linear"), ids=lambda given: given.name)
def test_linear_fits_are_right_to_13_digits(given: ReferenceSet) -> None:
    [found] = score(given)
    assert found.digits >= 13.0
    assert found.claimed


def test_a_claim_that_is_wrong_is_told_from_one_that_is_right() -> None:
    given = reference_set("BoxBOD")

    def sure_of(x: list[float], *, claimed: bool = True) -> Score:
        return score(given, lambda *_: Answer(x, [math.nan, math.nan], claimed))[0]

    right, wrong = given.certified["parameters"], [100.0, 0.5]
    assert (sure_of(right).solved, sure_of(right).wrong) == (True, False)
    assert (sure_of(wrong).solved, sure_of(wrong).wrong) == (False, True)
    assert not sure_of(wrong, claimed=False).wrong
    assert sure_of(right).error_digits == 0.0


def test_peers_solve_what_is_easy_and_fail_where_they_are_known_to() -> None:
    """As published: NumPy's lstsq has no digit of Filip's; curve_fit without options misses BoxBOD's first start."""
    assert peers("nonlinear").keys() == {"curve_fit", "lmfit"}  # both are installed for the tests
    for solver in peers("nonlinear").values():
        assert all(each.solved for each in score(reference_set("Misra1a"), solver))
        assert not score(reference_set("BoxBOD"), solver)[0].solved
    lstsq = peers("linear")["lstsq"]
    assert score(reference_set("Filip"), lstsq)[0].digits < 1
    assert score(reference_set("Norris"), lstsq)[0].digits > 11
