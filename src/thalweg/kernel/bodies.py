"""The operations of a graph, written into a function for any number of lanes: one line or a few for each node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from thalweg.expression.graph import Graph
from thalweg.kernel import angles, choices, elementary, exponentials, integer_power, logarithms, system
from thalweg.kernel.code import Code, Helper, Operand

Leaf = Callable[[str, int], Operand]
"""What stands for a leaf of the graph: called with "variable", "parameter" or "column" and its place."""

_ARITHMETIC = {"add": "fadd", "subtract": "fsub", "multiply": "fmul", "divide": "fdiv"}
_HELPERS = {
    "power": elementary.POWER,
    "exp": elementary.EXPONENTIAL,
    "log": elementary.LOGARITHM,
    "expm1": exponentials.EXPONENTIAL_LESS_ONE,
    "log1p": exponentials.LOGARITHM_OF_ONE_MORE,
    "sinh": exponentials.HYPERBOLIC_SINE,
    "cosh": exponentials.HYPERBOLIC_COSINE,
    "sigmoid": exponentials.LOGISTIC,
    "softplus": exponentials.SMOOTH_RAMP,
    "logsumexp": exponentials.LOG_SUM_EXP,
    "log2": logarithms.BINARY_LOGARITHM,
    "log10": logarithms.DECIMAL_LOGARITHM,
    "asin": angles.ARCSINE,
    "acos": angles.ARCCOSINE,
    "atan": angles.ARCTANGENT,
    "atan2": angles.ARCTANGENT_OF_TWO,
    "hypot": angles.HYPOTENUSE,
}
_PAIRS = {
    "sin": (elementary.SINE_COSINE, 0),
    "cos": (elementary.SINE_COSINE, 1),
    "tanh": (elementary.HYPERBOLIC_TANGENT_SECANT, 0),
    "sech": (elementary.HYPERBOLIC_TANGENT_SECANT, 1),
}
"""Functions that come in pairs: most of the work is one for both, and a gradient needs the other one anyway."""
_WRITTEN: dict[str, Callable[..., Operand]] = {
    "negate": Code.negate,
    "sqrt": Code.square_root,
    "abs": Code.absolute,
    "where": Code.select,
    "sign": choices.sign,
    "floor": choices.floor,
    "relu": choices.ramp,
    "min": choices.minimum,
    "max": choices.maximum,
}
_PREDICATES = {
    "less": "olt", "less_equal": "ole", "greater": "ogt", "greater_equal": "oge", "equal": "oeq", "not_equal": "une",
}  # fmt: skip


class Body:
    """The operands of the nodes written so far."""

    def __init__(self, code: Code, graph: Graph, leaf: Leaf) -> None:
        self.code = code
        self.graph = graph
        self.leaf = leaf
        self.operands: dict[int, Operand] = {}
        self.pairs: dict[tuple[Helper, int], tuple[Operand, ...]] = {}
        self.powers: dict[int, integer_power.Powers] = {}

    def write(self, order: Iterable[int]) -> None:
        """Write nodes, each after its operands."""
        nodes, operands, code = self.graph.nodes, self.operands, self.code
        real, value = code.real, code.value
        for index in order:
            node = nodes[index]
            operation = node[0]
            if operation in _ARITHMETIC:
                a, b = operands[node[1]], operands[node[2]]
                operands[index] = value(f"{_ARITHMETIC[operation]} {real} {a}, {b}")
            elif operation == "constant":
                operands[index] = code.constant(node[1])
            elif operation in ("variable", "parameter", "column"):
                operands[index] = self.leaf(operation, node[1])
            else:
                operands[index] = self._call(operation, node)

    def _call(self, operation: str, node: tuple[Any, ...]) -> Operand:
        code = self.code
        match operation:
            case "integer_power":
                powers = self.powers.get(node[1])
                if powers is None:
                    powers = self.powers[node[1]] = integer_power.Powers(code, self.operands[node[1]])
                return powers.power(node[2])
            case "tan":
                return code.divide(*self._pair(elementary.SINE_COSINE, node[1]))
            case name if name in _PAIRS:
                helper, place = _PAIRS[name]
                return self._pair(helper, node[1])[place]
            case _:
                return self._apply(operation, [self.operands[operand] for operand in node[1:]])

    def _apply(self, operation: str, of: list[Operand]) -> Operand:
        code = self.code
        if operation in _HELPERS:
            return code.call(_HELPERS[operation], *of)[0]
        if operation in _WRITTEN:
            return _WRITTEN[operation](code, *of)
        if operation in _PREDICATES:
            return code.compare(_PREDICATES[operation], *of)
        if operation in system.FUNCTIONS:
            return code.system(operation, *of)
        a, b = of if len(of) == 2 else (*of, "splat (i1 true)" if code.width > 1 else "true")
        return code.value(f"{'xor' if operation == 'not' else operation} {code.boolean} {a}, {b}")

    def _pair(self, helper: Helper, argument: int) -> tuple[Operand, ...]:
        pair = self.pairs.get((helper, argument))
        if pair is None:
            pair = self.pairs[helper, argument] = self.code.call(helper, self.operands[argument])
        return pair
