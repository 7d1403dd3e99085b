"""A graph as the functions of a kernel: at one point, in batches, and the Hessian.

`emit_body` writes the operations of a graph into any function, for any number of lanes; the functions here put
loads and stores around it. What a caller with another loop needs (a sum over rows, say) is `emit_body` and `Code`.

The C signatures are

    void point(const double *x, double *out, const void *context)
    void batch(const double *x, double *out, const void *context, int64_t count, int64_t stride)
    void hessian(const double *x, double *out, const void *context)

where the context of a formula is the array of its parameters' values. `point` writes the roots one after the other:
value, then gradient. `batch` reads row i of x at `x + i*stride` and writes row j of the results at
`out + j*stride`, for `count` points.
"""

from __future__ import annotations

from collections.abc import Sequence

from thalweg.expression.graph import Graph
from thalweg.kernel.bodies import Body, Leaf
from thalweg.kernel.code import LANES, Code, Operand
from thalweg.kernel.module import Module

STREAMED = 1 << 24
"""Bytes of results that are too many for a cache: they are written to memory without being read first."""


def emit_body(code: Code, graph: Graph, roots: Sequence[int], leaf: Leaf) -> list[Operand]:
    """Write the operations that the roots need, each once, and return the operands that hold the roots.

    `leaf` gives the operand of a variable, parameter or data column, over all lanes of `code`; it is called once for
    each leaf the roots depend on. Sums and products are rounded one by one, as NumPy would: what is fused, is fused
    inside the elementary functions alone.
    """
    body = Body(code, graph, leaf)
    body.write(graph.reachable(roots))
    return [body.operands[root] for root in roots]


def point(module: Module, name: str, graph: Graph, roots: Sequence[int]) -> None:
    """Define a function that computes the roots at one point."""
    code = Code(module)

    def leaf(kind: str, place: int) -> Operand:
        return code.load("%x" if kind == "variable" else "%context", place)

    for row, operand in enumerate(emit_body(code, graph, roots, leaf)):
        code.line(f"store double {operand}, ptr {code.element('%out', row)}")
    module.define(name, "ptr noalias %x, ptr noalias %out, ptr noalias %context", code)


