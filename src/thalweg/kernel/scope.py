"""What a function with loops has computed so far, loop by loop: operands of nodes, and the indices they depend on."""

from __future__ import annotations

from typing import NamedTuple

from thalweg.expression.graph import Graph, operands
from thalweg.expression.indices import Affine
from thalweg.kernel.bodies import Body
from thalweg.kernel.code import Code, Operand


class Rows(NamedTuple):
    """Where an array's entries lie: entry p at base + p*stride, in doubles."""

    base: Operand
    stride: Operand = "1"

    def address(self, code: Code, place: Operand | int) -> Operand:
        """Return the address of an entry."""
        if self.stride != "1":
            place = code.value(f"mul i64 {place}, {self.stride}")
        return code.element(self.base, place)


class Setting(NamedTuple):
    """What a function works on: a graph, where coordinates lie and derivatives go, and the parameters' operands."""

    graph: Graph
    x: Rows
    out: Rows
    parameters: dict[int, Operand]


class Scope:
    """The nodes computed so far within some loops, and the loops' indices."""

    def __init__(self, setting: Setting, code: Code, outer: Scope | None = None) -> None:
        self.setting = setting
        self.code = code
        self.outer = outer
        self.body = Body(code, setting.graph, self._leaf)
        self.indices: dict[int, Operand] = dict(outer.indices) if outer else {}
        self.numbers: dict[int, Operand] = {}  # indices as floating-point numbers
        self.elements: dict[int, Operand] = {}  # that a loop over lanes has loaded

    def _leaf(self, kind: str, place: int) -> Operand:
        if kind == "parameter":
            return self.setting.parameters[place]
        return self.load(self.setting.x.address(self.code, place))

    def load(self, address: Operand) -> Operand:
        """Return what is at an address, over the lanes."""
        return self.code.value(f"load {self.code.real}, ptr {address}, align 8")

    def write(self, node: int) -> Operand:
        """Write a node whose operands are there."""
        graph = self.setting.graph
        match graph.nodes[node]:
            case ("index", index):
                operand = self.numbers.get(index)
                if operand is None:
                    whole = self.code.value(f"sitofp i64 {self.indices[index]} to double")
                    operand = self.numbers[index] = self.code.spread(whole)
                self.body.operands[node] = operand
            case ("element", start, constant, coefficients):
                operand = self.elements.get(node)
                if operand is None:
                    place = self.affine((start + constant, coefficients))
                    operand = self.load(self.setting.x.address(self.code, place))
                self.body.operands[node] = operand
            case _:
                for operand in operands(graph.nodes[node]):
                    self.operand(operand)
                self.body.write([node])
        return self.body.operands[node]

    def knows(self, node: int) -> bool:
        """Say whether a node has been written here or further out."""
        return node in self.body.operands or (self.outer is not None and self.outer.knows(node))

    def operand(self, node: int) -> Operand:
        """Return what holds a node that has been written here or further out, over the lanes of this scope."""
        found = self.body.operands.get(node)
        if found is None:
            kind = self.setting.graph.nodes[node]
            if kind[0] == "constant":
                found = self.code.constant(kind[1])
            elif self.outer is None:
                raise KeyError(node)
            else:
                found = self.outer.operand(node)
                if self.outer.code.width != self.code.width:
                    is_truth = self.setting.graph.is_truth(node)
                    found = self.code.spread(found, "i1" if is_truth else "double")
            self.body.operands[node] = found
        return found

    def affine(self, value: Affine) -> Operand:
        """Return a whole number that is linear in the indices."""
        constant, coefficients = value
        operand: Operand = str(constant)
        for index, factor in coefficients:
            term = self.indices[index]
            if factor != 1:
                term = self.code.value(f"mul i64 {term}, {factor}")
            operand = self.code.value(f"add i64 {operand}, {term}")
        return operand

    def store(self, address: Operand, value: Operand) -> None:
        """Write to an address, over the lanes."""
        self.code.line(f"store {self.code.real} {value}, ptr {address}, align 8")

    def add(self, address: Operand, term: Operand) -> None:
        """Add to what is at an address."""
        self.store(address, self.code.add(self.load(address), term))
