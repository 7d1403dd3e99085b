"""Kernels of formulas with sums over indices: the signatures of `emit`, with loops inside.

A batch takes eight points at a time, the last eight overlapping others, which is harmless; fewer than eight points
are taken one by one. There one lane computes as eight do, term after term.
"""

from __future__ import annotations

from collections.abc import Sequence

from thalweg.expression.derivative import Gradient
from thalweg.expression.graph import Graph
from thalweg.kernel.code import LANES, Code
from thalweg.kernel.counting import Counting
from thalweg.kernel.loops import Loops
from thalweg.kernel.module import Module
from thalweg.kernel.scope import Rows, Setting


def point(module: Module, name: str, graph: Graph, roots: Sequence[int], gradient: Gradient, n: int) -> None:
    """Define a function that computes the roots at one point, and behind them the n derivatives."""
    code = Code(module)
    _write(code, graph, roots, gradient, n, Rows("%x"), Rows("%out"), over_terms=True)
    module.define(name, "ptr noalias %x, ptr noalias %out, ptr noalias %context", code)


def batch(module: Module, name: str, graph: Graph, roots: Sequence[int], gradient: Gradient, n: int) -> None:
    """Define a function that computes the same at many points, bit for bit."""
    code = Code(module)
    many, few, end = code.labels("many", "few", "end")
    code.branch(many, few, code.value(f"icmp sge i64 %count, {LANES}"))
    for label, width in ((many, LANES), (few, 1)):
        code.label(label)
        last = code.value(f"sub i64 %count, {width}")
        with Counting(code, 0, "%count") as loop:
            x, out = (Rows(code.element(array, loop.number), "%stride") for array in ("%x", "%out"))
            _write(code.of_width(width), graph, roots, gradient, n, x, out, over_terms=False)
            following = code.value(f"add i64 {loop.number}, {width}")
            is_less = code.value(f"icmp slt i64 {following}, {last}")
            overlapping = code.value(f"select i1 {is_less}, i64 {following}, i64 {last}")
            done = code.value(f"icmp sge i64 {loop.number}, {last}")
            loop.following = code.value(f"select i1 {done}, i64 %count, i64 {overlapping}")
        code.branch(end)
    code.label(end)
    module.define(
        name, "ptr noalias %x, ptr noalias %out, ptr noalias %context, i64 %count, i64 %stride", code
    )


def _write(
    code: Code,
    graph: Graph,
    roots: Sequence[int],
    gradient: Gradient,
    n: int,
    x: Rows,
    out: Rows,
    over_terms: bool,
) -> None:
    reached = graph.reachable(
        [*roots, *gradient.nodes.values(), *(each.adjoint for each in gradient.scatters)]
    )
    places = [graph.nodes[node][1] for node in reached if graph.nodes[node][0] == "parameter"]
    parameters = {place: code.spread(code.load("%context", place)) for place in places}
    derivatives = Rows(out.address(code, len(roots)), out.stride)
    _clear(code, derivatives, n, LANES if over_terms else 1)
    loops = Loops(Setting(graph, x, derivatives, parameters), over_terms)
    for row, operand in enumerate(loops.write(code, roots, gradient)):
        code.line(f"store {code.real} {operand}, ptr {out.address(code, row)}, align 8")


def _clear(code: Code, rows: Rows, n: int, together: int) -> None:
    """Set the derivatives to 0, several at a time where they follow one another."""
    whole = n // together * together
    for first, stop, step in ((0, whole, together), (whole, n, 1)):
        if first < stop:
            wide = code.of_width(code.width * step)
            with Counting(code, first, stop, step) as loop:
                address = rows.address(code, loop.number)
                code.line(f"store {wide.real} {wide.constant(0.0)}, ptr {address}, align 8")
