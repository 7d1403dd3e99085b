"""What a formula is as machine code, each when first wanted: value and gradient, the same in batches, Hessian, Hessian
times a vector."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from thalweg.expression import derivative
from thalweg.expression.graph import Graph, Node
from thalweg.kernel import build, emit, looped
from thalweg.kernel.module import Module

REMEMBERED = 32
"""Kernels kept for formulas that come back, as they do when someone types, undoes and opens again."""


class Kernel:
    """The machine code of one formula of n variables; `emit` has the C signatures.

    Args:
        graph: Holds the formula; derivatives are added to it.
        root: The node of the formula's value.
        n: Number of variables.
        target: The processor to build for, by default this one.

    Addresses are valid for as long as the kernel is referenced; then the code is freed. All is safe to use from
    several threads. `Kernel.from_graph` returns a kernel that is there already where it can.

    >>> from thalweg.expression.parse import parse
    >>> formula = parse("x^2 + 3*y")
    >>> kernel = Kernel.from_graph(formula.graph, formula.root, 2)
    >>> kernel.point != 0
    True
    """

    def __init__(self, graph: Graph, root: int, n: int, target: build.Target | None = None) -> None:
        self.n = n
        self._graph = graph
        self._root = root
        self._target = target
        self._lock = threading.Lock()
        self._libraries: dict[str, build.Library] = {}
        self._gradient: list[int] | None = None
        self._adjoints: derivative.Gradient | None = None

    @classmethod
    def from_graph(cls, graph: Graph, root: int, n: int) -> Kernel:
        """Return the kernel of a formula: one that was made before, if it is among the last `REMEMBERED`."""
        key = n, graph.structure(root)
        with _remembered_lock:
            kernel = _remembered.get(key)
            if kernel is None:
                kernel = _remembered[key] = cls(graph, root, n)
                if len(_remembered) > REMEMBERED:
                    _remembered.popitem(last=False)
            else:
                _remembered.move_to_end(key)
        return kernel

    @property
    def point(self) -> int:
        """Address of the kernel that gives value and gradient at one point."""
        return self._address("point", self._emit_point)

    @property
    def batch(self) -> int:
        """Address of the kernel that gives values and gradients at many points, bit for bit those of `point`."""
        return self._address("batch", self._emit_batch)

    @property
    def hessian(self) -> int:
        """Address of the kernel that gives the Hessian's lower triangle, row by row, at one point.

        Of a formula without sums over indices; of others only products with a vector are computed.
        """
        return self._address("hessian", self._emit_hessian)

    @property
    def hessian_product(self) -> int:
        """Address of the kernel that gives the Hessian times a vector: of 2n numbers, the point, then the vector."""
        return self._address("hessian_product", self._emit_hessian_product)

    def _address(self, name: str, write: Callable[[Module], None]) -> int:
        library = self._libraries.get(name)
        if library is None:
            with self._lock:
                library = self._libraries.get(name)
                if library is None:
                    target = self._target or build.host()
                    module = target.module()
                    write(module)
                    library = self._libraries[name] = target.build(module)
        return library[name]

    def _roots(self) -> Sequence[int]:
        if self._gradient is None:
            self._gradient = derivative.gradient(self._graph, self._root, self.n)
        return [self._root, *self._gradient]

    def _derivatives(self) -> derivative.Gradient:
        if self._adjoints is None:
            self._adjoints = derivative.adjoints(self._graph, self._root, self.n)
        return self._adjoints

    def _emit_point(self, module: Module) -> None:
        if self._graph.has_loops:
            looped.point(module, "point", self._graph, [self._root], self._derivatives(), self.n)
        else:
            emit.point(module, "point", self._graph, self._roots())

    def _emit_batch(self, module: Module) -> None:
        if self._graph.has_loops:
            looped.batch(module, "batch", self._graph, [self._root], self._derivatives(), self.n)
        else:
            emit.batch(module, "batch", self._graph, self._roots(), self.n)

    def _emit_hessian(self, module: Module) -> None:
        rows = derivative.hessian(self._graph, self._root, self.n)
        emit.point(module, "hessian", self._graph, [entry for row in rows for entry in row])

    def _emit_hessian_product(self, module: Module) -> None:
        product = derivative.hessian_product(self._graph, self._root, self.n)
        if self._graph.has_loops:
            looped.point(module, "hessian_product", self._graph, [], product, self.n)
        else:
            zero = self._graph.constant(0.0)
            places = [product.nodes.get(place, zero) for place in range(self.n)]
            emit.point(module, "hessian_product", self._graph, places)


_remembered: OrderedDict[tuple[int, tuple[Node, ...]], Kernel] = OrderedDict()
_remembered_lock = threading.Lock()


_USUAL = ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs", "sign")


def warm() -> None:
    """Build what formulas share, so that the first of them is ready as soon as any other; in a thread, best of all."""
    graph = Graph()
    x = graph.variable(0)
    module = build.host().module()
    emit.point(module, "all", graph, [graph.power(x, x), *(graph.call(name, x) for name in _USUAL)])
    build.host().build(module)
