"""LLVM IR, line by line: arithmetic, jumps and memory.  What is known already is computed here, not written."""

from __future__ import annotations

import ast
from typing import cast

from thalweg.drive.translate.values import Block, Kind, Number, Vector, integer, real, truth

_ARITHMETIC: dict[type[ast.operator], tuple[str, str | None]] = {
    ast.Add: ("fadd", "add"),
    ast.Sub: ("fsub", "sub"),
    ast.Mult: ("fmul", "mul"),
    ast.Div: ("fdiv", None),
}
_COMPARISON: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("olt", "slt"),
    ast.LtE: ("ole", "sle"),
    ast.Gt: ("ogt", "sgt"),
    ast.GtE: ("oge", "sge"),
    ast.Eq: ("oeq", "eq"),
    ast.NotEq: ("une", "ne"),
}
_OPPOSITE = {
    **{"olt": "uge", "ole": "ugt", "ogt": "ule", "oge": "ult", "oeq": "une", "une": "oeq"},
    **{"slt": "sge", "sle": "sgt", "sgt": "sle", "sge": "slt", "eq": "ne", "ne": "eq"},
}


class Instructions:
    """The body of one function of LLVM, written from the top."""

    def __init__(self) -> None:
        self.stores = 0
        """How often memory that outlives the function has been written to."""
        self._lines: list[str] = []
        self._stack: list[str] = []  # allocations, which stand in the entry block
        self._names = 0

    def text(self) -> str:
        """All that has been written."""
        return "\n  ".join([*self._stack, "br label %begin", "begin:", *self._lines])

    # -------------------------------------------------------------------------------------------- lines and jumps

    def write(self, instruction: str) -> None:
        """Append an instruction that has no result."""
        self._lines.append(instruction)

    def emit(self, instruction: str) -> str:
        """Append an instruction; returns the name of its result."""
        self._names += 1
        name = f"%v{self._names}"
        self._lines.append(f"{name} = {instruction}")
        return name

    def label(self, purpose: str) -> str:
        """A label that is used nowhere else."""
        self._names += 1
        return f"{purpose}{self._names}"

    def begin(self, label: str) -> None:
        """What follows stands behind this label."""
        self._lines.append(f"{label}:")

    def jump(self, label: str) -> None:
        """Go on at a label."""
        self._lines.append(f"br label %{label}")

    def branch(self, condition: Number, yes: str, no: str) -> None:
        """Go on at one of two labels."""
        weights = ", !prof !0" if condition.seldom else ""
        self._lines.append(f"br i1 {condition.operand}, label %{yes}, label %{no}{weights}")

    # -------------------------------------------------------------------------------------------- numbers

    def to_real(self, value: Number) -> Number:
        """The number as a real one."""
        if value.kind == "double":
            return value
        if value.known is not None:
            return real(float(value.known))
        conversion = "sitofp i64" if value.kind == "i64" else "uitofp i1"
        return Number("double", self.emit(f"{conversion} {value.operand} to double"))

    def to_integer(self, value: Number) -> Number:
        """The number as an integer, rounded towards zero."""
        if value.kind == "i64":
            return value
        if value.known is not None:
            return integer(value.known)
        conversion = "fptosi double" if value.kind == "double" else "zext i1"
        return Number("i64", self.emit(f"{conversion} {value.operand} to i64"))

    def arithmetic(self, operation: ast.operator, left: Number, right: Number) -> Number | None:
        """Left and right put together; None where the operation is not in the language."""
        names = _ARITHMETIC.get(type(operation))
        if names is None:
            return None
        of_reals, of_integers = names
        if "double" in (left.kind, right.kind) or of_integers is None:
            left, right = self.to_real(left), self.to_real(right)
            return Number("double", self.emit(f"{of_reals} double {left.operand}, {right.operand}"))
        left, right = self.to_integer(left), self.to_integer(right)
        if left.known is not None and right.known is not None:
            a, b = left.known, right.known
            return integer({"add": a + b, "sub": a - b, "mul": a * b}[of_integers])
        return Number("i64", self.emit(f"{of_integers} nsw i64 {left.operand}, {right.operand}"))

    def plus(self, a: Number, b: Number) -> Number:
        """The sum."""
        return cast(Number, self.arithmetic(ast.Add(), a, b))

    def times(self, a: Number, b: Number) -> Number:
        """The product."""
        return cast(Number, self.arithmetic(ast.Mult(), a, b))

    def negative(self, value: Number) -> Number:
        """The number with its sign changed."""
        if value.kind == "double":
            return Number("double", self.emit(f"fneg double {value.operand}"))
        return cast(Number, self.arithmetic(ast.Sub(), integer(0), value))

    def compare(
        self, operation: ast.cmpop, left: Number, right: Number, *, opposite: bool = False
    ) -> Number | None:
        """Whether the comparison holds, or whether it does not; None where it is not in the language."""
        names = _COMPARISON.get(type(operation))
        if names is None:
            return None
        of_reals, of_integers = (_OPPOSITE[name] for name in names) if opposite else names
        if "double" in (left.kind, right.kind):
            left, right = self.to_real(left), self.to_real(right)
            return Number("i1", self.emit(f"fcmp {of_reals} double {left.operand}, {right.operand}"))
        left, right = self.to_integer(left), self.to_integer(right)
        if left.known is not None and right.known is not None:
            a, b = left.known, right.known
            holds = {"slt": a < b, "sle": a <= b, "sgt": a > b, "sge": a >= b, "eq": a == b, "ne": a != b}
            return truth(holds[of_integers])
        return Number("i1", self.emit(f"icmp {of_integers} i64 {left.operand}, {right.operand}"))

    def select(self, condition: Number, yes: Number, no: Number) -> Number:
        """One of two numbers."""
        if condition.known is not None:
            return yes if condition.known else no
        if yes.kind != no.kind:
            yes, no = self.to_real(yes), self.to_real(no)
        chosen = f"select i1 {condition.operand}, {yes.kind} {yes.operand}, {no.kind} {no.operand}"
        return Number(yes.kind, self.emit(chosen))

    def intrinsic(self, name: str, value: Number) -> Number:
        """A function of one real number that LLVM has an instruction for."""
        call = f"call double @llvm.{name}.f64(double {self.to_real(value).operand})"
        return Number("double", self.emit(call))

    # -------------------------------------------------------------------------------------------- memory

    def allocate(self, kind: Kind) -> str:
        """Room for a number on the stack."""
        self._names += 1
        name = f"%v{self._names}"
        self._stack.append(f"{name} = alloca {kind}")
        return name

    def element(self, v: Vector, index: Number) -> str:
        """The address of v[index]."""
        return self._ahead(v.address, self.times(index, integer(v.stride)))

    def row(self, a: Block, row: Number, lane: Number | None = None) -> str:
        """The address of a[row, lane], by default of the first lane."""
        start = self.times(row, integer(a.lanes))
        return self._ahead(a.address, start if lane is None else self.plus(start, lane))

    def _ahead(self, address: str, numbers: Number) -> str:
        if numbers.known == 0:
            return address
        return self.emit(f"getelementptr inbounds double, ptr {address}, i64 {numbers.operand}")

    def load(self, address: str, kind: Kind = "double") -> Number:
        """The number at an address."""
        return Number(kind, self.emit(f"load {kind}, ptr {address}"))

    def store(self, value: Number, address: str) -> None:
        """Write a real number to memory that outlives the function."""
        self.stores += 1
        self._lines.append(f"store double {self.to_real(value).operand}, ptr {address}")

    def keep(self, value: Number, address: str) -> None:
        """Write a number to the stack."""
        self._lines.append(f"store {value.kind} {value.operand}, ptr {address}")
