"""Terms of a formula over rows of data: their sums in one pass, or each row's values.

A formula's own code sums one block of rows, eight at a time; `row_passes` has the loops around it and says in which
order everything is added. What depends on the variables alone is computed once a block, not once a row.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from thalweg.expression.functions import TRUTHS
from thalweg.expression.graph import BINARY, Graph, operands
from thalweg.kernel import row_passes
from thalweg.kernel.build import host
from thalweg.kernel.call import PointCall
from thalweg.kernel.code import LANES, Code, Module, Operand
from thalweg.kernel.emit import emit_body

Array = NDArray[np.float64]

SHARED = 8
"""Chunks from which on threads share a pass: half a million rows, a tenth of a millisecond and more."""

_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64
_PARTIALS = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _POINTER, _INTEGER, _INTEGER)
_VALUES = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _POINTER, _INTEGER)


class Rows:
    """Columns as row kernels want them: copies aligned to 64 bytes, the last row repeated up to a multiple of eight.

    Args:
        columns: Each (count,) float64, at least one column and one row.
    """

    def __init__(self, columns: Sequence[Array]) -> None:
        self.count = len(columns[0])
        self.padded = -(-self.count // LANES) * LANES
        memory = np.empty(len(columns) * self.padded + LANES)
        start = -memory.ctypes.data // memory.itemsize % LANES
        block = memory[start : start + len(columns) * self.padded].reshape(len(columns), self.padded)
        for copy, column in zip(block, columns, strict=True):
            copy[: self.count] = column
            copy[self.count :] = column[-1]
        block.flags.writeable = False
        self._columns = block

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, place: int) -> Array:
        """The column at this place (count,), read-only."""
        return self._columns[place, : self.count]

    @property
    def addresses(self) -> list[int]:
        """Where the columns begin."""
        return [column.ctypes.data for column in self._columns]


class SumKernel:
    """The sums of terms over rows, as machine code.

    Args:
        graph: Holds the terms. Its variables are a point's coordinates, its columns those of the rows.
        terms: Nodes; each is summed over all rows, and its sum multiplied by its scale.
        scales: One for each term.
        n: Number of variables.
    """

    def __init__(self, graph: Graph, terms: Sequence[int], scales: Sequence[float], n: int) -> None:
        self.n = n
        self.scales = np.array(scales)
        module = host().module()
        _define_block(module, graph, terms, n)
        self._library = host().build(module)

    @property
    def address(self) -> int:
        """Of the function that sums a block."""
        return self._library["block"]


class ValueKernel:
    """The values of terms for each row, as machine code; arguments as for `SumKernel`."""

    def __init__(self, graph: Graph, terms: Sequence[int], n: int) -> None:
        self._terms = len(terms)
        module = host().module()
        _define_values(module, graph, terms, n)
        self._library = host().build(module)

    def __call__(self, x: Array, rows: Rows) -> Array:
        """The terms (terms, count) at x (n,), row by row."""
        context = np.array([rows.count, *[0] * (row_passes.COLUMNS - 1), *rows.addresses], dtype=np.int64)
        out = np.empty((self._terms, rows.padded))
        x = np.ascontiguousarray(x)
        _VALUES(self._library["values"])(x.ctypes.data, out.ctypes.data, context.ctypes.data, rows.padded)
        return out[:, : rows.count]


class SumPass:
    """A sum kernel and the rows it runs over: called with x (n,) float64, gives the scaled sums (terms,).

    `point`, `batch` and `context` are the addresses of the same for compiled callers, valid as long as this object.
    """

    def __init__(self, kernel: SumKernel, rows: Rows, divisor: float) -> None:
        self._kernel = kernel
        self._rows = rows
        self._divisor = divisor
        self._passes = row_passes.passes()
        self._context = context = np.zeros(row_passes.COLUMNS + len(rows), dtype=np.int64)
        context[row_passes.ROWS] = rows.count
        context[row_passes.TERMS] = len(kernel.scales)
        context[row_passes.VARIABLES] = kernel.n
        context[row_passes.BLOCK_ADDRESS] = kernel.address
        context.view(np.float64)[row_passes.DIVISOR] = divisor
        context[row_passes.SCALES] = kernel.scales.ctypes.data
        context[row_passes.COLUMNS :] = rows.addresses
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
        """Threads take neighbouring chunks; the sums of chunks are added as `point` adds them."""
        point = np.empty(self._kernel.n)
        point[:] = x
        sums = np.empty((self._chunks, len(self._kernel.scales)))
        function = _PARTIALS(self._passes["partials"])

        def take(first: int, last: int) -> None:
            function(point.ctypes.data, sums[first:].ctypes.data, self.context, first, last)

        workers = min(os.cpu_count() or 1, self._chunks)
        bounds = [self._chunks * i // workers for i in range(workers + 1)]
        list(_threads(os.getpid()).map(take, bounds[:-1], bounds[1:]))
        with np.errstate(all="ignore"):  # infinities are answers
            return _tree_sum(sums) * self._kernel.scales / self._divisor


def _tree_sum(sums: Array) -> Array:
    """Rows added up as `point` adds chunks: neighbours first, and a last one without a neighbour waits."""
    while len(sums) > 1:
        pairs: Array = sums[:-1:2] + sums[1::2]
        sums = np.concatenate([pairs, sums[-1:]]) if len(sums) % 2 else pairs
    return sums[0]


@lru_cache(maxsize=1)
def _threads(process: int) -> ThreadPoolExecutor:
    """Threads of this process, for a child that was forked has none of its parent's."""
    return ThreadPoolExecutor(os.cpu_count())


