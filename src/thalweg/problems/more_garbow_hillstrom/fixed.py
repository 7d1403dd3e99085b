"""Problems 1 to 19, whose number of variables is fixed: residuals and Jacobians in the paper's notation.

Each function takes x (n,) and returns r (m,) and J (m, n).
"""

# ruff: noqa: D103 -- a function is the problem of its name, and its formula says the rest

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.problems.more_garbow_hillstrom.residual_problem import columns


def rosenbrock(x: Any) -> Any:
    x1, x2 = x
    return np.array([10 * (x2 - x1**2), 1 - x1]), np.array([[-20 * x1, 10], [-1, 0]])


def freudenstein_roth(x: Any) -> Any:
    x1, x2 = x
    r = np.array([-13 + x1 + ((5 - x2) * x2 - 2) * x2, -29 + x1 + ((x2 + 1) * x2 - 14) * x2])
    return r, np.array([[1, (10 - 3 * x2) * x2 - 2], [1, (3 * x2 + 2) * x2 - 14]])


def powell_badly_scaled(x: Any) -> Any:
    x1, x2 = x
    r = np.array([1e4 * x1 * x2 - 1, np.exp(-x1) + np.exp(-x2) - 1.0001])
    return r, np.array([[1e4 * x2, 1e4 * x1], [-np.exp(-x1), -np.exp(-x2)]])


def brown_badly_scaled(x: Any) -> Any:
    x1, x2 = x
    return np.array([x1 - 1e6, x2 - 2e-6, x1 * x2 - 2]), np.array([[1, 0], [0, 1], [x2, x1]])


def beale(x: Any) -> Any:
    x1, x2 = x
    i = np.arange(1, 4)
    r = np.array([1.5, 2.25, 2.625]) - x1 * (1 - x2**i)
    return r, columns(x2**i - 1, x1 * i * x2 ** (i - 1))


def jennrich_sampson(x: Any) -> Any:
    i = np.arange(1, 11)
    e1, e2 = np.exp(i * x[0]), np.exp(i * x[1])
    return 2 + 2 * i - (e1 + e2), columns(-i * e1, -i * e2)


def helical_valley(x: Any) -> Any:
    x1, x2, x3 = x
    radius2 = x1**2 + x2**2
    radius = np.sqrt(radius2)
    if x1.real == 0.0:
        turn = np.copysign(0.25, x2.real) - x1 / x2 / (2 * np.pi)
    else:
        turn = np.arctan(x2 / x1) / (2 * np.pi) + (0.5 if x1.real < 0.0 else 0.0)
    r = np.array([10 * (x3 - 10 * turn), 10 * (radius - 1), x3])
    around = 100 / (2 * np.pi * radius2)
    return r, np.array([[around * x2, -around * x1, 10], [10 * x1 / radius, 10 * x2 / radius, 0], [0, 0, 1]])


_BARD = np.array([0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39])


def bard(x: Any) -> Any:
    u = np.arange(1, 16)
    v = 16 - u
    w = np.minimum(u, v)
    bottom = v * x[1] + w * x[2]
    return _BARD - (x[0] + u / bottom), columns(-1, u * v / bottom**2, u * w / bottom**2)


_HALF_BELL = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521]
_GAUSSIAN = np.array([*_HALF_BELL, 0.3989, *_HALF_BELL[::-1]])


def gaussian(x: Any) -> Any:
    t = (8 - np.arange(1, 16)) / 2
    away = t - x[2]
    bell = np.exp(-x[1] * away**2 / 2)
    return x[0] * bell - _GAUSSIAN, columns(bell, -x[0] * bell * away**2 / 2, x[0] * bell * x[1] * away)


_MEYER = np.array(
    [
        34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
        8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872,
    ]
)  # fmt: skip


def meyer(x: Any) -> Any:
    t = 45 + 5 * np.arange(1, 17)
    e = np.exp(x[1] / (t + x[2]))
    fitted = x[0] * e
    return fitted - _MEYER, columns(e, fitted / (t + x[2]), -fitted * x[1] / (t + x[2]) ** 2)


def gulf(x: Any, m: int = 99) -> Any:
    """The paper prints |y_i m i x_2| for |y_i - x_2|."""
    t = np.arange(1, m + 1) / 100
    away = 25 + (-50 * np.log(t)) ** (2 / 3) - x[1]
    sign = np.where(away.real < 0.0, -1.0, 1.0)
    distance = sign * away
    power = distance ** x[2]
    e = np.exp(-power / x[0])
    log = np.log(np.where(distance == 0.0, 1.0, distance))  # beside a power that is 0 there
    return e - t, columns(
        e * power / x[0] ** 2, e * sign * x[2] * distance ** (x[2] - 1) / x[0], -e * power * log / x[0]
    )


