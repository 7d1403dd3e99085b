"""Problems 20 to 35, for any number of variables: residuals and Jacobians in the paper's notation.

Each function takes x (n,) and returns r (m,) and J (m, n).
"""

# ruff: noqa: D103 -- a function is the problem of its name, and its formula says the rest

from __future__ import annotations

from typing import Any

import numpy as np


def watson(x: Any) -> Any:
    n = len(x)
    j = np.arange(1, n + 1)
    t = np.arange(1, 30)[:, None] / 29
    powers = t ** (j - 1)
    slopes = (j[1:] - 1) * t ** (j[1:] - 2)
    fitted = powers @ x
    r = np.concatenate([slopes @ x[1:] - fitted**2 - 1, [x[0], x[1] - x[0] ** 2 - 1]])
    jacobian = np.zeros((31, n), x.dtype)
    jacobian[:29] = -2 * fitted[:, None] * powers
    jacobian[:29, 1:] += slopes
    jacobian[29, 0] = 1
    jacobian[30, :2] = -2 * x[0], 1
    return r, jacobian


def extended_rosenbrock(x: Any) -> Any:
    n = len(x)
    odd, even = x[::2], x[1::2]
    r = np.stack([10 * (even - odd**2), 1 - odd], axis=1).ravel()
    jacobian = np.zeros((n, n), x.dtype)
    first = np.arange(0, n, 2)
    jacobian[first, first] = -20 * odd
    jacobian[first, first + 1] = 10
    jacobian[first + 1, first] = -1
    return r, jacobian


def extended_powell_singular(x: Any) -> Any:
    n = len(x)
    a, b, c, d = x.reshape(-1, 4).T
    five, ten = np.sqrt(5), np.sqrt(10)
    r = np.stack([a + 10 * b, five * (c - d), (b - 2 * c) ** 2, ten * (a - d) ** 2], axis=1).ravel()
    jacobian = np.zeros((n, n), x.dtype)
    i = np.arange(0, n, 4)
    jacobian[i, i] = 1
    jacobian[i, i + 1] = 10
    jacobian[i + 1, i + 2] = five
    jacobian[i + 1, i + 3] = -five
    jacobian[i + 2, i + 1] = 2 * (b - 2 * c)
    jacobian[i + 2, i + 2] = -4 * (b - 2 * c)
    jacobian[i + 3, i] = 2 * ten * (a - d)
    jacobian[i + 3, i + 3] = -2 * ten * (a - d)
    return r, jacobian


def penalty_1(x: Any) -> Any:
    root = np.sqrt(1e-5)
    r = np.append(root * (x - 1), x @ x - 0.25)
    return r, np.vstack([root * np.eye(len(x)), 2 * x])


def penalty_2(x: Any) -> Any:
    n, root = len(x), np.sqrt(1e-5)
    i = np.arange(2, n + 1)
    e = np.exp(x / 10)
    weights = np.arange(n, 0, -1)
    pairs = e[1:] + e[:-1] - (np.exp(i / 10) + np.exp((i - 1) / 10))
    r = np.concatenate([[x[0] - 0.2], root * pairs, root * (e[1:] - np.exp(-0.1)), [weights @ x**2 - 1]])
    jacobian = np.zeros((2 * n, n), x.dtype)
    jacobian[0, 0] = 1
    jacobian[i - 1, i - 1] = jacobian[n + i - 2, i - 1] = root * e[1:] / 10
    jacobian[i - 1, i - 2] = root * e[:-1] / 10
    jacobian[-1] = 2 * weights * x
    return r, jacobian


def variably_dimensioned(x: Any) -> Any:
    n = len(x)
    j = np.arange(1, n + 1)
    total = j @ (x - 1)
    return np.append(x - 1, [total, total**2]), np.vstack([np.eye(n), j, 2 * total * j])


