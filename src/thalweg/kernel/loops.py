"""Graphs with sums and products over indices: loops in machine code, of the same bits at one point and in batches.

Term t of a sum, counted from the lower bound, is added to partial sum t mod 8; at the end partial sums k and k + 4 are
added, then k and k + 2, then the last two. So eight terms at a time can be computed at one point, in the lanes of a
vector, while a batch computes one term of eight points. What terms add to derivatives by elements of vectors is
added in the order of the terms.

A node is written in the loops of the indices it depends on, and no deeper. Sums with the same bounds that do not
wait for one another share a loop, and so do a sum and its derivatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from thalweg.expression.derivative import Gradient, Scatter
from thalweg.expression.graph import LOOPS, header, operands
from thalweg.expression.indices import Header
from thalweg.kernel.code import LANES, Code, Operand
from thalweg.kernel.counting import Counting
from thalweg.kernel.lane_loop import LaneLoop
from thalweg.kernel.scope import Scope, Setting

PARTIAL = 8
"""Partial sums of a sum."""


class Plan(NamedTuple):
    """What is to be written in a scope: nodes in their order, and loops, each at the stage when all is there."""

    order: list[int]
    stage: dict[int, int]
    loops: list[tuple[int, Header, list[int], list[Scatter]]]


class Loops:
    """Writes the nodes of a graph into a function, sums as loops.

    `over_terms` says whether lanes are to hold terms of a sum; the function has one lane then.
    """

    def __init__(self, setting: Setting, over_terms: bool) -> None:
        self.setting = setting
        self.graph = setting.graph
        self.over_terms = over_terms

    def write(self, code: Code, roots: Sequence[int], gradient: Gradient) -> list[Operand]:
        """Write everything, add the derivatives to what is there, and return the operands of the roots."""
        scope = Scope(self.setting, code)
        self.fill(scope, [*roots, *gradient.nodes.values()], gradient.scatters)
        for place, node in gradient.nodes.items():
            scope.add(self.setting.out.address(code, place), scope.operand(node))
        return [scope.operand(root) for root in roots]

    # What is written where

    def plan(self, scope: Scope, roots: Iterable[int], scatters: Sequence[Scatter]) -> Plan:
        """Return what the scope has to hold for these nodes and for what is scattered."""
        nodes = self.graph.nodes
        needed = {scatter: self._needs([scatter.adjoint], _bound(scatter.nest)) for scatter in scatters}
        pending = [*roots, *(node for needs in needed.values() for node in needs)]
        below: dict[int, Sequence[int]] = {}
        while pending:
            node = pending.pop()
            if node in below or scope.knows(node):
                continue
            kind = nodes[node]
            inside = kind[0] in LOOPS
            below[node] = self._needs([kind[1]], 1 << kind[2]) if inside else operands(kind)
            pending.extend(below[node])
        order = sorted(below)
        stage: dict[int, int] = {}
        loops: dict[tuple[int, Header], tuple[list[int], list[Scatter]]] = {}
        for node in order:
            stage[node] = max((stage.get(operand, 0) for operand in below[node]), default=0)
            if nodes[node][0] in LOOPS:
                stage[node] += 1
                loops.setdefault((stage[node], header(nodes[node])), ([], []))[0].append(node)
        for scatter, needs in needed.items():
            if scatter.nest:
                after = 1 + max((stage.get(node, 0) for node in needs), default=0)
                loops.setdefault((after, scatter.nest[0]), ([], []))[1].append(scatter)
        return Plan(order, stage, [(*key, *both) for key, both in sorted(loops.items())])

    def _needs(self, starts: Iterable[int], bound: int) -> list[int]:
        """Return the nodes outside of loops over these indices that are needed within them."""
        nodes = self.graph.nodes
        found: dict[int, None] = {}
        pending = [(start, bound) for start in starts]
        seen: set[tuple[int, int]] = set()
        while pending:
            node, within = pending.pop()
            if (node, within) in seen:
                continue
            seen.add((node, within))
            if not self.graph.free(node) & within:
                found[node] = None
            elif nodes[node][0] in LOOPS:
                pending.append((nodes[node][1], within | 1 << nodes[node][2]))
            else:
                pending.extend((operand, within) for operand in operands(nodes[node]))
        return list(found)

    def fill(self, scope: Scope, roots: Sequence[int], scatters: Sequence[Scatter]) -> None:
        """Write the nodes into the scope, with the loops they wait for, and scatter."""
        plan = self.plan(scope, roots, scatters)
        loops = {stage: list(group) for stage, group in groupby(plan.loops, key=lambda loop: loop[0])}
        for stage in range(1 + max((*plan.stage.values(), *loops), default=0)):
            for _, over, totals, scattered in loops.get(stage, ()):
                self._loop(scope, over, totals, scattered)
            for node in plan.order:
                if plan.stage[node] == stage and self.graph.nodes[node][0] not in LOOPS:
                    scope.write(node)
        if scope.code.width > 1 and self.over_terms:
            return  # the loop over lanes sees to what is scattered
        for scatter in scatters:
            if not scatter.nest:
                _, start, constant, coefficients = self.graph.nodes[scatter.element]
                place = scope.affine((start + constant, coefficients))
                scope.add(self.setting.out.address(scope.code, place), scope.operand(scatter.adjoint))

    # One loop

    def _loop(self, scope: Scope, over: Header, totals: Sequence[int], scatters: Sequence[Scatter]) -> None:
        code = scope.code
        inner = [scatter._replace(nest=scatter.nest[1:]) for scatter in scatters]
        lower, upper = scope.affine(over.lower), scope.affine(over.upper)
        partial = {total: code.scratch(PARTIAL * code.width) for total in totals}
        for total, place in partial.items():
            for lane in range(PARTIAL):
                start = code.constant(0.0 if self.graph.nodes[total][0] == "sum" else 1.0)
                scope.store(code.element(place, lane * code.width), start)
        terms = {total: self.graph.nodes[total][1] for total in totals}
        if (
            self.over_terms
            and not any(scatter.nest for scatter in inner)
            and self._is_innermost(terms, inner, over)
        ):
            LaneLoop(self, scope, over.of, lower, upper).write(terms, partial, inner)
        else:
            self._one_by_one(scope, over.of, lower, upper, terms, partial, inner)
        for total, place in partial.items():
            scope.body.operands[total] = self._together(scope, total, place)

    def _is_innermost(self, terms: dict[int, int], scatters: Sequence[Scatter], over: Header) -> bool:
        starts = [*terms.values(), *(scatter.adjoint for scatter in scatters)]
        free, nodes = self.graph.free, self.graph.nodes
        below = self.graph.reachable(starts)
        return not any(nodes[node][0] in LOOPS and free(node) >> over.of & 1 for node in below)

    def _one_by_one(
        self,
        scope: Scope,
        index: int,
        lower: Operand,
        upper: Operand,
        terms: dict[int, int],
        partial: dict[int, Operand],
        scatters: Sequence[Scatter],
    ) -> None:
        """Write a loop that computes one term at a time."""
        code = scope.code
        with Counting(code, lower, upper, inclusive=True) as loop:
            inner = Scope(self.setting, code, scope)
            inner.indices[index] = loop.number
            self.fill(inner, list(terms.values()), scatters)
            if terms:
                number = code.value(f"and i64 {code.value(f'sub i64 {loop.number}, {lower}')}, {PARTIAL - 1}")
                lane = code.value(f"mul i64 {number}, {code.width}")
                for total, term in terms.items():
                    address = code.element(partial[total], lane)
                    present = inner.load(address)
                    inner.store(address, self.join(code, total, present, inner.operand(term)))

    def join(self, code: Code, total: int, a: Operand, b: Operand) -> Operand:
        """Return the sum or the product of two."""
        return code.add(a, b) if self.graph.nodes[total][0] == "sum" else code.multiply(a, b)

    def _together(self, scope: Scope, total: int, place: Operand) -> Operand:
        code = scope.code
        parts = [scope.load(code.element(place, lane * code.width)) for lane in range(PARTIAL)]
        while len(parts) > 1:
            half = len(parts) // 2
            parts = [self.join(code, total, parts[k], parts[k + half]) for k in range(half)]
        return parts[0]


def _bound(nest: Sequence[Header]) -> int:
    bound = 0
    for over in nest:
        bound |= 1 << over.of
    return bound


assert LANES == PARTIAL
