"""Expressions of a function that is being inlined: from a syntax tree to the value that it stands for."""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Callable
from types import FunctionType

from thalweg.drive.translate.errors import TranslationError
from thalweg.drive.translate.instructions import Instructions
from thalweg.drive.translate.source import definition
from thalweg.drive.translate.values import (
    Block,
    Number,
    Several,
    Slot,
    Value,
    Vector,
    Word,
    truth,
)
from thalweg.drive.translate.words import Inline, Words, constant


class Expressions:
    """The expressions of one call of a function: names mean what they mean there."""

    def __init__(
        self, function: FunctionType, instructions: Instructions, words: Words, inline: Inline
    ) -> None:
        self.ir = instructions
        self.code = function.__code__
        self.tree = definition(self.code)
        self.names: dict[str, Slot | Value] = {}
        self._words = words
        self._inline = inline
        cells = (cell.cell_contents for cell in function.__closure__ or ())
        self._outer = ChainMap(dict(zip(self.code.co_freevars, cells, strict=True)), function.__globals__)

    def error(self, node: ast.AST, message: str) -> TranslationError:
        """What is wrong, and in which line."""
        line = getattr(node, "lineno", 0)
        return TranslationError(f"{self.code.co_filename}:{line}: {self.code.co_name}: {message}")

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        match node:
            case ast.Constant(bool() | int() | float() as value):
                return constant(value)
            case ast.Name(name):
                return self._name(node, name)
            case ast.Tuple(items):
                return Several(tuple(self.value(item) for item in items))
            case ast.BinOp(left, operation, right):
                return self.binary(node, operation, self.number(left), self.number(right))
            case ast.UnaryOp(ast.USub(), operand):
                return self.ir.negative(self.number(operand))
            case ast.UnaryOp(ast.Not(), ast.Compare(left, [operation], [right])):
                # in one instruction, since `seldom` of two is lost on the optimiser
                return self._compare(node, operation, self.number(left), self.number(right), opposite=True)
            case ast.UnaryOp(ast.Not(), operand):
                return self.ir.select(self.condition(operand), truth(False), truth(True))
            case ast.Compare(left, operations, comparators):
                return self._comparison(node, left, operations, comparators)
            case ast.BoolOp(operation, [first, *others]):
                return self._logic(
                    operation, [self.condition(first), *self._either_way(others, self.condition)]
                )
            case ast.IfExp(test, yes, no):
                return self.ir.select(self.condition(test), *self._either_way([yes, no], self.number))
            case ast.Subscript():
                return self.ir.load(self.address(node))
            case ast.Call(function, arguments, []):
                return self._call(node, self.value(function), [self.value(each) for each in arguments])
            case _:
                raise self.error(node, f"{type(node).__name__} is not in the language of parts")

    def number(self, node: ast.expr) -> Number:
        """What an expression stands for, a number."""
        value = self.value(node)
        if not isinstance(value, Number):
            raise self.error(node, "is not a number")
        return value

    def condition(self, node: ast.expr) -> Number:
        """What an expression stands for, a truth value."""
        value = self.number(node)
        if value.kind != "i1":
            raise self.error(node, "is a number, where a comparison is wanted")
        return value

    def binary(self, node: ast.AST, operation: ast.operator, left: Number, right: Number) -> Number:
        """Left and right put together."""
        result = self.ir.arithmetic(operation, left, right)
        if result is None:
            raise self.error(
                node, f"{type(operation).__name__} is not in the language of parts, which has + - * /"
            )
        return result

    def address(self, node: ast.Subscript) -> str:
        """Where an element of a block or a vector is."""
        base = self.value(node.value)
        index = self.value(node.slice)
        match base, index:
            case Block(), Several((Number("i64") as row, Number("i64") as lane)):
                return self.ir.row(base, row, lane)
            case Vector(), Number("i64"):
                return self.ir.element(base, index)
            case _:
                raise self.error(node, "blocks are indexed by [row, lane], vectors by [index]")

    def read(self, slot: Slot) -> Number:
        """What a variable holds at present."""
        return self.ir.load(slot.address, slot.kind)

    def _name(self, node: ast.expr, name: str) -> Value:
        held = self.names.get(name)
        if isinstance(held, Slot):
            return self.read(held)
        if held is not None:
            return held
        if name in self._outer:
            return constant(self._outer[name])
        if name in ("abs", "int", "float"):
            return Word(name)
        raise self.error(node, f"{name} is not known here")

    def _either_way(
        self, nodes: list[ast.expr], translated: Callable[[ast.expr], Number]
    ) -> tuple[Number, ...]:
        """Operands that Python computes only where they are needed: here they are computed in any case."""
        stores = self.ir.stores
        values = tuple(translated(node) for node in nodes)
        if self.ir.stores != stores:
            raise self.error(
                nodes[0], "what is computed only on a condition must not write: use an if statement"
            )
        return values

    def _comparison(
        self, node: ast.expr, left: ast.expr, operations: list[ast.cmpop], comparators: list[ast.expr]
    ) -> Number:
        values = [self.number(left), *(self.number(each) for each in comparators)]
        pairs = zip(operations, values, values[1:], strict=False)
        return self._logic(ast.And(), [self._compare(node, *pair) for pair in pairs])

    def _compare(
        self, node: ast.expr, operation: ast.cmpop, a: Number, b: Number, *, opposite: bool = False
    ) -> Number:
        result = self.ir.compare(operation, a, b, opposite=opposite)
        if result is None:
            raise self.error(node, f"{type(operation).__name__} is not in the language of parts")
        return result

    def _logic(self, operation: ast.boolop, conditions: list[Number]) -> Number:
        total, *others = conditions
        for each in others:
            if isinstance(operation, ast.And):
                total = self.ir.select(total, each, truth(False))
            else:
                total = self.ir.select(total, truth(True), each)
        return total

    def _call(self, node: ast.expr, function: Value, arguments: list[Value]) -> Value:
        if isinstance(function, Word):
            try:
                return self._words.meaning(function.name, arguments)
            except TranslationError as problem:
                raise self.error(node, str(problem)) from None
        if isinstance(function, FunctionType):
            return self._inline(function, arguments)
        raise self.error(node, "calls something that is not a function of the language")
