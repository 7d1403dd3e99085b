"""Exact derivatives by reverse mode: the adjoints of a formula's nodes are nodes of the same graph.

One sweep from the root down gives the whole gradient, for a few operations per operation of the formula, and
what value and gradient have in common is there once. A factor that is zero removes its term (0*x = 0), whatever
x is. Where no derivative exists (the root of 0, a logarithm of 0) the derivative is inf or nan when computed, as the
limit of the formula is.

At a kink one value is chosen: 0 for abs and relu at 0 and for hypot, or the root of a sum of squares, at the origin;
of two equal arguments of min or max the first is followed; `where` follows the branch that it takes, and what the
other one does there, nan included, leaves no trace. The steps of sign and floor have derivative 0.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import NamedTuple

from thalweg.expression.functions import FUNCTIONS, TRUTHS
from thalweg.expression.graph import LEAVES, LOOPS, FormulaSizeError, Graph, Node, header, operands
from thalweg.expression.indices import Header, length
from thalweg.expression.ranges import ranges


class Scatter(NamedTuple):
    """What the terms of a sum add to the gradient: in nested loops, the adjoint to the derivative by the element."""

    nest: tuple[Header, ...]
    element: int
    adjoint: int


class Gradient(NamedTuple):
    """The derivatives of a node: nodes by the places of variables, and what sums add to those of their elements."""

    nodes: dict[int, int]
    scatters: list[Scatter]


def gradient(graph: Graph, root: int, n: int) -> list[int]:
    """Return the nodes of the derivatives of a node with respect to variables 0 to n-1.

    Raises:
        FormulaSizeError: The derivatives outgrow the graph's limit.

    >>> from thalweg.expression.parse import parse
    >>> from thalweg.expression.printing import to_text
    >>> formula = parse("x^2*y + sin(y)")
    >>> [to_text(formula, node) for node in gradient(formula.graph, formula.root, 2)]
    ['2*(y*x)', 'cos(y) + x^2']
    """
    return _sweep(graph, root, range(n))


def adjoints(graph: Graph, root: int, n: int) -> Gradient:
    """Return the derivatives of a node that may hold sums over indices; variables that it lacks have none.

    Raises:
        FormulaSizeError: The derivatives outgrow the graph's limit.
    """
    return _Sweep(graph, root, range(n)).gradient


def hessian(graph: Graph, root: int, n: int) -> list[list[int]]:
    """Return the nodes of the second derivatives, the lower triangle row by row: row i has i + 1 entries.

    Raises:
        FormulaSizeError: The derivatives outgrow the graph's limit.
    """
    return [_sweep(graph, first, range(i + 1)) for i, first in enumerate(gradient(graph, root, n))]


def hessian_product(graph: Graph, root: int, n: int) -> Gradient:
    """Return the derivatives H v, the Hessian of a node times a vector whose coordinates are variables n to 2n-1.

    It is the gradient of the slope along v, so that no matrix is ever formed (Pearlmutter, 1994).

    Raises:
        FormulaSizeError: The derivatives outgrow the graph's limit.

    >>> from thalweg.expression.parse import parse
    >>> from thalweg.expression.printing import to_text
    >>> formula = parse("x^2*y", variables=["x", "y", "v", "w"])
    >>> product = hessian_product(formula.graph, formula.root, 2)
    >>> [to_text(formula, product.nodes[place]) for place in (0, 1)]
    ['2*(y*v) + 2*(w*x)', '2*(x*v)']
    """
    return adjoints(graph, _slope_along(graph, root, n), n)


def _slope_along(graph: Graph, root: int, n: int) -> int:
    """Return the derivative of a node along v: its changes, propagated from the leaves up (forward mode)."""
    nodes = graph.nodes
    order = graph.reachable([root])
    active = _depending(graph, order, range(n))
    one, zero = graph.constant(1.0), graph.constant(0.0)
    changes: dict[int, int] = {}
    for index in order:
        if index not in active:
            continue
        if nodes[index][0] == "variable":
            changes[index] = graph.variable(n + nodes[index][1])
        elif nodes[index][0] == "element":
            _, start, constant, coefficients = nodes[index]
            changes[index] = graph.element(n + start, (constant, coefficients))
        elif nodes[index][0] in LOOPS:
            change = _product(graph, _slope_of_term(graph, index), changes[nodes[index][1]])
            changes[index] = _total(graph, change, header(nodes[index]))
        else:
            change = zero
            for operand, slope in _contributions(graph, index, one, active):
                term = _product(graph, slope, changes[operand])
                if not _is_zero(graph, term):
                    change = term if _is_zero(graph, change) else _sum(graph, change, term)
            changes[index] = change
    return changes.get(root, zero)


def _sweep(graph: Graph, root: int, variables: range) -> list[int]:
    """Return the derivatives by these variables of a node without sums over indices."""
    nodes, scatters = _Sweep(graph, root, variables).gradient
    if scatters:
        raise FormulaSizeError(
            "The derivatives by elements within sums are scattered, not nodes: see `adjoints`."
        )
    zero = graph.constant(0.0)
    return [nodes.get(i, zero) for i in variables]


class _Sweep:
    """Adjoints, propagated from the root down through the nodes that depend on some of the variables.

    A sum hands its adjoint to its term. Within the terms, the sweep goes on as outside; where it leaves them, at a node
    that does not depend on the sum's index, the terms' contributions are summed, and at an element of a vector they
    are scattered.
    """

    def __init__(self, graph: Graph, root: int, variables: range) -> None:
        self.graph = graph
        self.active = _depending(graph, graph.reachable([root]), variables)
        self.gradient = Gradient({}, [])
        if root in self.active:
            self._descend(root, graph.constant(1.0), ())

    def _descend(self, root: int, seed: int, nest: tuple[Header, ...]) -> dict[int, int]:
        """Propagate the root's adjoint; return those of nodes that do not depend on the innermost loop's index."""
        graph, nodes = self.graph, self.graph.nodes
        adjoints = {root: seed}
        outside: dict[int, int] = {}
        for index in reversed(graph.reachable([root])):
            adjoint = adjoints.get(index)
            if adjoint is None or _is_zero(graph, adjoint):  # which it may have become: 1 - 1
                continue
            if nest and not graph.free(index) >> nest[-1].of & 1:
                outside[index] = adjoint
                continue
            match nodes[index][0]:
                case "variable":
                    self.gradient.nodes[nodes[index][1]] = adjoint
                    continue
                case "element":
                    self.gradient.scatters.append(Scatter(nest, index, adjoint))
                    continue
                case "sum" | "product":
                    terms = self._within(index, adjoint, nest)
                case _:
                    terms = _contributions(graph, index, adjoint, self.active)
            for operand, term in terms:
                if not _is_zero(graph, term):
                    present = adjoints.get(operand)
                    if present is not None:
                        is_leaf = nodes[operand][0] in LEAVES
                        term = _sum(graph, present, term, is_leaf=is_leaf)
                    adjoints[operand] = term
        return outside

    def _within(self, index: int, adjoint: int, nest: tuple[Header, ...]) -> list[tuple[int, int]]:
        """Return what a sum or product adds to the adjoints of nodes that do not depend on its index."""
        graph = self.graph
        over = header(graph.nodes[index])
        seed = _product(graph, adjoint, _slope_of_term(graph, index))
        outside = self._descend(graph.nodes[index][1], seed, (*nest, over))
        return [(node, _total(graph, term, over)) for node, term in outside.items()]


def _slope_of_term(graph: Graph, index: int) -> int:
    """Return the derivative of a sum or product by its term, a node within the same loop.

    A product's is that of its other factors. It is its quotient by the term, unless there are factors that are 0:
    these are counted, and summed so that the slope has a slope of its own.
    """
    node = graph.nodes[index]
    one, zero = graph.constant(1.0), graph.constant(0.0)
    if node[0] == "sum":
        return one
    term, over = node[1], header(node)
    low, high = ranges(graph, graph.reachable([term]))[term]
    if low > 0.0 or high < 0.0:
        return graph.divide(index, term)
    vanishes = graph.truth("equal", term, zero)
    count = graph.total("sum", graph.call("where", vanishes, one, zero), over)
    others = graph.total("product", graph.call("where", vanishes, one, term), over)
    zeros = graph.total("sum", graph.call("where", vanishes, term, zero), over)
    none, single, two = (graph.truth("equal", count, graph.constant(k)) for k in (0.0, 1.0, 2.0))
    by_one = graph.call("where", single, graph.multiply(others, zeros), zero)
    rest = graph.multiply(others, graph.subtract(zeros, term))
    return graph.call(
        "where",
        vanishes,
        graph.call("where", single, others, graph.call("where", two, rest, zero)),
        graph.divide(graph.call("where", none, others, by_one), term),
    )


def _total(graph: Graph, term: int, over: Header) -> int:
    """Return the sum of a term, which is a multiple where the term does not depend on the index."""
    if _is_zero(graph, term):
        return term
    constant, coefficients = length(over)
    if coefficients or graph.free(term) >> over.of & 1:
        return graph.total("sum", term, over)
    return _product(graph, graph.constant(float(max(constant, 0))), term)


def _depending(graph: Graph, order: list[int], variables: range) -> set[int]:
    nodes = graph.nodes
    active: set[int] = set()
    for index in order:
        node = nodes[index]
        if node[0] == "variable" or node[0] == "element":
            if node[1] in variables:
                active.add(index)
        elif node[0] not in TRUTHS and any(operand in active for operand in operands(node)):
            active.add(index)
    return active


def _contributions(graph: Graph, index: int, adjoint: int, active: Set[int]) -> list[tuple[int, int]]:
    """Return what a node adds to the adjoints of its operands: pairs of operand and term."""
    node = graph.nodes[index]
    operation = node[0]
    a: int = node[1]
    match operation:
        case "negate":
            return [(a, _opposite(graph, adjoint))]
        case "integer_power":
            k: int = node[2]
            slope = _product(graph, graph.constant(float(k)), graph.integer_power(a, k - 1))
            return [(a, _product(graph, adjoint, slope))]
        case "add" | "subtract" | "multiply" | "divide" | "power":
            b: int = node[2]
        case _:
            of = operands(node)
            slopes = FUNCTIONS[operation].slopes(graph, index, *of)
            terms = zip(of, slopes, strict=True)
            return [(one, _product(graph, adjoint, slope)) for one, slope in terms if one in active]

    terms = list[tuple[int, int]]()
    if operation == "add":
        terms = [(a, adjoint), (b, adjoint)]
    elif operation == "subtract":
        terms = [(a, adjoint), (b, _opposite(graph, adjoint))]
    elif operation == "multiply":
        terms = [(a, _product(graph, adjoint, b)), (b, _product(graph, adjoint, a))]
    elif operation == "divide":
        share = _quotient(graph, adjoint, b)
        terms = [(a, share)]
        if b in active:
            terms.append((b, _product(graph, _opposite(graph, share), index)))
    else:
        if a in active:
            slope = _product(graph, b, graph.power(a, graph.subtract(b, graph.constant(1.0))))
            terms.append((a, _product(graph, adjoint, slope)))
        if b in active:
            slope = _product(graph, index, _logarithm_of_base(graph, a))
            terms.append((b, _product(graph, adjoint, slope)))
    return [(operand, term) for operand, term in terms if operand in active]


def _logarithm_of_base(graph: Graph, base: int) -> int:
    """Return log(base), but 0 for a base of 0, so that the slope of 0^y in y is 0 for y > 0 and not 0*inf."""
    is_zero = graph.subtract(graph.constant(1.0), graph.call("sign", graph.call("abs", base)))
    return graph.call("log", graph.add(base, is_zero))


# What is done to adjoints. One that is 0 by a condition, where(c, w, 0), stays of that form: the condition is applied
# last of all, since 0 times the infinite slope of a branch that is not taken would be nan. Choices within choices put
# such masks into one another. A few stay apart, outermost first, so that the pieces of a formula meet again in the sum:
# where(c, f', where(d, g', h')). Of more the outer ones are one condition, so that no factor goes through them all.
# Masks with different conditions add up to one that lets through where some of them does.

_MASKS = 3
"""Masks within one another that stay apart."""


def _sum(graph: Graph, a: int, b: int, *, is_leaf: bool = False) -> int:
    """Return a + b, which two masks leave masked unless it is a leaf's and no factor will follow."""
    if a == b:
        return _product(graph, graph.constant(2.0), a)
    left, right = graph.nodes[a], graph.nodes[b]
    are_masks = _is_masked(graph, left), _is_masked(graph, right)
    if left[0] == right[0] == "where" and left[1] == right[1] and any(are_masks):
        taken, other = (
            two
            if _is_zero(graph, one)
            else one
            if _is_zero(graph, two)
            else _sum(graph, one, two, is_leaf=is_leaf)
            for one, two in zip(left[2:], right[2:], strict=True)
        )
        return taken if taken == other else graph.call("where", left[1], taken, other)
    if all(are_masks) and not is_leaf:
        some = graph.truth("or", _condition(graph, a), _condition(graph, b))
        return graph.call("where", some, graph.add(a, b), graph.constant(0.0))
    return graph.add(a, b)