def box(x: Any, m: int = 10) -> Any:
    t = np.arange(1, m + 1) / 10
    e1, e2, e3 = np.exp(-t * x[0]), np.exp(-t * x[1]), np.exp(-t) - np.exp(-10 * t)
    return e1 - e2 - x[2] * e3, columns(-t * e1, t * e2, -e3)


def powell_singular(x: Any) -> Any:
    x1, x2, x3, x4 = x
    five, ten = np.sqrt(5), np.sqrt(10)
    r = np.array([x1 + 10 * x2, five * (x3 - x4), (x2 - 2 * x3) ** 2, ten * (x1 - x4) ** 2])
    a, b = 2 * (x2 - 2 * x3), 2 * ten * (x1 - x4)
    return r, np.array([[1, 10, 0, 0], [0, 0, five, -five], [0, a, -2 * a, 0], [b, 0, 0, -b]])


def wood(x: Any) -> Any:
    x1, x2, x3, x4 = x
    ninety, ten = np.sqrt(90), np.sqrt(10)
    r = [10 * (x2 - x1**2), 1 - x1, ninety * (x4 - x3**2), 1 - x3, ten * (x2 + x4 - 2), (x2 - x4) / ten]
    return np.array(r), np.array(
        [
            [-20 * x1, 10, 0, 0],
            [-1, 0, 0, 0],
            [0, 0, -2 * ninety * x3, ninety],
            [0, 0, -1, 0],
            [0, ten, 0, ten],
            [0, 1 / ten, 0, -1 / ten],
        ]
    )


_KOWALIK_Y = np.array(
    [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
)
_KOWALIK_U = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])


def kowalik_osborne(x: Any) -> Any:
    u = _KOWALIK_U
    top, bottom = u**2 + u * x[1], u**2 + u * x[2] + x[3]
    share = top / bottom
    return _KOWALIK_Y - x[0] * share, columns(
        -share, -x[0] * u / bottom, x[0] * share * u / bottom, x[0] * share / bottom
    )


def brown_dennis(x: Any) -> Any:
    t = np.arange(1, 21) / 5
    a, b = x[0] + t * x[1] - np.exp(t), x[2] + x[3] * np.sin(t) - np.cos(t)
    return a**2 + b**2, columns(2 * a, 2 * a * t, 2 * b, 2 * b * np.sin(t))


_OSBORNE_1 = np.array(
    [
        0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603,
        0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411,
        0.406,
    ]
)  # fmt: skip


def osborne_1(x: Any) -> Any:
    t = 10 * np.arange(33)
    e4, e5 = np.exp(-t * x[3]), np.exp(-t * x[4])
    return _OSBORNE_1 - (x[0] + x[1] * e4 + x[2] * e5), columns(-1, -e4, -e5, x[1] * t * e4, x[2] * t * e5)


def biggs_exp6(x: Any, m: int = 13) -> Any:
    t = np.arange(1, m + 1) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    e1, e2, e5 = np.exp(-t * x[0]), np.exp(-t * x[1]), np.exp(-t * x[4])
    return x[2] * e1 - x[3] * e2 + x[5] * e5 - y, columns(
        -t * x[2] * e1, t * x[3] * e2, e1, -e2, -t * x[5] * e5, e5
    )


_OSBORNE_2 = np.array(
    [
        1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606,
        0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.500, 0.423,
        0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668,
        0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098,
        0.054,
    ]
)  # fmt: skip


def osborne_2(x: Any) -> Any:
    t = np.arange(65) / 10
    decay = np.exp(-t * x[4])
    away = [t - centre for centre in x[8:]]
    bells = [np.exp(-(u**2) * rate) for u, rate in zip(away, x[5:8], strict=True)]
    peaks = [height * bell for height, bell in zip(x[1:4], bells, strict=True)]
    return _OSBORNE_2 - (x[0] * decay + sum(peaks)), columns(
        -decay,
        *(-bell for bell in bells),
        x[0] * t * decay,
        *(peak * u**2 for peak, u in zip(peaks, away, strict=True)),
        *(-2 * rate * u * peak for rate, u, peak in zip(x[5:8], away, peaks, strict=True)),
    )