# ------------------------------------------------------------------------------------------------------------ the code


def _define_block(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
    """Sum the terms over the rows from %begin to %end, lane by lane."""
    code = Code(module, LANES)
    loop = _Loop(code, graph, terms, n)
    code.line("br label %loop")
    code.label("loop")
    code.line("%i = phi i64 [%begin, %entry], [%i.next, %loop]")
    for j in range(len(terms)):
        code.line(f"%sum.{j} = phi {code.real} [{code.constant(0.0)}, %entry], [%next.{j}, %loop]")
    for j, operand in enumerate(loop.write("%i")):
        code.line(f"%next.{j} = fadd {code.real} %sum.{j}, {operand}")
    code.line(f"%i.next = add i64 %i, {LANES}")
    code.line("%more = icmp slt i64 %i.next, %end")
    code.line("br i1 %more, label %loop, label %done")
    code.label("done")
    for j in range(len(terms)):
        code.line(f"store {code.real} %next.{j}, ptr {code.element('%out', j * LANES)}")
    module.define(
        "block", "ptr noalias %x, ptr noalias %out, ptr noalias %context, i64 %begin, i64 %end", code
    )


def _define_values(module: Module, graph: Graph, terms: Sequence[int], n: int) -> None:
    """Store the terms of every row, term j from %out + j*%stride on."""
    code = Code(module, LANES)
    loop = _Loop(code, graph, terms, n)
    rows = code.load("%context", row_passes.ROWS, "i64")
    code.line("br label %loop")
    code.label("loop")
    code.line("%i = phi i64 [0, %entry], [%i.next, %loop]")
    for j, operand in enumerate(loop.write("%i")):
        start = code.value(f"mul i64 %stride, {j}")
        place = code.value(f"add i64 {start}, %i")
        code.line(f"store {code.real} {operand}, ptr {code.element('%out', place)}, align 8")
    code.line(f"%i.next = add i64 %i, {LANES}")
    code.line(f"%more = icmp slt i64 %i.next, {rows}")
    code.line("br i1 %more, label %loop, label %done")
    code.label("done")
    module.define("values", "ptr noalias %x, ptr noalias %out, ptr noalias %context, i64 %stride", code)


class _Loop:
    """Terms in two parts: what the variables alone decide, written at once, and what each row needs."""

    def __init__(self, code: Code, graph: Graph, terms: Sequence[int], n: int) -> None:
        self._code = code
        self._graph, self._terms, fixed = _split(graph, terms)
        places = {graph.nodes[i][1] for i in graph.reachable(terms) if graph.nodes[i][0] == "column"}
        self._columns = {j: code.load("%context", row_passes.COLUMNS + j, "ptr") for j in sorted(places)}
        variables = [code.spread(code.load("%x", i)) for i in range(n)]
        self._fixed = emit_body(code, graph, fixed, lambda kind, place: variables[place])

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