def _opposite(graph: Graph, a: int) -> int:
    return _within(graph, a, lambda part: _opposite(graph, part)) or graph.negate(a)


def _quotient(graph: Graph, a: int, b: int) -> int:
    return _within(graph, a, lambda part: _quotient(graph, part, b)) or graph.divide(a, b)


def _within(graph: Graph, a: int, change: Callable[[int], int]) -> int | None:
    """Return where(c, w, 0) with another w, None for anything else."""
    if not _is_masked(graph, graph.nodes[a]):
        return None
    _, condition, taken, other = graph.nodes[a]
    zero = graph.constant(0.0)
    part = other if _is_zero(graph, taken) else taken
    if _is_zero(graph, part) or _is_zero(graph, part := change(part)):
        return zero
    if _masks(graph, part) == _MASKS:
        inner, part = _unmasked(graph, part)
        outer, _ = _unmasked(graph, a)
        return graph.call("where", graph.truth("and", outer, inner), part, zero)
    return graph.call("where", condition, *((zero, part) if _is_zero(graph, taken) else (part, zero)))


def _is_masked(graph: Graph, node: Node) -> bool:
    return node[0] == "where" and (_is_zero(graph, node[2]) or _is_zero(graph, node[3]))


def _masks(graph: Graph, a: int) -> int:
    """Return how many masks follow one another from here inwards, as far as it matters."""
    count = 0
    while count < _MASKS and _is_masked(graph, graph.nodes[a]):
        count += 1
        _, a = _unmasked(graph, a)
    return count


