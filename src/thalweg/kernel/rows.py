"""Terms of a formula over rows of data: their sums in one pass, or each row's values.

A formula's own code sums one block of rows, eight at a time; `row_passes` has the loops around it and says in which
order everything is added. What depends on the variables alone is computed once a block, not once a row.
"""

from __future__ import annotations

import ctypes
import pickle
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.expression.functions import TRUTHS
from thalweg.expression.graph import BINARY, Graph, operands
from thalweg.kernel import row_passes
from thalweg.kernel.build import host
from thalweg.kernel.call import PointCall
from thalweg.kernel.code import LANES, Code, Operand
from thalweg.kernel.emit import emit_body
from thalweg.kernel.module import Module
from thalweg.kernel.row_reduction import SHARED, RowPass

Array = NDArray[np.float64]

_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64
_VALUES = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _POINTER, _INTEGER, _INTEGER, _INTEGER)


class Rows:
    """Columns as row kernels want them: copies aligned to 64 bytes, the last row repeated up to a multiple of eight.

    Args:
        columns: Each (count,) of numbers, at least one column and one row.
    """

    def __init__(self, columns: Sequence[Array]) -> None:
        self._reserve(len(columns), len(columns[0]))
        self.append(columns)
        self.seal()

    @classmethod
    def reserved(cls, columns: int, capacity: int) -> Rows:
        """Room for so many rows, none of which is there yet. What is never filled takes no memory on most systems."""
        rows = cls.__new__(cls)
        rows._reserve(columns, capacity)
        return rows

    def _reserve(self, columns: int, capacity: int) -> None:
        self.count = 0
        self.capacity = capacity
        padded = -(-capacity // LANES) * LANES
        memory = np.empty(columns * padded + LANES)
        start = -memory.ctypes.data // memory.itemsize % LANES
        self._columns = memory[start : start + columns * padded].reshape(columns, padded)

    def append(self, columns: Sequence[NDArray[Any]], start: int = 0) -> int:
        """Take in rows from this one on, as many as there is room for; how many they were."""
        taken = min(len(columns[0]) - start, self.capacity - self.count)
        for copy, column in zip(self._columns, columns, strict=True):
            copy[self.count : self.count + taken] = column[start : start + taken]
        self.count += taken
        return taken

    def seal(self) -> None:
        """Repeat the last row up to a multiple of eight: before that, no kernel may run over the rows."""
        self._columns[:, self.count : self.padded] = self._columns[:, self.count - 1 : self.count]

    def clear(self) -> None:
        """Begin again with no rows."""
        self.count = 0

    @property
    def padded(self) -> int:
        """The number of rows, the repeated ones included."""
        return -(-self.count // LANES) * LANES

    def __len__(self) -> int:
        return len(self._columns)

    def __reduce__(self) -> tuple[Any, ...]:
        return Rows, ([np.array(self[j]) for j in range(len(self))],)  # a copy finds its own alignment

    def __getitem__(self, place: int) -> Array:
        """The column at this place (count,), read-only."""
        column = self._columns[place, : self.count]
        column.flags.writeable = False
        return column

    @property
    def addresses(self) -> list[int]:
        """Where the columns begin."""
        return [column.ctypes.data for column in self._columns]


class Kernel(ABC):
    """Terms over rows, as machine code; pickled as the graph it is made of.

    Args:
        graph: Holds the terms. Its variables are a point's coordinates, its columns those of the rows.
        terms: Nodes, one for each result.
        n: Number of variables.
    """

    def __init__(self, graph: Graph, terms: Sequence[int], n: int) -> None:
        self.n = n
        self.terms = len(terms)
        self._made_of = graph, tuple(terms)
        module = host().module()
        self._define(module, graph, terms, n)
        self._library = host().build(module)

    @staticmethod
    @abstractmethod
    def _define(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
        """Write the function `block`, which runs over the rows from one to another."""

    @property
    def address(self) -> int:
        """Of the code that runs over the rows from one to another."""
        return self._library["block"]

    def context(self, rows: Rows) -> NDArray[np.int64]:
        """What the code is given besides a point: numbers of rows, terms and variables, addresses."""
        context = np.zeros(row_passes.COLUMNS + len(rows), dtype=np.int64)
        context[row_passes.ROWS] = rows.count
        context[row_passes.TERMS] = self.terms
        context[row_passes.VARIABLES] = self.n
        context[row_passes.BLOCK_ADDRESS] = self.address
        context[row_passes.COLUMNS :] = rows.addresses
        return context


class SumKernel(Kernel):
    """The sums of terms over rows.

    Args:
        graph, terms, n: As for every kernel.
        scales: One for each term: its sum is multiplied by it.
    """

    def __init__(self, graph: Graph, terms: Sequence[int], scales: Sequence[float], n: int) -> None:
        super().__init__(graph, terms, n)
        self.scales = np.array(scales)

    def __reduce__(self) -> tuple[Any, ...]:
        graph, terms = self._made_of
        return _sum_kernel, (pickle.dumps((graph, terms, self.scales.tolist(), self.n)),)

    @staticmethod
    def _define(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
        _define_sums(module, graph, terms, n)


class ValueKernel(Kernel):
    """The values of terms for each row."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _value_kernel, (pickle.dumps((*self._made_of, self.n)),)

    @staticmethod
    def _define(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
        _define_values(module, graph, terms, n)

    def __call__(self, x: Array, rows: Rows) -> Array:
        """The terms (terms, count) at x (n,), row by row."""
        context = self.context(rows)
        out = np.empty((self.terms, rows.padded))
        x = np.ascontiguousarray(x)
        arguments = x.ctypes.data, out.ctypes.data, context.ctypes.data, 0, rows.padded, rows.padded
        _VALUES(self.address)(*arguments)
        return out[:, : rows.count]


@lru_cache(maxsize=32)
def _sum_kernel(source: bytes) -> SumKernel:
    """What pickle calls: the kernel, built once for each source."""
    return SumKernel(*pickle.loads(source))


@lru_cache(maxsize=32)
def _value_kernel(source: bytes) -> ValueKernel:
    return ValueKernel(*pickle.loads(source))


class SumPass:
    """A sum kernel and the rows it runs over: called with x (n,) float64, gives the scaled sums (terms,).

    `point`, `batch` and `context` are the addresses of the same for compiled callers, valid as long as this object.
    """

    def __init__(self, kernel: SumKernel, rows: Rows, divisor: float) -> None:
        self._kernel = kernel
        self._rows = rows
        self._divisor = divisor
        self._passes = row_passes.passes()
        self._context = context = kernel.context(rows)
        context.view(np.float64)[row_passes.DIVISOR] = divisor
        context[row_passes.SCALES] = kernel.scales.ctypes.data
        self.context: int = context.ctypes.data
        self._chunks = -(-rows.count // row_passes.CHUNK)

    @property
    def point(self) -> int:
        """Address of the pass at one point."""
        return self._passes["point"]

    @property
    def batch(self) -> int:
        """Address of the pass at each of many points."""
        return self._passes["batch"]

    @property
    def is_shared(self) -> bool:
        """Whether a call runs on several threads."""
        return self._chunks >= SHARED

    def __call__(self, x: Array) -> Array:
        """The scaled sums at x (n,)."""
        return self._shared(x) if self.is_shared else self._call(x).copy()

    @cached_property
    def _call(self) -> PointCall:
        return PointCall(self.point, self._kernel.n, len(self._kernel.scales), self.context)

    def _shared(self, x: Array) -> Array:
        whole = RowPass(self._kernel)(x, self._rows)
        with np.errstate(all="ignore"):  # infinities are answers
            return whole.sums / self._divisor


# ------------------------------------------------------------------------------------------------------------ the code


def _define_sums(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
    """Sum the terms over the rows from %begin to %end, lane by lane."""
    code = Code(module, LANES)
    loop = _Loop(code, graph, terms, n)
    loop.begin()
    for j in range(len(terms)):
        code.line(f"%sum.{j} = phi {code.real} [{code.constant(0.0)}, %entry], [%next.{j}, %loop]")
    for j, operand in enumerate(loop.write("%i")):
        code.line(f"%next.{j} = fadd {code.real} %sum.{j}, {operand}")
    loop.end()
    for j in range(len(terms)):
        code.line(f"store {code.real} %next.{j}, ptr {code.element('%out', j * LANES)}")
    module.define(
        "block", "ptr noalias %x, ptr noalias %out, ptr noalias %context, i64 %begin, i64 %end", code
    )


def _define_values(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
    """Store the terms of the rows from %begin to %end, term j from %out + j*%stride on."""
    code = Code(module, LANES)
    loop = _Loop(code, graph, terms, n)
    loop.begin()
    code.line("%row = sub i64 %i, %begin")
    for j, operand in enumerate(loop.write("%i")):
        start = code.value(f"mul i64 %stride, {j}")
        place = code.value(f"add i64 {start}, %row")
        code.line(f"store {code.real} {operand}, ptr {code.element('%out', place)}, align 8")
    loop.end()
    arguments = "ptr noalias %x, ptr noalias %out, ptr noalias %context, i64 %begin, i64 %end, i64 %stride"
    module.define("block", arguments, code)


class _Loop:
    """A loop from %begin to %end, over terms in two parts: what the variables alone decide, written at once, ahead of
    the loop, and what each row needs.
    """

    def __init__(self, code: Code, graph: Graph, terms: Sequence[int], n: int) -> None:
        self._code = code
        self._graph, self._terms, fixed = _split(graph, terms)
        places = {graph.nodes[i][1] for i in graph.reachable(terms) if graph.nodes[i][0] == "column"}
        self._columns = {j: code.load("%context", row_passes.COLUMNS + j, "ptr") for j in sorted(places)}
        variables = [code.spread(code.load("%x", i)) for i in range(n)]
        self._fixed = emit_body(code, graph, fixed, lambda kind, place: variables[place])

    def begin(self) -> None:
        """What follows is done for row %i and the seven behind it."""
        self._code.line("br label %loop")
        self._code.label("loop")
        self._code.line("%i = phi i64 [%begin, %entry], [%i.next, %loop]")

    def end(self) -> None:
        """What follows is done once, after the last row."""
        self._code.line(f"%i.next = add i64 %i, {LANES}")
        self._code.line("%more = icmp slt i64 %i.next, %end")
        self._code.line("br i1 %more, label %loop, label %done")
        self._code.label("done")

    def write(self, row: Operand) -> list[Operand]:
        """The terms of the eight rows that begin at this one."""
        code = self._code

        def leaf(kind: str, place: int) -> Operand:
            if kind == "parameter":
                return self._fixed[place]
            return code.value(f"load {code.real}, ptr {code.element(self._columns[place], row)}, align 64")

        return emit_body(code, self._graph, self._terms, leaf)


def _split(graph: Graph, terms: Sequence[int]) -> tuple[Graph, list[int], list[int]]:
    """The terms in a graph of their own, in which parameter k stands for the k-th of the nodes that no row changes."""
    loop, fixed = Graph(), list[int]()
    places: dict[int, int] = {}
    by_row: set[int] = set()

    def place(index: int) -> int:
        if index not in places:
            node = graph.nodes[index]
            if node[0] == "constant":
                places[index] = loop.constant(node[1])
            else:
                places[index] = loop.parameter(len(fixed))
                fixed.append(index)
        return places[index]

    for index in graph.reachable(terms):
        node = graph.nodes[index]
        below = operands(node)
        if node[0] == "column":
            places[index] = loop.column(node[1])
        elif not by_row.intersection(below):
            continue
        elif node[0] in BINARY or node[0] in ("negate", "integer_power"):
            places[index] = getattr(loop, node[0])(*map(place, below), *node[1 + len(below) :])
        else:
            build = loop.truth if node[0] in TRUTHS else loop.call
            places[index] = build(node[0], *map(place, below))
        by_row.add(index)
    return loop, [place(term) for term in terms], fixed
