"""Sums written out term by term, for models over rows of data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf

from tests.expression.evaluate import evaluate
from tests.expression.strategies import VECTORS, sum_formulas
from thalweg.expression.expansion import expanded
from thalweg.expression.graph import FormulaSizeError
from thalweg.expression.parse import parse
from thalweg.objective.least_squares import LeastSquares


@settings(max_examples=60)
@given(text=sum_formulas())
def test_what_is_written_out_has_the_same_values(text: str) -> None:
    formula = parse(text, variables=VECTORS)
    try:
        written = expanded(formula)
    except FormulaSizeError:
        return  # a power of a number beyond all bounds
    assert not written.graph.has_loops
    x = [mpf(k % 5 - 2) / 3 + mpf(k) / 7 for k in range(len(formula.variables))]
    values = [evaluate(each.graph, [each.root], x)[0] for each in (formula, written)]
    assert mp.almosteq(*values, 1e-12, 1e-12)


def test_more_terms_than_anyone_would_write_are_refused() -> None:
    with pytest.raises(FormulaSizeError, match="1,000 terms"):
        expanded(parse("sum(x[1], i, 1, 1001)"))


def test_a_polynomial_is_fitted_by_a_sum_over_its_coefficients() -> None:
    t = np.linspace(-1.0, 1.0, 20)
    f = LeastSquares("sum(b[i]*t^i, i, 0, 3)", {"t": t, "y": 1.0 + 2.0 * t - t**3})
    assert f.variables == ("b[0]", "b[1]", "b[2]", "b[3]")
    assert f.value([1.0, 2.0, 0.0, -1.0]) == pytest.approx(0.0, abs=1e-30)
    design = np.vander(t, 4, increasing=True)
    np.testing.assert_allclose(f.hessian([0.0] * 4), 2.0 * design.T @ design / 20.0, rtol=1e-13, atol=1e-15)