def _condition(graph: Graph, a: int) -> int:
    """Return the condition under which a mask, with those within it, is not 0."""
    condition, a = _unmasked(graph, a)
    while _is_masked(graph, graph.nodes[a]):
        inner, a = _unmasked(graph, a)
        condition = graph.truth("and", condition, inner)
    return condition


def _unmasked(graph: Graph, a: int) -> tuple[int, int]:
    """Return the condition under which a mask lets its part through, and the part."""
    _, condition, taken, other = graph.nodes[a]
    return (graph.truth("not", condition), other) if _is_zero(graph, taken) else (condition, taken)


def _product(graph: Graph, a: int, b: int) -> int:
    """Return a*b, where zero makes zero, constant factors meet in front, and w*(1/v) is w/v."""
    left, right = graph.nodes[a], graph.nodes[b]
    if _is_zero(graph, a) or _is_zero(graph, b):
        return graph.constant(0.0)
    for factor, other in ((a, b), (b, a)):
        masked = _within(graph, factor, lambda part, other=other: _product(graph, part, other))
        if masked is not None:
            return masked
    if right[0] == "constant":
        a, b, left, right = b, a, right, left
    if left[0] == "constant":
        if right[0] in ("multiply", "divide") and graph.nodes[right[1]][0] == "constant":
            coefficient = graph.multiply(a, right[1])
            return (graph.multiply if right[0] == "multiply" else graph.divide)(coefficient, right[2])
        return graph.multiply(a, b)
    if right[0] == "divide" and graph.nodes[right[1]][0] == "constant":
        return graph.divide(_product(graph, right[1], a), right[2])
    for factor, other, node in ((b, a, right), (a, b, left)):
        if node[0] == "multiply" and graph.nodes[node[1]][0] == "constant":
            rest = (other, node[2]) if factor == b else (node[2], other)
            return _product(graph, node[1], _product(graph, *rest))
    return graph.integer_power(a, 2) if a == b else graph.multiply(a, b)


def _is_zero(graph: Graph, index: int) -> bool:
    node = graph.nodes[index]
    return node[0] == "constant" and node[1] == 0.0
