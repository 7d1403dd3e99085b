"""Linear least squares against NIST's certified values and exact rational arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from thalweg.expression.parse import parse
from thalweg.fit import linear
from thalweg.fit.accurate_columns import accurate_columns
from thalweg.fit.double_double import DoubleDouble
from thalweg.fit.linear import LinearSystem
from thalweg.nist.sets import ReferenceSet, correct_digits, reference_sets
from thalweg.objective.squared_residuals import linear_columns


def system_of(given: ReferenceSet) -> LinearSystem:
    predictors = [name for name in given.data if name != given.response]
    model = parse(given.model, variables=given.parameters, columns=predictors)
    slopes = linear_columns(model)
    assert slopes is not None
    columns = [np.array(given.data[name]) for name in predictors]
    return LinearSystem(DoubleDouble.stack(accurate_columns(model.graph, slopes, columns, len(slopes))))


@pytest.mark.parametrize("given", reference_sets("linear"), ids=lambda given: given.name)
def test_nist_linear_parameters_and_standard_errors_have_13_digits(given: ReferenceSet) -> None:
    system = system_of(given)
    parameters, residuals = system.fit(DoubleDouble.of(np.array(given.data["y"])))
    variance = residuals @ residuals / given.certified["dof"]
    assert system.rank == system.n
    assert correct_digits(parameters, given.refined["parameters"]) >= 13.0
    assert correct_digits(np.sqrt(variance * np.diag(system.inverse)), given.refined["std"]) >= 13.0


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("a + b*x", True),
        ("a*x^2 + b*exp(-x) + 3", True),
        ("(a + b*x)/(1 + x^2)", True),
        ("where(x > 0, a*x, b)", True),
        ("a*exp(-b*x)", False),
        ("a*b*x", False),
        ("a^2 + b*x", False),
    ],
)
def test_a_model_is_linear_where_its_slopes_do_not_depend_on_the_parameters(text: str, linear: bool) -> None:
    model = parse(text, variables=["a", "b"], columns=["x"])
    assert (linear_columns(model) is not None) is linear


def test_columns_that_depend_on_each_other_lower_the_rank() -> None:
    t = np.linspace(1.0, 2.0, 7)
    columns = DoubleDouble.of(np.column_stack([t, 1e6 * t, t**0]))
    assert LinearSystem(columns).rank == 2


def test_the_factor_belongs_to_the_columns_as_they_came() -> None:
    rng = np.random.default_rng(4)
    a = rng.normal(size=(9, 3)) * [1e-6, 1.0, 1e7]
    r = LinearSystem(DoubleDouble.of(a)).r
    np.testing.assert_allclose(r.T @ r, a.T @ a, rtol=1e-13)


def test_right_sides_worked_on_in_groups_give_what_they_give_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = DoubleDouble.of(np.vander(np.linspace(1.0, 3.0, 12), 6))
    together = LinearSystem(columns).inverse
    monkeypatch.setattr(linear, "_WORKSPACE", 1)
    np.testing.assert_array_equal(LinearSystem(columns).inverse, together)
