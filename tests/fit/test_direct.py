"""Linear models through `tw.fit`: NIST's figures, and where they are not solved directly."""

from __future__ import annotations

import numpy as np
import pytest

import thalweg as tw
from thalweg.fit import direct
from thalweg.nist.sets import ReferenceSet, reference_set, reference_sets


@pytest.mark.parametrize("given", reference_sets("linear"), ids=lambda given: given.name)
def test_nist_linear_sets_are_right_to_13_digits(given: ReferenceSet) -> None:
    fit = tw.fit(given.model, given.data, parameters=given.parameters)
    assert fit.success
    assert given.digits(fit.parameters.values()) >= 13.0
    assert given.error_digits(fit.standard_errors.values()) >= 13.0
    assert fit.r_squared == pytest.approx(given.certified["r_squared"], abs=2e-14)
    assert fit.residual_standard_deviation == pytest.approx(
        given.certified["residual_std"], rel=1e-13, abs=1e-13
    )
    assert fit.degrees_of_freedom == given.certified["dof"]


def test_a_linear_model_with_a_known_part_keeps_it() -> None:
    t = np.linspace(0.0, 2.0, 9)
    fit = tw.fit("3*t^2 + a*sin(t) + b", {"t": t, "y": 3 * t**2 - 2 * np.sin(t) + 5})
    assert list(fit.parameters.values()) == pytest.approx([-2, 5], rel=1e-13)


@pytest.mark.parametrize("named", ["weights", "errors"])
@pytest.mark.parametrize("name", ["Filip", "Longley"])
def test_weights_cost_no_digits(name: str, named: str) -> None:
    """Weights that are all the same, and no power of two, leave the certified values as they are."""
    given = reference_set(name)
    weighting = {named: np.full(given.rows, 0.3)}
    fit = tw.fit(given.model, given.data, parameters=given.parameters, **weighting)
    assert given.digits(fit.parameters.values()) >= 13.0
    if named == "weights":
        assert given.error_digits(fit.standard_errors.values()) >= 13.0


def test_the_left_side_of_an_equation_is_solved_for_directly() -> None:
    x = np.array([1.0, 2.0, 3.0, 5.0])
    fit = tw.fit("y/x = a + b*x", {"x": x, "y": x * (2 + 3 * x)})
    assert fit.solution.direct is not None
    assert list(fit.parameters.values()) == pytest.approx([2, 3], rel=1e-14)


def test_a_method_that_is_asked_for_goes_down_by_itself() -> None:
    data = {"t": [0, 1, 2, 3], "y": [1.0, 3.1, 4.9, 7.0]}
    fit = tw.fit("m*t + b", data, start=[0, 0], method="levenberg-marquardt")
    assert fit.solution.direct is None
    assert fit.run.nit > 0
    assert list(fit.parameters.values()) == pytest.approx(
        list(tw.fit("m*t + b", data).parameters.values()), rel=1e-12
    )


@pytest.mark.parametrize(
    ("model", "data", "words"),
    [
        ("a*x + b*2*x", {"x": [1, 2, 3], "y": [1, 2, 4]}, "a and b cannot be told apart"),
        ("a*x + b", {"x": [1], "y": [1]}, "There is 1 row for 2 parameters"),
    ],
)
def test_what_cannot_be_solved_directly_is_left_to_a_descent_which_says_why(
    model: str, data: dict[str, list[float]], words: str
) -> None:
    assert direct.solve(tw.LeastSquares(model, data, loss="half")) is None
    fit = tw.fit(model, data)
    assert not fit.success
    assert fit.cautions[0].startswith(words) or fit.cautions[1].startswith(words)
    assert not np.isfinite(list(fit.standard_errors.values())).any()


def test_very_many_rows_are_left_to_a_descent(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"x": np.arange(50.0), "y": np.arange(50.0)}
    objective = tw.LeastSquares("a*x + b", data, loss="half")
    assert direct.solve(objective) is not None
    monkeypatch.setattr(direct, "MOST_NUMBERS", 99)
    assert direct.solve(objective) is None
