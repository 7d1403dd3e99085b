"""The table of functions a formula may call: what each one means, its derivative, how mathematics writes it.

Adding a function here makes it known to the parser, the derivatives and the printers; the kernel registers
its machine code under the same name. Arithmetic (+ - * / ^) is not in the table: it has nodes of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from thalweg.expression import arithmetic

if TYPE_CHECKING:
    from thalweg.expression.graph import Graph

Notation = Literal["name", "root", "cube root", "exponential", "bars", "floor"]

Slopes: TypeAlias = "Callable[..., Sequence[int]]"


class Function(NamedTuple):
    """A function: name, scalar meaning, derivatives, notation and how many arguments it takes.

    `plain` maps floats to a float and never raises. `slopes(graph, value, *arguments)` returns the nodes of the
    partial derivatives, where `value` is the node of the function itself, so that exp or tanh reuse what is known
    already. `notation` says how it is set: by its name, as a root, as a power of e, between bars or brackets.
    A function that `folds` takes two arguments or more, the rest by twos: max(a, b, c) is max(max(a, b), c).
    """

    name: str
    plain: Callable[..., float]
    slopes: Slopes
    notation: Notation = "name"
    arguments: int = 1
    folds: bool = False

    def takes(self, count: int) -> bool:
        """Say whether it can be called with this many arguments."""
        return count >= self.arguments if self.folds else count == self.arguments


def _product(graph: Graph, factor: float, a: int) -> int:
    return graph.multiply(graph.constant(factor), a)


def _over(graph: Graph, numerator: float, a: int) -> int:
    return graph.divide(graph.constant(numerator), a)


def _square_plus_one(graph: Graph, a: int) -> int:
    return graph.add(graph.constant(1.0), graph.integer_power(a, 2))


def _root(graph: Graph, a: int) -> int:
    return graph.call("sqrt", a)


def _one_plus(graph: Graph, a: int) -> int:
    return graph.add(graph.constant(1.0), a)


def _one_less(graph: Graph, a: int) -> int:
    return graph.subtract(graph.constant(1.0), a)


def _sine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.call("cos", a)]


def _cosine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.negate(graph.call("sin", a))]


def _tangent(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_square_plus_one(graph, value)]


def _one_less_square(graph: Graph, a: int) -> int:
    """1 - a^2, which loses its digits towards 1, or (1-a)(1+a), whose slope loses its own towards 0."""
    product = graph.multiply(_one_less(graph, a), _one_plus(graph, a))
    inside = graph.truth("less", graph.call("abs", a), graph.constant(0.5))
    return graph.call("where", inside, _one_less(graph, graph.integer_power(a, 2)), product)


def _arcsine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, _root(graph, _one_less_square(graph, a)))]


def _arccosine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.negate(slope) for slope in _arcsine(graph, value, a)]


def _arctangent(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, _square_plus_one(graph, a))]


def _angle(graph: Graph, value: int, y: int, x: int) -> Sequence[int]:
    r = graph.call("hypot", x, y)  # its square might overflow
    return [
        graph.divide(graph.divide(x, r), r),
        graph.negate(graph.divide(graph.divide(y, r), r)),
    ]


def _hyperbolic_sine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.call("cosh", a)]


def _hyperbolic_cosine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.call("sinh", a)]


def _hyperbolic_tangent(graph: Graph, value: int, a: int) -> Sequence[int]:
    # 1 less the square of the value has no digits left where it is near 1
    return [graph.integer_power(graph.call("sech", a), 2)]


def _hyperbolic_secant(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.negate(graph.multiply(value, graph.call("tanh", a)))]


def _inverse_hyperbolic_sine(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, graph.call("hypot", a, graph.constant(1.0)))]


def _inverse_hyperbolic_cosine(graph: Graph, value: int, a: int) -> Sequence[int]:
    less_one = _root(graph, graph.subtract(a, graph.constant(1.0)))
    return [_over(graph, 1.0, graph.multiply(less_one, _root(graph, graph.add(a, graph.constant(1.0)))))]


def _inverse_hyperbolic_tangent(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, _one_less_square(graph, a))]


def _exponential(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [value]


def _exponential_less_one(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.call("exp", a)]  # the value plus 1 has no digits left where exp(a) is small


def _logarithm(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, a)]


def _decimal_logarithm(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0 / math.log(10.0), a)]


def _binary_logarithm(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0 / math.log(2.0), a)]


def _logarithm_of_one_more(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, _one_plus(graph, a))]


def _square_root(graph: Graph, value: int, a: int) -> Sequence[int]:
    slope = _over(graph, 0.5, value)
    if not _is_of_squares(graph, a):
        return [slope]
    zero = graph.constant(0.0)  # a norm: at its kink, where the slope within is 0, zero is chosen
    return [graph.call("where", graph.truth("equal", value, zero), zero, slope)]


def _is_of_squares(graph: Graph, a: int) -> bool:
    """Whether this is a sum of even powers, each with a factor or without, so that its root is a norm."""
    waiting = [a]
    while waiting:
        match graph.nodes[waiting.pop()]:
            case ("add", left, right):
                waiting += (left, right)
            case ("sum", term, *_):
                waiting.append(term)
            case ("multiply", left, right) if left == right:
                pass
            case ("multiply" | "divide", left, right) if graph.nodes[right][0] in _FACTORS:
                waiting.append(left)
            case ("multiply", left, right) if graph.nodes[left][0] in _FACTORS:
                waiting.append(right)
            case ("integer_power", _, exponent) if exponent > 0 and exponent % 2 == 0:
                pass
            case _:
                return False
    return True


_FACTORS = ("constant", "parameter", "column")
"""What does not depend on the variables."""


def _cube_root(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [_over(graph, 1.0, _product(graph, 3.0, graph.integer_power(value, 2)))]


def _absolute_value(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.call("sign", a)]  # zero at the kink


def _step(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.constant(0.0)]


def _error_function(graph: Graph, value: int, a: int) -> Sequence[int]:
    density = graph.call("exp", graph.negate(graph.integer_power(a, 2)))
    return [_product(graph, 2.0 / math.sqrt(math.pi), density)]


def _complementary_error_function(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.negate(slope) for slope in _error_function(graph, value, a)]


def _logistic(graph: Graph, value: int, a: int) -> Sequence[int]:
    # 1 less the value has no digits left where it is near 1
    return [graph.multiply(value, graph.call("sigmoid", graph.negate(a)))]


def _smooth_ramp(graph: Graph, value: int, a: int) -> Sequence[int]:
    return [graph.call("sigmoid", a)]


def _ramp(graph: Graph, value: int, a: int) -> Sequence[int]:
    zero, one = graph.constant(0.0), graph.constant(1.0)
    return [graph.call("where", graph.truth("greater", a, zero), one, zero)]  # zero at the kink


def _minimum(graph: Graph, value: int, a: int, b: int) -> Sequence[int]:
    return _chosen(graph, graph.truth("less", b, a))


def _maximum(graph: Graph, value: int, a: int, b: int) -> Sequence[int]:
    return _chosen(graph, graph.truth("greater", b, a))


def _chosen(graph: Graph, second: int) -> Sequence[int]:
    """The slopes of a choice; of two equals the first is followed."""
    zero, one = graph.constant(0.0), graph.constant(1.0)
    return [graph.call("where", second, zero, one), graph.call("where", second, one, zero)]


def _hypotenuse(graph: Graph, value: int, a: int, b: int) -> Sequence[int]:
    zero = graph.constant(0.0)
    at_origin = graph.truth("equal", value, zero)  # a kink: zero is chosen
    return [graph.call("where", at_origin, zero, graph.divide(side, value)) for side in (a, b)]


def _log_sum_exp(graph: Graph, value: int, a: int, b: int) -> Sequence[int]:
    return [graph.call("sigmoid", graph.subtract(a, b)), graph.call("sigmoid", graph.subtract(b, a))]


def _where(graph: Graph, value: int, condition: int, a: int, b: int) -> Sequence[int]:
    zero, one = graph.constant(0.0), graph.constant(1.0)
    return [zero, graph.call("where", condition, one, zero), graph.call("where", condition, zero, one)]


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("sin", arithmetic.nan_outside_domain(math.sin), _sine),
        Function("cos", arithmetic.nan_outside_domain(math.cos), _cosine),
        Function("tan", arithmetic.nan_outside_domain(math.tan), _tangent),
        Function("asin", arithmetic.nan_outside_domain(math.asin), _arcsine),
        Function("acos", arithmetic.nan_outside_domain(math.acos), _arccosine),
        Function("atan", math.atan, _arctangent),
        Function("atan2", math.atan2, _angle, arguments=2),
        Function("sinh", arithmetic.hyperbolic_sine, _hyperbolic_sine),
        Function("cosh", arithmetic.hyperbolic_cosine, _hyperbolic_cosine),
        Function("tanh", math.tanh, _hyperbolic_tangent),
        Function("sech", arithmetic.hyperbolic_secant, _hyperbolic_secant),
        Function("asinh", math.asinh, _inverse_hyperbolic_sine),
        Function("acosh", arithmetic.nan_outside_domain(math.acosh), _inverse_hyperbolic_cosine),
        Function("atanh", arithmetic.inverse_hyperbolic_tangent, _inverse_hyperbolic_tangent),
        Function("exp", arithmetic.exponential, _exponential, "exponential"),
        Function("expm1", arithmetic.exponential_less_one, _exponential_less_one),
        Function("log", arithmetic.logarithm, _logarithm),
        Function("log10", arithmetic.with_pole_at(0.0, math.log10), _decimal_logarithm),
        Function("log2", arithmetic.with_pole_at(0.0, math.log2), _binary_logarithm),
        Function("log1p", arithmetic.with_pole_at(-1.0, math.log1p), _logarithm_of_one_more),
        Function("sqrt", arithmetic.nan_outside_domain(math.sqrt), _square_root, "root"),
        Function("cbrt", arithmetic.cube_root, _cube_root, "cube root"),
        Function("abs", math.fabs, _absolute_value, "bars"),
        Function("sign", arithmetic.sign, _step),
        Function("floor", arithmetic.floor, _step, "floor"),
        Function("erf", math.erf, _error_function),
        Function("erfc", math.erfc, _complementary_error_function),
        Function("sigmoid", arithmetic.logistic, _logistic),
        Function("softplus", arithmetic.smooth_ramp, _smooth_ramp),
        Function("relu", arithmetic.ramp, _ramp),
        Function("min", arithmetic.minimum, _minimum, arguments=2, folds=True),
        Function("max", arithmetic.maximum, _maximum, arguments=2, folds=True),
        Function("hypot", arithmetic.hypotenuse, _hypotenuse, arguments=2, folds=True),
        Function("logsumexp", arithmetic.log_sum_exp, _log_sum_exp, arguments=2, folds=True),
        Function("where", arithmetic.choice, _where, arguments=3),
    )
}

COMPARISONS: dict[str, str] = {
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
}  # fmt: skip
"""What two numbers may be asked, and how it is typed; the answer is a truth value, never a number."""

CONNECTIVES: dict[str, int] = {"and": 2, "or": 2, "not": 1}
"""What joins truth values, and how many; the condition of `where` is the only other place that takes one."""

TRUTHS = frozenset((*COMPARISONS, *CONNECTIVES))
"""Operations that give a truth value."""

ALIASES: dict[str, str] = {
    "ln": "log", "√": "sqrt", "norm": "hypot", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "sgn": "sign",
    "minimum": "min", "maximum": "max", "logistic": "sigmoid", "logaddexp": "logsumexp",
}  # fmt: skip
"""Other spellings of functions that may be typed."""
