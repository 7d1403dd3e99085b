"""Statements of a function that is being inlined: its body in place of its call."""

from __future__ import annotations

import ast
from types import CodeType, FunctionType
from typing import cast

from thalweg.drive.translate.expressions import Expressions
from thalweg.drive.translate.instructions import Instructions
from thalweg.drive.translate.source import assignments, returns_early, steady
from thalweg.drive.translate.values import Nothing, Number, Several, Slot, Value, integer
from thalweg.drive.translate.words import Inline, Words

UNROLLED = 3  # a loop of at most so many turns is written out


class WidenedError(Exception):
    """A variable holds an integer first and a real number later: begin again with a real one."""

    def __init__(self, variable: tuple[CodeType, str]) -> None:
        super().__init__(variable)
        self.variable = variable


class Body(Expressions):
    """One call of a function while its body is being written."""

    def __init__(
        self,
        function: FunctionType,
        instructions: Instructions,
        words: Words,
        inline: Inline,
        widened: set[tuple[CodeType, str]],
    ) -> None:
        super().__init__(function, instructions, words, inline)
        self._widened = widened
        self._assignments = assignments(self.tree)
        self._steady = steady(self.tree)
        self._exit: str | None = None  # label behind the body, where a return jumps from its midst
        self._answers: Slot | list[Slot] | None = None

    # -------------------------------------------------------------------------------------------- body and return

    def run(self, arguments: list[Value]) -> Value:
        """Write it with these arguments; returns what it returns."""
        names = [each.arg for each in self.tree.args.args]
        if len(names) != len(arguments):
            raise self.error(self.tree, f"takes {len(names)} arguments and is given {len(arguments)}")
        for name, value in zip(names, arguments, strict=True):
            self._assign(self.tree, name, value)
        *body, last = self.tree.body
        if not returns_early(self.tree):
            self._statements(body)
            if isinstance(last, ast.Return):
                return Nothing() if last.value is None else self.value(last.value)
            self._statement(last)
            return Nothing()
        self._exit = self.ir.label("exit")
        if not self._statements(self.tree.body):
            self.ir.jump(self._exit)
        self.ir.begin(self._exit)
        match self._answers:
            case None:
                return Nothing()
            case Slot() as slot:
                return self.read(slot)
            case slots:
                return Several(tuple(self.read(slot) for slot in slots))

    def _give(self, node: ast.Return) -> None:
        """A return from the midst of the body."""
        value = Nothing() if node.value is None else self.value(node.value)
        match value:
            case Number():
                slot = self._answers if isinstance(self._answers, Slot) else self._room(value)
                self._answers = slot
                self._write(node, slot, value, "the value returned")
            case Several(items):
                numbers = [item for item in items if isinstance(item, Number)]
                if len(numbers) < len(items):
                    raise self.error(node, "only numbers are returned in a tuple")
                slots = self._answers if isinstance(self._answers, list) else []
                self._answers = slots
                for place, item in enumerate(numbers):
                    if place == len(slots):
                        slots.append(self._room(item))
                    self._write(node, slots[place], item, f"value {place} returned")
            case Nothing():
                pass
            case _:
                raise self.error(node, "returns something that is not a number")
        assert self._exit is not None
        self.ir.jump(self._exit)

    # -------------------------------------------------------------------------------------------- statements

    def _statements(self, body: list[ast.stmt]) -> bool:
        """Write statements in turn; True where the last one jumps away."""
        return any(self._statement(node) for node in body)

    def _statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value):
                self.value(value)
            case ast.Assign([target], value):
                self._target(target, self.value(value))
            case ast.AnnAssign(target, value=ast.expr() as value):
                self._target(target, self.value(value))
            case ast.AugAssign(target, operation, value):
                left = self.number(ast.copy_location(_as_read(target), target))
                self._target(target, self.binary(node, operation, left, self.number(value)))
            case ast.Return():
                self._give(node)
                return True
            case ast.If():
                return self._conditional(node)
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), [*bounds]), body, []):
                self._loop(node, name, [self.number(bound) for bound in bounds], body)
            case ast.While(condition, body, []):
                self._loop_while(condition, body)
            case _:
                raise self.error(node, f"{type(node).__name__} is not in the language of parts")
        return False

    def _conditional(self, node: ast.If) -> bool:
        condition = self.condition(node.test)
        if condition.known is not None:
            return self._statements(node.body if condition.known else node.orelse)
        yes, no, after = self.ir.label("then"), self.ir.label("else"), self.ir.label("after")
        self.ir.branch(condition, yes, no)
        ended: list[bool] = []
        for label, body in ((yes, node.body), (no, node.orelse)):
            self.ir.begin(label)
            ended.append(self._statements(body))
            if not ended[-1]:
                self.ir.jump(after)
        if not all(ended):
            self.ir.begin(after)
        return all(ended)

    def _loop(self, node: ast.stmt, name: str, bounds: list[Number], body: list[ast.stmt]) -> None:
        start, stop = (integer(0), bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
        if len(bounds) > 2 or start.kind != "i64" or stop.kind != "i64":
            raise self.error(node, "a loop goes over range(stop) or range(start, stop)")
        if start.known is not None and stop.known is not None and stop.known - start.known <= UNROLLED:
            for turn in range(start.known, stop.known):
                self.names[name] = integer(turn)
                if self._statements(body):
                    break
            return
        counter = self._room(start)
        head, inside, after = self.ir.label("head"), self.ir.label("body"), self.ir.label("after")
        self._write(node, counter, start, name)
        self.ir.jump(head)
        self.ir.begin(head)
        now = self.read(counter)
        self.ir.branch(cast(Number, self.ir.compare(ast.Lt(), now, stop)), inside, after)
        self.ir.begin(inside)
        self.names[name] = now
        if not self._statements(body):
            self._write(node, counter, self.ir.plus(now, integer(1)), name)
            self.ir.jump(head)
        self.ir.begin(after)
        del self.names[name]

    def _loop_while(self, test: ast.expr, body: list[ast.stmt]) -> None:
        head, inside, after = self.ir.label("head"), self.ir.label("body"), self.ir.label("after")
        self.ir.jump(head)
        self.ir.begin(head)
        self.ir.branch(self.condition(test), inside, after)
        self.ir.begin(inside)
        if not self._statements(body):
            self.ir.jump(head)
        self.ir.begin(after)

    # -------------------------------------------------------------------------------------------- assignment

    def _target(self, node: ast.expr, value: Value) -> None:
        match node:
            case ast.Name(name):
                self._assign(node, name, value)
            case ast.Tuple(items) if isinstance(value, Several) and len(items) == len(value.items):
                for item, each in zip(items, value.items, strict=True):
                    self._target(item, each)
            case ast.Subscript() if isinstance(value, Number):
                self.ir.store(value, self.address(node))
            case _:
                raise self.error(node, "cannot be assigned to")

    def _assign(self, node: ast.AST, name: str, value: Value) -> None:
        held = self.names.get(name)
        if not isinstance(value, Number):
            if held is not None:
                raise self.error(node, f"{name} is assigned twice, and is not a number")
            self.names[name] = value
        elif isinstance(held, Slot):
            self._write(node, held, value, name)
        elif name in self._steady or (value.known is not None and self._assignments[name] <= 1):
            self.names[name] = value
        elif held is not None:
            raise self.error(node, f"{name} is something else already")
        else:
            if (self.code, name) in self._widened:
                value = self.ir.to_real(value)
            slot = self.names[name] = self._room(value)
            self._write(node, slot, value, name)

    def _room(self, value: Number) -> Slot:
        """A variable for numbers of this kind."""
        return Slot(value.kind, self.ir.allocate(value.kind))

    def _write(self, node: ast.AST, slot: Slot, value: Number, name: str) -> None:
        if slot.kind == "double":
            value = self.ir.to_real(value)
        elif slot.kind == "i64" and value.kind == "double":
            raise WidenedError((self.code, name))
        elif slot.kind != value.kind:
            raise self.error(node, f"{name} is a number here and a truth value there")
        self.ir.keep(value, slot.address)


def _as_read(target: ast.expr) -> ast.expr:
    """The same place, to be read."""
    match target:
        case ast.Subscript(value, index):
            return ast.Subscript(value, index, ast.Load())
        case ast.Name(name):
            return ast.Name(name, ast.Load())
        case _:
            return target
