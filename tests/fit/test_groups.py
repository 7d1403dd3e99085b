"""Fits in which groups of rows share parameters, against SciPy's least_squares on the residuals written out."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import least_squares

import thalweg as tw

T = np.tile(np.linspace(0, 4, 12), 3)
SAMPLE = np.repeat(["cold", "warm", "hot"], 12)
A = {"cold": 1.0, "warm": 3.0, "hot": 2.0}
Y = np.array([A[s] for s in SAMPLE]) * np.exp(-0.7 * T) + 0.03 * np.random.default_rng(4).normal(size=36)
DATA: dict[str, Any] = {"t": T, "y": Y, "sample": SAMPLE}
NAMES = ("a[cold]", "a[warm]", "a[hot]", "k")


def decay(t: Any, a: Any, k: Any) -> Any:
    return a * np.exp(-k * t)


def truth(weights: Any = 1.0) -> tuple[Any, Any]:
    """Parameters and covariance by SciPy."""
    code = np.repeat([0, 1, 2], 12)
    roots = np.sqrt(weights)
    found = least_squares(
        lambda x: roots * (x[:3][code] * np.exp(-x[3] * T) - Y),
        [1, 1, 1, 1],
        method="lm",
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )
    return found.x, np.linalg.inv(found.jac.T @ found.jac) * 2 * found.cost / 32


@pytest.mark.parametrize("model", ["a*exp(-k*t)", decay])
def test_estimates_and_covariance_are_scipys(model: Any) -> None:
    fit = tw.fit(model, DATA, groups="sample", shared=["k"], start={"a": 1, "k": 1})
    x, covariance = truth()
    assert fit.success
    assert fit.solution.names == NAMES
    assert_allclose(fit.solution.x, x, rtol=1e-6)
    assert_allclose(fit.covariance, covariance, rtol=1e-5, atol=1e-9)
    assert fit.degrees_of_freedom == 32


def test_weights_and_starts_in_order_or_member_by_member() -> None:
    weights = 1 + T
    starts: list[Any] = [[1, 1], [1, 2, 3, 1], {"a[cold]": 1, "a[warm]": 1, "a[hot]": 2, "k": 0.5}, None]
    for start in starts:
        fit = tw.fit("a*exp(-k*t)", DATA, groups="sample", shared=["k"], start=start, weights=weights)
        assert_allclose(fit.solution.x, truth(weights)[0], rtol=1e-6)


@pytest.mark.parametrize("model", ["a*exp(-k*t)", decay])
def test_nothing_shared_is_a_fit_for_each_group(model: Any) -> None:
    fit = tw.fit(model, DATA, groups="sample", start=[1, 1])
    for group in A:
        rows = group == SAMPLE
        own = tw.fit(model, {"t": T[rows], "y": Y[rows]}, start=[1, 1])
        for name, value in own.parameters.items():
            assert fit.parameters[f"{name}[{group}]"] == pytest.approx(value, rel=1e-8)


def test_all_shared_is_the_fit_of_all_rows() -> None:
    fit = tw.fit("a*exp(-k*t)", DATA, groups="sample", shared=["a", "k"], start=[1, 1])
    assert fit.parameters == pytest.approx(tw.fit("a*exp(-k*t)", DATA, start=[1, 1]).parameters, rel=1e-10)


def test_a_linear_model_is_solved_directly() -> None:
    fit = tw.fit("m*t + b", DATA, groups="sample", shared=["m"])
    assert "directly" in fit.solution.start_from
    design = np.column_stack([T, *[(group == SAMPLE).astype(float) for group in A]])
    best = np.linalg.lstsq(design, Y)[0]
    assert_allclose(
        [fit.parameters[name] for name in ("m", "b[cold]", "b[warm]", "b[hot]")], best, rtol=1e-10
    )


def test_bounds_and_fixed_values_hold_for_all_groups_or_for_one() -> None:
    named: dict[str, Any] = {"groups": "sample", "shared": ["k"], "start": [1, 0.6]}
    one = tw.fit("a*exp(-k*t)", DATA, fixed={"a[warm]": 2.5}, **named)
    assert one.parameters["a[warm]"] == 2.5
    every = tw.fit("a*exp(-k*t)", DATA, bounds={"a": (0, 1.5)}, **named)
    assert [every.parameters[name] for name in ("a[warm]", "a[hot]")] == [1.5, 1.5]
    assert every.parameters["a[cold]"] < 1.5


@pytest.mark.parametrize("model", ["a*exp(-k*t)", decay])
def test_predictions_for_other_rows_are_those_of_their_groups(model: Any) -> None:
    fit = tw.fit(model, DATA, groups="sample", shared=["k"], start=[1, 1])
    found = fit.predict({"t": [0.0, 0.0, 1.0], "sample": ["hot", "cold", "warm"]})
    p = fit.parameters
    assert_allclose(found, [p["a[hot]"], p["a[cold]"], p["a[warm]"] * np.exp(-p["k"])], rtol=1e-12)
    assert np.all(fit.band({"t": [1.0], "sample": ["hot"]}).standard_error > 0)
    with pytest.raises(tw.ThalwegError, match="no group 'tepid', as index 0"):
        fit.predict({"t": [0.0], "sample": ["tepid"]})


def test_labels_may_be_numbers_an_array_or_texts_of_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "decay.csv"
    rows = zip(T.tolist(), Y.tolist(), SAMPLE.tolist(), strict=True)
    path.write_text("t,y,sample\n" + "".join(f"{t!r},{y!r},{sample}\n" for t, y, sample in rows))
    named: dict[str, Any] = {"shared": ["k"], "start": [1, 1]}
    x = tw.fit("a*exp(-k*t)", DATA, groups="sample", **named).solution.x
    assert_allclose(tw.fit("a*exp(-k*t)", path, groups="sample", **named).solution.x, x, rtol=1e-10)
    numbered = tw.fit("a*exp(-k*t)", {**DATA, "sample": np.repeat([3, 1, 2], 12)}, groups="sample", **named)
    assert numbered.solution.names == ("a[3]", "a[1]", "a[2]", "k")
    assert_allclose(numbered.solution.x, x, rtol=1e-10)
    array = tw.fit("a*exp(-k*t)", {"t": T, "y": Y}, groups=SAMPLE, **named)
    assert_allclose(array.solution.x, x, rtol=1e-10)
    with pytest.raises(tw.ThalwegError, match="groups= names a column"):
        array.predict({"t": [0.0]})


def test_the_objective_can_be_pickled() -> None:
    objectives = (
        tw.LeastSquares("a*exp(-k*t)", DATA, groups="sample", shared=["k"], weights=1 + T),
        tw.fit(decay, DATA, groups="sample", shared=["k"], start=[1, 1]).solution.objective,
    )
    for f in objectives:
        again = pickle.loads(pickle.dumps(f))
        assert again.variables == NAMES
        assert again.value([1, 2, 3, 0.5]) == f.value([1, 2, 3, 0.5])


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"shared": ["k"]}, "goes with groups="),
        ({"groups": "sample", "shared": ["q"]}, "shared names 'q'"),
        ({"groups": "sample", "shared": "k"}, r"\['k'\]"),
        ({"groups": "batch"}, "no column 'batch'"),
        ({"groups": ["a", None, *["b"] * 34]}, "index 1 is missing"),
        ({"groups": ["a", "b"]}, "one label a row: 2"),
    ],
)
def test_what_is_wrong_is_said(named: dict[str, Any], message: str) -> None:
    with pytest.raises(tw.ThalwegError, match=message):
        tw.fit("a*exp(-k*t)", DATA, **named)
