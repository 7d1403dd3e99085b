"""Lines as people have them, from other languages, papers and programs: read as meant, or named where they are not."""

from __future__ import annotations

import pytest

from thalweg.expression.errors import FormulaError
from thalweg.expression.parse import parse
from thalweg.objective.formula import Formula

AS_MEANT = [
    ("np.sin(x)**2 + np.exp(-y)", "sin(x)^2 + exp(-y)"),
    ("numpy.sqrt(np.abs(x)) + math.pi", "sqrt(|x|) + pi"),
    ("torch.sin(x) * torch.exp(-x**2)", "sin(x)*exp(-x^2)"),
    ("Math.sin(x)*Math.pow(y, 2)", "sin(x)*y^2"),
    ("np.power(x, 2) + pow(y, 3)", "x^2 + y^3"),
    ("np.where(x > 0, np.maximum(x, y), -x)", "where(x > 0, max(x, y), -x)"),
    ("np.e**x", "exp(x)"),
    ("math.log(x, 2) + math.log(x, 10) + math.log(x, 3)", "log2(x) + log10(x) + log(x)/log(3)"),
    ("x**2 + y**2  # a bowl", "x^2 + y^2"),
    ("x**2 +  # first\n  y**2", "x^2 + y^2"),
    ("return x**2;", "x^2"),
    ("lambda x, y: y*x", "y*x"),
    ("f(x, y) = x^2 + y^2", "x^2 + y^2"),
    ("f[x_, y_] := Sin[x] y", "sin(x)*y"),
    (r"f(x,y) = \frac{x^2}{2} + y", "x^2/2 + y"),
    ("10_000*x + 1_000.5", "10000*x + 1000.5"),
    ("x.^2 .* y ./ 3", "x^2*y/3"),
    ("x² + y³ − 2·x×y + √x + π", "x^2 + y^3 - 2*x*y + sqrt(x) + pi"),
    ("e^{-x}", "exp(-x)"),
    (r"\frac12 x^2 + \tfrac{1}{3}", "1/2*x^2 + 1/3"),
    (r"\sin^2 x + \cos^{2} y", "sin(x)^2 + cos(y)^2"),
    ("|x| + |y - 1|", "abs(x) + abs(y - 1)"),
    (r"\[ x^2 + y^2 \]", "x^2 + y^2"),
    ("Exp[-x^2] + Power[x, 2]", "exp(-x^2) + x^2"),
    ("x^2 (* first\nsecond *) + y^2", "x^2 + y^2"),
    ("Sum[x[i]^2, {i, 1, 3}]", "sum(x[i]^2, i, 1, 3)"),
    ("sum((x[i] - i)**2 for i in range(1, 4))", "sum((x[i] - i)^2, i, 1, 3)"),
    (
        r"f(\mathbf{x}) = \sum_{i=1}^{n-1} \left[100 (x_{i+1} - x_i^{2})^{2} + (1 - x_i)^{2}\right] with n=3",
        "sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2, i, 1, 2)",
    ),
    (
        r"1+\frac{1}{4000}\sum_{i=1}^{n} x_i^2 - \prod_{i=1}^{n} \cos\left(\frac{x_i}{\sqrt{i}}\right) with n = 3",
        "1 + 1/4000*sum(x[i]^2, i, 1, 3) - prod(cos(x[i]/sqrt(i)), i, 1, 3)",
    ),
    (r"\sum_{k=0}^{2} a_k t^k", "sum(a[k]*t^k, k, 0, 2)"),
    (r"| \sum_{i=1}^{3} x_i | + \sum_{i=1}^{3} |x_i|", "|sum(x[i], i, 1, 3)| + sum(|x[i]|, i, 1, 3)"),
    (r"\left| \sum_{i=1}^{3} x_i \right|^2", "|sum(x[i], i, 1, 3)|^2"),
    (r"\sum_{i=1}^3 (x_i - \sum_{j=1}^3 x_j/3)^2", "sum((x[i] - sum(x[j]/3, j, 1, 3))^2, i, 1, 3)"),
    ("∑(x[i]^2, i, 1, 3)*∏(x[i], i, 1, 3)", "sum(x[i]^2, i, 1, 3)*prod(x[i], i, 1, 3)"),
    (
        "10*n + sum(x[i]**2 - 10*np.cos(2*np.pi*x[i]) for i in range(n)) with n = 3",
        "10*3 + sum(x[i]^2 - 10*cos(2*pi*x[i]), i, 0, 2)",
    ),
    ("np.sum(x**2) with x[1..4]", "sum(x[i]^2, i, 1, 4)"),
    ("np.linalg.norm(x - 1) with x[1..3]", "sqrt(sum((x[i] - 1)^2, i, 1, 3))"),
    (
        r"f_{\text{Booth}}(x) = (x_1 + 2x_2 - 7)^2 + (2x_1 + x_2 - 5)^2",
        "(x_1 + 2*x_2 - 7)^2 + (2*x_1 + x_2 - 5)^2",
    ),
    (r"$f(\mathbf{x}, \vec y) = x y$", "x*y"),
    (r"f(x_1, \ldots, x_n) = \sum\limits_{i=1}^{n} x_i^2 with n = 3", "sum(x[i]^2, i, 1, 3)"),
    (r"\sqrt[n]{x} + \vec{x} with n = 3", "x^(1/3) + x"),
    (r"(x_n - 1)^2 + \sum_{i=1}^{n-1} x_i with n = 3", "(x[3] - 1)^2 + sum(x[i], i, 1, 2)"),
    ("z = @(x, y) x.^2 + y.^2;", "x^2 + y^2"),
    ("f <- function(x, y) x^2 + y", "x^2 + y"),
    ("const f = (x, y) => x**2 + y", "x^2 + y"),
    ("x => x*x", "x*x"),
    ("(x, y) -> x^2 + y", "x^2 + y"),
    ("def f(x, y): return x**2 + y", "x^2 + y"),
    ("f = lambda x, y: y*x", "y*x"),
    ("f[x1_?NumericQ, x2_] = x1 + x2", "x1 + x2"),
    ("z = x^2 + y", "x^2 + y"),
    ("sin.(x) .+ 2 .* y .- 1", "sin(x) + 2*y - 1"),
    (r"\Big[ x + 1 \Big]^2", "(x + 1)^2"),
    ("∛(x) + √y", "cbrt(x) + sqrt(y)"),
    ("10*len(x) + np.sum(x**2) with x[1..3]", "10*3 + sum(x[i]^2, i, 1, 3)"),
    ("sum(x.^2)/numel(x) with x[1..3]", "sum(x[i]^2, i, 1, 3)/3"),
    ("Norm[x]^2 with x[1..3]", "sqrt(sum(x[i]^2, i, 1, 3))^2"),
]