def trigonometric(x: Any) -> Any:
    n = len(x)
    i = np.arange(1, n + 1)
    r = n - np.cos(x).sum() + i * (1 - np.cos(x)) - np.sin(x)
    return r, np.tile(np.sin(x), (n, 1)) + np.diag(i * np.sin(x) - np.cos(x))


def brown_almost_linear(x: Any) -> Any:
    n = len(x)
    r = x + x.sum() - (n + 1)
    r[-1] = x.prod() - 1
    jacobian = np.ones((n, n), x.dtype) + np.eye(n)
    jacobian[-1] = [np.delete(x, j).prod() for j in range(n)]
    return r, jacobian


def _grid(n: int) -> tuple[float, Any]:
    """H and t_1 ... t_n."""
    h = 1 / (n + 1)
    return h, h * np.arange(1, n + 1)


def discrete_boundary_value(x: Any) -> Any:
    n = len(x)
    h, t = _grid(n)
    padded = np.concatenate([[0], x, [0]])
    r = 2 * x - padded[:-2] - padded[2:] + h**2 * (x + t + 1) ** 3 / 2
    beside = np.eye(n, k=1) + np.eye(n, k=-1)
    return r, np.diag(2 + 1.5 * h**2 * (x + t + 1) ** 2) - beside


def discrete_integral_equation(x: Any) -> Any:
    n = len(x)
    h, t = _grid(n)
    lower = np.minimum.outer(t, t) * (1 - np.maximum.outer(t, t))
    cubes = (x + t + 1) ** 3
    return x + h / 2 * (lower @ cubes), np.eye(n) + 1.5 * h * lower * (x + t + 1) ** 2


def broyden_tridiagonal(x: Any) -> Any:
    n = len(x)
    padded = np.concatenate([[0], x, [0]])
    r = (3 - 2 * x) * x - padded[:-2] - 2 * padded[2:] + 1
    return r, np.diag(3 - 4 * x) - np.eye(n, k=-1) - 2 * np.eye(n, k=1)


def broyden_banded(x: Any) -> Any:
    n = len(x)
    i, j = np.indices((n, n))
    band = (j != i) & (j >= i - 5) & (j <= i + 1)
    r = x * (2 + 5 * x**2) + 1 - band @ (x * (1 + x))
    return r, np.diag(2 + 15 * x**2) - band * (1 + 2 * x)


def linear_full_rank(x: Any, m: int = 20) -> Any:
    n = len(x)
    jacobian = np.eye(m, n) - 2 / m
    return jacobian @ x - 1, jacobian


def linear_rank_1(x: Any, m: int = 20) -> Any:
    jacobian = np.outer(np.arange(1, m + 1), np.arange(1, len(x) + 1))
    return jacobian @ x - 1, jacobian.astype(x.dtype)


def linear_rank_1_with_zeros(x: Any, m: int = 20) -> Any:
    """The first and last column and row of the Jacobian are zero."""
    rows, weights = np.arange(m), np.arange(1, len(x) + 1)
    rows[-1] = 0
    weights[0] = weights[-1] = 0
    jacobian = np.outer(rows, weights)
    return jacobian @ x - 1, jacobian.astype(x.dtype)


def chebyquad(x: Any) -> Any:
    """T_i is the i-th Chebyshev polynomial, shifted to [0, 1]: T_i+1 = 2 y T_i - T_i-1 with y = 2 x - 1."""
    n = len(x)
    y = 2 * x - 1
    before, value = np.ones_like(y), y
    slope_before, slope = np.zeros_like(y), np.full_like(y, 2)
    r, jacobian = np.empty(n, x.dtype), np.empty((n, n), x.dtype)
    for i in range(1, n + 1):
        r[i - 1] = value.mean() + (1 / (i * i - 1) if i % 2 == 0 else 0)
        jacobian[i - 1] = slope / n
        slope_before, slope = slope, 4 * value + 2 * y * slope - slope_before
        before, value = value, 2 * y * value - before
    return r, jacobian
