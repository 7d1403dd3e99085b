"""A whole function: one that C can call, with the functions that it calls inlined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType, FunctionType
from typing import Any, cast

from thalweg.descent.block import SIZE
from thalweg.drive.translate.errors import TranslationError
from thalweg.drive.translate.instructions import Instructions
from thalweg.drive.translate.statements import Body, WidenedError
from thalweg.drive.translate.values import Block, Kernel, Number, Value, Vector, integer
from thalweg.drive.translate.words import Words, constant

MAX_DEPTH = 32  # calls inside calls; recursion is not in the language


def translate(name: str, function: Callable[..., Any], parameters: Mapping[str, Any]) -> str:
    """LLVM IR of a C function `int64 name(...)` that calls `function`.

    `parameters` gives every parameter of `function` its meaning: "i64" for a C argument of that type, "vector" for a
    `double *`, ("block", lanes, n or None, traits) for a `double *` to a block, "kernel" for two arguments
    (address and context of a point kernel, or of a batch kernel where the block has several lanes); anything else is
    known now.

    Raises:
        TranslationError: Something is not in the language; the message names the line.
    """
    widened: set[tuple[CodeType, str]] = set()
    while True:
        try:
            return _Translation(widened).whole(name, cast(FunctionType, function), parameters)
        except WidenedError as found:
            widened.add(found.variable)


class _Translation:
    """One attempt; `widened` are the variables that have to be real numbers from the first."""

    def __init__(self, widened: set[tuple[CodeType, str]]) -> None:
        self.widened = widened
        self.ir = Instructions()
        self.words = Words(self.ir, self.inline)
        self.depth = 0

    def whole(self, name: str, function: FunctionType, parameters: Mapping[str, Any]) -> str:
        arguments: list[str] = []
        values: list[Value] = []
        for parameter, meaning in parameters.items():
            operand = f"%arg.{parameter}"
            match meaning:
                case "i64":
                    arguments.append(f"i64 {operand}")
                    values.append(Number("i64", operand))
                case "vector":
                    arguments.append(f"ptr noalias {operand}")
                    values.append(Vector(operand, 1))
                case ("block", int(lanes), n, int(traits)):
                    arguments.append(f"ptr noalias {operand}")
                    values.append(Block(operand, lanes, self.size(operand, lanes, n), traits))
                case "kernel":
                    arguments += [f"ptr {operand}", f"ptr {operand}.context"]
                    values.append(Kernel(operand, f"{operand}.context"))
                case _:
                    values.append(constant(meaning))
        result = self.inline(function, values)
        answer = result.operand if isinstance(result, Number) and result.kind == "i64" else "0"
        self.ir.write(f"ret i64 {answer}")
        return (
            f"define i64 @{name}({', '.join(arguments)}) nounwind {{\nentry:\n  {self.ir.text()}\n}}\n"
            "declare double @llvm.sqrt.f64(double)\ndeclare double @llvm.fabs.f64(double)\n"
            '!0 = !{!"branch_weights", i32 1, i32 2000}\n'
        )

    def size(self, block: str, lanes: int, n: int | None) -> Number:
        """The number of variables: read once, since whatever is written later might be it, for all that LLVM knows."""
        if n is not None:
            return integer(n)
        row = self.ir.element(Vector(block, lanes), integer(SIZE))
        return self.ir.to_integer(self.ir.load(row))

    def inline(self, function: FunctionType, arguments: list[Value]) -> Value:
        """The body of a function in place of its call."""
        if self.depth >= MAX_DEPTH:
            raise TranslationError(f"{function.__name__}: calls are nested more than {MAX_DEPTH} deep")
        self.depth += 1
        result = Body(function, self.ir, self.words, self.inline, self.widened).run(arguments)
        self.depth -= 1
        return result