@pytest.mark.parametrize(("text", "meant"), AS_MEANT)
def test_lines_are_read_as_meant(text: str, meant: str) -> None:
    assert parse(text) == parse(meant, variables=parse(text).compact)


def test_the_head_of_a_function_gives_the_order_of_its_variables() -> None:
    assert parse("lambda x, y: y*x").variables == ("x", "y")
    assert parse("f(a, x) = x + a", parameters=["a"]).variables == ("x",)
    assert Formula("f(y, x) = x - y").value([1.0, 3.0]) == 2.0


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("x if x > 0 else -x", 2, 2, "where(x > 0, a, b)"),
        ("x mod 2", 2, 3, "floor"),
        ("cot x", 0, 3, "1/tan(x)"),
        ("sec(x)", 0, 3, "1/cos(x)"),
        (r"\operatorname{csch} x", 0, 19, "1/sinh(x)"),
        ("log(y) = a*x", 7, 1, "right of the equals sign"),
        ("sin[x]", 3, 1, "round brackets"),
        ("np.array(x)", 0, 8, "not a function"),
        ("Norm[{x, y}]", 5, 1, "braces hold"),
        (r"x^2 \\", 4, 1, "no place"),
        ("pow(x)", 0, 3, "two arguments"),
        ("0.26(x^2 + y^2) - 0.48xy", 22, 2, "x*y for a product"),
        ("f(x, y) = 1.5 - x + xy^2", 20, 2, "x*y for a product"),
        ("x_1^2 + x_1x_2", 8, 6, "x_1*x_2 for a product"),
        ("sinx + y", 0, 4, "write sin(x)"),
        (r"(x_i - 1)^2 + \sum_{i=2}^3 x_i", 1, 3, "outside of the sum over i"),
        ("@(x) x(1)^2 + x(2)^2", 5, 4, "write x[1] or 1*x"),
        (r"\sum_{i=1}^99 x_i", 10, 3, "write ^{...}"),
        ("0x1F*y", 0, 1, "decimals"),
        ("nan*x", 0, 3, "finite numbers"),
        ("atan(y, x)", 0, 7, "atan2(y, x)"),
        ("np.linalg.norm(x, 1)", 18, 1, "norm1(x)"),
        ("Norm[x, 1]", 8, 1, "norm1(x)"),
        ("norm(x, np.inf)", 8, 6, "no order"),
        (r"\mathbf{x}^T A x", 11, 1, "would be an exponent"),
        (r"\min_{x} x^2 + y^2", 4, 1, "only the function itself"),
        (r"x_1 + \cdots + x_n", 6, 6, "write a sum"),
        ("len(x, y)", 0, 3, "name of a vector"),
        ("x > 0 ? x : -x", 6, 1, "where(x > 0, a, b)"),
        (r"\bar{x} + 1", 0, 4, "another letter"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, position: int, length: int, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert said in str(caught.value)
    assert (caught.value.position, caught.value.length) == (position, length)