def batch(module: Module, name: str, graph: Graph, roots: Sequence[int], n: int) -> None:
    """Define a function that computes the roots at many points, `LANES` at a time.

    Groups of lanes begin where the results are aligned to cache lines; the first and the last group overlap their
    neighbours, so that no lane is idle and none needs a mask: a point that is computed twice gets the same bits twice.
    Fewer points than lanes go through a small array on the stack. Results that no cache would hold are written past
    it (`STREAMED`).
    """
    code = Code(module, LANES)
    inputs, outputs = code.scratch(n * LANES), code.scratch(len(roots) * LANES)

    code.line("%empty = icmp slt i64 %count, 1")
    code.line("br i1 %empty, label %return, label %some")
    code.label("some")
    code.line(f"%few = icmp slt i64 %count, {LANES}")
    code.line("br i1 %few, label %fill, label %points")
    code.label("fill")  # the stack's array: point l in lane l, and the last point in all further lanes
    code.line("%lane = phi i64 [0, %some], [%lane.next, %fill]")
    code.line("%last = sub i64 %count, 1")
    code.line("%beyond = icmp sgt i64 %lane, %last")
    source = code.value("select i1 %beyond, i64 %last, i64 %lane")
    for row in range(n):
        point = _place(code, "%x", row, "%stride", source)
        lane = _place(code, inputs, row, str(LANES), "%lane")
        code.line(f"store double {code.value(f'load double, ptr {point}')}, ptr {lane}")
    code.line("%lane.next = add i64 %lane, 1")
    code.line(f"%filled = icmp eq i64 %lane.next, {LANES}")
    code.line("br i1 %filled, label %points, label %fill")

    code.label("points")
    code.line(f"%from = phi ptr [%x, %some], [{inputs}, %fill]")
    code.line(f"%to = phi ptr [%out, %some], [{outputs}, %fill]")
    code.line(f"%row = phi i64 [%stride, %some], [{LANES}, %fill]")
    code.line(f"%number = phi i64 [%count, %some], [{LANES}, %fill]")
    code.line(f"%final = sub i64 %number, {LANES}")
    code.line("%address = ptrtoint ptr %to to i64")
    code.line("%behind = lshr i64 %address, 3")
    code.line("%ahead = sub i64 0, %behind")
    code.line(f"%aligned = and i64 %ahead, {LANES - 1}")  # the first such point
    code.line(f"%large = icmp sge i64 %number, {STREAMED // (8 * len(roots))}")
    code.line(f"%remainder = and i64 %row, {LANES - 1}")
    code.line("%parallel = icmp eq i64 %remainder, 0")
    code.line("%whole = and i64 %address, 7")
    code.line("%regular = icmp eq i64 %whole, 0")
    code.line("%sound = and i1 %parallel, %regular")
    code.line("%streams = and i1 %sound, %large")
    parameters = {place: code.spread(code.load("%context", place)) for place in _parameters(graph, roots)}
    rows_in = [_place(code, "%from", row, "%row", "0") for row in range(n)]
    rows_out = [_place(code, "%to", row, "%row", "0") for row in range(len(roots))]
    code.line("br label %group")

    code.label("group")
    code.line("%i = phi i64 [0, %points], [%i.next, %following]")

    def leaf(kind: str, place: int) -> Operand:
        if kind == "parameter":
            return parameters[place]
        return code.value(f"load {code.real}, ptr {code.element(rows_in[place], '%i')}, align 8")

    results = emit_body(code, graph, roots, leaf)
    addresses = [code.element(row, "%i") for row in rows_out]
    code.line("%passed = sub i64 %i, %aligned")
    code.line(f"%off = and i64 %passed, {LANES - 1}")
    code.line("%on = icmp eq i64 %off, 0")
    code.line("%past = and i1 %streams, %on")
    code.line("br i1 %past, label %stream, label %store")
    for label, alignment in (("store", "align 8"), ("stream", "align 64, !nontemporal !{i32 1}")):
        code.label(label)
        for result, address in zip(results, addresses, strict=True):
            code.line(f"store {code.real} {result}, ptr {address}, {alignment}")
        code.line("br label %stored")
    code.label("stored")
    code.line("%done = icmp sge i64 %i, %final")
    code.line("br i1 %done, label %finish, label %following")
    code.label("following")  # the next aligned point, or the last eight
    code.line(f"%i.next.passed = add i64 %passed, {LANES}")
    code.line(f"%i.next.aligned = and i64 %i.next.passed, {-LANES}")
    code.line("%i.whole = add i64 %i.next.aligned, %aligned")
    code.line("%i.fits = icmp slt i64 %i.whole, %final")
    code.line("%i.next = select i1 %i.fits, i64 %i.whole, i64 %final")
    code.line("br label %group")

    code.label("finish")
    code.line("br i1 %streams, label %fence, label %end")
    code.label("fence")
    code.line("fence seq_cst")
    code.line("br label %end")
    code.label("end")
    code.line("br i1 %few, label %copy, label %return")
    code.label("copy")
    code.line("%done.lane = phi i64 [0, %end], [%done.next, %copy]")
    for row in range(len(roots)):
        lane = _place(code, outputs, row, str(LANES), "%done.lane")
        point = _place(code, "%out", row, "%stride", "%done.lane")
        code.line(f"store double {code.value(f'load double, ptr {lane}')}, ptr {point}")
    code.line("%done.next = add i64 %done.lane, 1")
    code.line("%copied = icmp eq i64 %done.next, %count")
    code.line("br i1 %copied, label %return, label %copy")
    code.label("return")
    module.define(
        name, "ptr noalias %x, ptr noalias %out, ptr noalias %context, i64 %count, i64 %stride", code
    )


def _parameters(graph: Graph, roots: Sequence[int]) -> list[int]:
    nodes = (graph.nodes[index] for index in graph.reachable(roots))
    return [node[1] for node in nodes if node[0] == "parameter"]


def _place(code: Code, base: Operand, row: int, stride: Operand, column: Operand) -> Operand:
    """Return the address of a double in an array of rows."""
    if row:
        base = code.element(base, code.value(f"mul i64 {stride}, {row}"))
    return base if column == "0" else code.element(base, column)
