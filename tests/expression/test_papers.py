"""Benchmark functions as papers, web pages and programs write them, against their definitions in Python.

The spellings follow those of Jamil and Yang, A literature survey of benchmark functions for global optimization
problems (2013), of the Virtual Library of Simulation Experiments (Surjanovic and Bingham), of SciPy's global benchmarks
and of programs in several languages; the definitions are written out here, number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, e, exp, fabs, log, pi, prod, sin, sqrt
from typing import NamedTuple

import numpy as np
import pytest

from thalweg.objective.formula import Formula

Point = Sequence[float]


class Benchmark(NamedTuple):
    value: Callable[[Point], float]
    n: int
    texts: tuple[str, ...]


def ackley(x: Point) -> float:
    n = len(x)
    return (
        -20 * exp(-0.2 * sqrt(sum(t * t for t in x) / n)) - exp(sum(cos(2 * pi * t) for t in x) / n) + 20 + e
    )


def levy(x: Point) -> float:
    w = [1 + (t - 1) / 4 for t in x]
    middle = sum((t - 1) ** 2 * (1 + 10 * sin(pi * t + 1) ** 2) for t in w[:-1])
    return sin(pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2)


def goldstein_price(x: Point) -> float:
    a, b = x
    one = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2)
    return one * (30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2))


def eggholder(x: Point) -> float:
    a, b = x
    return -(b + 47) * sin(sqrt(fabs(b + a / 2 + 47))) - a * sin(sqrt(fabs(a - (b + 47))))


def cross_in_tray(x: Point) -> float:
    a, b = x
    return -0.0001 * (fabs(sin(a) * sin(b) * exp(fabs(100 - sqrt(a * a + b * b) / pi))) + 1) ** 0.1


def drop_wave(x: Point) -> float:
    square = x[0] ** 2 + x[1] ** 2
    return -(1 + cos(12 * sqrt(square))) / (0.5 * square + 2)


def shubert(x: Point) -> float:
    return prod(sum(i * cos((i + 1) * t + i) for i in range(1, 6)) for t in x)


def zakharov(x: Point) -> float:
    weighted = sum(0.5 * i * t for i, t in enumerate(x, 1))
    return sum(t * t for t in x) + weighted**2 + weighted**4


def powell(x: Point) -> float:
    a, b, c, d = x
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


BENCHMARKS = {
    "ackley": Benchmark(ackley, 3, (
        r"f_{\text{Ackley01}}(x) = -20 e^{-0.2 \sqrt{\frac{1}{n} \sum_{i=1}^n x_i^2}} - e^{\frac{1}{n} \sum_{i=1}^n "
        r"\cos(2 \pi x_i)} + 20 + e with n = 3",
        r"f(\mathbf{x}) = -a \exp \left( -b \sqrt{\frac{1}{d} \sum_{i=1}^d x_i^2} \right) - \exp \left( \frac{1}{d} "
        r"\sum_{i=1}^d \cos(c x_i) \right) + a + \exp(1) with a = 20, d = 3",
        "-20*exp(-0.2*sqrt(sum(x.^2)/numel(x))) - exp(sum(cos(2*pi*x))/numel(x)) + 20 + exp(1) with x[1..3]",
        "-20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - np.exp(np.mean(np.cos(2*np.pi*x))) + 20 + np.e with x[0..2]",
        "-20 Exp[-0.2 Sqrt[Sum[x[[i]]^2, {i, 3}]/3]] - Exp[Sum[Cos[2 Pi x[[i]]], {i, 3}]/3] + 20 + E",
    )),
    "griewank": Benchmark(
        lambda x: sum(t * t for t in x) / 4000 - prod(cos(t / sqrt(i)) for i, t in enumerate(x, 1)) + 1, 3, (
        r"f(\vec x) = \sum^d_{i=1} \frac{x_i^2}{4000} - \prod_{i=1}^d\cos (\frac{x_i}{\sqrt i}) + 1 with d = 3",
        r"f(\mathbf{x}) = \sum_{i=1}^{d} \dfrac{x_i^2}{4000} - \prod\limits_{i=1}^d "
        r"\cos\left(\dfrac{x_i}{\sqrt{i}}\right) + 1 "
        "with d = 3",
        "sum(x[i]^2/4000 for i in 1:3) - prod(cos(x[i]/sqrt(i)) for i in 1:3) + 1",
    )),
    "levy": Benchmark(levy, 3, (
        r"\sin^2\left(\pi \left(1 + \frac{x_1 - 1}{4}\right)\right) + \sum_{i=1}^{d-1} \left(\frac{x_i - "
        r"1}{4}\right)^2 \left[1 "
        r"+ 10 \sin^2\left(\pi \left(1 + \frac{x_i - 1}{4}\right) + 1\right)\right] + \left(\frac{x_d - "
        r"1}{4}\right)^2 "
        r"\left[1 + \sin^2\left(2 \pi \left(1 + \frac{x_d - 1}{4}\right)\right)\right] with d = 3",
    )),
    "schwefel": Benchmark(lambda x: 418.9829 * len(x) - sum(t * sin(sqrt(fabs(t))) for t in x), 3, (
        r"f(\mathbf{x}) = 418.9829 d - \sum_{i=1}^{d} x_i \sin\left(\sqrt{\left|x_i\right|}\right) with d = 3",
        r"f(x) = 418.9829d - \sum_{i=1}^{d} x_i \sin(\sqrt{|x_i|}) with d=3",
        "418.9829*len(x) - np.sum(x*np.sin(np.sqrt(np.abs(x)))) with x[1..3]",
    )),
    "michalewicz": Benchmark(
        lambda x: -sum(sin(t) * sin(i * t * t / pi) ** 20 for i, t in enumerate(x, 1)), 3, (
        r"f(\mathbf{x}) = - \sum_{i=1}^{d} \sin(x_i)\sin^{2m}\left(\frac{i x_i^2}{\pi}\right) with m = 10, d = 3",
        r"-\sum_{i=1}^{3} \sin(x_i) \left[\sin\left(\frac{i x_i^2}{\pi}\right)\right]^{20}",
        "-sum(sin(x[i])*sin(i*x[i]^2/pi)^20, i, 1, 3)",
    )),
    "styblinski-tang": Benchmark(lambda x: sum(t**4 - 16 * t**2 + 5 * t for t in x) / 2, 3, (
        r"f(\mathbf{x}) = \frac{1}{2} \sum_{i=1}^{d} (x_i^4 - 16x_i^2 + 5x_i) with d = 3",
        r"\frac{\sum_{i=1}^{3} x_i^4 - 16 \sum_{i=1}^3 x_i^2 + 5\sum_{i=1}^3 x_i}{2}",
        "0.5*sum(x.^4 - 16*x.^2 + 5*x) with x[1..3]",
    )),
    "eggholder": Benchmark(eggholder, 2, (
        r"f(x, y) = -(y+47) \sin \sqrt{\left|y + \frac{x}{2} + 47\right|} - x \sin \sqrt{\left|x - (y+47)\right|}",
        "f[x_, y_] := -(y + 47) Sin[Sqrt[Abs[y + x/2 + 47]]] - x Sin[Sqrt[Abs[x - (y + 47)]]]",
        "-(x[1] + 47)*np.sin(np.sqrt(np.abs(x[0]/2 + (x[1] + 47)))) - x[0]*np.sin(np.sqrt(np.abs(x[0] - (x[1] + "
        "47))))",
    )),
    "beale": Benchmark(
        lambda x: (1.5 - x[0] + x[0] * x[1]) ** 2 + (2.25 - x[0] + x[0] * x[1] ** 2) ** 2
        + (2.625 - x[0] + x[0] * x[1] ** 3) ** 2, 2, (
        r"f_{\text{Beale}}(x) = \left(x_1 x_2 - x_1 + 1.5\right)^{2} +\left(x_1 x_2^{2} - x_1 + 2.25\right)^{2} "
        r"+ \left(x_1 x_2^{3} - x_1 + 2.625\right)^{2}",
        r"$(1.5-x+xy)^{2} + (2.25-x+xy^{2})^{2} + (2.625-x+xy^{3})^{2}$",
        "(1.5 - x[1] + x[1]*x[2])^2 + (2.25 - x[1] + x[1]*x[2]^2)^2 + (2.625 - x[1] + x[1]*x[2]^3)^2",
    )),
    "booth": Benchmark(lambda x: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2, 2, (
        r"f_{\text{Booth}}(x) = (x_1 + 2x_2 - 7)^2 + (2x_1 + x_2 - 5)^2", "(x+2y-7)^2 + (2x+y-5)^2",
        "lambda x, y: (x + 2*y - 7)**2 + (2*x + y - 5)**2",
    )),
    "himmelblau": Benchmark(lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2, 2, (
        r"f(x,y)=(x^{2}+y-11)^{2}+(x+y^{2}-7)^{2}", "(x₁² + x₂ − 11)² + (x₁ + x₂² − 7)²",
        "fx = (x[1]^2 + x[2] - 11)^2 + (x[1] + x[2]^2 - 7)^2", "f = @(x, y) (x.^2 + y - 11).^2 + (x + y.^2 - 7).^2;",
    )),
    "goldstein-price": Benchmark(goldstein_price, 2, (
        r"f(x,y)=\left[1+\left(x+y+1\right)^{2}\left(19-14x+3x^{2}-14y+6xy+3y^{2}\right)\right]"
        r"\left[30+\left(2x-3y\right)^{2}\left(18-32x+12x^{2}+48y-36xy+27y^{2}\right)\right]",
        "(1+(x+y+1)**2*(19-14*x+3*x**2-14*y+6*x*y+3*y**2))*(30+(2*x-3*y)**2*(18-32*x+12*x**2+48*y-36*x*y+27*y**2))",
    )),
    "easom": Benchmark(lambda x: -cos(x[0]) * cos(x[1]) * exp(-((x[0] - pi) ** 2) - (x[1] - pi) ** 2), 2, (
        r"f(x,y)=-\cos \left(x\right)\cos \left(y\right)\exp\left(-\left(\left(x-\pi\right)^{2} + "
        r"\left(y-\pi\right)^{2}\right)\right)",
        "-Cos[x] Cos[y] Exp[-((x - Pi)^2 + (y - Pi)^2)]",
        "-np.cos(x1) * np.cos(x2) * np.exp(-(x1 - np.pi)**2 - (x2 - np.pi)**2)",
    )),
    "six-hump camel": Benchmark(
        lambda x: (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1] + (4 * x[1] ** 2 - 4) * x[1] ** 2,
        2, (
        r"f(\mathbf{x}) = \left( 4 - 2.1x_1^2 + \frac{x_1^4}{3} \right)x_1^2 + x_1x_2 + \left(-4 + 4x_2^2 "
        r"\right)x_2^2",
        "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (-4 + 4*y^2)*y^2", "(4-2.1x²+x⁴/3)x² + x y + (−4+4y²)y²",
    )),
    "mccormick": Benchmark(
        lambda x: sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - 1.5 * x[0] + 2.5 * x[1] + 1, 2, (
        r"f(x,y)=\sin \left(x+y\right)+\left(x-y\right)^{2}-1.5x+2.5y+1", "Sin[x + y] + (x - y)^2 - 1.5 x + 2.5 "
        "y + 1",
    )),
    "bukin": Benchmark(lambda x: 100 * sqrt(fabs(x[1] - 0.01 * x[0] ** 2)) + 0.01 * fabs(x[0] + 10), 2, (
        r"f_{\text{Bukin06}}(x) = 100 \sqrt{ \lvert{x_2 - 0.01 x_1^{2}}\rvert} + 0.01 \lvert{x_1 + 10} \rvert",
        r"f(x,y)=100{\sqrt {\left|y-0.01x^{2}\right|}}+0.01\left|x+10\right|",
        "100*sqrt(abs(x[2] - 0.01x[1]^2)) + 0.01*abs(x[1] + 10.0)",
    )),
    "cross-in-tray": Benchmark(cross_in_tray, 2, (
        r"f(x) = - 0.0001 \left(\left|{e^{\left|{100 - \frac{\sqrt{x_{1}^{2} + x_{2}^{2}}}{\pi}}\right|} "
        r"\sin\left(x_{1}\right) "
        r"\sin\left(x_{2}\right)}\right| + 1\right)^{0.1}",
        "-0.0001*(np.abs(np.sin(x)*np.sin(y)*np.exp(np.abs(100 - np.sqrt(x**2 + y**2)/np.pi))) + 1)**0.1",
    )),
    "drop-wave": Benchmark(drop_wave, 2, (
        r"f(\mathbf{x}) = -\frac{1 + \cos\left(12\sqrt{x_1^2 + x_2^2}\right)}{0.5\left(x_1^2 + x_2^2\right) + 2}",
        r"- \frac{1 + \cos\left(12 \sqrt{\sum_{i=1}^{n} x_i^{2}}\right)}{2 + 0.5 \sum_{i=1}^{n} x_i^{2}} with n = 2",
    )),
    "shubert": Benchmark(shubert, 2, (
        r"f(\mathbf{x}) = \left( \sum_{i=1}^5 i \cos((i+1)x_1 + i) \right) \left( \sum_{i=1}^5 i \cos((i+1)x_2 "
        r"+ i) \right)",
        r"\prod_{j=1}^{2} \left( \sum_{i=1}^5 i \cos((i+1)x_j + i) \right)",
        "Sum[i Cos[(i + 1) x + i], {i, 5}] Sum[i Cos[(i + 1) y + i], {i, 5}]",
    )),
    "zakharov": Benchmark(zakharov, 3, (
        r"f(\mathbf{x}) = \sum_{i=1}^{d} x_i^2 + \left( \sum_{i=1}^{d} 0.5ix_i \right)^2 + \left( "
        r"\sum_{i=1}^{d} 0.5ix_i \right)^4 "
        "with d = 3",
        r"\sum_{i=1}^{n} x_i^2 + \left ( \frac{1}{2}\sum_{i=1}^{n} i x_i \right )^2 + \left ( \frac{1}{2} "
        r"\sum_{i=1}^{n} i x_i "
        r"\right )^4 with n = 3",
    )),
    "trid": Benchmark(
        lambda x: sum((t - 1) ** 2 for t in x) - sum(a * b for a, b in zip(x[1:], x, strict=False)), 4, (
        r"f(\mathbf{x}) = \sum_{i=1}^d (x_i - 1)^2 - \sum_{i=2}^d x_i x_{i-1} with d = 4",
        r"\sum_{i=1}^{D}\left(x_{i}-1\right)^{2}-\sum_{i=2}^{D} x_{i} x_{i-1} with D = 4",
        "sum((x-1)^2) - sum(x[1:]*x[:-1]) with x[1..4]",
    )),
    "dixon-price": Benchmark(
        lambda x: (x[0] - 1) ** 2 + sum(i * (2 * x[i - 1] ** 2 - x[i - 2]) ** 2 for i in range(2, len(x) + 1)), 4, (
        r"f(\mathbf{x}) = (x_1 - 1)^2 + \sum_{i=2}^d i \left( 2x_i^2 - x_{i-1} \right)^2 with d = 4",
        "(x[1] - 1)^2 + Sum[i (2 x[i]^2 - x[i - 1])^2, {i, 2, 4}] (* Dixon and Price *)",
    )),
    "powell": Benchmark(powell, 4, (
        r"f(\mathbf{x}) = \sum_{i=1}^{d/4} \left[ (x_{4i-3} + 10x_{4i-2})^2 + 5(x_{4i-1} - x_{4i})^2 + "
        r"(x_{4i-2} - 2x_{4i-1})^4 "
        r"+ 10(x_{4i-3} - x_{4i})^4 \right] with d = 4",
        "(x[0]+10*x[1])**2 + 5*(x[2]-x[3])**2 + (x[1]-2*x[2])**4 + 10*(x[0]-x[3])**4",
    )),
    "rastrigin": Benchmark(lambda x: 10 * len(x) + sum(t * t - 10 * cos(2 * pi * t) for t in x), 3, (
        r"f(\mathbf{x}) = An + \sum_{i=1}^n \left[x_i^2 - A\cos(2 \pi x_i)\right] with A = 10, n = 3",
        r"f(x)=10d+\sum_{i=1}^{d}\left[x_{i}^{2}-10\cos(2\pi x_{i})\right] with d = 3",
        "@(x) 10*numel(x) + sum(x.^2 - 10*cos(2*pi*x)) with x[1..3]",
        "10n + sum(x[i]^2 - 10cos(2pi*x[i]) for i in 1:n) with n = 3",
    )),
    "logarithm": Benchmark(lambda x: log(x[0] ** 2 + x[1] ** 2 + 1), 2, (
        r"\log(x_1^2+x_2^2 + 1)", "Log[x^2 + y^2 + 1]", "np.log1p(x**2 + y**2)", "np.log(x*x + y*y + 1)",
    )),
}  # fmt: skip

SPELLINGS = [(name, text) for name, benchmark in BENCHMARKS.items() for text in benchmark.texts]


@pytest.mark.parametrize(("name", "text"), SPELLINGS)
def test_a_benchmark_is_read_as_its_paper_means_it(name: str, text: str) -> None:
    benchmark = BENCHMARKS[name]
    constants = {"b": 0.2, "c": 2 * pi} if "-b" in text else {}
    formula = Formula(text, parameters=constants)
    assert formula.n == benchmark.n
    order = sorted(range(formula.n), key=formula.variables.__getitem__)
    for x in np.random.default_rng(6).uniform(-2, 3, (20, benchmark.n)).tolist():
        point = np.empty(benchmark.n)
        point[order] = x
        assert formula.value(point) == pytest.approx(benchmark.value(x), rel=1e-12, abs=1e-12)
