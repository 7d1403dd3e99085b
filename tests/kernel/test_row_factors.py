"""R of a tall matrix has the matrix's Gram matrix, as accurate as Householder QR, and the same bits from anywhere."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from thalweg.expression.derivative import gradient
from thalweg.expression.parse import parse
from thalweg.kernel import row_factors
from thalweg.kernel.row_passes import CHUNK
from thalweg.kernel.row_reduction import SHARED, RowPass, tree
from thalweg.kernel.rows import Rows, ValueKernel
from thalweg.objective.squared_residuals import squared_residuals

POINT = np.array([1.3, 0.7])


def slopes_and_residual() -> ValueKernel:
    """[J r] of b1*(1 - exp(-b2*t))."""
    parsed = parse("b1*(1 - exp(-b2*t))", columns=["t", "y"])
    graph = parsed.graph
    residual = graph.subtract(parsed.root, graph.column(1))
    return ValueKernel(graph, [*gradient(graph, parsed.root, 2), residual], 2)


def identity(columns: int) -> ValueKernel:
    """The columns themselves."""
    graph = parse("t", columns=["t"]).graph
    return ValueKernel(graph, [graph.column(j) for j in range(columns)], 1)


def data(rows: int) -> list[np.ndarray]:
    rng = np.random.default_rng(rows)
    return [rng.uniform(0, 3, rows), rng.standard_normal(rows)]


def numpys(A: np.ndarray) -> np.ndarray:
    """R by LAPACK, with no negative diagonal."""
    R = np.linalg.qr(A, mode="r")
    return np.where(np.diagonal(R) < 0, -1.0, 1.0)[:, None] * R


@pytest.mark.parametrize("rows", [3, 7, 8, 9, 511, 512, 513, 1000, CHUNK, CHUNK + 1, 3 * CHUNK + 77])
def test_the_factor_is_lapacks(rows: int) -> None:
    kernel, held = slopes_and_residual(), Rows(data(rows))
    A = kernel(POINT, held).T
    R = RowPass(factor=kernel)(POINT, held).factor
    assert (np.tril(R, -1) == 0).all()
    assert (np.diagonal(R) >= 0).all()
    expected = numpys(A)
    assert np.abs(R - expected).max() <= 1e-13 * np.abs(expected).max()


def test_fewer_rows_than_columns_give_the_gram_matrix_all_the_same() -> None:
    for rows in (1, 2):
        kernel, held = slopes_and_residual(), Rows(data(rows))
        A = kernel(POINT, held).T
        R = RowPass(factor=kernel)(POINT, held).factor
        assert pytest.approx(A.T @ A, rel=1e-14, abs=1e-15) == R.T @ R


def test_an_ill_conditioned_matrix_keeps_the_digits_that_its_gram_matrix_loses() -> None:
    """The smallest singular value is 1e-9 of the largest; its square is lost beside 1."""
    rng = np.random.default_rng(5)
    U = np.linalg.qr(rng.standard_normal((2000, 4)))[0]
    V = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    A = U * [1.0, 1e-3, 1e-6, 1e-9] @ V.T
    R = RowPass(factor=identity(4))(np.zeros(1), Rows(list(A.T))).factor
    assert np.linalg.svd(R, compute_uv=False) == pytest.approx([1.0, 1e-3, 1e-6, 1e-9], rel=1e-6)
    assert np.linalg.norm(A @ np.linalg.inv(R), 2) == pytest.approx(1.0, abs=1e-6)  # the columns of Q


@pytest.mark.parametrize("scale", [1e-305, 1e-160, 1.0, 1e160, 1e300])
def test_squares_that_leave_the_range_of_doubles_do_not_matter(scale: float) -> None:
    A = np.random.default_rng(2).standard_normal((100, 3))
    R = RowPass(factor=identity(3))(np.zeros(1), Rows(list(scale * A.T))).factor
    assert R / scale == pytest.approx(numpys(A), rel=1e-12, abs=1e-12)


def test_columns_that_are_zero_or_alike_give_zeros() -> None:
    t = np.arange(1.0, 101.0)
    R = RowPass(factor=identity(3))(np.zeros(1), Rows([t, 0 * t, t])).factor
    norm = np.sqrt((t * t).sum())
    assert R[0] == pytest.approx([norm, 0.0, norm])
    assert np.abs(R[1:]).max() < 1e-13 * norm


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_stays_so(bad: float) -> None:
    t = np.linspace(0, 1, 1000)
    u = t.copy()
    u[700] = bad
    R = RowPass(factor=identity(2))(np.zeros(1), Rows([t, u])).factor
    assert not np.isfinite(R).all()


@pytest.mark.parametrize("chunks", [1, 2, 5, SHARED, SHARED + 3, 4 * SHARED + 1])
def test_chunks_one_by_one_give_the_bits_of_all_together(chunks: int) -> None:
    columns = data((chunks - 1) * CHUNK + 12_345)
    parsed = parse("b1*(1 - exp(-b2*t))", columns=["t", "y"])
    what = RowPass(squared_residuals(parsed, "mean").loss, slopes_and_residual())
    together = what(POINT, Rows(columns))
    parts = ([column[c * CHUNK : (c + 1) * CHUNK] for column in columns] for c in range(chunks))
    alone = what.finish(tree((what.leaf(POINT, Rows(part)) for part in parts), what.merge))
    assert together.rows == alone.rows == len(columns[0])
    assert together.sums.tobytes() == alone.sums.tobytes()
    assert together.factor.tobytes() == alone.factor.tobytes()


def test_the_tree_joins_neighbours_first() -> None:
    def join(a: str, b: str) -> str:
        return f"({a}{b})"

    assert tree("a", join) == "a"
    assert tree("abcdefgh", join) == "(((ab)(cd))((ef)(gh)))"
    assert tree("abcdefg", join) == "(((ab)(cd))((ef)g))"


def test_kernels_are_pickled_as_formulas_and_built_once_a_process() -> None:
    columns = data(100)
    parsed = parse("b1*(1 - exp(-b2*t))", columns=["t", "y"])
    what = RowPass(squared_residuals(parsed, "half").loss, slopes_and_residual())
    first, second = (pickle.loads(pickle.dumps(what)) for _ in range(2))
    assert first.sums is second.sums
    assert first.factor is second.factor
    for found, expected in zip(first(POINT, Rows(columns)), what(POINT, Rows(columns)), strict=True):
        assert np.array_equal(found, expected)


def test_merging_is_stacking() -> None:
    rng = np.random.default_rng(3)
    for k in (1, 2, 5, 8, 9, 20):
        A, B = (np.triu(rng.standard_normal((k, k))) for _ in range(2))
        R = row_factors.with_signs(row_factors.merged(A, B))
        assert pytest.approx(numpys(np.vstack([A, B])), abs=1e-13) == R
