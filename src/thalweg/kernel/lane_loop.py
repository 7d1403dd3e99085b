"""A loop over the terms of a sum, eight at a time in the lanes of a vector: what makes one point fast.

Terms are taken in blocks. What each term of a block adds to derivatives is first put aside, and then added to the
derivatives, one shift of a vector after the other: x[i+1] before x[i], so that each derivative gets its terms in the
order of the index, and no vector is read that has just been written in part.

Elements that follow one another are loaded as vectors; of the last terms, and of elements that lie apart, lanes are
filled one by one, those beyond the last term with the last term again, and left out of the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from thalweg.expression.derivative import Scatter
from thalweg.expression.indices import coefficient
from thalweg.kernel.code import LANES, Code, Operand, hexadecimal
from thalweg.kernel.counting import Counting
from thalweg.kernel.scope import Scope

if TYPE_CHECKING:
    from thalweg.kernel.loops import Loops

BLOCK = 256
"""Terms whose contributions to derivatives are put aside together: they stay in the nearest cache."""

_COUNTED = "<" + ", ".join(f"double {hexadecimal(float(lane))}" for lane in range(LANES)) + ">"


class LaneLoop:
    """One loop over an index from a lower to an upper bound, in a scope with one lane."""

    def __init__(self, writer: Loops, scope: Scope, index: int, lower: Operand, upper: Operand) -> None:
        self.writer = writer
        self.scope = scope
        self.index = index
        self.lower = lower
        self.upper = upper
        self.code: Code = scope.code

    def write(self, terms: dict[int, int], partial: dict[int, Operand], scatters: Sequence[Scatter]) -> None:
        """Write the loop: terms go to the partial sums, contributions to the derivatives."""
        code = self.code
        count = code.value(f"add i64 {code.value(f'sub i64 {self.upper}, {self.lower}')}, 1")
        aside = [code.scratch(BLOCK) for _ in scatters]
        with Counting(code, 0, count) as loop:
            size = code.value(f"sub i64 {count}, {loop.number}")
            if scatters:
                size = _lesser(code, size, str(BLOCK))
            start = code.value(f"add i64 {self.lower}, {loop.number}")
            self._block(start, size, terms, partial, scatters, aside)
            self._add(start, size, scatters, aside)
            loop.following = code.value(f"add i64 {loop.number}, {size}")

    # Terms

    def _block(
        self,
        start: Operand,
        size: Operand,
        terms: dict[int, int],
        partial: dict[int, Operand],
        scatters: Sequence[Scatter],
        aside: Sequence[Operand],
    ) -> None:
        code, wide = self.code, self.code.of_width(LANES)
        inner = Scope(self.writer.setting, wide, self.scope)
        nodes = self.writer.graph.nodes
        plan = self.writer.plan(inner, terms.values(), scatters)
        elements = [node for node in plan.order if nodes[node][0] == "element"]

        sums = [
            (wide.real, wide.value(f"load {wide.real}, ptr {place}, align 64")) for place in partial.values()
        ]
        with Counting(code, 0, size, LANES, sums) as loop:
            h = loop.number
            i = code.value(f"add i64 {start}, {h}")
            left = code.value(f"sub i64 {size}, {h}")
            inner.indices[self.index] = i
            self._load(inner, elements, left)
            self._count(inner, i)
            self.writer.fill(inner, list(terms.values()), scatters)
            lanes = wide.spread(code.value(f"sitofp i64 {left} to double"))
            counts = wide.compare("olt", _COUNTED, lanes)
            new: list[Operand] = []
            for (total, term), running in zip(terms.items(), loop.carried, strict=True):
                joined = self.writer.join(wide, total, running, inner.operand(term))
                new.append(wide.select(counts, joined, running))
            for scatter, place in zip(scatters, aside, strict=True):
                address = code.element(place, h)
                code.line(f"store {wide.real} {inner.operand(scatter.adjoint)}, ptr {address}, align 64")
            loop.handed = new
        for place, running in zip(partial.values(), loop.carried, strict=True):
            code.line(f"store {wide.real} {running}, ptr {place}, align 64")

    def _count(self, inner: Scope, i: Operand) -> None:
        """The index as a number, in case that it is wanted as one."""
        wide = inner.code
        if any(kind == ("index", self.index) for kind in self.writer.graph.nodes):
            first = wide.spread(self.code.value(f"sitofp i64 {i} to double"))
            inner.numbers[self.index] = wide.add(first, _COUNTED)

    def _load(self, inner: Scope, elements: Sequence[int], left: Operand) -> None:
        code, graph = self.code, self.writer.graph
        if not elements:
            return
        kinds = [graph.nodes[node] for node in elements]
        follow = all(coefficient((0, coefficients), self.index) == 1 for *_, coefficients in kinds)
        places = [inner.affine((start + constant, rest)) for _, start, constant, rest in kinds]
        there = [self.writer.setting.x.address(code, place) for place in places]
        copies = [code.scratch(LANES) for _ in elements]
        direct, fill, again, filled, ready = code.labels("direct", "fill", "again", "filled", "ready")
        whole = code.value(f"icmp sge i64 {left}, {LANES}") if follow else "false"
        code.branch(direct, fill, whole)
        code.label(direct)
        code.branch(ready)
        code.label(fill)
        code.branch(again)
        code.label(again)
        lane = code.phi("i64", ("0", fill))
        beyond = _lesser(code, lane, code.value(f"sub i64 {left}, 1"))
        for (_, _, _, rest), place, copy in zip(kinds, places, copies, strict=True):
            distance = code.value(f"mul i64 {beyond}, {coefficient((0, rest), self.index)}")
            source = self.writer.setting.x.address(code, code.value(f"add i64 {place}, {distance}"))
            value = code.value(f"load double, ptr {source}")
            code.line(f"store double {value}, ptr {code.element(copy, lane)}")
        following = code.value(f"add i64 {lane}, 1")
        code.complete(lane, following, again)
        code.branch(filled, again, code.value(f"icmp eq i64 {following}, {LANES}"))
        code.label(filled)
        code.branch(ready)
        code.label(ready)
        chosen = [
            code.value(f"phi ptr [{address}, %{direct}], [{copy}, %{filled}]")
            for address, copy in zip(there, copies, strict=True)
        ]
        for node, address in zip(elements, chosen, strict=True):
            inner.elements[node] = inner.load(address)

    # Contributions

    def _add(
        self, start: Operand, size: Operand, scatters: Sequence[Scatter], aside: Sequence[Operand]
    ) -> None:
        nodes = self.writer.graph.nodes
        targets = [
            (nodes[scatter.element][1:], place) for scatter, place in zip(scatters, aside, strict=True)
        ]
        if not targets:
            return
        if _is_shifted((element for element, _ in targets), self.index):
            whole = self.code.value(f"and i64 {size}, {-LANES}")
            for target in sorted(targets, key=lambda target: -target[0][1]):
                self._pass(start, "0", whole, [target], LANES)
                self._pass(start, whole, size, [target], 1)
        else:
            self._pass(start, "0", size, targets, 1)

    def _pass(
        self,
        start: Operand,
        first: Operand,
        stop: Operand,
        targets: Sequence[tuple[tuple[int, int, tuple[tuple[int, int], ...]], Operand]],
        width: int,
    ) -> None:
        """Add what was put aside of some terms of the block, several at a time or one."""
        code, wide = self.code, self.code.of_width(width)
        inner = Scope(self.writer.setting, wide, self.scope)
        with Counting(code, first, stop, width) as loop:
            inner.indices[self.index] = code.value(f"add i64 {start}, {loop.number}")
            for (vector, constant, coefficients), place in targets:
                row = inner.affine((vector + constant, coefficients))
                inner.add(
                    self.writer.setting.out.address(code, row), inner.load(code.element(place, loop.number))
                )


def _lesser(code: Code, a: Operand, b: Operand) -> Operand:
    return code.value(f"select i1 {code.value(f'icmp slt i64 {a}, {b}')}, i64 {a}, i64 {b}")


def _is_shifted(elements: Iterable[tuple[int, int, tuple[tuple[int, int], ...]]], index: int) -> bool:
    """Say whether elements of one vector differ by a fixed distance only, and follow one another with the index."""
    rest: dict[int, tuple[tuple[int, int], ...]] = {}
    for start, constant, coefficients in elements:
        if coefficient((constant, coefficients), index) != 1:
            return False
        if rest.setdefault(start, coefficients) != coefficients:
            return False
    return True
