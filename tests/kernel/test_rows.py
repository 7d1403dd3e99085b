"""Sums over rows add in one fixed order, whoever runs them, and every row counts once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from thalweg.expression.parse import parse
from thalweg.kernel import row_passes
from thalweg.kernel.call import PointCall
from thalweg.kernel.row_reduction import SHARED
from thalweg.kernel.rows import Rows, SumPass
from thalweg.objective.least_squares import LeastSquares
from thalweg.objective.squared_residuals import squared_residuals

LANES, BLOCK, CHUNK = 8, row_passes.BLOCK, row_passes.CHUNK


def data(rows: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(rows)
    return {
        "t": rng.standard_normal(rows),
        "y": rng.standard_normal(rows) * 10.0 ** rng.integers(-3, 4, rows),
    }


def terms(columns: dict[str, np.ndarray], m: float, b: float) -> np.ndarray:
    """r^2, r t and r of the model m*t + b, each operation rounded by itself as in the kernel."""
    r = m * columns["t"] + b - columns["y"]
    return np.stack([r * r, r * columns["t"], r])


def in_documented_order(term: np.ndarray) -> float:
    """The sum as `row_passes` describes it."""
    chunks = []
    for chunk in np.split(term, range(CHUNK, len(term), CHUNK)):
        total = np.zeros(LANES)
        full = len(chunk) // LANES * LANES
        for block in np.split(chunk[:full], range(BLOCK, full, BLOCK)):
            lanes = np.zeros(LANES)
            for eight in block.reshape(-1, LANES):
                lanes += eight
            total += lanes
        if full < len(chunk):
            total[: len(chunk) - full] += chunk[full:]
        while len(total) > 1:
            total = total[: len(total) // 2] + total[len(total) // 2 :]
        chunks.append(total[0])
    return tree(chunks)


def tree(chunks: list[float]) -> float:
    if len(chunks) == 1:
        return chunks[0]
    left = 1 << (len(chunks) - 1).bit_length() - 1  # a full subtree of chunks, then what is left
    return tree(chunks[:left]) + tree(chunks[left:])


@pytest.mark.parametrize(
    "rows",
    [*range(1, 18), 100, BLOCK - 1, BLOCK, BLOCK + 9, CHUNK - 3, CHUNK, CHUNK + 1, 3 * CHUNK + BLOCK + 5],
)
def test_every_addition_is_where_it_is_said_to_be(rows: int) -> None:
    columns = data(rows)
    f = LeastSquares("m*t + b", columns, loss="sum")
    value, gradient = f.value_and_gradient([0.7, -0.2])
    expected = [in_documented_order(term) for term in terms(columns, 0.7, -0.2)]
    assert [value, *(gradient / 2)] == expected


@pytest.mark.parametrize("chunks", [SHARED, SHARED + 1, 2 * SHARED - 1])
def test_threads_get_the_bits_of_one(chunks: int) -> None:
    rows = (chunks - 1) * CHUNK + 12_345
    columns = data(rows)
    parsed = parse("b1*(1 - exp(-b2*t))", columns=["t", "y"])
    kernel = squared_residuals(parsed, "mean").loss
    sums = SumPass(kernel, Rows([columns["t"], columns["y"]]), rows)
    assert sums.is_shared
    x = np.array([1.3, 0.2])
    alone = PointCall(sums.point, 2, 3, sums.context)(x)
    assert np.array_equal(sums(x), alone)


def test_a_compiled_loop_is_offered_only_where_one_thread_does_the_pass() -> None:
    assert LeastSquares("m*t + b", data(SHARED * CHUNK - CHUNK)).native is not None
    assert LeastSquares("m*t + b", data(SHARED * CHUNK)).native is None


def test_a_sum_of_a_million_terms_is_exact_to_a_few_units() -> None:
    columns = data(1_000_003)
    f = LeastSquares("m*t + b", columns, loss="sum")
    value, gradient = f.value_and_gradient([0.7, -0.2])
    for found, term in zip([value, *(gradient / 2)], terms(columns, 0.7, -0.2), strict=True):
        assert abs(found - math.fsum(term)) <= 30 * np.spacing(math.fsum(np.abs(term)))


def test_what_the_variables_decide_is_computed_with_the_same_rounding() -> None:
    """sin(a)*exp(b) is taken out of the loop over the rows; nothing else may change."""
    columns = data(1000)
    f = LeastSquares("sin(a)*exp(b)*t + a/b", columns, loss="sum")
    a, b = 0.3, 0.9
    expected = LeastSquares("p*t + q", columns, loss="sum")
    p = LeastSquares("sin(a)*exp(b)", {"y": [0.0]}).predict([a, b])[0]
    assert f.value([a, b]) == expected.value([p, a / b])


def test_padding_never_counts() -> None:
    """Nor does it where the model is undefined outside its data."""
    for rows in range(1, 20):
        f = LeastSquares(
            "k*sqrt(t) + log(t)", {"t": np.arange(1.0, rows + 1), "y": np.zeros(rows)}, loss="sum"
        )
        t = np.arange(1.0, rows + 1)
        assert f.value([2]) == pytest.approx(math.fsum((2 * np.sqrt(t) + np.log(t)) ** 2), rel=1e-14)


def test_choices_and_functions_of_the_system_work_over_rows() -> None:
    """A condition may depend on the row, or on the variables alone."""
    columns = data(1000)
    t = columns["t"]
    f = LeastSquares(
        "where(t > a and b < 2, erf(a*t), where(b < 1, 0, max(b, t))) + atan2(t, b)", columns, loss="sum"
    )
    for a, b in [(0.3, 0.9), (-0.2, 1.5), (0.0, 3.0)]:
        erf = np.array([math.erf(a * one) for one in t])
        taken = np.where((t > a) & (b < 2), erf, 0.0 if b < 1 else np.maximum(b, t)) + np.arctan2(t, b)
        np.testing.assert_allclose(f.predict([a, b]), taken, rtol=1e-14, atol=1e-15)
        assert f.value([a, b]) == pytest.approx(math.fsum((taken - columns["y"]) ** 2), rel=1e-13)
