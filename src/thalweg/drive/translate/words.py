"""The compiled meaning of the words of `descent/vocabulary.py`, and of `ask`, which calls a kernel."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any, TypeAlias, cast

from thalweg.descent import block, vocabulary
from thalweg.drive import turns
from thalweg.drive.translate.errors import TranslationError
from thalweg.drive.translate.instructions import Instructions
from thalweg.drive.translate.values import (
    Block,
    Kernel,
    Nothing,
    Number,
    Value,
    Vector,
    Word,
    integer,
    real,
    truth,
)

Inline: TypeAlias = Callable[[FunctionType, list[Value]], Value]
"""Writes a function's body in place of its call; returns what it returns."""

_WORDS = frozenset(
    (
        turns.ask,
        turns.ask_reduced,
        *(
            getattr(vocabulary, name)
            for name in ("width", "size", "has", "lane", "tail", "sqrt", "pick", "seldom")
        ),
    )
)


def constant(value: object) -> Value:
    """What a value that is known now means in compiled code."""
    match value:
        case bool():
            return truth(value)
        case int():
            return integer(int(value))
        case float():
            return real(value)
        case FunctionType():
            return Word(value.__name__) if value in _WORDS else value
        case _:
            raise TranslationError(f"{value!r} has no meaning in compiled code")


class Words:
    """The words, written as `instructions`; what they are made of is inlined."""

    def __init__(self, instructions: Instructions, inline: Inline) -> None:
        self._ir = instructions
        self._inline = inline

    def meaning(self, name: str, arguments: list[Any]) -> Value:
        """What the word answers to its arguments."""
        ir = self._ir
        match name, arguments:
            case "width", [Block() as a]:
                return integer(a.lanes)
            case "size", [Block() as a]:
                return a.n
            case "has", [Block() as a, Number(known=int(traits))]:
                return truth(bool(a.traits & traits))
            case "lane", [Block() as a, Number() as row, Number() as index]:
                return Vector(ir.row(a, row, index), a.lanes)
            case "tail", [Vector() as v, Number() as index]:
                return Vector(ir.element(v, index), v.stride)
            case "sqrt", [Number() as x]:
                return ir.intrinsic("sqrt", x)
            case "pick", [Number("i1") as condition, Number() as yes, Number() as no]:
                return ir.select(condition, yes, no)
            case "seldom", [Number("i1") as condition]:
                return replace(condition, seldom=True)
            case "abs", [Number("i64" | "double") as x]:
                return ir.intrinsic("fabs", x)
            case "float", [Number() as x]:
                return ir.to_real(x)
            case "int", [Number() as x]:
                return ir.to_integer(x)
            case "ask", [Kernel() as kernel, Block() as a]:
                self._ask(kernel, a)
                return Nothing()
            case "ask_reduced", [Kernel() as kernel, Block(lanes=1) as a]:
                self._ask_reduced(kernel, a)
                return Nothing()
            case _:
                raise TranslationError(f"{name} is not used in this way in compiled code")

    # ------------------------------------------------------------------------------------------------ asking

    def _ask(self, kernel: Kernel, a: Block) -> None:
        """Value and gradient at the trial point of every lane, whatever of the two is wanted, or at its vector.

        Where a lane wants a second derivative, its driver has told it already.
        """
        ir, both = self._ir, real(block.BOTH)
        trial = Vector(ir.row(a, integer(block.TRIAL)), a.lanes)
        told = ir.element(trial, a.n)
        if a.traits & block.KERNEL:
            self._evaluate(kernel, a, trial.address, told)
            return
        requests = [ir.row(a, integer(block.REQUEST), integer(lane)) for lane in range(a.lanes)]
        # lanes among others are evaluated whether they want it or not, and so are told once more what they know
        here, elsewhere, after = ir.label("here"), ir.label("elsewhere"), ir.label("after")
        known = [ir.load(request) for request in requests]
        near = [cast(Number, ir.compare(ast.LtE(), each, both)) for each in known]
        if a.lanes == 1:
            ir.branch(near[0], here, elsewhere)
            ir.begin(here)
        self._evaluate(kernel, a, trial.address, told)
        for request, each, within in zip(requests, known, near, strict=True):
            ir.store(ir.select(within, both, each), request)
        if a.lanes == 1:
            ir.jump(after)
            ir.begin(elsewhere)
        if a.traits & block.ELSEWHERE:
            if a.lanes == 1:
                wanted = cast(Number, ir.compare(ast.Eq(), known[0], real(block.ELSEWHERE)))
                ahead = ir.label("ahead")
                ir.branch(wanted, ahead, after)
                ir.begin(ahead)
            v = Vector(ir.row(a, self._row_of(vocabulary.vector, a)), a.lanes)
            self._evaluate(kernel, a, v.address, ir.element(v, a.n))
        if a.lanes == 1:
            ir.jump(after)
            ir.begin(after)

    def _ask_reduced(self, kernel: Kernel, a: Block) -> None:
        """F and the factor T at the trial point, to where the direction's memory begins."""
        x = self._ir.row(a, integer(block.TRIAL))
        self._evaluate(kernel, a, x, self._ir.row(a, self._row_of(vocabulary.memory, a)))

    def _row_of(self, vector: Callable[..., int], a: Block) -> Number:
        """The first row of one of a block's vectors."""
        return cast(Number, self._inline(cast(FunctionType, vector), [a]))

    def _evaluate(self, kernel: Kernel, a: Block, x: str, to: str) -> None:
        """A call of the kernel for all lanes."""
        count = "" if a.lanes == 1 else f", i64 {a.lanes}, i64 {a.lanes}"
        self._ir.write(
            f"call void {kernel.function}(ptr {x}, ptr {to}, ptr {kernel.context}{count}) nounwind"
        )
